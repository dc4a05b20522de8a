//! One ask, from event to answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::name::ToolName;
use approval_core::ports::{
    AskHash, Clock, Commits, Ids, Open, References, Requests, Seal, StartWorkflow, Unavailable,
};
use approval_core::reference::Reference;
use approval_core::request::ApprovalRequest;
use approval_core::requester::{Caller, Person, Requester};
use approval_core::sealed::Part;
use approval_core::status::Status;
use approval_core::strict::InputError;
use approval_policy::{Bundle, Entry};
use serde_json::Value;

use crate::answer::{Answer, TurnedAway};
use crate::companion::Companion;
use crate::wire::{self, Arguments, Call, Event, MOST_NAME_BYTES, bedrock, direct, gateway};

/// The door over its ports.
#[derive(Debug)]
pub struct Door<S, K, A, W, C, I> {
    /// The stack.
    pub stack: String,
    /// The kind of caller this function is for.
    pub caller: Caller,
    /// How long an answer may take before it is given as things stand.
    pub patience: Duration,
    /// The policy.
    pub policy: Arc<Bundle>,
    /// The store.
    pub store: S,
    /// Seals the action and what approvers see; opens results.
    pub keys: K,
    /// Hashes asks.
    pub asks: A,
    /// Starts workflow executions.
    pub workflows: W,
    /// The time.
    pub clock: C,
    /// Randomness.
    pub ids: I,
}

/// An ask that was read, mapped to a tool and found acceptable.
#[derive(Clone, Debug)]
pub(crate) struct Submission<'a> {
    pub(crate) tool: ToolName,
    pub(crate) entry: &'a Entry,
    pub(crate) arguments: Value,
    pub(crate) requester: Requester,
    pub(crate) session: Option<String>,
    pub(crate) idempotency_key: Option<String>,
}

/// How long one look may take: the answer must come before the function's time is over.
const LONGEST_LOOK: Duration = Duration::from_secs(3);
/// The first pause before looking how the request stands; each further one is longer by half.
const FIRST_PAUSE: Duration = Duration::from_millis(150);

