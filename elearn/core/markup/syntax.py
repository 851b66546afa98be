"""The dialect of Markdown that courses are written in: which syntax is read, and what is reported as a mistake.

Python-Markdown keeps no line numbers, so a complaint carries the piece of source that caused it and is placed by
looking that piece up again (`Notes.add`). Everything runs inside one conversion; the state lives in `Notes`.
"""

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Iterator

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor, get_attrs_and_remainder
from markdown.extensions.footnotes import FootnoteExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import INLINE_PLACEHOLDER_PREFIX, STX, AtomicString

from elearn.core.markup.blocks import NUMBER, BlockBodies, BlockMarks, BlockPlaces, CourseMarkdown, course
from elearn.core.markup.notes import clip
from elearn.core.markup.words import direction, word
from elearn.core.markup.work import ANCHOR

BOXES = ("note", "caution", "example", "country", "decision", "summary")
OPENING_BOXES = ("answer", *BOXES)
REFERENCE = re.compile(r"\[\^([^\]\n]*)\]")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SHORT_TAGS = frozenset(
    {"p", "ul", "ol", "li", "em", "strong", "code", "a", "img", "br", "span", "bdi", "sub", "sup", "div", "math"}
)
TASK = "data-task"  # the attribute of an item that can be ticked; no writer can set it


class BoxLines(Preprocessor):
    """Checks the first lines of boxes, and gives a box without a title its kind's name in the text's language."""

    FENCE = re.compile(r"(`{3,}|~{3,})")
    MARK = re.compile(r"\s*(!!!|\?\?\?)")
    LINE = re.compile(r'(?P<mark>\s*(?:!!!|\?\?\?\+?)) ?(?P<kind>[\w-]+)(?: +"(?P<title>[^"]*)")? *\Z')

    def run(self, lines: list[str]) -> list[str]:
        fence = ""
        out: list[str] = []
        for number, line in enumerate(lines, start=1):
            mark = self.FENCE.match(line)
            if mark and not fence:
                fence = mark[1]
            elif fence and line.startswith(fence):
                fence = ""
            if fence or not self.MARK.match(line):
                out.append(line)
                continue
            out.append(self.box(number, line))
            inside = len(line) - len(line.lstrip()) + 4
            below = next((later for later in lines[number : number + 3] if later.strip()), "")
            if not below.startswith(" " * inside):
                course(self.md).notes.add("this box is empty: its text is indented by four spaces", line=number)
        return out

    def box(self, number: int, line: str) -> str:
        notes = course(self.md).notes
        match = self.LINE.match(line)
        if not match:
            notes.add('a box begins like this: !!! example "Title", with straight quotation marks', line=number)
            return line
        kind = match["kind"].lower()
        allowed = BOXES if match["mark"].strip() == "!!!" else OPENING_BOXES
        if kind not in allowed:
            notes.add(f"'{match['kind']}' is not a kind of box: {', '.join(allowed)}", line=number)
            return line
        return f'{match["mark"]} {kind} "{match["title"] or word(kind, notes.lang)}"'


class AllowedTag(InlineProcessor):
    """The few tags a writer may use, properly closed; what stands inside is read as Markdown."""

    PATTERN = (
        r"<(?P<tag>span|bdi|sub|sup)"
        r'(?P<attrs>(?:\s+(?:lang|dir)="[A-Za-z0-9-]{2,20}")*)\s*>'
        r"(?P<inner>[^\x00]*?)</(?P=tag)>"
    )
    ATTR = re.compile(r'(lang|dir)="([^"]*)"')

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | None, int | None, int | None]:
        attrs = dict(self.ATTR.findall(m["attrs"]))
        tag = m["tag"]
        if attrs.get("dir", "ltr") not in ("ltr", "rtl") or (attrs and tag in ("sub", "sup")):
            return None, None, None  # left to RawTag, which reports it
        element = etree.Element(tag, attrs)
        if "lang" in attrs and "dir" not in attrs:
            element.set("dir", direction(attrs["lang"]))
        element.text = m["inner"]
        return element, m.start(0), m.end(0)


class RawTag(InlineProcessor):
    """Any other HTML: reported, and shown as the text it is."""

    PATTERN = r"</?[A-Za-z][A-Za-z0-9:-]*(?:\s[^<>]*)?/?>|<!--[^\x00]*?-->|<[!?][^<>]*>"

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        tag = m[0].split(STX)[0]
        course(self.md).notes.add(
            f"raw HTML is not allowed: {clip(tag)}"
            ' (only <span lang="…">, <bdi>, <sub> and <sup>, each closed; write \\< for a plain sign)',
            tag,
        )
        return m[0], m.start(0), m.end(0)


