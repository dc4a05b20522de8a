//! The template and the functions: environment, code and permissions.

use std::collections::BTreeSet;

use approval_core::cause::Cause;
use approval_core::decision::Verdict;
use approval_core::metric::Metric;
use serde_yaml_ng::Value;

/// A function, its binary, and what its role may do beyond logging.
const FUNCTIONS: [(&str, &str, &[&str]); 9] = [
    ("SubmitActionBedrock", "submit-action", DOOR),
    ("SubmitActionGateway", "submit-action", DOOR),
    ("SubmitActionDirect", "submit-action", DOOR),
    ("RiskClassify", "risk-classify", &["dynamodb:GetItem", "dynamodb:PutItem"]),
    (
        "RequestApproval",
        "request-approval",
        &[
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "ses:SendEmail",
            "sns:Publish",
            "sqs:SendMessage",
        ],
    ),
    (
        "CallbackHandler",
        "callback-handler",
        &["dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
    ),
    (
        "ExecuteAction",
        "execute-action",
        &[
            "dynamodb:ConditionCheckItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "lambda:InvokeFunction",
        ],
    ),
    (
        "RelayOutbox",
        "relay-outbox",
        &[
            "dynamodb:DescribeStream",
            "dynamodb:GetItem",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "events:PutEvents",
            "lambda:InvokeFunction",
            "sqs:SendMessage",
            "states:DescribeExecution",
            "states:SendTaskSuccess",
            "states:StartExecution",
        ],
    ),
    ("OperatorDesk", "operator-desk", &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]),
];

const DOOR: &[&str] = &["dynamodb:GetItem", "dynamodb:PutItem", "states:StartExecution"];

fn template() -> Value {
    let text = std::fs::read_to_string(countersign_tests::repository("infra/template.yaml"));
    let template: Value = serde_yaml_ng::from_str(&text.expect("the template")).expect("YAML");
    template["Resources"].clone()
}

/// The value under any tags.
fn bare(value: &Value) -> &Value {
    match value {
        Value::Tagged(tagged) => bare(&tagged.value),
        other => other,
    }
}

