"""Options to choose from: what single choice and multiple response share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elearn.assessment.items.base import Asked, Given, ItemSource, Parsed, Unreadable, Words
from elearn.assessment.rules import shuffled

MOST_OPTIONS = 12


@dataclass(frozen=True)
class Option:
    """An option on a page. `correct` and `note` stay empty until they may be told."""

    id: str
    html: str
    chosen: bool = False
    correct: bool | None = None
    note: str = ""


def parse_options(item: ItemSource) -> Parsed | None:
    """The options with their texts, which are correct, and the feedback of each."""
    ids: list[str] = []
    correct: list[str] = []
    words: dict[str, dict[str, str]] = {}
    notes: dict[str, dict[str, str]] = {}
    options = item.reader.sequence("options")
    for reader in options:
        option = reader.identifier()
        if option and option in ids:
            reader.problem(f"two options have the id '{option}'", "id")
        ids.append(option)
        for lang, html in item.words(reader, "text").items():
            words.setdefault(lang, {})[option] = html
        if reader.flag("correct", default=False):
            correct.append(option)
        for lang, html in item.notes(reader, "feedback").items():
            notes.setdefault(lang, {})[option] = html
        reader.done()
    if not options:
        return None
    if not 2 <= len(ids) <= MOST_OPTIONS:
        item.reader.problem(f"there must be 2 to {MOST_OPTIONS} options, not {len(ids)}", "options")
    return Parsed(
        ask={"options": ids},
        key={"correct": correct},
        words={lang: {"options": texts} for lang, texts in words.items()},
        notes={lang: {"options": texts} for lang, texts in notes.items()},
    )


def prepare_options(ask: Mapping[str, Any], *, seed: str, shuffle: bool) -> Asked:
    """The options in the order of one attempt."""
    ids = tuple(ask["options"])
    return Asked(ask, shuffled(ids, seed) if shuffle else ids)


def read_options(asked: Asked, given: Given) -> list[str]:
    """The options that were ticked, each once, in the order of the file; raises Unreadable on any other."""
    ticked = set(given.many())
    if not ticked <= set(asked.ask["options"]):
        raise Unreadable
    return [option for option in asked.ask["options"] if option in ticked]


def show_options(asked: Asked, words: Words, chosen: Iterable[str]) -> list[Option]:
    """The options of a running attempt."""
    ticked = set(chosen)
    return [Option(option, words["options"][option], option in ticked) for option in asked.order]


def explain_options(
    asked: Asked, correct: Sequence[str], words: Words, notes: Words, chosen: Iterable[str], *, reveal: bool
) -> list[Option]:
    """The options after hand-in: feedback at the chosen ones, which are correct only when that may be told."""
    ticked = set(chosen)
    told = notes.get("options", {})
    return [
        Option(
            option,
            words["options"][option],
            chosen=option in ticked,
            correct=option in correct if reveal else None,
            note=told.get(option, "") if option in ticked else "",
        )
        for option in asked.order
    ]
