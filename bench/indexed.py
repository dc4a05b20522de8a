"""A second store for the console's table: one whose indexes are indexes, so that a screen can be timed over many rows.

MiniStack goes through all rows of a table for each query of an index. dynoxide keeps them in SQLite, under their keys.
It knows no IAM, so it stands in only where time is measured.
"""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

PROGRAM = Path(__file__).resolve().parents[1] / "target/local/dynoxide/bin/dynoxide"
# What describes a table and also creates one.
OF_A_TABLE = ("TableName", "KeySchema", "AttributeDefinitions")
OF_AN_INDEX = ("IndexName", "KeySchema", "Projection")


@contextlib.contextmanager
def store(table: str) -> Iterator[str]:
    """Its endpoint. The table is there, without rows, with the keys and indexes of the deployed one."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = subprocess.Popen([PROGRAM, "serve", "--port", str(port), "--log", "quiet"])
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _await(port)
        boto3.client("dynamodb", endpoint_url=endpoint).create_table(**_like(table))
        yield endpoint
    finally:
        running.terminate()
        running.wait(timeout=10)


def _like(table: str) -> dict[str, Any]:
    deployed = boto3.client("dynamodb").describe_table(TableName=table)["Table"]
    like = {name: deployed[name] for name in OF_A_TABLE}
    indexes = [{name: index[name] for name in OF_AN_INDEX} for index in deployed["GlobalSecondaryIndexes"]]
    return {**like, "GlobalSecondaryIndexes": indexes, "BillingMode": "PAY_PER_REQUEST"}


def _await(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the second store does not answer")
