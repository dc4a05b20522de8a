//! Screens that list.

use approval_core::decision::Verdict;
use approval_core::digest::Digest;
use approval_core::freeze::{Freeze, FreezeScope};
use approval_core::name::ToolName;
use approval_core::risk::RiskTier;
use approval_core::status::Status;
use approval_views::console::audit::{self, Ended};
use approval_views::console::figures::{Figures, Votes};
use approval_views::console::health::{self, Health};
use approval_views::console::queue::{self, Alike, Entry, Field, Queue, Tab};
use approval_views::console::{Link, freezes};
use jiff::SignedDuration;

use crate::life::Life;
use crate::{HONEST, Piece, Result, Texts, now, shell};

/// All of them, with these texts.
pub(crate) async fn all(texts: Texts) -> Result<Vec<Piece>> {
    let waits = Life::pending("r-1", RiskTier::High, 4, texts).await?;
    let waits = waits.writes_to("ana", None)?.writes_to("ben", Some("MessageRejected"))?;
    let waits = waits.decides("ana", Verdict::Approve, texts.why)?;
    let over = Life::pending("r-2", RiskTier::Low, 1, texts).await?;
    let rejected = Life::pending("r-3", RiskTier::Medium, 4, texts).await?;
    let rejected = rejected.decides("ana", Verdict::Reject, texts.why)?;
    let stopped =
        Life::pending("r-4", RiskTier::Critical, 4, texts).await?.stopped(texts.reason)?;
    let mut doubtful = waits.clone();
    doubtful.request.status = Status::InDoubt;
    let lives = [&waits, &over, &doubtful, &rejected, &stopped];
    let named = |name: &str| format!("{name}{}", texts.suffix);
    let mut pieces = vec![
        Piece::new(&named("queue"), 200, queue(texts, &lives, true)?),
        Piece::new(&named("audit"), 200, audit(texts, [&rejected, &stopped], false)?),
        Piece::new(&named("audit-tampered"), 200, audit(texts, [&rejected, &stopped], true)?),
        Piece::new(&named("freezes"), 200, frozen(texts)?),
        Piece::new(&named("health"), 200, figures(texts)?),
    ];
    if texts.suffix.is_empty() {
        pieces.push(Piece::new("queue-sealed", 200, queue(texts, &lives, false)?));
        pieces.push(Piece::new("queue-empty", 200, queue(texts, &[], true)?));
        let none = freezes::render(&shell(HONEST, true)?, &[], &freezes::Typed::default());
        pieces.push(Piece::new("freezes-none", 200, none));
    }
    Ok(pieces)
}

fn queue(texts: Texts, lives: &[&Life], opened: bool) -> Result<String> {
    let tab = |name, count: Option<&str>, here| Tab {
        link: Link::new(name, "/?tab=pending"),
        count: count.map(str::to_owned),
        here,
    };
    let field =
        |key, label, example, value: &str| Field { key, label, example, value: value.to_owned() };
    let hostile = !texts.suffix.is_empty();
    let queue = Queue {
        tabs: vec![
            tab("Waiting", Some("12"), lives.is_empty()),
            tab("Soon due", Some("1"), false),
            tab("Stuck", Some("0"), false),
            tab("In doubt", Some("100+"), false),
            tab("Ended", None, false),
            tab("All", None, !lives.is_empty()),
        ],
        tab: if lives.is_empty() { "pending" } else { "all" }.to_owned(),
        fields: vec![
            field("q", "Search", "words, id or reference", if hostile { texts.why } else { "" }),
            field("risk", "Risk", "high,critical", ""),
            field("tool", "Tool", "billing___refund_order", ""),
            field("agent", "Agent", "id or id/alias", if hostile { texts.agent } else { "" }),
            field("due", "Due within", "1h", ""),
        ],
        narrowed: hostile,
        entries: lives.iter().map(|life| entry(life, opened)).collect(),
        empty: "Nothing waits for people.".to_owned(),
        notes: if hostile { vec![texts.reason.to_owned()] } else { Vec::new() },
        sealed: !opened,
        next: (!lives.is_empty()).then(|| "/?after=open~".to_owned()),
        first: None,
        same: "/".to_owned(),
        news: "/queue/news".to_owned(),
        export: Some(("/export.csv".to_owned(), "/export.jsonl".to_owned())),
        error: hostile.then(|| approval_views::visible(texts.reason)),
    };
    Ok(queue::render(&shell(texts, hostile)?, &queue))
}

