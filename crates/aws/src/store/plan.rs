//! What a commit writes and checks, step by step.

use std::collections::HashMap;

use approval_core::claim::Claim;
use approval_core::commit::{AskRow, Commit, Guard};
use approval_core::decision::Decision;
use approval_core::digest::Digest;
use approval_core::freeze::{Freeze, FreezeScope, Switch};
use approval_core::link::Link;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::BoxError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use serde::Serialize;

use super::index;
use super::key::Key;

const ABSENT: &str = "attribute_not_exists(#pk)";
/// Written beside a request under its version, which is condition enough.
const ANYHOW: &str = "";

/// One item of a transaction, and what it is about.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) about: About,
    pub(super) item: TransactWriteItem,
}

/// What a step is about, so that its failure can be told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum About {
    Request,
    Audit,
    Ask,
    Reference,
    Claim,
    Freeze,
    Notice,
    Decision,
    Epoch,
}

/// Plans the transaction. The request comes first: whoever is late learns that before all else.
pub(super) fn steps(table: &str, commit: &Commit) -> Result<Vec<Step>, BoxError> {
    let Commit { request, audit, guard } = commit;
    let mut meta = Key::meta(&request.id).row(request)?;
    meta.extend(index::attributes(request));
    let mut steps = vec![put(table, About::Request, meta, &on_version(commit)?)?];
    if let Some(audit) = audit {
        let row = Key::audit(&request.id, audit.seq).row(audit)?;
        steps.push(put(table, About::Audit, row, &Condition::new(ABSENT))?);
    }
    match guard {
        Guard::Version => {}
        Guard::Open { ask, replaces, reference } => {
            steps.extend(open(table, &request.id, ask, replaces.as_ref(), reference)?);
        }
        Guard::Claim { claim, again, scopes } => steps.extend(take(table, claim, *again, scopes)?),
        Guard::Settle(claim) => {
            let settled = Claim { settled: true, ..claim.clone() };
            let row = Key::claim(&claim.request).row(&settled)?;
            let held =
                Condition::new("#settled = :false").with(":false", AttributeValue::Bool(false));
            steps.push(put(table, About::Claim, row, &held)?);
        }
        Guard::Notices(notices) => {
            for notice in notices {
                let row = Key::notice(&notice.request, &notice.approver).row(notice)?;
                steps.push(put(table, About::Notice, row, &Condition::new(ANYHOW))?);
            }
        }
        Guard::Decide { decision, scopes } => steps.extend(decide(table, decision, scopes)?),
    }
    Ok(steps)
}

/// On top of exactly the version before; a first claim moreover only in time.
fn on_version(commit: &Commit) -> Result<Condition, BoxError> {
    let before = commit.request.version.checked_sub(1);
    let before = before.ok_or("a request starts at version 1")?;
    if before == 0 {
        return Ok(Condition::new(ABSENT));
    }
    let version = AttributeValue::N(before.to_string());
    if let Guard::Decide { decision, .. } = &commit.guard {
        let in_time = Condition::new("#version = :version AND #decide_by > :at");
        return Ok(in_time.with(":version", version).with(":at", moment(decision.decided_at)));
    }
    if let Guard::Claim { claim, again: false, .. } = &commit.guard {
        let in_time = Condition::new("#version = :version AND #run_by > :at");
        return Ok(in_time.with(":version", version).with(":at", moment(claim.at)));
    }
    Ok(Condition::new("#version = :version").with(":version", version))
}

fn open(
    table: &str,
    request: &RequestId,
    ask: &AskRow,
    replaces: Option<&RequestId>,
    reference: &Digest,
) -> Result<[Step; 2], BoxError> {
    #[derive(Serialize)]
    struct Reference<'a> {
        request: &'a RequestId,
    }

    let free = match replaces {
        None => Condition::new(ABSENT),
        Some(earlier) => Condition::new("attribute_not_exists(#pk) OR #request = :replaced")
            .with(":replaced", AttributeValue::S(earlier.to_string())),
    };
    let row = Key::reference(reference).row(&Reference { request })?;
    Ok([
        put(table, About::Ask, Key::ask(&ask.ask).row(ask)?, &free)?,
        put(table, About::Reference, row, &Condition::new(ABSENT))?,
    ])
}

