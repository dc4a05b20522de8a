#!/usr/bin/env python3
"""Counts what a queue page, a search, a sweep with nothing due and the console's first screen read, however many requests
are pending, and how long Chromium takes to draw that screen.

Runs in the local stack, behind the proxy that sees every call:

    make scale                 1,000 and 100,000 pending requests
    COUNTS=500,5000 make scale

The real binaries are asked: `countersign list`, once for a page and once with a filter that nothing matches, and
relay-outbox as its schedule asks it. The screen is drawn by `countersign console`: once through the proxy, to be
counted, and then to be timed, with the same rows in a store whose indexes are indexes (see indexed.py). Items read are DynamoDB's own count (`ScannedCount`); a search also reads the
records of what the index does not rule out, never more than it read of the index. Ends with 1 where they grow with what
is pending, or where the requests take a second to appear.
"""

import copy
import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import first_screen
import indexed

EVENT = Path(__file__).parent.parent / "examples/customer-support/events/function-refund-480.json"
PAGE = 50
# What one search reads at most of the index.
MOST = 1000
SHARDS = 4
# What a sweep reads of each shard to say how much waits.
LOOK = 100
# What the first screen reads at most: a page of rows, and the counts of its tabs.
SCREEN = 2000
# The longest, in seconds, until the requests are on the screen.
SECONDS = 1.0


def main() -> int:
    """Fills the table, asks, prints, judges."""
    manifest = json.loads(Path(os.environ["COUNTERSIGN_STACKS"]).read_text())
    outputs = manifest["stacks"]["demo"]["outputs"]
    _rest(outputs)
    pattern = _pending(outputs)
    print(f"{'pending':>9}  {'page of ' + str(PAGE):>22}  {'search, no match':>22}  {'sweep, nothing due':>22}  {'first screen':>22}  {'drawn':>8}  {'requests':>8}")
    read, slowest, filled = [], 0.0, 1
    with indexed.store(outputs["TableName"]) as second:
        _fill(outputs["TableName"], pattern, 0, 1, second)
        for wanted in map(int, os.environ.get("COUNTS", "1000,100000").split(",")):
            for endpoint in (None, second):
                _fill(outputs["TableName"], pattern, filled, wanted, endpoint)
            filled = wanted
            page = _counted(lambda: _page(outputs))
            search = _counted(lambda: _search(outputs))
            sweep = _counted(lambda: _sweep(outputs))
            screen = _counted(lambda: first_screen.drawn(outputs, **_seen()))
            timed = [first_screen.drawn(outputs, AWS_ENDPOINT_URL_DYNAMODB=second) for _ in range(3)]
            drawn, shown = min(timed)
            print(f"{wanted:>9}  {_said(page):>22}  {_said(search):>22}  {_said(sweep):>22}  {_said(screen):>22}  {drawn:>6.2f} s  {shown:>6.2f} s")
            read.append((sum(page), sum(search), sum(sweep), sum(screen)))
            slowest = max(slowest, shown)
    # One more than the page in each shard, so that it can say whether there are more.
    bounded = all(page <= (PAGE + 1) * SHARDS and search <= MOST and sweep <= LOOK * SHARDS and screen <= SCREEN
                  for page, search, sweep, screen in read)
    constant = len({(page, sweep, screen) for page, _, sweep, screen in read}) == 1
    print("bounded, whatever is pending" if bounded and constant else f"NOT constant: {read}")
    print(f"the requests are on the screen {'within' if slowest < SECONDS else 'NOT within'} a second")
    return 0 if bounded and constant and slowest < SECONDS else 1


def _rest(outputs: dict[str, str]) -> None:
    """Stops what would work on the rows that are only here to be counted."""
    functions = boto3.client("lambda")
    for each in functions.list_event_source_mappings()["EventSourceMappings"]:
        functions.update_event_source_mapping(UUID=each["UUID"], Enabled=False)
    boto3.client("events").disable_rule(Name=outputs["SweepRuleName"])


