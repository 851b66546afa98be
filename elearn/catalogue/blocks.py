"""A lesson's Markdown as the blocks a translator works through: what each one is, where it begins, what it says.

Pure, total and linear in the length of the text. How deep a block stands in boxes and lists does not matter here, nor
how its lines are folded.
"""

import re
from dataclasses import dataclass

CODE = "code"
TEXT = "text"
ITEM, NUMBERED, TASK = "item", "numbered item", "task"
ROW = "table row"
IMAGE = "image"
NOTE = "footnote"
ABBREVIATION = "abbreviation"
DEFINITION = "definition"
HEADING, BOX, FRAME = "heading", "box", "block"

_FENCE = re.compile(r"(`{3,}|~{3,})")
_BOX = re.compile(r'(?:!!!|\?\?\?\+?)\s*([\w-]+)\s*(?:"(.*)")?\s*\Z')
_FRAME = re.compile(r"/{3,}(?:\s*([\w-]+)\s*(?:\|\s*(.*))?)?\Z")
_HEADING = re.compile(r"(#{1,6})\s+(.*)\Z")
_ANCHOR = re.compile(r"\{#([a-z0-9-]+)\}")
_NOTE = re.compile(r"\[\^([^\]]+)\]:\s*(.*)\Z")
_ABBREVIATION = re.compile(r"\*\[[^\]]+\]:")
_DEFINITION = re.compile(r":\s+(.*)\Z")
_BULLET = re.compile(r"[-*+]\s+(.*)\Z")
_NUMBER = re.compile(r"\d{1,9}\.\s+(.*)\Z")
_TASK = re.compile(r"\[([ xX])\]\s+(.*)\Z")
_UNDERLINE = re.compile(r"(?:=+|-+)\Z")
_RULE = re.compile(r"(?:-\s*){3,}\Z|(?:\*\s*){3,}\Z|(?:_\s*){3,}\Z")
_SEPARATOR = re.compile(r"[\s|:-]+\Z")


@dataclass(frozen=True)
class Block:
    """One block. `key` is what names it in every language alike: a heading's anchor, a footnote's name."""

    kind: str
    line: int
    text: str
    key: str = ""
    ticked: bool = False  # a task's mark

    @property
    def words(self) -> str:
        """The first words, as a message shows them."""
        text = " ".join(self.text.split())
        return text if len(text) <= 48 else text[:48].rsplit(" ", 1)[0] + " …"


def split(body: str, first_line: int = 1) -> list[Block]:
    """The blocks of a Markdown text whose first line is `first_line` of its file."""
    return _Splitter(body.split("\n"), first_line).blocks()


