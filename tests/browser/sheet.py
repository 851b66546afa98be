"""`make sheet`: every page on one contact sheet, narrow and wide, light and dark, in three languages.

Starts a demonstration of its own, takes its pictures into instance/sheet/ and writes index.html beside them.
`ONLY=quiz LANGS=ar make sheet` takes those whose name holds the word, in those languages.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from elearn.core.i18n import LANGUAGES
from tests.support.chromium import launched
from tests.support.live import ROOT, free_port, running
from tests.support.tour import STOPS, Stop, Tour
from tests.support.two_versions import publishing

FOLDER = ROOT / "instance" / "sheet"
PASSWORD = "a plain password for pictures"
WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
WITH_PICTURES = """() => Promise.all([...document.images].map(image => {
  image.loading = 'eager';
  return image.decode().catch(() => null);
}))"""
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Contact sheet</title>
<style>body{{font-family:system-ui;margin:1rem;background:#888}}h2{{margin:2rem 0 .5rem}}
div{{display:flex;gap:.75rem;align-items:start;overflow-x:auto}}img{{height:44rem;object-fit:contain;object-position:top}}</style>
<h1>Contact sheet, {when}</h1>{body}"""


@contextmanager
def demonstration(*, rules: bool = False) -> Iterator[Tour]:
    """A tour of an instance that lives as long as the block; `rules`: with a course that has some."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DATA_DIR": f"{folder}/data", "DEMO_PASSWORD": PASSWORD, "WEB_CONCURRENCY": "1"}
        log = Path(folder) / "log"
        with running(["-m", "elearn.demonstration"], free_port(), environment, log) as site, launched() as browser:
            tour = Tour(browser, site, PASSWORD)
            tour.prepare()
            if rules:
                tour.by_rules(publishing(environment, Path(folder) / "ruled"))
            yield tour
            tour.close()


def main() -> int:
    wanted = [stop for stop in STOPS if os.environ.get("ONLY", "") in stop.name]
    langs = os.environ.get("LANGS", " ".join(LANGUAGES)).split()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demonstration(rules=True) as tour:
        body = "".join(section(tour, stop, langs) for stop in wanted)
    index = FOLDER / "index.html"
    index.write_text(PAGE.format(when=time.strftime("%d %B %Y, %H:%M"), body=body), encoding="utf-8")
    print(f"{len(wanted)} pages: {index}")  # noqa: T201
    return 0


def section(tour: Tour, stop: Stop, langs: list[str]) -> str:
    """The pictures of one page; what to show of them."""
    names = [name for lang in langs for name in pictures(tour, stop, lang)]
    images = "".join(f'<a href="{name}"><img loading="lazy" src="{name}" alt="{name}"></a>' for name in names)
    return f"<h2>{escape(stop.name)}</h2><div>{images}</div>\n"


def pictures(tour: Tour, stop: Stop, lang: str) -> list[str]:
    """One page in one language: loaded once, seen in each width and scheme."""
    page, names = tour.open(stop, lang), []
    page.evaluate(WITH_PICTURES)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844 if width < 700 else 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            names.append(f"{stop.name}.{lang}.{width}.{scheme}.png")
            page.screenshot(path=FOLDER / names[-1], full_page=True)
    return names


if __name__ == "__main__":
    sys.exit(main())
