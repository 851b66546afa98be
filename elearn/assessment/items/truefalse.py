"""True or false: a statement to judge."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from elearn.assessment.items.base import RIGHT, WRONG, Answer, Asked, Given, ItemSource, Parsed, Unreadable, Words

VALUES = {"true": True, "false": False}


class TrueFalse:
    """The answer is a boolean. The two words come from the interface; their order never changes."""

    name = "truefalse"
    template = "assessment/items/truefalse.html"

    def parse(self, item: ItemSource) -> Parsed | None:
        return Parsed(ask={}, key={"answer": item.reader.flag("answer")})

    def prepare(self, ask: Mapping[str, Any], *, seed: str, shuffle: bool) -> Asked:
        return Asked(ask)

    def show(self, asked: Asked, words: Words, answer: Answer) -> Mapping[str, Any]:
        return {"answer": answer}

    def read(self, asked: Asked, given: Given) -> Answer:
        value = given.one()
        if value and value not in VALUES:
            raise Unreadable
        return VALUES.get(value)

    def mark(self, asked: Asked, key: Mapping[str, Any], answer: Answer) -> Fraction:
        return RIGHT if answer is key["answer"] else WRONG

    def explain(
        self, asked: Asked, key: Mapping[str, Any], words: Words, notes: Words, answer: Answer, *, reveal: bool
    ) -> Mapping[str, Any]:
        return {"answer": answer, "correct": key["answer"] if reveal else None}

    def analyse(self, asked: Asked, answer: Answer) -> tuple[str, ...]:
        return () if answer is None else (str(answer).lower(),)
