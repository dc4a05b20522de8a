"""`countersign console`, started as an operator starts it, for a browser to look at."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def console(outputs: dict[str, str], stack: str, *options: str) -> Iterator[str]:
    """The address it prints. Its credentials may do what the template's policy for operators says."""
    # *.localhost does not resolve outside browsers: the API is also served under this address.
    api = f"{os.environ['AWS_ENDPOINT_URL']}/_aws/execute-api/{outputs['ApprovalApiId']}/$default"
    keys = {
        "AWS_ACCESS_KEY_ID": outputs["OperatorAccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": outputs["OperatorSecretAccessKey"],
    }
    command = [str(REPOSITORY / "target/debug/countersign"), "console", "--no-open", "--stack", stack, "--api", api, *options]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **keys})
    try:
        address = running.stdout.readline().strip() if running.stdout else ""
        if not address.startswith("http://127.0.0.1:"):
            raise RuntimeError(f"the console printed no address: {address!r}")
        yield address
    finally:
        running.terminate()
        running.wait(timeout=10)