impl<S, K, A, W, C, I> Door<S, K, A, W, C, I>
where
    S: Requests + Commits + References,
    K: Seal + Open,
    A: AskHash,
    W: StartWorkflow,
    C: Clock,
    I: Ids,
{
    /// Serves one invocation. There is always an answer; the type says what the runtime expects.
    ///
    /// # Errors
    ///
    /// Never.
    pub async fn answer(
        &self,
        event: &str,
        context: &BTreeMap<String, String>,
    ) -> Result<Value, HandlerError> {
        Ok(match self.caller {
            Caller::Bedrock => self.bedrock(event).await,
            Caller::Gateway => wire::plain(&self.told(gateway::read(event, context)).await),
            Caller::Direct => wire::plain(&self.told(direct::read(event)).await),
        })
    }

    /// Answers one Bedrock event in its own form.
    pub async fn bedrock(&self, event: &str) -> Value {
        let (echo, event) = bedrock::read(event);
        bedrock::reply(&echo, &self.told(event).await)
    }

    async fn told(&self, event: Result<Event, InputError>) -> Answer {
        let answer = match event {
            // Boxed, because it is large.
            Ok(event) => Box::pin(self.ask(event)).await,
            Err(error) => invalid(&error),
        };
        tracing::info!(status = answer.status, "answered");
        answer
    }

    async fn ask(&self, event: Event) -> Answer {
        let answer = match Companion::of(&event) {
            Ok(Some(companion)) => self.companion(&event, &companion).await,
            Err(error) => Ok(invalid(&error)),
            Ok(None) => match self.accept(event) {
                Ok(submission) => self.submit(&submission).await,
                Err(answer) => Ok(*answer),
            },
        };
        answer.unwrap_or_else(|Unavailable(cause)| {
            tracing::error!(%cause, "not answered");
            let message = "A service is unavailable, and it is not known whether this was taken \
                           in. Send exactly the same again now: no change is made twice.";
            Answer::turned_away(TurnedAway::Unavailable, message)
        })
    }

    /// Maps an event to a tool of the catalogue with arguments that fit it.
    fn accept(&self, event: Event) -> Result<Submission<'_>, Box<Answer>> {
        let requester = self.requester(&event);
        if let Person::Claimed { name } = &requester.person
            && name.len() > MOST_NAME_BYTES
        {
            let why = "the name of the person behind the agent has more than 256 bytes";
            return Err(Box::new(Answer::turned_away(TurnedAway::Invalid, why)));
        }
        let unknown = || {
            let message = "This tool is not in the catalogue, so it is not allowed.";
            Box::new(Answer::turned_away(TurnedAway::UnknownTool, message))
        };
        let catalogue = self.policy.catalogue();
        let entry = match &event.call {
            Call::Function(function) => catalogue.by_function(&event.group, function),
            Call::Operation { method, path } => catalogue.by_route(&event.group, method, path),
        };
        let entry = entry.ok_or_else(unknown)?;
        let arguments = match event.arguments {
            Arguments::Texts(texts) => entry.coerce(&texts),
            Arguments::Typed(arguments) => Ok(arguments),
        };
        let arguments = arguments
            .and_then(|arguments| entry.validate(&arguments).map(|()| arguments))
            .map_err(|error| Box::new(invalid(&error)))?;
        Ok(Submission {
            tool: entry.name.clone(),
            entry,
            arguments,
            requester,
            session: event.session,
            idempotency_key: event.idempotency_key,
        })
    }

    pub(crate) fn requester(&self, event: &Event) -> Requester {
        let claimed = self.policy.settings().claimed_person.as_ref();
        let name = claimed.and_then(|attribute| event.attributes.get(attribute));
        let name = name.or(event.on_behalf_of.as_ref());
        let person = match name {
            Some(name) if !name.trim().is_empty() => Person::Claimed { name: name.clone() },
            Some(_) | None => Person::Unknown,
        };
        Requester { caller: self.caller, agent: event.agent.clone(), person }
    }

    async fn submit(&self, submission: &Submission<'_>) -> Result<Answer, Unavailable> {
        let request = match self.open(submission).await? {
            Ok(request) => request,
            Err(answer) => return Ok(answer),
        };
        let reference = self.reference(&request.id).await?;
        let seen = self.awaited(request, on_its_way, self.patience).await;
        Ok(self.about(&seen, &reference).await)
    }

    /// The request as it stands once it is no longer so, or patience ends.
    pub(crate) async fn awaited(
        &self,
        mut request: ApprovalRequest,
        so: impl Fn(Status) -> bool + Send,
        patience: Duration,
    ) -> ApprovalRequest {
        let (started, mut pause) = (Instant::now(), FIRST_PAUSE);
        while so(request.status) {
            let left = patience.saturating_sub(started.elapsed());
            if left.is_zero() {
                break;
            }
            tokio::time::sleep(pause.min(left)).await;
            pause = pause.mul_f32(1.5);
            // A look that fails is no reason to take back the answer: the request is stored.
            let look = tokio::time::timeout(LONGEST_LOOK, self.store.load(&request.id));
            if let Ok(Ok(Some(seen))) = look.await {
                request = seen;
            }
        }
        request
    }

    /// How a request stands. A result that does not open is left out: what was done was done.
    pub(crate) async fn about(&self, request: &ApprovalRequest, reference: &Reference) -> Answer {
        let result = match &request.result {
            Some(sealed) => self.keys.open(Part::Result, &request.id, sealed).await,
            None => Ok(None),
        };
        let result = result.unwrap_or_else(|error| {
            tracing::error!(request = %request.id, %error, "the result does not open");
            None
        });
        let result = result.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Answer::about(request, reference, result)
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }
}

fn invalid(error: &InputError) -> Answer {
    Answer::turned_away(TurnedAway::Invalid, format!("Nothing was done: {error}."))
}

fn on_its_way(status: Status) -> bool {
    [Status::Received, Status::Allowed, Status::Approved, Status::Executing].contains(&status)
}
