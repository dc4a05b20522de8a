"""Which function is at the other end of a connection: the process that holds it, and the name it was started with."""

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

NAME = b"AWS_LAMBDA_FUNCTION_NAME="
LOOKS = 5


@dataclass(frozen=True)
class Caller:
    """A function's process."""

    pid: int
    function: str

    @classmethod
    def at(cls, port: int, to: int) -> "Caller":
        """The one that has a connection from that port to that other one."""
        # Connections that come and go while the kernel's list is read can hide others.
        for _ in range(LOOKS):
            if inode := _inode(port, to):
                for folder in Path("/proc").glob("[0-9]*"):
                    function = _function(folder)
                    if function and f"socket:[{inode}]" in _open(folder):
                        return cls(int(folder.name), function)
        raise ConnectionResetError(f"no function calls from port {port}")

    def kill(self) -> None:
        """Ends it at once, as a crash would."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def _inode(port: int, to: int) -> str | None:
    ends = [f"0100007F:{port:04X}", f"0100007F:{to:04X}"]
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return next((fields[9] for fields in map(str.split, lines) if fields[1:3] == ends), None)


def _function(folder: Path) -> str | None:
    with contextlib.suppress(OSError):
        for variable in (folder / "environ").read_bytes().split(b"\0"):
            if variable.startswith(NAME):
                return variable.removeprefix(NAME).decode()
    return None


def _open(folder: Path) -> set[str]:
    links = set()
    with contextlib.suppress(OSError):
        for each in os.scandir(folder / "fd"):
            # One that was closed meanwhile hides none of the others.
            with contextlib.suppress(OSError):
                links.add(os.readlink(each.path))
    return links
