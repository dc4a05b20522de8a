//! Logs: JSON lines, at the level the function is set to.

use std::env;

use lambda_runtime::tracing::subscriber::EnvFilter;
use lambda_runtime::tracing::subscriber::fmt;

/// Starts logging for the function of that name.
pub(super) fn start(name: &str) {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default();
    let filter = EnvFilter::new(directives(name, &level));
    let lines = fmt().json().with_target(false).without_time();
    // A subscriber is in place already only where somebody else set it, which is as good.
    let _ = lines.with_env_filter(filter).try_init();
}

/// What is logged at which level.
///
/// # Security
///
/// At `debug` and `trace` the SDK and the Lambda runtime log whole requests, answers and events,
/// task tokens among them. So only our own lines ever go below `info`, whatever level is asked for.
fn directives(name: &str, level: &str) -> String {
    let level = level.to_ascii_lowercase();
    let (ours, others) = match level.as_str() {
        "trace" | "debug" => (level.as_str(), "info"),
        "warn" | "error" => (level.as_str(), level.as_str()),
        "fatal" => ("error", "error"),
        _ => ("info", "info"),
    };
    let function = name.replace('-', "_");
    format!("{others},approval_aws={ours},approval_core={ours},{function}={ours}")
}

#[cfg(test)]
mod tests {
    use super::directives;

    #[test]
    fn promise_10_libraries_never_log_below_info() {
        for level in ["TRACE", "DEBUG", "INFO", "", "nonsense"] {
            assert!(directives("execute-action", level).starts_with("info,"), "{level}");
        }
        let all = directives("execute-action", "TRACE");
        assert_eq!(all, "info,approval_aws=trace,approval_core=trace,execute_action=trace");
    }

    #[test]
    fn a_higher_level_holds_for_everyone() {
        assert!(directives("billing", "ERROR").starts_with("error,approval_aws=error"));
    }
}
