//! Whether a run ended as it may: nothing lost, nothing doubled, nothing stuck.

use std::collections::BTreeMap;

use approval_core::audit::{self, Actor};
use approval_core::decision::Verdict;
use approval_core::name::RequestId;
use approval_core::ports::{AuditTrail, Decisions, Requests};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use aws_sdk_dynamodb::types::AttributeValue;
use countersign_tests::stack::Stack;

use crate::ground::Ground;
use crate::path::Path;
use crate::proxy::{Call, Fault, Kind};
use crate::run::Run;

/// What a run may not come to, and what shows it.
#[derive(Debug)]
pub enum Wrong {
    Lost(String),
    Doubled(String),
    Stuck(String),
}

/// What the target did: its rows, by order or account.
pub type Books = BTreeMap<String, Vec<BTreeMap<String, String>>>;

/// A letter whose record was lost comes again, once.
const MOST_LETTERS: usize = 2;

/// The whole books of both stacks.
pub async fn books(ground: &Ground) -> Books {
    let mut books = Books::new();
    for stack in [ground.stack(Path::Approved), ground.stack(Path::Expired)] {
        let client = aws_sdk_dynamodb::Client::new(&stack.config);
        let pages = client.scan().table_name(&stack.backend["TableName"]).into_paginator();
        for row in pages.items().send().collect::<Result<Vec<_>, _>>().await.expect("the books") {
            let text = |value: AttributeValue| match value {
                AttributeValue::S(text) | AttributeValue::N(text) => Some(text),
                _ => None,
            };
            let row: BTreeMap<_, _> =
                row.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect();
            let about = row.get("order_id").or_else(|| row.get("account_id"));
            books.entry(about.expect("what it is about").clone()).or_default().push(row);
        }
    }
    books
}

/// How a run ended, in a few words.
pub async fn judged(run: &Run, ground: &Ground, books: &Books) -> Result<String, Wrong> {
    let stack = ground.stack(run.path);
    if let Some(answer) = &run.turned_away {
        return Err(Wrong::Lost(format!("the agent was told {answer}")));
    }
    let stored = stored(run, ground, stack).await;
    if let [one, other, ..] = stored.as_slice() {
        return Err(Wrong::Doubled(format!("one ask is {} and {}", one.id, other.id)));
    }
    let Some(request) = &run.ended else {
        let seen = stored.first().map_or("not stored".to_owned(), |seen| {
            format!(
                "{} is {}, wait {:?}",
                seen.id,
                seen.status,
                seen.wait.as_ref().map(|w| w.resumed)
            )
        });
        return Err(Wrong::Stuck(seen));
    };
    let status = request.status;
    if !run.path.ends().contains(&status) && !turned_away(run, status) {
        return Err(Wrong::Lost(format!("{} is {status}: {:?}", request.id, request.reason)));
    }
    trail(run, stack, request).await?;
    done(run, status, books)?;
    letters(run, ground)?;
    let ended = stack.execution_ends(&request.id).await;
    let fired = if run.is_met() { "" } else { ", not met" };
    let ended = if ended == "SUCCEEDED" { "" } else { ", workflow failed" };
    Ok(format!("{status}{ended}{fired}"))
}

/// Lambda turned the call away before the target ran: what was approved certainly was not done,
/// and is not tried again.
fn turned_away(run: &Run, status: Status) -> bool {
    let at_target = |fault: &Fault| {
        fault.action == "Lambda.Invoke" && Call::short(&fault.function) == "execute-action"
    };
    let throttled = |fault: &Fault| fault.kind == Kind::Throttled && at_target(fault);
    status == Status::Failed && run.fault.as_ref().is_some_and(throttled)
}

/// Every request that was stored for the run's one ask.
async fn stored(run: &Run, ground: &Ground, stack: &Stack) -> Vec<ApprovalRequest> {
    let mut stored = Vec::new();
    for id in ground.proxy.seen(&run.mark).requests {
        let id = RequestId::parse(&id).expect("an id");
        stored.extend(stack.table().load(&id).await.expect("the store"));
    }
    stored
}

/// The trail is whole, and every decision that somebody was told is recorded is in it, once.
async fn trail(run: &Run, stack: &Stack, request: &ApprovalRequest) -> Result<(), Wrong> {
    let request = &stack.load(&request.id).await;
    let trail = stack.table().trail(&request.id).await.expect("the trail");
    audit::check(request, &trail).map_err(|error| Wrong::Lost(error.to_string()))?;
    let decisions = stack.table().decisions(&request.id).await.expect("the decisions");
    let recorded = trail.iter().filter(|record| record.actor == Actor::CallbackHandler).count();
    if decisions.len() != recorded || recorded > 1 {
        let what = format!("{} decisions, {recorded} records of one", decisions.len());
        return Err(Wrong::Doubled(what));
    }
    let said = run.path.answer().map(|(who, verdict)| (who, verdict == "approve"));
    let is_there = decisions.iter().any(|decision| {
        let approves = decision.verdict == Verdict::Approve;
        said == Some((decision.link.approver.as_str(), approves))
    });
    if run.recorded && !is_there {
        return Err(Wrong::Lost("a decision that was told as recorded".to_owned()));
    }
    if run.denied {
        return Err(Wrong::Lost("a recorded decision was shown as not recorded".to_owned()));
    }
    Ok(())
}

/// The target did it once where it is told as done, at most once where nobody knows, else never.
fn done(run: &Run, status: Status, books: &Books) -> Result<(), Wrong> {
    let rows = books.get(&run.mark).map(Vec::as_slice).unwrap_or_default();
    let told = format!("{status} with {rows:?}");
    let at_target = run.fault.as_ref().is_some_and(|fault| fault.function.ends_with("-billing"));
    // A target whose own write is repeated by its SDK counts itself twice.
    let once = |row: &BTreeMap<String, String>| at_target || row["calls"] == "1";
    match (status, rows) {
        (Status::Executed, [row]) if run.path != Path::Once || once(row) => Ok(()),
        (Status::Executed, []) => Err(Wrong::Lost(told)),
        (Status::InDoubt, []) => Ok(()),
        (Status::InDoubt, [row]) if once(row) => Ok(()),
        (Status::Executed | Status::InDoubt, _) => Err(Wrong::Doubled(told)),
        (_, []) => Ok(()),
        (_, _) => Err(Wrong::Lost(told)),
    }
}

fn letters(run: &Run, ground: &Ground) -> Result<(), Wrong> {
    let mut letters = BTreeMap::<(String, bool), usize>::new();
    for mail in ground.proxy.seen(&run.mark).mails {
        let asks = mail.text.contains("your personal link");
        *letters.entry((mail.to, asks)).or_default() += 1;
    }
    let many = letters.iter().find(|(_, count)| **count > MOST_LETTERS);
    many.map_or(Ok(()), |many| Err(Wrong::Doubled(format!("letters {many:?}"))))
}