fn entry(life: &Life, opened: bool) -> Entry {
    let request = &life.request;
    Entry {
        id: request.id.clone(),
        status: request.status,
        tool: request.tool.clone(),
        tier: request.assessment.as_ref().map(|assessment| assessment.tier),
        asked_at: request.asked_at,
        decide_by: request.decide_by,
        request: Some(request.clone()),
        headline: opened.then(|| life.headline.clone()),
        decisions: Some(life.decisions.clone()),
        notices: Some(life.notices.clone()),
        alike: Alike {
            tool: "/?tool=x".to_owned(),
            agent: "/?agent=x".to_owned(),
            rule: "/?rule=".to_owned(),
        },
    }
}

fn audit(texts: Texts, lives: [&Life; 2], tampered: bool) -> Result<String> {
    let ended = lives.map(|life| {
        let mut trail = life.trail.clone();
        if let Some(last) = trail.last_mut().filter(|_| tampered) {
            last.who = Some("mallory".to_owned());
        }
        let headline = Some(life.headline.clone());
        Ended { request: life.request.clone(), headline, trail: Some(trail) }
    });
    let next = Link::new("Earlier ones", "/audit?after=ended~");
    Ok(audit::render(&shell(texts, false)?, &[], &ended, Some(&next)))
}

fn frozen(texts: Texts) -> Result<String> {
    let freeze = |scope| {
        Ok(Freeze {
            scope,
            frozen: true,
            version: 1,
            at: now()?.plus(SignedDuration::from_mins(-7)),
            who: "arn:aws:sts::123456789012:assumed-role/operators/olga".to_owned(),
            reason: texts.reason.to_owned(),
            hash: Digest::of(b"switch"),
        })
    };
    let tool = ToolName::parse("billing___refund_order")?;
    let freezes: Vec<Result<Freeze>> =
        vec![freeze(FreezeScope::Tool(tool)), freeze(FreezeScope::Agent(texts.agent.to_owned()))];
    let freezes = freezes.into_iter().collect::<Result<Vec<_>>>()?;
    let hostile = !texts.suffix.is_empty();
    let typed = freezes::Typed {
        kind: "agent".to_owned(),
        name: texts.agent.to_owned(),
        reason: texts.reason.to_owned(),
        error: hostile.then(|| "say why in one line of 1 to 500 characters".to_owned()),
    };
    let typed = if hostile { typed } else { freezes::Typed::default() };
    Ok(freezes::render(&shell(texts, false)?, &freezes, &typed))
}

fn figures(texts: Texts) -> Result<String> {
    let votes = |approved, rejected, seconds: &[u64]| Votes {
        approved,
        rejected,
        seconds: seconds.to_vec(),
    };
    let ana = if texts.suffix.is_empty() { "ana" } else { texts.person };
    let figures = Figures {
        ended: 200,
        asked: 61,
        expired: 4,
        took: [4, 9, 31, 95].map(SignedDuration::from_mins).into(),
        rules: [("refund-over-100".to_owned(), votes(40, 3, &[4, 41, 90]))].into(),
        people: [
            (ana.to_owned(), votes(12, 2, &[31, 41, 90])),
            ("ben".to_owned(), votes(28, 0, &[2, 3, 4])),
        ]
        .into(),
    };
    let stands = [("Waiting", "12"), ("Soon due", "1"), ("Stuck", "2"), ("In doubt", "0")];
    let health = Health {
        stands: stands.map(|(name, count)| (name, Link::new(count, "/?tab=pending"))).into(),
        warnings: vec![
            "Stuck: 2, each is owed something for too long: see the runbook.".to_owned(),
        ],
        figures,
        most: 200,
    };
    Ok(health::render(&shell(texts, false)?, &health))
}
