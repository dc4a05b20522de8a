"""Chapters of `make demo AUTO=1` in which something goes wrong, or somebody thinks better of it."""

import os
import signal
import time
from pathlib import Path

import postbox
from approver import decide, says
from bus import Bus
from postbox import MANAGERS
from story import Story, number_of

HEAL_SECONDS = 120.0
STEPS = {"Approval Requested", "Decision Recorded", "Approved", "Rejected", "Expired", "Cancelled", "Refused", "Executed"}


def relay_dies(story: Story) -> list[str]:
    """relay-outbox is killed between a decision and what follows from it."""
    asked = story.ask("function-refund-480", "Refund 480.00 for order A-3000.", order_id="A-3000")
    mail = postbox.wait_for(story.site(), "A-3000", MANAGERS)["billing-manager-2"]
    time.sleep(2)  # Until nothing of the asking is left to be done.
    stopped = _signal(story, signal.SIGSTOP)
    says(decide(mail, "approve", ""))
    time.sleep(3)  # The stream hands the change to a process that does nothing any more.
    waits = story.status(asked)["status"] == "approved"
    killed = _signal(story, signal.SIGKILL)
    print(f"  operator  kill -9 {' '.join(map(str, killed))}: relay-outbox dies with the decision in its hands")
    story.check("the decision was recorded, and nothing had followed from it", waits and stopped != [] and killed != [])
    started = time.monotonic()
    print(f"  time      waits for the stream to try again, or for the next sweep: up to {HEAL_SECONDS:.0f} s")
    after = story.until(asked, "executed", HEAL_SECONDS)
    story.check(f"{time.monotonic() - started:.0f} s later the refund ran all the same: {number_of(after)}",
                after["status"] == "executed" and number_of(after) != "")
    return [number_of(after)]


def taken_back(story: Story) -> None:
    """The agent takes its ask back; the link says so, and so does a mail."""
    asked = story.ask("function-refund-480", "Refund 480.00 for order A-3001.", order_id="A-3001")
    mail = postbox.wait_for(story.site(), "A-3001", MANAGERS)["billing-manager-1"]
    answer = story.cancel(asked)
    print(f"  agent     takes it back: {answer['status']} ({answer.get('cause')})")
    page = decide(mail, "approve", "")
    says(page)
    told = _told(story, "A-3001", "Cancelled")
    story.check("nothing runs, the link says so, and everybody who was asked is told",
                answer["status"] == "cancelled" and page.status == 410 and told == set(MANAGERS))


def others_are_told(story: Story, bus: Bus, executed: int) -> None:
    """What went to the event bus."""
    counts = bus.counts(STEPS)
    print(f"\n  events    {', '.join(f'{name}: {count}' for name, count in counts.items())}")
    story.check("each kind of step was told to others, each execution once",
                set(counts) >= STEPS and counts["Executed"] == executed)


def _told(story: Story, about: str, title: str, seconds: float = 60.0) -> set[str]:
    deadline = time.monotonic() + seconds
    while True:
        those = [mail for mail in postbox.mails() if about in mail.subject and f"\n{title}. " in mail.text]
        people = {mail.to.split("@")[0] for mail in those}
        if people >= set(MANAGERS) or time.monotonic() > deadline:
            return people
        time.sleep(0.5)


def _signal(story: Story, number: signal.Signals) -> list[int]:
    """Sends a signal to every process of relay-outbox; gives their ids."""
    name = f"AWS_LAMBDA_FUNCTION_NAME={story.stack('demo')['outputs']['RelayOutboxName']}".encode()
    # Of this run of the local stack, and no other.
    here = f"AWS_ENDPOINT_URL={os.environ['AWS_ENDPOINT_URL']}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and {name, here} <= set((entry / "environ").read_bytes().split(b"\0")):
                os.kill(int(entry.name), number)
                found.append(int(entry.name))
        except (OSError, ProcessLookupError):
            continue  # It ended meanwhile, or is somebody else's.
    return found
