//! Mail: whether it can be sent, and to whom.

use std::collections::BTreeSet;

use approval_policy::Approver;

use super::Patient;
use super::finding::{Finding, Report};

impl Patient<'_> {
    pub(super) async fn mail(&self, report: &mut Report) {
        let mut sandbox = None;
        report.add(match self.probe.mail_account().await {
            Ok(account) => {
                sandbox = Some(account.sandbox);
                match (account.sends, account.sandbox) {
                    (false, _) => Finding::fail(
                        "mail account",
                        "SES does not send for this account",
                        "aws sesv2 put-account-sending-attributes --sending-enabled",
                    ),
                    (true, true) => Finding::warn(
                        "mail account",
                        "in the SES sandbox: mail reaches verified addresses alone",
                        "aws sesv2 put-account-details --production-access-enabled --mail-type TRANSACTIONAL --website-url <URL>",
                    ),
                    (true, false) => Finding::ok("mail account", "sends to everybody"),
                }
            }
            Err(error) => Finding::unseen("mail account", &error),
        });
        if let Some(arn) = self.stack.output("MailIdentityArn") {
            let identity = arn.split_once(":identity/").map_or(arn, |(_, identity)| identity);
            report.add(self.sender(identity).await);
        }
        if let Some(bundle) = &self.bundle {
            let roster = bundle.roster();
            let groups = roster.groups();
            let people = groups.flat_map(|group| {
                roster.regulars(group).chain(roster.substitutes(group)).collect::<Vec<_>>()
            });
            let people: BTreeSet<_> = people.collect();
            let people = people.into_iter().filter_map(|who| roster.person(who)).collect();
            report.add(self.people(people, sandbox == Some(true)).await);
        }
    }

    async fn sender(&self, identity: &str) -> Finding {
        let fix = format!("verify {identity} in SES, in this region");
        match self.probe.sender(identity).await {
            Ok(Some(sender)) => {
                let bad = format!("{identity} is not verified");
                Finding::works("mail sender", sender.verified, identity, bad, fix)
            }
            Ok(None) => Finding::fail("mail sender", format!("SES does not know {identity}"), fix),
            Err(error) => Finding::unseen("mail sender", &error),
        }
    }

    /// Whether mail reaches the people of the bundle, as far as that can be seen.
    async fn people(&self, people: Vec<&Approver>, sandbox: bool) -> Finding {
        const WHAT: &str = "approvers";
        let mails = people.iter().map(|one| one.mail.as_str());
        let odd: Vec<_> = mails.filter(|mail| !is_address(mail)).collect();
        if !odd.is_empty() {
            let found = format!("no mail reaches {}", odd.join(", "));
            return Finding::fail(WHAT, found, "correct approvers.toml");
        }
        let count = people.len();
        if !sandbox {
            return Finding::ok(WHAT, format!("{count} with an address"));
        }
        let mut unverified = Vec::new();
        for one in &people {
            let domain = one.mail.rsplit_once('@').map_or("", |(_, domain)| domain);
            let mut verified = false;
            for identity in [one.mail.as_str(), domain] {
                match self.probe.sender(identity).await {
                    Ok(found) => verified |= found.is_some_and(|found| found.verified),
                    Err(error) => return Finding::unseen(WHAT, &error),
                }
            }
            if !verified {
                unverified.push(one.mail.as_str());
            }
        }
        if unverified.is_empty() {
            return Finding::ok(WHAT, format!("{count} with a verified address"));
        }
        let found = format!("in the sandbox no mail reaches {}", unverified.join(", "));
        Finding::fail(WHAT, found, "verify these in SES, or ask for production access")
    }
}

/// Whether it looks like the address of a mailbox.
fn is_address(mail: &str) -> bool {
    let plain = mail.chars().all(|c| c.is_ascii_graphic());
    let Some((local, domain)) = mail.rsplit_once('@') else { return false };
    plain && !local.is_empty() && domain.contains('.') && !domain.split('.').any(str::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_mailbox_and_a_domain() {
        for good in ["dana@example.com", "d.r+x@mail.example.co"] {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["", "dana", "dana@", "@example.com", "dana@localhost", "a b@example.com", "a@b..c"]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