def _pending(outputs: dict[str, str]) -> dict[str, Any]:
    """The row of a real request that waits, with nothing due for a day."""
    event = json.loads(EVENT.read_text())
    boto3.client("lambda").invoke(FunctionName=outputs["SubmitActionBedrockArn"], Payload=json.dumps(event))
    client = boto3.client("dynamodb")
    for _ in range(300):
        for row in client.scan(TableName=outputs["TableName"])["Items"]:
            quiet = row.get("wait") and row.get("notify_at", {}).get("S", "") > row.get("changed_at", {}).get("S", "~")
            if row["sk"]["S"] == "META" and row["status"]["S"] == "pending" and quiet:
                # What the stream would do, which rests.
                boto3.client("lambda").invoke(FunctionName=outputs["RelayOutboxArn"], Payload="{}")
                return row
        time.sleep(0.1)
    raise SystemExit("no request came to wait")


def _fill(table: str, pattern: dict[str, Any], have: int, wanted: int, endpoint: str | None) -> None:
    client = boto3.client("dynamodb", endpoint_url=endpoint)
    for first in range(have, wanted, 25):
        rows = [{"PutRequest": {"Item": _row(pattern, number)}} for number in range(first, min(first + 25, wanted))]
        client.batch_write_item(RequestItems={table: rows})
        if first // 10000 != (first - 25) // 10000:
            print(f"  {first} rows ...", file=sys.stderr, flush=True)


def _row(pattern: dict[str, Any], number: int) -> dict[str, Any]:
    row = copy.deepcopy(pattern)
    name = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    shard = str(hashlib.sha256(name.encode()).digest()[0] % SHARDS)
    row["pk"]["S"] = f"REQ#{name}"
    row["id"]["S"] = name
    row["by_status"]["S"] = f"pending#{shard}"
    row["queue_at"]["S"] = f"{row['decide_by']['S']}#{name}"
    row["due_shard"]["S"] = shard
    row["due_at"]["S"] = "2999-01-01T00:00:00.000Z"
    return row


def _page(outputs: dict[str, str]) -> None:
    done = _list(outputs, "--limit", str(PAGE))
    rows = done.stdout.splitlines()
    if len(rows) != PAGE:
        raise SystemExit(f"a page of {len(rows)} rows: {done.stderr}")


def _search(outputs: dict[str, str]) -> None:
    done = _list(outputs, "--agent", "NOBODY001")
    if done.stdout:
        raise SystemExit(f"something matched: {done.stdout}")


def _list(outputs: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    command = ["target/debug/countersign", "list", *more, "--table", outputs["TableName"]]
    return subprocess.run(command, env={**os.environ, **_seen()}, capture_output=True, text=True, check=True)


def _seen() -> dict[str, str]:
    """What sends a program's calls through the proxy, which tells callers apart by this name."""
    return {"AWS_LAMBDA_FUNCTION_NAME": "countersign", "AWS_ENDPOINT_URL": os.environ["COUNTERSIGN_PROXY"]}


def _sweep(outputs: dict[str, str]) -> None:
    answer = boto3.client("lambda").invoke(FunctionName=outputs["RelayOutboxArn"], Payload="{}")
    said = json.loads(answer["Payload"].read())
    if said["due"] != 0:
        raise SystemExit(f"something was due: {said}")


def _counted(do: Any) -> list[int]:
    """How many items each query read while this was done."""
    _control("PUT", b"null")
    do()
    calls = json.loads(_control("GET", None))["calls"]
    return [call["scanned"] for call in calls if call["action"] == "DynamoDB.Query"]


def _control(method: str, body: bytes | None) -> bytes:
    # Looks over all requests belong to no run.
    request = urllib.request.Request(f"{os.environ['COUNTERSIGN_FAULTS']}/runs/-", body, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def _said(read: list[int]) -> str:
    return f"{sum(read)} items, {len(read)} queries"


if __name__ == "__main__":
    sys.exit(main())
