"""The command that runs in the stack: it keeps the terminal, and nothing it started outlives it."""

import contextlib
import os
import signal
import subprocess
import time

from progress import fail

GRACE_SECONDS = 5.0


def run(words: list[str], environment: dict[str, str]) -> int:
    """Runs the command and gives its exit code."""
    try:
        process = subprocess.Popen(words, env=environment)
    except OSError as error:
        fail(f"cannot run `{words[0]}`: {error.strerror}")
    try:
        code = process.wait()
    except BaseException:
        # Ctrl-C reached the command as well, which shares our terminal; any other signal did not.
        _end_tree(process)
        raise
    return code if code >= 0 else 128 - code


def _end_tree(process: "subprocess.Popen[bytes]") -> None:
    # The tree, not the process group: a group of its own would take the terminal away from the command.
    tree = _descendants(process.pid) | {process.pid}
    _send(tree, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=GRACE_SECONDS)
    deadline = time.monotonic() + 1.0
    while any(_alive(pid) for pid in tree) and time.monotonic() < deadline:
        time.sleep(0.05)
    _send({pid for pid in tree if _alive(pid)}, signal.SIGKILL)
    process.wait()


def _descendants(root: int) -> set[int]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=False).stdout
    pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
    found: set[int] = set()
    edge = {root}
    while edge:
        edge = {pid for pid, parent in pairs if parent in edge} - found
        found |= edge
    return found


def _send(pids: set[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
