"""A certificate as the site makes it when warm, against a plain WeasyPrint document of the same page."""

import datetime as dt
import time
from collections.abc import Callable

from weasyprint import HTML

from elearn.certification import paper
from elearn.certification.designs import CURRENT, present
from elearn.certification.rules import CertificateData, Titled

MADE_AT = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
COURSE = "Conditional Cash Transfers, part 1: Foundations and reaching the right households"


def data(number: int) -> CertificateData:
    """A new certificate each time: nothing of the last one can be kept."""
    return CertificateData(
        code=f"{number:026d}",
        serial=f"WA-2026-{number:06d}",
        kind="completion",
        languages=("en", "ar"),
        name_latin=f"Amina Demo {number}",
        name_arabic=f"أمينة تجريبي {number}",
        course={"en": Titled("en", COURSE), "ar": Titled("ar", "التحويلات النقدية المشروطة، الجزء الأول")},
        level="introductory",
        minutes=345,
        studied_in="en",
        score=84,
        issued_on=MADE_AT.date(),
        expires_on=None,
        issuer={"en": "Wasl Academy", "ar": "أكاديمية وصل"},
        signatory={"en": "Director of Programmes", "ar": "إدارة البرامج"},
        address=f"https://academy.example.org/verify/{number:026d}",
        demonstration=True,
    )


def measure(rounds: int, each: int) -> tuple[list[float], list[float], int]:
    """Seconds for one of ours and for a plain one, by round; and the size of ours."""
    design = present(CURRENT)

    def ours(number: int) -> bytes:
        return paper.produce(data(number), design.label, MADE_AT)

    def plain(number: int) -> bytes:
        # The same page, with its stylesheet and the drawing behind it, as the library's manual does it.
        ground = f"<style>@page {{ background: url({design.ground}) no-repeat 0 0 / 100% 100% }}</style>"
        linked = f'<link rel="stylesheet" href="{design.stylesheet}">{ground}</head>'
        html = paper.compose(data(number), design).replace("</head>", linked)
        return bytes(HTML(string=html, base_url=design.folder.as_uri() + "/").write_pdf())

    size = len(ours(0))
    plain(0)
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        kinds = [(ours, found[0]), (plain, found[1])]
        for make, seconds in kinds if number % 2 == 0 else kinds[::-1]:
            seconds.append(_seconds(make, each, 1 + number * each))
    return *found, size


def _seconds(make: Callable[[int], bytes], each: int, first: int) -> float:
    began = time.perf_counter()
    for number in range(first, first + each):
        make(number)
    return (time.perf_counter() - began) / each
