"""Deploys stacks to the running emulators, the way they are deployed to AWS: through CloudFormation.

    deploy.py < order.json > outputs.json

Runs with the ministack environment's interpreter, for its AWS library; stack.py writes the order.
"""

import concurrent.futures
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

BUCKET = "countersign-code"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
DEPLOY_SECONDS = 120.0
MAIL_FROM = "approvals@countersign.example"
RESOURCE = re.compile(r"^  \w+:\n    Type: .*\n(?:    .*\n)*", re.MULTILINE)
UNKNOWN_TYPE = "    Type: AWS::Logs::QueryDefinition\n"
METRIC_MATH = "      Metrics:\n"
LEADING_KEY_IS_SET = re.compile(r'^ *"Null": \{dynamodb:LeadingKeys: "false"\}\n', re.MULTILINE)


class Failed(Exception):
    """A deployment that did not succeed, with the service's reason."""


def main() -> int:
    """Reads the order, deploys, writes what came of it."""
    order = json.load(sys.stdin)
    try:
        clients = _clients(order)
        _upload(clients["s3"], order)
        # The real outer wall, so that a role which could not live inside it is found here.
        wall = Path(order["boundary_template"]).read_text()
        _verify_mail(clients["sesv2"])
        order["boundary"] = _create(clients, "countersign-boundary", wall, {})
        with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
            stacks = list(pool.map(lambda stack: _deploy(clients, order, stack), order["stacks"]))
    except (BotoCoreError, ClientError, Failed) as failure:
        print(failure, file=sys.stderr)
        return 1
    json.dump(dict(zip([stack["name"] for stack in order["stacks"]], stacks, strict=True)), sys.stdout)
    return 0


def _clients(order: dict[str, Any]) -> dict[str, Any]:
    def client(service: str, endpoint: str) -> Any:
        return boto3.client(
            service, endpoint_url=endpoint, region_name=order["region"],
            aws_access_key_id=order["access_key_id"], aws_secret_access_key=order["secret_access_key"],
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    return {
        "s3": client("s3", order["endpoint"]),
        "cloudformation": client("cloudformation", order["endpoint"]),
        "iam": client("iam", order["endpoint"]),
        "lambda": client("lambda", order["endpoint"]),
        "sesv2": client("sesv2", order["endpoint"]),
        "stepfunctions": client("stepfunctions", order["endpoint"]),
        "workflows": client("stepfunctions", order["sfn_endpoint"]),
    }


def _upload(s3: Any, order: dict[str, Any]) -> None:
    s3.create_bucket(Bucket=BUCKET)
    for key, path in order["objects"].items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=Path(path).read_bytes())


def _deploy(clients: dict[str, Any], order: dict[str, Any], stack: dict[str, Any]) -> dict[str, Any]:
    name = stack["name"]
    code = {"CodeBucket": BUCKET, "CodePrefix": stack["code_prefix"], "Architecture": order["architecture"]}
    backend = _create(
        clients, f"{name}-backend", Path(order["backend_template"]).read_text(),
        {**code, "CountersignStack": name},
    )
    defaults = {
        **code, **order["boundary"], "DeletionProtection": "false", "TargetFunctionArns": backend["BillingFunctionArn"],
        "MailFrom": MAIL_FROM,
        "MailIdentityArn": f"arn:aws:ses:{order['region']}:{order['account']}:identity/{MAIL_FROM}",
    }
    parameters = {**defaults, **stack["parameters"]}
    template = _without_unknown(_without_leading_keys_set(Path(order["template"]).read_text()))
    outputs = _create(clients, name, template, parameters)
    _copy_workflow(clients, outputs["StateMachineArn"])
    _bind_roles(clients, name, parameters["PermissionsBoundaryArn"])
    relayed = ["states:SendTaskSuccess", "states:SendTaskFailure", "events:PutEvents"]
    _loosen(clients["iam"], outputs["RelayOutboxRoleArn"], relayed)
    _loosen(clients["iam"], outputs["RequestApprovalRoleArn"], ["ses:SendEmail", "sns:Publish"])
    outputs.update(_hire_operator(clients["iam"], name, outputs["OperatorPolicyArn"]))
    outputs["ApprovalUrl"] = _publish_address(clients["lambda"], order, parameters, outputs)
    return {"outputs": outputs, "backend": backend, "code": {"bucket": BUCKET, "prefix": stack["code_prefix"]}}


