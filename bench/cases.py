"""What is measured: which process, started how often, with which event."""

import contextlib
import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cloud
import functions
import host
import python_peer
from paths import Record, refund
from trust import Trust

BLOCKS = 4


@dataclass
class Case:
    """A process with one event that it answers the same way every time."""

    process: str
    event_name: str
    event: bytes
    expected: str  # part of the right answer: an error must not pass as a fast answer
    items: cloud.Items
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    # Samples in nanoseconds; memory in bytes.
    next_wall: list[int] = field(default_factory=list)
    next_cpu: list[int] = field(default_factory=list)
    answer_wall: list[int] = field(default_factory=list)
    answer_cpu: list[int] = field(default_factory=list)
    warm_cpu: list[int] = field(default_factory=list)
    warm_wall: list[int] = field(default_factory=list)
    resident: int = 0
    calls: dict[str, float] = field(default_factory=dict)

    def result(self) -> dict[str, Any]:
        """The figures, in milliseconds and bytes."""
        samples = {"spawn_to_next": self.next_wall, "cpu_to_next": self.next_cpu, "spawn_to_answer": self.answer_wall,
                   "cpu_to_answer": self.answer_cpu, "warm_cpu": self.warm_cpu, "warm_wall": self.warm_wall}
        return {
            "process": self.process, "event": self.event_name, "cold_starts": len(self.next_wall),
            "warm_events": len(self.warm_cpu), "aws_calls_per_event": self.calls, "resident_bytes": self.resident,
            **{f"{name}_ms": _figures(values) for name, values in samples.items()},
        }


def all_of(binaries: Path, records: dict[str, Record], *, peer: bool) -> list[Case]:
    """The cases, from the records that the walked paths left."""
    cases = [
        _asked(binaries, "submit-action", "an invalid argument", refund("eighty"), "invalid", {}),
        _asked(binaries, "submit-action", "a refund, not waited for", refund("80.00"), "received", {"WAIT_SECONDS": "0"}),
        _step(binaries, "risk-classify", "assessed before", records["executed"], "executed"),
        _step(binaries, "risk-classify", "an assessment", records["received"], "allowed"),
        _step(binaries, "request-approval", "three people asked", records["pending"], "pending", task_token="t" * 600),
        _step(binaries, "execute-action", "executed before", records["executed"], "executed"),
        _step(binaries, "execute-action", "an execution", records["allowed"], "executed"),
        Case("relay-outbox", "nothing due", b"{}", '"due":0', {}, [str(functions.bootstrap(binaries, "relay-outbox"))]),
    ]
    if peer:
        there = python_peer.environment()
        stored = records["executed"]
        cases += [
            Case("python", "an invalid argument", refund("eighty"), "invalid", {}, python_peer.command("answer"), there),
            Case("python", "assessed before", _event(stored), "executed", stored.items, python_peer.command("look"), there),
        ]
    return cases


def measure(cases: list[Case], trust: Trust, cold: int, warm: int) -> None:
    """Fills the cases in: cold starts in turn, then warm events in turn, so that noise meets all alike."""
    for _ in range(cold):
        for case in cases:
            with _process(case, trust) as (function, _endpoint):
                _start(case, function)
    with contextlib.ExitStack() as started:
        processes = [started.enter_context(_process(case, trust)) for case in cases]
        for case, (function, endpoint) in zip(cases, processes, strict=True):
            function.ready()
            # The first event opens connections; it is counted among the cold ones.
            function.invoke(case.event)
            endpoint.take_calls()
        for _ in range(BLOCKS):
            for case, (function, endpoint) in zip(cases, processes, strict=True):
                _serve(case, function, endpoint.cloud, warm // BLOCKS)
        for case, (function, endpoint) in zip(cases, processes, strict=True):
            case.resident = function.resident()
            case.calls = {name: count / len(case.warm_cpu) for name, count in endpoint.take_calls().items()}


def _start(case: Case, function: host.Function) -> None:
    ready = function.ready()
    answered, body = function.answer(case.event)
    _check(case, body)
    case.next_wall.append(ready.wall)
    case.next_cpu.append(ready.cpu)
    case.answer_wall.append(answered.wall)
    case.answer_cpu.append(answered.cpu)


def _serve(case: Case, function: host.Function, stored: cloud.Cloud, events: int) -> None:
    before = function.cpu()
    for _ in range(events):
        stored.reset()
        sent = function.since_start()
        answered, body = function.answer(case.event)
        _check(case, body)
        ready = function.ready()
        case.warm_wall.append(answered.wall - sent)
        case.warm_cpu.append(ready.cpu - before)
        before = ready.cpu


def _check(case: Case, body: bytes) -> None:
    if case.expected not in body.decode():
        raise host.Failed(f"{case.process}, {case.event_name}: a wrong answer: {body.decode()}")


@contextlib.contextmanager
def _process(case: Case, trust: Trust) -> Iterator[tuple[host.Function, cloud.Endpoint]]:
    with cloud.endpoint(cloud.Cloud(case.items), trust.server) as endpoint:
        environment = {**functions.environment(endpoint.url, trust.environment), **case.environment}
        log = functions.TARGET / "logs" / f"{case.process}.log"
        with host.running(case.command, environment, log) as function:
            yield function, endpoint


def _asked(binaries: Path, name: str, what: str, event: bytes, status: str, more: dict[str, str]) -> Case:
    # The answer is text within JSON.
    expected = f'\\"status\\":\\"{status}\\"'
    return Case(name, what, event, expected, {}, [str(functions.bootstrap(binaries, name))], more)


def _step(binaries: Path, name: str, what: str, record: Record, status: str, **more: str) -> Case:
    expected = f'"status":"{status}"'
    command = [str(functions.bootstrap(binaries, name))]
    return Case(name, what, _event(record, **more), expected, record.items, command)


def _event(record: Record, **more: str) -> bytes:
    return json.dumps({"request_id": record.id, **more}).encode()


def _figures(nanoseconds: list[int]) -> dict[str, float]:
    each = {"median": statistics.median(nanoseconds), "mean": statistics.mean(nanoseconds), "min": min(nanoseconds)}
    return {name: round(value / 1e6, 4) for name, value in each.items()}
