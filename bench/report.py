"""The figures as tables for people."""

import sys
from collections.abc import Sequence
from typing import Any

import machine

# Which peer's event is the like of which of ours: process and event of each.
LIKES = (
    (("submit-action", "an invalid argument"), ("python", "an invalid argument")),
    (("risk-classify", "assessed before"), ("python", "assessed before")),
)
RATIOS = (("spawn → /next", "spawn_to_next_ms"), ("CPU → /next", "cpu_to_next_ms"),
          ("spawn → answer", "spawn_to_answer_ms"), ("CPU → answer", "cpu_to_answer_ms"), ("warm CPU", "warm_cpu_ms"))


def show(result: dict[str, Any]) -> None:
    """Prints everything."""
    _machine(result["machine"], result["tls"])
    cases = result["cases"]
    print("\nCold starts and warm events: milliseconds, median (min); CPU counts every thread.\n")
    _table(
        ("process", "event", "AWS calls", "spawn → /next", "CPU → /next", "spawn → answer", "CPU → answer",
         "warm CPU", "RSS MB"),
        [[case["process"], case["event"], f"{sum(case['aws_calls_per_event'].values()):g}",
          *(_both(case[f"{key}_ms"]) for key in ("spawn_to_next", "cpu_to_next", "spawn_to_answer", "cpu_to_answer")),
          f"{case['warm_cpu_ms']['mean']:.3f} ({case['warm_cpu_ms']['min']:.3f})",
          f"{case['resident_bytes'] / 1e6:.1f}"] for case in cases],
        left=2,
    )
    print("\nWarm CPU is the mean. Loading the policy bundle is in `→ /next` of the three functions that have one.")
    _ratios({(case["process"], case["event"]): case for case in cases})
    print("\nSize: the zip holds the binary and the example's policy bundle.\n")
    _table(("function", "binary MB", "zip MB"),
           [[name, f"{size['binary'] / 1e6:.2f}", f"{size['zip'] / 1e6:.2f}"] for name, size in result["sizes"].items()])
    _paths(result["paths"])


def _machine(about: dict[str, Any], tls: bool) -> None:
    load = f"load {about['load_before']} before, {about['load_after']} after"
    print(f"{about['kernel']}, {about['cpus']} × {about['model']}, Python {about['python']}, {load}")
    print(f"AWS is a stub on loopback, over {'TLS' if tls else 'plain HTTP: no `openssl` here'}.")
    # What ran before is in the load too, so this program's own share is not the matter.
    if max(about["load_before"], about["load_after"]) > machine.BUSY:
        print(f"WARNING: the machine is busy (load above {machine.BUSY:g}): do not quote these figures", file=sys.stderr)


def _ratios(cases: dict[tuple[str, str], dict[str, Any]]) -> None:
    rows = []
    for ours, peer in LIKES:
        if peer in cases:
            one, other = cases[ours], cases[peer]
            ratios = [_times(other[key], one[key], "mean" if key == "warm_cpu_ms" else "median") for _, key in RATIOS]
            rows.append([f"{ours[0]}, {ours[1]}", *ratios, f"{other['resident_bytes'] / one['resident_bytes']:.1f}×"])
    if rows:
        print("\nThe Python peer needs so many times as much for the same event (AWS's runtime client and boto3, no policy):\n")
        _table(("event", *(name for name, _ in RATIOS), "RSS"), rows)


def _paths(paths: dict[str, Any]) -> None:
    print("\nAWS calls per path, at processes that are warm; a process's first ask adds what `once` says.\n")
    rows = []
    for path, functions in paths.items():
        total = 0
        for name, calls in functions.items():
            count = sum(calls["further"].values())
            total += count
            rows.append([path, name, str(count), _calls(calls["further"]), _calls(_more(calls))])
        rows.append([path, "total", str(total), "", ""])
    _table(("path", "function", "calls", "which", "once"), rows, left=2, last=2)
    print("\n`lambda.Invoke` is the action. The door looks once here (GetItem): the stub's workflow is done by then. On AWS"
          "\nit looks 150 ms after the start, then after pauses that grow by half, until there is an answer to give.")


def _more(calls: dict[str, dict[str, int]]) -> dict[str, int]:
    more = {name: count - calls["further"].get(name, 0) for name, count in calls["first"].items()}
    return {name: count for name, count in more.items() if count}


def _calls(calls: dict[str, int]) -> str:
    return ", ".join(name if count == 1 else f"{count} {name}" for name, count in calls.items())


def _both(figures: dict[str, float]) -> str:
    return f"{figures['median']:.1f} ({figures['min']:.1f})"


def _times(other: dict[str, float], one: dict[str, float], figure: str) -> str:
    return f"{other[figure] / one[figure]:.1f}×"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1, last: int = 0) -> None:
    """Text to the left in the first and last columns, figures to the right between."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        cells = [
            text.ljust(width) if at < left or at >= len(head) - last else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
