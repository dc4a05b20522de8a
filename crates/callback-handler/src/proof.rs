//! Is this link one of ours? What is cheap is asked first, the key last.

use approval_core::link::Link;
use approval_core::link::token::{KeyTag, LinkToken};
use approval_core::notice::Notice;
use approval_core::ports::{
    Clock, Commits, Decisions, Freezes, Mac, MacKey, MakeMac, Notices, Open, Requests, Unavailable,
    VerifyMac,
};
use approval_core::request::ApprovalRequest;
use approval_views::page::PageState;

use crate::CallbackHandler;

/// A link whose code holds, with what it is about as of now.
pub(crate) struct Proof {
    pub(crate) link: Link,
    pub(crate) mac: Mac,
    pub(crate) request: ApprovalRequest,
    pub(crate) notice: Notice,
}

impl<S, K, M, D, C> CallbackHandler<S, K, M, D, C>
where
    S: Requests + Commits + Decisions + Notices + Freezes,
    K: Open,
    M: VerifyMac,
    D: MakeMac,
    C: Clock,
{
    /// Proves a token, or says what page its holder gets.
    ///
    /// # Security
    ///
    /// Whatever is wrong with it, there is one page: it tells nobody which requests exist.
    pub(crate) async fn proven(&self, token: &str) -> Result<Proof, PageState> {
        match self.prove(token).await {
            Ok(Some(proof)) => Ok(proof),
            Ok(None) => {
                tracing::info!("a link that is none of ours");
                Err(PageState::NotFound)
            }
            Err(error) => {
                tracing::error!(%error, "a link could not be checked");
                Err(PageState::Unavailable)
            }
        }
    }

    async fn prove(&self, token: &str) -> Result<Option<Proof>, Unavailable> {
        let Some(token) = LinkToken::parse(token) else { return Ok(None) };
        let accepted = self.macs.accepted(MacKey::Link);
        let Some(key) = accepted.iter().find(|key| KeyTag::of(key) == token.key) else {
            return Ok(None);
        };
        let Some(request) = self.store.load(&token.request).await? else { return Ok(None) };
        let notice = self.store.notice(&token.request, &token.approver).await?;
        let Some(notice) = notice else { return Ok(None) };
        let link = token.link(&self.stack, key, request.digest, request.hard_limit);
        let message = link.message().map_err(|error| Unavailable(error.into()))?;
        let genuine = self.macs.verify(MacKey::Link, &link.key, &message, &token.mac).await?;
        Ok(genuine.then_some(Proof { link, mac: token.mac, request, notice }))
    }
}