def _hire_operator(iam: Any, stack: str, policy: str) -> dict[str, str]:
    """Makes somebody who may do what the stack's policy for operators says and nothing else; gives their keys."""
    name = f"operator-{stack}"
    arn = iam.create_user(UserName=name)["User"]["Arn"]
    iam.attach_user_policy(UserName=name, PolicyArn=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {
        "OperatorArn": arn, "OperatorAccessKeyId": key["AccessKeyId"], "OperatorSecretAccessKey": key["SecretAccessKey"],
    }


def _verify_mail(sesv2: Any) -> None:
    """Lets the example's sender send, and to anybody: the emulator has a sandbox as AWS does."""
    sesv2.create_email_identity(EmailIdentity=MAIL_FROM)
    sesv2.put_account_details(
        MailType="TRANSACTIONAL", WebsiteURL="https://example.com", ProductionAccessEnabled=True,
        UseCaseDescription="the worked example",
    )


def _publish_address(
    functions: Any, order: dict[str, Any], parameters: dict[str, str], outputs: dict[str, str]
) -> str:
    """Tells request-approval where this machine serves the API: its name under AWS leads nowhere here."""
    if parameters.get("PublicBaseUrl"):
        return parameters["PublicBaseUrl"]
    port = order["endpoint"].rsplit(":", 1)[1]
    address = f"http://{outputs['ApprovalApiId']}.execute-api.localhost:{port}"
    name = outputs["RequestApprovalName"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": {**variables, "PUBLIC_URL": address}}
    )
    return address


def _create(clients: dict[str, Any], name: str, template: str, parameters: dict[str, str]) -> dict[str, str]:
    # Over S3, as `aws cloudformation deploy --s3-bucket` does: a template in the call itself has 51,200 bytes at most.
    key = f"templates/{name}.yaml"
    clients["s3"].put_object(Bucket=BUCKET, Key=key, Body=template.encode())
    cloudformation = clients["cloudformation"]
    cloudformation.create_stack(
        StackName=name, TemplateURL=f"https://s3.amazonaws.com/{BUCKET}/{key}", Capabilities=CAPABILITIES,
        OnFailure="DO_NOTHING",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    deadline = time.monotonic() + DEPLOY_SECONDS
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
        if stack["StackStatus"] != "CREATE_IN_PROGRESS":
            raise Failed(f"stack {name}: {stack['StackStatus']}\n{_reasons(cloudformation, name)}")
        time.sleep(0.1)
    raise Failed(f"stack {name} was not created within {DEPLOY_SECONDS:.0f} s")


def _reasons(cloudformation: Any, name: str) -> str:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return "\n".join(f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '?')}" for event in failed)


def _without_leading_keys_set(template: str) -> str:
    """Drops the condition that `dynamodb:LeadingKeys` is set: MiniStack never sets it and would refuse every call.

    For the emulator only. What the key's values have to be stays in the template, and holds there without the key.
    """
    kept, dropped = LEADING_KEY_IS_SET.subn("", template)
    wanted = kept.count("dynamodb:LeadingKeys:")
    if dropped == 0 or dropped != wanted:
        raise Failed(f"the template demands dynamodb:LeadingKeys {dropped} times and limits it {wanted} times")
    return kept


def _without_unknown(template: str) -> str:
    """Drops what MiniStack's CloudFormation does not know: saved searches, and alarms over more than one metric."""
    def kept(found: re.Match[str]) -> str:
        return "" if UNKNOWN_TYPE in found[0] or METRIC_MATH in found[0] else found[0]

    return RESOURCE.sub(kept, template)


def _copy_workflow(clients: dict[str, Any], arn: str) -> None:
    """Makes the state machine that CloudFormation resolved known, under the same ARN, to the server that runs it."""
    resolved = clients["stepfunctions"].describe_state_machine(stateMachineArn=arn)
    copy = clients["workflows"].create_state_machine(
        name=resolved["name"], definition=resolved["definition"], roleArn=resolved["roleArn"], type="STANDARD"
    )
    if copy["stateMachineArn"] != arn:
        raise Failed(f"the emulators disagree about the workflow's ARN: {arn} and {copy['stateMachineArn']}")


def _bind_roles(clients: dict[str, Any], stack: str, boundary: str) -> None:
    """Sets the boundary that the template gives its roles: MiniStack's CloudFormation passes over that property."""
    resources = clients["cloudformation"].describe_stack_resources(StackName=stack)["StackResources"]
    for role in (each["PhysicalResourceId"] for each in resources if each["ResourceType"] == "AWS::IAM::Role"):
        if boundary:
            clients["iam"].put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)


def _loosen(iam: Any, role_arn: str, actions: list[str]) -> None:
    """Allows a role, for the emulator only, what MiniStack checks against the resource `*` or without the condition's
    key, and AWS against what the template names: without this a test could not see the one role allowed where the
    others are refused.
    """
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    iam.put_role_policy(
        RoleName=role_arn.rsplit("/", 1)[-1], PolicyName="emulator-only",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


if __name__ == "__main__":
    sys.exit(main())
