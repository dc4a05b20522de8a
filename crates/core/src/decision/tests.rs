use super::*;
use crate::fixture::{at, need, pending, says};
use crate::name::ApproverId;

fn decision() -> Decision {
    says(&pending(&[need("billing", 1)]), "ana", Verdict::Reject, at(1))
}

#[test]
fn what_is_authenticated_changes_with_every_field_and_every_character_of_the_comment() {
    let edits: [fn(&mut Decision); 11] = [
        |d| d.verdict = Verdict::Approve,
        |d| d.comment.push(' '),
        |d| d.comment = "wrong order".to_owned(),
        |d| d.comment = "Wrong order".to_owned(),
        |d| d.decided_at = at(2),
        |d| d.key.push('2'),
        |d| d.link.key.push('2'),
        |d| d.link.approver = ApproverId::parse("bo").unwrap(),
        |d| d.link.epoch = 1,
        |d| d.link.stack.push('2'),
        |d| d.link_mac.0[0] ^= 1,
    ];
    let mut seen = vec![decision().message().unwrap()];
    for edit in edits {
        let mut edited = decision();
        edit(&mut edited);
        let message = edited.message().unwrap();
        assert!(!seen.contains(&message), "{edited:?}");
        seen.push(message);
    }
}

#[test]
fn a_key_takes_the_message_however_long_the_comment_is() {
    let mut long = decision();
    long.comment = "é".repeat(100_000);
    long.link.approver = ApproverId::parse(&"a".repeat(128)).unwrap();
    long.link.key = "k".repeat(256);
    long.key = "k".repeat(256);
    assert!(long.message().unwrap().len() <= 4096);
}
