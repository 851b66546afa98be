"""The blocks of a text: `/// kind | title`, its settings, its body, `///`. What they become stands in elements.py.

The syntax is that of pymdownx.blocks. Its reader goes through the whole tree for each paragraph of a block and keeps no
lines, so blocks are taken out of the text before it is parsed: each leaves a mark in its place, and its body is parsed
where the mark is met.
"""

import re
import xml.etree.ElementTree as etree
from collections.abc import Mapping
from dataclasses import dataclass, field

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import ETX, STX

from elearn.core.markup.notes import Notes, clip

DEEPEST = 6
MOST = 300
LONGEST_LINE = 2_000
NUMBER = "data-block"  # the attribute by which an element is known as a block; no writer can set it
_MARK = re.compile(rf"{STX}block:(\d+){ETX}")
_BORDER = re.compile(rf" *{STX}(block|end):(\d+){ETX}\Z")
_LINE = re.compile(r"( *)(/{3,})(.*)\Z")
_OPENING = re.compile(r"[ \t]*([A-Za-z][\w-]*)[ \t]*(?:\|(.*))?\Z")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_OPTION = re.compile(r" {0,3}- \[[ xX]\]")
_SETTING = re.compile(r"([A-Za-z][\w-]*):(?:[ \t]+(.*))?\Z")


@dataclass(frozen=True)
class Kind:
    """What a block of one kind has. A raw body is not Markdown; a plain title neither."""

    title: str = ""  # what it is, for a complaint when it is missing; '' for a kind that has none
    plain: bool = False
    settings: frozenset[str] = frozenset()
    raw: bool = False


KINDS: Mapping[str, Kind] = {
    "audio": Kind("a title", settings=frozenset({"file", "link", "minutes"})),
    "caption": Kind(),
    "chart": Kind("a title", settings=frozenset({"type", "unit", "source"})),
    "formula": Kind("the formula in words", plain=True, raw=True),
    "lang": Kind("the language's code", plain=True),
    "question": Kind("the question"),
    "sources": Kind(),
    "video": Kind("a title", settings=frozenset({"file", "link", "minutes", "captions", "poster"})),
}


@dataclass
class Block:
    """A block as it stands in the text."""

    kind: str
    title: str
    line: int
    indent: int = 0
    slashes: int = 3
    settings: dict[str, str] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)
    met: bool = False  # by the parser
    lines: dict[str, int] = field(default_factory=dict)  # where each setting stands

    def at(self, setting: str) -> int:
        """Where to complain about a setting."""
        return self.lines.get(setting, self.line)


class CourseMarkdown(Markdown):
    """A converter that knows which text it is converting."""

    notes: Notes
    blocks: list[Block]


def course(md: object) -> CourseMarkdown:
    """The converter as what it is: these extensions are only ever loaded by CourseMarkdown."""
    assert isinstance(md, CourseMarkdown)
    return md


