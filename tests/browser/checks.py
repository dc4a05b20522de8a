"""What is asked of every page, in a real browser. Each check gives the faults it found, in words."""

from importlib.resources import files

from playwright.sync_api import Page

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Mail has no landmarks: it is shown inside somebody else's page.
NOT_IN_MAIL = ["region", "landmark-one-main", "page-has-heading-one"]
SERIOUS = {"serious", "critical"}
MOST_TABS = 300


def accessible(page: Page, mail: bool) -> list[str]:
    """The accessibility rules of WCAG 2.2 A and AA: nothing serious."""
    page.evaluate(AXE)
    off = {rule: {"enabled": False} for rule in (NOT_IN_MAIL if mail else [])}
    options = {"runOnly": {"type": "tag", "values": RULES}, "rules": off, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"axe {each['id']} ({each['impact']}): {each['help']}: {each['nodes'][0]['html'][:160]}"
        for each in found
        if each["impact"] in SERIOUS
    ]


def fits(page: Page, width: int) -> list[str]:
    """Nothing needs scrolling sideways."""
    wide = page.evaluate(
        """width => [document.scrollingElement.scrollWidth, [...document.querySelectorAll('body *')]
             .filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('.scrolls') && getComputedStyle(e).position !== 'absolute')
             .slice(0, 2).map(e => e.outerHTML.slice(0, 120))]""",
        width,
    )
    return [f"{wide[0]} px wide where {width} are: {wide[1]}"] if wide[0] > width else []


def has_one_title(page: Page) -> list[str]:
    """One first heading, and a title that says what the page is."""
    heads = page.locator("h1").count()
    return ([] if heads == 1 else [f"{heads} first headings"]) + ([] if page.title().strip() else ["no title"])


def keyboard(page: Page) -> list[str]:
    """Tab reaches all that can be used, in reading order, always visibly, and leaves again."""
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
             .filter(e => !e.disabled && e.type !== 'hidden' && e.tabIndex >= 0 && (e.offsetWidth || e.matches('.skip')) && e.checkVisibility())
             .map((e, at) => { e.dataset.stop = at; return e.outerHTML.slice(0, 80) })"""
    )
    faults, seen = [], []
    page.evaluate("() => { document.activeElement?.blur?.(); getSelection().removeAllRanges() }")
    for _ in range(min(len(wanted), MOST_TABS)):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => { const e = document.activeElement; if (!e || e === document.body) return null;
                 const s = getComputedStyle(e), r = e.getBoundingClientRect();
                 const top = document.elementFromPoint(r.left + r.width / 2, Math.min(Math.max(r.top + r.height / 2, 0), innerHeight - 1));
                 return {at: +e.dataset.stop, seen: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
                         there: r.bottom > 0 && r.top < innerHeight, free: !top || e.contains(top) || top.contains(e), what: e.outerHTML.slice(0, 80)} }"""
        )
        # Past the last stop it leaves the page, or begins anew.
        if stop is None or stop["at"] in seen:
            break
        seen.append(stop["at"])
        if not stop["seen"]:
            faults.append(f"focus cannot be seen on {stop['what']}")
        if not (stop["there"] and stop["free"]):
            faults.append(f"focus is hidden on {stop['what']}")
    # Radio buttons and the like are one stop for several.
    if seen != sorted(seen):
        faults.append(f"Tab jumps about: {seen}")
    missed = [what for at, what in enumerate(wanted) if at not in seen and 'type="radio"' not in what]
    if missed:
        faults.append(f"Tab does not reach {missed[0]}")
    return faults


def targets(page: Page) -> list[str]:
    """Whatever decides is large enough for a thumb (44 px), and apart from its neighbour."""
    return page.evaluate(
        """() => { const faults = [], all = [...document.querySelectorAll('form button')].filter(e => e.checkVisibility() && !e.disabled);
             for (const e of all) { const r = e.getBoundingClientRect();
               if (r.height < 44) faults.push(`a button of ${Math.round(r.height)} px: ${e.textContent.trim().slice(0, 40)}`) }
             return faults }"""
    )


def nothing_is_preset(page: Page) -> list[str]:
    """No field or button has the focus by itself, and Enter in the code's field posts nothing: a post is a fault."""
    faults = []
    if page.evaluate("() => document.activeElement !== document.body"):
        faults.append("something has the focus by itself")
    code = page.locator("input[name=code]:not([type=hidden])")
    if code.count() == 1:
        code.fill("7F3K")
        code.press("Enter")
        page.wait_for_timeout(150)
    return faults
