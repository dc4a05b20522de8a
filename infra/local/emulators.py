"""The two emulators: MiniStack for everything but Step Functions, moto for Step Functions.

Both listen on loopback only. MiniStack checks every call against IAM and key policies; moto's tasks call its
functions with the root key. Functions are MiniStack's child processes and inherit its environment, which is how
they find both endpoints: the servers, or a proxy before them that makes calls fail.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import venvs
from progress import GaveUp, Step, fail, say

# moto signs what its tasks call with exactly these, so they are the root key of the other one.
ACCESS_KEY_ID = "ak"
SECRET_ACCESS_KEY = "sk"
ACCOUNT = "000000000000"
REGION = "us-east-1"
LEASH = Path(__file__).with_name("leash.py")
FAULT_PROXY = Path(__file__).with_name("fault_proxy.py")
START_SECONDS = 60.0
TAIL_LINES = 40


class Emulators:
    """Both servers, from start to stop."""

    def __init__(self, run: Path, logs: Path, faults: bool = False) -> None:
        self.endpoint = ""
        self.sfn_endpoint = ""
        # Where faults are told to the proxy; empty without one.
        self.faults = ""
        self.proxy = ""
        self._wants_faults = faults
        self._run = run
        self._logs = logs
        self._leashes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Starts both and waits until they answer."""
        # Installed before the clock runs.
        ministack = str(venvs.tool("ministack", "ministack"))
        moto = str(venvs.tool("moto", "moto_server"))
        with Step("starting the emulators"):
            for last in (False, True):
                try:
                    self._start(ministack, moto)
                    return
                except GaveUp:
                    # A free port can be taken between finding and using it: once more, with others.
                    self.stop()
                    if last:
                        raise

    def _start(self, ministack: str, moto: str) -> None:
        port, sfn_port, proxy, sfn_proxy, control = _free_ports(5)
        self.endpoint = f"http://127.0.0.1:{port}"
        self.sfn_endpoint = f"http://127.0.0.1:{sfn_port}"
        functions = (self.endpoint, self.sfn_endpoint)
        if self._wants_faults:
            pairs = [f"{proxy}:{port}", f"{sfn_proxy}:{sfn_port}"]
            self._launch("faults", [sys.executable, str(FAULT_PROXY), str(control), *pairs], {})
            self.faults = f"http://127.0.0.1:{control}"
            functions = (f"http://127.0.0.1:{proxy}", f"http://127.0.0.1:{sfn_proxy}")
            self.proxy = functions[0]
        self._launch("ministack", [ministack], {
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AUTH": "true",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "GATEWAY_PORT": str(port),
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_ENDPOINT_URL": functions[0],
            "AWS_ENDPOINT_URL_SFN": functions[1],
        })
        self._launch("moto", [moto, "--host", "127.0.0.1", "--port", str(sfn_port)], {
            "MOTO_ACCOUNT_ID": ACCOUNT,
            # Where moto's tasks call Lambda: the other server.
            "MOTO_PORT": str(port),
        })
        self._await(f"{self.endpoint}/_ministack/health")
        self._await(f"{self.sfn_endpoint}/moto-api/config")
        if self.faults:
            self._await(f"{self.faults}/runs/-")
        # Without this moto only pretends to run workflows.
        _post(f"{self.sfn_endpoint}/moto-api/config", {"stepfunctions": {"execute_state_machine": True}})

    def stop(self) -> None:
        """Ends both and every function they started; returns when they are gone."""
        for leash in self._leashes:
            if leash.stdin:
                leash.stdin.close()
        for leash in self._leashes:
            try:
                leash.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(leash.pid, 9)
                leash.wait()
        self._leashes.clear()

    def print_tails(self) -> None:
        """The ends of both logs, for whoever has to find out what went wrong."""
        for name in ("ministack", "moto", "faults"):
            log = self._logs / f"{name}.log"
            if log.exists():
                say(f"the end of {log.relative_to(venvs.REPOSITORY)}:")
                lines = log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
                print("\n".join(f"    {line}" for line in lines), file=sys.stderr, flush=True)

    def _launch(self, name: str, command: list[str], settings: dict[str, str]) -> None:
        home = self._run / name
        home.mkdir(parents=True, exist_ok=True)
        # Nothing of the caller's environment but the search path: no real credentials, profile or proxy.
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),
            "TMPDIR": str(home),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        with (self._logs / f"{name}.log").open("wb") as log:
            leash = subprocess.Popen(
                [sys.executable, str(LEASH), *command],
                stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
                env=environment, cwd=home, start_new_session=True,
            )
        self._leashes.append(leash)

    def _await(self, url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if any(leash.poll() is not None for leash in self._leashes):
                fail("an emulator stopped while starting")
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return
            except urllib.error.HTTPError:
                return  # It answers, which is all that is asked.
            except OSError:
                time.sleep(0.05)
        fail(f"no answer from {url} after {START_SECONDS:.0f} s")


def _free_ports(count: int) -> list[int]:
    # All bound at once, so that they differ.
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _post(url: str, body: object) -> None:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10):
        pass
