"""The approver's minute on the real parts, in real Chromium: mails, pages and decisions of a deployed stack.

Runs inside `infra/local/stack.py run`, with the browser tools' interpreter.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples" / "customer-support" / "demo"))

import chromium
import console
import inbox
import postbox
from playwright.sync_api import Browser, Page
from postbox import MANAGERS, Mail
from story import Story, number_of

WITHOUT_SCRIPTS = {"java_script_enabled": False}


def two_clicks_and_a_code(story: Story, browser: Browser) -> list[str]:
    """From the mail to the decision: the mail's button, the code, one button. No scripts."""
    asked = story.ask("function-refund-480", "Refund 480.00 for order A-1042.")
    mail = _mailed(story, "480.00", 0)
    page = _from_inbox(browser, mail, **WITHOUT_SCRIPTS)
    page.get_by_label("Code from your mail").fill(mail.code.lower())
    with page.expect_navigation():
        page.get_by_role("button", name="Approve").last.click()
    story.check("the page says what was decided", "You approved this" in page.inner_text("main"))
    story.check("the address is the link and nothing more", page.url == mail.link)
    after = story.until(asked, "executed", 60)
    story.check(f"it ran: {number_of(after)}", after["status"] == "executed")
    page.reload()
    story.check("the page tells that it was done", "It was done, once" in page.inner_text("main"))
    page.go_back()
    story.check("and going back offers no second decision", page.get_by_role("button", name="Approve").count() == 0)
    return [number_of(after)]


def accidents(story: Story, browser: Browser) -> list[str]:
    """W16: Enter, a double click, going back and posting again decide nothing, or the same thing once."""
    asked = story.ask("function-refund-480", "Refund 300.00 for order A-1051.", amount="300.00", order_id="A-1051")
    mail = _mailed(story, "300.00", 0)
    page = _open(browser, mail.link)
    page.get_by_label("Code from your mail").fill(mail.code)
    page.get_by_label("Code from your mail").press("Enter")
    page.wait_for_timeout(400)
    story.check("w16_ Enter in the code's field decides nothing", story.status(asked)["status"] == "pending")
    page.get_by_role("button", name="Approve").last.dblclick()
    page.wait_for_url(mail.link)
    after = story.until(asked, "executed", 60)
    story.check("w16_ a double click decides once", after["status"] == "executed" and number_of(after) != "")
    return [number_of(after)]


def a_scanner_with_scripts(story: Story, browser: Browser) -> None:
    """It loads the page, runs what runs, ticks and fills what it finds, presses every button: nothing is decided."""
    asked = story.ask("function-refund-480", "Refund 310.00 for order A-1052.", amount="310.00", order_id="A-1052")
    mail = _mailed(story, "310.00", 1)
    for name in ("Reject", "Approve"):
        page = _open(browser, mail.link)
        page.get_by_label("Comment").fill("looks safe")
        with page.expect_navigation():
            page.get_by_role("button", name=name).last.click()
        story.check(f"{name} without the code decides nothing", story.status(asked)["status"] == "pending")
        story.check("and what was typed is kept", page.get_by_label("Comment").input_value() == "looks safe")


def nobody_else_s_page(story: Story, browser: Browser) -> None:
    """W01, W02: another site can neither frame the page nor post its form."""
    asked = story.ask("function-refund-480", "Refund 320.00 for order A-1053.", amount="320.00", order_id="A-1053")
    mail = _mailed(story, "320.00", 2)
    evil = browser.new_context().new_page()
    evil.goto(inbox.serve())
    evil.set_content(f"<iframe src='{mail.link}'></iframe>")
    evil.wait_for_timeout(800)
    shown = [frame.url for frame in evil.frames[1:] if frame.url == mail.link]
    story.check("w02_ no other page can frame it", shown == [])
    evil.set_content(
        f"<form method=post action='{mail.link}'><input name=verdict value=approve><input name=comment>"
        f"<input name=code value={mail.code}><button>win a prize</button></form>"
    )
    with evil.expect_navigation():
        evil.get_by_role("button").click()
    story.check("w01_ a form of another site decides nothing, even with the code",
                story.status(asked)["status"] == "pending" and "You approved" not in evil.inner_text("body"))


