"""Every page of the site: nothing that axe finds in three languages, in the dark either, and nothing over the edge.

In English each page is seen in all its states, once in the dark; in French and Arabic in one state.
"""

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.support.tour import NOT_PAGES, STOPS, Stop, Tour

pytestmark = pytest.mark.one_database
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROWEST = 320
IN_ORDER = """() => [...document.querySelectorAll('.error-summary a[href^="#"]')]
  .map(link => document.getElementById(link.hash.slice(1)))
  .every((field, place, all) => field && (!place || all[place - 1].compareDocumentPosition(field) & 4))"""
ONCE = tuple({stop.endpoint: stop for stop in reversed(STOPS)}.values())  # the first state of each page


def test_the_tour_stops_at_every_page(app):
    reading = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert reading - {stop.endpoint for stop in STOPS} - NOT_PAGES == set()


@pytest.mark.parametrize(
    "lang", [pytest.param("en", marks=pytest.mark.long), pytest.param("fr", marks=pytest.mark.long), "ar"]
)
def test_every_page_can_be_read_by_everybody(lang: str, tour: Tour):
    faults = [fault for stop in (STOPS if lang == "en" else ONCE) for fault in _faults(tour, stop, lang)]
    assert faults == []


def _faults(tour: Tour, stop: Stop, lang: str) -> list[str]:
    page = tour.open(stop, lang)
    found = [] if page.locator("html").get_attribute("lang") == lang else [f"does not speak {lang}"]
    page.evaluate(AXE)
    found += _axe(page, STANDARD)
    if lang == "en" and stop in ONCE:
        page.emulate_media(color_scheme="dark")
        found += [f"in the dark: {fault}" for fault in _axe(page, ["color-contrast"])]
        page.emulate_media(color_scheme="light")
    if page.locator(".error-summary").count() and not page.evaluate(IN_ORDER):
        found += ["corrections stand in another order than their fields"]
    size = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.set_viewport_size(size)
    found += [f"{over} px over the edge of {NARROWEST}"] if over > 0 else []
    return [f"{stop.name}: {fault}" for fault in found]


def _axe(page: Page, rules: list[str]) -> list[str]:
    options: dict[str, Any] = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    violations = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [f"{one['id']} at {node['html']}" for one in violations for node in one["nodes"]]
