"""The event bus, watched: a queue takes what Countersign publishes."""

import json
import time

import boto3

SETTLE_SECONDS = 30.0


class Bus:
    """Every event that was published since this was made."""

    def __init__(self) -> None:
        self._queues = boto3.client("sqs")
        self._queue = self._queues.create_queue(QueueName="countersign-demo-events")["QueueUrl"]
        where = self._queues.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        events = boto3.client("events")
        events.put_rule(Name="countersign-demo", EventPattern=json.dumps({"source": ["countersign"]}))
        arn = where["Attributes"]["QueueArn"]
        events.put_targets(Rule="countersign-demo", Targets=[{"Id": "queue", "Arn": arn}])
        self._seen: dict[tuple[str, str, int], str] = {}

    def counts(self, wanted: set[str]) -> dict[str, int]:
        """How many events of each type there were, once these types have come and nothing more does."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            if not self._take() and wanted <= set(self._seen.values()):
                break
            time.sleep(0.5)
        names = list(self._seen.values())
        return {name: names.count(name) for name in sorted(set(names))}

    def _take(self) -> bool:
        messages = self._queues.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            event = json.loads(message["Body"])
            detail = event["detail"]
            # At least once: the same one may come again.
            self._seen[(event["detail-type"], detail["request"], detail["seq"])] = event["detail-type"]
            self._queues.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return bool(messages)
