//! `doctor`: a deployment that works, and what is told of one that does not.

use std::sync::{Arc, OnceLock};

use approval_aws::system::SystemClock;
use approval_core::moment::Moment;
use approval_core::ports::Clock;
use approval_policy::Bundle;
use approval_policy::inspect::{DryRun, Inspection, Outcome};

use crate::searching::{due_and_read, newer, record};
use crate::service::{Call, Service, described};
use crate::show::STORED;
use crate::{Transcript, assert_failed, countersign, example};

/// A deployment that works, but for what `ill` answers instead.
fn deployment(ill: impl Fn(&str, &str) -> Option<(u16, String)> + Send + 'static) -> Service {
    let here = Arc::new(OnceLock::<String>::new());
    let url = Arc::clone(&here);
    let service = Service::answering(move |(operation, _, body): &Call| {
        let action = body.split('&').find_map(|pair| pair.strip_prefix("Action="));
        let what = action.unwrap_or(operation);
        ill(what, body).unwrap_or_else(|| works(what, body, url.get().map_or("", String::as_str)))
    });
    here.set(service.endpoint().to_owned()).expect("once");
    service
}

fn works(what: &str, body: &str, url: &str) -> (u16, String) {
    let answer = match what {
        "GetCallerIdentity" => {
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/op</Arn>\
             </GetCallerIdentityResult></GetCallerIdentityResponse>"
                .to_owned()
        }
        "DescribeStacks" => Service::stack(url),
        "DescribeKey" => r#"{"KeyMetadata": {"KeyId": "k", "Enabled": true}}"#.to_owned(),
        "DescribeStateMachine" => r#"{"status": "ACTIVE"}"#.to_owned(),
        "DescribeRule" => r#"{"State": "ENABLED"}"#.to_owned(),
        "Query" if body.contains("\"pending#0\"") => {
            r#"{"Items": [{"pk": {"S": "REQ#r-1"}, "queue_at": {"S": "2026-11-22T10:00:00.000Z#r-1"},
                "status": {"S": "pending"}, "tool": {"S": "billing___refund_order"},
                "asked_at": {"S": "2026-11-22T10:00:00.000Z"}}]}"#
                .to_owned()
        }
        "Query" => r#"{"Items": []}"#.to_owned(),
        "GetItem" => "{}".to_owned(),
        "BatchGetItem" => {
            let record = STORED.split(r#""Item": "#).nth(1).expect("a record");
            let record = record.trim().trim_end_matches('}').to_owned() + "}";
            let record = record.replace("\"received\"", "\"pending\"");
            let record = record.replace(r#""display": {"B": "c2VhbGVk"}, "#, "");
            format!(r#"{{"Responses": {{"approvals-of-demo": [{record}]}}}}"#)
        }
        "/v2/email/account" => {
            r#"{"SendingEnabled": true, "ProductionAccessEnabled": true}"#.to_owned()
        }
        "/operator" => {
            assert_eq!(body, "{}", "nothing but a knock");
            return (400, r#"{"status": "invalid", "message": "Nothing was changed."}"#.to_owned());
        }
        "/a/x" => return (404, "<html>".to_owned()),
        what if what.starts_with("/v2/email/identities/") => {
            r#"{"VerifiedForSendingStatus": true}"#.to_owned()
        }
        "/2015-03-31/functions/RiskClassifyName/invocations" => inspected(body),
        what if what.ends_with("/configuration") => r#"{"State": "Active"}"#.to_owned(),
        other => panic!("nobody asked for {other}"),
    };
    (200, answer)
}

/// What risk-classify answers where the example's bundle is deployed.
pub(crate) fn inspected(event: &str) -> String {
    let bundle = Bundle::load(&example(), "demo").expect("it loads");
    let dry_run = |outcome| DryRun { bundle: bundle.digest(), outcome };
    let answer = match Inspection::read(event).expect("a question") {
        Inspection::Describe {} => serde_json::to_string(&bundle.describe()),
        Inspection::DryRun { ask: None } => {
            let outcome = Outcome::Cases { passed: bundle.test().len(), failed: Vec::new() };
            serde_json::to_string(&dry_run(outcome))
        }
        Inspection::DryRun { ask: Some(question) } => {
            let now = Moment::parse("2026-11-22T10:00:00Z").expect("an instant");
            let outcome = match bundle.explain(&question, now) {
                Ok(explained) => Outcome::Explained(explained.into()),
                Err(why) => Outcome::Unaskable(why.to_string()),
            };
            serde_json::to_string(&dry_run(outcome))
        }
    };
    answer.expect("it is written")
}

fn seen(ill: impl Fn(&str, &str) -> Option<(u16, String)> + Send + 'static) -> Transcript {
    deployment(ill).hears_by_stack(&["doctor"])
}

#[test]
fn a_deployment_that_works_is_told_part_by_part() {
    let service = deployment(|_, _| None);
    let folder = example();
    let said = service.hears_by_stack(&["doctor", "--bundle", folder.to_str().unwrap()]);
    let bundle = Bundle::load(&folder, "demo").expect("it loads");
    let (rules, cases) = (bundle.rules().count(), bundle.test().len());
    let short: String = bundle.digest().to_string().chars().take(12).collect();
    let report = format!(
        "\
ok    credentials      arn:aws:iam::1:user/op
ok    stack            demo, UPDATE_COMPLETE
ok    functions        9 able to work
ok    state machine    active
ok    sweep schedule   enabled
ok    keys             9 able to work
ok    table            can be read, by status too
ok    display parts    there is none yet to open
ok    sweep            runs: nothing is overdue
ok    freezes          none
ok    bundle           risk-classify has {short}: {rules} rules, 7 tools, 3 groups; it is that of {}
ok    dry run          {cases} cases of the bundle answered as they say
ok    mail account     sends to everybody
ok    mail sender      example.com
ok    approvers        7 with an address
ok    approvers' page  {} answers
ok    operators' door  lets these credentials in
17 ok, 0 to know, 0 failed
",
        folder.display(),
        service.endpoint()
    );
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (Some(0), report.as_str(), ""));
}

#[test]
fn each_part_that_fails_has_its_line_and_what_to_do() {
    let refused = |code: &str| format!(r#"{{"__type": "com.amazonaws#{code}", "message": "no"}}"#);
    let cases: [(&str, u16, String, &str); 9] = [
        (
            "DescribeRule",
            200,
            r#"{"State": "DISABLED"}"#.to_owned(),
            "FAIL  sweep schedule   disabled: aws events enable-rule --name demo-Sweep\n",
        ),
        (
            "DescribeRule",
            400,
            refused("ResourceNotFoundException"),
            "it is gone, deploy the stack again\n",
        ),
        (
            "Query",
            400,
            refused("ValidationException"),
            "FAIL  table            AWS gave no usable answer, dynamodb:Query failed: ValidationException",
        ),
        (
            "DescribeKey",
            200,
            r#"{"KeyMetadata": {"KeyId": "k"}}"#.to_owned(),
            "FAIL  keys             ActionKeyArn is disabled or to be deleted: aws kms enable-key --key-id arn:aws:kms:",
        ),
        ("/v2/email/account", 200, "{}".to_owned(), "FAIL  mail account     SES does not send"),
        (
            "/v2/email/identities/example.com",
            200,
            "{}".to_owned(),
            "FAIL  mail sender      example.com is not verified: verify example.com in SES",
        ),
        ("/a/x", 502, String::new(), " answers 502 to a link that is none, not 404: "),
        ("/operator", 404, "{}".to_owned(), "FAIL  operators' door  "),
        (
            "/2015-03-31/functions/RelayOutboxName/configuration",
            200,
            r#"{"State": "Failed"}"#.to_owned(),
            "FAIL  functions        RelayOutboxName cannot be invoked: aws lambda get-function ",
        ),
    ];
    for (ill, status, body, line) in cases {
        let said = seen(move |what, _| (what == ill).then(|| (status, body.clone())));
        assert_eq!((said.code, said.err.as_str()), (Some(1), ""), "{}", said.out);
        assert!(said.out.contains(line), "{line}\n{}", said.out);
        assert!(said.out.ends_with(" 1 failed\n"), "{}", said.out);
    }
}

#[test]
fn a_request_is_tried_up_to_where_people_would_be_asked() {
    let refund = r#"{"order_id": "A-1042", "amount": 480.00, "currency": "EUR", "reason": "x"}"#;
    let tried = |tool: &str, arguments: &str| {
        let ask = ["--tool", tool, "--arguments", arguments, "--person", "billing-manager-2"];
        deployment(|_, _| None).hears_by_stack(&[&["doctor"], &ask[..]].concat())
    };
    let said = tried("billing___refund_order", refund);
    let line = "ok    dry run          Refund 480.00 EUR for order A-1042: pending, tier medium: Refund above \
                100.00; asks 1 of billing-managers (billing-manager-1, billing-manager-3)\n";
    assert!(said.out.contains(line), "{}", said.out);
    let said = tried("billing___nothing", "{}");
    assert_eq!(said.code, Some(1), "{}", said.out);
    let line =
        "FAIL  dry run          the bundle has no tool `billing___nothing`; it has billing___";
    assert!(said.out.contains(line), "{}", said.out);
    assert!(said.out.contains(": correct --tool and --arguments\n"), "{}", said.out);
    assert_failed(&tried("billing___refund_order", "{"), 1, "the arguments: ");
    let alone = countersign(&["doctor", "--stack", "demo", "--arguments", refund]);
    assert_eq!(alone.code, Some(2));
    assert!(alone.err.contains("  --tool <NAME>\n"), "{}", alone.err);
}

#[test]
fn a_dry_run_that_fails_or_may_not_be_made_has_its_line() {
    let invocation = "/2015-03-31/functions/RiskClassifyName/invocations";
    let cases = r#"{"cases": {"passed": 3, "failed": ["tests/a.toml: b"]}}"#;
    let cases = format!(r#"{{"bundle": "{}", "outcome": {cases}}}"#, "0".repeat(64));
    let none = cases
        .replace(r#""passed": 3, "failed": ["tests/a.toml: b"]"#, r#""passed": 0, "failed": []"#);
    for (status, body, code, line) in [
        (
            403,
            r#"{"__type": "AccessDeniedException"}"#,
            0,
            "warn  dry run          not allowed to look: allow lambda:InvokeFunction, ",
        ),
        (
            200,
            "{}",
            1,
            "risk-classify is of another version: look at its log, and update the stack to this version\n",
        ),
        (
            200,
            &cases,
            1,
            "FAIL  dry run          1 case answered otherwise, first tests/a.toml: b: correct the rules",
        ),
        (
            200,
            &none,
            0,
            "warn  dry run          works, and the bundle brings no cases to try: give --tool",
        ),
    ] {
        let body = body.to_owned();
        let said = seen(move |what, event| {
            let dry = what == invocation && event.contains("dry_run");
            dry.then(|| (status, body.clone()))
        });
        assert_eq!(said.code, Some(code), "{}", said.out);
        assert!(said.out.contains(line), "{line}\n{}", said.out);
    }
}

/// Whether a query for what is due reaches beyond the present instant.
fn looks_ahead(body: &str) -> bool {
    let until = body.split(r#"":now":{"S":""#).nth(1).and_then(|rest| rest.split('"').next());
    until.is_some_and(|at| Moment::parse(at).expect("an instant") > SystemClock.now())
}

#[test]
fn what_is_stuck_is_told_though_the_sweep_has_put_it_aside() {
    let said = seen(|what, body| match what {
        "Query" if looks_ahead(body) && body.contains(r#"{"S":"0"}"#) => {
            let row =
                |id: &str| format!(r#"{{"pk": {{"S": "REQ#{id}"}}, "due_at": {{"S": "2999"}}}}"#);
            Some((200, format!(r#"{{"Items": [{},{},{}]}}"#, row("r-1"), row("r-8"), row("r-9"))))
        }
        "BatchGetItem" if body.contains("REQ#r-9") => {
            let late = record("r-1", "A1/live").replace("\"pending\"", "\"approved\"");
            Some((200, format!(r#"{{"Responses": {{"approvals-of-demo": [{late}]}}}}"#)))
        }
        "GetItem" => {
            let id = if body.contains("REQ#r-8") { "r-8" } else { "r-9" };
            Some((200, format!(r#"{{"Item": {}}}"#, newer(id, "approved#0"))))
        }
        _ => None,
    });
    for line in [
        "FAIL  sweep            overdue for more than 5 min: r-1: look at the log of relay-outbox",
        "FAIL  records          the record cannot be read: r-8 and 1 more: see “A request that is stuck”",
        " 2 failed\n",
    ] {
        assert!(said.out.contains(line), "{line}\n{}", said.out);
    }
    assert_eq!(said.code, Some(1));
}

#[test]
fn a_sweep_that_has_more_to_do_than_is_read_at_once_is_not_called_well() {
    let service = deployment(|what, body| {
        let due = what == "Query" && looks_ahead(body);
        let read = what == "BatchGetItem" && body.contains("REQ#d");
        // Whatever is due by the index, nothing is owed to.
        let done = |id: &str| {
            let record = record(id, "A1/live").replace("\"pending\"", "\"executed\"");
            record.replace(r#""resumed": {"BOOL": false}"#, r#""resumed": {"BOOL": true}"#)
        };
        let call = (what.to_owned(), String::new(), body.to_owned());
        (due || read).then(|| due_and_read(&call, 1_000, "approvals-of-demo", done))
    });
    let said = service.hears_by_stack(&["doctor"]);
    let line = "warn  sweep            nothing overdue was seen, but not all that is due: \
                look at the log of relay-outbox";
    assert!(said.out.contains(line), "{}", said.out);
    assert_eq!(said.code, Some(0), "{}", said.out);
}

#[test]
fn a_freeze_of_everything_that_was_put_by_hand_is_told() {
    let said = seen(|what, _| {
        let row = r#"{"Item": {"pk": {"S": "CONTROL#freeze#all"}, "sk": {"S": "FREEZE"}}}"#;
        (what == "GetItem").then(|| (200, row.to_owned()))
    });
    let line = "warn  freezes          nothing runs of all: countersign freezes\n";
    assert!(said.out.contains(line), "{}", said.out);
}

#[test]
fn what_may_not_be_looked_at_is_no_failure_and_names_the_action() {
    let denied = r#"{"__type": "com.amazonaws#AccessDeniedException", "message": "no"}"#;
    let said = seen(move |what, _| {
        let look = ["DescribeStateMachine", "DescribeRule", "DescribeKey", "/v2/email/account"];
        look.contains(&what).then(|| (403, denied.to_owned()))
    });
    assert_eq!(said.code, Some(0), "{}", said.out);
    for action in
        ["states:DescribeStateMachine", "events:DescribeRule", "kms:DescribeKey", "ses:GetAccount"]
    {
        let line = format!("not allowed to look: allow {action}, as OperatorPolicyArn");
        assert!(said.out.contains(&line), "{line}\n{}", said.out);
    }
    assert!(said.out.ends_with("12 ok, 4 to know, 0 failed\n"), "{}", said.out);
}

#[test]
fn in_the_sandbox_every_approver_needs_a_verified_address() {
    let folder = example();
    let service = deployment(|what, _| match what {
        "/v2/email/account" => Some((200, r#"{"SendingEnabled": true}"#.to_owned())),
        "/v2/email/identities/example.com" => Some((200, "{}".to_owned())),
        what if what.contains("support-lead-1") => {
            let missing = r#"{"__type": "NotFoundException", "message": "no"}"#;
            Some((404, missing.to_owned()))
        }
        _ => None,
    });
    let said = service.hears_by_stack(&["doctor", "--bundle", folder.to_str().unwrap()]);
    assert!(said.out.contains("warn  mail account     in the SES sandbox"), "{}", said.out);
    let line = "in the sandbox no mail reaches support-lead-1@example.com: verify these in SES";
    assert!(said.out.contains(line), "{}", said.out);
}

#[test]
fn nothing_else_is_looked_at_where_there_is_no_stack_of_ours() {
    let said = seen(|what, _| {
        (what == "DescribeStacks").then(|| (200, described(&[("TableName", "orders")])))
    });
    let line =
        "FAIL  stack        the stack `demo` is not Countersign: its outputs have no TableName";
    assert!(said.out.contains(line), "{}", said.out);
    assert_eq!(said.out.lines().count(), 3, "{}", said.out);
    assert_failed(&countersign(&["doctor"]), 2, "no stack: give --stack <NAME>");
}

#[test]
fn a_report_is_written_for_programs_too() {
    let service = deployment(|_, _| None);
    let said = service.hears_by_stack(&["doctor", "-o", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.out);
    let first = "[\n  {\n    \"state\": \"ok\",\n    \"what\": \"credentials\",";
    assert!(said.out.starts_with(first), "{}", said.out);
}
