"""Single choice: one option is right."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from elearn.assessment.items import choices
from elearn.assessment.items.base import RIGHT, WRONG, Answer, Asked, Given, ItemSource, Parsed, Unreadable, Words


class Single:
    """The answer is the option's id."""

    name = "single"
    template = "assessment/items/single.html"
    written = False

    def parse(self, item: ItemSource) -> Parsed | None:
        parsed = choices.parse_options(item)
        if parsed and len(parsed.key["correct"]) != 1:
            item.reader.problem(
                f"exactly one option must be 'correct: true', not {len(parsed.key['correct'])}", "options"
            )
        return parsed

    def prepare(self, ask: Mapping[str, Any], *, seed: str, shuffle: bool) -> Asked:
        return choices.prepare_options(ask, seed=seed, shuffle=shuffle)

    def show(self, asked: Asked, words: Words, answer: Answer) -> Mapping[str, Any]:
        return {"options": choices.show_options(asked, words, () if answer is None else (answer,))}

    def read(self, asked: Asked, given: Given) -> Answer:
        ticked = choices.read_options(asked, given)
        if len(ticked) > 1:
            raise Unreadable
        return ticked[0] if ticked else None

    def mark(self, asked: Asked, key: Mapping[str, Any], answer: Answer) -> Fraction:
        return RIGHT if answer in key["correct"] else WRONG

    def explain(
        self, asked: Asked, key: Mapping[str, Any], words: Words, notes: Words, answer: Answer, *, reveal: bool
    ) -> Mapping[str, Any]:
        chosen = () if answer is None else (answer,)
        return {"options": choices.explain_options(asked, key["correct"], words, notes, chosen, reveal=reveal)}

    def analyse(self, asked: Asked, answer: Answer) -> tuple[str, ...]:
        return () if answer is None else (str(answer),)
