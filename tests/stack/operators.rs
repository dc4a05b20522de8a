//! Operators at work with the `countersign` command: with keys that may read the table and call the
//! operators' door, and nothing else.

use std::process::Command;

use approval_aws::desk::{Desk, Received};
use approval_core::audit::{self, Actor, AuditRecord};
use approval_core::name::RequestId;
use approval_core::order::Order;
use approval_core::ports::AuditTrail;
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_dynamodb::types::AttributeValue;
use countersign_tests::process::Process;
use countersign_tests::runtime::binary;
use countersign_tests::stack::Stack;
use countersign_tests::{browser, events};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

const LEAD: &str = "support-lead-1";
const MANAGER: &str = "billing-manager-1";

/// Freezing stops all that others do on the same stack, and so does killing its executor.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// What a command ended with and wrote.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

/// A stack with its operator, whose keys may do what the template's policy for operators says.
struct Operated {
    stack: Stack,
    _alone: MutexGuard<'static, ()>,
}

impl Operated {
    async fn alone() -> Self {
        let alone = ONE_AT_A_TIME.lock().await;
        Self { stack: Stack::named("operators").await, _alone: alone }
    }

    /// The API as this machine serves it under a name that needs no resolving.
    fn api(&self) -> String {
        let endpoint = std::env::var("AWS_ENDPOINT_URL").expect("the local stack");
        format!("{endpoint}/_aws/execute-api/{}/$default", self.stack.outputs["ApprovalApiId"])
    }

    /// The command, with the operator's keys.
    fn command(&self, arguments: &[&str]) -> Command {
        let outputs = &self.stack.outputs;
        let mut command = Command::new(binary("countersign"));
        command.args(arguments).envs([
            ("COUNTERSIGN_API", self.api().as_str()),
            ("COUNTERSIGN_TABLE", &outputs["TableName"]),
            ("AWS_ACCESS_KEY_ID", &outputs["OperatorAccessKeyId"]),
            ("AWS_SECRET_ACCESS_KEY", &outputs["OperatorSecretAccessKey"]),
        ]);
        command
    }

    fn types(&self, arguments: &[&str]) -> Said {
        ended(self.command(arguments))
    }

    /// Types it, and it is done.
    fn does(&self, arguments: &[&str]) -> String {
        let said = self.types(arguments);
        assert_eq!(said.code, Some(0), "{arguments:?}: {said:?}");
        said.out
    }

    /// The operator's keys in code.
    fn keys(&self, secret: &str) -> SdkConfig {
        let id = self.stack.outputs["OperatorAccessKeyId"].as_str();
        let keys = Credentials::new(id, secret, None, None, "the operator");
        let keys = SharedCredentialsProvider::new(keys);
        self.stack.config.to_builder().credentials_provider(keys).build()
    }

    /// An action that waits for people.
    async fn pending(&self, event: &Value) -> ApprovalRequest {
        self.stack.waiting(&self.stack.ask(event).await).await
    }

    /// The last record of the trail, which holds, and is the operator's.
    async fn last_record(&self, id: &RequestId) -> AuditRecord {
        let request = self.stack.load(id).await;
        let mut trail = self.stack.table().trail(id).await.expect("the trail");
        audit::check(&request, &trail).expect("the chain");
        let theirs = trail.iter().rposition(|record| record.actor == Actor::OperatorDesk);
        let record = trail.swap_remove(theirs.expect("a record of operator-desk"));
        assert_eq!(record.who.as_ref(), Some(&self.stack.outputs["OperatorArn"]));
        record
    }
}

