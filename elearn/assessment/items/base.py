"""What every item type has in common: the protocol, and the small values that pass through it. Pure.

A new type is one module in this package, registered in `__init__`, and one template in `templates/assessment/items/`
with two macros: `ask(question)` for a running attempt and `tell(result)` for one that was handed in.

An item is kept in halves. `ask` and `words` may reach the page of a running attempt; `key` and `notes` may not before
hand-in. They never share a mapping, so no page can leak the one by printing the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from elearn.catalogue.kinds import Reader, StepSource

# A normalised answer: plain JSON, the same in whatever language it was given. None is a blank.
Answer = Any
Words = Mapping[str, Any]

RIGHT = Fraction(1)
WRONG = Fraction(0)


class Unreadable(ValueError):
    """What was submitted is no answer to this item. Its argument is the (lazily translated) reason."""


def field_name(item_key: str, part: str = "") -> str:
    """The name of an item's form field; types of several fields name a part."""
    return f"answer-{item_key}:{part}" if part else f"answer-{item_key}"


@dataclass(frozen=True)
class Given:
    """What a form submitted for one item."""

    item_key: str
    form: Mapping[str, Sequence[str]]

    def one(self, part: str = "") -> str:
        """The single value of a field, '' when it is not there."""
        values = self.many(part)
        if len(values) > 1:
            raise Unreadable
        return values[0] if values else ""

    def many(self, part: str = "") -> tuple[str, ...]:
        """Every value of a field that is not empty."""
        return tuple(value for value in self.form.get(field_name(self.item_key, part), ()) if value)


@dataclass(frozen=True)
class Asked:
    """An item as it stands in one attempt: the order of its parts and, for calculated items, its numbers."""

    ask: Mapping[str, Any]
    order: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Parsed:
    """What a type read from the course folder. `words` and `notes` are per language."""

    ask: Mapping[str, Any]
    key: Mapping[str, Any]
    words: Mapping[str, Words] = field(default_factory=dict)
    notes: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class ItemSource:
    """One item of a quiz.yaml: its mapping, the languages of its question, and Markdown with a place for pictures."""

    reader: Reader
    source: StepSource
    languages: tuple[str, ...]
    images: dict[str, list[str]]

    def words(self, reader: Reader, key: str) -> dict[str, str]:
        """HTML per language of a text that must be there in exactly the languages of the question."""
        found = self.notes(reader, key, required=True)
        if found and self.languages:
            for lang in self.languages:
                if lang not in found:
                    reader.problem(f"'{key}' has no '{lang}' although the question has", key)
            for lang in found:
                if lang not in self.languages:
                    reader.problem(f"'{key}' has '{lang}' although the question has not", key)
        return found

    def notes(self, reader: Reader, key: str, *, required: bool = False) -> dict[str, str]:
        """HTML per language of a text that some languages may lack."""
        found = {}
        for lang, text in reader.texts(key, required=required).items():
            html = self.source.inline(text, path=reader.path, line=reader.line_of(key), lang=lang)
            self.images.setdefault(lang, []).extend(html.images)
            found[lang] = html.html
        return found


class ItemType(Protocol):
    """One type of item. All methods are pure; `ask`, `key`, `words` and `notes` are what `parse` returned."""

    name: str
    template: str
    written: bool  # whether answers hold words of the person's own, which go when that person is erased

    def parse(self, item: ItemSource) -> Parsed | None:
        """Read the type's own keys. None when it is too broken to say more (the problems are reported)."""

    def prepare(self, ask: Mapping[str, Any], *, seed: str, shuffle: bool) -> Asked:
        """The item as one attempt gets it: the order of its parts, and its numbers where it has any."""

    def show(self, asked: Asked, words: Words, answer: Answer) -> Mapping[str, Any]:
        """What the template's `ask` needs beside the question."""

    def read(self, asked: Asked, given: Given) -> Answer:
        """The answer that a form holds, normalised to JSON; None when blank; raises Unreadable."""

    def mark(self, asked: Asked, key: Mapping[str, Any], answer: Answer) -> Fraction | None:
        """What share of the points an answer earns, 0 to 1; None where a person has to say."""

    def explain(
        self, asked: Asked, key: Mapping[str, Any], words: Words, notes: Words, answer: Answer, *, reveal: bool
    ) -> Mapping[str, Any]:
        """What the template's `tell` needs; the right answer is in it only when `reveal`."""

    def analyse(self, asked: Asked, answer: Answer) -> tuple[str, ...]:
        """The categories under which item statistics count an answer; a blank has none."""
