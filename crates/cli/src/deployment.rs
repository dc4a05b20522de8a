//! The deployed stack that a command is about, on the credentials of whoever typed it.

use std::sync::OnceLock;

use approval_aws::desk::Desk;
use approval_aws::environment::{Overrides, sdk_config_with};
use approval_aws::keys::{PartKeys, Sealer};
use approval_aws::rules::Rules;
use approval_aws::stack::Stack;
use approval_aws::store::Table;
use approval_core::decision::Decision;
use approval_core::freeze::Freeze;
use approval_core::name::RequestId;
use approval_core::ports::{
    Decisions, DecisionsError, References, Requests, Switches, Unavailable,
};
use approval_core::request::ApprovalRequest;
use aws_config::SdkConfig;

use crate::cli::{Deployment, Handle};
use crate::diagnosis;
use crate::failure::Failure;

/// What was found out about a deployment, once a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    config: OnceLock<SdkConfig>,
    stack: OnceLock<Stack>,
}

/// The table, to read.
#[derive(Debug)]
pub(crate) struct Records<'a> {
    pub(crate) table: Table,
    name: &'a str,
}

impl Deployment {
    /// The table.
    pub(crate) async fn records(&self) -> Result<Records<'_>, Failure> {
        let name = match (&self.table, &self.stack) {
            (Some(table), _) => table,
            (None, Some(_)) => self.output("TableName").await?,
            (None, None) => {
                return Err(Failure::Unnamed(
                    "table: give --stack <NAME> or set COUNTERSIGN_STACK, or --table <NAME> or COUNTERSIGN_TABLE",
                ));
            }
        };
        Ok(Records { table: Table::new(self.configured().await?, name), name })
    }

    /// The operators' door: at the API's own name, for which orders are signed, and not at a name
    /// that people know it by.
    pub(crate) async fn desk(&self) -> Result<(Desk, &str), Failure> {
        let url = match (&self.api, &self.stack) {
            (Some(api), _) => api,
            (None, Some(_)) => self.output("OperatorUrl").await?,
            (None, None) => {
                return Err(Failure::Unnamed(
                    "API: give --stack <NAME> or set COUNTERSIGN_STACK, or --api <URL> or COUNTERSIGN_API",
                ));
            }
        };
        Ok((Desk::new(self.configured().await?, url), url))
    }

    /// Where approvers find their page: the API that was named, or else what the stack gives out.
    pub(crate) async fn page(&self) -> Result<&str, Failure> {
        match &self.api {
            Some(api) => Ok(api),
            None => self.output("ApprovalUrl").await,
        }
    }

    /// The rules that are deployed; none where a table was named and no stack is known.
    pub(crate) async fn rules(&self) -> Result<Option<Rules>, Failure> {
        if self.table.is_some() {
            return Ok(None);
        }
        let function = self.output("RiskClassifyName").await?;
        Ok(Some(Rules::new(self.configured().await?, function)))
    }

    /// What opens display parts under that key.
    pub(crate) async fn opener(&self, key: &str) -> Result<Sealer, Failure> {
        let stack = self.stack.as_deref().ok_or(Failure::Unnamed(
            "stack, and without it no display part opens: give --stack <NAME> or set COUNTERSIGN_STACK",
        ))?;
        let keys = PartKeys { display: Some(key.to_owned()), ..PartKeys::default() };
        Ok(Sealer::new(self.configured().await?, stack, keys))
    }

    /// What opens display parts, under the key that was named, or else under the stack's own where
    /// the table came out of its outputs too; none where no key is known.
    pub(crate) async fn opener_of(&self, named: Option<&str>) -> Result<Option<Sealer>, Failure> {
        let known = || self.known.stack.get().and_then(|stack| stack.output("DisplayKeyArn"));
        match named.or_else(known) {
            Some(key) => self.opener(key).await.map(Some),
            None => Ok(None),
        }
    }

    /// The id of the request. The table is needed only for a reference.
    pub(crate) async fn id(&self, handle: &Handle) -> Result<RequestId, Failure> {
        match handle {
            Handle::Id(id) => Ok(id.clone()),
            Handle::Reference(_) => self.records().await?.id(handle).await,
        }
    }

    /// How AWS is called.
    pub(crate) async fn configured(&self) -> Result<&SdkConfig, Failure> {
        let config = if let Some(config) = self.known.config.get() {
            config
        } else {
            let said = Overrides {
                profile: self.aws.profile.clone(),
                region: self.aws.region.clone(),
                endpoint: self.aws.endpoint_url.clone(),
            };
            let config = sdk_config_with(said).await;
            self.known.config.get_or_init(|| config)
        };
        if config.region().is_none() { Err(Failure::NoRegion) } else { Ok(config) }
    }

    /// The stack that was named, which is one of ours.
    pub(crate) async fn found(&self) -> Result<&Stack, Failure> {
        if let Some(stack) = self.known.stack.get() {
            return Ok(stack);
        }
        let name = self
            .stack
            .as_deref()
            .ok_or(Failure::Unnamed("stack: give --stack <NAME> or set COUNTERSIGN_STACK"))?;
        let config = self.configured().await?;
        let region = config.region().map(AsRef::as_ref).unwrap_or_default();
        let found = Stack::find(config, name).await;
        let found = found.map_err(|error| diagnosis::of_stack(&error, name, region))?;
        let stack = found.ok_or_else(|| Failure::NoStack(name.to_owned()))?;
        if !stack.is_ours() {
            return Err(Failure::ForeignStack(name.to_owned()));
        }
        Ok(self.known.stack.get_or_init(|| stack))
    }

    /// An output of the stack that was named.
    async fn output(&self, name: &'static str) -> Result<&str, Failure> {
        let stack = self.found().await?;
        // INVARIANT: a stack of ours has it.
        stack.output(name).ok_or(Failure::Unnamed(name))
    }
}

