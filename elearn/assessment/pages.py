"""What the pages of a quiz show, composed from rows and content: before, during, review, after."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from elearn.assessment import queries, rules
from elearn.assessment.content import Item, ItemText, Quiz
from elearn.assessment.items.base import Asked, Given, field_name
from elearn.assessment.models import Attempt
from elearn.assessment.queries import Around, Content, Grant, Row
from elearn.assessment.rules import Marked, Score
from elearn.catalogue.shelf import Outline
from elearn.core import clock
from elearn.core.i18n import get_locale
from elearn.learning.models import Enrolment
from elearn.learning.player import ModuleLinks
from elearn.people.models import User

# --- where somebody stands ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Try:
    """One attempt as lists show it."""

    number: int
    started: dt.datetime
    submitted: dt.datetime | None
    by_time: bool
    score: Score
    passed: bool


@dataclass(frozen=True)
class Standing:
    """Somebody's attempts at a quiz. `left` None: as many as she likes."""

    tries: tuple[Try, ...]
    open: Attempt | None
    allowed: int | None
    extra_minutes: int

    @property
    def left(self) -> int | None:
        return None if self.allowed is None else max(0, self.allowed - len(self.tries) - (self.open is not None))

    @property
    def may_start(self) -> bool:
        return self.open is None and self.left != 0

    def over(self, now: dt.datetime) -> bool:
        """Whether the time of the open attempt is up."""
        return self.open is not None and not rules.in_time(now, self.open.deadline)

    @property
    def best(self) -> Try | None:
        position = rules.best([one.score for one in self.tries])
        return None if position is None else self.tries[position]

    @property
    def passed(self) -> bool:
        return any(one.passed for one in self.tries)


def standing(enrolment_id: int, content: Content) -> Standing:
    """Where an enrolment stands at a quiz. Two statements."""
    extra = queries.extra(enrolment_id, content.step_id)
    found = queries.attempts(enrolment_id, content.step_id)
    return Standing(
        tries=tuple(_try(attempt) for attempt in found if attempt.submitted_at is not None),
        open=next((attempt for attempt in found if attempt.submitted_at is None), None),
        allowed=rules.allowed_attempts(content.quiz.attempts, extra.attempts),
        extra_minutes=extra.seconds // 60,
    )


def _try(attempt: Attempt) -> Try:
    return Try(
        number=attempt.number,
        started=attempt.started_at,
        submitted=attempt.submitted_at,
        by_time=attempt.submitted_by == "time",
        score=Score(_exact(attempt.score), _exact(attempt.max_score)),
        passed=bool(attempt.passed),
    )


def _exact(points: float | None) -> Fraction:
    """Points as they were written, not as a binary fraction: 0.29 of 1 is 29 per cent."""
    return Fraction(str(points or 0))


# --- a running attempt ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """An item as a running attempt shows it. `fields` is what its type's template needs."""

    key: str
    position: int
    lang: str
    text: str
    template: str
    name: str
    answered: bool
    fields: Mapping[str, Any]
    typed: str = ""
    error: str = ""


@dataclass(frozen=True)
class Running:
    """An attempt that is open."""

    number: int
    questions: tuple[Question, ...]
    started: dt.datetime
    deadline: dt.datetime | None
    now: dt.datetime
    seq: int  # the highest number of an answer; scripts count on from it

    @property
    def over(self) -> bool:
        """Whether its time is up, grace included."""
        return not rules.in_time(self.now, self.deadline)

    @property
    def seconds_left(self) -> int | None:
        return None if self.deadline is None else max(0, int((self.deadline - self.now).total_seconds()))

    @property
    def first_blank(self) -> int:
        """The position to go on at: the first blank item, else the first."""
        return next((question.position for question in self.questions if not question.answered), 1)

    @property
    def blank(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if not question.answered)


