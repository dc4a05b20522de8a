use super::*;

const TEXT: &str = r#"
[people.ada]
name = "Approver A"
issuer = "https://login.example.com"
subject = "0a"
mail = "approver-a@example.com"
locale = "en"

[people.bea]
name = "Approver B"
issuer = "https://login.example.com"
subject = "0b"
mail = "approver-b@example.com"
locale = "en"

[groups.payers]
members = ["ada"]
escalation = "auditors"
substitutes = [{ who = "bea", from = "2026-02-01T00:00:00.000Z", until = "2026-03-01T00:00:00.000Z" }]

[groups.auditors]
members = ["bea"]
"#;

fn roster() -> Approvers {
    let mut problems = Problems::default();
    let roster = Approvers::read(TEXT, &mut problems);
    problems.none_or(Some(roster)).unwrap()
}

fn who(handle: &str) -> ApproverId {
    ApproverId::parse(handle).unwrap()
}

fn group(name: &str) -> Group {
    Group::parse(name).unwrap()
}

#[test]
fn a_substitute_belongs_from_the_first_instant_until_not_including_the_last() {
    let belongs = |at| roster().belongs(&who("bea"), &group("payers"), Moment::parse(at).unwrap());
    assert!(!belongs("2026-01-31T23:59:59.999Z"));
    assert!(belongs("2026-02-01T00:00:00.000Z"));
    assert!(belongs("2026-02-28T23:59:59.999Z"));
    assert!(!belongs("2026-03-01T00:00:00.000Z"));
}

#[test]
fn nobody_belongs_to_an_unknown_group() {
    let at = Moment::from_millis(0).unwrap();
    assert!(!roster().belongs(&who("ada"), &group("owners"), at));
    assert!(!roster().belongs(&who("eve"), &group("payers"), at));
    assert_eq!(roster().escalation(&group("payers")), Some(&group("auditors")));
    assert_eq!(roster().escalation(&group("auditors")), None);
    assert_eq!(roster().person(&who("ada")).unwrap().mail, "approver-a@example.com");
}

#[test]
fn whom_to_ask_for_help_is_one_line_or_nobody() {
    let read = |help: &str| {
        let mut problems = Problems::default();
        let roster = Approvers::read(&format!("help = {help:?}\n{TEXT}"), &mut problems);
        problems.none_or(Some(roster))
    };
    assert_eq!(roster().help(), None);
    let said = "#approvals, or help@example.com";
    assert_eq!(read(said).unwrap().help(), Some(said));
    for wrong in ["", "  ", "two\nlines", &"x".repeat(201)] {
        let problem = read(wrong).unwrap_err().to_string();
        assert!(problem.contains("`help` is empty, not one line or longer"), "{problem}");
    }
}

#[test]
fn a_time_zone_is_known_where_there_is_no_zoneinfo() {
    let text =
        TEXT.replacen("locale = \"en\"", "locale = \"en\"\ntime_zone = \"europe/berlin\"", 1);
    let mut problems = Problems::default();
    let roster = Approvers::read(&text, &mut problems);
    let roster = problems.none_or(Some(roster)).unwrap();
    let zone = |handle| roster.person(&who(handle)).unwrap().time_zone.as_ref();
    assert_eq!(zone("ada").and_then(|zone| zone.iana_name()), Some("Europe/Berlin"));
    assert_eq!(zone("bea"), None);
}

#[test]
fn h02_a_claim_excludes_under_every_spelling() {
    let is_ada = |name: &str| {
        let claimed = Person::Claimed { name: name.to_owned() };
        roster().is_requester(&who("ada"), &claimed)
    };
    for name in [
        "ada",
        "Ada",
        " ada ",
        "0A",
        "approver a",
        "Approver-A@Example.com",
        "approver-a+agent@example.com",
    ] {
        assert!(is_ada(name), "{name}");
    }
    for name in ["", "ad", "approver-b@example.com", "approver-a@example.org", "ada@example.com"] {
        assert!(!is_ada(name), "{name}");
    }
}

#[test]
fn h02_a_verified_person_is_the_one_of_that_issuer_and_subject() {
    let is_ada = |issuer: &str, subject: &str| {
        let person = Person::Verified { issuer: issuer.to_owned(), subject: subject.to_owned() };
        roster().is_requester(&who("ada"), &person)
    };
    assert!(is_ada("https://login.example.com", "0a"));
    assert!(!is_ada("https://login.example.com", "0b"));
    assert!(!is_ada("https://login.example.com", "0A"));
    assert!(!is_ada("https://other.example.com", "0a"));
    assert!(!roster().is_requester(&who("ada"), &Person::Unknown));
}

#[test]
fn p08_an_approver_is_found_in_every_group_they_are_in() {
    let text = TEXT.replace("[\"bea\"]", "[\"bea\", \"ada\"]");
    let mut problems = Problems::default();
    let roster = Approvers::read(&text, &mut problems);
    let at = Moment::from_millis(0).unwrap();
    assert!(["payers", "auditors"].iter().all(|name| roster.belongs(
        &who("ada"),
        &group(name),
        at
    )));
    assert_eq!(roster.members(&group("auditors"), at).len(), 2);
}
