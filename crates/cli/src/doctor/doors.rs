//! The doors that people come to: the approvers' page and the operators' door.

use approval_aws::desk::{OrderError, Received};
use approval_aws::probe::Answered;
use approval_views::page;

use super::Patient;
use super::finding::{Finding, Report};
use crate::diagnosis;

/// A link that is none.
const NONSENSE: &str = "/a/x";

impl Patient<'_> {
    pub(super) async fn doors(&self, report: &mut Report) {
        report.add(self.page().await);
        report.add(self.desk().await);
    }

    async fn page(&self) -> Finding {
        const WHAT: &str = "approvers' page";
        let url = match self.args.from.at.page().await {
            Ok(url) => url,
            Err(failure) => return Finding::failure(WHAT, &failure),
        };
        match self.probe.page(url, NONSENSE).await {
            Ok(Answered { status: 404, headers }) => {
                let lost: Vec<_> = page::headers()
                    .into_iter()
                    .filter(|(name, value)| {
                        // The policy names the style sheet, which another version may have.
                        let (value, _) = value.split_once(';').unwrap_or((value, ""));
                        !headers.get(*name).is_some_and(|found| found.starts_with(value))
                    })
                    .map(|(name, _)| name)
                    .collect();
                if lost.is_empty() {
                    return Finding::ok(WHAT, format!("{url} answers"));
                }
                let found = format!("{url} answers without {}", lost.join(", "));
                Finding::fail(WHAT, found, "see what stands between the API and its visitors")
            }
            Ok(Answered { status, .. }) => {
                let found = format!("{url} answers {status} to a link that is none, not 404");
                Finding::fail(WHAT, found, "look at callback-handler's log, and at the domain")
            }
            Err(error) => {
                let fix = format!("see whether {url} is reached from here");
                Finding::fail(WHAT, diagnosis::words(&error), fix)
            }
        }
    }

    async fn desk(&self) -> Finding {
        const WHAT: &str = "operators' door";
        let (desk, url) = match self.args.from.at.desk().await {
            Ok(desk) => desk,
            Err(failure) => return Finding::failure(WHAT, &failure),
        };
        match desk.knock().await {
            Ok(Received::Answer(_, answer)) if answer.status == "invalid" => {
                Finding::ok(WHAT, "lets these credentials in")
            }
            Ok(Received::Answer(status, answer)) => {
                let found = format!("answers {status} {}", answer.status);
                Finding::fail(WHAT, found, "look at operator-desk's log")
            }
            Ok(Received::TurnedAway(401 | 403)) => Finding::warn(
                WHAT,
                "does not let these credentials in",
                "attach OperatorPolicyArn of the stack's outputs, where you should give orders",
            ),
            Ok(Received::TurnedAway(status)) => {
                let found = format!("{url} answers {status}");
                Finding::fail(WHAT, found, "see whether --api is the API of this stack")
            }
            Err(OrderError::Unsent(error) | OrderError::Unanswered(error)) => {
                Finding::fail(WHAT, diagnosis::words(&error), "look at operator-desk's log")
            }
        }
    }
}
