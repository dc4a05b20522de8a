"""The machine that the figures are from."""

import os
import platform
from pathlib import Path
from typing import Any

from host import CORES

BUSY = 2.0


def describe() -> dict[str, Any]:
    """What figures depend on, as far as the machine tells."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpus": len(CORES),
        "model": models[0] if models else "unknown",
        "python": platform.python_version(),
        "load_before": load(),
    }


def load() -> float:
    """How many processes wanted a processor in the last minute."""
    return round(os.getloadavg()[0], 2)
