//! Orders: what operators change. Only the operators' door writes; it knows by AWS who calls.

use std::io::Write;

use approval_aws::desk::{Desk, OrderError, Received};
use approval_aws::system::SystemClock;
use approval_core::freeze::FreezeScope;
use approval_core::order::{Answer, Order};
use approval_core::ports::{Clock, Unavailable};
use approval_policy::describe::Described;
use approval_policy::inspect::Inspection;
use approval_views::visible;

use crate::cli::{Cancel, Deployment, Extend, Freeze, Remind, Resolve, scope};
use crate::diagnosis;
use crate::failure::{Failure, hint};

/// Takes a request back.
pub(crate) async fn cancel(args: &Cancel, out: &mut impl Write) -> Result<(), Failure> {
    let desk = args.at.desk().await?;
    let request = args.at.id(&args.which.request).await?;
    let reason = args.why.reason.clone();
    give(desk, &Order::Cancel { request, reason }, out).await
}

/// Gives people more time.
pub(crate) async fn extend(args: &Extend, out: &mut impl Write) -> Result<(), Failure> {
    let desk = args.at.desk().await?;
    let reason = args.why.reason.clone();
    let (request, until) = match (args.until, args.by) {
        (Some(until), _) => (args.at.id(&args.which.request).await?, until),
        (None, by) => {
            let records = args.at.records().await?;
            let request = records.id(&args.which.request).await?;
            // Where nobody is asked, the door says so.
            let planned = records.load(&request).await?.decide_by;
            let planned = planned.unwrap_or_else(|| SystemClock.now());
            (request, planned.plus(by.unwrap_or_default()))
        }
    };
    give(desk, &Order::Extend { request, until, reason }, out).await
}

/// Has those who have not answered written to again.
pub(crate) async fn remind(args: &Remind, out: &mut impl Write) -> Result<(), Failure> {
    let desk = args.at.desk().await?;
    let request = args.at.id(&args.which.request).await?;
    let reason = args.why.reason.clone();
    give(desk, &Order::Remind { request, reason }, out).await
}

/// Settles a doubt.
pub(crate) async fn resolve(args: &Resolve, out: &mut impl Write) -> Result<(), Failure> {
    let desk = args.at.desk().await?;
    let request = args.at.id(&args.which.request).await?;
    let (executed, reason) = (args.executed, args.why.reason.clone());
    give(desk, &Order::Resolve { request, executed, reason }, out).await
}

/// Freezes a scope.
pub(crate) async fn freeze(args: &Freeze, out: &mut impl Write) -> Result<(), Failure> {
    let (scope, reason) = (named(&args.scope)?, args.why.reason.clone());
    let order = Order::Freeze { scope: scope.clone(), reason };
    give(args.at.desk().await?, &order, out).await?;
    let FreezeScope::Tool(tool) = scope else { return Ok(()) };
    // What the door did is told before anybody is asked, who may take long to answer.
    out.flush()?;
    if let Some(known) = tools(&args.at).await
        && !known.iter().any(|name| name == tool.as_str())
    {
        let known = known.join(", ");
        hint(&format!("the bundle that is deployed has no tool `{tool}`; it has {known}"));
    }
    Ok(())
}

/// The tools of the bundle that is deployed; none where it cannot be asked.
async fn tools(at: &Deployment) -> Option<Vec<String>> {
    let described =
        at.rules().await.ok()??.ask::<Described>(&Inspection::Describe {}).await.ok()?;
    Some(described.tools.into_iter().map(|tool| tool.name).collect())
}

/// Lets a scope go again.
pub(crate) async fn unfreeze(args: &Freeze, out: &mut impl Write) -> Result<(), Failure> {
    let (scope, reason) = (named(&args.scope)?, args.why.reason.clone());
    give(args.at.desk().await?, &Order::Unfreeze { scope, reason }, out).await
}

fn named(words: &[String]) -> Result<FreezeScope, Failure> {
    scope(words).map_err(|error| Failure::Usage(error.to_string()))
}

async fn give(
    (desk, url): (Desk, &str),
    order: &Order,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let said = given(&desk, url, order).await?;
    writeln!(out, "{}", visible(&said))?;
    Ok(())
}

/// What the door says that it did.
pub(crate) async fn given(desk: &Desk, url: &str, order: &Order) -> Result<String, Failure> {
    match desk.order(order).await {
        Ok(Received::Answer(_, answer)) => heard(answer, order),
        Ok(Received::TurnedAway(status)) => Err(turned_away(status, url)),
        Err(OrderError::Unsent(error)) => Err(diagnosis::of_unsent(&error)),
        Err(OrderError::Unanswered(error)) => Err(unanswered(&error, order)),
    }
}

/// What the door said, where it did it.
fn heard(Answer { status, message }: Answer, order: &Order) -> Result<String, Failure> {
    match status.as_str() {
        "done" => Ok(message),
        "conflict" => Err(Failure::Conflict(message)),
        "nobody" => Err(Failure::TurnedAway),
        "invalid" | "unknown" => Err(Failure::Declined(message)),
        // Whatever is not known to have done nothing may have done it.
        _ => Err(Failure::Unknown { what: format!("the door says: {message}"), look: look(order) }),
    }
}

fn turned_away(status: u16, url: &str) -> Failure {
    match status {
        401 | 403 => Failure::TurnedAway,
        429 => Failure::Busy,
        _ => Failure::NoDoor(url.to_owned()),
    }
}

fn unanswered(error: &Unavailable, order: &Order) -> Failure {
    Failure::Unknown { what: diagnosis::words(error), look: look(order) }
}

/// The command that tells whether an order was carried out.
fn look(order: &Order) -> String {
    match order {
        Order::Cancel { request, .. }
        | Order::Extend { request, .. }
        | Order::Remind { request, .. }
        | Order::Resolve { request, .. } => format!("countersign show {request}"),
        Order::Freeze { .. } | Order::Unfreeze { .. } => "countersign freezes".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;

    #[test]
    fn each_answer_of_the_door_has_its_exit_code() {
        let reason = "an incident".parse().unwrap();
        let order = Order::Freeze { scope: FreezeScope::All, reason };
        let cases = [
            ("done", Code::Done, ""),
            ("conflict", Code::Conflict, "as the door said"),
            ("invalid", Code::Failed, "as the door said"),
            ("unknown", Code::Failed, "as the door said"),
            ("nobody", Code::Denied, "OperatorPolicyArn"),
            ("unavailable", Code::Failed, "look with `countersign freezes`"),
            ("of a newer door", Code::Failed, "it is not known whether this was done"),
        ];
        for (status, code, words) in cases {
            let message = "as the door said".to_owned();
            let ended = heard(Answer { status: status.to_owned(), message }, &order);
            let (ends, said) = match ended {
                Ok(_) => (Code::Done, String::new()),
                Err(failure) => (failure.code(), failure.to_string()),
            };
            assert_eq!(ends, code, "{status}");
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn what_never_came_to_the_door_did_nothing() {
        let cases = [(403, Code::Denied), (404, Code::Failed), (429, Code::Failed)];
        for (status, code) in cases {
            let failure = turned_away(status, "https://api.example");
            assert_eq!(failure.code(), code, "{status}");
            assert!(failure.to_string().starts_with("nothing was done"), "{failure}");
        }
    }
}
