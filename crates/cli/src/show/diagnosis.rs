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

/// The failure behind the error.
pub(super) fn of(Unavailable(cause): &Unavailable, table: &str) -> Failure {
    let cause = cause.to_string();
    let what = cause.lines().next().unwrap_or_default().to_owned();
    let says = |words: &[&str]| words.iter().any(|word| what.contains(word));
    if says(&["not reached"]) && says(&["credential"]) {
        Failure::NoCredentials
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
            assert_eq!(failure.exit_code(), code, "{cause}");
            assert!(failure.to_string().contains(words), "{failure}");
        }
    }
}
