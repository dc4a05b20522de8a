//! What a failed call to AWS means for whoever typed the command.
//!
//! The ports report only that something is unavailable; which call failed and how stands in the
//! words of the cause, an AWS error code among them.

use approval_core::ports::Unavailable;

use crate::failure::Failure;

const RENEW: [&str; 6] = [
    "ExpiredToken",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignature",
    "MissingAuthenticationToken",
    "UnrecognizedClient",
];

/// The first line of the cause.
pub(crate) fn words(Unavailable(cause): &Unavailable) -> String {
    cause.to_string().lines().next().unwrap_or_default().to_owned()
}

/// The failure behind an order that was not sent.
pub(crate) fn of_unsent(error: &Unavailable) -> Failure {
    let what = words(error);
    if what.contains("no credentials") { without_credentials(&what) } else { Failure::Unsent(what) }
}

/// The failure behind a call that nothing signs: the profile that was typed, where one was.
fn without_credentials(what: &str) -> Failure {
    let profile = what.split_once("no profile `").and_then(|(_, named)| {
        let (profile, _) = named.rsplit_once("` gives credentials")?;
        Some(profile.to_owned())
    });
    profile.map_or(Failure::NoCredentials, Failure::NoProfile)
}

/// The failure behind a stack that could not be looked up.
pub(crate) fn of_stack(error: &Unavailable, stack: &str, region: &str) -> Failure {
    let failure = of(error, stack);
    // A role is often for the stacks of one name or region alone.
    let Failure::Denied(what) = failure else { return failure };
    Failure::StackDenied { stack: stack.to_owned(), region: region.to_owned(), what }
}

/// The failure behind the error of the table's or a key's.
pub(crate) fn of(error: &Unavailable, table: &str) -> Failure {
    let what = words(error);
    let says = |words: &[&str]| words.iter().any(|word| what.contains(word));
    if says(&["not reached"]) && says(&["credential"]) {
        without_credentials(&what)
    } else if says(&["not reached", "no answer in time"]) {
        Failure::Unreachable(what)
    } else if says(&RENEW) {
        Failure::BadCredentials(what)
    } else if says(&["AccessDenied", "NotAuthorized"]) {
        Failure::Denied(what)
    } else if says(&["ResourceNotFoundException"]) {
        Failure::NoTable(table.to_owned())
    } else if says(&["kms:"]) && says(&["NotFoundException", "Disabled", "InvalidState"]) {
        Failure::NoKey
    } else if what.starts_with("reading ") {
        Failure::Unreadable(what)
    } else {
        Failure::Unanswered(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_says_what_to_do() {
        let cases = [
            (
                "dynamodb:GetItem failed: ResourceNotFoundException (AWS request 1)",
                1,
                "no table `t`",
            ),
            ("dynamodb:Query failed: AccessDeniedException (AWS request 1)", 4, "ask for a role"),
            ("kms:Decrypt failed: AccessDeniedException (AWS request 1)", 4, "kms:Decrypt"),
            ("kms:Decrypt failed: NotFoundException (AWS request 1)", 1, "--display-key"),
            ("kms:Decrypt failed: DisabledException (AWS request 1)", 1, "disabled"),
            ("dynamodb:GetItem failed: ExpiredTokenException (AWS request 1)", 4, "renew"),
            ("dynamodb:GetItem failed: no answer in time", 1, "check the network"),
            ("reading a request failed: the record cannot be read", 1, "somebody wrote the row"),
            ("dynamodb:GetItem failed: InternalServerError (AWS request 1)", 1, "try again"),
        ];
        for (cause, code, words) in cases {
            let failure = of(&Unavailable(cause.into()), "t");
            assert_eq!(failure.code() as u8, code, "{cause}");
            assert!(failure.to_string().contains(words), "{failure}");
        }
    }
}
