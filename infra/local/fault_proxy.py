"""A proxy between the functions and the emulators that makes one call fail, and tells what it saw.

    fault_proxy.py CONTROL_PORT LISTEN_PORT:UPSTREAM_PORT...

Requests pass as they came, the Host header included, so that signatures hold. Each call is counted for the run it
belongs to, which is told by what it names: a request id that nobody knows belongs to the run that asks at the moment,
and so does whatever is named beside it from then on. So many runs can be under way at once, and each meets only its
own fault. What names nothing belongs to whom its process serves; a look over all requests to `-`.

    PUT /runs/MARK    starts counting anew; with a fault as JSON, or null:
                      {"function": NAME, "action": "DynamoDB.PutItem", "nth": 1, "kind": KIND}
    POST /runs/MARK   this run asks
    GET /runs/MARK    {"calls": [...], "fired": true, "requests": [...], "mails": [...]}

A call is one operation of the SDK with all its attempts; one that queries says how many items were read. Kinds:

    before       not forwarded, the connection is cut; each attempt
    throttled    not forwarded, answered with the service's own error; each attempt
    lost         forwarded, the answer is dropped; the first attempt, so that the next finds its own effect
    silent       the same for each attempt, so that the function never learns of its effect
    kill-before  not forwarded, the function's process is killed
    kill-after   forwarded, answered by the service, then the process is killed
"""

import asyncio
import base64
import json
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from callers import Caller

SERVICES = {
    "AWSEvents": "EventBridge", "AWSStepFunctions": "StepFunctions", "DynamoDB_20120810": "DynamoDB",
    "TrentService": "KMS", "secretsmanager": "SecretsManager",
}
EACH_ATTEMPT = ("before", "throttled", "silent")
# What binds a call to a run: request ids, and the keys of the rows that lead to one.
NAMES = re.compile(r"\b(?:(?:REF|ASK)#[0-9a-f]{64}|[0-9a-f]{32})\b")
NOBODY = "-"
# An emulator as slow as this is a fault that nobody asked for.
SLOW_SECONDS = 2.0


@dataclass
class Message:
    """An HTTP request or answer, as it came."""

    start: str
    headers: dict[str, str]
    head: bytes
    body: bytes

    @property
    def closes(self) -> bool:
        """Whether the connection ends after it."""
        return not self.start.startswith("HTTP/1.1 ") or self.headers.get("connection", "").lower() == "close"


@dataclass
class Run:
    """What one run called, and the fault that waits for it."""

    fault: dict[str, Any] | None = None
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    mails: list[Any] = field(default_factory=list)


