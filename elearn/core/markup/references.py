"""Where the references of a text lead: what a text may ask the course around it for."""

from dataclasses import dataclass
from typing import Protocol

from elearn.core.markup.notes import clip


class BadReferenceError(Exception):
    """A picture, file, term or link that leads nowhere; its text is for the writer."""


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
        """The address that a link means which is neither http(s), mailto, a file nor an anchor of the same text."""

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
