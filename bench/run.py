#!/usr/bin/env python3
"""Measures the release builds of the functions: cold starts, warm events, memory, size, AWS calls per path.

No AWS, no emulator: this program plays the Lambda service and a stub of AWS on loopback, and beside the functions runs
a peer in Python, so that ratios can be told from milliseconds. Build the functions first, for this machine:

    make build ARCH=x86_64      (or arm64)
    make bench
"""

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import Any

import cases
import functions
import host
import machine
import paths
import python_peer
import report
import trust


def main() -> int:
    """Parses the command line, measures, reports."""
    # As an exception, so that every process that was started is ended on the way out.
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    try:
        result = _measure(_arguments())
    except host.Failed as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    report.show(result)
    path = functions.TARGET / "result.json"
    path.write_text(json.dumps(result, indent=2) + "\n")
    print(f"\nAll figures: {path.relative_to(functions.REPOSITORY)}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cold", type=_count, default=15, metavar="N", help="cold starts of each case (default: 15)")
    parser.add_argument("--warm", type=_count, default=200, metavar="N", help="warm events of each case (default: 200)")
    parser.add_argument("--no-peer", action="store_true", help="leave out the Python peer, which is installed from PyPI")
    parser.add_argument("--bin-dir", type=Path, default=functions.REPOSITORY / "target" / "lambda", metavar="DIR",
                        help="where NAME/bootstrap of each function is (default: target/lambda)")
    return parser.parse_args()


def _count(text: str) -> int:
    number = int(text)
    if number < cases.BLOCKS:
        raise argparse.ArgumentTypeError(f"at least {cases.BLOCKS}")
    return number


def _measure(arguments: argparse.Namespace) -> dict[str, Any]:
    binaries, peer = arguments.bin_dir, not arguments.no_peer
    sizes = {name: _sizes(functions.bootstrap(binaries, name)) for name in functions.NAMES}
    (functions.TARGET / "logs").mkdir(parents=True, exist_ok=True)
    if peer:
        python_peer.install()
    about = machine.describe()
    host.stay_off_its_core()
    trusted = trust.make(functions.TARGET)
    _say("counting calls")
    walked = paths.walk(binaries, trusted)
    _say(f"measuring {arguments.cold} cold starts and {arguments.warm} warm events of each case")
    measured = cases.all_of(binaries, walked.records, peer=peer)
    cases.measure(measured, trusted, arguments.cold, arguments.warm)
    return {
        "machine": {**about, "load_after": machine.load()},
        "tls": trusted.server is not None,
        "cases": [case.result() for case in measured],
        "sizes": sizes,
        "paths": {
            path: {name: {"first": first, "further": further} for name, (first, further) in calls.items()}
            for path, calls in walked.calls.items()
        },
    }


def _sizes(binary: Path) -> dict[str, int]:
    return {"binary": binary.stat().st_size, "zip": functions.zip_size(binary)}


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
