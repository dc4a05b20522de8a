"""The console's first screen: when Chromium draws it and its requests, counted from opening the printed address."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))

import chromium
import console

ROWS = "[data-row]"
# In milliseconds. MiniStack takes a second for one query of an index with 100,000 rows.
PATIENCE = 180_000
# When the browser first painted something of the document, redirects to it included.
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def drawn(outputs: dict[str, str], **environment: str) -> tuple[float, float]:
    """Seconds until something is drawn, and until the requests are; the environment is the console's."""
    with console.console(outputs, "--table", outputs["TableName"], **environment) as address, chromium.browser() as browser:
        # A first page of nothing, so that the browser's own start is not counted.
        page = browser.new_page()
        page.goto("about:blank")
        started = time.monotonic()
        page.goto(address, wait_until="commit")
        page.wait_for_function(PAINTED)
        page.locator(ROWS).first.wait_for(timeout=PATIENCE)
        return page.evaluate(PAINTED) / 1000, time.monotonic() - started
