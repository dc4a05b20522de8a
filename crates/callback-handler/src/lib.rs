//! The approvers' door: shows the request behind a personal link, and records one final decision
//! per person.
//!
//! Looking writes nothing. It can do nothing but record: it cannot make links, resume a workflow,
//! open the sealed action or start anything.
//!
//! # Layout
//!
//! - `proof`: is this link one of ours
//! - `standing`: what the person behind it finds
//! - `sent`: is it a form of ours
//! - `form`: what was posted
//! - `record`: taking a decision, or a wrong code
//! - [`wire`]: the HTTP API's event and reply

mod form;
mod proof;
mod record;
mod sent;
mod standing;
pub mod wire;

use std::sync::Arc;

use approval_core::ports::{
    Clock, Commits, Decisions, Freezes, MakeMac, Notices, Open, Requests, VerifyMac,
};
use approval_policy::Approvers;
use approval_views::page::{self, Page, PageState};

/// The handler over its ports.
#[derive(Debug)]
pub struct CallbackHandler<S, K, M, D, C> {
    /// The stack.
    pub stack: String,
    /// The store.
    pub store: S,
    /// Opens what approvers may see.
    pub parts: K,
    /// Verifies links.
    pub macs: M,
    /// Makes the codes of decisions.
    pub decision: D,
    /// The people.
    pub roster: Arc<Approvers>,
    /// The time.
    pub clock: C,
}

/// What a visitor gets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reply {
    /// A page.
    Page(Page),
    /// The same page again, to be fetched: the decision is recorded.
    SeeAgain,
}

impl<S, K, M, D, C> CallbackHandler<S, K, M, D, C>
where
    S: Requests + Commits + Decisions + Notices + Freezes,
    K: Open,
    M: VerifyMac,
    D: MakeMac,
    C: Clock,
{
    /// The page of a state in which nothing of any request is shown.
    fn bare(&self, state: &PageState) -> Reply {
        Reply::Page(page::bare(state, self.roster.help()))
    }

    /// Shows where the request behind a token stands. Writes nothing.
    pub async fn look(&self, token: &str) -> Reply {
        let proof = match self.proven(token).await {
            Ok(proof) => proof,
            Err(turned) => return self.bare(&turned),
        };
        match self.seen(&proof).await {
            Ok(seen) => {
                seen.log("viewed");
                seen.page(false)
            }
            Err(turned) => self.bare(&turned),
        }
    }
}
