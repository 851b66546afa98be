"""The stored form of a quiz: what the course folder said, as JSON in a version, read back as plain values. Pure.

Language-independent (`version_step.payload`): the settings, and per item its `ask` and its `key`.
Per language (`version_step_text.payload`): per item its `words`, and in `notes` what is told after hand-in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from elearn.assessment.items import TYPES, ItemType
from elearn.assessment.items.base import Words


@dataclass(frozen=True)
class Item:
    """An item, the same in every language. `key` must not reach the page of a running attempt."""

    id: str
    type: ItemType
    points: Fraction
    ask: Mapping[str, Any]
    key: Mapping[str, Any]
    objective: str | None = None
    reread: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": self.type.name,
            "points": str(self.points),
            "objective": self.objective,
            "reread": list(self.reread),
            "ask": dict(self.ask),
            "key": dict(self.key),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Item":
        return cls(
            id=data["id"],
            type=TYPES[data["type"]],
            points=Fraction(data["points"]),
            ask=data["ask"],
            key=data["key"],
            objective=data["objective"],
            reread=tuple(data["reread"]),
        )


@dataclass(frozen=True)
class Quiz:
    """A quiz, the same in every language."""

    items: tuple[Item, ...]
    pass_mark: int | None = None  # per cent
    attempts: int | None = None
    minutes: int | None = None
    draw: int | None = None
    shuffle: bool = False

    @property
    def asked(self) -> int:
        """How many items one attempt asks."""
        return min(self.draw or len(self.items), len(self.items))

    def __getitem__(self, key: str) -> Item:
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    def to_json(self) -> dict[str, Any]:
        return {
            "pass": self.pass_mark,
            "attempts": self.attempts,
            "minutes": self.minutes,
            "draw": self.draw,
            "shuffle": self.shuffle,
            "items": [item.to_json() for item in self.items],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Quiz":
        return cls(
            items=tuple(Item.from_json(item) for item in data["items"]),
            pass_mark=data["pass"],
            attempts=data["attempts"],
            minutes=data["minutes"],
            draw=data["draw"],
            shuffle=data["shuffle"],
        )


@dataclass(frozen=True)
class ItemText:
    """An item in one language, or in the default language where `lang` says so.

    `text` and `words` are the question; `notes` and `feedback` are for after hand-in.
    """

    lang: str
    text: str
    words: Words = field(default_factory=dict)
    notes_lang: str = ""
    notes: Words = field(default_factory=dict)
    feedback_lang: str = ""
    feedback: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "question": {"lang": self.lang, "text": self.text, "words": dict(self.words)},
            "told": {
                "notes_lang": self.notes_lang,
                "notes": dict(self.notes),
                "feedback_lang": self.feedback_lang,
                "feedback": self.feedback,
            },
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ItemText":
        return cls(**data["question"], **data["told"])


@dataclass(frozen=True)
class QuizText:
    """What a quiz says in one language. The introduction is the step's own text, in `intro_lang`."""

    items: Mapping[str, ItemText]
    intro_lang: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"intro_lang": self.intro_lang, "items": {key: text.to_json() for key, text in self.items.items()}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "QuizText":
        return cls({key: ItemText.from_json(text) for key, text in data["items"].items()}, data["intro_lang"])
