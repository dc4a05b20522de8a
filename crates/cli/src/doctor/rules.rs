//! The rules: which bundle is deployed, and what becomes of a request up to where people are asked.

use approval_aws::rules::Rules;
use approval_core::assessment::Answer;
use approval_core::name::ApproverId;
use approval_core::ports::Unavailable;
use approval_policy::describe::Described;
use approval_policy::explain::{Explained, Question};
use approval_policy::inspect::{DryRun, Inspection, Outcome};

use super::Patient;
use super::finding::{Finding, Report};
use crate::diagnosis;
use crate::failure::counted;

impl Patient<'_> {
    pub(super) async fn rules(&self, ask: Option<Question>, report: &mut Report) {
        // What the stack's outputs lack is told of the stack.
        let Some(function) = self.stack.output("RiskClassifyName") else { return };
        let rules = Rules::new(self.config, function);
        report.add(match rules.ask(&Inspection::Describe {}).await {
            Ok(described) => self.deployed(&described),
            Err(error) => unanswered("bundle", &error),
        });
        report.add(match rules.ask(&Inspection::DryRun { ask }).await {
            Ok(DryRun { outcome, .. }) => dry_run(outcome),
            Err(error) => unanswered("dry run", &error),
        });
    }

    fn deployed(&self, Described { bundle, rules, tools, groups }: &Described) -> Finding {
        let digest = bundle.to_string();
        let short = digest.get(..12).unwrap_or_default();
        let all = [counted(rules, "rule"), counted(tools, "tool"), counted(groups, "group")];
        let all = all.join(", ");
        let found = format!("risk-classify has {short}: {all}");
        match (&self.bundle, &self.args.bundle) {
            (Some(own), Some(folder)) if own.digest() != *bundle => Finding::warn(
                "bundle",
                format!("{found}; it is not that of {}", folder.display()),
                "deploy that, or name the folder that is deployed",
            ),
            (Some(_), Some(folder)) => {
                Finding::ok("bundle", format!("{found}; it is that of {}", folder.display()))
            }
            (_, _) => Finding::ok("bundle", found),
        }
    }
}

fn unanswered(what: &'static str, error: &Unavailable) -> Finding {
    let words = diagnosis::words(error);
    if words.contains("risk-classify") {
        Finding::fail(what, words, "look at its log, and update the stack to this version")
    } else {
        Finding::unseen(what, error)
    }
}

fn dry_run(outcome: Outcome) -> Finding {
    const WHAT: &str = "dry run";
    match outcome {
        Outcome::Cases { passed: 0, failed } if failed.is_empty() => Finding::warn(
            WHAT,
            "works, and the bundle brings no cases to try",
            "give --tool and --arguments",
        ),
        Outcome::Cases { passed, failed } => match failed.first() {
            None => Finding::ok(WHAT, format!("{passed} cases of the bundle answered as they say")),
            Some(first) => Finding::fail(
                WHAT,
                format!("{} answered otherwise, first {first}", counted(&failed, "case")),
                "correct the rules or the cases, see countersign policy test",
            ),
        },
        Outcome::Explained(explained) => {
            let line = line(&explained);
            match explained.assessment.answer {
                Answer::Allowed | Answer::Pending => Finding::ok(WHAT, line),
                Answer::Refused => Finding::warn(
                    WHAT,
                    line,
                    "see countersign policy explain for the rules that led there",
                ),
            }
        }
        Outcome::Unaskable(why) => Finding::fail(WHAT, why, "correct --tool and --arguments"),
    }
}

/// `Refund 480.00 EUR for order A-1042: pending, tier medium: Refund above 100.00; asks 1 of billing-managers (ana, bo)`.
fn line(Explained { headline, assessment, people, .. }: &Explained) -> String {
    let answer = match assessment.answer {
        Answer::Allowed => "allowed",
        Answer::Pending => "pending",
        Answer::Refused => "refused",
    };
    let people = people.iter().map(|one| {
        let asked: Vec<_> = one.asked.iter().map(ApproverId::as_str).collect();
        let asked = if asked.is_empty() { "nobody".to_owned() } else { asked.join(", ") };
        format!("{} of {} ({asked})", one.quorum, one.group)
    });
    let people: Vec<_> = people.collect();
    let asks =
        if people.is_empty() { String::new() } else { format!("; asks {}", people.join(" and ")) };
    let reason = assessment.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{headline}: {answer}, tier {}{reason}{asks}", assessment.tier)
}
