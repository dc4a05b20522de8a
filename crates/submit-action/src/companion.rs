//! The companion tools: how a request stands, and taking it back. Both take the reference that the
//! agent was given.

use std::time::Duration;

use approval_core::commit::CommitError;
use approval_core::lifecycle::LifecycleError;
use approval_core::ports::{
    AskHash, Clock, Commits, Ids, Open, References, Requests, Seal, StartWorkflow, Unavailable,
};
use approval_core::reference::Reference;
use approval_core::request::ApprovalRequest;
use approval_core::requester::Requester;
use approval_core::strict::{InputError, shown};
use serde_json::Value;

use crate::answer::{Answer, TurnedAway};
use crate::door::Door;
use crate::wire::{Arguments, Call, Event};

/// The name of the tool that tells how a request stands.
pub const ACTION_STATUS: &str = "action_status";
/// The name of the tool that takes a request back.
pub const CANCEL_ACTION: &str = "cancel_action";
/// The longest an agent may wait for an end, in seconds.
pub const MOST_WAIT: u64 = 20;
/// How often taking back is tried against others who write the same record.
const TRIES: usize = 5;

/// What an agent asks of a request that was stored before.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Companion {
    /// How it stands, at the latest after `wait`.
    Status { reference: Reference, wait: Duration },
    /// That nothing comes of it.
    Cancel { reference: Reference },
}

impl Companion {
    /// What an event asks; none where it calls another tool.
    pub(crate) fn of(event: &Event) -> Result<Option<Self>, InputError> {
        let is = |name: &str, by: &str, at: &str| match &event.call {
            Call::Function(function) => function == name,
            Call::Operation { method, path } => method.eq_ignore_ascii_case(by) && path == at,
        };
        let status = is(ACTION_STATUS, "GET", "/action-status");
        if !status && !is(CANCEL_ACTION, "POST", "/cancel-action") {
            return Ok(None);
        }
        let known: &[&str] = if status { &["reference", "wait"] } else { &["reference"] };
        let reference = reference(&event.arguments, known)?;
        Ok(Some(if status {
            Self::Status { reference, wait: wait(&event.arguments)? }
        } else {
            Self::Cancel { reference }
        }))
    }
}

impl<S, K, A, W, C, I> Door<S, K, A, W, C, I>
where
    S: Requests + Commits + References,
    K: Seal + Open,
    A: AskHash,
    W: StartWorkflow,
    C: Clock,
    I: Ids,
{
    pub(crate) async fn companion(
        &self,
        event: &Event,
        asked: &Companion,
    ) -> Result<Answer, Unavailable> {
        let (Companion::Status { reference, .. } | Companion::Cancel { reference }) = asked;
        let Some(request) = self.own(event, reference).await? else {
            let message = "There is no request with this reference.";
            return Ok(Answer::turned_away(TurnedAway::NoSuchReference, message));
        };
        match asked {
            Companion::Status { wait, .. } => {
                let seen = self.awaited(request, |status| !status.is_terminal(), *wait).await;
                Ok(self.about(&seen, reference).await)
            }
            Companion::Cancel { .. } => self.withdraw(event, request, reference).await,
        }
    }

    /// The request, where this agent asked for it.
    async fn own(
        &self,
        event: &Event,
        reference: &Reference,
    ) -> Result<Option<ApprovalRequest>, Unavailable> {
        let Some(id) = self.store.find(&reference.digest()).await? else { return Ok(None) };
        let asker = self.requester(event);
        let found = self.store.load(&id).await?;
        Ok(found.filter(|request| same_agent(&request.requester, &asker)))
    }

    /// Takes it back, where nothing has begun. Otherwise the answer says how it stands.
    async fn withdraw(
        &self,
        event: &Event,
        mut request: ApprovalRequest,
        reference: &Reference,
    ) -> Result<Answer, Unavailable> {
        for _ in 0..TRIES {
            let recorded = match request.withdraw(self.now()) {
                Ok(recorded) => recorded,
                Err(LifecycleError::Illegal(_)) => {
                    let stands = self.about(&request, reference).await;
                    return Ok(if request.status.is_terminal() {
                        stands
                    } else {
                        stands.too_late()
                    });
                }
                Err(other) => return Err(Unavailable(other.into())),
            };
            let after = recorded.request.clone();
            match self.store.commit(recorded.into()).await {
                Ok(()) => {
                    tracing::info!(request = %after.id, "taken back");
                    return Ok(self.about(&after, reference).await);
                }
                Err(CommitError::Conflict) => {
                    let seen = self.own(event, reference).await?;
                    request = seen.ok_or(Unavailable("the request is gone".into()))?;
                }
                Err(other) => return Err(Unavailable(other.into())),
            }
        }
        Err(Unavailable("others keep writing the record".into()))
    }
}

fn same_agent(one: &Requester, other: &Requester) -> bool {
    one.caller == other.caller && one.agent == other.agent
}

fn reference(arguments: &Arguments, known: &[&str]) -> Result<Reference, InputError> {
    if let Some(name) = names(arguments).into_iter().find(|name| !known.contains(name)) {
        let why = "no such argument is known".to_owned();
        return Err(InputError::Invalid { name: shown(name), why });
    }
    let name = "reference".to_owned();
    let Some(text) = text(arguments, "reference") else {
        return Err(InputError::Missing { name });
    };
    Reference::parse(&text).ok_or_else(|| InputError::Mistyped {
        name,
        expected: "a reference as it was given to you".to_owned(),
        found: shown(&text),
    })
}

/// How long to wait, in whole seconds; not at all where nothing is said.
fn wait(arguments: &Arguments) -> Result<Duration, InputError> {
    let Some(text) = text(arguments, "wait") else { return Ok(Duration::ZERO) };
    match text.parse() {
        Ok(seconds) if seconds <= MOST_WAIT && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Duration::from_secs(seconds))
        }
        _ => Err(InputError::Mistyped {
            name: "wait".to_owned(),
            expected: format!("whole seconds, 0 to {MOST_WAIT}"),
            found: shown(&text),
        }),
    }
}

fn names(arguments: &Arguments) -> Vec<&str> {
    match arguments {
        Arguments::Texts(texts) => texts.iter().map(|(name, _)| name.as_str()).collect(),
        Arguments::Typed(Value::Object(all)) => all.keys().map(String::as_str).collect(),
        Arguments::Typed(_) => Vec::new(),
    }
}

/// The argument of that name, where it comes once and is a single value.
fn text(arguments: &Arguments, name: &str) -> Option<String> {
    match arguments {
        Arguments::Texts(texts) => {
            let mut those = texts.iter().filter(|(sent, _)| sent == name);
            let (_, text) = those.next()?;
            those.next().is_none().then(|| text.clone())
        }
        Arguments::Typed(all) => match all.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        },
    }
}
