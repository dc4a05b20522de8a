//! A request that was found, as lists and exports write it.

use approval_core::cause::Cause;
use approval_core::digest::Digest;
use approval_core::moment::Moment;
use approval_core::name::{RequestId, ToolName};
use approval_core::requester::Person;
use approval_core::risk::RiskTier;
use approval_core::status::Status;
use serde::Serialize;

use crate::search::Row;
use crate::sheet::Line;

/// A request, as far as lists tell. The names are stable; texts are as they came.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Listed {
    pub(crate) id: RequestId,
    pub(crate) status: Status,
    pub(crate) tool: ToolName,
    pub(crate) tier: Option<RiskTier>,
    pub(crate) asked_at: Moment,
    pub(crate) decide_by: Option<Moment>,
    /// The action in one line; none where the display part was not opened.
    pub(crate) headline: Option<String>,
    /// What only the record tells; none where that cannot be read.
    #[serde(flatten)]
    pub(crate) more: Option<More>,
}

/// What only the record tells.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct More {
    pub(crate) agent: String,
    pub(crate) person: Person,
    pub(crate) rules: Vec<String>,
    pub(crate) ended_at: Option<Moment>,
    pub(crate) cause: Option<Cause>,
    pub(crate) reason: Option<String>,
    pub(crate) digest: Digest,
}

impl From<Row> for Listed {
    fn from(Row { queued, request, headline }: Row) -> Self {
        let more = request.map(|request| {
            let assessment = request.assessment.as_ref();
            let rules = assessment.map(|one| one.rules.iter().map(ToString::to_string).collect());
            More {
                rules: rules.unwrap_or_default(),
                reason: request.reason.or_else(|| assessment.and_then(|one| one.reason.clone())),
                agent: request.requester.agent,
                person: request.requester.person,
                ended_at: request.ended_at,
                cause: request.cause,
                digest: request.digest,
            }
        });
        Self {
            id: queued.id,
            status: queued.status,
            tool: queued.tool,
            tier: queued.tier,
            asked_at: queued.asked_at,
            decide_by: queued.decide_by,
            headline,
            more,
        }
    }
}

/// The person, in a few words.
pub(crate) fn person(person: &Person) -> String {
    match person {
        Person::Verified { subject, .. } => subject.clone(),
        Person::Claimed { name } => format!("{name} (claimed)"),
        Person::Unknown => "-".to_owned(),
    }
}

impl Line for Listed {
    const HEADS: &'static [&'static str] = &[
        "id",
        "status",
        "tier",
        "tool",
        "headline",
        "agent",
        "standing",
        "person",
        "rules",
        "reason",
        "cause",
        "asked_at",
        "decide_by",
        "ended_at",
        "digest",
    ];

    fn cells(&self) -> Vec<String> {
        let at = |at: Option<Moment>| at.map(|at| at.to_string()).unwrap_or_default();
        let more = self.more.as_ref();
        let (standing, person) = match more.map(|more| &more.person) {
            Some(Person::Verified { issuer, subject }) => {
                ("verified", format!("{subject} {issuer}"))
            }
            Some(Person::Claimed { name }) => ("claimed", name.clone()),
            Some(Person::Unknown) => ("unknown", String::new()),
            None => ("", String::new()),
        };
        vec![
            self.id.to_string(),
            self.status.to_string(),
            self.tier.map(|tier| tier.to_string()).unwrap_or_default(),
            self.tool.to_string(),
            self.headline.clone().unwrap_or_default(),
            more.map(|more| more.agent.clone()).unwrap_or_default(),
            standing.to_owned(),
            person,
            more.map(|more| more.rules.join(" ")).unwrap_or_default(),
            more.and_then(|more| more.reason.clone()).unwrap_or_default(),
            more.and_then(|more| more.cause).map(|cause| cause.to_string()).unwrap_or_default(),
            self.asked_at.to_string(),
            at(self.decide_by),
            at(more.and_then(|more| more.ended_at)),
            more.map(|more| more.digest.to_string()).unwrap_or_default(),
        ]
    }
}