class InlineFormula(InlineProcessor):
    r"""\( … \): a formula in a line. It waits as text that nothing else reads."""

    PATTERN = r"(?<!\\)\\\((?P<tex>(?:[^\\]|\\[^()])*)\\\)"

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | None, int | None, int | None]:
        if STX in m["tex"]:  # it holds code
            return None, None, None
        element = etree.Element("math")
        element.text = AtomicString(m["tex"])
        return element, m.start(0), m.end(0)


class MailLink(InlineProcessor):
    """<name@example.org>, as a plain link: the library's own obfuscates it into ten times the bytes."""

    PATTERN = r"<([^<>\s@]+@[^<>\s@]+\.[^<>\s@]+)>"

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        link = etree.Element("a", {"href": f"mailto:{m[1]}"})
        link.text = m[1]
        return link, m.start(0), m.end(0)


class Anchors(AttrListTreeprocessor):
    """Braces after a heading or a word may name an anchor and do nothing else."""

    def assign_attrs(self, elem: etree.Element, attrs_string: str, *, strict: bool = False) -> str:
        attrs, remainder = get_attrs_and_remainder(attrs_string)
        if strict and remainder:
            return remainder
        for key, value in attrs:
            if key == "id" and value and ANCHOR.match(value):
                elem.set("id", value)
            elif key == "id":
                course(self.md).notes.add(
                    f"an anchor may hold only letters a-z, digits and single hyphens: {clip(value)}", attrs_string
                )
            else:
                course(self.md).notes.add("braces may hold only an anchor, like {#five-dials}", attrs_string)
        return remainder


class BeforeInline(Treeprocessor):
    """Reports what stands in running text but was surely meant as a list or a table, and wrong headings.

    It also tells the footnotes their order: the library would number those in tables and lists after all others.
    """

    LIST = re.compile(r"\s{0,3}(?:[-*+]|\d{1,2}\.)\s+\S")
    TICK = re.compile(r"\[([ xX])\](?:[ \t]+|(?=\n)|\Z)")
    BLOCK = re.compile(r"/{3,}(?!/)")
    READ = re.compile(rf"(?<!`)(`+)(?!`)[^`]*(?<!`)\1(?!`)|{InlineFormula.PATTERN}")
    HALF = re.compile(r"(?<!\\)\\[()][^\n]{0,30}")
    TABLE = re.compile(r"\s*\|?\s*:?-{3,}:?\s*\|[\s|:-]*\Z")

    def __init__(self, md: CourseMarkdown, footnotes: FootnoteExtension | None) -> None:
        super().__init__(md)
        self.footnotes = footnotes

    def run(self, root: etree.Element) -> None:
        notes = course(self.md).notes
        if self.footnotes:
            for name in (name for text in _texts(root) for name in REFERENCE.findall(text)):
                if name in self.footnotes.footnotes:
                    self.footnotes.addFootnoteRef(name)
        for item in root.iter("li"):
            self.task(item)
        for block in root.iter("div"):
            number = block.get(NUMBER)
            if number and course(self.md).blocks[int(number)].kind == "question":
                for item in block.iterfind("ul/li"):
                    self.option(item)
        for element in root.iter():
            if element.tag in HEADINGS and element.tag not in ("h2", "h3"):
                notes.add("headings are ## and ###; the title stands in the front matter", _heading_piece(element))
            if element.text and "\\(" in element.text and element.tag not in ("code", "pre"):
                for half in self.HALF.findall(self.READ.sub("", element.text)):
                    notes.add("a formula in a line stands between \\( and \\)", half)
            if element.tag not in ("p", "li", "dd") or not element.text:
                continue
            for index, line in enumerate(element.text.split("\n")):
                if self.BLOCK.match(line):
                    where = "stands on lines of its own, not in a quotation" if self.footnotes else "cannot stand here"
                    notes.add(f"a block {where}", line)
                elif self.TABLE.match(line):
                    notes.add("this table is not read as one: an empty line before it, as many cells in each row", line)
                elif index and self.LIST.match(line):
                    notes.add("a list needs an empty line before it", line)

    def task(self, item: etree.Element) -> None:
        """Take the tick of an item of a list of tasks, `[ ]` or `[x]`, out of its text."""
        holder = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
        tick = self.TICK.match(holder.text or "")
        if tick and holder.text:
            item.set(TASK, "open" if tick[1] == " " else "done")
            holder.text = holder.text[tick.end() :]

    def option(self, item: etree.Element) -> None:
        """An option of a question is one line; what stands below it is its feedback."""
        if (item.text or "").strip():
            first = etree.Element("p")
            first.text, item.text = item.text, ""
            item.insert(0, first)
        first = item[0] if len(item) else etree.SubElement(item, "p")
        label, _, rest = (first.text or "").partition("\n")
        if first.tag == "p" and rest.strip():
            first.text = label
            feedback = etree.Element("p")
            feedback.text = rest.strip()
            item.insert(1, feedback)


