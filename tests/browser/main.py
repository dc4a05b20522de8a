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
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

WIDE, NARROW = 1280, 320


class Setting:
    """One way of looking: a window that all items are opened in, one after the other."""

    def __init__(self, browser: Browser, address: str, name: str, width: int = WIDE, **settings: object) -> None:
        self.name, self._address = name, address
        self._page = browser.new_context(viewport={"width": width, "height": 900}, **settings).new_page()
        self._did: list[str] = []
        self._page.on("dialog", self._dialog)
        self._page.on("pageerror", lambda error: self._did.append(f"a script failed: {error}"))
        self._page.on("console", self._said)
        self._page.on("request", self._asked)

    def look(self, item: gallery.Item, check: Callable[[Page], list[str]]) -> list[str]:
        """Opens the item, checks it, and adds whatever it did that no page may do."""
        self._did.clear()
        self._page.goto(self._address + item.path, wait_until="load")
        found = check(self._page)
        if self._page.evaluate("() => 'pwned' in window"):
            self._did.append("a text of others ran as a script")
        return [f"{item.kind} {item.name}, {self.name}: {fault}" for fault in [*found, *self._did]]

    def _dialog(self, dialog: Dialog) -> None:
        self._did.append(f"it opened a dialog: {dialog.message}")
        dialog.dismiss()

    def _said(self, said: ConsoleMessage) -> None:
        # A status of 4xx or 5xx is what some of these pages are about.
        if "Failed to load resource" not in said.text:
            self._did.append(f"the browser says: {said.text}")

    def _asked(self, asked: Request) -> None:
        if not asked.url.startswith((self._address, "data:")):
            self._did.append(f"it asks {asked.url}")
        if asked.method == "POST":
            self._did.append(f"it posts to {asked.url}")


Check = Callable[[Page, bool], list[str]]


def ways(short: bool) -> list[tuple[str, dict[str, object], Check, bool]]:
    """The settings, with what is checked in each, and whether mail is looked at in it too."""
    some = [
        ("light", {"color_scheme": "light"}, lambda page, mail: checks.accessible(page, mail) + checks.has_one_title(page), True),
        ("dark", {"color_scheme": "dark"}, checks.accessible, True),
        ("at 320 px", {"width": NARROW}, lambda page, _: checks.fits(page, NARROW), True),
        ("by keyboard", {}, lambda page, _: checks.nothing_is_preset(page) + checks.targets(page), False),
    ]
    more = [
        ("Tab", {}, lambda page, _: checks.keyboard(page), False),
        ("text twice as large", {"width": 640}, lambda page, _: _large(page), False),
        ("without scripts", {"java_script_enabled": False}, lambda page, _: checks.fits(page, WIDE) + _told(page), True),
        ("in forced colours", {"forced_colors": "active"}, lambda page, _: _told(page), True),
    ]
    return some if short else some + more


def _large(page: Page) -> list[str]:
    # The page's policy forbids a stylesheet of ours, not the property of an element.
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    return checks.fits(page, 640)


def _told(page: Page) -> list[str]:
    return [] if len(page.inner_text("body").strip()) > 20 else ["it shows nothing"]


def main() -> int:
    """Looks at all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--short", action="store_true", help="the accessibility rules, both themes, 320 px, what is preset")
    arguments = parser.parse_args()
    items = [item for folder in arguments.folders for item in gallery.read(folder) if item.file.suffix == ".html"]
    address = gallery.serve(items)
    faults: list[str] = []
    with chromium.browser() as browser:
        for name, settings, check, mail_too in ways(arguments.short):
            setting = Setting(browser, address, name, **settings)
            seen = [item for item in items if mail_too or item.kind != "mail"]
            for item in seen:
                faults.extend(setting.look(item, lambda page, item=item: check(page, item.kind == "mail")))
            print(f"{len(seen):4} {name}", flush=True)
    for fault in faults:
        print(f"  {fault}")
    kinds = {kind: sum(item.kind == kind for item in items) for kind in sorted({item.kind for item in items})}
    print(f"{', '.join(f'{count} of {kind}' for kind, count in kinds.items())}: {len(faults)} faults")
    return 1 if faults or not items else 0


if __name__ == "__main__":
    sys.exit(main())