def running(
    attempt: Attempt,
    content: Content,
    lang: str,
    *,
    form: Mapping[str, Sequence[str]] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Running:
    """An open attempt with every item in its order; what a refused form held stands in place of what is kept."""
    rows = queries.rows(attempt.id)
    text = content.texts[lang]
    return Running(
        number=attempt.number,
        questions=tuple(
            _question(row, content.quiz, text.items[key], form or {}, (errors or {}).get(key, ""))
            for key, row in rows.items()
        ),
        started=attempt.started_at,
        deadline=attempt.deadline,
        now=clock.now(),
        seq=max((row.response.seq for row in rows.values() if row.response), default=0),
    )


def _question(row: Row, quiz: Quiz, text: ItemText, form: Mapping[str, Sequence[str]], error: str) -> Question:
    key = row.item.item_key
    kind, asked = quiz[key].type, row.asked(quiz)
    given = Given(key, form)
    answer = row.answer
    if not error and key in form.get("item", ()):
        answer = kind.read(asked, given)
    return Question(
        key=key,
        position=row.item.position,
        lang=text.lang,
        text=text.text,
        template=kind.template,
        name=field_name(key),
        answered=answer is not None,
        fields=kind.show(asked, text.words, answer),
        typed=given.many()[0] if error and given.many() else "",
        error=error,
    )


# --- after hand-in --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """An item after hand-in. `outcome` is right, partly, wrong, blank or waiting."""

    key: str
    position: int
    lang: str
    text: str
    template: str
    outcome: str
    fields: Mapping[str, Any]
    notes_lang: str
    feedback_lang: str
    feedback: str
    reread: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """An attempt that was handed in, and what it tells."""

    this: Try
    pass_mark: int | None
    reveal: bool
    items: tuple[Told, ...]
    objectives: tuple[rules.ObjectiveResult, ...] = ()
    reread: tuple[str, ...] = ()
    blank: int = 0


def result(attempt: Attempt, content: Content, lang: str, place: Standing, course: Around) -> Result:
    """What an attempt that was handed in tells; objectives and lessons in the order of the course."""
    quiz, text = content.quiz, content.texts[lang]
    reveal = rules.may_reveal(passed=place.passed, left=place.left)
    rows = queries.rows(attempt.id)
    marked = [_marked(quiz[key], row) for key, row in rows.items()]
    lessons = course.lessons.keys()
    return Result(
        this=_try(attempt),
        pass_mark=quiz.pass_mark,
        reveal=reveal,
        items=tuple(
            _told(quiz[key], row, row.asked(quiz), text.items[key], one, rules.to_reread([one], lessons), reveal=reveal)
            for (key, row), one in zip(rows.items(), marked, strict=True)
        ),
        objectives=rules.by_objective(marked, tuple(course.objectives), lessons),
        reread=rules.to_reread(marked, lessons),
        blank=sum(one.blank for one in marked),
    )


def _marked(item: Item, row: Row) -> Marked:
    share: Fraction | None = Fraction(0)
    if row.response and row.answer is not None:
        share = None if row.response.mark is None else _exact(row.response.mark) / item.points
    return Marked(item.id, item.points, share, row.answer is None, item.objective, item.reread)


def _told(
    item: Item, row: Row, asked: Asked, text: ItemText, marked: Marked, reread: tuple[str, ...], *, reveal: bool
) -> Told:
    return Told(
        key=item.id,
        position=row.item.position,
        lang=text.lang,
        text=text.text,
        template=item.type.template,
        outcome=rules.outcome(marked),
        fields=item.type.explain(asked, item.key, text.words, text.notes, row.answer, reveal=reveal),
        notes_lang=text.notes_lang,
        feedback_lang=text.feedback_lang,
        feedback=text.feedback,
        reread=reread,
    )


# --- for the trainer ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuizOf:
    """Somebody's attempts at one quiz, and what was granted for it."""

    tries: tuple[Try, ...]
    open: Attempt | None
    granted: tuple[Grant, ...]


@dataclass(frozen=True)
class Dossier:
    """One person in a course, as her trainer sees her."""

    user: User
    enrolment: Enrolment
    modules: tuple[ModuleLinks, ...]
    quizzes: Mapping[str, QuizOf]  # by the key of the step


def dossier(
    user: User, enrolment: Enrolment, modules: tuple[ModuleLinks, ...], quizzes: Mapping[str, Content]
) -> Dossier:
    """Put the page together. Two statements."""
    attempts, granted = queries.attempts_by_step(enrolment.id), queries.grants(enrolment.id)
    found = {}
    for key, quiz in quizzes.items():
        mine = attempts.get(quiz.step_id, [])
        found[key] = QuizOf(
            tries=tuple(_try(attempt) for attempt in mine if attempt.submitted_at is not None),
            open=next((attempt for attempt in mine if attempt.submitted_at is None), None),
            granted=tuple(one for one in granted if one.step_id in (quiz.step_id, None)),
        )
    return Dossier(user, enrolment, modules, found)


def limited(outline: Outline, quizzes: Mapping[str, Content], lang: str) -> list[tuple[str, str]]:
    """(key, title) of the quizzes for which something can be granted: those that limit attempts or time."""
    return [
        (step.key, outline.title(step, lang)[1].title)
        for step in outline.steps
        if step.key in quizzes and (quizzes[step.key].quiz.attempts or quizzes[step.key].quiz.minutes)
    ]


# --- words ----------------------------------------------------------------------------------------------------------


def listed(parts: Sequence[str]) -> Markup:
    """Pieces of HTML as a list in words: 2.1, 2.2 and 2.3."""
    return Markup(format_list([str(escape(part)) for part in parts], locale=get_locale()))


def number(value: Decimal) -> str:
    """A number as the reader's language writes it, with every digit it has."""
    return str(format_decimal(value, locale=get_locale(), decimal_quantization=False))
