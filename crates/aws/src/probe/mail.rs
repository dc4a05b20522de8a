//! Whether mail can be sent.

use approval_core::ports::Unavailable;
use aws_sdk_sesv2::Client;

use super::Probe;
use crate::call::unavailable;

/// What SES lets an account do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Account {
    /// Whether it may send at all.
    pub sends: bool,
    /// Whether it may send only to addresses that are verified.
    pub sandbox: bool,
}

/// How SES knows an address or a domain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sender {
    /// Whether it is verified, and may send.
    pub verified: bool,
}

impl Probe<'_> {
    /// What SES lets this account do in this region.
    ///
    /// # Errors
    ///
    /// SES does not answer, or not to us.
    pub async fn mail_account(self) -> Result<Account, Unavailable> {
        let answer = Client::new(self.config).get_account().send().await;
        let account = answer.map_err(unavailable("ses:GetAccount"))?;
        Ok(Account { sends: account.sending_enabled, sandbox: !account.production_access_enabled })
    }

    /// How SES knows that address or domain; none where it does not.
    ///
    /// # Errors
    ///
    /// SES does not answer, or not to us.
    pub async fn sender(self, identity: &str) -> Result<Option<Sender>, Unavailable> {
        let call = Client::new(self.config).get_email_identity().email_identity(identity);
        match call.send().await {
            Ok(found) => Ok(Some(Sender { verified: found.verified_for_sending_status })),
            Err(error) if error.as_service_error().is_some_and(is_missing) => Ok(None),
            Err(error) => Err(unavailable("ses:GetEmailIdentity")(error)),
        }
    }
}

fn is_missing(error: &aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityError) -> bool {
    error.is_not_found_exception()
}