def by_keyboard(story: Story, browser: Browser) -> None:
    """The whole way without a mouse, at 320 px."""
    asked = story.ask("function-refund-480", "Refund 330.00 for order A-1054.", amount="330.00", order_id="A-1054")
    mail = _mailed(story, "330.00", 1)
    page = _open(browser, mail.link, viewport={"width": 320, "height": 640})
    _tab_to(page, "textarea")
    page.keyboard.type("Not in this month.")
    _tab_to(page, "input[name=code]")
    page.keyboard.type(mail.code)
    _tab_to(page, "button[value=reject]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    story.check("a rejection by keyboard counts", story.until(asked, "rejected", 30)["status"] == "rejected")


def an_operators_console(story: Story, browser: Browser) -> None:
    """Finds a request, exports it, cancels it; nobody else gets in by the printed address."""
    asked = story.ask("function-refund-480", "Refund 340.00 for order A-1055.", amount="340.00", order_id="A-1055")
    other = story.ask("function-cancel-account", "Close account AC-7.")
    outputs = story.stack("demo")["outputs"]
    # *.localhost does not resolve outside browsers: the API is also served under this address.
    api = f"{os.environ['AWS_ENDPOINT_URL']}/_aws/execute-api/{outputs['ApprovalApiId']}/$default"
    with console.console(outputs, "--stack", "demo", "--api", api) as address:
        page = _open(browser, address)
        story.check("the queue shows what waits", page.locator("[data-row]").count() >= 2)
        story.check("w07_ the address lets in one browser, once", _open(browser, address).title().startswith("This address was used"))
        _a_neighbour_of_the_console(story, page, address)
        page.keyboard.press("/")
        page.keyboard.type(asked["reference"])
        with page.expect_navigation():
            page.keyboard.press("Enter")
        story.check("the agent's reference finds its request", page.locator("[data-row]").count() == 1)
        with page.expect_download() as saved:
            page.get_by_role("link", name="Export as CSV").click()
        lines = Path(saved.value.path()).read_text().splitlines()
        story.check("it is exported", len(lines) == 2 and "billing___refund_order" in lines[1])
        with page.expect_navigation():
            page.locator("[data-row]").click()
        story.check("the trail holds", "The audit trail holds." in page.inner_text("main"))
        story.check("nothing there approves", page.get_by_text("Approve", exact=True).count() == 0)
        with page.expect_navigation():
            page.get_by_role("link", name="Cancel it").click()
        page.get_by_label("Reason").fill("asked by mistake")
        with page.expect_navigation():
            page.get_by_role("button").click()
        story.check("it says that it is cancelled", "is cancelled" in page.inner_text("main"))
        for screen in ("Freezes", "Audit", "Policy", "Health"):
            with page.expect_navigation():
                page.get_by_role("link", name=screen, exact=True).click()
            story.check(f"{screen} shows", page.locator("h1").inner_text() == screen)
    story.check("the agent is told", story.status(asked)["status"] == "cancelled")
    story.check("the other one still waits", story.status(other)["status"] == "pending")


def _a_neighbour_of_the_console(story: Story, page: Page, address: str) -> None:
    other = page.context.new_page()
    with console.neighbour() as (port, sent):
        for host in ("127.0.0.1", "localhost"):
            other.goto(f"http://{host}:{port}/")
    story.check("w07_ no other server of the machine is sent the console's cookie", len(sent) >= 2 and not any(sent))
    other.goto(f"http://127.0.0.1:{urlsplit(address).port}/")
    story.check("w07_ nor is the console at 127.0.0.1", other.title().startswith("This console is not at that address"))
    other.close()


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise LookupError(f"Tab never reaches {selector}")


def _mailed(story: Story, about: str, person: int) -> Mail:
    name = MANAGERS[person]
    return postbox.wait_for(story.site(), about, (name,))[name]


def _open(browser: Browser, link: str, **settings: object) -> Page:
    page = browser.new_context(**settings).new_page()
    page.goto(link)
    return page


def _from_inbox(browser: Browser, mail: Mail, **settings: object) -> Page:
    context = browser.new_context(**settings)
    shown = context.new_page()
    shown.goto(f"{inbox.serve()}mail/{mail.number}")
    with context.expect_page() as opened:
        shown.frame_locator("iframe").get_by_role("link", name="Review and decide").click()
    opened.value.wait_for_load_state()
    return opened.value


def main() -> int:
    """Plays all of it."""
    story = Story()
    with chromium.browser() as browser:
        done = two_clicks_and_a_code(story, browser) + accidents(story, browser)
        a_scanner_with_scripts(story, browser)
        nobody_else_s_page(story, browser)
        by_keyboard(story, browser)
        an_operators_console(story, browser)
    story.check("the books hold exactly what was approved here", sorted(done) == story.print_books())
    print(f"\n{len(story.wrong)} step(s) went otherwise than told." if story.wrong else "\nEvery step went as told.")
    return 1 if story.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
