//! Exit codes: how a command ended, as scripts see it.

use std::process::ExitCode;

use approval_core::status::Status;

/// The exit codes, for `--help`.
pub(crate) const CODES: &str = "\
Exit codes:
  0  done; `watch`: it was executed
  1  it failed, or the bundle has problems or failing tests; `watch`: it failed, or is in doubt
  2  the command line is wrong
  3  `watch`: it was rejected or refused
  4  no credentials, or they do not allow it
  5  `watch`: it expired or was cancelled
  6  nothing was changed: what is there does not allow it
  8  `watch`: it had not ended when the time was over";

/// How a command ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(crate) enum Code {
    Done = 0,
    Failed = 1,
    /// Clap ends with it by itself.
    Usage = 2,
    Rejected = 3,
    Denied = 4,
    Over = 5,
    Conflict = 6,
    Undecided = 8,
}

impl Code {
    /// How following a request ends with this status; none where it goes on by itself.
    pub(crate) fn of(status: Status) -> Option<Self> {
        match status {
            Status::Received | Status::Pending | Status::Allowed | Status::Approved => None,
            Status::Executing => None,
            Status::Executed => Some(Self::Done),
            // Nothing happens any more until a person settles it.
            Status::Failed | Status::InDoubt => Some(Self::Failed),
            Status::Refused | Status::Rejected => Some(Self::Rejected),
            Status::Expired | Status::Cancelled => Some(Self::Over),
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_terminal_ends_a_watch_and_so_does_a_doubt() {
        for status in Status::ALL {
            let ends = status.is_terminal() || status == Status::InDoubt;
            assert_eq!(Code::of(status).is_some(), ends, "{status}");
            assert_eq!(Code::of(status) == Some(Code::Done), status == Status::Executed);
        }
    }

    #[test]
    fn help_lists_every_code() {
        let listed = CODES.lines().skip(1).filter_map(|line| line.trim().split(' ').next());
        let codes = [
            Code::Done,
            Code::Failed,
            Code::Usage,
            Code::Rejected,
            Code::Denied,
            Code::Over,
            Code::Conflict,
            Code::Undecided,
        ];
        assert!(listed.eq(codes.map(|code| (code as u8).to_string())));
    }
}
