"""Every SELECT that assessment needs."""

import datetime as dt
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock

from sqlalchemy import func, or_, select

from elearn.assessment.content import Quiz, QuizText
from elearn.assessment.items.base import Answer, Asked
from elearn.assessment.models import Attempt, AttemptItem, Response
from elearn.catalogue import shelf
from elearn.catalogue.models import Course, Step, VersionStep, VersionStepText
from elearn.catalogue.shelf import Outline, OutlineStep
from elearn.core import clock
from elearn.core.db import db
from elearn.learning.models import Enrolment, StepOverride
from elearn.people.models import User

# --- attempts and answers -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """An item of an attempt and what was answered."""

    item: AttemptItem
    response: Response | None

    @property
    def answer(self) -> Answer:
        return self.response.answer["value"] if self.response else None

    def asked(self, quiz: Quiz) -> Asked:
        return Asked(quiz[self.item.item_key].ask, tuple(self.item.option_order), self.item.variables)


def rows(attempt_id: int) -> dict[str, Row]:
    """The items of an attempt in their order, by key. One statement."""
    found = db.session.execute(
        select(AttemptItem, Response)
        .outerjoin(
            Response,
            (Response.attempt_id == AttemptItem.attempt_id) & (Response.item_key == AttemptItem.item_key),
        )
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    )
    return {item.item_key: Row(item, response) for item, response in found}


def attempts(enrolment_id: int, step_id: int) -> list[Attempt]:
    """Every attempt of an enrolment at a step, whichever version it was made against, by number."""
    return list(
        db.session.scalars(
            select(Attempt)
            .join(VersionStep, VersionStep.id == Attempt.version_step_id)
            .where(Attempt.enrolment_id == enrolment_id, VersionStep.step_id == step_id)
            .order_by(Attempt.number)
        )
    )


def open_attempt(enrolment_id: int, key: str) -> int | None:
    """The number of an enrolment's open attempt at the step with this key. One statement."""
    return db.session.scalar(
        select(Attempt.number)
        .join(VersionStep, VersionStep.id == Attempt.version_step_id)
        .join(Step, Step.id == VersionStep.step_id)
        .where(Attempt.enrolment_id == enrolment_id, Step.key == key, Attempt.submitted_at.is_(None))
        .order_by(Attempt.number)
        .limit(1)
    )


@dataclass(frozen=True)
class Extra:
    """What one person has beyond the rule."""

    attempts: int = 0
    seconds: int = 0


def extra(enrolment_id: int, step_id: int) -> Extra:
    """The sum of what was granted for this step, or for every step."""
    row = db.session.execute(
        select(
            func.coalesce(func.sum(StepOverride.extra_attempts), 0),
            func.coalesce(func.sum(StepOverride.extra_seconds), 0),
        ).where(
            StepOverride.enrolment_id == enrolment_id,
            or_(StepOverride.step_id == step_id, StepOverride.step_id.is_(None)),
            or_(StepOverride.until.is_(None), StepOverride.until > clock.now()),
        )
    ).one()
    return Extra(int(row[0]), int(row[1]))


def attempts_by_step(enrolment_id: int) -> dict[int, list[Attempt]]:
    """Every attempt of an enrolment, by the identity of its step. One statement."""
    found: dict[int, list[Attempt]] = {}
    for step_id, attempt in db.session.execute(
        select(VersionStep.step_id, Attempt)
        .join(VersionStep, VersionStep.id == Attempt.version_step_id)
        .where(Attempt.enrolment_id == enrolment_id)
        .order_by(Attempt.number)
    ):
        found.setdefault(step_id, []).append(attempt)
    return found


@dataclass(frozen=True)
class Grant:
    """What was granted to one person beyond the rule, by whom and why. `step_id` None: for every step."""

    step_id: int | None
    attempts: int
    minutes: int
    reason: str
    at: dt.datetime
    by: str


def grants(enrolment_id: int) -> list[Grant]:
    """What was granted to an enrolment, the latest first. One statement."""
    found = db.session.execute(
        select(
            StepOverride.step_id,
            StepOverride.extra_attempts,
            StepOverride.extra_seconds / 60,
            StepOverride.reason,
            StepOverride.at,
            User.name_latin,
        )
        .join(User, User.id == StepOverride.actor_id)
        .where(StepOverride.enrolment_id == enrolment_id)
        .order_by(StepOverride.id.desc())
    )
    return [Grant(row[0], row[1], int(row[2]), *row[3:]) for row in found]


def overdue(before: dt.datetime, limit: int) -> list[tuple[int, int]]:
    """(enrolment, attempt) of open attempts whose deadline lies before a moment, the oldest first."""
    found = db.session.execute(
        select(Attempt.enrolment_id, Attempt.id)
        .where(Attempt.submitted_at.is_(None), Attempt.deadline < before)
        .order_by(Attempt.deadline)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in found]


def attempts_of_person(user_id: int) -> list[tuple[str, str, Attempt, list[Response]]]:
    """(course, step, attempt, its answers) of everything a person ever answered. Two statements."""
    found = db.session.execute(
        select(Course.slug, Step.key, Attempt)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(VersionStep, VersionStep.id == Attempt.version_step_id)
        .join(Step, Step.id == VersionStep.step_id)
        .join(Course, Course.id == Step.course_id)
        .where(Enrolment.user_id == user_id)
        .order_by(Attempt.id)
    ).all()
    answers: dict[int, list[Response]] = {row[2].id: [] for row in found}
    for response in db.session.scalars(
        select(Response)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.user_id == user_id)
        .order_by(Response.attempt_id, Response.item_key)
    ):
        answers[response.attempt_id].append(response)
    return [(row[0], row[1], row[2], answers[row[2].id]) for row in found]