fn take(
    table: &str,
    claim: &Claim,
    again: bool,
    scopes: &[FreezeScope],
) -> Result<Vec<Step>, BoxError> {
    let free = if again {
        Condition::new("attribute_not_exists(#pk) OR (#settled = :false AND #until <= :at)")
            .with(":false", AttributeValue::Bool(false))
            .with(":at", moment(claim.at))
    } else {
        Condition::new(ABSENT)
    };
    let row = Key::claim(&claim.request).row(claim)?;
    let mut steps = vec![put(table, About::Claim, row, &free)?];
    for scope in scopes {
        steps.push(unfrozen(table, scope)?);
    }
    Ok(steps)
}

fn decide(table: &str, decision: &Decision, scopes: &[FreezeScope]) -> Result<Vec<Step>, BoxError> {
    let Link { request, approver, epoch, .. } = &decision.link;
    let row = Key::decision(request, approver).row(decision)?;
    let counts =
        Condition::new("#epoch = :epoch").with(":epoch", AttributeValue::N(epoch.to_string()));
    let mut steps = vec![
        put(table, About::Decision, row, &Condition::new(ABSENT))?,
        check(table, About::Epoch, Key::notice(request, approver), &counts)?,
    ];
    for scope in scopes {
        steps.push(unfrozen(table, scope)?);
    }
    Ok(steps)
}

/// A row that does not say that it was let go holds.
fn unfrozen(table: &str, scope: &FreezeScope) -> Result<Step, BoxError> {
    let free = Condition::new("attribute_not_exists(#pk) OR #frozen = :false");
    let free = free.with(":false", AttributeValue::Bool(false));
    check(table, About::Freeze, Key::freeze(scope), &free)
}

/// Plans a switch of a freeze: on top of exactly the one before, with its record.
pub(super) fn switch(table: &str, switch: &Switch) -> Result<[Step; 2], BoxError> {
    let Freeze { scope, version, .. } = &switch.freeze;
    let before = version.checked_sub(1).ok_or("a freeze starts at version 1")?;
    // A row that was written by hand has no version.
    let on_version = if before == 0 {
        Condition::new("attribute_not_exists(#version)")
    } else {
        let before = AttributeValue::N(before.to_string());
        Condition::new("attribute_not_exists(#version) OR #version = :version")
            .with(":version", before)
    };
    let mut row = Key::freeze(scope).row(&switch.freeze)?;
    row.extend(index::of_freeze(&switch.freeze));
    let record = Key::switch(scope, *version).row(switch)?;
    Ok([
        put(table, About::Request, row, &on_version)?,
        put(table, About::Audit, record, &Condition::new(ABSENT))?,
    ])
}

fn check(table: &str, about: About, key: Key, condition: &Condition) -> Result<Step, BoxError> {
    let check = ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(key.item()))
        .condition_expression(condition.text)
        .set_expression_attribute_names(condition.names())
        .set_expression_attribute_values(condition.values())
        .build()?;
    let item = TransactWriteItem::builder().condition_check(check).build();
    Ok(Step { about, item })
}

fn put(
    table: &str,
    about: About,
    row: HashMap<String, AttributeValue>,
    condition: &Condition,
) -> Result<Step, BoxError> {
    // The row in the way is wanted for one answer only; others are not sent over the wire.
    let returned = (about == About::Ask).then_some(ReturnValuesOnConditionCheckFailure::AllOld);
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(row))
        .set_condition_expression(condition.text())
        .set_expression_attribute_names(condition.names())
        .set_expression_attribute_values(condition.values())
        .set_return_values_on_condition_check_failure(returned)
        .build()?;
    let item = TransactWriteItem::builder().put(put).build();
    Ok(Step { about, item })
}

fn moment(at: Moment) -> AttributeValue {
    AttributeValue::S(at.to_string())
}

/// A condition. Attributes are written `#name`, because many names are reserved words.
struct Condition {
    text: &'static str,
    values: HashMap<String, AttributeValue>,
}

impl Condition {
    fn new(text: &'static str) -> Self {
        let values = HashMap::new();
        Self { text, values }
    }

    fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// None where nothing is demanded: DynamoDB refuses an empty text.
    fn text(&self) -> Option<String> {
        (!self.text.is_empty()).then(|| self.text.to_owned())
    }

    fn names(&self) -> Option<HashMap<String, String>> {
        let words = self.text.split(|c: char| !c.is_ascii_alphanumeric() && !"#_".contains(c));
        let names = words.filter_map(|word| Some((word, word.strip_prefix('#')?)));
        let names: HashMap<_, _> =
            names.map(|(word, name)| (word.to_owned(), name.to_owned())).collect();
        (!names.is_empty()).then_some(names)
    }

    /// None where there are none: DynamoDB refuses an empty list.
    fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}
