"""True or false: a statement to judge."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from elearn.assessment.items.base import RIGHT, WRONG, Answer, Asked, Given, ItemSource, Parsed, Unreadable, Words

VALUES = {"true": True, "false": False}
# In the language of the statement, whatever language the page around it speaks.
_WORDS = {
    "en": {"true": "True", "false": "False"},
    "fr": {"true": "Vrai", "false": "Faux"},
    "ar": {"true": "صحيح", "false": "خطأ"},
}


class TrueFalse:
    """The answer is a boolean. The order of the two words never changes."""

    name = "truefalse"
    template = "assessment/items/truefalse.html"
    written = False

    def parse(self, item: ItemSource) -> Parsed | None:
        answer = item.reader.flag("answer")
        return Parsed(ask={}, key={"answer": answer}, words={lang: _WORDS[lang] for lang in item.languages})

    def prepare(self, ask: Mapping[str, Any], *, seed: str, shuffle: bool) -> Asked:
        return Asked(ask)

    def show(self, asked: Asked, words: Words, answer: Answer) -> Mapping[str, Any]:
        return {"words": words, "answer": _as_text(answer)}

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
        return {"words": words, "answer": _as_text(answer), "correct": _as_text(key["answer"]) if reveal else None}

    def analyse(self, asked: Asked, answer: Answer) -> tuple[str, ...]:
        return () if answer is None else (_as_text(answer),)


def _as_text(answer: Answer) -> str:
    return "" if answer is None else str(answer).lower()
