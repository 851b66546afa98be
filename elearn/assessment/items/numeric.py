"""A number, right within an absolute tolerance."""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l

from elearn.assessment.items import numbers
from elearn.assessment.items.base import RIGHT, WRONG, Answer, Asked, Given, ItemSource, Parsed, Unreadable, Words
from elearn.catalogue.yamlread import in_digits

_EXACT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?\Z")
LONGEST_UNIT = 40


class Numeric:
    """The answer is what was typed, and the numbers it may mean: `{"typed": "1,5", "values": ["1.5"]}`."""

    name = "numeric"
    template = "assessment/items/numeric.html"
    written = False

    def parse(self, item: ItemSource) -> Parsed | None:
        answer = _exact(item, "answer", required=True)
        tolerance = _exact(item, "tolerance", required=False) or "0"
        if tolerance.startswith("-"):
            item.reader.problem("'tolerance' must not be negative", "tolerance")
        units = _units(item)
        if not answer:
            return None
        return Parsed(
            ask={"units": sorted(set(units.values()))},
            key={"answer": answer, "tolerance": tolerance},
            words={lang: {"unit": unit} for lang, unit in units.items()},
        )

    def prepare(self, ask: Mapping[str, Any], *, seed: str, shuffle: bool) -> Asked:
        return Asked(ask)

    def show(self, asked: Asked, words: Words, answer: Answer) -> Mapping[str, Any]:
        return {"typed": answer["typed"] if answer else "", "unit": words.get("unit", "")}

    def read(self, asked: Asked, given: Given) -> Answer:
        typed = numbers.tidy(given.one())
        if not typed:
            return None
        values = numbers.readings(typed, asked.ask["units"])
        if not values:
            raise Unreadable(_l("Please write a number in digits, for example 41.67 or 41,67."))
        return {"typed": typed, "values": [numbers.plain(value) for value in values]}

    def mark(self, asked: Asked, key: Mapping[str, Any], answer: Answer) -> Fraction:
        target, tolerance = Decimal(key["answer"]), Decimal(key["tolerance"])
        values = answer["values"] if answer else ()
        return RIGHT if any(numbers.within(Decimal(value), target, tolerance) for value in values) else WRONG

    def explain(
        self, asked: Asked, key: Mapping[str, Any], words: Words, notes: Words, answer: Answer, *, reveal: bool
    ) -> Mapping[str, Any]:
        told = {"correct": Decimal(key["answer"]), "tolerance": Decimal(key["tolerance"])} if reveal else {}
        return {"typed": answer["typed"] if answer else "", "unit": words.get("unit", ""), **told}

    def analyse(self, asked: Asked, answer: Answer) -> tuple[str, ...]:
        return (answer["values"][0],) if answer else ()


def _exact(item: ItemSource, key: str, *, required: bool) -> str:
    """A number as the writer wrote it, so that no digit is lost on the way."""
    text = item.reader.unquoted(key, "a number", required=required)
    if text and not _EXACT.match(text):
        item.reader.problem(f"'{key}' must be a number such as 41.67{in_digits(text)}: {text!r}", key)
        return ""
    return text


def _units(item: ItemSource) -> dict[str, str]:
    """The unit in each language of the question; one plain text serves all."""
    if item.reader.holds_mapping("unit"):
        texts = item.reader.texts("unit", longest=LONGEST_UNIT)
        default = texts.get(item.source.default_language, "")
        return {lang: texts.get(lang, default) for lang in item.languages}
    unit = item.reader.text("unit", required=False, longest=LONGEST_UNIT)
    return dict.fromkeys(item.languages, unit) if unit else {}
