"""Runs a server that cannot outlive whoever started it.

    leash.py COMMAND...

Start it as the leader of a session of its own, with a pipe as standard input. When the pipe closes, because the starter
says so or because it died in whatever way, the server and every process it started are ended. So are its children
when the server itself dies. Works wherever there are process groups; no help of the starter is needed.
"""

import os
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 3.0


def main() -> None:
    """Starts the server and waits for the pipe or the server to close."""
    # The group's SIGTERM below must not end the one who sends the SIGKILL.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, preexec_fn=_hear_signals)
    threading.Thread(target=lambda: (server.wait(), _end_group(server)), daemon=True).start()
    while os.read(0, 1024):
        pass
    _end_group(server)


def _hear_signals() -> None:
    # An ignored signal would stay ignored in the server and in all it starts.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _end_group(server: "subprocess.Popen[bytes]") -> None:
    os.killpg(0, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
