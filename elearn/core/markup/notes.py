"""What is wrong in a text, and where: complaints with their lines."""

import re
from dataclasses import dataclass

from markdown.util import STX

MOST_COMPLAINTS = 300  # each is looked up in the whole text


def clip(text: str, longest: int = 60) -> str:
    """A piece of source as it can stand in a message."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


@dataclass(frozen=True, order=True)
class Complaint:
    """Something wrong in a Markdown text. `line` counts from 1 in that text; `piece` is the source at fault."""

    line: int
    message: str
    piece: str = ""


class Notes:
    """What one conversion needs to know of its text and has found out."""

    def __init__(self, text: str, lang: str) -> None:
        self.text = text
        self.lang = lang
        self.found: set[Complaint] = set()
        self._placed: set[tuple[str, str]] = set()

    def add(self, message: str, piece: str = "", *, line: int | None = None) -> None:
        """Complain about a line, or about every line on which the piece begins."""
        if line:
            self.found.add(Complaint(line, message))
        elif len(self._placed) >= MOST_COMPLAINTS:
            self.found.add(Complaint(1, f"more than {MOST_COMPLAINTS} mistakes: the others are not listed"))
        elif (message, piece) not in self._placed:
            self._placed.add((message, piece))
            self.found.update(Complaint(number, message, piece) for number in self.lines_of(piece))

    def lines_of(self, piece: str) -> list[int]:
        """The lines on which a piece of source begins; [1] when it cannot be found again."""
        words = piece.split(STX)[0].split()
        if not words:
            return [1]
        # Quotations and boxes indent and mark their lines, so any such run may stand between two words.
        pattern = re.compile(r"[\s>]+".join(re.escape(part) for part in words))
        return [self.text.count("\n", 0, hit.start()) + 1 for hit in pattern.finditer(self.text)] or [1]
