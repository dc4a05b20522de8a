"""Pictures of every mail, page state and console screen of the gallery, in both themes.

    screenshots.py FOLDER... --to FOLDER [--only NAME]...

Page and console at 1280 px, mail and page also at 360 px. `index.html` there shows them side by side.
"""

import argparse
import sys
from pathlib import Path

import chromium
import gallery
from playwright.sync_api import Browser

THEMES = ("light", "dark")
WIDTHS = {"mail": (700, 360), "page": (1280, 360), "console": (1280, 360)}


def shoot(browser: Browser, address: str, item: gallery.Item, to: Path) -> list[str]:
    """The pictures of one item; their names."""
    names = []
    for theme in THEMES:
        for width in WIDTHS.get(item.kind, (1280,)):
            context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
            page = context.new_page()
            page.goto(address + item.path, wait_until="load")
            names.append(f"{item.kind}-{item.name}-{width}-{theme}.png")
            page.screenshot(path=to / names[-1], full_page=True)
            context.close()
    return names


def main() -> int:
    """Takes them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--only", action="append", default=[])
    arguments = parser.parse_args()
    items = [item for folder in arguments.folders for item in gallery.read(folder) if item.file.suffix == ".html"]
    items = [item for item in items if not arguments.only or item.name in arguments.only]
    arguments.to.mkdir(parents=True, exist_ok=True)
    address = gallery.serve(items)
    rows = []
    with chromium.browser() as browser:
        for at, item in enumerate(items, 1):
            names = shoot(browser, address, item, arguments.to)
            rows.append(f"<h2>{item.kind}: {item.name}</h2>" + "".join(f"<img src='{name}' alt='' width=420>" for name in names))
            print(f"{at:3}/{len(items)}  {item.kind} {item.name}", flush=True)
    (arguments.to / "index.html").write_text("<!doctype html><meta charset=utf-8><title>Pictures</title>" + "".join(rows))
    print(f"{arguments.to / 'index.html'}")
    return 0 if items else 1


if __name__ == "__main__":
    sys.exit(main())
