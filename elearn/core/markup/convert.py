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

import nh3
from markdown.extensions.footnotes import FootnoteExtension

from elearn.core.markup.blocks import CourseMarkdown
from elearn.core.markup.finish import ALIGN, finish, finish_short
from elearn.core.markup.notes import Complaint, Notes
from elearn.core.markup.references import NoReferences, Resolver
from elearn.core.markup.syntax import BOXES, OPENING_BOXES, CourseSyntax
from elearn.core.markup.work import Heading, Work

LONGEST = 100_000  # characters; a lesson of 1,200 words has 10,000
MOST_BRACKETS = 1_500  # the parser's time grows with the square of unclosed ones
MOST_IN_A_BLOCK = 20_000  # characters without an empty line between them

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LEFT_OVER = re.compile(r"\x02(?:klzzwxh|wzxhzdk):\d+\x03?|[\x02\x03]")  # what the parser did not find again


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
    "div": {"asked", "box", "check", "table-scroll", "footnotes", "formula", *(f"box-{kind}" for kind in BOXES)},
    "details": {"box", "fold", *(f"box-{kind}" for kind in OPENING_BOXES)},
    "p": {"box-title", "meta"},
    "a": {"footnote-ref", "footnote-backref", "file", "term"},
    "figure": {"chart", "media"},
    "li": {"done"},
    "section": {"sources", "terms"},
    "span": {"facts-of", "unit", "visually-hidden"},
    "strong": {"bad-word", "ok-word"},
    "td": set(ALIGN.values()),
    "th": set(ALIGN.values()),
    "ul": {"key", "tasks"},
}
_CLEANER = nh3.Cleaner(
    tags={
        "a", "abbr", "audio", "bdi", "blockquote", "br", "caption", "code", "dd", "details", "div", "dl", "dt", "em",
        "figcaption", "figure", "h2", "h3", "hr", "img", "li", "ol", "p", "pre", "section", "span", "strong", "sub",
        "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "track", "ul", "video",
    },
    clean_content_tags={"script", "style"},
    attributes={
        "*": {"id", "lang", "dir"},
        "a": {"href", "rel", "role", "aria-label", "download"},
        "abbr": {"title"},
        "audio": {"controls", "preload", "src", "aria-label"},
        "details": {"open", "name"},
        "div": {"role", "tabindex", "aria-label", "aria-labelledby"},
        "img": {"src", "alt", "width", "height", "loading", "decoding", "data-bytes"},
        "ol": {"start"},
        "section": {"role", "aria-label", "data-close"},
        "th": {"scope"},
        "track": {"kind", "src", "srclang", "label"},
        "video": {"controls", "preload", "src", "aria-label", "poster", "width", "height"},
    },
    allowed_classes=_CLASSES,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)  # fmt: skip


class _Converter(threading.local):
    """One converter per thread and dialect: building one costs as much as converting a page."""

    def __init__(self) -> None:
        self.work = Work(Notes("", ""), NoReferences(), [])
        notes_at_end = FootnoteExtension(USE_DEFINITION_ORDER=False)
        self.long = self._build(
            ["tables", "def_list", "abbr", "admonition", "pymdownx.details", "fenced_code", "sane_lists"], notes_at_end
        )
        self.short = self._build(["sane_lists"], None)

    def _build(self, extensions: list[str], footnotes: FootnoteExtension | None) -> CourseMarkdown:
        more = [footnotes] if footnotes else []
        markdown = CourseMarkdown(
            extensions=[*extensions, *more, CourseSyntax(self._finish, footnotes)],
            extension_configs={"tables": {"use_align_attribute": True}} if footnotes else {},
            output_format="html",
        )
        markdown.blocks = []
        return markdown

    def _finish(self, root: etree.Element) -> None:
        markdown = self.markdown
        self.work.stash = markdown.htmlStash.rawHtmlBlocks
        if markdown is self.short:
            finish_short(root, self.work)
        else:
            finish(root, markdown.blocks, self.work)

    def convert(self, text: str, lang: str, resolver: Resolver, *, short: bool) -> Rendered:
        """The text as HTML, with complaints."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notes = Notes(text, lang)
        refusal = _too_much(text)
        if refusal:
            return Rendered("", complaints=(refusal,))
        work = self.work = Work(notes, resolver, [])
        markdown = self.markdown = self.short if short else self.long
        markdown.notes = notes
        try:
            html = markdown.reset().convert(text)
        except Exception:  # a third-party parser on whatever a writer typed: no input may stop a check
            notes.add("this text cannot be read as Markdown")
            html = f"<p>{escape(text)}</p>"
        if short and html.count("<p>") == 1 and html.startswith("<p>") and html.endswith("</p>"):
            html = html[3:-4]
        return Rendered(
            work.filled(_CLEANER.clean(_LEFT_OVER.sub("", html))),
            tuple(work.pictures),
            tuple(work.outline),
            tuple(sorted(notes.found)),
            tuple(work.terms),
            tuple(work.files),
            work.words,
        )


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


_CONVERTER = _Converter()


def render(text: str, lang: str, resolver: Resolver | None = None) -> Rendered:
    """A lesson or another long text: headings, tables, boxes, footnotes and all."""
    return _CONVERTER.convert(text, lang, resolver or NoReferences(), short=False)


def render_short(text: str, lang: str, resolver: Resolver | None = None) -> Rendered:
    """One short text: emphasis, links, pictures, lists, formulae. A single paragraph comes without its <p>."""
    return _CONVERTER.convert(text, lang, resolver or NoReferences(), short=True)


def line_of(complaint: Complaint, text: str, line: int) -> int:
    """Where a complaint stands in a file of another format that holds the Markdown from `line` on, perhaps refolded."""
    rest = text.split("\n", line - 1)[-1] if line > 1 else text
    return line + Notes(rest, "").lines_of(complaint.piece)[0] - 1


_IMG = re.compile(r"<img\b[^>]*>")
_ATTR = re.compile(r'([a-z-]+)="([^"]*)"')
_POSTER = re.compile(r'(<video\b[^>]*?) poster="[^"]*"')


def without_pictures(html: str, replacement: Callable[[dict[str, str]], str]) -> str:
    """The HTML of render() with each picture replaced by what `replacement` makes of its (escaped) attributes.

    The still pictures of videos are left out.
    """
    return _POSTER.sub(r"\1", _IMG.sub(lambda tag: replacement(dict(_ATTR.findall(tag[0]))), html))
