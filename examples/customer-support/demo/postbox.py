"""The approvers' mailboxes: what the local mail service took, read the way a mail program would."""

import json
import os
import re
import time
import urllib.request
from dataclasses import dataclass

LINK = re.compile(r"^https?://\S+/a/[A-Za-z0-9_-]+$", re.MULTILINE)
MANAGERS = ("billing-manager-1", "billing-manager-2", "billing-manager-3")
CODE = re.compile(r"code[^\n]*?:\s*([2-9A-HJ-NP-Z]{4})\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """One mail, with what a person finds in it."""

    number: int
    to: str
    subject: str
    text: str
    page: str

    @property
    def link(self) -> str:
        """The personal link."""
        return _only(LINK, self.text)

    @property
    def code(self) -> str:
        """The match code."""
        return _only(CODE, self.text)


def mails() -> list[Mail]:
    """Everything that was sent, oldest first."""
    with urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL']}/_ministack/ses/messages", timeout=10) as answer:
        sent = json.load(answer)["messages"]
    sent = sorted(_messages(sent), key=lambda record: record["Timestamp"])
    return [
        Mail(number, record["To"][0], record["Subject"], record["BodyText"], record["BodyHtml"])
        for number, record in enumerate(sent)
    ]


def wait_for(site: str, about: str, people: tuple[str, ...], seconds: float = 30.0) -> dict[str, Mail]:
    """The newest mails that link to that site, with that in their subject, by person, once all these people have one."""
    deadline = time.monotonic() + seconds
    while True:
        found = {mail.to.split("@")[0]: mail for mail in mails() if about in mail.subject and site in mail.text}
        if set(people) <= set(found) or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def _messages(sent: object) -> list[dict]:
    if isinstance(sent, dict):
        return [each for group in sent.values() for each in _messages(group)]
    return [each for each in sent if isinstance(each, dict)] if isinstance(sent, list) else []


def _only(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.findall(text)
    if not found:
        raise LookupError(f"the mail has no {pattern.pattern}")
    return found[0]
