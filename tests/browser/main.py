"""Every mail, page state and console screen of the gallery in real Chromium.

    main.py FOLDER [--short]

Each is looked at in both themes, at 1280 and 320 px (which is what 400 % zoom makes of 1280), with text twice as large,
with and without scripts, and by keyboard. Texts of others in it must do nothing.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import checks
import chromium
import gallery
from playwright.sync_api import Browser, Page

WIDE, NARROW = 1280, 320


class Visit:
    """One item in one setting, and what went wrong in it."""

    def __init__(self, browser: Browser, address: str, item: gallery.Item, faults: list[str]) -> None:
        self._browser, self._address, self._item, self._faults = browser, address, item, faults

    def under(self, name: str, check: Callable[[Page], list[str]], width: int = WIDE, **settings: object) -> None:
        """Opens the item, checks it, and notes whatever it did that no page may do."""
        context = self._browser.new_context(viewport={"width": width, "height": 900}, **settings)
        page = context.new_page()
        did: list[str] = []
        page.on("dialog", lambda dialog: (did.append(f"it opened a dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: did.append(f"a script failed: {error}"))
        page.on("console", lambda said: did.append(f"the browser says: {said.text}") if _complains(said.text) else None)
        page.on("request", lambda asked: did.append(f"it asks {asked.url}") if self._is_foreign(asked.url) else None)
        page.goto(self._address + self._item.path, wait_until="load")
        found = check(page)
        if page.evaluate("() => 'pwned' in window"):
            did.append("a text of others ran as a script")
        self._faults.extend(f"{self._item.kind} {self._item.name}, {name}: {fault}" for fault in [*found, *did])
        context.close()

    def _is_foreign(self, url: str) -> bool:
        return not url.startswith((self._address, "data:"))


def _complains(text: str) -> bool:
    # A status of 4xx or 5xx is what some of these pages are about.
    return "Failed to load resource" not in text


def look(browser: Browser, address: str, item: gallery.Item, short: bool) -> list[str]:
    """All checks on one item."""
    faults: list[str] = []
    visit = Visit(browser, address, item, faults)
    mail = item.kind == "mail"
    both = lambda page: checks.accessible(page, mail) + checks.has_one_title(page)
    visit.under("light", both, color_scheme="light")
    visit.under("at 320 px", lambda page: checks.fits(page, NARROW), width=NARROW, color_scheme="light")
    visit.under("dark", lambda page: checks.accessible(page, mail), color_scheme="dark")
    if not mail:
        visit.under("by keyboard", lambda page: checks.nothing_is_preset(page) + checks.targets(page))
    if short:
        return faults
    if not mail:
        visit.under("Tab", checks.keyboard)
        visit.under("text twice as large", _large, width=640)
    visit.under("without scripts", lambda page: checks.fits(page, WIDE) + _told(page), java_script_enabled=False)
    visit.under("in forced colours", _told, forced_colors="active")
    return faults


def _large(page: Page) -> list[str]:
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    return checks.fits(page, 640)


def _told(page: Page) -> list[str]:
    return [] if len(page.inner_text("body").strip()) > 20 else ["it shows nothing"]


def main() -> int:
    """Looks at all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--short", action="store_true", help="the accessibility rules, both themes and 320 px alone")
    arguments = parser.parse_args()
    items = [item for folder in arguments.folders for item in gallery.read(folder) if item.file.suffix == ".html"]
    address = gallery.serve(items)
    faults: list[str] = []
    with chromium.browser() as browser:
        for at, item in enumerate(items, 1):
            found = look(browser, address, item, arguments.short)
            faults.extend(found)
            print(f"{at:3}/{len(items)}  {'ok ' if not found else 'BAD'}  {item.kind} {item.name}", flush=True)
    for fault in faults:
        print(f"  {fault}")
    kinds = {kind: sum(item.kind == kind for item in items) for kind in sorted({item.kind for item in items})}
    print(f"{', '.join(f'{count} {kind}' for kind, count in kinds.items())}: {len(faults)} faults")
    return 1 if faults or not items else 0


if __name__ == "__main__":
    sys.exit(main())
