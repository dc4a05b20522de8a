"""The Python peer's environment: made once from pinned requirements, made again when they change."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from functions import TARGET
from host import Failed

PEER = Path(__file__).resolve().parent / "peer"
HOME = TARGET / "venv-peer"


def command(handler: str) -> list[str]:
    """Serves a handler of peer/handler.py with AWS's own runtime client."""
    return [str(HOME / "bin" / "python"), "-m", "awslambdaric", f"handler.{handler}"]


def environment() -> dict[str, str]:
    """Where the handler is found."""
    return {"PYTHONPATH": str(PEER), "HOME": str(TARGET)}


def install() -> None:
    """Makes the environment unless the one there was made from the very same requirements."""
    requirements = PEER / "requirements.txt"
    stamp, wanted = HOME / "made-from", f"{hashlib.sha256(requirements.read_bytes()).hexdigest()} {sys.version}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"installing the Python peer into {HOME.relative_to(TARGET.parent.parent)}", file=sys.stderr, flush=True)
    shutil.rmtree(HOME, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(HOME)])
    _run([str(HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input",
          "--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes", "-r", str(requirements)])
    # Compiled now, as Lambda's own copy is: the first start is not to pay for it.
    _run([str(HOME / "bin" / "python"), "-m", "compileall", "-q", str(HOME / "lib")])
    stamp.write_text(wanted)


def _run(command_line: list[str]) -> None:
    done = subprocess.run(command_line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"the Python peer cannot be installed (leave it out with --no-peer):\n{done.stdout.strip()}")