class _Splitter:
    def __init__(self, lines: list[str], first_line: int) -> None:
        self.lines = lines
        self.first = first_line
        self.found: list[Block] = []
        self.open: Block | None = None  # what the next line may go on with
        self.pieces: list[str] = []
        self.note = False  # a footnote whose indented paragraphs may follow an empty line
        self.table = False
        self.indent = 0  # of the last item

    def blocks(self) -> list[Block]:
        fence = ""
        for index, raw in enumerate(self.lines):
            line = _bare(raw)
            mark = _FENCE.match(line)
            if fence:
                if line.startswith(fence):
                    fence = ""
                    self.close()
                else:
                    self.pieces.append(line)
            elif mark:
                fence = mark[1]
                self.begin(CODE, index, line[len(fence) :])
            elif not line:
                self.pause()
            else:
                self.line(index, raw, line)
        self.close()
        return self.found

    def begin(self, kind: str, index: int, text: str, key: str = "", *, ticked: bool = False) -> None:
        self.close()
        self.open = Block(kind, self.first + index, "", key, ticked)
        self.pieces = [text]

    def whole(self, kind: str, index: int, text: str, key: str = "") -> None:
        """A block of one line."""
        self.begin(kind, index, text, key)
        self.close()

    def pause(self) -> None:
        """An empty line ends everything but a footnote, of which more may follow indented."""
        self.table = False
        if self.open is not None and self.open.kind == NOTE:
            self.note = True
        else:
            self.close()

    def close(self) -> None:
        block, self.open, self.note = self.open, None, False
        if block is None:
            return
        text = "\n".join(self.pieces).strip()
        kind = IMAGE if block.kind == TEXT and _is_image(text) else block.kind
        self.found.append(Block(kind, block.line, text, block.key, block.ticked))

    def line(self, index: int, raw: str, line: str) -> None:
        if self.note and not raw.startswith(("    ", "\t")):
            self.close()
        if self.open is not None and self.open.kind.startswith(FRAME):
            if raw.startswith(("    ", "\t")) and ":" in line:  # an option, below the block's first line
                self.pieces.append(line)
                return
            self.close()
        if self.marked(index, line) or self.row(index, line) or self.item(index, raw, line):
            return
        if self.open is None:
            self.begin(TEXT, index, line)
        else:
            self.pieces.append(line)

    def marked(self, index: int, line: str) -> bool:
        """A line whose first signs say what it is, wherever it stands."""
        if match := _BOX.match(line):
            self.whole(f"{BOX} {match[1].lower()}", index, match[2] or "")
        elif match := _FRAME.match(line):
            self.close()
            if match[1]:
                self.begin(f"{FRAME} {match[1].lower()}", index, match[2] or "")
        elif match := _HEADING.match(line):
            anchor = _ANCHOR.search(match[2])
            self.whole(f"{HEADING} {len(match[1])}", index, match[2], anchor[1] if anchor else "")
        elif match := _NOTE.match(line):
            self.begin(NOTE, index, match[2], match[1])
        elif _ABBREVIATION.match(line):
            self.whole(ABBREVIATION, index, line)
        elif match := _DEFINITION.match(line):
            self.begin(DEFINITION, index, match[1])
        elif _UNDERLINE.match(line) and self.open is not None and self.open.kind == TEXT and len(self.pieces) == 1:
            self.open = Block(f"{HEADING} {1 if line[0] == '=' else 2}", self.open.line, "")
            self.close()
        elif _RULE.match(line):
            self.close()
        else:
            return False
        return True

    def row(self, index: int, line: str) -> bool:
        """A row of a table: the line above the separator, and those below it as long as they have cells."""
        if self.table:
            if not _separates(line):
                self.whole(ROW, index, line)
            return True
        if "|" not in line or index + 1 >= len(self.lines) or not _separates(_bare(self.lines[index + 1])):
            return False
        self.table = True
        self.whole(ROW, index, line)
        return True

    def item(self, index: int, raw: str, line: str) -> bool:
        """An item of a list. In a paragraph, or in an item of another kind at the same depth, a folded line."""
        indent = len(raw) - len(raw.lstrip())
        for kind, pattern in ((ITEM, _BULLET), (NUMBERED, _NUMBER)):
            match = pattern.match(line)
            if match and self.begins_item(kind, indent):
                self.indent = indent
                task = _TASK.match(match[1]) if kind == ITEM else None
                if task:
                    self.begin(TASK, index, task[2], ticked=task[1] != " ")
                else:
                    self.begin(kind, index, match[1])
                return True
        return False

    def begins_item(self, kind: str, indent: int) -> bool:
        if self.open is None:
            return True
        now = ITEM if self.open.kind == TASK else self.open.kind
        return now == kind or (now in (ITEM, NUMBERED) and abs(indent - self.indent) >= 4)


def _bare(raw: str) -> str:
    """The line without its indentation and marks of quotation."""
    line = raw.strip()
    return line.lstrip("> \t") if line.startswith(">") else line


def _separates(line: str) -> bool:
    return "|" in line and "-" in line and bool(_SEPARATOR.match(line))


def _is_image(text: str) -> bool:
    return text.startswith("![") and text.endswith(")") and text.count("](") == 1


def cells(row: str) -> list[str]:
    """The cells of a row of a table."""
    inside = row.strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", inside)]
