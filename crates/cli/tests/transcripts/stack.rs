//! Where the table, the door and the key are found: in the outputs of the stack that is named.

use crate::service::{Service, described};
use crate::show::STORED;
use crate::{Transcript, assert_failed};

/// A service that answers CloudFormation with that, and everything else with a stored request.
fn beside(status: u16, stack: &str) -> Service {
    let stack = stack.to_owned();
    Service::answering(move |(_, _, body)| {
        if body.contains("Action=DescribeStacks") {
            (status, stack.clone())
        } else {
            (200, STORED.to_owned())
        }
    })
}

fn shown(status: u16, stack: &str) -> (Transcript, Service) {
    let service = beside(status, stack);
    (service.hears_by_stack(&["show", "r-1"]), service)
}

#[test]
fn the_stacks_name_is_enough_and_is_looked_up_once() {
    let (said, service) = shown(200, &Service::stack("http://127.0.0.1:1"));
    assert_eq!(said.code, Some(0), "{}", said.err);
    let calls = service.calls();
    let lookups = calls.iter().filter(|(_, _, body)| body.contains("StackName=demo")).count();
    assert_eq!(lookups, 1);
    let reads = calls.iter().filter(|(operation, ..)| operation == "GetItem");
    assert!(reads.clone().all(|(_, _, body)| body.contains("\"approvals-of-demo\"")));
    assert!(reads.count() > 0);
}

#[test]
fn what_is_given_by_name_is_not_looked_up() {
    let service = beside(200, "nothing");
    let said = service.hears(&["show", "r-1"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(service.calls().iter().all(|(_, _, body)| !body.contains("DescribeStacks")));
}

#[test]
fn a_stack_that_is_none_or_another_ones_or_refused_is_told_apart() {
    let refused = |code: &str| {
        format!(
            "<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        )
    };
    let (said, _) = shown(400, &refused("ValidationError"));
    assert_failed(&said, 1, "no stack `demo` in this region and account: check --stack");
    let (said, _) = shown(200, &described(&[("TableName", "orders")]));
    assert_failed(&said, 1, "the stack `demo` is not Countersign");
    let (said, _) = shown(403, &refused("AccessDenied"));
    let denied = "error: not allowed to look up the stack `demo` in eu-central-1, \
                  cloudformation:DescribeStacks failed: AccessDenied: check --stack and --region first";
    assert_failed(&said, 4, denied);
    assert!(said.err.contains("or name --table, --api and --display-key"), "{}", said.err);
    let (said, _) = shown(403, &refused("ExpiredToken"));
    assert_failed(&said, 4, "renew them");
}

#[test]
fn an_order_goes_to_the_apis_own_name_and_not_to_the_one_people_know() {
    let door = Service::says(200, r#"{"status":"done","message":"r-1 is cancelled."}"#);
    let outputs = Service::stack(door.endpoint());
    let (page, own) = (door.endpoint(), "https://approvals.example.com");
    let outputs = outputs.replacen(page, own, 1);
    assert!(outputs.contains(&format!("<OutputKey>ApprovalUrl</OutputKey><OutputValue>{own}<")));
    let stack = beside(200, &outputs);
    let said = stack.hears_by_stack(&["cancel", "r-1", "--reason", "asked twice"]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), "r-1 is cancelled.\n"), "{}", said.err);
    let [(path, signed, _)] = door.calls().try_into().unwrap();
    assert_eq!(path, "/operator");
    assert!(signed.contains("/eu-central-1/execute-api/"), "{signed}");
}
