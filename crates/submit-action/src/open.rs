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
use approval_core::status::Status;

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
                            // Whoever stored it may have died before starting it.
                            if known.status == Status::Received {
                                self.start(&known.id).await;
                            }
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
        // A key stands for one ask of one agent, whatever else comes with it: with anything else
        // it is a conflict, never a second request.
        let asked = match idempotency_key {
            Some(key) => message(&("countersign-key-v1", requester.caller, &requester.agent, key))?,
            None => message(&("countersign-ask-v1", requester, session, tool, arguments))?,
        };
        let arguments = match idempotency_key {
            Some(_) => message(&("countersign-keyed-v1", tool, &requester.person, arguments))?,
            None => message(&("countersign-arguments-v1", arguments))?,
        };
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
        let display = submission.entry.display_part(&action, digest);
        let display = display.map_err(|error| Unavailable(error.into()))?;
        if bytes.len().saturating_add(display.len()) > MOST_RECORD_BYTES {
            let message = "Nothing was done: this is more than one request can hold. Send less.";
            return Ok(Err(Answer::turned_away(TurnedAway::Invalid, message)));
        }
        let sealed = self.keys.seal(Part::Action, &action.request, &bytes).await?;
        let reference = self.reference(&action.request).await?.digest();
        let row = AskRow { ask, arguments, request: action.request.clone(), at: now };
        let recorded = ApprovalRequest::open(
            Ask {
                digest,
                idempotent: submission.entry.idempotent,
                lives: self.policy.settings().hard_limit,
                sealed,
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
            Err(Unavailable(cause)) => {
                tracing::warn!(request = %id, %cause, "stored, not yet started");
            }
        }
    }
}

fn message(value: &impl serde::Serialize) -> Result<Vec<u8>, Unavailable> {
    canonical::bytes(value).map_err(|error| Unavailable(error.into()))
}
