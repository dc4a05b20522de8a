//! Carrying out orders: each one transaction, on top of what is there by then.

use approval_core::commit::CommitError;
use approval_core::freeze::{FreezeError, FreezeScope, Switch};
use approval_core::lifecycle::{LifecycleError, Recorded};
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::notice::Notice;
use approval_core::order::Order;
use approval_core::ports::{Clock, Commits, Notices, Requests, Switches, Unavailable};
use approval_core::request::ApprovalRequest;
use approval_core::steering::{ExtendError, Operator, RemindError};
use tracing::field::display;

use crate::{OperatorDesk, Reply};

/// How often an order is tried against others who write the same record.
const TRIES: usize = 5;

/// Why an order is not carried out.
enum Refused {
    /// What is there does not allow it.
    Stands(String),
    /// A service did not answer.
    Failed(Unavailable),
}

impl<S: Requests + Commits + Notices + Switches, C: Clock> OperatorDesk<S, C> {
    /// Carries out an order of the operator `who`, as AWS says it.
    pub async fn carry_out(&self, order: &Order, who: &str) -> Reply {
        let by = Operator { who, reason: order.reason().as_str() };
        let reply = match order {
            Order::Cancel { request, .. } => self.change(request, &by, cancel).await,
            Order::Extend { request, until, .. } => {
                let until = *until;
                self.change(request, &by, |request, by, now| {
                    request.extend(until, by, now).map_err(extended)
                })
                .await
            }
            Order::Remind { request, .. } => self.remind(request, &by).await,
            Order::Resolve { request, executed, .. } => {
                let executed = *executed;
                self.change(request, &by, |request, by, now| {
                    request.resolve(executed, by, now).map_err(illegal)
                })
                .await
            }
            Order::Freeze { scope, .. } => self.switch(scope, true, &by).await,
            Order::Unfreeze { scope, .. } => self.switch(scope, false, &by).await,
        };
        let (request, scope) = (order.request().map(display), order.scope().map(display));
        let reply = reply.unwrap_or_else(|Unavailable(cause)| {
            tracing::error!(request, scope, %cause, "not carried out");
            Reply::unavailable()
        });
        let (order, code) = (order.as_str(), reply.code);
        tracing::info!(order, request, scope, operator = who, code, "ordered");
        reply
    }

    async fn change(
        &self,
        id: &RequestId,
        by: &Operator<'_>,
        becomes: impl Fn(&ApprovalRequest, &Operator<'_>, Moment) -> Result<Recorded, Refused>,
    ) -> Result<Reply, Unavailable> {
        for _ in 0..TRIES {
            let Some(request) = self.store.load(id).await? else { return Ok(unknown()) };
            let becomes = becomes(&request, by, self.clock.now());
            if let Some(reply) = self.written(becomes, by, said).await? {
                return Ok(reply);
            }
        }
        Err(Unavailable("others keep writing the record".into()))
    }

    /// What was sent to people by this version of the request is read after it: a message that
    /// went out since makes another version, so the write meets it.
    async fn remind(&self, id: &RequestId, by: &Operator<'_>) -> Result<Reply, Unavailable> {
        for _ in 0..TRIES {
            let Some(request) = self.store.load(id).await? else { return Ok(unknown()) };
            let notices: Vec<Notice> = self.store.notices(id).await?;
            let becomes = request.remind(&notices, by, self.clock.now()).map_err(unreminded);
            if let Some(reply) = self.written(becomes, by, reminded).await? {
                return Ok(reply);
            }
        }
        Err(Unavailable("others keep writing the record".into()))
    }

    /// Writes it; none where somebody else wrote meanwhile.
    async fn written(
        &self,
        becomes: Result<Recorded, Refused>,
        by: &Operator<'_>,
        said: impl Fn(&ApprovalRequest) -> String,
    ) -> Result<Option<Reply>, Unavailable> {
        let recorded = match becomes {
            Ok(recorded) => recorded,
            Err(Refused::Stands(why)) => return Ok(Some(Reply::conflict(why))),
            Err(Refused::Failed(error)) => return Err(error),
        };
        let after = recorded.request.clone();
        match self.store.commit(recorded.into()).await {
            Ok(()) => {
                tracing::info!(request = %after.id, status = %after.status, operator = by.who, "changed");
                Ok(Some(Reply::done(said(&after))))
            }
            Err(CommitError::Conflict) => Ok(None),
            Err(other) => Err(Unavailable(other.into())),
        }
    }

    async fn switch(
        &self,
        scope: &FreezeScope,
        frozen: bool,
        by: &Operator<'_>,
    ) -> Result<Reply, Unavailable> {
        for _ in 0..TRIES {
            let known = self.store.freeze(scope).await?;
            let now = self.clock.now();
            let switch = match Switch::make(scope.clone(), known.as_ref(), frozen, by, now) {
                Ok(switch) => switch,
                Err(FreezeError::Already(_)) if frozen => {
                    return Ok(Reply::done(format!("{scope} is frozen, as it was.")));
                }
                Err(why @ FreezeError::Already(_)) => return Ok(Reply::conflict(why)),
                Err(FreezeError::Canonical(error)) => return Err(Unavailable(error.into())),
            };
            match self.store.switch(&switch).await {
                Ok(()) => {
                    tracing::warn!(%scope, frozen, operator = by.who, "freeze switched");
                    let now =
                        if frozen { "frozen: nothing of it runs or is decided" } else { "free" };
                    return Ok(Reply::done(format!("{scope} is {now}.")));
                }
                Err(CommitError::Conflict) => {}
                Err(other) => return Err(Unavailable(other.into())),
            }
        }
        Err(Unavailable("others keep switching it".into()))
    }
}

fn cancel(request: &ApprovalRequest, by: &Operator<'_>, now: Moment) -> Result<Recorded, Refused> {
    request.stop(by, now).map_err(illegal)
}

fn illegal(error: LifecycleError) -> Refused {
    match error {
        LifecycleError::Illegal(illegal) => Refused::Stands(format!("it is {}", illegal.status)),
        LifecycleError::NotDue | LifecycleError::Late | LifecycleError::ForeignPermit => {
            Refused::Stands(error.to_string())
        }
        LifecycleError::Canonical(error) => Refused::Failed(Unavailable(error.into())),
    }
}

fn extended(error: ExtendError) -> Refused {
    match error {
        ExtendError::Lifecycle(error) => illegal(error),
        ExtendError::Closed(_)
        | ExtendError::Late
        | ExtendError::NotLater(_)
        | ExtendError::BeyondLimit(_) => Refused::Stands(error.to_string()),
    }
}

fn unreminded(error: RemindError) -> Refused {
    match error {
        RemindError::Lifecycle(error) => illegal(error),
        RemindError::Closed(_) | RemindError::Late | RemindError::TooSoon(_) => {
            Refused::Stands(error.to_string())
        }
    }
}

fn unknown() -> Reply {
    Reply::of(404, "unknown", "There is no such request.")
}

fn reminded(request: &ApprovalRequest) -> String {
    format!("Those who have not answered are written to again. {}", said(request))
}

fn said(request: &ApprovalRequest) -> String {
    match request.decide_by.filter(|_| !request.status.is_terminal()) {
        Some(by) => format!("{} is {}; people have until {by}.", request.id, request.status),
        None => format!("{} is {}.", request.id, request.status),
    }
}
