"""A stub of the AWS services that the functions call. It stores items, answers, and counts.

It evaluates no condition, policy or signature: everything is granted, as in a run where nothing goes wrong. That is
enough to count calls and to measure functions, and for nothing else; the local stack tests what is refused.
"""

import base64
import collections
import contextlib
import copy
import http.server
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

Items = dict[tuple[str, str], dict[str, Any]]

# Any 32 bytes do.
SECRET = base64.b64encode(b"\x07" * 32).decode()
REFUND = {"refund": "R-1", "status": "recorded"}


class Cloud:
    """The state behind the endpoints."""

    def __init__(self, items: Items | None = None) -> None:
        self._first: Items = items or {}
        self.start_execution: Callable[[str], None] = lambda _: None
        self.reset()

    def reset(self) -> None:
        """Holds what it held at first, so that the same event is answered the same way."""
        self.items: Items = copy.deepcopy(self._first)

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What the service answers."""
        match operation:
            case "dynamodb.GetItem":
                item = self.items.get(_key(asked["Key"]))
                return {"Item": item} if item else {}
            case "dynamodb.TransactWriteItems":
                puts = [step["Put"]["Item"] for step in asked["TransactItems"] if "Put" in step]
                self.items.update({_key(item): item for item in puts})
                return {}
            case "dynamodb.Query":
                found = self._query(asked)
                return {"Items": found, "Count": len(found), "ScannedCount": len(found)}
            case "kms.Encrypt":
                # It measures, it keeps no secrets: what is wrapped is what was given.
                return {"KeyId": asked["KeyId"], "CiphertextBlob": asked["Plaintext"]}
            case "kms.Decrypt":
                return {"KeyId": asked["KeyId"], "Plaintext": asked["CiphertextBlob"]}
            case "kms.GenerateMac":
                return {"KeyId": asked["KeyId"], "Mac": SECRET, "MacAlgorithm": "HMAC_SHA_256"}
            case "states.StartExecution":
                # The workflow runs to its end or to its wait before the door is told that it started.
                self.start_execution(asked["name"])
                return {"executionArn": f"{asked['stateMachineArn']}:{asked['name']}", "startDate": time.time()}
            case "lambda.Invoke":
                return REFUND
            case "events.PutEvents":
                return {"FailedEntryCount": 0, "Entries": [{"EventId": "bench"} for _ in asked["Entries"]]}
            case "ses.SendEmail":
                return {"MessageId": "bench"}
        raise NotImplementedError(operation)

    def _query(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        if asked.get("IndexName") == "due":
            return []
        values = asked["ExpressionAttributeValues"]
        pk, prefix = values[":pk"]["S"], values[":prefix"]["S"]
        return [item for (at, sk), item in self.items.items() if at == pk and sk.startswith(prefix)]


class Endpoint(http.server.ThreadingHTTPServer):
    """Where one function finds the cloud, so that its calls are its own."""

    daemon_threads = True

    def __init__(self, cloud: Cloud, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.cloud = cloud
        self.context = context
        self.calls: collections.Counter[str] = collections.Counter()
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.server_port}"

    def take_calls(self) -> dict[str, int]:
        """The calls since this was last asked."""
        taken = dict(sorted(self.calls.items()))
        self.calls.clear()
        return taken

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections end when processes are ended."""


@contextlib.contextmanager
def endpoint(cloud: Cloud, context: ssl.SSLContext | None) -> Iterator[Endpoint]:
    """An endpoint that is closed afterwards."""
    server = Endpoint(cloud, context)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Endpoint
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one segment an answer

    def setup(self) -> None:
        # Here and not on the listening socket: a handshake must hold up nobody else.
        if self.server.context:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = _operation(self.headers.get("X-Amz-Target"), self.path)
        self.server.calls[operation] += 1
        answer = json.dumps(self.server.cloud.answer(operation, json.loads(body))).encode()
        self.send_response_only(200)
        self.send_header("Content-Type", self.headers.get("Content-Type", "application/json"))
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _operation(target: str | None, path: str) -> str:
    """`service.Operation`, from the header of the JSON protocols or the path of Lambda's."""
    if target:
        service, operation = target.split(".")
        names = {"DynamoDB_20120810": "dynamodb", "TrentService": "kms", "AWSStepFunctions": "states", "AWSEvents": "events"}
        return f"{names.get(service, service)}.{operation}"
    if path == "/v2/email/outbound-emails":
        return "ses.SendEmail"
    return "lambda.Invoke" if path.endswith("/invocations") else path


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]
