"""What the local stack says while it works, and how it gives up.

Everything goes to standard error: standard output belongs to the command that runs in the stack.
"""

import sys
import threading
import time
from typing import NoReturn

QUIET_SECONDS = 2.0


class GaveUp(Exception):
    """Something a person has to put right. The message says what and how."""


def fail(message: str) -> NoReturn:
    """Gives up with a message for a person."""
    raise GaveUp(message)


def say(message: str) -> None:
    """One line for a person."""
    print(f"[local] {message}", file=sys.stderr, flush=True)


class Step:
    """Something that may take a while: says so after two seconds, every ten from then on, and how long it took."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._done = threading.Event()
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._report, daemon=True)

    def __enter__(self) -> "Step":
        self._started = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._done.set()
        self._thread.join()
        elapsed = time.monotonic() - self._started
        if kind is None and elapsed > QUIET_SECONDS:
            say(f"{self._what}: done in {elapsed:.1f} s")

    def _report(self) -> None:
        pause = QUIET_SECONDS
        while not self._done.wait(pause):
            say(f"{self._what} ... {time.monotonic() - self._started:.0f} s")
            pause = 10.0
