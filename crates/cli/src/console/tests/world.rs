//! A world in memory, and a browser that was let in.

use std::ops::Deref;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use approval_core::action::CanonicalAction;
use approval_core::assessment::Assessment;
use approval_core::commit::Commit;
use approval_core::decision::Verdict;
use approval_core::digest::Digest;
use approval_core::freeze::FreezeScope;
use approval_core::lifecycle::Recorded;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group, RequestId, RuleId};
use approval_core::notice::{Channel, Delivery, Notice, Occasion};
use approval_core::order::Order;
use approval_core::ports::{Commits, Decisions, Seal, Switches};
use approval_core::request::ApprovalRequest;
use approval_core::requester::Person;
use approval_core::requirement::Requirement;
use approval_core::risk::RiskTier;
use approval_core::sealed::Part;
use approval_core::task::{Attempt, TaskToken, Wait};
use approval_policy::Bundle;
use approval_testkit::clock::{CountingIds, FixedClock};
use approval_testkit::memory::Memory;
use approval_testkit::sample;
use jiff::SignedDuration;
use risk_classify::RiskClassify;
use serde_json::{Value, json};

use super::super::Console;
use super::super::flashes::Flashes;
use super::super::gate::{Called, Gate};
use super::super::machine::Machine;
use super::super::outside::Outside;
use super::super::wire::{Ask, Reply, address};

/// Who gives orders.
pub(super) const OPERATOR: &str = "arn:aws:sts::123456789012:assumed-role/operators/olga";
/// Where this console is.
const HOST: &str = "00000000000000000707070707070707.localhost:8484";
/// Never shown.
pub(super) const TOKEN: &str = "task-token-that-nobody-may-see";

/// Everything outside, in memory.
#[derive(Debug)]
pub(super) struct World {
    pub(super) memory: &'static Memory,
    pub(super) clock: &'static FixedClock,
    /// How lists end, where they do not end as they should.
    pub(super) ends: OnceLock<Ends>,
    pub(super) opens: bool,
    /// What is deployed, where the console may ask it.
    pub(super) rules: Option<Deployed>,
}

/// The function that holds the rules.
pub(super) type Deployed = RiskClassify<&'static Memory, &'static Memory, &'static FixedClock>;

/// How a list ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ends {
    /// Each page says that the next one begins where this one did.
    Never,
    /// It stops though there is more, and says no place where it goes on.
    Early,
}

/// A browser that is in.
#[derive(Debug)]
pub(super) struct Browser {
    pub(super) console: Console<World>,
    cookie: String,
}

impl Deref for Browser {
    type Target = Console<World>;

    fn deref(&self) -> &Self::Target {
        &self.console
    }
}

/// A console, and a browser that is in.
pub(super) fn browser(opens: bool) -> Browser {
    let memory: &'static Memory = Box::leak(Box::default());
    let clock: &'static FixedClock = Box::leak(Box::new(FixedClock::at("2026-11-22T11:00:00Z")));
    let console = Console {
        gate: Gate::new(Called::Randomly, 8484, &&CountingIds::default()).unwrap(),
        stack: "demo".to_owned(),
        outside: World {
            memory,
            clock,
            ends: OnceLock::new(),
            opens,
            rules: opens.then(|| deployed(memory, clock)),
        }
        .into(),
        flashes: Flashes::default(),
        machine: Machine::read("arn:aws:states:eu-west-1:123456789012:stateMachine:demo-approvals"),
    };
    let address = console.gate.address();
    let query = address.split_once('?').unwrap().1.to_owned();
    let enters = Ask { query, ..ask("GET", "/") };
    let reply = console.gate.stops(&enters).unwrap();
    let cookie = header(&reply, "set-cookie").split(';').next().unwrap().to_owned();
    Browser { console, cookie }
}

/// The example's bundle, deployed.
fn deployed(memory: &'static Memory, clock: &'static FixedClock) -> Deployed {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/customer-support/policy");
    let policy = Bundle::load(Path::new(folder), "demo").unwrap().into();
    let (stack, most_decide) = ("demo".to_owned(), Duration::ZERO);
    RiskClassify { stack, policy, most_decide, store: memory, keys: memory, clock }
}

fn ask(method: &str, path: &str) -> Ask {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    Ask {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        host: Some(HOST.to_owned()),
        origin: Some(format!("http://{HOST}")),
        site: Some("same-origin".to_owned()),
        content_type: Some("application/x-www-form-urlencoded".to_owned()),
        ..Ask::default()
    }
}

impl Browser {
    pub(super) fn ask(&self, method: &str, path: &str) -> Ask {
        Ask { cookie: Some(self.cookie.clone()), ..ask(method, path) }
    }

    /// Opens an address.
    pub(super) async fn get(&self, path: &str) -> Reply {
        self.answer(self.ask("GET", path)).await
    }

    /// Sends a form as its page would.
    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let fields = fields.iter().copied().chain([("csrf", self.gate.csrf())]);
        let body = address("", fields).trim_start_matches('?').as_bytes().to_vec();
        self.answer(Ask { body, ..self.ask("POST", path) }).await
    }

    /// The request as it stands.
    pub(super) fn stands(&self, id: &RequestId) -> ApprovalRequest {
        self.outside.memory.state().requests[id].clone()
    }
}

