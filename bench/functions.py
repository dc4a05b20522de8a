"""The functions under measurement: where they are, their environment, the size of their zips."""

import io
import zipfile
from pathlib import Path

from host import ACCOUNT, REGION, Failed

REPOSITORY = Path(__file__).resolve().parent.parent
TARGET = REPOSITORY / "target" / "bench"
EXAMPLE = REPOSITORY / "examples" / "customer-support"
NAMES = ("submit-action", "risk-classify", "request-approval", "execute-action", "relay-outbox")


def bootstrap(binaries: Path, name: str) -> Path:
    """The release binary of a function."""
    path = binaries / name / "bootstrap"
    if not path.is_file():
        raise Failed(f"no release build of {name}: run `make build` for this machine's architecture first")
    return path


def environment(endpoint: str, trust: dict[str, str]) -> dict[str, str]:
    """What the template sets, for all functions at once: each reads its own."""
    return {
        **trust,
        "LAMBDA_TASK_ROOT": str(EXAMPLE),  # the folder with policy/
        "STACK": "bench",
        "TABLE": "bench",
        "CALLER": "bedrock",
        "WAIT_SECONDS": "8",
        "STATE_MACHINE_ARN": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:bench",
        **{key: f"bench-{key.lower()}" for key in ("KEY_ACTION", "KEY_DISPLAY", "KEY_BEFORE", "KEY_RESULT", "KEY_ASK")},
        **{key: f"bench-{key.lower()}" for key in ("KEYS_LINK", "KEYS_DECISION", "KEY_LINK", "KEY_DECISION")},
        "MOST_DECIDE_SECONDS": "0",
        "PUBLIC_URL": "https://approvals.example.com",
        "MAIL_FROM": "approvals@example.com",
        "SUBJECT_DETAIL": "full",
        "REQUEST_APPROVAL": "bench-request-approval",
        "EVENT_BUS": "bench",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_SESSION_TOKEN": "bench",
        "AWS_ENDPOINT_URL": endpoint,
    }


def zip_size(binary: Path) -> int:
    """Bytes of the function's zip, the policy bundle inside."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.write(binary, "bootstrap")
        for path in sorted((EXAMPLE / "policy").rglob("*")):
            archive.write(path, path.relative_to(EXAMPLE))
    return len(packed.getvalue())
