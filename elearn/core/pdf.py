"""HTML to PDF: archival (PDF/A-3a), accessible (PDF/UA-1), confined to one folder, the same bytes for the same input.

WeasyPrint takes more than a second to import and its font tables are slow to build: both happen at the first
rendering and are kept. One rendering at a time per process: Pango's font map may not be shared by two threads.
"""

import datetime as dt
import io
import re
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

_one_at_a_time = threading.Lock()
_SRGB = "sRGB"
_VARIANT = {"pdf_variant": "pdf/a-3a", "output_intent": _SRGB}

# PDF/UA-1 beside PDF/A: the identifier, and the extension schema that PDF/A asks for any property it does not know.
_UA_METADATA = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates which part of ISO 14289 the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


class PdfError(Exception):
    """The document could not be made."""


class OutsideFolder(PdfError):
    """The page asked for something that its folder does not hold."""


class TooLong(PdfError):
    """The text takes more room than it may."""


@dataclass(frozen=True, slots=True)
class Room:
    """All must stand on one page, and the element with this id end no lower than this, in millimetres from the top."""

    element: str
    lowest: float


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the document."""

    name: str
    content: bytes
    description: str


def render(
    html: str,
    *,
    folder: Path,
    stylesheet: str,
    made_at: dt.datetime,
    ground: str | None = None,
    attachments: Sequence[Attached] = (),
    room: Room | None = None,
) -> bytes:
    """A PDF of the page, dated `made_at`. Title and language come from the page's `<title>` and `<html lang>`.

    The page may use the files of `folder` and `data:` addresses; anything else, a missing file too, ends the rendering.
    `ground` is an SVG of opaque shapes laid under every page, a decoration: it is drawn once and kept.
    """
    with _one_at_a_time:
        return _render(html, folder.resolve(), stylesheet, made_at.astimezone(dt.UTC), ground, attachments, room)


def _render(
    html: str,
    folder: Path,
    stylesheet: str,
    made_at: dt.datetime,
    ground: str | None,
    attachments: Sequence[Attached],
    room: Room | None,
) -> bytes:
    from weasyprint import HTML, Attachment
    from weasyprint.urls import FatalURLFetchingError

    sheet = folder / stylesheet
    fetcher = _confined_to(folder)
    try:
        fonts, css = _styles(folder, sheet, _changed(sheet))
        document = HTML(string=html, base_url=folder.as_uri() + "/", url_fetcher=fetcher).render(
            font_config=fonts, stylesheets=[css], color_profiles={_SRGB: _srgb()}, **_VARIANT
        )
        if room is not None and not _fits(document, room):
            raise TooLong(f"more than one page, or #{room.element} ends below {room.lowest} mm")
        document.metadata.created = document.metadata.modified = made_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        _claim_accessibility(document.metadata)
        drawing = _ground(folder, sheet, ground, _changed(sheet), _changed(folder / ground)) if ground else None
        pdf: bytes = document.write_pdf(
            **_VARIANT,
            finisher=drawing.lay_under if drawing else None,
            attachments=[
                Attachment(
                    string=item.content,
                    name=item.name,
                    description=item.description,
                    created=made_at,
                    modified=made_at,
                    relationship="Data",
                )
                for item in attachments
            ],
        )
    except FatalURLFetchingError as refused:  # a BaseException: it must not leave this module
        raise OutsideFolder(str(refused)) from refused
    if fetcher.refused:  # a picture inside a picture: there the exception is swallowed
        raise OutsideFolder(fetcher.refused[0])
    return pdf


def _fits(document: Any, room: Room) -> bool:
    # Counting pages is not enough: WeasyPrint drops what is left of a float at the end of a page.
    found = document.pages[0].anchors.get(room.element)
    return found is not None and len(document.pages) == 1 and found[3] * 25.4 / 96 <= room.lowest


def _changed(path: Path) -> int:
    """When a file was last changed: part of the key under which something made from it is kept."""
    try:
        return path.stat().st_mtime_ns
    except OSError as missing:
        raise OutsideFolder(f"no such file: {path.name}") from missing


@lru_cache(maxsize=1)
def _srgb() -> Any:
    """The colours' meaning, as an archive wants it said. WeasyPrint would open its file anew and never close it."""
    from weasyprint.css import ColorProfile

    profile = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()

    class AsItStands(ColorProfile):  # type: ignore[misc]
        content = profile  # the engine's is put together anew, and otherwise once its name has been read

    return AsItStands(io.BytesIO(profile), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


@lru_cache(maxsize=16)
def _styles(folder: Path, sheet: Path, _when: int) -> "tuple[FontConfiguration, CSS]":
    """The fonts and the parsed stylesheet of a design, kept: they cost three times the rendering itself."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    return fonts, CSS(filename=sheet, font_config=fonts, url_fetcher=_confined_to(folder))


@dataclass(frozen=True)
class _Ground:
    """A finished drawing as a PDF form, compressed; `width` and `height` are those of its page."""

    width: float
    height: float
    data: bytes

    def lay_under(self, _document: Any, pdf: Any) -> None:
        """Put the drawing under the content of every page, marked as decoration."""
        import pydyf

        form = pydyf.Stream(
            [self.data],
            {
                "Type": "/XObject",
                "Subtype": "/Form",
                "BBox": pydyf.Array((0, 0, self.width, self.height)),
                "Resources": pydyf.Dictionary(),
                "Filter": "/FlateDecode",
            },
        )
        pdf.add_object(form)
        for page in [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]:
            _left, _bottom, right, top = page["MediaBox"]
            across = f"{right / self.width:f} 0 0 {-top / self.height:f} 0 {top:f}"
            under = pydyf.Stream([f"/Artifact BMC q {across} cm /Ground Do Q EMC".encode()])
            pdf.add_object(under)
            _referred(pdf, page["Resources"])["XObject"]["Ground"] = form.reference
            page["Contents"] = pydyf.Array([under.reference, page["Contents"]])


@lru_cache(maxsize=16)
def _ground(folder: Path, stylesheet: Path, drawing: str, *_when: int) -> _Ground:
    """Draw an SVG over a whole page of the stylesheet and keep the operators: as costly as all the text together."""
    from weasyprint import HTML

    drawn: list[_Ground] = []

    def keep(_document: Any, pdf: Any) -> None:
        for item in pdf.objects:
            if getattr(item, "extra", {}).get("Subtype") == "/Form":
                operators = zlib.decompress(item.data.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0])
                operators = re.sub(rb"/[aA]1\.0 gs\n", b"", operators)  # "opaque", as everything is to begin with
                if re.search(rb"/\S+ (gs|Do|cs|CS|scn|SCN|sh)\b", operators):
                    raise PdfError(f"{drawing}: only opaque shapes in plain colours can be a ground")
                width, height = item.extra["BBox"][2:]
                drawn.append(_Ground(width, height, zlib.compress(operators, 9)))

    fonts, css = _styles(folder, stylesheet, _changed(stylesheet))
    page = f"<style>@page {{ margin: 0; background: url({drawing}) no-repeat 0 0 / 100% 100% }}</style>"
    HTML(string=page, base_url=folder.as_uri() + "/", url_fetcher=_confined_to(folder)).write_pdf(
        font_config=fonts, stylesheets=[css], finisher=keep
    )
    if len(drawn) != 1:
        raise PdfError(f"{drawing}: could not be drawn")
    return drawn[0]


def _referred(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _confined_to(folder: Path) -> Any:
    """A fetcher for the files of one folder and `data:` addresses."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Confined(URLFetcher):  # type: ignore[misc]  # the library is untyped
        refused: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> Any:
            parts = urlsplit(url)
            if parts.scheme == "data":
                return super().fetch(url, headers)
            if parts.scheme == "file" and parts.netloc in ("", "localhost"):
                path = Path(url2pathname(parts.path)).resolve()
                if path.is_relative_to(folder) and path.is_file():
                    mime = guess_type(path.name)[0] or "application/octet-stream"
                    return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": mime})
            self.refused = [*self.refused, f"refused: {url[:200]}"]
            raise FatalURLFetchingError(self.refused[-1])

    return Confined(allowed_protocols=("data", "file"), allow_redirects=False, fail_on_errors=True)


def _claim_accessibility(metadata: Any) -> None:
    """Add the PDF/UA-1 claim to the metadata. WeasyPrint knows one variant at a time and has no option for two."""
    plain = metadata.generate_rdf_metadata

    def with_claim(variant: str, version: int, conformance: str) -> bytes:
        head, end, _tail = plain(variant, version, conformance).rpartition(b"</rdf:RDF>")
        if not end:
            raise PdfError("the metadata has no rdf:RDF element")
        return bytes(head + _UA_METADATA.strip() + end)

    metadata.generate_rdf_metadata = with_claim


def engine() -> dict[str, str]:
    """The versions that decided the bytes: kept beside each stored document."""
    import pydyf
    import weasyprint
    from weasyprint.text.ffi import pango

    pango_version = int(pango.pango_version())
    return {
        "weasyprint": str(weasyprint.__version__),
        "pydyf": str(pydyf.__version__),
        "pango": f"{pango_version // 10000}.{pango_version // 100 % 100}.{pango_version % 100}",
    }
