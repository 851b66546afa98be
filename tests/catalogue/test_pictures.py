"""SVG: what may stand in one, and everything that could run, fetch or style."""

import io

import pytest
from PIL import Image, ImageFile

from elearn.catalogue.pictures import examine

pytestmark = pytest.mark.one_database

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 320.5 200">\n'


def look(svg: str) -> tuple[tuple[int, int] | None, list[tuple[int, str]]]:
    problems: list[tuple[int, str]] = []
    asset = examine("assets/a.svg", svg.encode(), lambda line, message: problems.append((line, message)))
    return (asset.width, asset.height) if asset else None, problems


GOOD = """<title>Two bars</title><desc>Words</desc>
<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient><path id="p" d="M0 0L1 1"/>
<marker id="m" refX="1"><path d="M0 0"/></marker><clipPath id="c"><circle r="3"/></clipPath></defs>
<g fill="url(#g)" clip-path="url('#c')" transform="scale(2)"><rect x="1" y="2" width="3" height="4" rx="1"/>
<use href="#p" xlink:href="#p"/><line x1="0" y1="0" x2="1" y2="1" stroke="#000" marker-end="url(#m)"/></g>
<text x="1" y="2" font-family="sans-serif" font-size="14" text-anchor="middle" direction="rtl" xml:lang="ar">نص
<tspan dy="1em" aria-hidden="true">b</tspan></text></svg>"""


def test_a_drawing_with_words_shapes_and_references_to_itself() -> None:
    assert look(HEAD + GOOD) == ((320, 200), [])


@pytest.mark.parametrize(
    ("root", "size"),
    [
        ('viewBox="0 0 320 200"', (320, 200)),
        ('viewBox="0,0,320,200" width="100%"', (320, 200)),
        ('width="640" height="400px"', (640, 400)),
        ("", None),
        ('viewBox="0 0 0 0"', None),
        ('viewBox="0 0 1e9 1e9"', None),
        ('viewBox="0 0 99999 99999"', None),
    ],
)
def test_the_size_comes_from_the_drawing(root: str, size: tuple[int, int] | None) -> None:
    found, problems = look(f'<svg xmlns="http://www.w3.org/2000/svg" {root}/>')
    assert found == size
    assert bool(problems) is (size is None)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect onload="alert(1)"/>',
        '<rect style="fill:red"/>',
        "<style>rect{fill:red}</style>",
        '<a href="https://example.org"><rect/></a>',
        '<image href="https://example.org/a.png"/>',
        '<use href="https://example.org/a.svg#b"/>',
        '<use xlink:href="data:image/svg+xml,x"/>',
        '<use href="javascript:alert(1)"/>',
        '<rect fill="url(https://example.org/a#b)"/>',
        "<rect fill=\"URL( 'https://example.org/a')\"/>",
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">a</p></foreignObject>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<set attributeName="onload" to="alert(1)"/>',
        '<rect xmlns:e="http://www.w3.org/2001/xml-events" e:event="load"/>',
        '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
        '<metadata/>',
        '<rect data-x="1"/>',
        '<?xml-stylesheet href="https://example.org/a.css"?>',
        '<filter id="f"><feImage href="https://example.org/a.png"/></filter>',
    ],
)  # fmt: skip
def test_what_could_run_fetch_or_style_is_refused_at_its_line(inside: str) -> None:
    asset, problems = look(f"{HEAD}<rect/>\n{inside}</svg>")
    assert asset is None
    assert problems and {line for line, _ in problems} == {3}


@pytest.mark.parametrize(
    "svg",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + HEAD + "&b;</svg>",
        '<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + HEAD + "</svg>",
        HEAD + "<rect></svg>",
        HEAD + "<g>" * 100 + "</g>" * 100 + "</svg>",
        HEAD + "<g/>" * 6_000 + "</svg>",
        "<svg/>",
        '<html xmlns="http://www.w3.org/1999/xhtml"><script/></html>',
        '<?xml version="1.0" encoding="x-nonsense"?>' + HEAD + "</svg>",
        "",
        "\x00",
    ],
)
def test_what_is_no_plain_drawing_is_refused(svg: str) -> None:
    asset, problems = look(svg)
    assert asset is None and problems


def test_a_picture_that_is_cut_off_is_refused_also_where_certificates_are_made(monkeypatch) -> None:
    """The PDF engine tells Pillow, for the whole process, to accept such pictures."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = io.BytesIO()
    Image.effect_noise((90, 90), 50).save(whole, "PNG")
    problems: list[str] = []
    examine("assets/a.png", whole.getvalue()[:900], lambda _line, message: problems.append(message))
    assert problems == ["not a readable PNG, JPEG or WebP picture"]
