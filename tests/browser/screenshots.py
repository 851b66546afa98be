"""`make screenshots`: the pictures of the README, taken from a demonstration and kept small: docs/screenshots/."""

import subprocess
import sys
from collections.abc import Callable
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page

from tests.browser.sheet import WITH_PICTURES, demonstration
from tests.support.live import ROOT
from tests.support.tour import CHECK, LESSON, SLUG, Tour, answer, press, send

FOLDER = ROOT / "docs" / "screenshots"
LARGEST = 150_000  # bytes of one file
DESK, PHONE = (1000, 860), (390, 860)
PAPER = 1000  # pixels, the longer side of the certificate


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demonstration() as tour:
        take(tour, "catalogue", "visitor", "fr", DESK, lambda page: page.goto("/courses/"))
        take(tour, "lesson", "beginner", "ar", PHONE, read)
        take(tour, "quiz", "beginner", "en", DESK, sit)
        keep("certificate", paper(tour))
    return 0


def take(tour: Tour, name: str, who: str, lang: str, size: tuple[int, int], go: Callable[[Page], object]) -> None:
    """What somebody sees who has opened a page."""
    page = tour.page(who)
    tour.speak(who, lang)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    go(page)
    page.evaluate(WITH_PICTURES)
    keep(name, page.screenshot())


def keep(name: str, picture: bytes) -> None:
    """Store a picture in at most 256 colours."""
    path = FOLDER / f"{name}.png"
    Image.open(BytesIO(picture)).convert("RGB").quantize(256).save(path, optimize=True)
    assert path.stat().st_size < LARGEST, path


def paper(tour: Tour) -> bytes:
    """The certificate of the graduate, in French and Arabic, as it is printed."""
    page = tour.page("graduate")
    page.goto(f"/me/certificates/{tour.found['certificate']}")
    with page.expect_download() as arriving:
        page.locator("main form[action$='/languages'] button").last.click()
    command = ["pdftoppm", "-png", "-singlefile", "-scale-to", str(PAPER), str(arriving.value.path())]
    return subprocess.run(command, check=True, capture_output=True).stdout


def read(page: Page) -> None:
    """Enrol in Arabic, and read the first lesson."""
    page.goto(f"/courses/{SLUG}/enrol")
    send(page, {"lang": "ar"})
    page.goto(f"/courses/{SLUG}/learn/{LESSON}")
    page.locator("main h1").evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 20)")


def sit(page: Page) -> None:
    """Answer the first question in English and come to the second."""
    page.goto(f"/courses/{SLUG}/quiz/{CHECK}")
    press(page, "main form[action$='/start'] button")
    if page.locator("main button[value='lang:en']:not([aria-current])").count():
        press(page, "main button[value='lang:en']")
    answer(page)
    press(page, "main button[value='item:2']")
    answer(page)
    page.locator("main .save-state.saved").first.wait_for()


if __name__ == "__main__":
    sys.exit(main())
