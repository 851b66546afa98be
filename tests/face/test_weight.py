"""What a first visit costs on a slow link: bytes as they travel, and how many requests."""

import re

import brotli
import pytest

from tests.face.conftest import ELEARN
from tests.support.browser import Browser


def files_of(html: str) -> list[str]:
    """The static files that a page asks for by itself, with those that its stylesheet asks for in turn."""
    named = re.findall(r'<(?:link|script|img)\b[^>]*(?:href|src)="/static/([^"?]+)', html)
    if 'class="band"' in html or 'class="framed"' in html:
        named.append("img/motif.svg")
    return sorted(set(named))


def travelling(content: bytes) -> int:
    return len(brotli.compress(content, quality=5))


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/", "/sign-in", "/register", "/privacy"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_first_visit_costs_five_requests_and_forty_kilobytes_at_most(visitor: Browser, path: str, lang: str) -> None:
    answer = visitor.speak(lang).get(path)
    assert answer.status_code == 200
    files = files_of(answer.text)
    assert "css/site.css" in files
    assert 1 + len(files) <= 5
    assert (
        travelling(answer.data) + sum(travelling((ELEARN / "static" / name).read_bytes()) for name in files) <= 40_000
    )


@pytest.mark.one_database
def test_the_frame_around_a_text_is_a_small_part_of_its_page(visitor: Browser) -> None:
    """A lesson has ten kilobytes, of which the head and the foot may take two."""
    html = visitor.get("/accessibility").text
    frame = re.sub(r"<main.*</main>", "", html, flags=re.DOTALL)
    assert frame != html
    assert travelling(frame.encode()) <= 2_000