def _heading_piece(element: etree.Element) -> str:
    return (element.text or "").strip()


class AfterInline(Treeprocessor):
    """Reports marks that are left over once all that has a meaning was read. Runs before escapes are undone."""

    STARS = re.compile(rf"\*\*[^\n{STX}]{{0,30}}")
    LOST = re.compile(rf"([^\n{STX}]{{0,30}}){STX}{INLINE_PLACEHOLDER_PREFIX[1:]}")

    def __init__(self, md: CourseMarkdown, footnotes: FootnoteExtension | None) -> None:
        super().__init__(md)
        self.footnotes = footnotes

    def run(self, root: etree.Element) -> None:
        notes = course(self.md).notes
        for text in _texts(root):
            for name in REFERENCE.findall(text):
                known = (
                    f"the footnote [^{clip(name)}] is not defined" if self.footnotes else "no footnote can stand here"
                )
                notes.add(known, f"[^{name}]")
            for before in self.LOST.findall(text):  # what the library put aside and did not find again
                notes.add("marks of emphasis cross each other here and cannot be read", before)
            for stars in self.STARS.findall(text):
                notes.add("'**' stands without its pair", stars)
        if self.footnotes:
            for name in self.footnotes.footnotes:
                if not re.match(r"[\w-]+\Z", name):
                    notes.add("the name of a footnote may hold only letters, digits and hyphens", f"[^{name}]:")
                elif notes.text.count(f"[^{name}]:") > 1:
                    notes.add(f"the footnote [^{name}] is defined twice", f"[^{name}]:")
                elif notes.text.count(f"[^{name}]") == notes.text.count(f"[^{name}]:"):
                    notes.add(f"nothing refers to the footnote [^{name}]", f"[^{name}]:")


def _texts(element: etree.Element) -> Iterator[str]:
    if element.tag in ("code", "pre"):
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _texts(child)
        if child.tail:
            yield child.tail


class Finish(Treeprocessor):
    """Hands the finished tree over before it is written out."""

    def __init__(self, md: CourseMarkdown, finish: Callable[[etree.Element], None]) -> None:
        super().__init__(md)
        self.finish = finish

    def run(self, root: etree.Element) -> None:
        self.finish(root)


class CourseSyntax(Extension):
    """Puts the processors above in their places. The places are priorities in Python-Markdown's registries."""

    def __init__(self, finish: Callable[[etree.Element], None], footnotes: FootnoteExtension | None) -> None:
        super().__init__()
        self.finish = finish
        self.footnotes = footnotes

    def extendMarkdown(self, md: Markdown) -> None:
        assert isinstance(md, CourseMarkdown)
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "<"]
        md.preprocessors.deregister("html_block")
        if self.footnotes:  # a short text knows no boxes and no blocks
            md.preprocessors.register(BoxLines(md), "box_lines", 27)
            md.preprocessors.register(BlockMarks(md), "block_marks", 26)  # and code is read at 25
            md.preprocessors.register(BlockBodies(md), "block_bodies", 24)
            md.parser.blockprocessors.register(BlockPlaces(md.parser), "block_places", 95)
        md.inlinePatterns.register(InlineFormula(InlineFormula.PATTERN, md), "formula", 185)  # escapes are read at 180
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("automail")
        md.inlinePatterns.register(MailLink(MailLink.PATTERN, md), "mail", 110)
        for depth in range(3):  # what a pattern found is read only by those after it: one each for tags within tags
            md.inlinePatterns.register(AllowedTag(AllowedTag.PATTERN, md), f"allowed_tag_{depth}", 95 - depth)
        md.inlinePatterns.register(RawTag(RawTag.PATTERN, md), "raw_tag", 90)
        md.treeprocessors.register(BeforeInline(md, self.footnotes), "before_inline", 45)
        md.treeprocessors.register(Anchors(md), "attr_list", 8)
        md.treeprocessors.register(AfterInline(md, self.footnotes), "after_inline", 6)
        md.treeprocessors.register(Finish(md, self.finish), "finish", -10)
