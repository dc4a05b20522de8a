"""`countersign console`, started as an operator starts it, for a browser to look at; and a neighbour of it."""

import contextlib
import http.server
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# A name that no other server of the machine can guess.
ADDRESS = re.compile(r"http://[0-9a-f]{32}\.localhost:\d+/\?")


@contextlib.contextmanager
def console(outputs: dict[str, str], *options: str, **environment: str) -> Iterator[str]:
    """The address it prints. Its credentials may do what the template's policy for operators says."""
    keys = {
        "AWS_ACCESS_KEY_ID": outputs["OperatorAccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": outputs["OperatorSecretAccessKey"],
    }
    command = [str(REPOSITORY / "target/debug/countersign"), "console", *options]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **keys, **environment})
    try:
        address = running.stdout.readline().strip() if running.stdout else ""
        if not ADDRESS.match(address):
            raise RuntimeError(f"the console printed no address: {address!r}")
        yield address
    finally:
        running.terminate()
        running.wait(timeout=10)


@contextlib.contextmanager
def neighbour() -> Iterator[tuple[int, list[str]]]:
    """Another server of this machine: its port, and the cookies it is sent."""
    sent: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent.append(self.headers.get("Cookie", ""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, sent
        server.shutdown()
