//! A view as plain text: one line for one fact, every text of others made visible.

use std::collections::BTreeSet;

use approval_core::audit::AuditRecord;
use approval_core::status::Status;
use serde_json::{Map, Value};

use crate::change;
use crate::display::SECRET;
use crate::request::{DecisionView, RequestView};
use crate::visible::visible;
use crate::words;

const HASH_DIGITS: usize = 12;

/// The view as plain text, for a terminal or a file.
#[must_use]
pub fn render(view: &RequestView) -> String {
    let mut page = Page::default();
    page.line(&visible(view.headline.as_deref().unwrap_or(view.tool.as_str())));
    page.line(words::status(view.status));
    for problem in &view.problems {
        page.line(&format!("WARNING: {}", visible(problem)));
    }
    page.heading("request");
    page.facts(&facts(view));
    page.heading("arguments");
    match &view.arguments {
        None => page.line("  not opened"),
        Some(arguments) => page.arguments(arguments, &view.secret_fields),
    }
    page.heading("decisions, as stored; execute-action proves them");
    page.decisions(view.decisions.as_deref());
    let chain = if view.audit.holds { "the chain holds" } else { "THE CHAIN IS BROKEN" };
    page.heading(&format!("audit trail, {chain}"));
    for record in &view.audit.records {
        page.audit(record);
    }
    page.0
}

/// What is known of the request, by name; what is not known is left out.
fn facts(view: &RequestView) -> Vec<(&'static str, String)> {
    let mut facts = vec![("id", view.id.to_string()), ("tool", view.tool.to_string())];
    let mut add = |name, fact: Option<String>| facts.extend(fact.map(|fact| (name, fact)));
    add("effect", view.effect.clone());
    if let Some(assessment) = &view.assessment {
        add("tier", Some(assessment.tier.to_string()));
        add("rules", listed(&assessment.rules));
        let needs =
            assessment.requirements.iter().map(|one| format!("{} of {}", one.quorum, one.group));
        add("needs", listed(&needs.collect::<Vec<_>>()));
    }
    add("reason", view.reason.clone());
    let requester = &view.requester;
    add("agent", Some(format!("{}, through {}", requester.agent, requester.caller.as_str())));
    add("person", Some(words::person(&requester.person)));
    add("session", view.session.clone());
    add("asked at", Some(view.asked_at.to_string()));
    add("decide by", view.decide_by.map(|at| at.to_string()));
    add("run by", view.run_by.map(|at| at.to_string()));
    add("hard limit", Some(view.hard_limit.to_string()));
    add("result", Some(if view.result { "kept, sealed" } else { "none" }.to_owned()));
    add("digest", Some(view.digest.to_string()));
    facts
}

fn listed(all: &[impl ToString]) -> Option<String> {
    let all: Vec<_> = all.iter().map(ToString::to_string).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

#[derive(Debug, Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    fn heading(&mut self, text: &str) {
        self.line("");
        self.line(text);
    }

    fn facts(&mut self, facts: &[(&str, String)]) {
        for (name, fact) in facts {
            self.line(&format!("  {name:<10} {}", visible(fact)));
        }
    }

    fn arguments(&mut self, arguments: &Map<String, Value>, secret: &BTreeSet<String>) {
        let names: Vec<_> = arguments.keys().map(|name| visible(name)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default().min(40);
        for (name, (raw, value)) in names.iter().zip(arguments) {
            let value = match value {
                _ if secret.contains(raw) => SECRET.to_owned(),
                Value::String(text) => visible(text),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_)
                | Value::Object(_) => visible(&value.to_string()),
            };
            self.line(&format!("  {name:<width$}  {value}"));
        }
        if names.is_empty() {
            self.line("  none");
        }
    }

    fn decisions(&mut self, decisions: Option<&[DecisionView]>) {
        match decisions {
            None => self.line("  not readable"),
            Some([]) => self.line("  none"),
            Some(all) => {
                for DecisionView { approver, verdict, decided_at } in all {
                    let (verdict, who) = (words::verdict(*verdict), visible(approver.as_str()));
                    self.line(&format!("  {decided_at}  {verdict:<7}  {who}"));
                }
            }
        }
    }

    fn audit(&mut self, record: &AuditRecord) {
        let AuditRecord { seq, at, from, to, hash, .. } = record;
        let (actor, from) = (words::actor(record.actor), from.map_or("-", Status::as_str));
        let (step, hash) = (format!("{from} → {to}"), hash.to_string());
        let hash = hash.get(..HASH_DIGITS).unwrap_or_default();
        let what = change::or_beside(record);
        self.line(&format!("  {seq:>3}  {at}  {actor:<16}  {step:<21}  {hash}  {what}"));
    }
}
