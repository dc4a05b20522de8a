"""One run of the local stack: emulators up, stacks deployed, a manifest for the command; all of it gone afterwards."""

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import emulators
import packaging
import venvs
from progress import Step, fail, say

NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,54}")
KEPT_LOGS = 8


@dataclass(frozen=True)
class Stack:
    """A stack to deploy."""

    name: str
    bundle: Path
    parameters: dict[str, str]

    @property
    def code_prefix(self) -> str:
        """Where its zips lie; stacks with the same bundle share them."""
        return f"code-{hashlib.sha256(str(self.bundle.resolve()).encode()).hexdigest()[:12]}"


def parse_stack(spec: str, bundle: Path) -> Stack:
    """Reads NAME[,bundle=DIR][,Parameter=value]..."""
    name, *settings = spec.split(",")
    if not NAME.fullmatch(name):
        fail(f"`{name}` is no stack name: letters, digits and hyphens, 55 at most")
    parameters = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            fail(f"`{setting}` in `{spec}` should read Parameter=value")
        if key == "bundle":
            bundle = Path(value)
        else:
            parameters[key] = value
    return Stack(name, bundle, parameters)


@contextlib.contextmanager
def open_session(bin_dir: Path, stacks: list[Stack], faults: bool = False) -> Iterator[dict[str, str]]:
    """Yields the environment by which a command finds the deployed stacks, and the proxy where calls are to fail."""
    started = time.monotonic()
    identity = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    run = venvs.LOCAL / "runs" / identity
    logs = venvs.LOCAL / "logs" / identity
    # Before anything is started: what is missing here needs no server to find out.
    order = _order(bin_dir, stacks)
    run.mkdir(parents=True)
    logs.mkdir(parents=True)
    _forget_dead_runs(run.parent)
    _forget_old_logs(logs.parent)
    servers = emulators.Emulators(run, logs, faults)
    try:
        try:
            servers.start()
            manifest = _deploy(servers, order)
        except Exception:
            servers.print_tails()
            raise
        path = run / "stacks.json"
        path.write_text(json.dumps({**manifest, "logs": str(logs)}, indent=2))
        names = ", ".join(stack.name for stack in stacks)
        say(f"{names} ready after {time.monotonic() - started:.1f} s; logs in {logs.relative_to(venvs.REPOSITORY)}")
        yield {
            "COUNTERSIGN_STACKS": str(path),
            "AWS_ENDPOINT_URL": servers.endpoint,
            "AWS_ENDPOINT_URL_SFN": servers.sfn_endpoint,
            "AWS_REGION": emulators.REGION,
            "AWS_DEFAULT_REGION": emulators.REGION,  # what the Python tools read
            "AWS_ACCESS_KEY_ID": emulators.ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": emulators.SECRET_ACCESS_KEY,
            **({"COUNTERSIGN_FAULTS": servers.faults, "COUNTERSIGN_PROXY": servers.proxy} if faults else {}),
        }
    finally:
        servers.stop()
        shutil.rmtree(run, ignore_errors=True)


def _order(bin_dir: Path, stacks: list[Stack]) -> dict[str, object]:
    repository = venvs.REPOSITORY
    objects = {}
    with Step("packing the functions"):
        for stack in stacks:
            for binary, path in packaging.pack(bin_dir, stack.bundle).items():
                objects[f"{stack.code_prefix}/{binary}.zip"] = str(path)
            workflow = repository / "statemachines" / "approval.asl.json"
            objects[f"{stack.code_prefix}/approval.asl.json"] = str(workflow)
    return {
        "objects": objects,
        "architecture": "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64",
        "template": str(repository / "infra" / "template.yaml"),
        "boundary_template": str(repository / "infra" / "boundary.yaml"),
        "backend_template": str(repository / "examples" / "customer-support" / "backend-template.yaml"),
        "stacks": [
            {"name": stack.name, "code_prefix": stack.code_prefix, "parameters": stack.parameters} for stack in stacks
        ],
    }


def _deploy(servers: emulators.Emulators, order: dict[str, object]) -> dict[str, object]:
    place = {
        "endpoint": servers.endpoint,
        "sfn_endpoint": servers.sfn_endpoint,
        "region": emulators.REGION,
        "account": emulators.ACCOUNT,
        "access_key_id": emulators.ACCESS_KEY_ID,
        "secret_access_key": emulators.SECRET_ACCESS_KEY,
    }
    with Step("deploying"):
        done = subprocess.run(
            [str(venvs.python("ministack")), str(Path(__file__).with_name("deploy.py"))],
            input=json.dumps({**place, **order}), capture_output=True, text=True, check=False,
        )
    if done.returncode != 0:
        fail(f"the deployment failed:\n{done.stderr.strip()}")
    return {**place, "stacks": json.loads(done.stdout)}


def _forget_dead_runs(folder: Path) -> None:
    """Removes what a run left that was killed outright. Its servers ended by themselves."""
    for old in folder.iterdir():
        try:
            os.kill(int(old.name.rsplit("-", 1)[-1]), 0)
        except ProcessLookupError:
            shutil.rmtree(old, ignore_errors=True)
        except (PermissionError, ValueError):
            pass  # Somebody else's.


def _forget_old_logs(folder: Path) -> None:
    for old in sorted(folder.iterdir())[:-KEPT_LOGS]:
        shutil.rmtree(old, ignore_errors=True)
