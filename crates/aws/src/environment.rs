//! Configuration: environment variables, and how AWS is called.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

const CONNECT_WITHIN: Duration = Duration::from_secs(1);
const ATTEMPT_WITHIN: Duration = Duration::from_secs(5);
const CALL_WITHIN: Duration = Duration::from_secs(12);
const ATTEMPTS: u32 = 3;

/// An environment variable that is missing or unusable.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EnvironmentError {
    /// Not set, or empty.
    #[error("the environment variable `{0}` is not set: set it on the function")]
    Missing(&'static str),
    /// Set to something else than is needed.
    #[error("the environment variable `{name}` is not {expected}: correct it on the function")]
    Unusable {
        /// The variable.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

/// The value of a variable that must be there.
///
/// # Errors
///
/// It is not set, or empty.
pub fn required(name: &'static str) -> Result<String, EnvironmentError> {
    optional(name).ok_or(EnvironmentError::Missing(name))
}

/// The value of a variable that may be missing or empty.
#[must_use]
pub fn optional(name: &'static str) -> Option<String> {
    env::var(name).ok().and_then(filled)
}

/// The values of a variable that holds one or more, separated by commas.
///
/// # Errors
///
/// It is not set, or holds no value.
pub fn required_list(name: &'static str) -> Result<Vec<String>, EnvironmentError> {
    let values = split(&required(name)?);
    if values.is_empty() {
        return Err(EnvironmentError::Missing(name));
    }
    Ok(values)
}

/// The number of seconds a variable holds.
///
/// # Errors
///
/// It is not set, or no whole number.
pub fn required_seconds(name: &'static str) -> Result<Duration, EnvironmentError> {
    let expected = "a whole number of seconds";
    let seconds = required(name)?.parse();
    seconds.map(Duration::from_secs).map_err(|_| EnvironmentError::Unusable { name, expected })
}

/// Where the policy bundle lies: beside `bootstrap` in the function's zip.
///
/// # Errors
///
/// `LAMBDA_TASK_ROOT` is not set, so this is not Lambda.
pub fn bundle_folder() -> Result<PathBuf, EnvironmentError> {
    Ok(PathBuf::from(required("LAMBDA_TASK_ROOT")?).join("policy"))
}

/// What a command line says of how AWS is called, before the environment does.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Overrides {
    /// The profile: no other credentials are used then, whatever the environment holds.
    pub profile: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Where all services are.
    pub endpoint: Option<String>,
}

/// How AWS is called: credentials and region from the environment, one HTTPS client for all
/// services, and waits short enough that a lost connection costs one attempt and not the function.
pub async fn sdk_config() -> SdkConfig {
    sdk_config_with(Overrides::default()).await
}

/// The same, as somebody typed it.
pub async fn sdk_config_with(said: Overrides) -> SdkConfig {
    let https = Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_WITHIN)
        .operation_attempt_timeout(ATTEMPT_WITHIN)
        .operation_timeout(CALL_WITHIN)
        .build();
    let mut config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(https.clone())
        .timeout_config(timeouts.clone())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS));
    if let Some(profile) = &said.profile {
        config = config.profile_name(profile);
    }
    if let Some(region) = said.region {
        config = config.region(Region::new(region));
    }
    if let Some(endpoint) = said.endpoint {
        config = config.endpoint_url(endpoint);
    }
    // Boxed, so that every main is not made to carry its 20 KB.
    let config = Box::pin(config.load()).await;
    let Some(profile) = said.profile else { return config };
    let calling = ProviderConfig::default()
        .with_http_client(https)
        .with_timeout_config(timeouts)
        .with_region(config.region().cloned());
    let credentials = SharedCredentialsProvider::new(OfProfile {
        provider: ProfileFileCredentialsProvider::builder()
            .configure(&calling)
            .profile_name(&profile)
            .build(),
        profile,
    });
    config.into_builder().credentials_provider(credentials).build()
}

/// The credentials of the profile that was typed.
///
/// # Security
///
/// Left to itself the SDK takes keys of the environment before any profile's, so an order would go
/// to another account than the one that was typed, under another name.
#[derive(Debug)]
struct OfProfile {
    profile: String,
    provider: ProfileFileCredentialsProvider,
}

impl ProvideCredentials for OfProfile {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            self.provider.provide_credentials().await.map_err(|_| {
                let Self { profile, .. } = self;
                CredentialsError::not_loaded(format!("no profile `{profile}` gives credentials"))
            })
        })
    }
}

fn filled(value: String) -> Option<String> {
    (!value.is_empty()).then_some(value)
}

fn split(values: &str) -> Vec<String> {
    let values = values.split(',').map(str::trim);
    values.filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn f38_a_call_gives_up_after_seconds_and_tries_three_times() {
        let config = sdk_config().await;
        let timeouts = config.timeout_config().unwrap();
        assert_eq!(timeouts.connect_timeout(), Some(Duration::from_secs(1)));
        assert_eq!(timeouts.operation_attempt_timeout(), Some(Duration::from_secs(5)));
        assert_eq!(timeouts.operation_timeout(), Some(Duration::from_secs(12)));
        assert_eq!(config.retry_config().unwrap().max_attempts(), 3);
    }

    #[tokio::test]
    async fn what_is_typed_comes_before_the_environment() {
        let said = Overrides {
            profile: None,
            region: Some("eu-south-2".to_owned()),
            endpoint: Some("http://127.0.0.1:1".to_owned()),
        };
        let config = sdk_config_with(said).await;
        assert_eq!(config.region().map(AsRef::as_ref), Some("eu-south-2"));
        assert_eq!(config.endpoint_url(), Some("http://127.0.0.1:1"));
    }

    #[test]
    fn a_missing_variable_is_named() {
        let error = required("COUNTERSIGN_SURELY_UNSET").unwrap_err();
        let text = "the environment variable `COUNTERSIGN_SURELY_UNSET` is not set: set it on the function";
        assert_eq!(error.to_string(), text);
        assert!(required_list("COUNTERSIGN_SURELY_UNSET").is_err());
    }

    #[test]
    fn a_variable_that_may_be_missing_is_none_then() {
        assert_eq!(optional("COUNTERSIGN_SURELY_UNSET"), None);
        assert_eq!(optional("PATH"), env::var("PATH").ok());
        assert_eq!(filled(String::new()), None);
    }

    #[test]
    fn a_variable_of_another_kind_is_named() {
        let error = required_seconds("PATH").unwrap_err();
        assert!(error.to_string().contains("`PATH` is not a whole number"));
    }

    #[test]
    fn key_lists_are_separated_by_commas() {
        assert_eq!(split("a, b,,c "), ["a", "b", "c"]);
        assert!(split(" , ").is_empty());
    }
}
