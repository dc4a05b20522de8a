"""The yardstick: a Lambda function in Python that does as little as can be for the same event.

`answer` refuses every ask and calls nobody. `look` reads one item per event with a client made once, and answers.
Neither loads a policy, checks an argument or writes a log line.
"""

import json
import os

import boto3

TABLE = os.environ["TABLE"]
DYNAMODB = boto3.client("dynamodb")


def answer(event: dict[str, object], _: object) -> dict[str, object]:
    """Refuses an ask in Bedrock's form."""
    body = json.dumps({"status": "invalid", "message": "Nothing was done."})
    response = {
        "actionGroup": event["actionGroup"],
        "function": event["function"],
        "functionResponse": {"responseBody": {"TEXT": {"body": body}}},
    }
    return {"messageVersion": "1.0", "response": response}


def look(event: dict[str, str], _: object) -> dict[str, str]:
    """Says where a request stands."""
    request = event["request_id"]
    key = {"pk": {"S": f"REQ#{request}"}, "sk": {"S": "META"}}
    item = DYNAMODB.get_item(TableName=TABLE, Key=key, ConsistentRead=True)["Item"]
    return {"request_id": request, "status": item["status"]["S"]}