impl<'a> Records<'a> {
    /// The table, under the name that failures call it by.
    pub(crate) fn of(table: Table, name: &'a str) -> Self {
        Self { table, name }
    }

    /// The table and its name.
    pub(crate) fn into_parts(self) -> (Table, String) {
        (self.table, self.name.to_owned())
    }

    /// The id of the request.
    pub(crate) async fn id(&self, handle: &Handle) -> Result<RequestId, Failure> {
        match handle {
            Handle::Id(id) => Ok(id.clone()),
            Handle::Reference(reference) => {
                let found = self.table.find(&reference.digest()).await;
                found.map_err(|error| self.because(&error))?.ok_or_else(|| self.no_request())
            }
        }
    }

    /// The request as it stands.
    pub(crate) async fn load(&self, id: &RequestId) -> Result<ApprovalRequest, Failure> {
        let found = self.table.load(id).await.map_err(|error| self.because(&error))?;
        found.ok_or_else(|| self.no_request())
    }

    /// The decisions on a request; none where a row of them is malformed.
    pub(crate) async fn decisions(&self, id: &RequestId) -> Result<Option<Vec<Decision>>, Failure> {
        match self.table.decisions(id).await {
            Ok(decisions) => Ok(Some(decisions)),
            Err(DecisionsError::Malformed) => Ok(None),
            Err(DecisionsError::Unavailable(cause)) => Err(self.because(&Unavailable(cause))),
        }
    }

    /// The freezes that hold.
    pub(crate) async fn freezes(&self) -> Result<Vec<Freeze>, Failure> {
        let scopes = self.table.frozen_scopes().await.map_err(|error| self.because(&error))?;
        let mut freezes = Vec::new();
        for scope in scopes {
            let freeze = self.table.freeze(&scope).await.map_err(|error| self.because(&error))?;
            // It may have been let go since the list was read.
            freezes.extend(freeze.filter(|freeze| freeze.frozen));
        }
        Ok(freezes)
    }

    /// What a failed call means.
    pub(crate) fn because(&self, error: &Unavailable) -> Failure {
        diagnosis::of(error, self.name)
    }

    fn no_request(&self) -> Failure {
        Failure::NoRequest(self.name.to_owned())
    }
}
