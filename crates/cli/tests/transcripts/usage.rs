//! Command lines that are wrong, help, and readers that leave.

use std::io;
use std::process::Stdio;

use crate::{assert_failed, command, countersign, example};

#[test]
fn a_wrong_command_line_ends_with_2_and_says_what_is_wrong() {
    let at = ["--table", "t", "--api", "https://api.example"];
    let reason = ["--reason", "an incident"];
    let cases: [(&[&str], &str); 25] = [
        (&[], "Usage: countersign [OPTIONS] <COMMAND>"),
        (&["approve"], "unrecognized subcommand 'approve'"),
        (&["policy", "check"], "<DIR>"),
        (&["show", "r-1"], "--stack <NAME>"),
        (&["show", "r-1", "-o", "yaml"], "[possible values: text, json]"),
        (&["show", "cs-12"], "not a reference (`cs-` and 32"),
        (&["show", "R-eb3293"], "find it with `countersign list --status all --query R-eb3293`"),
        (&["watch", "[r-EB3293]"], "find it with `countersign list --status all --query R-eb3293`"),
        (&["cancel", "R-eb3293", "--reason", "x"], "the short name of a request"),
        (&["show", "r-1", "--table", ""], "a value is required for '--table"),
        (&["show", "r 1"], "or the id of a request"),
        (
            &["list", "--status", "late"],
            "[possible values: open, soon, stuck, ended, all, received",
        ),
        (&["list", "--limit", "0"], "0 is not in 1..=1000"),
        (&["list", "-o", "text"], "[possible values: table, json, jsonl, csv]"),
        (&["cancel", "r-1"], "--reason <TEXT>"),
        (&["cancel", "r-1", "--reason", " "], "say why in one line of 1 to 500 characters"),
        (&["cancel", "r-1", "--reason", "a\nb"], "say why in one line of 1 to 500 characters"),
        (&["cancel", "r-1", "--api", "http://api.example"], "write https:// and a host"),
        (&["extend", "r-1", "--reason", "x"], "<--until <INSTANT>|--by <DURATION>>"),
        (&["extend", "r-1", "--by", "2"], "write `2h`, `90m`, `1d 12h` or `PT2H`"),
        (&["extend", "r-1", "--until", "noon"], "not an instant of the form `2026-11-22T"),
        (&["resolve", "r-1", "--executed", "--not-executed"], "cannot be used with"),
        (&["resolve", "r-1", "--reason", "x"], "<--executed|--not-executed>"),
        (&["watch", "r-1", "--timeout", "0s"], "not a duration"),
        (&["unfreeze", "--reason", "x"], "<SCOPE>"),
    ];
    for (arguments, words) in cases {
        let said = countersign(arguments);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(said.err.contains(words), "{arguments:?}: {}", said.err);
    }
    let scopes: [&[&str]; 5] =
        [&["tool"], &["agent"], &["all", "x"], &["tool", "a b"], &["everything"]];
    for scope in scopes {
        let said = countersign(&[&["freeze"], scope, &reason, &at].concat());
        assert_failed(&said, 2, "name what is meant: `all`, `tool NAME` or `agent ID`");
    }
}

#[test]
fn help_has_examples_and_exit_codes() {
    let cases: [(&[&str], &str); 21] = [
        (&["--help"], "  4  no credentials, or they do not allow it"),
        (&["--help"], "  6  nothing was changed"),
        (&["policy", "check", "--help"], "  countersign policy check policy --stack prod"),
        (&["policy", "test", "--help"], "  countersign policy test policy | grep -v ^ok"),
        (&["show", "--help"], "  countersign show cs-0123456789abcdef0123456789abcdef\n"),
        (&["list", "--help"], "  countersign list --status open --limit 200\n"),
        (&["list", "--help"], "[env: COUNTERSIGN_TABLE=]"),
        (&["watch", "--help"], "  5  expired or cancelled "),
        (&["cancel", "--help"], "[env: COUNTERSIGN_API=]"),
        (&["cancel", "--help"], "(exit code 6)"),
        (&["extend", "--help"], "--by 2h --reason 'ana is back at noon'"),
        (&["resolve", "--help"], "--executed --reason 'refund RF-1 is booked'"),
        (&["freeze", "--help"], "  countersign freeze all --reason "),
        (&["unfreeze", "--help"], "  countersign unfreeze all --reason "),
        (&["export", "--help"], "  countersign export --status all --since 30d > requests.csv"),
        (&["remind", "--help"], "  countersign remind 0123456789abcdef0123456789abcdef --reason "),
        (&["policy", "explain", "--help"], "--person dana@example.com --at "),
        (&["completion", "--help"], "  source <(countersign completion bash)\n"),
        (&["list", "--help"], "      --profile <NAME>"),
        (&["list", "--help"], "or a part of the name"),
        (&["freezes", "--help"], "  countersign freezes -o jsonl"),
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

#[test]
fn completions_know_every_command_and_option() {
    for shell in ["bash", "zsh", "fish"] {
        let said = countersign(&["completion", shell]);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{shell}");
        for word in ["remind", "explain", "display-key", "countersign"] {
            assert!(said.out.contains(word), "{word} is not in the script for {shell}");
        }
    }
    let said = countersign(&["completion", "tcsh"]);
    assert!(said.err.contains("[possible values: bash, zsh, fish]"), "{}", said.err);
}
