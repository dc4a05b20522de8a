"""The machine's Chromium, driven for tests: nothing is fetched from elsewhere, nothing is kept."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A headless browser with a fresh profile."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        sys.exit("no Chromium on this machine: install it (Debian: apt install chromium) or set CHROMIUM to its path")
    # Chromium's own sandbox does not work for root, which containers often are.
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.getuid() == 0 else [])]
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=arguments)
        try:
            yield chromium
        finally:
            chromium.close()
