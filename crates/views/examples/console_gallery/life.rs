//! Requests at some point of their life.

use approval_core::assessment::Assessment;
use approval_core::audit::AuditRecord;
use approval_core::decision::{Decision, Verdict};
use approval_core::digest::Digest;
use approval_core::evidence::Roster;
use approval_core::lifecycle::Recorded;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group, RuleId};
use approval_core::notice::{Channel, Delivery, Notice, Occasion};
use approval_core::request::ApprovalRequest;
use approval_core::requester::Person;
use approval_core::requirement::Requirement;
use approval_core::risk::RiskTier;
use approval_core::steering::Operator;
use approval_testkit::memory::Memory;
use approval_testkit::sample;
use approval_views::DisplayPart;
use jiff::SignedDuration;
use serde_json::json;

use crate::{Result, Texts, now};

/// A request with all that belongs to it.
#[derive(Clone)]
pub(crate) struct Life {
    pub(crate) request: ApprovalRequest,
    pub(crate) trail: Vec<AuditRecord>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) part: DisplayPart,
    pub(crate) headline: String,
}

/// Everybody is in every group.
struct Everybody;

impl Roster for Everybody {
    fn belongs(&self, _: &ApproverId, _: &Group, _: Moment) -> bool {
        true
    }

    fn is_requester(&self, _: &ApproverId, _: &Person) -> bool {
        false
    }
}

fn ago(minutes: i64) -> Result<Moment> {
    Ok(now()?.plus(SignedDuration::from_mins(minutes.saturating_neg())))
}

impl Life {
    /// A refund that waits for two managers, asked an hour ago.
    pub(crate) async fn pending(
        id: &str,
        tier: RiskTier,
        hours: i64,
        texts: Texts,
    ) -> Result<Self> {
        let at = ago(60)?;
        let arguments = json!({
            "order": texts.order, "amount": 480, "currency": "EUR", "reason": texts.why,
            "pin": "⟦secret⟧",
        });
        let tool = "billing___refund_order";
        let mut action = sample::action(id, tool, arguments, Digest::of(b"entry"), at);
        texts.agent.clone_into(&mut action.requester.agent);
        action.requester.person = Person::Claimed { name: texts.person.to_owned() };
        let world = Memory::default();
        let id = sample::received(&world, action.clone(), false).await;
        let (request, trail) = {
            let state = world.state();
            let request = state.requests.get(&id).cloned().ok_or("no request")?;
            (request, state.trails.get(&id).cloned().unwrap_or_default())
        };
        let headline = format!("Refund 480.00 EUR for order {}", texts.order);
        let part = json!({
            "headline": headline, "tool": tool, "arguments": action.arguments,
            "secret_fields": ["pin"], "decimal_fields": ["amount"], "explanation_field": "reason",
            "effect": "irreversible", "requester": action.requester, "session": action.session,
            "asked_at": at, "digest": request.digest,
        });
        let part = DisplayPart::Opened(part.to_string().into_bytes());
        let (decisions, notices) = (Vec::new(), Vec::new());
        let mut life = Self { request, trail, decisions, notices, part, headline };
        let need = Requirement::new(Group::parse("billing-managers")?, 2);
        let assessment = Assessment {
            tier,
            rules: vec![RuleId::parse("refund-over-100")?],
            reason: Some("Refund above 100.00".to_owned()),
            ..sample::asks(vec![need], at.plus(SignedDuration::from_hours(hours)))
        };
        life.becomes(life.request.assess(assessment, at)?);
        Ok(life)
    }

    fn becomes(&mut self, Recorded { request, audit, .. }: Recorded) {
        self.request = request;
        self.trail.push(audit);
    }

    /// Somebody is written to.
    pub(crate) fn writes_to(mut self, who: &str, failure: Option<&str>) -> Result<Self> {
        let at = ago(58)?;
        let delivery = Delivery {
            occasion: Occasion::Ask,
            epoch: 0,
            channel: Channel::Mail,
            at,
            message: failure.is_none().then(|| "mail-1".to_owned()),
            failure: failure.map(str::to_owned),
            returned: None,
        };
        let notice = Notice::new(self.request.id.clone(), ApproverId::parse(who)?);
        self.becomes(self.request.noticed(&notice, &delivery, at)?);
        self.notices.push(notice.with(delivery));
        Ok(self)
    }

    /// Somebody decides.
    pub(crate) fn decides(mut self, who: &str, verdict: Verdict, comment: &str) -> Result<Self> {
        let mut decision = sample::decision(&self.request, who, verdict, ago(20)?);
        comment.clone_into(&mut decision.comment);
        self.becomes(self.request.record(&decision, &self.decisions, &Everybody)?);
        self.decisions.push(decision);
        Ok(self)
    }

    /// An operator takes it back.
    pub(crate) fn stopped(mut self, reason: &str) -> Result<Self> {
        let who = "arn:aws:sts::123456789012:assumed-role/operators/olga";
        self.becomes(self.request.stop(&Operator { who, reason }, ago(10)?)?);
        Ok(self)
    }
}
