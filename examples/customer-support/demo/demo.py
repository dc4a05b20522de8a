"""The worked example, told as it happens: a support agent asks, Countersign answers.

Runs inside `infra/local/stack.py run`, with an interpreter that has the AWS library:

    make demo AUTO=1      plays the story, checks every step and ends
    make demo             plays the story and keeps everything running to try for yourself
"""

import json
import os
import sys
from pathlib import Path

import boto3

EVENTS = Path(__file__).resolve().parent.parent / "events"
STACK = "demo"


class Story:
    """Asks in turn; whatever is not as told is remembered."""

    def __init__(self) -> None:
        manifest = json.loads(Path(os.environ["COUNTERSIGN_STACKS"]).read_text())
        self.stack = manifest["stacks"][STACK]
        self.door = boto3.client("lambda")
        self.wrong: list[str] = []

    def ask(self, event: str, says: str) -> dict:
        """Sends one of the sample events through the agents' door and prints what came back."""
        body = json.loads((EVENTS / f"{event}.json").read_text())
        print(f"\n  agent  {says}")
        reply = self.door.invoke(
            FunctionName=self.stack["outputs"]["SubmitActionBedrockArn"], Payload=json.dumps(body)
        )
        response = json.loads(reply["Payload"].read())["response"]
        text = response.get("functionResponse", response)["responseBody"]
        answer = json.loads(text.get("TEXT", text.get("application/json"))["body"])
        print(f"  door   {answer['status']}: {answer['message']}")
        for name in ("rules", "result", "reference", "decide_by"):
            if answer.get(name):
                print(f"         {name}: {json.dumps(answer[name]) if name != 'reference' else answer[name]}")
        return answer

    def check(self, what: str, holds: bool) -> None:
        """Says whether something holds."""
        print(f"  {'ok ' if holds else 'NOT'}    {what}")
        if not holds:
            self.wrong.append(what)

    def refunds(self) -> list[dict]:
        """What the billing backend has really recorded."""
        table = boto3.resource("dynamodb").Table(self.stack["backend"]["TableName"])
        return [item for item in table.scan()["Items"] if item["pk"].startswith("REFUND#")]


def tell(story: Story) -> None:
    """What is allowed runs, what is forbidden does not, what asks waits."""
    print("A support agent asks for things. Its only way to the billing system is Countersign's door.")

    order = story.ask("openapi-look-up-order", "Look up order A-1042.")
    story.check("reading is allowed and ran at once", order["status"] == "executed")

    small = story.ask("function-refund-80", "Refund 80.00 for order A-1042.")
    number = (small.get("result") or {}).get("number", "")
    story.check(f"a small refund is allowed and ran: {number}", small["status"] == "executed" and number != "")

    again = story.ask("function-refund-80", "Refund 80.00 for order A-1042. (the same event, sent twice)")
    story.check("the same ask is the same refund", (again.get("result") or {}).get("number") == number)

    huge = story.ask("function-refund-6000", "Refund 6,000.00.")
    story.check("a huge refund is refused, with the rule", huge["rules"] == ["refund-over-5000"])

    large = story.ask("function-refund-480", "Refund 480.00.")
    story.check("a large refund waits for a billing manager", large["status"] == "pending")
    story.check("the agent holds a reference to ask about", large["reference"].startswith("cs-"))

    account = story.ask("function-cancel-account", "Close the account.")
    story.check("closing an account waits for a support lead", account["status"] == "pending")

    print("\n  billing table")
    refunds = story.refunds()
    for refund in refunds:
        print(f"         {refund['number']}  {refund['amount']} {refund['currency']}  order {refund['order_id']}")
    story.check("it holds exactly the allowed refund, once", [item["number"] for item in refunds] == [number])


def main() -> int:
    """Tells the story, then ends or waits."""
    story = Story()
    tell(story)
    if story.wrong:
        print(f"\n{len(story.wrong)} step(s) went otherwise than told.")
        return 1
    print("\nEvery step went as told.")
    if os.environ.get("AUTO") == "1":
        return 0
    if not sys.stdin.isatty():
        print("No terminal to wait at, so everything is stopped.")
        return 0
    outputs = story.stack["outputs"]
    print(
        "\nEverything keeps running. In another terminal, look at a request by its reference:\n\n"
        + "".join(
            f"  export {name}={os.environ[name]}\n"
            for name in ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        )
        + f"  target/debug/countersign show REFERENCE --stack {STACK} --table {outputs['TableName']}\n"
        + "\nPress Enter or Ctrl-C to stop it all."
    )
    sys.stdin.readline()
    return 0


if __name__ == "__main__":
    sys.exit(main())
