"""The chapters that `make demo AUTO=1` tells: each asks, plays the people asked, and checks what came of it."""

import json

import approver
import bad_days
import postbox
from approver import Page, decide, says
from bus import Bus
from postbox import MANAGERS, Mail
from story import Story, number_of

SECRET = "blue"  # the verification answer in the disclosure event


def tell(story: Story) -> None:
    """The whole story. The books must end with exactly what was allowed or approved, each once."""
    bus = Bus()
    # Asked first, so that its time runs out while the rest is told.
    late = story.ask("function-refund-480", "Refund 480.00 (in a stack that gives people six seconds).", "hurry")
    done = without_people(story)
    done += one_approves(story)
    done += three_approve(story)
    rejected(story)
    done += disclosed(story)
    done += bad_days.relay_dies(story)
    bad_days.taken_back(story)
    expired(story, late)
    numbers = story.print_books()
    story.check("it holds exactly what was allowed or approved, each once", numbers == sorted(done))
    story.check("in the stack whose time ran out nothing was done", story.books("hurry") == [])
    # And one look-up, which leaves no line in the books.
    bad_days.others_are_told(story, bus, len(done) + 1)


def without_people(story: Story) -> list[str]:
    """What is allowed runs at once, what is forbidden does not."""
    order = story.ask("openapi-look-up-order", "Look up order A-1042.")
    story.check("reading is allowed and ran at once", order["status"] == "executed")

    small = story.ask("function-refund-80", "Refund 80.00 for order A-1042.")
    number = number_of(small)
    story.check(f"a small refund is allowed and ran: {number}", small["status"] == "executed" and number != "")

    again = story.ask("function-refund-80", "Refund 80.00 for order A-1042. (the same event, sent twice)")
    story.check("the same ask is the same refund", number_of(again) == number)

    huge = story.ask("function-refund-6000", "Refund 6,000.00.")
    story.check("a huge refund is refused, with the rule", huge["rules"] == ["refund-over-5000"])
    return [number]


def one_approves(story: Story) -> list[str]:
    """A scanner cannot decide, a wrong code decides nothing, one manager's approval lets it run, once."""
    asked = story.ask("function-refund-480", "Refund 480.00 for order A-1042.")
    story.check("a large refund waits for a billing manager", asked["status"] == "pending")
    mails = _mailed(story, "480.00", MANAGERS)
    mine, other = mails["billing-manager-1"], mails["billing-manager-2"]

    scans = [approver.get(mail.link, method) for mail in mails.values() for method in ("GET", "HEAD") for _ in range(20)]
    posts = [approver.post(mail.link, verdict=verdict, comment="", code="")
             for mail in mails.values() for verdict in ("approve", "reject")]
    print(f"  scanner   opened every link 20 times, pressed every button: {len(scans)} visits, {len(posts)} posts")
    story.check("it saw pages and decided nothing",
                {page.status for page in scans} == {200} and {page.status for page in posts} == {400}
                and story.status(asked)["status"] == "pending")

    forged = approver.get(_forged(mine.link))
    unknown = approver.get(mine.link.rsplit("/", 1)[0] + "/" + "A" * 120)
    story.check("a forged link and one that never was give the same answer, 404",
                forged.status == unknown.status == 404 and forged.text == unknown.text)

    wrong = decide(mine, "approve", "", code="ZZZZ" if mine.code != "ZZZZ" else "YYYY")
    story.check("a wrong code decides nothing",
                wrong.status == 400 and story.status(asked)["status"] == "pending")

    page = decide(mine, "approve", "")
    says(page)
    story.check("the manager's own page says so", page.status == 200 and "approved" in page.words)
    after = story.until(asked, "executed", 60)
    number = number_of(after)
    story.check(f"the refund ran: {number}", after["status"] == "executed" and number != "")

    twice = decide(mine, "approve", "")
    change = decide(mine, "reject", "I changed my mind.")
    late = decide(other, "approve", "")
    says(late)
    story.check("a second click changes nothing, a change of mind and a late click have no effect",
                twice.status == 200 and change.status == late.status == 409)
    return [number]


def three_approve(story: Story) -> list[str]:
    """Two managers and a compliance reviewer, in an awkward order."""
    asked = story.ask("function-refund-2500", "Refund 2,500.00.")
    people = (*MANAGERS, "compliance-reviewer-1", "compliance-reviewer-2")
    mails = _mailed(story, "2500.00", people)
    for who in ("billing-manager-3", "compliance-reviewer-2"):
        says(decide(mails[who], "approve", ""))
        story.check(f"after {who} it still waits", story.status(asked)["status"] == "pending")
    second = decide(mails["compliance-reviewer-1"], "approve", "")
    says(second)
    story.check("a second reviewer does not stand in for a manager", story.status(asked)["status"] == "pending")
    says(decide(mails["billing-manager-1"], "approve", ""))
    after = story.until(asked, "executed", 60)
    story.check("with the second manager it ran", after["status"] == "executed")
    return [number_of(after)]


def rejected(story: Story) -> None:
    """A rejection needs a comment, and the comment reaches the agent."""
    asked = story.ask("function-cancel-account", "Close the account.")
    mails = _mailed(story, "AC-7", ("support-lead-1", "support-lead-2"))
    silent = decide(mails["support-lead-2"], "reject", "")
    story.check("a rejection without a comment is asked for one", silent.status == 400)
    says(decide(mails["support-lead-2"], "reject", "The customer called: they stay."))
    after = story.until(asked, "rejected", 30)
    print(f"            comment: {json.dumps(after.get('comment'))}")
    story.check("the comment reaches the agent, marked as untrusted",
                after["status"] == "rejected" and after["comment"]["text"] == "The customer called: they stay."
                and after["comment"]["untrusted"] is True)


def disclosed(story: Story) -> list[str]:
    """A secret argument runs with the action and shows nowhere."""
    asked = story.ask("function-disclose-data", "Send the customer's data to their new address.")
    mails = _mailed(story, "customer-7", ("compliance-reviewer-1", "compliance-reviewer-2"))
    mail = mails["compliance-reviewer-1"]
    page = approver.get(mail.link)
    story.check("mail and page say that a secret is there, and not which",
                all(SECRET not in text.lower() for text in (_visible(mail.page), mail.text, page.words))
                and "secret" in mail.text and "secret" in page.words)
    says(decide(mail, "approve", "Identity checked."))
    after = story.until(asked, "executed", 60)
    story.check("the disclosure ran", after["status"] == "executed")
    return [number_of(after)]


def expired(story: Story, late: dict) -> None:
    """Time runs out: nothing happens, and everybody is told so."""
    print("\n  time      waits for the sweep, which comes once a minute")
    after = story.until(late, "expired", 150, "hurry")
    story.check("nobody decided in time, so it expired", after["status"] == "expired")
    mail = postbox.wait_for(story.site("hurry"), "480.00", MANAGERS)["billing-manager-1"]
    page = decide(mail, "approve", "")
    says(page)
    story.check("a link that is too late says so", page.status == 410)


def _mailed(story: Story, about: str, people: tuple[str, ...]) -> dict[str, Mail]:
    found = postbox.wait_for(story.site(), about, people)
    print(f"  mail      {', '.join(sorted(found))}")
    story.check("exactly the people who may decide have mail, each with a link and a code of their own",
                set(found) == set(people) and len({mail.link for mail in found.values()}) == len(people))
    return found


def _forged(link: str) -> str:
    return link[:-30] + ("A" if link[-30] != "A" else "B") + link[-29:]


def _visible(page: str) -> str:
    return Page(200, page, {}).words
