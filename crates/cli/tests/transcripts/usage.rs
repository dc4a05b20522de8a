//! Command lines that are wrong, help, and readers that leave.

use std::io;
use std::process::Stdio;

use crate::{command, countersign, example};

#[test]
fn a_wrong_command_line_ends_with_2_and_says_what_is_wrong() {
    let cases: [(&[&str], &str); 8] = [
        (&[], "Usage: countersign <COMMAND>"),
        (&["approve"], "unrecognized subcommand 'approve'"),
        (&["policy", "check"], "<DIR>"),
        (&["show", "r-1"], "--table <NAME>"),
        (
            &["show", "r-1", "--table", "t", "--stack", "s", "-o", "yaml"],
            "[possible values: text, json]",
        ),
        (&["show", "cs-12", "--table", "t", "--stack", "s"], "not a reference (`cs-` and 32"),
        (&["show", "r-1", "--table", "", "--stack", "s"], "a value is required for '--table"),
        (&["show", "r 1", "--table", "t", "--stack", "s"], "or the id of a request"),
    ];
    for (arguments, words) in cases {
        let said = countersign(arguments);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(said.err.contains(words), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn help_has_examples_and_exit_codes() {
    let cases: [(&[&str], &str); 4] = [
        (&["--help"], "  4  no credentials, or they do not allow it"),
        (&["policy", "check", "--help"], "  countersign policy check policy --stack prod"),
        (&["policy", "test", "--help"], "  countersign policy test policy | grep -v ^ok"),
        (&["show", "--help"], "  countersign show cs-0123456789abcdef0123456789abcdef\n"),
    ];
    for (arguments, words) in cases {
        let said = countersign(arguments);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(said.out.contains(words) && !said.out.contains('\u{1b}'), "{}", said.out);
    }
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let folder = example();
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut command = command(&["policy", "test", folder.to_str().unwrap()]);
    let said = command.stdout(Stdio::from(writer)).output().unwrap();
    assert_eq!(said.status.code(), Some(0));
    assert_eq!(String::from_utf8(said.stderr).unwrap(), "");
}
