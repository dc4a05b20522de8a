"""Function zips: the binary as `bootstrap`, and the policy bundle beside it as `policy/`.

Zips are kept by the hash of what goes in, so an unchanged binary is packed once, whatever number of stacks use it.
"""

import hashlib
import os
import zipfile
from pathlib import Path

from progress import fail
from venvs import LOCAL, REPOSITORY

# The functions of infra/template.yaml and whether the policy bundle ships with them.
FUNCTIONS = {
    "submit-action": True,
    "risk-classify": True,
    "request-approval": True,
    "callback-handler": True,
    "execute-action": True,
    "relay-outbox": False,
    "operator-desk": False,
    "billing": False,
}


def pack(bin_dir: Path, bundle: Path) -> dict[str, Path]:
    """The zip of every function, by the name of its binary."""
    missing = [name for name in FUNCTIONS if not (bin_dir / name).is_file()]
    if missing:
        fail(f"no {', '.join(missing)} in {_short(bin_dir)}: run `cargo build --workspace` first")
    if not bundle.is_dir():
        fail(f"no policy bundle at {_short(bundle)}: give its folder with --bundle")
    bundle_files = _bundle_files(bundle)
    return {
        name: _zip(bin_dir / name, bundle_files if with_bundle else {})
        for name, with_bundle in FUNCTIONS.items()
    }


def _bundle_files(bundle: Path) -> dict[str, bytes]:
    files = sorted(path for path in bundle.rglob("*") if path.is_file())
    return {f"policy/{path.relative_to(bundle).as_posix()}": path.read_bytes() for path in files}


def _zip(binary: Path, others: dict[str, bytes]) -> Path:
    code = binary.read_bytes()
    digest = hashlib.sha256(hashlib.sha256(code).digest())
    for name, content in others.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    target = LOCAL / "zips" / f"{binary.name}-{digest.hexdigest()[:24]}.zip"
    if target.exists():
        target.touch()  # in use: not among the oldest
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and renamed: two runs at once must not see half a zip.
    partial = target.with_suffix(f".{os.getpid()}")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        _add(archive, "bootstrap", code, 0o755)
        for name, content in others.items():
            _add(archive, name, content, 0o644)
    partial.replace(target)
    _forget_older(target, binary.name)
    return target


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    # A fixed time: the same content gives the same zip.
    entry = zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
    entry.external_attr = (0o100000 | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content, compresslevel=1)


def _forget_older(newest: Path, name: str) -> None:
    """Keeps a few zips a binary, so that the folder does not grow with every build."""
    keep = 4
    zips = sorted(
        (path for path in newest.parent.glob(f"{name}-*.zip")), key=lambda path: path.stat().st_mtime, reverse=True
    )
    for path in zips[keep:]:
        path.unlink(missing_ok=True)


def _short(path: Path) -> Path:
    path = path.resolve()
    return path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path
