//! Faults of `approvers.toml`.

use super::*;

const FILE: &str = "approvers.toml";

#[test]
fn toml_faults_are_reported_at_line_and_column() {
    assert_refused(&[
        (
            FILE,
            "locale = \"en\"",
            "locale = \"en\"\nphone = \"1\"",
            "approvers.toml:7:1: unknown field `phone`, expected one of `name`, `issuer`, \
             `subject`, `mail`, `locale`, `time_zone`",
        ),
        (
            FILE,
            "[\"ada\", \"bea\"]",
            "[\"ada\", \"b,ea\"]",
            "approvers.toml:23:11: `b,ea` is no approver: use 1 to 128 characters out of \
             letters, digits and `_-.:/@`",
        ),
        (
            FILE,
            "\"2026-02-01T00:00:00.000Z\"",
            "\"February\"",
            "approvers.toml:28:8: not an instant of the form `2026-11-22T10:00:00.000Z`",
        ),
    ]);
}

#[test]
fn p07_a_group_that_nobody_is_in_is_refused() {
    let said = refusal(&changed(FILE, "members = [\"bea\", \"cid\"]", "members = []"));
    assert_eq!(
        said,
        "approvers.toml [groups.auditors]: `members` is empty: nobody could answer; list people or \
         remove it"
    );
}

#[test]
fn what_a_group_names_must_exist() {
    assert_refused(&[
        (
            FILE,
            "[\"ada\", \"bea\"]",
            "[\"ada\", \"dan\"]",
            "approvers.toml [groups.payers]: `dan` is not among the people: add `[people.dan]`",
        ),
        (
            FILE,
            "[\"ada\", \"bea\"]",
            "[\"ada\", \"ada\"]",
            "approvers.toml [groups.payers]: `members` lists `ada` twice: keep one",
        ),
        (
            FILE,
            "escalation = \"auditors\"",
            "escalation = \"owners\"",
            "approvers.toml [groups.payers]: `escalation` names `owners`, which is no group",
        ),
        (
            FILE,
            "escalation = \"auditors\"",
            "escalation = \"payers\"",
            "approvers.toml [groups.payers]: `escalation` names the group itself: name another or \
             leave it out",
        ),
        (
            FILE,
            "2026-03-01",
            "2026-02-01",
            "approvers.toml [groups.payers]: `until` of `cid` is not after `from`: correct it",
        ),
    ]);
}

#[test]
fn h02_one_person_under_two_handles_is_refused() {
    assert_refused(&[
        (
            FILE,
            "\"0b\"",
            "\"0a\"",
            "approvers.toml [people.bea]: another handle has this `issuer` and `subject`: list \
             each person once",
        ),
        (
            FILE,
            "approver-b@example.com",
            "Approver-A+2@example.com",
            "approvers.toml [people.bea]: another handle has this `mail`: whoever reads it would \
             count twice",
        ),
    ]);
}

#[test]
fn people_are_described_in_full() {
    let person = |what: &str| format!("approvers.toml [people.ada]: {what}");
    for (from, to, what) in [
        (
            "\"Approver A\"",
            "\" \"",
            "`name` is empty or not one line: write the name that others know",
        ),
        (
            "https://login",
            "http://login",
            "`issuer` is no `https://` address or `subject` is empty: write the OIDC values",
        ),
        (
            "\"0a\"",
            "\"\"",
            "`issuer` is no `https://` address or `subject` is empty: write the OIDC values",
        ),
        (
            "locale = \"en\"",
            "locale = \"en\"\ntime_zone = \"Europe/Berlinn\"",
            "`time_zone` is no IANA time zone: write one such as `Europe/Berlin`, or leave it out",
        ),
        ("\"en\"", "\"english please\"", "`locale` is no language tag: write `en` or `pt-BR`"),
    ] {
        assert_eq!(refusal(&changed(FILE, from, to)), person(what));
    }
    for mail in [
        "a",
        "a@b",
        "@example.com",
        "a@example.com,b@example.com",
        "a@example.com\\nBcc: b@example.com",
        "A <a@example.com>",
    ] {
        let said = refusal(&changed(FILE, "approver-a@example.com", mail));
        assert_eq!(said, person("`mail` is no plain mail address: write `name@example.com`"));
    }
}
