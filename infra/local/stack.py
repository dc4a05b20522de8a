#!/usr/bin/env python3
"""Countersign on one machine: deploys infra/template.yaml to emulators and runs a command against it.

    stack.py setup [ministack moto lint build browser]
    stack.py run [--faults] [--stack NAME[,bundle=DIR][,Parameter=value]...]... -- COMMAND...

The command finds the servers through the usual AWS_* variables, and all stacks with their outputs in the file that
COUNTERSIGN_STACKS names. With --faults the functions call through a proxy that makes calls fail, as it is told at
COUNTERSIGN_FAULTS. Whatever was started is ended before this returns, on errors and signals too.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

import command
import session
import venvs
from progress import GaveUp, fail, say

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Parses the command line and does as it says."""
    for number in SIGNALS:
        signal.signal(number, _leave)
    arguments = _arguments()
    try:
        if arguments.do == "setup":
            for name in arguments.tools:
                venvs.install(name)
            return 0
        return _run(arguments)
    except GaveUp as reason:
        say(str(reason))
        return 1


def _leave(received: int, _: object) -> None:
    # An exception, so that every `finally` on the way out is run; the first signal only, so that none is cut short.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + received)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="do", required=True)
    setup = commands.add_parser("setup", help="install the tools' virtual environments under target/local")
    setup.add_argument("tools", nargs="*", metavar="TOOL", help=f"any of {', '.join(venvs.NAMES)}; all by default")
    run = commands.add_parser("run", help="start, deploy, run a command, stop")
    run.add_argument(
        "--stack", action="append", metavar="SPEC", dest="stacks",
        help="NAME[,bundle=DIR][,Parameter=value]...: a stack to deploy, with values for its parameters (default: demo)",
    )
    run.add_argument("--bin-dir", type=Path, default=venvs.REPOSITORY / "target" / "debug", metavar="DIR",
                     help="where the functions' binaries are (default: target/debug)")
    run.add_argument("--bundle", type=Path, metavar="DIR",
                     default=venvs.REPOSITORY / "examples" / "customer-support" / "policy",
                     help="policy bundle of every stack that names none (default: the worked example's)")
    run.add_argument("--faults", action="store_true", help="put a proxy before the servers that makes calls fail")
    run.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="what to run in the stack")
    arguments = parser.parse_args()
    if arguments.do == "setup":
        arguments.tools = arguments.tools or list(venvs.NAMES)
        unknown = set(arguments.tools) - set(venvs.NAMES)
        if unknown:
            setup.error(f"no such tool: {', '.join(sorted(unknown))}")
    else:
        arguments.command = [word for at, word in enumerate(arguments.command) if (at, word) != (0, "--")]
        if not arguments.command:
            run.error("say what to run after --")
    return arguments


def _run(arguments: argparse.Namespace) -> int:
    stacks = [session.parse_stack(spec, arguments.bundle) for spec in arguments.stacks or ["demo"]]
    if len({stack.name for stack in stacks}) != len(stacks):
        fail("two stacks have the same name")
    with session.open_session(arguments.bin_dir, stacks, arguments.faults) as environment:
        return command.run(arguments.command, {**os.environ, **environment})


if __name__ == "__main__":
    sys.exit(main())
