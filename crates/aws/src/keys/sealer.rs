//! Sealing and opening parts of a request.

use approval_core::name::RequestId;
use approval_core::ports::{Open, Seal, Unavailable};
use approval_core::sealed::{Part, Sealed};
use aws_config::SdkConfig;
use aws_sdk_kms::Client;
use aws_sdk_kms::operation::decrypt::DecryptError;
use aws_sdk_kms::primitives::Blob;

use super::envelope::{Context, DataKey, Envelope};
use crate::call::{unavailable, unusable};

/// The keys of the parts this function seals or opens; none for the others.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PartKeys {
    /// Of the canonical action.
    pub action: Option<String>,
    /// Of what approvers may see.
    pub display: Option<String>,
    /// Of how what would be changed stood.
    pub before: Option<String>,
    /// Of what the target answered.
    pub result: Option<String>,
}

impl PartKeys {
    fn of(&self, part: Part) -> Result<&str, Unavailable> {
        let key = match part {
            Part::Action => &self.action,
            Part::Display => &self.display,
            Part::Before => &self.before,
            Part::Result => &self.result,
        };
        key.as_deref()
            .ok_or_else(|| unusable("sealing or opening", "this function has no key of that part"))
    }
}

/// Seals and opens parts, each under its own KMS key, bound to stack, request and part.
///
/// # Security
///
/// The binding is checked twice, by KMS as the encryption context and by the cipher as additional
/// data, so a sealed part moved to another request, part or stack opens nowhere.
///
/// Sealing takes `kms:Encrypt` and opening `kms:Decrypt`. What KMS encrypts is the key together
/// with the content's hash, so that whoever may open a part cannot seal other content under the
/// key it was given, such as an action nobody asked for or a false display for approvers.
#[derive(Clone, Debug)]
pub struct Sealer {
    client: Client,
    stack: String,
    keys: PartKeys,
}

impl Sealer {
    /// Opens what people are shown in that stack: the display part, and how things stood before.
    #[must_use]
    pub fn shown(config: &SdkConfig, stack: &str, [display, before]: [String; 2]) -> Self {
        let (display, before) = (Some(display), Some(before));
        Self::new(config, stack, PartKeys { display, before, ..PartKeys::default() })
    }

    /// Seals and opens for that stack with those keys.
    #[must_use]
    pub fn new(config: &SdkConfig, stack: impl Into<String>, keys: PartKeys) -> Self {
        let client = Client::new(config);
        let stack = stack.into();
        Self { client, stack, keys }
    }

    fn context<'a>(&'a self, part: Part, request: &'a RequestId) -> Context<'a> {
        let stack = &self.stack;
        Context { stack, request, part }
    }
}

impl Seal for Sealer {
    async fn seal(
        &self,
        part: Part,
        request: &RequestId,
        bytes: &[u8],
    ) -> Result<Sealed, Unavailable> {
        const OPERATION: &str = "kms:Encrypt";
        let context = self.context(part, request);
        let call = self.client.encrypt().key_id(self.keys.of(part)?);
        let key = DataKey::of(bytes);
        let key = key.ok_or_else(|| unusable("making a key", "the system gives no random bits"))?;
        let call = call.plaintext(Blob::new(key.0.clone()));
        let call = call.set_encryption_context(Some(context.pairs().into()));
        let made = call.send().await.map_err(unavailable(OPERATION))?.ciphertext_blob;
        let wrapped = made.ok_or_else(|| unusable(OPERATION, "no wrapped key in the answer"))?;
        let sealed = Envelope::seal(&key, wrapped.into_inner(), context, bytes);
        let sealed = sealed.and_then(|sealed| sealed.encode());
        sealed.map(Sealed).ok_or_else(|| unusable(OPERATION, "the wrapped key is too long"))
    }
}

impl Open for Sealer {
    async fn open(
        &self,
        part: Part,
        request: &RequestId,
        sealed: &Sealed,
    ) -> Result<Option<Vec<u8>>, Unavailable> {
        const OPERATION: &str = "kms:Decrypt";
        let key_id = self.keys.of(part)?;
        let Some(envelope) = Envelope::decode(&sealed.0) else {
            return Ok(None);
        };
        let context = self.context(part, request);
        let call = self.client.decrypt().key_id(key_id);
        let call = call.set_encryption_context(Some(context.pairs().into()));
        let call = call.ciphertext_blob(Blob::new(envelope.wrapped.clone()));
        let opened = match call.send().await {
            Ok(opened) => opened,
            Err(error) if error.as_service_error().is_some_and(is_foreign) => return Ok(None),
            Err(error) => return Err(unavailable(OPERATION)(error)),
        };
        let key = opened.plaintext.ok_or_else(|| unusable(OPERATION, "no key in the answer"))?;
        Ok(envelope.open(&DataKey(key.into_inner()), context))
    }
}

/// Whether KMS says that the wrapped key is not one of ours, in this context. Anything else, such
/// as a key that is disabled or refused to us, says nothing about it.
fn is_foreign(error: &DecryptError) -> bool {
    error.is_invalid_ciphertext_exception() || error.is_incorrect_key_exception()
}

#[cfg(test)]
mod tests;
