//! The deployed stack that a command is about, on the credentials of whoever typed it.

use approval_aws::desk::Desk;
use approval_aws::environment::sdk_config;
use approval_aws::keys::{PartKeys, Sealer};
use approval_aws::store::Table;
use approval_core::name::RequestId;
use approval_core::ports::{References, Requests, Unavailable};
use approval_core::request::ApprovalRequest;
use aws_config::SdkConfig;

use crate::cli::{Deployment, Handle};
use crate::diagnosis;
use crate::failure::Failure;

/// The table, to read.
#[derive(Debug)]
pub(crate) struct Records<'a> {
    pub(crate) table: Table,
    name: &'a str,
}

impl Deployment {
    /// The table.
    pub(crate) async fn records(&self) -> Result<Records<'_>, Failure> {
        let name = self.table.as_deref().ok_or(Failure::Unnamed(
            "table: give --table <NAME> or set COUNTERSIGN_TABLE (TableName of the stack's outputs)",
        ))?;
        Ok(Records { table: Table::new(&configured().await?, name), name })
    }

    /// The operators' door.
    pub(crate) async fn desk(&self) -> Result<(Desk, &str), Failure> {
        let url = self.api.as_deref().ok_or(Failure::Unnamed(
            "API: give --api <URL> or set COUNTERSIGN_API (ApprovalUrl of the stack's outputs)",
        ))?;
        Ok((Desk::new(&configured().await?, url), url))
    }

    /// What opens display parts under that key.
    pub(crate) async fn opener(&self, key: &str) -> Result<Sealer, Failure> {
        let stack = self.stack.as_deref().ok_or(Failure::Unnamed(
            "stack, and without it no display part opens: give --stack <NAME> or set COUNTERSIGN_STACK",
        ))?;
        let keys = PartKeys { display: Some(key.to_owned()), ..PartKeys::default() };
        Ok(Sealer::new(&configured().await?, stack, keys))
    }

    /// The id of the request. The table is needed only for a reference.
    pub(crate) async fn id(&self, handle: &Handle) -> Result<RequestId, Failure> {
        match handle {
            Handle::Id(id) => Ok(id.clone()),
            Handle::Reference(_) => self.records().await?.id(handle).await,
        }
    }
}

impl Records<'_> {
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

    /// What a failed call means.
    pub(crate) fn because(&self, error: &Unavailable) -> Failure {
        diagnosis::of(error, self.name)
    }

    fn no_request(&self) -> Failure {
        Failure::NoRequest(self.name.to_owned())
    }
}

/// How AWS is called.
async fn configured() -> Result<SdkConfig, Failure> {
    let config = sdk_config().await;
    if config.region().is_none() { Err(Failure::NoRegion) } else { Ok(config) }
}
