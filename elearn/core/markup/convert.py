"""Markdown as courses write it, turned into sanitised HTML that needs no style and no script.

`render()` is for lessons and other long texts, `render_short()` for one question, option or notice. Neither raises:
what is wrong with the text comes back as complaints, each with its line in the text.
"""

import re
import threading
import xml.etree.ElementTree as etree
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Protocol
from urllib.parse import urlsplit

import nh3
from markdown.extensions.footnotes import FootnoteExtension

from elearn.core.markup.syntax import (
    BOXES,
    HEADINGS,
    OPENING_BOXES,
    SHORT_TAGS,
    Complaint,
    CourseMarkdown,
    CourseSyntax,
    Notes,
    clip,
    direction,
    word,
)

LONGEST = 100_000  # characters; a lesson of 1,200 words has 10,000
MOST_BRACKETS = 1_500  # the parser's time grows with the square of unclosed ones
MOST_IN_A_BLOCK = 20_000  # characters without an empty line between them

_ALIGN = {"left": "ta-start", "center": "ta-center", "right": "ta-end"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class BadReferenceError(Exception):
    """A picture or link that leads nowhere; its text is for the writer."""


@dataclass(frozen=True)
class Picture:
    """A picture that a text shows."""

    name: str  # what identifies it to the caller
    url: str
    width: int
    height: int
    size: int  # bytes


@dataclass(frozen=True)
class Term:
    """An entry of a glossary that a text refers to."""

    key: str
    title: str
    definition: str  # safe HTML; in another language than the text's it says so by itself


@dataclass(frozen=True)
class Attachment:
    """A file that is not a picture: a document, a recording, its captions."""

    name: str  # what identifies it to the caller
    url: str
    mime: str
    size: int  # bytes


class Resolver(Protocol):
    """Where the references of a text lead. Every method raises BadReferenceError."""

    def picture(self, source: str) -> Picture:
        """The picture that `![…](source)` means."""

    def link(self, target: str) -> str:
        """The address that a link means which is neither http(s), mailto nor an anchor of the same text."""

    def term(self, key: str) -> Term:
        """The entry of the glossary that `[…](term:key)` means."""

    def file(self, source: str) -> Attachment:
        """The file of the course that a relative address means."""


class NoReferences:
    """For texts that have no course around them: only links to the outside."""

    def picture(self, source: str) -> Picture:
        raise BadReferenceError("pictures cannot stand here")

    def link(self, target: str) -> str:
        raise BadReferenceError(f"this link leads nowhere: {clip(target)}")

    def term(self, key: str) -> Term:
        raise BadReferenceError("terms of a glossary cannot stand here")

    def file(self, source: str) -> Attachment:
        raise BadReferenceError("files cannot stand here")


@dataclass(frozen=True)
class Heading:
    """One line of a text's contents."""

    level: int
    anchor: str
    title: str


@dataclass(frozen=True)
class Rendered:
    """A text as HTML, and what is in it. The HTML is safe, also where there are complaints."""

    html: str
    pictures: tuple[str, ...] = ()  # their names, each once, in order
    outline: tuple[Heading, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    terms: tuple[str, ...] = ()  # keys of the glossary, each once, in order
    files: tuple[str, ...] = ()  # names of attachments and recordings, each once, in order
    words: int = 0  # running words, for the time that reading takes


_CLASSES = {
    "div": {"box", "table-scroll", "footnotes", *(f"box-{kind}" for kind in BOXES)},
    "details": {"box", *(f"box-{kind}" for kind in OPENING_BOXES)},
    "p": {"box-title"},
    "a": {"footnote-ref", "footnote-backref"},
    "td": set(_ALIGN.values()),
    "th": set(_ALIGN.values()),
}
_CLEANER = nh3.Cleaner(
    tags={
        "a", "abbr", "bdi", "blockquote", "br", "code", "dd", "details", "div", "dl", "dt", "em", "h2", "h3", "hr",
        "img", "li", "ol", "p", "pre", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th",
        "thead", "tr", "ul",
    },
    clean_content_tags={"script", "style"},
    attributes={
        "*": {"id", "lang", "dir"},
        "a": {"href", "rel", "role", "aria-label"},
        "abbr": {"title"},
        "details": {"open"},
        "div": {"role", "tabindex", "aria-label"},
        "img": {"src", "alt", "width", "height", "loading", "decoding", "data-bytes"},
        "ol": {"start"},
        "th": {"scope"},
    },
    allowed_classes=_CLASSES,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)  # fmt: skip


class _Converter(threading.local):
    """One converter per thread and dialect: building one costs as much as converting a page."""

    def __init__(self) -> None:
        self.resolver: Resolver = NoReferences()
        self.pictures: dict[str, None] = {}
        self.outline: list[Heading] = []
        notes_at_end = FootnoteExtension(USE_DEFINITION_ORDER=False)
        self.long = self._build(
            ["tables", "def_list", "abbr", "admonition", "pymdownx.details", "fenced_code", "sane_lists"], notes_at_end
        )
        self.short = self._build(["sane_lists"], None)

    def _build(self, extensions: list[str], footnotes: FootnoteExtension | None) -> CourseMarkdown:
        finish = self.finish if footnotes else self.finish_short
        more = [footnotes] if footnotes else []
        return CourseMarkdown(
            extensions=[*extensions, *more, CourseSyntax(finish, footnotes)],
            extension_configs={"tables": {"use_align_attribute": True}} if footnotes else {},
            output_format="html",
        )

    def convert(self, text: str, lang: str, resolver: Resolver, *, short: bool) -> Rendered:
        """The text as HTML, with complaints."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notes = Notes(text, lang)
        refusal = _too_much(text)
        if refusal:
            return Rendered("", complaints=(refusal,))
        self.resolver, self.pictures, self.outline = resolver, {}, []
        markdown = self.short if short else self.long
        markdown.notes = notes
        try:
            html = markdown.reset().convert(text)
        except Exception:  # a third-party parser on whatever a writer typed: no input may stop a check
            notes.add("this text cannot be read as Markdown")
            html = f"<p>{escape(text)}</p>"
        if short and html.count("<p>") == 1 and html.startswith("<p>") and html.endswith("</p>"):
            html = html[3:-4]
        return Rendered(_CLEANER.clean(html), tuple(self.pictures), tuple(self.outline), tuple(sorted(notes.found)))

    def finish_short(self, root: etree.Element, notes: Notes) -> None:
        """As finish(), and only what can stand inside a question or an option."""
        for element in root.iter():
            if element.tag not in SHORT_TAGS:
                notes.add(f"<{element.tag}> cannot stand in a short text", (element.text or "").strip())
        self.finish(root, notes)

    def finish(self, root: etree.Element, notes: Notes) -> None:
        """Everything that is decided on the finished tree: addresses, anchors, classes, alternative texts."""
        anchors: set[str] = set()
        links: list[etree.Element] = []
        tables = 0
        for parent in list(root.iter()):
            for index, element in enumerate(list(parent)):
                if element.tag in HEADINGS:
                    self._heading(element, notes, anchors)
                elif element.get("id"):
                    self._claim(str(element.get("id")), notes, anchors)
                if element.tag == "img":
                    self._picture(element, notes)
                elif element.tag == "a":
                    links.append(element)
                elif element.tag == "table":
                    tables += 1
                    parent[index] = _table(element, f"{word('table', notes.lang)} {tables}")
                elif element.tag == "div" or element.tag == "details":
                    _box(element, notes.lang)
        for link in links:
            self._link(link, notes, anchors)

    def _claim(self, anchor: str, notes: Notes, anchors: set[str]) -> None:
        if anchor in anchors:
            notes.add(f"the anchor #{anchor} stands twice", f"#{anchor}")
        anchors.add(anchor)

    def _heading(self, element: etree.Element, notes: Notes, anchors: set[str]) -> None:
        title = " ".join("".join(element.itertext()).split())
        # Counted, so that a heading without an anchor of its own still has the same one in every language.
        anchor = element.get("id") or f"part-{len(self.outline) + 1}"
        element.set("id", anchor)
        self._claim(anchor, notes, anchors)
        self.outline.append(Heading(2 if element.tag in ("h1", "h2") else 3, anchor, title))
        if not title:
            notes.add("a heading without words", "##")

    def _picture(self, element: etree.Element, notes: Notes) -> None:
        source = element.get("src", "")
        if not element.get("alt", "").strip():
            notes.add(f"the picture has no alternative text: {clip(source)}", f"]({source}" if source else "![](")
        element.attrib.pop("title", None)
        try:
            picture = self.resolver.picture(source)
        except BadReferenceError as error:
            notes.add(str(error), source or "![")
            element.attrib.pop("src", None)
            return
        self.pictures[picture.name] = None
        element.set("src", picture.url)
        element.set("width", str(picture.width))
        element.set("height", str(picture.height))
        element.set("data-bytes", str(picture.size))
        element.set("loading", "lazy")
        element.set("decoding", "async")

    def _link(self, element: etree.Element, notes: Notes, anchors: set[str]) -> None:
        target = element.get("href", "")
        element.attrib.pop("title", None)
        if element.get("class") == "footnote-backref":
            number = re.sub(r"\D", "", element.get("data-number", ""))
            element.set("aria-label", f"{word('back', notes.lang)} {number}".strip())
            element.set("role", "doc-backlink")
            return
        if element.get("class") == "footnote-ref":
            element.set("role", "doc-noteref")
            return
        if not "".join(element.itertext()).strip() and element.find(".//img") is None:
            notes.add("a link without words", target)
        try:
            parts = urlsplit(target)
        except ValueError:
            notes.add(f"not an address: {clip(target)}", target)
            return
        if parts.scheme in ("http", "https"):
            element.set("rel", "noopener")
            if not parts.netloc:
                notes.add(f"not an address: {clip(target)}", target)
        elif parts.scheme == "mailto":
            pass
        elif target.startswith("#"):
            if target[1:] not in anchors:
                notes.add(f"no heading has this anchor: {clip(target)}", f"({target}")
        else:
            try:
                element.set("href", self.resolver.link(target))
            except BadReferenceError as error:
                notes.add(str(error), target or "](")
                element.attrib.pop("href", None)


def _too_much(text: str) -> Complaint | None:
    """A text that would keep the parser busy for minutes, or that no editor would show."""
    if len(text) > LONGEST:
        return Complaint(1, f"longer than {LONGEST:,} characters")
    control = _CONTROL.search(text)
    if control:
        return Complaint(text.count("\n", 0, control.start()) + 1, f"a control character (U+{ord(control[0]):04X})")
    if text.count("[") > MOST_BRACKETS or text.count("<") > MOST_BRACKETS or text.count("`") > MOST_BRACKETS:
        return Complaint(1, f"more than {MOST_BRACKETS:,} brackets or quotation signs of one kind")
    line = 1
    for block in re.split(r"\n[ \t]*\n", text):
        if len(block) > MOST_IN_A_BLOCK:
            return Complaint(line, f"more than {MOST_IN_A_BLOCK:,} characters without an empty line")
        line += block.count("\n") + 2
    return None


def _table(table: etree.Element, label: str) -> etree.Element:
    """The table in a box that scrolls by itself and by keyboard; columns aligned by class."""
    for cell in table.iter():
        align = cell.attrib.pop("align", None)
        if align in _ALIGN:
            cell.set("class", _ALIGN[align])
        if cell.tag == "th" and not "".join(cell.itertext()).strip():
            cell.tag = "td"  # the empty corner of a table heads nothing
        elif cell.tag == "th":
            cell.set("scope", "col")
    frame = etree.Element("div", {"class": "table-scroll", "role": "region", "tabindex": "0", "aria-label": label})
    frame.append(table)
    frame.tail, table.tail = table.tail, None
    return frame


def _box(element: etree.Element, lang: str) -> None:
    """Our own class names; the footnotes become a part of the page that a screen reader can name."""
    classes = element.get("class", "").split()
    if element.tag == "details":
        element.set("class", f"box box-{classes[0]}" if classes else "box")
    elif classes[:1] == ["admonition"]:
        element.set("class", f"box box-{classes[1]}" if len(classes) > 1 else "box")
        for title in element.findall("p[@class='admonition-title']"):
            title.set("class", "box-title")
    elif classes == ["footnote"]:
        element.attrib.update({"class": "footnotes", "role": "doc-endnotes", "aria-label": word("footnotes", lang)})
        for rule in element.findall("hr"):
            element.remove(rule)
        for number, item in enumerate(element.findall("ol/li"), start=1):
            for link in item.iter("a"):
                if link.get("class") == "footnote-backref":
                    link.set("data-number", str(number))


_CONVERTER = _Converter()


def render(text: str, lang: str, resolver: Resolver | None = None) -> Rendered:
    """A lesson or another long text: headings, tables, boxes, footnotes and all."""
    return _CONVERTER.convert(text, lang, resolver or NoReferences(), short=False)


def render_short(text: str, lang: str, resolver: Resolver | None = None) -> Rendered:
    """One short text: emphasis, links, pictures, lists. A single paragraph comes without its <p>."""
    return _CONVERTER.convert(text, lang, resolver or NoReferences(), short=True)


def line_of(complaint: Complaint, text: str, line: int) -> int:
    """Where a complaint stands in a file of another format that holds the Markdown from `line` on, perhaps refolded."""
    rest = text.split("\n", line - 1)[-1] if line > 1 else text
    return line + Notes(rest, "").lines_of(complaint.piece)[0] - 1


_IMG = re.compile(r"<img\b[^>]*>")
_ATTR = re.compile(r'([a-z-]+)="([^"]*)"')


def without_pictures(html: str, replacement: Callable[[dict[str, str]], str]) -> str:
    """The HTML of render() with each picture replaced by what `replacement` makes of its (escaped) attributes."""
    return _IMG.sub(lambda tag: replacement(dict(_ATTR.findall(tag[0]))), html)


__all__ = [
    "Attachment",
    "BadReferenceError",
    "Complaint",
    "Heading",
    "NoReferences",
    "Picture",
    "Rendered",
    "Resolver",
    "Term",
    "direction",
    "line_of",
    "render",
    "render_short",
    "without_pictures",
]
