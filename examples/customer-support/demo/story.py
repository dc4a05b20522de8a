"""The story's voice: asks through the agents' door, says what came back, remembers what is not as told."""

import json
import os
import time
from pathlib import Path

import boto3

EVENTS = Path(__file__).resolve().parent.parent / "events"
KINDS = {"REFUND": "refund", "CANCELLATION": "closing", "DISCLOSURE": "disclosure", "CHANGE": "change"}


class Story:
    """Asks in turn; whatever is not as told is remembered."""

    def __init__(self) -> None:
        self._manifest = json.loads(Path(os.environ["COUNTERSIGN_STACKS"]).read_text())
        self._functions = boto3.client("lambda")
        self.wrong: list[str] = []

    def stack(self, name: str) -> dict:
        """Where the parts of a stack are."""
        return self._manifest["stacks"][name]

    def site(self, stack: str = "demo") -> str:
        """Where approvers' links lead."""
        return self.stack(stack)["outputs"]["ApprovalUrl"]

    def ask(self, event: str, says: str, stack: str = "demo", **arguments: str) -> dict:
        """Sends one of the sample events, with some arguments changed, and prints what came back."""
        print(f"\n  agent     {says}")
        sent = json.loads((EVENTS / f"{event}.json").read_text())
        for parameter in sent.get("parameters", []):
            parameter["value"] = arguments.get(parameter["name"], parameter["value"])
        answer = self._send(sent, stack)
        print(f"  door      {answer['status']}: {answer['message']}")
        for name in ("rules", "result", "reference", "decide_by"):
            if answer.get(name):
                print(f"            {name}: {json.dumps(answer[name]) if name != 'reference' else answer[name]}")
        return answer

    def status(self, answer: dict, stack: str = "demo") -> dict:
        """What the agent is told when it asks how a request stands."""
        return self._about("action_status", answer, stack)

    def cancel(self, answer: dict, stack: str = "demo") -> dict:
        """What the agent is told when it takes a request back."""
        return self._about("cancel_action", answer, stack)

    def until(self, answer: dict, wanted: str, seconds: float, stack: str = "demo") -> dict:
        """Asks how the request stands until it stands as wanted, or time is up."""
        deadline = time.monotonic() + seconds
        seen = self.status(answer, stack)
        while seen["status"] != wanted and time.monotonic() < deadline:
            time.sleep(0.5)
            seen = self.status(answer, stack)
        result = f" {json.dumps(seen['result'])}" if seen.get("result") else ""
        print(f"  agent     asks how it stands: {seen['status']}{result}")
        return seen

    def check(self, what: str, holds: bool) -> None:
        """Says whether something holds."""
        print(f"  {'ok ' if holds else 'NOT'}       {what}")
        if not holds:
            self.wrong.append(what)

    def books(self, stack: str = "demo") -> list[dict]:
        """What the billing backend has really done."""
        table = boto3.resource("dynamodb").Table(self.stack(stack)["backend"]["TableName"])
        items = [item for item in table.scan()["Items"] if item["pk"].split("#")[0] in KINDS]
        return sorted(items, key=lambda item: item["number"])

    def print_books(self) -> list[str]:
        """Prints what was done; gives the numbers."""
        print("\n  billing table")
        for item in self.books():
            kind = KINDS[item["pk"].split("#")[0]]
            details = [f"{item['amount']} {item['currency']}"] if "amount" in item else []
            print(f"            {item['number']}  {kind} {' '.join([*details, item.get('order_id', item.get('account_id', ''))])}")
        return [item["number"] for item in self.books()]

    def _about(self, function: str, answer: dict, stack: str) -> dict:
        event = json.loads((EVENTS / "function-refund-80.json").read_text())
        event["function"] = function
        event["parameters"] = [{"name": "reference", "type": "string", "value": answer["reference"]}]
        return self._send(event, stack)

    def _send(self, event: dict, stack: str) -> dict:
        reply = self._functions.invoke(
            FunctionName=self.stack(stack)["outputs"]["SubmitActionBedrockArn"], Payload=json.dumps(event)
        )
        response = json.loads(reply["Payload"].read())["response"]
        text = response.get("functionResponse", response)["responseBody"]
        return json.loads(text.get("TEXT", text.get("application/json"))["body"])


def number_of(answer: dict) -> str:
    """The billing system's number for what was done; empty where nothing was."""
    return (answer.get("result") or {}).get("number", "")