/// All texts under a value, tags or not.
fn texts(value: &Value) -> Vec<String> {
    match bare(value) {
        Value::String(text) => vec![text.clone()],
        Value::Sequence(all) => all.iter().flat_map(texts).collect(),
        Value::Mapping(all) => all.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn actions(statements: &Value, found: &mut BTreeSet<String>) {
    match bare(statements) {
        Value::Mapping(statement) => {
            if let Some(action) = statement.get("Action") {
                found.extend(texts(action));
            }
            statement.values().for_each(|inner| actions(inner, found));
        }
        Value::Sequence(all) => all.iter().for_each(|inner| actions(inner, found)),
        _ => {}
    }
}

#[test]
fn the_environment_of_each_function_is_what_its_main_reads() {
    for (function, binary, _) in FUNCTIONS {
        let main = countersign_tests::repository(&format!("crates/{binary}/src/main.rs"));
        let code = std::fs::read_to_string(main).expect("the main");
        let read: BTreeSet<_> = code
            .split('"')
            .skip(1)
            .step_by(2)
            .filter(|text| text.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
            .map(str::to_owned)
            .collect();
        let variables = &template()[function]["Properties"]["Environment"]["Variables"];
        let given: BTreeSet<_> = variables
            .as_mapping()
            .expect("variables")
            .keys()
            .map(|name| name.as_str().expect("a name").to_owned())
            .collect();
        assert_eq!(given, read, "{function}");
    }
}

#[test]
fn the_permissions_of_each_role_are_what_its_function_calls() {
    for (function, _, expected) in FUNCTIONS {
        let policy = &template()[format!("{function}Policy")]["Properties"];
        let mut found = BTreeSet::new();
        actions(&policy["PolicyDocument"], &mut found);
        let logging = ["logs:CreateLogStream", "logs:PutLogEvents"];
        found.retain(|action| !logging.contains(&action.as_str()));
        let expected: BTreeSet<_> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{function}");
    }
}

#[test]
fn every_function_of_the_template_is_one_of_ours_with_its_own_role_and_code() {
    let resources = template();
    let mut roles = BTreeSet::new();
    let mut count = 0;
    for (name, resource) in resources.as_mapping().expect("resources") {
        if resource["Type"] != "AWS::Serverless::Function" {
            continue;
        }
        count += 1;
        let name = name.as_str().expect("a name");
        let (_, binary, _) = FUNCTIONS.iter().find(|(known, ..)| *known == name).expect(name);
        let properties = &resource["Properties"];
        let code = texts(&properties["CodeUri"]).join(" ");
        assert!(code.contains(&format!("/{binary}.zip")), "{name}: {code}");
        assert!(roles.insert(texts(&properties["Role"])), "{name} shares its role");
    }
    assert_eq!(count, FUNCTIONS.len());
}

#[test]
fn i07_i08_no_role_may_change_code_roles_or_workflows() {
    let resources = template();
    let mut found = BTreeSet::new();
    for (name, resource) in resources.as_mapping().expect("resources") {
        if name.as_str().is_some_and(|name| !name.ends_with("Key")) {
            actions(resource, &mut found);
        }
    }
    for forbidden in ["iam:", "lambda:Update", "states:Update", "dynamodb:Delete", "dynamodb:Scan"]
    {
        assert!(!found.iter().any(|action| action.starts_with(forbidden)), "{forbidden}");
    }
    assert!(!found.iter().any(|action| action.ends_with(":*") || action == "*"), "{found:?}");
}

/// The roles that a statement of a key's policy names.
fn principals(key: &str, sid: &str) -> Vec<String> {
    let resources = template();
    let statements = &resources[key]["Properties"]["KeyPolicy"]["Statement"];
    let statements = statements.as_sequence().expect("statements").iter();
    let named = statements.filter(|statement| statement["Sid"] == sid);
    let mut roles: Vec<_> = named.flat_map(|s| texts(&s["Principal"]["AWS"])).collect();
    roles.sort();
    roles
}

#[test]
fn neither_who_makes_links_nor_who_records_decisions_can_do_both() {
    assert_eq!(principals("LinkKey", "Make"), ["RequestApprovalRole.Arn"]);
    assert_eq!(principals("DecisionKey", "Make"), ["CallbackHandlerRole.Arn"]);
    assert_eq!(
        principals("LinkKey", "Verify"),
        ["CallbackHandlerRole.Arn", "ExecuteActionRole.Arn"]
    );
    assert_eq!(principals("DecisionKey", "Verify"), ["ExecuteActionRole.Arn"]);
    assert_eq!(principals("ActionKey", "Open"), ["ExecuteActionRole.Arn", "RiskClassifyRole.Arn"]);
}

#[test]
fn operators_sign_their_calls_and_hold_no_write_of_the_table() {
    let resources = template();
    let route = &resources["OperatorRoute"]["Properties"];
    assert_eq!(route["AuthorizationType"], "AWS_IAM");
    let caller = texts(&resources["OperatorCaller"]["Properties"]["SourceArn"]);
    assert!(caller[0].ends_with("/*/POST/operator"));
    let mut found = BTreeSet::new();
    actions(&resources["OperatorPolicy"]["Properties"]["PolicyDocument"], &mut found);
    let may = [
        "cloudformation:DescribeStacks",
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "events:DescribeRule",
        "execute-api:Invoke",
        "kms:Decrypt",
        "kms:DescribeKey",
        "lambda:GetFunctionConfiguration",
        "lambda:InvokeFunction",
        "ses:GetAccount",
        "ses:GetEmailIdentity",
        "states:DescribeStateMachine",
    ];
    assert!(found.iter().eq(may), "{found:?}");
    let statements = &resources["OperatorPolicy"]["Properties"]["PolicyDocument"]["Statement"];
    let statements = statements.as_sequence().expect("statements").iter();
    let invokes =
        |one: &&Value| texts(&one["Action"]).iter().any(|action| action == "lambda:InvokeFunction");
    let invoked: Vec<_> =
        statements.filter(invokes).flat_map(|one| texts(&one["Resource"])).collect();
    assert_eq!(invoked, ["RiskClassify.Arn"], "they ask the rules, and run no other function");
}

#[test]
fn who_reads_what_agents_send_does_not_choose_what_people_read() {
    assert_eq!(principals("DisplayKey", "Seal"), ["RiskClassifyRole.Arn"]);
    assert_eq!(principals("BeforeKey", "Seal"), ["ExecuteActionRole.Arn"]);
}

#[test]
fn l16_l20_the_access_log_has_the_route_and_never_the_path() {
    let stage = &template()["ApprovalStage"]["Properties"];
    let format = stage["AccessLogSettings"]["Format"].as_str().expect("a format");
    assert!(format.contains("$context.routeKey"), "{format}");
    for leak in ["$context.path", "rawPath", "querystring", "protocol", "$context.http"] {
        assert!(!format.contains(leak), "{format}");
    }
}

#[test]
fn l17_the_approvers_door_is_throttled_and_only_the_api_invokes_it() {
    let resources = template();
    let settings = &resources["ApprovalStage"]["Properties"]["DefaultRouteSettings"];
    assert!(settings["ThrottlingRateLimit"] != Value::Null);
    assert!(settings["ThrottlingBurstLimit"] != Value::Null);
    let caller = &resources["ApprovalCaller"]["Properties"];
    assert_eq!(caller["Principal"], "apigateway.amazonaws.com");
    assert!(texts(&caller["SourceArn"])[0].ends_with("/*/*/a/{token}"));
}

#[test]
fn only_the_rule_on_the_mail_services_own_events_invokes_request_approval_from_outside() {
    let resources = template();
    let permissions = resources.as_mapping().expect("resources").iter().filter(|(_, resource)| {
        let named = |name| texts(&resource["Properties"]["FunctionName"]) == [name];
        resource["Type"] == "AWS::Lambda::Permission" && named("RequestApproval")
    });
    let names: Vec<_> = permissions.map(|(name, _)| name.as_str().expect("a name")).collect();
    assert_eq!(names, ["MailReturnedCaller"]);
    let caller = &resources["MailReturnedCaller"]["Properties"];
    assert_eq!(caller["Principal"], "events.amazonaws.com");
    assert_eq!(texts(&caller["SourceArn"]), ["MailReturned.Arn"]);
    let rule = &resources["MailReturned"]["Properties"];
    assert_eq!(texts(&rule["EventPattern"]["source"]), ["aws.ses"]);
    assert!(rule.get("EventBusName").is_none(), "SES puts events on the default bus alone");
    let of = &rule["EventPattern"]["detail"]["mail"]["tags"]["ses:configuration-set"];
    assert_eq!(texts(of), ["MailSet"]);
}

#[test]
fn what_the_mail_service_says_is_put_aside_where_it_stays_unheard() {
    let resources = template();
    let rule = &resources["MailReturned"]["Properties"];
    assert_eq!(texts(&rule["Targets"][0]["DeadLetterConfig"]), ["DeadLetters.Arn"]);
    let again = &resources["MailReturnedAgain"];
    let of = &again["Properties"];
    assert_eq!(texts(&of["FunctionName"]), ["RequestApproval"]);
    assert_eq!(of["Qualifier"], "$LATEST", "the version that the rule invokes");
    assert_eq!(of["MaximumRetryAttempts"], 2, "the last comes after the ledger must have the mail");
    assert_eq!(texts(&of["DestinationConfig"]["OnFailure"]["Destination"]), ["DeadLetters.Arn"]);
    assert_eq!(again["DependsOn"], "RequestApprovalPolicy", "Lambda looks whether it may");
    let statements =
        &resources["RequestApprovalPolicy"]["Properties"]["PolicyDocument"]["Statement"];
    let statements = statements.as_sequence().expect("statements").iter();
    let queues = statements.filter(|one| texts(&one["Action"]).contains(&"sqs:SendMessage".into()));
    let queues: Vec<_> = queues.flat_map(|one| texts(&one["Resource"])).collect();
    assert_eq!(queues, ["DeadLetters.Arn"], "that queue and no other");
    let watched = texts(&resources["DeadLettersAlarm"]["Properties"]["Dimensions"]);
    assert!(watched.contains(&"DeadLetters.QueueName".into()), "{watched:?}");
}

#[test]
fn every_alarm_has_its_runbook_and_says_nothing_to_nobody_unless_told_to_whom() {
    let runbook = std::fs::read_to_string(countersign_tests::repository("docs/OPERATIONS.md"));
    let runbook = runbook.expect("the operations page");
    let resources = template();
    let alarms = resources.as_mapping().expect("resources").iter();
    let alarms: Vec<_> =
        alarms.filter(|(_, one)| one["Type"] == "AWS::CloudWatch::Alarm").collect();
    assert!(alarms.len() >= 9, "{}", alarms.len());
    for (name, alarm) in alarms {
        let name = name.as_str().expect("a name");
        assert!(runbook.contains(&format!("\n#### {name}\n")), "{name} has no runbook");
        let properties = &alarm["Properties"];
        let said = properties["AlarmDescription"].as_str().expect("a description");
        assert!(said.ends_with(&format!("docs/OPERATIONS.md, {name}")), "{said}");
        let to = texts(&properties["AlarmActions"]);
        assert_eq!(to, ["HasAlarmTopic", "AlarmTopicArn", "AWS::NoValue"], "{name}");
    }
}

#[test]
fn every_metric_that_is_watched_is_one_that_is_measured() {
    let took = jiff::SignedDuration::ZERO;
    let mut measured: BTreeSet<&str> = [
        Metric::RequestCreated,
        Metric::Decided(Verdict::Approve),
        Metric::TimeToDecision(took),
        Metric::Expired,
        Metric::Refused(Cause::PolicyRefuses),
        Metric::Cancelled(Cause::Frozen),
        Metric::Doubted,
        Metric::MailSent,
        Metric::MailFailed,
        Metric::MailReturned,
        Metric::Pending(0),
        Metric::OldestPending(took),
        Metric::Parked(0),
        Metric::ResumeFailed,
    ]
    .into_iter()
    .map(|metric| metric.sample().name)
    .collect();
    let resources = template();
    let text = texts(&resources["Dashboard"]["Properties"]["DashboardBody"]).join("");
    let board: serde_json::Value = serde_json::from_str(&text).expect("a dashboard");
    let widgets = board["widgets"].as_array().expect("widgets").iter();
    let rows = widgets.flat_map(|widget| widget["properties"]["metrics"].as_array().unwrap());
    // A row that begins with dots goes on with the metric of the one before.
    let rows = rows.filter(|row| row[0] != "...");
    let mut shown: BTreeSet<&str> = rows.filter_map(|row| row[1].as_str()).collect();
    shown.retain(|name| !["Errors", "ApproximateNumberOfMessagesVisible"].contains(name));
    assert_eq!(shown, measured, "what is measured is shown");
    let mut watched = BTreeSet::new();
    named(&resources, "MetricName", &mut watched);
    measured.extend(["Errors", "ApproximateNumberOfMessagesVisible"]);
    for name in watched {
        assert!(measured.contains(name.as_str()), "{name}");
    }
}

/// The texts of every field of that name.
fn named(value: &Value, field: &str, found: &mut BTreeSet<String>) {
    match bare(value) {
        Value::Mapping(all) => {
            found.extend(all.get(field).into_iter().flat_map(texts));
            all.values().for_each(|inner| named(inner, field, found));
        }
        Value::Sequence(all) => all.iter().for_each(|inner| named(inner, field, found)),
        _ => {}
    }
}
