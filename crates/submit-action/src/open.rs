//! Opening a request: sealed, stored with its audit record, started; or the one that covers it.

use approval_core::action::{CanonicalAction, FORMAT};
use approval_core::canonical;
use approval_core::commit::{AskRow, Commit, CommitError, Guard};
use approval_core::digest::{Digest, hex};
use approval_core::lifecycle::Ask;
use approval_core::name::RequestId;
use approval_core::ports::{
    AskHash, Clock, Commits, Ids, Open, References, Requests, Seal, StartWorkflow, Unavailable,
};
use approval_core::reference::Reference;
use approval_core::repeat::covers;
use approval_core::request::ApprovalRequest;
use approval_core::sealed::Part;
use serde_json::json;

use crate::answer::{Answer, TurnedAway};
use crate::door::{Door, Submission};

/// The most bytes of action and display together: with a result of 64 KiB and all else, a record
/// stays within the 400 KB that `DynamoDB` takes.
const MOST_RECORD_BYTES: usize = 256 * 1024;
/// How often storing is tried against others who store the same ask.
const TRIES: usize = 3;

impl<S, K, A, W, C, I> Door<S, K, A, W, C, I>
where
    S: Requests + Commits + References,
    K: Seal + Open,
    A: AskHash,
    W: StartWorkflow,
    C: Clock,
    I: Ids,
{
    /// The stored request for this ask, or why it is turned away.
    pub(crate) async fn open(
        &self,
        submission: &Submission<'_>,
    ) -> Result<Result<ApprovalRequest, Answer>, Unavailable> {
        let (ask, arguments) = self.hashes(submission).await?;
        let mut replaces = None;
        for _ in 0..TRIES {
            let commit = match self.sealed(submission, ask, arguments, replaces.take()).await? {
                Ok(commit) => commit,
                Err(answer) => return Ok(Err(answer)),
            };
            let request = commit.request.clone();
            match self.store.commit(commit).await {
                Ok(()) => {
                    self.start(&request.id).await;
                    return Ok(Ok(request));
                }
                Err(CommitError::AskTaken(row)) if row.arguments != arguments => {
                    let message = "This idempotency key was used with other arguments. Nothing was \
                                   done.";
                    return Ok(Err(Answer::turned_away(TurnedAway::KeyReused, message)));
                }
                Err(CommitError::AskTaken(row)) => {
                    let window = submission.entry.repeat_window;
                    match self.store.load(&row.request).await? {
                        Some(known) if covers(&known, window, self.now()) => {
                            return Ok(Ok(known));
                        }
                        Some(_) => replaces = Some(row.request),
                        // Written by a version that this one does not know: it may be open.
                        None => return Err(Unavailable("a request cannot be read".into())),
                    }
                }
                Err(CommitError::Conflict) => {}
                Err(other) => return Err(Unavailable(other.into())),
            }
        }
        Err(Unavailable("others keep storing the same ask".into()))
    }

    /// The agent's handle on a request: derived, so it need not be stored.
    pub(crate) async fn reference(&self, id: &RequestId) -> Result<Reference, Unavailable> {
        let hash = self.asks.hash(&message(&("countersign-reference-v1", id))?).await?;
        Ok(Reference::from_hash(&hash))
    }

    async fn hashes(&self, ask: &Submission<'_>) -> Result<(Digest, Digest), Unavailable> {
        let Submission { tool, arguments, requester, session, idempotency_key, .. } = ask;
        let scope = (requester, session, tool);
        let asked = match idempotency_key {
            Some(key) => message(&("countersign-key-v1", scope, key))?,
            None => message(&("countersign-ask-v1", scope, arguments))?,
        };
        let arguments = message(&("countersign-arguments-v1", arguments))?;
        Ok((self.asks.hash(&asked).await?, self.asks.hash(&arguments).await?))
    }

    async fn sealed(
        &self,
        submission: &Submission<'_>,
        ask: Digest,
        arguments: Digest,
        replaces: Option<RequestId>,
    ) -> Result<Result<Commit, Answer>, Unavailable> {
        let now = self.now();
        let (id, nonce) = (self.ids.random()?, self.ids.random()?);
        let (id, _) = id.split_first_chunk::<16>().ok_or(Unavailable("too few bits".into()))?;
        let action = CanonicalAction {
            format: FORMAT,
            stack: self.stack.clone(),
            request: RequestId::from_random(*id),
            nonce: hex(&nonce),
            tool: submission.tool.clone(),
            arguments: submission.arguments.clone(),
            requester: submission.requester.clone(),
            session: submission.session.clone(),
            asked_at: now,
            entry: submission.entry.digest(),
        };
        let bytes = action.encode().map_err(|error| Unavailable(error.into()))?;
        let digest = Digest::of(&bytes);
        let display = display(submission, &action, digest)?;
        if bytes.len().saturating_add(display.len()) > MOST_RECORD_BYTES {
            let message = "Nothing was done: this is more than one request can hold. Send less.";
            return Ok(Err(Answer::turned_away(TurnedAway::Invalid, message)));
        }
        let (sealed, display) = tokio::join!(
            self.keys.seal(Part::Action, &action.request, &bytes),
            self.keys.seal(Part::Display, &action.request, &display),
        );
        let reference = self.reference(&action.request).await?.digest();
        let row = AskRow { ask, arguments, request: action.request.clone(), at: now };
        let recorded = ApprovalRequest::open(
            Ask {
                digest,
                idempotent: submission.entry.idempotent,
                lives: self.policy.settings().hard_limit,
                sealed: sealed?,
                display: display?,
                action,
            },
            now,
        );
        let recorded = recorded.map_err(|error| Unavailable(error.into()))?;
        Ok(Ok(Commit::from(recorded).guarded(Guard::Open { ask: row, replaces, reference })))
    }

    /// Starts the workflow execution. Where that fails, the sweep starts it: the ask is stored.
    async fn start(&self, id: &RequestId) {
        match self.workflows.start(id).await {
            Ok(_) => tracing::info!(request = %id, "received"),
            Err(error) => tracing::warn!(request = %id, %error, "stored, not yet started"),
        }
    }
}

/// What approvers and operators may see: the action with its secret fields as markers.
fn display(
    submission: &Submission<'_>,
    action: &CanonicalAction,
    digest: Digest,
) -> Result<Vec<u8>, Unavailable> {
    let shown = submission.entry.display(&submission.arguments);
    message(&json!({
        "headline": submission.entry.headline(&submission.arguments),
        "tool": action.tool,
        "arguments": shown,
        "secret_fields": submission.entry.secret_fields,
        "explanation_field": submission.entry.explanation_field,
        "effect": submission.entry.effect,
        "requester": action.requester,
        "session": action.session,
        "asked_at": action.asked_at,
        "digest": digest,
    }))
}

fn message(value: &impl serde::Serialize) -> Result<Vec<u8>, Unavailable> {
    canonical::bytes(value).map_err(|error| Unavailable(error.into()))
}