fn ended(mut command: Command) -> Said {
    let output = command.output().expect("countersign");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

#[tokio::test]
async fn an_operator_names_the_stack_and_finds_the_rest_by_it() {
    let operated = Operated::alone().await;
    let request = operated.pending(&events::refund("O-100", "480.00")).await;
    let name = operated.stack.name.as_str();
    let types = |arguments: &[&str]| {
        let mut command = operated.command(&[arguments, &["--stack", name]].concat());
        ended({
            command.env_remove("COUNTERSIGN_TABLE");
            command
        })
    };
    let agent = request.requester.agent.split('/').next().unwrap();
    let found = types(&["list", "--agent", agent, "--query", request.id.as_str()]);
    assert!(found.out.contains(request.id.as_str()), "{found:?}");
    // The key is known, and is not the operator's to use: that is said, and nothing else is lost.
    assert!(found.err.starts_with("hint: no headlines: these credentials may not"), "{found:?}");
    let none = types(&["list", "--agent", "NOBODY001"]);
    assert_eq!((none.code, none.out.as_str()), (Some(0), ""), "{none:?}");
    let exported = types(&["export", "--status", "all"]);
    assert!(exported.out.lines().any(|line| line.starts_with(request.id.as_str())), "{exported:?}");
    assert!(types(&["show", request.id.as_str()]).err.contains("the arguments stay sealed"));

    let bundle = countersign_tests::repository("examples/customer-support/policy");
    let seen = types(&["doctor", "--bundle", bundle.to_str().unwrap()]);
    assert_eq!(seen.code, Some(0), "{seen:?}");
    assert!(seen.out.contains(&format!("it is that of {}", bundle.display())), "{seen:?}");
    assert!(seen.out.contains(" cases of the bundle answered as they say"), "{seen:?}");
    let refund = r#"{"order_id": "O-100", "amount": 480.00, "currency": "EUR", "reason": "x"}"#;
    let tool = ["--tool", "billing___refund_order", "--arguments", refund];
    let tried = types(&[&["doctor"], &tool[..]].concat());
    let line =
        "Refund 480.00 EUR for order O-100: pending, tier medium: Refund above 100.00; asks ";
    assert!(tried.out.contains(line), "{tried:?}");
    assert!(seen.out.contains("operators' door  lets these credentials in"), "{seen:?}");
}

#[tokio::test]
async fn an_operator_finds_what_waits_gives_more_time_and_takes_it_back() {
    let operated = Operated::alone().await;
    let event = events::refund("O-101", "480.00");
    let answer = operated.stack.ask(&event).await;
    let request = operated.stack.waiting(&answer).await;
    let (id, reference) = (request.id.as_str(), answer["reference"].as_str().unwrap());

    let listed = operated.does(&["list", "--limit", "1000"]);
    let line = listed.lines().find(|line| line.contains(id)).expect("it waits");
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["status"], &line["tier"]), (&"pending".into(), &"medium".into()));
    let table = operated.does(&["list", "-o", "table"]);
    assert!(table.starts_with("ID ") && table.contains("3 h 59 min"), "{table}");
    assert!(operated.does(&["show", reference]).contains("waits for people to decide"));

    // More time, from where it stood; not beyond the hard limit.
    let by = ["extend", reference, "--by", "2h", "--reason", "ana is back at noon"];
    let said = operated.does(&by);
    let until = request.decide_by.unwrap().plus(jiff::SignedDuration::from_hours(2));
    assert_eq!(said, format!("{id} is pending; people have until {until}.\n"));
    assert_eq!(operated.stack.load(&request.id).await.decide_by, Some(until));
    let record = operated.last_record(&request.id).await;
    assert_eq!(record.note, Some(format!("to {until}: ana is back at noon")));
    let far = operated.types(&["extend", id, "--by", "30d", "--reason", "as long as it takes"]);
    assert_eq!(far.code, Some(6), "{far:?}");
    assert!(far.err.contains("nothing extends it beyond"), "{far:?}");

    let (mail, _) = operated.stack.mail(&request.id, MANAGER).await;
    let watched = operated.types(&["watch", id, "--timeout", "1s"]);
    assert_eq!(watched.code, Some(8), "{watched:?}");
    // A reader that has left learns nothing, so nothing is said to have been executed.
    let (reader, left) = std::io::pipe().expect("a pipe");
    drop(reader);
    let unread = operated.command(&["watch", id, "--timeout", "1m"]).stdout(left).status();
    assert_eq!(unread.expect("it runs").code(), Some(8));
    let watch = operated.command(&["watch", reference, "--timeout", "1m"]);
    let watch = std::thread::spawn(move || ended(watch));
    let said = operated.does(&["cancel", reference, "--reason", "the customer called it off"]);
    assert_eq!(said, format!("{id} is cancelled.\n"));
    let watched = watch.join().unwrap();
    assert_eq!(watched.code, Some(5), "{watched:?}");
    let arn = &operated.stack.outputs["OperatorArn"];
    let line = format!("(by {arn}: the customer called it off)\n");
    assert!(watched.out.contains("received: not assessed yet"), "{watched:?}");
    assert!(watched.out.contains(&format!("{arn} gave people more time")), "{watched:?}");
    assert!(watched.out.ends_with(&line), "{watched:?}");

    let record = operated.last_record(&request.id).await;
    assert_eq!(record.note.as_deref(), Some("the customer called it off"));
    assert!(operated.does(&["show", id]).contains(&format!("{arn}: the customer called it off")));
    let again = operated.types(&["cancel", id, "--reason", "twice"]);
    assert_eq!(again.code, Some(6), "{again:?}");
    assert!(again.err.contains("Nothing was changed: it is cancelled."), "{again:?}");
    let late = browser::decide(&mail.link, "approve", "", &mail.code);
    assert_eq!(late.status, 410, "{}", late.body);
    let told = operated.stack.ask(&events::status(reference)).await;
    assert_eq!(told["status"], "cancelled", "{told}");
    assert!(operated.stack.refunds("O-101").await.is_empty());

    let none = operated.types(&["cancel", "r-none", "--reason", "x"]);
    assert_eq!(none.code, Some(1), "{none:?}");
    assert!(none.err.contains("There is no such request."), "{none:?}");
    let executed = operated.stack.ask(&events::refund("O-102", "80.00")).await;
    let executed = executed["reference"].as_str().unwrap();
    assert_eq!(operated.types(&["watch", executed]).code, Some(0));
    assert_eq!(operated.types(&["cancel", executed, "--reason", "x"]).code, Some(6));
}

