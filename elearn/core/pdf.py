"""HTML to PDF: archival (PDF/A-3a), accessible (PDF/UA-1), confined to one folder, the same bytes for the same input.

WeasyPrint takes more than a second to import and its font tables are slow to build: both happen at the first
rendering and are kept. One rendering at a time per process: Pango's font map may not be shared by two threads.
"""

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

_one_at_a_time = threading.Lock()

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
    """The text takes more pages than it may."""


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
    attachments: Sequence[Attached] = (),
    max_pages: int | None = None,
) -> bytes:
    """A PDF of the page, dated `made_at`. Title and language come from the page's `<title>` and `<html lang>`.

    The page may use the files of `folder` and `data:` addresses; anything else, a missing file too, ends the rendering.
    """
    with _one_at_a_time:
        return _render(html, folder.resolve(), stylesheet, made_at.astimezone(dt.UTC), attachments, max_pages)


def _render(
    html: str,
    folder: Path,
    stylesheet: str,
    made_at: dt.datetime,
    attachments: Sequence[Attached],
    max_pages: int | None,
) -> bytes:
    from weasyprint import HTML, Attachment
    from weasyprint.urls import FatalURLFetchingError

    sheet = folder / stylesheet
    try:
        fonts, css = _styles(folder, sheet, sheet.stat().st_mtime_ns)
        document = HTML(string=html, base_url=folder.as_uri() + "/", url_fetcher=_confined_to(folder)).render(
            font_config=fonts, stylesheets=[css], pdf_variant="pdf/a-3a"
        )
        if max_pages is not None and len(document.pages) > max_pages:
            raise TooLong(f"{len(document.pages)} pages instead of {max_pages}")
        document.metadata.created = document.metadata.modified = made_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        _claim_accessibility(document.metadata)
        pdf: bytes = document.write_pdf(
            pdf_variant="pdf/a-3a",
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
    return pdf


@lru_cache(maxsize=16)
def _styles(folder: Path, sheet: Path, _changed: int) -> "tuple[FontConfiguration, CSS]":
    """The fonts and the parsed stylesheet of a design, kept: they cost three times the rendering itself."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    return fonts, CSS(filename=sheet, font_config=fonts, url_fetcher=_confined_to(folder))


def _confined_to(folder: Path) -> "URLFetcher":
    """A fetcher for the files of one folder and `data:` addresses."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Confined(URLFetcher):  # type: ignore[misc]  # the library is untyped
        def fetch(self, url: str, headers: Any = None) -> Any:
            parts = urlsplit(url)
            if parts.scheme == "data":
                return super().fetch(url, headers)
            if parts.scheme == "file" and parts.netloc in ("", "localhost"):
                path = Path(url2pathname(parts.path)).resolve()
                if path.is_relative_to(folder) and path.is_file():
                    mime = guess_type(path.name)[0] or "application/octet-stream"
                    return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": mime})
            raise FatalURLFetchingError(f"refused: {url[:200]}")

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