class BlockMarks(Preprocessor):
    """Finds the first and last lines of blocks and puts marks in their places, with empty lines around them."""

    def run(self, lines: list[str]) -> list[str]:
        self.notes, self.blocks = course(self.md).notes, course(self.md).blocks
        self.blocks.clear()
        self.out: list[str] = []
        self.open: list[int] = []  # numbers of the blocks that are not closed yet
        self.refused: list[tuple[int, int]] = []  # slashes of those that are none, and how many are open around them
        fence, fenced, at = "", 0, 0
        while at < len(lines):
            line = lines[at]
            at += 1
            raw = bool(self.open) and KINDS[self.blocks[self.open[-1]].kind].raw
            mark = None if raw else _FENCE.match(line)
            if mark and not fence:
                fence, fenced = mark[1], at
            elif fence and line.startswith(fence):
                fence = ""
            found = None if fence or len(line) > LONGEST_LINE else _LINE.match(line)
            if found and not found[3].strip():
                self.close(len(found[2]), at)
            elif raw:
                self.blocks[self.open[-1]].body.append(line)
            elif found:
                at = self.begin(found, lines, at)
            else:
                self.out.append(line)
        if fence:
            self.notes.add(f"this code is never closed: it ends with a line of {fence}", line=fenced)
        for number in self.open:
            self.notes.add("this block is never closed: it ends with a line of ///", line=self.blocks[number].line)
        while self.open:
            self.border("end", self.open.pop())
        return self.out

    def begin(self, found: re.Match[str], lines: list[str], at: int) -> int:
        """Note the block that begins on the line before `at`; where its body begins."""
        match = _OPENING.match(found[3])
        name = match[1].lower() if match else ""
        if not match or name not in KINDS:
            wrong = (
                f"'{clip(match[1])}' is not a kind of block" if match else "a block begins like this: /// chart | Title"
            )
            return self.refuse(f"{wrong} (there are {', '.join(KINDS)})", found, at)
        if len(self.open) >= DEEPEST or len(self.blocks) >= MOST:
            return self.refuse(f"more than {MOST} blocks in a text, or {DEEPEST} inside each other", found, at)
        kind = KINDS[name]
        block = Block(name, " ".join((match[2] or "").split()), at, len(found[1]), len(found[2]))
        if kind.title and not block.title:
            self.notes.add(f"a block '{name}' needs {kind.title}: /// {name} | …", line=at)
        elif block.title and not kind.title:
            self.notes.add(f"a block '{name}' has no title: its text stands in the lines below", line=at)
        if kind.settings:
            at = self.settings(block, kind, lines, at)
        self.blocks.append(block)
        self.open.append(len(self.blocks) - 1)
        self.border("block", len(self.blocks) - 1)
        return at

    def refuse(self, message: str, found: re.Match[str], at: int) -> int:
        self.notes.add(message, line=at)
        self.refused.append((len(found[2]), len(self.open)))
        return at

    def settings(self, block: Block, kind: Kind, lines: list[str], at: int) -> int:
        """Read the indented lines below the first one; where the body begins."""
        inside = " " * (block.indent + 4)
        while at < len(lines) and lines[at].startswith(inside) and lines[at].strip():
            match = _SETTING.match(lines[at].strip())
            at += 1
            key = match[1].lower() if match else ""
            value = (match[2] or "").strip() if match else ""
            if key not in kind.settings:
                known = ", ".join(sorted(kind.settings))
                self.notes.add(f"'{clip(lines[at - 1])}' is no setting of '{block.kind}' (there are {known})", line=at)
            elif key in block.settings:
                self.notes.add(f"'{key}' stands twice", line=at)
            elif not value:
                self.notes.add(f"'{key}' has no value", line=at)
            else:
                block.lines[key] = at
                block.settings[key] = value[1:-1] if value[0] == value[-1] in "\"'" and len(value) > 2 else value
        return at

    def close(self, slashes: int, line: int) -> None:
        """Close the innermost block that began with so many slashes, and those inside it."""
        if self.refused and self.refused[-1] == (slashes, len(self.open)):
            self.refused.pop()
            return
        if not any(self.blocks[number].slashes == slashes for number in self.open):
            self.notes.add(f"this line closes no block: none began with {slashes} slashes", line=line)
            return
        while True:
            number = self.open.pop()
            self.border("end", number)
            if self.blocks[number].slashes == slashes:
                return
            self.notes.add("this block is never closed: it ends with a line of ///", line=self.blocks[number].line)

    def border(self, which: str, number: int) -> None:
        self.out += ["", f"{' ' * self.blocks[number].indent}{STX}{which}:{number}{ETX}", ""]


class BlockBodies(Preprocessor):
    """Takes what stands between two marks out of the text, once code has been taken out; the first mark stays."""

    def run(self, lines: list[str]) -> list[str]:
        blocks = course(self.md).blocks
        collected: list[tuple[int, list[str]]] = [(-1, [])]
        for line in lines:
            found = _BORDER.match(line)
            if found is None:
                collected[-1][1].append(line)
            elif found[1] == "block":
                collected[-1][1].append(line)
                collected.append((int(found[2]), []))
            elif collected[-1][0] == int(found[2]):
                number, body = collected.pop()
                if not KINDS[blocks[number].kind].raw:
                    body = [_outdented(one, blocks[number].indent) for one in body]
                    if blocks[number].kind == "question":  # each option begins anew, also right below a feedback
                        body = [part for one in body for part in (("", one) if _OPTION.match(one) else (one,))]
                    blocks[number].body = body
        for _, body in collected[1:]:  # a border that code swallowed
            collected[0][1].extend(body)
        return collected[0][1]


def _outdented(line: str, indent: int) -> str:
    return line[min(indent, len(line) - len(line.lstrip(" "))) :]


class BlockPlaces(BlockProcessor):
    """Makes an element of each mark, and parses the block's body into it."""

    def test(self, parent: etree.Element, block: str) -> bool:
        return bool(_MARK.fullmatch(block.strip("\n").lstrip(" "))) and not block.startswith(" " * 4)

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        mark = _MARK.search(blocks.pop(0))
        assert mark  # by test()
        block = course(self.parser.md).blocks[int(mark[1])]
        block.met = True
        if parent.tag in ("li", "dd") and parent.text and parent.text.strip():  # a line before it becomes a paragraph
            first = etree.Element("p")
            first.text, parent.text = parent.text, ""
            parent.insert(0, first)
        element = etree.SubElement(parent, "div", {NUMBER: mark[1]})
        kind = KINDS[block.kind]
        if kind.title and not kind.plain:
            etree.SubElement(element, "p").text = block.title
        if "source" in block.settings:
            etree.SubElement(element, "p").text = block.settings["source"]
        if not kind.raw:
            self.parser.state.set("block")
            self.parser.parseChunk(element, "\n".join(block.body).strip("\n"))
            self.parser.state.reset()
