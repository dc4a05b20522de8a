"""The console's first screen: when Chromium has drawn it, counted from opening the printed address."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))

import chromium
import console

ROWS = "[data-row]"
# When the browser first painted something of the document, redirects to it included.
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def drawn(outputs: dict[str, str], **environment: str) -> float:
    """Seconds. The environment is the console's, so that its calls can be sent elsewhere."""
    with console.console(outputs, "--table", outputs["TableName"], **environment) as address, chromium.browser() as browser:
        # A first page of nothing, so that the browser's own start is not counted.
        page = browser.new_page()
        page.goto("about:blank")
        page.goto(address)
        if page.locator(ROWS).count() == 0:
            raise SystemExit(f"the console shows no request: {page.inner_text('body')[:200]}")
        page.wait_for_function(PAINTED)
        return page.evaluate(PAINTED) / 1000
