"""`countersign console`, started as an operator starts it, for a browser to look at."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


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
        if not address.startswith("http://127.0.0.1:"):
            raise RuntimeError(f"the console printed no address: {address!r}")
        yield address
    finally:
        running.terminate()
        running.wait(timeout=10)
