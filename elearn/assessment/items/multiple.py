"""Multiple response: all the right options and no other."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from elearn.assessment.items import choices
from elearn.assessment.items.base import RIGHT, WRONG, Answer, Asked, Given, ItemSource, Parsed, Words


class Multiple:
    """The answer is the list of the options' ids, in the order of the file. Marked all or nothing."""

    name = "multiple"
    template = "assessment/items/multiple.html"
    written = False

    def parse(self, item: ItemSource) -> Parsed | None:
        parsed = choices.parse_options(item)
        if parsed and not 1 <= len(parsed.key["correct"]) < len(parsed.ask["options"]):
            item.reader.problem("at least one option must be 'correct: true', and at least one must not", "options")
        return parsed

    def prepare(self, ask: Mapping[str, Any], *, seed: str, shuffle: bool) -> Asked:
        return choices.prepare_options(ask, seed=seed, shuffle=shuffle)

    def show(self, asked: Asked, words: Words, answer: Answer) -> Mapping[str, Any]:
        return {"options": choices.show_options(asked, words, answer or ())}

    def read(self, asked: Asked, given: Given) -> Answer:
        return choices.read_options(asked, given) or None

    def mark(self, asked: Asked, key: Mapping[str, Any], answer: Answer) -> Fraction:
        return RIGHT if set(answer or ()) == set(key["correct"]) else WRONG

    def explain(
        self, asked: Asked, key: Mapping[str, Any], words: Words, notes: Words, answer: Answer, *, reveal: bool
    ) -> Mapping[str, Any]:
        return {"options": choices.explain_options(asked, key["correct"], words, notes, answer or (), reveal=reveal)}

    def analyse(self, asked: Asked, answer: Answer) -> tuple[str, ...]:
        return tuple(answer or ())