# --- content: immutable once published, so kept ready in the process -------------------------------------------------


@dataclass(frozen=True)
class Content:
    """A quiz as a version shows it, in every language it has."""

    version_id: int
    version_step_id: int
    step_id: int
    quiz: Quiz
    default_lang: str
    titles: Mapping[str, str]
    intros: Mapping[str, str]
    texts: Mapping[str, QuizText]


_kept: OrderedDict[int, tuple[Outline, Content]] = OrderedDict()
_kept_lock = Lock()
MOST_KEPT = 200


def shown(version_id: int, key: str) -> Content | None:
    """The quiz `key` of a version; None where the version has no such quiz."""
    outline = shelf.outline(version_id)
    step = outline.step(key) if outline else None
    if outline is None or step is None or step.kind != "quiz":
        return None
    return _content(outline, step)


def content(version_step_id: int, version_id: int | None = None) -> Content:
    """The quiz that an attempt is pinned to. No statement when it is kept and its version is known."""
    if version_id is None:
        version_id = db.session.execute(
            select(VersionStep.version_id).where(VersionStep.id == version_step_id)
        ).scalar_one()
    outline = shelf.outline(version_id)
    assert outline is not None
    return _content(outline, next(step for step in outline.steps if step.version_step_id == version_step_id))


def _content(outline: Outline, step: OutlineStep) -> Content:
    """Kept as long as the shelf keeps this very outline."""
    with _kept_lock:
        known, found = _kept.get(step.version_step_id, (None, None))
        if found is not None and known is outline:
            _kept.move_to_end(step.version_step_id)
            return found
    found = _read_content(outline, step)
    with _kept_lock:
        _kept[step.version_step_id] = (outline, found)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _read_content(outline: Outline, step: OutlineStep) -> Content:
    rows = db.session.execute(
        select(
            VersionStep.payload,
            VersionStepText.lang,
            VersionStepText.title,
            VersionStepText.html,
            VersionStepText.payload,
        )
        .join(VersionStepText, VersionStepText.version_step_id == VersionStep.id)
        .where(VersionStep.id == step.version_step_id)
    ).all()
    return Content(
        version_id=outline.version_id,
        version_step_id=step.version_step_id,
        step_id=step.step_id,
        quiz=Quiz.from_json(rows[0][0]),
        default_lang=outline.default_lang,
        titles={row[1]: row[2] for row in rows},
        intros={row[1]: row[3] for row in rows},
        texts={row[1]: QuizText.from_json(row[4]) for row in rows},
    )


# --- the course around a quiz ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lesson:
    """A lesson as feedback names it: "2.1", and its title."""

    key: str
    number: str
    lang: str
    title: str


@dataclass(frozen=True)
class Around:
    """What the pages of a quiz say of its course. Objectives and lessons in the order of the course."""

    lang: str
    title: str
    objectives: Mapping[str, tuple[str, str]]  # (language, text)
    lessons: Mapping[str, Lesson]
    following: OutlineStep | None
    following_title: tuple[str, str]  # (language, title)


def around(version_id: int, version_step_id: int, lang: str) -> Around:
    """The course around a quiz, from the shelf."""
    outline = shelf.outline(version_id)
    assert outline is not None
    shown_lang, text = outline.text(lang)
    own = outline.texts[outline.default_lang].payload["objectives"]
    told = text.payload["objectives"]
    place = next(n for n, step in enumerate(outline.steps) if step.version_step_id == version_step_id)
    following = outline.steps[place + 1] if place + 1 < len(outline.steps) else None
    following_lang, following_title = outline.title(following, lang) if following else ("", None)
    return Around(
        lang=shown_lang,
        title=text.title,
        objectives={
            key: (shown_lang, told[key]) if key in told else (outline.default_lang, own[key])
            for key in outline.rules["objectives"]
        },
        lessons=_lessons(outline, lang),
        following=following,
        following_title=(following_lang, following_title.title if following_title else ""),
    )


def as_it_is_now(course: Around, version_id: int) -> Around:
    """Without the steps that the version somebody studies no longer has: who was moved is led to none of them."""
    outline = shelf.outline(version_id)
    assert outline is not None
    there = {step.key for step in outline.steps}
    following = course.following if course.following and course.following.key in there else None
    return replace(
        course, lessons={key: one for key, one in course.lessons.items() if key in there}, following=following
    )


def _lessons(outline: Outline, lang: str) -> dict[str, Lesson]:
    """Every lesson with its number, as its own page counts: the module in the course, the step in the module."""
    modules = list(dict.fromkeys(step.module for step in outline.steps))
    counts: Counter[str] = Counter()
    found = {}
    for step in outline.steps:
        counts[step.module] += 1
        if step.kind == "lesson":
            shown_lang, title = outline.title(step, lang)
            number = f"{modules.index(step.module) + 1}.{counts[step.module]}"
            found[step.key] = Lesson(step.key, number, shown_lang, title.title)
    return found