/// The header of a reply.
pub(super) fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    &reply.headers.iter().find(|(known, _)| *known == name).unwrap().1
}

/// What an agent asks.
pub(super) struct Asked<'a> {
    pub(super) id: &'a str,
    pub(super) agent: &'a str,
    pub(super) person: &'a str,
    pub(super) order: &'a str,
    pub(super) why: &'a str,
    pub(super) tier: RiskTier,
    pub(super) hours: i64,
}

impl Default for Asked<'_> {
    fn default() -> Self {
        Self {
            id: "r-1",
            agent: "support/live",
            person: "dana",
            order: "A-1042",
            why: "The parcel was lost.",
            tier: RiskTier::Medium,
            hours: 4,
        }
    }
}

impl World {
    pub(super) fn store(&self) -> &'static Memory {
        self.memory
    }

    /// Writes what a request becomes, and has it published.
    pub(super) async fn commit(&self, recorded: Recorded) {
        let mut recorded = recorded;
        recorded.request.publish_from = None;
        self.store().commit(Commit::from(recorded)).await.unwrap();
    }

    /// A refund that waits for two managers, asked an hour ago.
    pub(super) async fn pending(&self, asked: &Asked<'_>) -> RequestId {
        let at = self.now().plus(SignedDuration::from_hours(-1));
        let arguments =
            json!({"order": asked.order, "amount": 480, "reason": asked.why, "pin": "⟦secret⟧"});
        let tool = "billing___refund_order";
        let mut action = sample::action(asked.id, tool, arguments, Digest::of(b"e"), at);
        asked.agent.clone_into(&mut action.requester.agent);
        action.requester.person = Person::Claimed { name: asked.person.to_owned() };
        let id = sample::received(self.memory, action.clone(), false).await;
        let part = display(&action, self.load(&id).await.unwrap().digest);
        let sealed = self.store().seal(Part::Display, &id, part.to_string().as_bytes()).await;
        let wait = Wait::new(TaskToken::new(TOKEN.to_owned()), Attempt::default(), at);
        if let Some(request) = self.memory.state().requests.get_mut(&id) {
            request.display = Some(sealed.unwrap());
        }
        let need = Requirement::new(Group::parse("billing-managers").unwrap(), 2);
        let by = at.plus(SignedDuration::from_hours(asked.hours));
        let assessment = Assessment {
            tier: asked.tier,
            rules: vec![RuleId::parse("refund-over-100").unwrap()],
            reason: Some("Refund above 100.00".to_owned()),
            ..sample::asks(vec![need], by)
        };
        let received = self.load(&id).await.unwrap();
        let mut recorded = received.assess(assessment, at).unwrap();
        recorded.request.wait = Some(wait);
        self.commit(recorded).await;
        id
    }

    /// Somebody was written to, or could not be.
    pub(super) fn writes_to(&self, id: &RequestId, who: &str, failure: Option<&str>) {
        let approver = ApproverId::parse(who).unwrap();
        let delivery = Delivery {
            occasion: Occasion::Ask,
            epoch: 0,
            channel: Channel::Mail,
            at: self.now(),
            message: failure.is_none().then(|| "mail-1".to_owned()),
            failure: failure.map(str::to_owned),
            returned: None,
        };
        let notice = Notice::new(id.clone(), approver.clone()).with(delivery);
        self.memory.state().notices.insert((id.clone(), approver), notice);
    }

    /// Somebody decides.
    pub(super) async fn decides(&self, id: &RequestId, who: &str, verdict: Verdict, comment: &str) {
        let request = self.load(id).await.unwrap();
        let mut decision = sample::decision(&request, who, verdict, self.now());
        comment.clone_into(&mut decision.comment);
        let earlier = self.store().decisions(id).await.unwrap();
        let recorded = request.record(&decision, &earlier, &Managers).unwrap();
        self.memory.state().decisions.entry(id.clone()).or_default().push(decision);
        self.commit(recorded).await;
    }
}

/// Everybody is a manager.
struct Managers;

impl approval_core::evidence::Roster for Managers {
    fn belongs(&self, _: &ApproverId, _: &Group, _: Moment) -> bool {
        true
    }

    fn is_requester(&self, _: &ApproverId, _: &Person) -> bool {
        false
    }
}

fn display(action: &CanonicalAction, digest: Digest) -> Value {
    json!({
        "headline": format!("Refund 480.00 EUR for order {}", action.arguments["order"].as_str().unwrap()),
        "tool": action.tool,
        "arguments": action.arguments,
        "secret_fields": ["pin"],
        "decimal_fields": ["amount"],
        "explanation_field": "reason",
        "effect": "irreversible",
        "requester": action.requester,
        "session": action.session,
        "asked_at": action.asked_at,
        "digest": digest,
    })
}

/// Freezes a scope.
pub(super) async fn freeze(world: &World, scope: FreezeScope, reason: &str) {
    let order = Order::Freeze { scope: scope.clone(), reason: reason.parse().unwrap() };
    world.order(&order).await.unwrap();
    assert!(world.store().freeze(&scope).await.unwrap().is_some());
}