#[tokio::test]
async fn k03_a_freeze_stops_what_was_approved_and_deciding_until_it_is_lifted() {
    let operated = Operated::alone().await;
    let stack = &operated.stack;
    // The executor is at work, so that it can be held.
    stack.ask(&events::refund("O-201", "80.00")).await;
    let approved = operated.pending(&events::refund("O-202", "480.00")).await;
    let waiting = operated.pending(&events::refund("O-203", "480.00")).await;
    let executor = stack.processes("ExecuteActionArn");
    executor.iter().for_each(Process::hold);
    stack.decide(&approved.id, MANAGER, "approve").await;
    stack.until(&approved.id, &[Status::Approved]).await;
    let said = operated.does(&["freeze", "all", "--reason", "INC-4711"]);
    assert_eq!(said, "all is frozen: nothing of it runs or is decided.\n");
    executor.iter().for_each(Process::let_go);
    let ended = stack.until(&approved.id, &[Status::Cancelled, Status::Executed]).await;
    assert_eq!(ended.status, Status::Cancelled, "{:?}", ended.reason);
    assert!(stack.refunds("O-202").await.is_empty());
    let paused = stack.decide(&waiting.id, MANAGER, "approve").await;
    assert_eq!(paused.status, 503, "{}", paused.body);
    assert!(paused.body.contains("paused"), "{}", paused.body);
    assert_eq!(operated.types(&["watch", approved.id.as_str()]).code, Some(5));

    let frozen: Value = serde_json::from_str(&operated.does(&["freezes"])).unwrap();
    assert_eq!(frozen["who"], stack.outputs["OperatorArn"].as_str());
    assert_eq!((&frozen["scope"], &frozen["reason"]), (&"all".into(), &"INC-4711".into()));
    let again = operated.does(&["freeze", "all", "--reason", "INC-4712"]);
    assert_eq!(again, "all is frozen, as it was.\n");
    let tool = ["tool", "support___cancel_account", "--reason", "INC-4711"];
    operated.does(&[&["freeze"], &tool[..]].concat());
    assert_eq!(operated.does(&["freezes"]).lines().count(), 2);
    operated.does(&[&["unfreeze"], &tool[..]].concat());

    operated.does(&["unfreeze", "all", "--reason", "INC-4711 is closed"]);
    let none = operated.types(&["unfreeze", "all", "--reason", "once more"]);
    assert_eq!(none.code, Some(6), "{none:?}");
    let none = operated.types(&["freezes", "-o", "table"]);
    assert_eq!((none.out.as_str(), none.err.as_str()), ("", "hint: no freeze is listed\n"));
    // A row that was written by hand holds, and is let go like any other.
    stack.freeze("agent#by-hand").await;
    let by_hand = operated.types(&["unfreeze", "agent", "by-hand", "--reason", "whose is it"]);
    assert_eq!(by_hand.code, Some(0), "{by_hand:?}");

    // What the HTTP API's own calls log is not kept by the local stack; this one is.
    let scope = "tool#support___look_up_order";
    let let_go = json!({"order": "unfreeze", "scope": scope, "reason": "it is not frozen"});
    let order = events::order(&stack.outputs["OperatorArn"], &let_go);
    assert_eq!(stack.invoke("OperatorDeskArn", &order).await["statusCode"], 409);
    let logs = stack.function_logs().await;
    let said = logs.lines().find(|line| line.contains(r#""order":"unfreeze""#)).expect("its line");
    let said: Value = serde_json::from_str(said).unwrap();
    assert!(said["fields"]["scope"].as_str().is_some_and(|said| said.contains("look_up_order")));
    assert_eq!(said["fields"]["request"], Value::Null, "a scope is no request");

    let page = stack.decide(&waiting.id, MANAGER, "approve").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(operated.types(&["watch", waiting.id.as_str(), "--timeout", "1m"]).code, Some(0));
    assert_eq!(stack.refunds("O-203").await.len(), 1);
}

#[tokio::test]
async fn an_operator_settles_a_doubt_with_what_they_found_out() {
    let operated = Operated::alone().await;
    let stack = &operated.stack;
    // The executor and its target are at work, so that they can be held and killed.
    stack.ask(&events::refund("O-301", "80.00")).await;
    let request = operated.pending(&events::cancellation()).await;
    let id = request.id.as_str();
    let early = operated.types(&["resolve", id, "--executed", "--reason", "too early"]);
    assert_eq!(early.code, Some(6), "{early:?}");
    let target = stack.processes("BillingFunctionArn");
    target.iter().for_each(Process::hold);
    stack.decide(&request.id, LEAD, "approve").await;
    stack.until(&request.id, &[Status::Executing]).await;
    stack.processes("ExecuteActionArn").iter().for_each(Process::kill);
    target.iter().for_each(Process::let_go);
    let ended = stack.until(&request.id, &[Status::Executed, Status::InDoubt]).await;
    assert_eq!(ended.status, Status::InDoubt);

    let watched = operated.types(&["watch", id]);
    assert_eq!(watched.code, Some(1), "{watched:?}");
    assert!(watched.err.contains(&format!("countersign resolve {id}")), "{watched:?}");
    assert!(operated.does(&["list", "--status", "in-doubt"]).contains(id));
    assert!(operated.does(&["list", "--status", "open"]).contains(id));
    let reason = "the account is closed, as its owner sees";
    let said = operated.does(&["resolve", id, "--executed", "--reason", reason]);
    assert_eq!(said, format!("{id} is executed.\n"));
    let record = operated.last_record(&request.id).await;
    assert_eq!((record.to, record.note.as_deref()), (Status::Executed, Some(reason)));
    let again = operated.types(&["resolve", id, "--not-executed", "--reason", "a change of mind"]);
    assert_eq!(again.code, Some(6), "{again:?}");
    assert_eq!(stack.load(&request.id).await.status, Status::Executed);
}

#[tokio::test]
async fn k01_nobody_but_an_operator_is_heard_and_an_operator_writes_no_row() {
    let operated = Operated::alone().await;
    let stack = &operated.stack;
    let request = operated.pending(&events::refund("O-401", "480.00")).await;
    let reason = "I would like to".parse().unwrap();
    let order = Order::Cancel { request: request.id.clone(), reason };
    let url = operated.api();

    // Unsigned, with another function's keys, and with the operator's key id alone.
    let body = serde_json::to_string(&order).unwrap();
    let unsigned = browser::call("POST", &format!("{url}/operator"), Some(&body));
    assert_eq!(unsigned.status, 403, "{}", unsigned.body);
    for function in ["SubmitActionBedrockArn", "RequestApprovalArn"] {
        let said = Desk::new(&stack.role_of(function), &url).order(&order).await.unwrap();
        assert_eq!(said, Received::TurnedAway(403), "{function}");
    }
    let forged = Desk::new(&operated.keys("not-the-secret"), &url).order(&order).await.unwrap();
    assert_eq!(forged, Received::TurnedAway(403));
    let role = stack.processes("RequestApprovalArn")[0].credentials();
    let mut foreign = operated.command(&["cancel", request.id.as_str(), "--reason", "x"]);
    foreign.envs([
        ("AWS_ACCESS_KEY_ID", role.access_key_id()),
        ("AWS_SECRET_ACCESS_KEY", role.secret_access_key()),
        ("AWS_SESSION_TOKEN", role.session_token().unwrap()),
    ]);
    let foreign = ended(foreign);
    assert_eq!(foreign.code, Some(4), "{foreign:?}");
    assert!(foreign.err.contains("nothing was done"), "{foreign:?}");
    assert_eq!(stack.load(&request.id).await.version, request.version);

    // What an operator may do is read; the door writes.
    let keys = operated.keys(&stack.outputs["OperatorSecretAccessKey"]);
    let table = aws_sdk_dynamodb::Client::new(&keys);
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let freeze = [("pk", text("CONTROL#freeze#all")), ("sk", text("FREEZE"))];
    let freeze = freeze.map(|(name, value)| (name.to_owned(), value)).into();
    let put = table.put_item().table_name(&stack.outputs["TableName"]).set_item(Some(freeze));
    let refused = put.send().await.expect_err("refused").into_service_error();
    assert_eq!(refused.meta().code(), Some("AccessDeniedException"));
    let scan = table.scan().table_name(&stack.outputs["TableName"]).send().await;
    assert!(scan.is_err(), "an operator reads what they can name");
    for other in [
        "SubmitActionDirectArn",
        "RequestApprovalArn",
        "CallbackHandlerArn",
        "ExecuteActionArn",
        "RelayOutboxArn",
        "OperatorDeskArn",
    ] {
        let call = aws_sdk_lambda::Client::new(&keys).invoke();
        let refused = call.function_name(&stack.outputs[other]).send().await;
        let refused = refused.expect_err(other).into_service_error();
        assert_eq!(refused.meta().code(), Some("AccessDeniedException"), "{other}");
    }
    operated.does(&["cancel", request.id.as_str(), "--reason", "and so can I"]);
    assert_eq!(stack.load(&request.id).await.status, Status::Cancelled);
}
