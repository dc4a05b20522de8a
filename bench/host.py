"""Plays the Lambda service to one process: its Runtime API on loopback, its start, its clock."""

import contextlib
import http.server
import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

REGION = "us-east-1"
ACCOUNT = "000000000000"
DEADLINE_MS = 30_000
ANSWER_SECONDS = 30.0
CORES = sorted(os.sched_getaffinity(0))
NEXT = "/2018-06-01/runtime/invocation/next"


class Failed(Exception):
    """A measurement that cannot be made, and why."""


@dataclass(frozen=True)
class Mark:
    """A moment of a process: nanoseconds since its start, on the wall and of processor time."""

    wall: int
    cpu: int


class Function:
    """One process that serves invocations."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self._api = _RuntimeApi()
        self._log = log
        environment = {
            **environment,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._api.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": log.stem,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        }
        threading.Thread(target=self._api.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            with log.open("wb") as output, _on_its_own_core():
                self._started = time.perf_counter_ns()
                self._process = subprocess.Popen(
                    command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
                )
        except OSError as error:
            self._api.server_close()
            raise Failed(f"{log.stem} does not start: {error.strerror}; was it built for this machine?") from error
        # The processor time of another process, all threads included, in nanoseconds: Linux makes the clock's number
        # from the process id like this, in clock_getcpuclockid(3).
        self._cpu_clock = (~self._process.pid << 3) | 2

    def ready(self) -> Mark:
        """Waits until it asks for an event."""
        return self._mark(self._heard(self._api.idle)[0])

    def answer(self, event: bytes) -> tuple[Mark, bytes]:
        """Gives it an event and waits for the answer. It must be ready."""
        self._api.events.put(event)
        at, body = self._heard(self._api.answers)
        return self._mark(at), body

    def invoke(self, event: bytes) -> bytes:
        """Serves one event, until it asks for the next."""
        _, body = self.answer(event)
        self.ready()
        return body

    def since_start(self) -> int:
        """Nanoseconds since it was started."""
        return time.perf_counter_ns() - self._started

    def cpu(self) -> int:
        """The processor time it has used, in nanoseconds."""
        return time.clock_gettime_ns(self._cpu_clock)

    def resident(self) -> int:
        """The memory it holds, in bytes."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))

    def stop(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()
        self._api.events.put(None)
        self._api.shutdown()
        self._api.server_close()

    def _mark(self, at: int) -> Mark:
        return Mark(at - self._started, self.cpu())

    def _heard(self, what: "queue.Queue[tuple[int, bytes]]") -> tuple[int, bytes]:
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline and not self._api.failure and self._process.poll() is None:
            with contextlib.suppress(queue.Empty):
                return what.get(timeout=0.2)
        why = self._api.failure or "it stopped or does not answer"
        tail = self._log.read_text(errors="replace")[-1500:]
        raise Failed(f"{self._log.stem}: {why}\n{tail}".rstrip())


@contextlib.contextmanager
def running(*given: object) -> Iterator[Function]:
    """A function that is ended afterwards, whatever happens."""
    function = Function(*given)  # type: ignore[arg-type]
    try:
        yield function
    finally:
        function.stop()


@contextlib.contextmanager
def _on_its_own_core() -> Iterator[None]:
    # What is started within inherits this; this thread goes back.
    os.sched_setaffinity(0, {CORES[-1]})
    try:
        yield
    finally:
        stay_off_its_core()


def stay_off_its_core() -> None:
    """Keeps this program off the last core, where the functions run. Call it before any thread is started."""
    os.sched_setaffinity(0, set(CORES[:-1]) or set(CORES))


class _RuntimeApi(http.server.ThreadingHTTPServer):
    """Hands out events one at a time and notes when what arrived."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.idle: queue.Queue[tuple[int, bytes]] = queue.Queue()
        self.events: queue.Queue[bytes | None] = queue.Queue()
        self.answers: queue.Queue[tuple[int, bytes]] = queue.Queue()
        self.failure = ""

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections end when processes are ended."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _RuntimeApi
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one segment an answer

    def parse_request(self) -> bool:
        self.arrived = time.perf_counter_ns()
        return super().parse_request()

    def do_GET(self) -> None:
        if self.path != NEXT:
            self.send_error(404)
            return
        self.server.idle.put((self.arrived, b""))
        event = self.server.events.get()
        if event is None:
            self.close_connection = True
            return
        self._reply(200, event, {
            "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + DEADLINE_MS),
            "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:bench",
            "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
        })

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/response"):
            self.server.answers.put((self.arrived, body))
        else:
            self.server.failure = json.loads(body).get("errorMessage", "an error without a message")
        self._reply(202, b"{}", {})

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nothing."""
