"""AWS calls per path: the functions serve two asks of each kind, and the stub counts."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cloud
import functions
import host
from trust import Trust

Calls = dict[str, int]


@dataclass(frozen=True)
class Record:
    """A request at some point of its life, to begin a measurement with."""

    id: str
    items: cloud.Items


@dataclass
class Walked:
    """What was counted, and the records on the way."""

    # path → function → (calls of a process's first ask, calls of a further one)
    calls: dict[str, dict[str, tuple[Calls, Calls]]] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)


def refund(amount: str, session: str = "session-4711") -> bytes:
    """The example's ask for a refund, as Bedrock sends it."""
    event = json.loads((functions.EXAMPLE / "events" / "function-refund-80.json").read_text())
    event["sessionId"] = session
    next(each for each in event["parameters"] if each["name"] == "amount")["value"] = amount
    return json.dumps(event).encode()


def walk(binaries: Path, trust: Trust) -> Walked:
    """Walks every path twice with processes that are new at the first walk."""
    walked = Walked()
    for name, amount, status in (("allowed refund", "80.00", "executed"), ("refund that asks", "480.00", "pending")):
        with _stack(binaries, trust) as stack:
            first, further = (stack.ask(amount, f"session-{turn}", status) for turn in (1, 2))
            walked.calls[name] = {function: (first[function], further[function]) for function in first}
            # Of both, the first ones: those of the allowed ask.
            walked.records = stack.records | walked.records
    with _stack(binaries, trust) as stack:
        walked.calls["sweep, nothing due"] = {"relay-outbox": (stack.sweep(), stack.sweep())}
    return walked


@contextlib.contextmanager
def _stack(binaries: Path, trust: Trust) -> Iterator["_Stack"]:
    """All functions, new, over one cloud."""
    with contextlib.ExitStack() as started:
        stack = _Stack()
        for name in functions.NAMES:
            endpoint = started.enter_context(cloud.endpoint(stack.cloud, trust.server))
            environment = functions.environment(endpoint.url, trust.environment)
            command = [str(functions.bootstrap(binaries, name))]
            log = functions.TARGET / "logs" / f"path-{name}.log"
            function = started.enter_context(host.running(command, environment, log))
            function.ready()
            stack.endpoints[name], stack.functions[name] = endpoint, function
        yield stack


class _Stack:
    def __init__(self) -> None:
        self.endpoints: dict[str, cloud.Endpoint] = {}
        self.functions: dict[str, host.Function] = {}
        self.records: dict[str, Record] = {}
        self.cloud = cloud.Cloud()
        self.cloud.start_execution = self._workflow

    def ask(self, amount: str, session: str, status: str) -> dict[str, Calls]:
        """The calls of each function that one ask needed."""
        answer = self.functions["submit-action"].invoke(refund(amount, session))
        if f'\\"status\\":\\"{status}\\"' not in answer.decode():
            raise host.Failed(f"the ask should be {status}: {answer.decode()}")
        taken = {name: endpoint.take_calls() for name, endpoint in self.endpoints.items()}
        return {name: calls for name, calls in taken.items() if calls}

    def sweep(self) -> Calls:
        """The calls of one sweep."""
        self.functions["relay-outbox"].invoke(b"{}")
        return self.endpoints["relay-outbox"].take_calls()

    def _workflow(self, request: str) -> None:
        """The routes of statemachines/approval.asl.json as far as an ask goes before people answer."""
        self._keep("received", request)
        status = self._step("risk-classify", request)
        self._keep(status, request)
        if status == "allowed":
            self._keep(self._step("execute-action", request), request)
        elif status == "pending":
            self._step("request-approval", request, task_token="bench-" + "t" * 600)

    def _step(self, name: str, request: str, **more: str) -> str:
        answer: dict[str, Any] = json.loads(self.functions[name].invoke(
            json.dumps({"request_id": request, **more}).encode()
        ))
        return str(answer["status"])

    def _keep(self, status: str, request: str) -> None:
        self.records.setdefault(status, Record(request, dict(self.cloud.items)))