class Proxy:
    """All runs."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {NOBODY: Run()}
        self._asking = NOBODY
        self._marks: dict[str, str] = {}
        self._serving: dict[int, str] = {}

    async def relay(self, caller: Caller, request: Message, upstream: int) -> Message | None:
        """Passes a request on, unless a fault says otherwise. None cuts the connection."""
        action, text = _action(request), _text(request)
        run = self.runs[self._mark(caller.pid, text)]
        call = _counted(run, caller.function, action, request)
        kind = _meets(run.fault, call)
        if kind == "kill-before":
            caller.kill()
        if kind == "throttled":
            return _throttled(action)
        if kind in ("before", "kill-before"):
            return None
        call["forwarded"] += 1
        began = time.monotonic()
        answer = await _ask(upstream, request)
        took = time.monotonic() - began
        if took > SLOW_SECONDS and not action.startswith("Lambda."):
            print(f"{action} took {took:.1f} s", file=sys.stderr, flush=True)
        if action == "DynamoDB.Query" and answer.start.split(" ")[1] == "200":
            call["scanned"] = json.loads(answer.body).get("ScannedCount")
        if action == "SES.SendEmail" and answer.start.split(" ")[1] == "200":
            run.mails.append(_mail(json.loads(request.body)))
        if kind == "kill-after":
            caller.kill()
        return None if kind in ("lost", "silent", "kill-after") else answer

    def control(self, request: Message) -> object:
        """Answers a test."""
        method, path, _ = request.start.split(" ")
        mark = path.removeprefix("/runs/")
        if method == "PUT":
            before = self.runs.get(mark, Run())
            self.runs[mark] = Run(json.loads(request.body), mails=before.mails)
        if method == "POST":
            self._asking = mark
        run = self.runs[mark]
        requests = [name for name, of in self._marks.items() if of == mark and len(name) == 32]
        fired = any(call["fault"] for call in run.calls.values())
        return {"calls": list(run.calls.values()), "fired": fired, "requests": requests, "mails": run.mails}

    def _mark(self, pid: int, text: str) -> str:
        if '"IndexName"' in text:
            # A look over all requests is of no run.
            return NOBODY
        names = set(NAMES.findall(text))
        if not names:
            # A process serves one invocation at a time.
            return self._serving.get(pid, NOBODY)
        mark = next((self._marks[name] for name in names if name in self._marks), self._asking)
        self._serving[pid] = mark
        for name in names:
            self._marks.setdefault(name, mark)
        return mark


def main() -> None:
    """Listens until it is ended."""
    control, *pairs = sys.argv[1:]
    asyncio.run(_serve(int(control), [tuple(map(int, pair.split(":"))) for pair in pairs]))


async def _serve(control: int, pairs: list[tuple[int, ...]]) -> None:
    proxy = Proxy()

    async def told(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if request := await _read(reader):
            body = json.dumps(proxy.control(request)).encode()
            writer.write(_answer("200 OK", body).head + body)
        writer.close()

    def passing(upstream: int) -> Any:
        async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                caller = Caller.at(writer.get_extra_info("peername")[1], writer.get_extra_info("sockname")[1])
                while request := await _read(reader):
                    answer = await proxy.relay(caller, request, upstream)
                    if answer is None:
                        writer.transport.abort()
                        return
                    writer.write(answer.head + answer.body)
                    await writer.drain()
                    if answer.closes:
                        break
            except ConnectionError as error:
                # Mostly a process that was killed.
                print(f"a connection ended: {error}", file=sys.stderr, flush=True)
            writer.close()

        return passed

    servers = [await asyncio.start_server(told, "127.0.0.1", control)]
    for port, upstream in pairs:
        servers.append(await asyncio.start_server(passing(upstream), "127.0.0.1", port))
    await asyncio.gather(*(server.serve_forever() for server in servers))


async def _ask(port: int, request: Message) -> Message:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request.head + request.body)
        answer = await _read(reader)
        if answer is None:
            raise ConnectionResetError(f"no answer to {request.start}")
        return answer
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader) -> Message | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    start, *lines = head.decode("latin-1").rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = b""
    if "chunked" in headers.get("transfer-encoding", ""):
        size = b"-1"
        while int(size, 16) != 0:
            size = await reader.readline()
            body += size + await reader.readexactly(int(size, 16) + 2)
    elif "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    elif start.startswith("HTTP/"):
        body = await reader.read()
    return Message(start, headers, head, body)


def _action(request: Message) -> str:
    target = request.headers.get("x-amz-target")
    if target:
        service, _, action = target.partition(".")
        return f"{SERVICES.get(service, service)}.{action}"
    path = request.start.split(" ")[1]
    if path.endswith("/invocations"):
        return "Lambda.Invoke"
    if path.endswith("/outbound-emails"):
        return "SES.SendEmail"
    form = re.search(rb"(?:^|&)Action=(\w+)", request.body)
    return f"SNS.{form[1].decode()}" if form else path


def _text(request: Message) -> str:
    """What a call says, with what KMS is to authenticate made readable."""
    text = request.body.decode("latin-1")
    if request.headers.get("x-amz-target", "").startswith("TrentService."):
        text += base64.b64decode(json.loads(text).get("Message", "")).decode("latin-1")
    return text


def _mail(body: dict[str, Any]) -> dict[str, str]:
    to = body["Destination"]["ToAddresses"][0]
    return {"to": to, "text": body["Content"]["Simple"]["Body"]["Text"]["Data"]}


def _counted(run: Run, function: str, action: str, request: Message) -> dict[str, Any]:
    # The SDK sends the same invocation id with each attempt of a call.
    key = request.headers.get("amz-sdk-invocation-id", f"{len(run.calls)}")
    if key not in run.calls:
        same = [call for call in run.calls.values() if (call["function"], call["action"]) == (function, action)]
        most = re.search(r"max=(\d+)", request.headers.get("amz-sdk-request", ""))
        run.calls[key] = {
            "function": function, "action": action, "nth": len(same) + 1,
            "attempts": int(most[1]) if most else 1, "forwarded": 0, "fault": None,
        }
    return run.calls[key]


def _meets(fault: dict[str, Any] | None, call: dict[str, Any]) -> str | None:
    if fault is None or any(call[name] != fault[name] for name in ("function", "action", "nth")):
        return None
    kind = str(fault["kind"])
    if call["fault"] and kind not in EACH_ATTEMPT:
        return None
    call["fault"] = kind
    return kind


def _throttled(action: str) -> Message:
    service = action.partition(".")[0]
    if service in ("Lambda", "SES"):
        body = json.dumps({"message": "Rate exceeded", "Type": "User"}).encode()
        return _answer("429 Too Many Requests", body, "x-amzn-errortype: TooManyRequestsException\r\n")
    if service == "SNS":
        error = "<Error><Type>Sender</Type><Code>Throttled</Code><Message>Rate exceeded</Message></Error>"
        body = f"<ErrorResponse>{error}<RequestId>fault</RequestId></ErrorResponse>".encode()
        return _answer("429 Too Many Requests", body)
    name = "ProvisionedThroughputExceededException" if service == "DynamoDB" else "ThrottlingException"
    return _answer("400 Bad Request", json.dumps({"__type": name, "message": "Rate exceeded"}).encode())


def _answer(status: str, body: bytes, more: str = "") -> Message:
    head = f"HTTP/1.1 {status}\r\n{more}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return Message(f"HTTP/1.1 {status}", {}, head.encode(), body)


if __name__ == "__main__":
    main()
