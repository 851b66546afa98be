"""What may be a picture of a course: kind by content, size, and an SVG that can neither run nor fetch anything."""

import hashlib
import io
import re
import warnings
from collections.abc import Callable
from xml.parsers import expat

from PIL import Image, ImageFile

from elearn.catalogue.compiled import Asset
from elearn.catalogue.sizes import MAX_PICTURE, suffix_of

MAX_PIXELS = 12_000_000
MAX_SIDE = 10_000
MAX_ELEMENTS = 5_000
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"

RASTER = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
SUFFIXES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}

SVG_ELEMENTS = frozenset(
    re.split(
        r"\s+",
        """svg g defs title desc path rect circle ellipse line polyline polygon text tspan textPath use symbol marker
        linearGradient radialGradient stop pattern clipPath mask""",
    )
)
_SHAPE = """id class viewBox width height x y x1 y1 x2 y2 cx cy r rx ry fx fy d points pathLength transform version
    preserveAspectRatio dx dy rotate textLength lengthAdjust startOffset method spacing side offset
    gradientUnits gradientTransform spreadMethod patternUnits patternContentUnits patternTransform
    clipPathUnits maskUnits maskContentUnits markerWidth markerHeight markerUnits refX refY orient"""
_LOOK = """fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin
    stroke-dasharray stroke-dashoffset stroke-miterlimit opacity color display visibility overflow
    clip-path clip-rule mask
    marker marker-start marker-mid marker-end stop-color stop-opacity paint-order vector-effect shape-rendering
    text-rendering color-interpolation font-family font-size font-style font-weight font-variant font-stretch
    text-anchor dominant-baseline alignment-baseline baseline-shift letter-spacing word-spacing text-decoration
    writing-mode direction unicode-bidi"""
_WORDS = "role lang aria-label aria-labelledby aria-describedby aria-hidden"
SVG_ATTRIBUTES = frozenset(re.split(r"\s+", f"{_SHAPE} {_LOOK} {_WORDS}"))
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*\Z")
_URL = re.compile(r"url\s*\(\s*['\"]?\s*([^)'\"]*)", re.IGNORECASE)

Report = Callable[[int, str], None]


def examine(path: str, data: bytes, report: Report) -> Asset | None:
    """The picture, or None after reporting (line, message) what is wrong with it."""
    suffix = suffix_of(path)
    if len(data) > MAX_PICTURE:
        report(1, f"larger than {MAX_PICTURE // 1000} kB: {len(data) / 1000:,.0f} kB")
        return None
    mime = SUFFIXES[suffix]
    size = _vector_size(data, report) if mime == "image/svg+xml" else _raster_size(data, mime, report)
    if size is None:
        return None
    return Asset(path, data, hashlib.sha256(data).hexdigest(), mime, *size)


def _raster_size(data: bytes, mime: str, report: Report) -> tuple[int, int] | None:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once imported, lets pictures that are cut off pass
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow warns of (size, odd metadata) is judged here
        try:
            with Image.open(io.BytesIO(data), formats=tuple(RASTER)) as image:
                found, (width, height) = RASTER[str(image.format)], image.size
                if found != mime:
                    report(1, f"the name says {mime}, the content is {found}")
                    return None
                if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                    report(1, f"too many pixels: {width} × {height}")
                    return None
                image.load()
        except Exception:  # whatever a decoder makes of arbitrary bytes
            report(1, "not a readable PNG, JPEG or WebP picture")
            return None
    return width, height


class _Refused(Exception):
    """Stops the parser at what cannot be allowed."""


class _Vector:
    """Reads an SVG element by element and refuses what is not on the lists."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.ProcessingInstructionHandler = self.instruction
        self.depth = 0
        self.elements = 0
        self.root: dict[str, str] | None = None
        self.clean = True

    def complain(self, message: str) -> None:
        self.clean = False
        self.report(self.parser.CurrentLineNumber, message)

    def doctype(self, *_: object) -> None:
        self.complain("a DOCTYPE is not allowed in an SVG: remove it")
        raise _Refused

    def instruction(self, target: str, _: str) -> None:
        self.complain(f"<?{target}?> is not allowed in an SVG")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.elements > MAX_ELEMENTS or self.depth > 60:
            self.complain(f"an SVG of more than {MAX_ELEMENTS:,} shapes or 60 levels")
            raise _Refused
        space, _, tag = name.rpartition(" ")
        if self.root is None:
            self.root = attributes
            if (space, tag) != (SVG, "svg"):
                self.complain(f'the outermost element must be <svg xmlns="{SVG}">')
                raise _Refused
        if space != SVG or tag not in SVG_ELEMENTS:
            self.complain(f"<{tag}> is not allowed in an SVG (from a drawing program, save as plain SVG)")
        for key, value in attributes.items():
            self.attribute(key, value)

    def end(self, _: str) -> None:
        self.depth -= 1

    def attribute(self, key: str, value: str) -> None:
        space, _, name = key.rpartition(" ")
        if name == "style" and not space:
            self.complain("style= is not allowed in an SVG: write fill=, stroke=, font-size= and so on")
        elif (name == "href" and space in ("", XLINK)) or (space == XLINK and name == "title"):
            if name == "href" and not value.startswith("#"):
                self.complain("an SVG may refer only to its own parts (#name)")
        elif (space == XML and name in ("lang", "space")) or (not space and name in SVG_ATTRIBUTES):
            for target in _URL.findall(value):
                if not target.startswith("#"):
                    self.complain("an SVG may refer only to its own parts: url(#name)")
        else:
            self.complain(f"{name}= is not allowed in an SVG")


def _vector_size(data: bytes, report: Report) -> tuple[int, int] | None:
    reader = _Vector(report)
    try:
        reader.parser.Parse(data, True)
    except _Refused:
        return None
    except expat.ExpatError as error:
        report(error.lineno, f"not valid XML: {expat.ErrorString(error.code)}")
        return None
    except (LookupError, ValueError):  # an encoding that nobody knows
        report(1, "not valid XML: unknown encoding")
        return None
    if not reader.clean:
        return None
    size = _declared_size(reader.root or {})
    if size is None:
        report(1, "the <svg> needs a viewBox, or a width and a height in pixels")
        return None
    width, height = size
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        report(1, f"an SVG is between 1 and {MAX_SIDE:,} pixels wide and high")
        return None
    return round(width), round(height)


def _declared_size(root: dict[str, str]) -> tuple[float, float] | None:
    width, height = _LENGTH.match(root.get("width", "")), _LENGTH.match(root.get("height", ""))
    if width and height:
        return float(width[1]), float(height[1])
    box = root.get("viewBox", "").replace(",", " ").split()
    if len(box) != 4 or not all(re.match(r"-?\d{1,6}(?:\.\d{1,6})?\Z", part) for part in box):
        return None
    return float(box[2]), float(box[3])
