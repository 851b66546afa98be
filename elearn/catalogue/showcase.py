"""The catalogue as visitors see it: cards kept in the process per revision, found by words, filters and page."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from flask import current_app

from elearn.catalogue import queries, rules, search
from elearn.catalogue.compiled import LEVELS, THEMES
from elearn.catalogue.queries import PublishedText
from elearn.catalogue.rules import Traits, Wanted
from elearn.catalogue.shelf import SHOWCASE
from elearn.core import settings
from elearn.core.db import db
from elearn.core.i18n import LANGUAGES, folded

PAGE = 20
SECONDS = 1.0  # for which the revision is believed
LONGEST_QUERY = search.LONGEST_QUERY


@dataclass(frozen=True)
class Card:
    """A published course in all its languages."""

    first: PublishedText
    texts: Mapping[str, PublishedText]
    traits: Traits

    @property
    def slug(self) -> str:
        return self.first.slug

    @property
    def course_id(self) -> int:
        return self.first.course_id

    def text(self, lang: str) -> PublishedText:
        """In this language, else in the course's own."""
        return self.texts.get(lang) or self.texts[self.first.default_lang]

    @cached_property
    def languages(self) -> tuple[tuple[str, int], ...]:
        """(language, per cent of the steps that speak it), the course's own language first."""
        order = sorted(self.texts, key=lambda lang: (lang != self.first.default_lang, list(LANGUAGES).index(lang)))
        return tuple((lang, int(100 * self.texts[lang].completeness)) for lang in order)


@dataclass(frozen=True)
class Showcase:
    """Every card, as of one revision."""

    revision: str
    cards: tuple[Card, ...]
    asked: float  # when, by the clock of the machine


@dataclass(frozen=True)
class Question:
    """What somebody asked of the catalogue."""

    words: str = ""
    wanted: Wanted = field(default_factory=Wanted)
    after: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Question":
        """From an address; what is no choice of ours is as if it were not there."""
        choices = {name: args[name] for name, allowed in CHOICES.items() if args.get(name) in allowed}
        words = " ".join(args.get("q", "").split())[:LONGEST_QUERY]
        return cls(words, Wanted(**choices), args.get("after", "")[:60])

    def address(self, **changes: str) -> dict[str, str]:
        """The parameters of the same question with some changed; '' takes one away."""
        present = {"q": self.words, **{name: getattr(self.wanted, name) for name in rules.FILTERS}}
        return {name: value for name, value in {**present, **changes}.items() if value}

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """The filters in force: (name, value)."""
        return [(name, value) for name in rules.FILTERS if (value := getattr(self.wanted, name))]


CHOICES: dict[str, tuple[str, ...]] = {
    "theme": THEMES,
    "language": tuple(LANGUAGES),
    "level": LEVELS,
    "length": tuple(rules.Length),
}


@dataclass(frozen=True)
class Found:
    """One page of answers, and what each further choice would leave."""

    cards: Sequence[Card]
    total: int
    counts: Mapping[str, Mapping[str, int]]
    after: str  # the next page begins after this one; '' when there is none
    has_previous: bool


def current() -> Showcase:
    """The cards of the present revision, which is asked for once a second: so old may what a visitor sees be at most.

    One statement then, and one more when the revision is new to this process.
    """
    writing = db.session.registry.has() and db.session().info.get("writing")
    kept: Showcase | None = current_app.extensions.get(SHOWCASE)
    if kept is not None and not writing and time.monotonic() < kept.asked + SECONDS:
        return kept
    asked = time.monotonic()
    revision = settings.get(settings.CATALOGUE_REVISION, "0")
    same = kept is not None and kept.revision == revision
    made = Showcase(revision, kept.cards if kept and same else tuple(_cards(queries.published_texts())), asked)
    if not writing:
        current_app.extensions[SHOWCASE] = made
    return made


def forget() -> None:
    """Ask for the revision at the next visit: something is being published in this process."""
    current_app.extensions.pop(SHOWCASE, None)


def _cards(texts: list[PublishedText]) -> list[Card]:
    found = []
    for _slug, group in groupby(texts, key=lambda text: text.slug):
        by_lang = {text.lang: text for text in group}
        first = next(iter(by_lang.values()))
        speaks = frozenset(lang for lang, text in by_lang.items() if text.completeness > 0)
        found.append(Card(first, by_lang, Traits(first.theme, first.level, rules.length(first.minutes), speaks)))
    return found


def find(showcase: Showcase, question: Question, lang: str) -> Found:
    """The cards that answer a question, by title in the reader's language."""
    words = search.wanted(question.words)
    worded = [card for card in showcase.cards if _worded(card, words)]
    cards = sorted(
        (card for card in worded if question.wanted.accepts(card.traits)),
        key=lambda card: (folded(card.text(lang).title), card.slug),
    )
    begin = next((place for place, card in enumerate(cards, start=1) if card.slug == question.after), 0)
    page = cards[begin : begin + PAGE]
    return Found(
        cards=page,
        total=len(cards),
        counts=rules.counts((card.traits for card in worded), question.wanted),
        after=page[-1].slug if len(cards) > begin + PAGE else "",
        has_previous=begin > 0,
    )


def _worded(card: Card, words: list[set[str]]) -> bool:
    return not words or any(search.matches(text.search_text, words) for text in card.texts.values())
