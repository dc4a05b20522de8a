"""Virtual environments of the tools, each from a pinned and hashed requirements file.

A file of its own for each, because the two emulators pin different versions of the same AWS library.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from progress import Step, fail

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
LOCAL = REPOSITORY / "target" / "local"
NAMES = ("ministack", "moto", "lint", "build", "browser")


def python(name: str) -> Path:
    """The interpreter of an environment, which is installed first if it is missing or out of date."""
    install(name)
    return _home(name) / "bin" / "python"


def tool(name: str, command: str) -> Path:
    """A command of an environment, which is installed first if need be."""
    return python(name).with_name(command)


def install(name: str) -> None:
    """Installs an environment unless the one there was made from the very same requirements and interpreter."""
    requirements = HERE / f"requirements-{name}.txt"
    LOCAL.mkdir(parents=True, exist_ok=True)
    with (LOCAL / f"venv-{name}.lock").open("w") as lock:
        # Two runs at once: the second waits and finds it done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = _home(name) / "made-from"
        wanted = _fingerprint(requirements)
        if not stamp.exists() or stamp.read_text() != wanted:
            _make(name, requirements)
            # Written last, so that an interrupted install is done again.
            stamp.write_text(wanted)


def _make(name: str, requirements: Path) -> None:
    home = _home(name)
    with Step(f"installing {name} tools into {home.relative_to(REPOSITORY)}"):
        # From scratch: what an earlier file installed must not linger.
        shutil.rmtree(home, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(home)], "making the environment")
        _run(
            [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input",
             "--disable-pip-version-check", "--require-hashes", "-r", str(requirements)],
            f"installing {requirements.name}",
        )


def _home(name: str) -> Path:
    return LOCAL / f"venv-{name}"


def _fingerprint(requirements: Path) -> str:
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    return f"{digest} {sys.version_info.major}.{sys.version_info.minor} {sys.base_prefix}\n"


def _run(command: list[str], doing: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        fail(f"{doing} failed:\n{done.stdout.strip()}")
