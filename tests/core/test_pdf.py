"""PDFs: confined to one folder, archival and accessible, the same bytes every time."""

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from elearn.core import pdf

MADE_AT = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10">{}</svg>'
SQUARE = SVG.format('<path fill="#0B5D63" d="M1 1H9V9H1Z"/>')


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    one = tmp_path / "design"
    one.mkdir()
    (one / "page.css").write_text("@page { size: 100mm 70mm; margin: 5mm } html { font: 10pt serif }")
    (one / "square.svg").write_text(SQUARE)
    (tmp_path / "secret.svg").write_text(SQUARE)
    (tmp_path / "secret.css").write_text("p { color: red }")
    (one / "link.svg").symlink_to(tmp_path / "secret.svg")
    yield one
    pdf._styles.cache_clear()


def page(body: str = "<p>Hello", head: str = "") -> str:
    return f'<!doctype html><html lang="fr"><head><title>A title</title>{head}</head><body>{body}</body></html>'


def render(folder: Path, html: str, **options) -> bytes:
    return pdf.render(html, folder=folder, stylesheet="page.css", made_at=MADE_AT, **options)


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def test_files_of_the_folder_and_data_addresses_are_used(folder):
    plain = render(folder, page())
    for source in ("square.svg", "data:image/svg+xml," + SQUARE.replace("#", "%23").replace('"', "%22")):
        assert len(render(folder, page(f'<p>Hello<img alt="A square" src="{source}">'))) > len(plain)


@pytest.mark.parametrize(
    "html",
    [
        page('<img alt="x" src="../secret.svg">'),
        page('<img alt="x" src="%2e%2e/secret.svg">'),
        page('<img alt="x" src="link.svg">'),
        page('<img alt="x" src="missing.svg">'),
        page('<img alt="x" src="file:///etc/hostname">'),
        page('<img alt="x" src="file://elsewhere.example/etc/hostname">'),
        page('<img alt="x" src="http://127.0.0.1:9/x.png">'),
        page('<img alt="x" src="https://example.org/x.png">'),
        page('<img alt="x" src="ftp://example.org/x.png">'),
        page('<object data="../secret.svg"></object>'),
        page(head='<link rel="stylesheet" href="../secret.css">'),
        page(head='<style>@import url("../secret.css");</style>'),
        page(head='<style>p { background: url("../secret.svg") }</style>'),
        page(head='<style>@font-face { font-family: x; src: url("file:///etc/hostname") }</style>'),
        page(head='<link rel="attachment" href="file:///etc/hostname">'),
        page(head='<base href="https://example.org/">', body='<img alt="x" src="square.svg">'),
    ],
)
def test_anything_else_ends_the_rendering(folder, html):
    with pytest.raises(pdf.OutsideFolder):
        render(folder, html)


def test_a_picture_reaches_nothing_outside_either(folder, tmp_path):
    (folder / "square.svg").write_text(SVG.format(f'<image href="{(tmp_path / "secret.svg").as_uri()}" width="9"/>'))
    with pytest.raises(pdf.OutsideFolder):
        render(folder, page('<img alt="x" src="square.svg">'))


def test_a_missing_stylesheet_or_ground_is_said(folder):
    with pytest.raises(pdf.OutsideFolder):
        pdf.render(page(), folder=folder, stylesheet="none.css", made_at=MADE_AT)
    with pytest.raises(pdf.OutsideFolder):
        render(folder, page(), ground="none.svg")


def test_the_same_page_gives_the_same_bytes(folder):
    attached = [pdf.Attached("a.json", b"{}", "A claim")]
    for kept in (pdf._srgb, pdf._styles, pdf._ground):
        kept.cache_clear()  # the first page of a process
    first = render(folder, page("<p>أمينة"), ground="square.svg", attachments=attached)
    render(folder, page("<p>Something else, in between, with other letters: ΩЖ"))
    assert render(folder, page("<p>أمينة"), ground="square.svg", attachments=attached) == first


def test_title_language_and_dates_are_those_given(folder):
    document = read(render(folder, page()))
    assert document.metadata.title == "A title"
    assert document.trailer["/Root"]["/Lang"] == "fr"
    assert document.metadata.creation_date == document.metadata.modification_date == MADE_AT
    assert document.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]


def test_archival_and_accessible_claims_stand_in_the_metadata(folder):
    document = read(render(folder, page()))
    xmp = document.trailer["/Root"]["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in xmp and 'pdfaid:conformance="A"' in xmp
    assert 'pdfuaid:part="1"' in xmp and "pdfaExtension:schemas" in xmp
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"


def test_an_attachment_comes_out_as_it_went_in(folder):
    content = '{"name": "أمينة"}'.encode()
    document = read(render(folder, page(), attachments=[pdf.Attached("claim.json", content, "A claim")]))
    assert document.attachments == {"claim.json": [content]}
    assert document.trailer["/Root"]["/AF"][0]["/AFRelationship"] == "/Data"


def test_the_ground_lies_under_every_page_as_decoration(folder):
    document = read(render(folder, page('<p>One<p style="break-before: page">Two'), ground="square.svg"))
    assert len(document.pages) == 2
    for one in document.pages:
        under, content = (part.get_object().get_data() for part in one["/Contents"])
        assert under.startswith(b"/Artifact BMC q ") and under.endswith(b"/Ground Do Q EMC")
        assert b"Tj" in content or b"TJ" in content
        assert b"0.043137 0.364706 0.388235 rg" in one["/Resources"]["/XObject"]["/Ground"].get_data()


def test_a_ground_that_is_not_opaque_is_refused(folder):
    (folder / "veil.svg").write_text(SVG.format('<path fill="#000" fill-opacity=".5" d="M1 1H9V9H1Z"/>'))
    with pytest.raises(pdf.PdfError, match="opaque"):
        render(folder, page(), ground="veil.svg")


def test_a_changed_stylesheet_is_noticed(folder):
    before = read(render(folder, page())).pages[0].mediabox.width
    (folder / "page.css").write_text("@page { size: 200mm 70mm } html { font: 10pt serif }")
    assert read(render(folder, page())).pages[0].mediabox.width == pytest.approx(2 * before, rel=0.01)


def test_too_long_for_its_room_is_said(folder):
    room = pdf.Room("text", 60)
    render(folder, page('<p id="text">Short'), room=room)
    with pytest.raises(pdf.TooLong):
        render(folder, page(f'<p id="text">{"Long " * 1000}'), room=room)
    with pytest.raises(pdf.TooLong):
        render(folder, page('<p id="text" style="margin-top: 58mm">Low'), room=room)


def test_the_engine_says_its_versions():
    assert set(pdf.engine()) == {"weasyprint", "pydyf", "pango"}
    assert all(version[0].isdigit() for version in pdf.engine().values())
