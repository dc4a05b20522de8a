//! Screens about one thing.

use approval_core::assessment::Assessment;
use approval_core::decision::Verdict;
use approval_core::name::{ApproverId, Group};
use approval_core::requirement::Requirement;
use approval_core::risk::RiskTier;
use approval_core::status::Status;
use approval_testkit::sample;
use approval_views::console::message::{self, Message};
use approval_views::console::policy::{self, Answered, Assessed, Bundle, Rule, Typed};
use approval_views::console::request::{self, Act, Roll, Seen};
use approval_views::console::{Link, act};
use approval_views::{DisplayPart, Found};

use crate::life::Life;
use crate::{Piece, Result, Texts, now, shell};

/// All of them, with these texts.
pub(crate) async fn all(texts: Texts) -> Result<Vec<Piece>> {
    let named = |name: &str| format!("{name}{}", texts.suffix);
    let pending = Life::pending("r-1", RiskTier::High, 4, texts).await?;
    let failure = if texts.suffix.is_empty() { "MessageRejected" } else { texts.reason };
    let waits = pending.clone().writes_to("ana", None)?.writes_to("ben", Some(failure))?;
    let waits = waits.decides("ana", Verdict::Approve, texts.why)?;
    let rejected = waits.clone().decides("ben", Verdict::Reject, texts.why)?;
    let stopped = pending.clone().stopped(texts.reason)?;
    let mut tampered = waits.clone();
    tampered.request.status = Status::InDoubt;
    let mut sealed = waits.clone();
    sealed.part = DisplayPart::Sealed;
    let frozen = vec![format!("agent#{}", texts.agent)];
    let mut pieces = Vec::new();
    for (name, life, frozen) in [
        ("request", &waits, Vec::new()),
        ("request-frozen", &waits, frozen),
        ("request-rejected", &rejected, Vec::new()),
        ("request-cancelled", &stopped, Vec::new()),
        ("request-tampered", &tampered, Vec::new()),
        ("request-sealed", &sealed, Vec::new()),
    ] {
        let html =
            request::render(&shell(texts, name == "request-cancelled")?, &seen(life, frozen));
        pieces.push(Piece::new(&named(name), 200, html));
    }
    for one in Act::ALL {
        let life = if one == Act::Resolve { &tampered } else { &waits };
        let typed = act::Typed::default();
        let html = act::render(&shell(texts, false)?, &meant(one, life), &typed);
        pieces.push(Piece::new(&named(&format!("act-{}", one.as_str())), 200, html));
    }
    let typed = act::Typed {
        reason: texts.reason.to_owned(),
        by: "until".to_owned(),
        until: texts.why.to_owned(),
        error: Some("say why in one line of 1 to 500 characters".to_owned()),
    };
    let html = act::render(&shell(texts, false)?, &meant(Act::Extend, &waits), &typed);
    pieces.push(Piece::new(&named("act-wrong"), 400, html));
    pieces.extend(rules(texts)?);
    let lines = vec![format!("AWS gave no usable answer, {}: try again", texts.reason)];
    let next = Some(Link::new("To the queue", "/"));
    let message = Message { title: "AWS does not answer", lines, next };
    let html = message::render(&shell(texts, false)?, &message);
    pieces.push(Piece::new(&named("unavailable"), 503, html));
    if texts.suffix.is_empty() {
        let lines = vec!["It lets in one browser, once.".to_owned()];
        let message = Message { title: "This address was used already", lines, next: None };
        pieces.push(Piece::new("stranger", 403, message::bare(&message)));
    }
    Ok(pieces)
}

fn meant(act: Act, life: &Life) -> act::Meant<'_> {
    let last = if act == Act::Remind { Some(life.request.asked_at) } else { None };
    act::Meant { act, request: &life.request, what: &life.headline, last }
}

fn seen(life: &Life, frozen: Vec<String>) -> Seen {
    let Life { request, trail, decisions, notices, part, .. } = life.clone();
    let pending = request.status == Status::Pending;
    let group = Group::parse("billing-managers").ok();
    let approved = decisions.iter().filter(|one| one.verdict == Verdict::Approve);
    let filled = approved.map(|one| one.link.approver.clone()).zip(group.clone()).collect();
    let silent = |who: &ApproverId| decisions.iter().all(|one| one.link.approver != *who);
    let told = notices.iter().filter(|one| one.told()).map(|one| one.approver.clone());
    let asked: Vec<_> = told.filter(silent).collect();
    let roll = Roll { filled, asked: group.into_iter().zip([asked]).collect() };
    Seen {
        found: Found { request, decisions: Some(decisions), trail, display: part },
        notices: Some(notices),
        roll: Some(roll).filter(|_| pending),
        frozen,
        execution: Some(
            "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1".to_owned(),
        ),
    }
}

fn rules(texts: Texts) -> Result<Vec<Piece>> {
    let pair = |name: &str, what: &str| (name.to_owned(), what.to_owned());
    let bundle = Bundle {
        digest: "0".repeat(64),
        rules: vec![
            Rule {
                id: "refund-over-100".to_owned(),
                does: "asks 1 of billing-managers".to_owned(),
                tier: "medium".to_owned(),
                reason: texts.reason.to_owned(),
            },
            Rule { id: "look-ups".to_owned(), does: "permits".to_owned(), ..Rule::default() },
        ],
        groups: vec![pair("billing-managers", "ana, ben; then directors")],
        tools: vec![pair("billing___refund_order", "irreversible, at lambda:demo-refunds")],
    };
    let typed = Typed {
        tool: "billing___refund_order".to_owned(),
        arguments: format!("{{\"order\": \"{}\"}}", texts.order),
        agent: texts.agent.to_owned(),
        person: texts.person.to_owned(),
    };
    let need = Requirement::new(Group::parse("billing-managers")?, 1);
    let reason = Some(texts.reason.to_owned());
    let assessed = Assessed {
        headline: format!("Refund 480.00 EUR for order {}", texts.order),
        assessment: Assessment { reason, ..sample::asks(vec![need], now()?) },
        asked: vec!["billing-managers: ana, ben".to_owned()],
    };
    let (answer, wrong) = (Answered::Assessed(assessed.into()), texts.why);
    let wrong = Answered::Wrong(format!("the arguments: {wrong}"));
    let (none, bundle) = (Typed::default(), Some(&bundle));
    let cases = [
        ("policy", 200, bundle, &none, None),
        ("policy-answer", 200, bundle, &typed, Some(&answer)),
        ("policy-wrong", 400, bundle, &typed, Some(&wrong)),
        ("policy-unnamed", 200, None, &none, None),
    ];
    let mut pieces = Vec::new();
    for (name, status, bundle, typed, answered) in cases {
        let html = policy::render(&shell(texts, false)?, bundle, typed, answered);
        pieces.push(Piece::new(&format!("{name}{}", texts.suffix), status, html));
    }
    Ok(pieces)
}
