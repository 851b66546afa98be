"""What one conversion has gathered so far, for the parts that finish its tree."""

import re
import secrets
import xml.etree.ElementTree as etree
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import TypeVar

from markdown.util import HTML_PLACEHOLDER_RE

from elearn.core.markup.notes import Notes
from elearn.core.markup.references import Attachment, BadReferenceError, Picture, Resolver, Term
from elearn.core.markup.words import word

_Found = TypeVar("_Found")
ANCHOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_SECRET = secrets.token_hex(12)  # nobody can write it into a text
_INSERTED = re.compile(rf"{_SECRET}-(\d+)-")
_TAG_OR_INSERTED = re.compile(rf'</?[a-z](?:[^">]|"[^"]*")*>|{_INSERTED.pattern}')


@dataclass(frozen=True)
class Heading:
    """One line of a text's contents."""

    level: int
    anchor: str
    title: str


@dataclass
class Work:
    """One conversion."""

    notes: Notes
    resolver: Resolver
    stash: Sequence[object]  # what the parser put aside: character references, code
    pictures: dict[str, None] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    outline: list[Heading] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    links: list[etree.Element] = field(default_factory=list)
    inserts: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    words: int = 0

    @property
    def lang(self) -> str:
        return self.notes.lang

    def word(self, key: str) -> str:
        return word(key, self.notes.lang)

    def count(self, what: str) -> int:
        """How many of them there are, with this one."""
        self.counts[what] = self.counts.get(what, 0) + 1
        return self.counts[what]

    def claim(self, anchor: str) -> None:
        """Note an anchor; there is one of each."""
        if anchor in self.anchors:
            self.notes.add(f"the anchor #{anchor} stands twice", f"#{anchor}")
        self.anchors.add(anchor)

    def text(self, element: etree.Element) -> str:
        """The words of an element, in one line."""
        found = _INSERTED.sub("", "".join(element.itertext()))
        return " ".join(HTML_PLACEHOLDER_RE.sub(self._put_aside, found).split())

    def empty(self, element: etree.Element) -> bool:
        """Whether there is nothing to read or to look at in an element."""
        return not "".join(element.itertext()).strip() and element.find(".//img") is None

    def _put_aside(self, found: re.Match[str]) -> str:
        kept = self.stash[int(found[1])] if int(found[1]) < len(self.stash) else ""
        return unescape(kept) if isinstance(kept, str) and re.fullmatch(r"&#?\w{1,32};", kept) else ""

    def picture(self, source: str, piece: str, line: int | None = None) -> Picture | None:
        """The picture that is meant; None after a complaint."""
        found = self._resolved(self.resolver.picture, source, piece, line)
        if found is not None:
            self.pictures[found.name] = None
        return found

    def file(self, source: str, piece: str, line: int | None = None) -> Attachment | None:
        """Likewise."""
        found = self._resolved(self.resolver.file, source, piece, line)
        if found is not None:
            self.files[found.name] = None
        return found

    def _resolved(self, resolve: Callable[[str], _Found], source: str, piece: str, line: int | None) -> _Found | None:
        try:
            return resolve(source)
        except BadReferenceError as error:
            self.notes.add(str(error), piece, line=line)
            return None

    def insert(self, html: str) -> str:
        """Text that stands for HTML of our own making, which must not go through the sanitiser."""
        self.inserts.append(html)
        return f"{_SECRET}-{len(self.inserts) - 1}-"

    def filled(self, html: str) -> str:
        """The sanitised HTML with all that was to be inserted: between tags, never inside one."""
        return _TAG_OR_INSERTED.sub(self._filling, html) if self.inserts else html

    def _filling(self, found: re.Match[str]) -> str:
        return self.inserts[int(found[1])] if found[1] else _INSERTED.sub("", found[0])
