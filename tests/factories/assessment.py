"""A course with a quiz that has an item of every type, in two languages; people in it; attempts and answers."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from elearn.assessment import queries, service
from elearn.assessment.models import Attempt
from elearn.assessment.queries import Content
from elearn.learning import service as learning
from elearn.learning.queries import Place, enrolment_of
from elearn.people.models import User
from tests.factories.catalogue import publish
from tests.factories.people import person

ROOT = Path(__file__).parent.parent.parent
SLUG, QUIZ = "small-quizzes", "final"
SETTINGS = "pass: 60\nattempts: 2\n"
RIGHT: dict[str, tuple[str, ...]] = {
    "answer-one": ("a",),
    "answer-all": ("a", "c"),
    "answer-true": ("true",),
    "answer-rate": ("41,7 %",),
}
WRONG: dict[str, tuple[str, ...]] = {
    "answer-one": ("b",),
    "answer-all": ("a",),
    "answer-true": ("false",),
    "answer-rate": ("50",),
}
ITEMS = ("one", "all", "true", "rate")

FILES = {
    "course.yaml": f"""\
        id: {SLUG}
        languages: [en, ar]
        default_language: en
        theme: cash-transfers
        level: introductory
        title: {{en: Small quizzes, ar: اختبارات صغيرة}}
        summary: {{en: Only to ask., ar: للسؤال فقط.}}
        audience: {{en: Those who answer., ar: من يجيبون.}}
        objectives:
          - id: choose
            text: {{en: Choose well., ar: حسن الاختيار.}}
          - id: reckon
            text: {{en: Reckon well., ar: حسن الحساب.}}
        completion: {{result: {QUIZ}}}
        certificate: {{kind: completion}}
        credits:
          en: {{written_by: A team, date: 2026-11-21}}
        contact: academy@example.org
        modules: [01-read, 02-answer]
        """,
    "01-read/module.yaml": """\
        id: read
        title: {en: Reading, ar: قراءة}
        steps:
          - {id: choosing, kind: lesson, minutes: 10, required: false}
          - {id: reckoning, kind: lesson, minutes: 10, required: false}
        """,
    "01-read/choosing/lesson.en.md": "---\ntitle: Choosing\n---\n\nChoose.\n",
    "01-read/reckoning/lesson.en.md": "---\ntitle: Reckoning\n---\n\nReckon.\n",
    "02-answer/module.yaml": f"""\
        id: answer
        title: {{en: Answering, ar: إجابة}}
        steps:
          - {{id: {QUIZ}, kind: quiz, minutes: 15}}
          - {{id: closing, kind: lesson, minutes: 5, required: false}}
        """,
    "02-answer/closing/lesson.en.md": "---\ntitle: Closing\n---\n\nThe end.\n",
}
QUIZ_ITEMS = """\
items:
  - id: one
    type: single
    objective: choose
    reread: [choosing]
    text: {en: Which one is right?, ar: أيها صحيح؟}
    options:
      - {id: a, text: {en: The first, ar: الأول}, correct: true}
      - {id: b, text: {en: The second, ar: الثاني}, feedback: {en: The second was a trap., ar: كان الثاني فخّا.}}
      - {id: c, text: {en: The third, ar: الثالث}}
    feedback: {en: Only the first ever was., ar: الأول وحده.}
  - id: all
    type: multiple
    objective: choose
    reread: [choosing, reckoning]
    text: {en: Which ones are right?, ar: أيها صحيحة؟}
    options:
      - {id: a, text: {en: Alpha, ar: ألفا}, correct: true}
      - {id: b, text: {en: Beta, ar: بيتا}}
      - {id: c, text: {en: Gamma, ar: غاما}, correct: true}
  - id: "true"
    type: truefalse
    answer: true
    text: {en: Two and two make four., ar: اثنان واثنان أربعة.}
  - id: rate
    type: numeric
    objective: reckon
    reread: [reckoning]
    answer: 41.67
    tolerance: 0.1
    unit: "%"
    text: {en: "Five of twelve is <b>how much</b>?", ar: كم تساوي خمسة من اثني عشر؟}
    feedback: {en: 5 / 12 = 0.4167, ar: 5 / 12 = 0.4167}
"""


def course(settings: str = SETTINGS, items: str = QUIZ_ITEMS) -> dict[str, bytes]:
    """The course's files; `settings` is the head of quiz.yaml."""
    quiz = f"title: {{en: Final quiz, ar: الاختبار النهائي}}\n{settings}{items}".replace("<b>", "**").replace(
        "</b>", "**"
    )
    files = {path: dedent(text).encode() for path, text in FILES.items()}
    return {**files, f"02-answer/{QUIZ}/quiz.yaml": quiz.encode()}


def published(settings: str = SETTINGS, items: str = QUIZ_ITEMS) -> int:
    """The course, published; the version's id."""
    return publish(course(settings, items)).version_id


def enrol(user: User, lang: str = "en") -> Place:
    """The user's place in the course."""
    learning.enrol(person(user), SLUG, lang)
    return place_of(user)


def place_of(user: User) -> Place:
    place = enrolment_of(user.id, SLUG)
    assert place is not None
    return place


def quiz_of(user: User) -> Content:
    """The quiz as it is shown to somebody."""
    content = queries.shown(place_of(user).shown_version_id, QUIZ)
    assert content is not None
    return content


def start(user: User, lang: str = "en") -> Attempt:
    return service.start(place_of(user), quiz_of(user), lang)


def save(
    user: User, number: int, form: Mapping[str, tuple[str, ...]], *, seq: int | None = None, client: str = ""
) -> service.Saved:
    """Save what a form holds, for the items it has fields of."""
    keys = [name.removeprefix("answer-") for name in form]
    return service.save_answers(person(user), SLUG, QUIZ, number, keys, form, lang="en", seq=seq, client=client)


def hand_in(user: User, number: int) -> Attempt:
    return service.hand_in(person(user), SLUG, QUIZ, number)


def whole_attempt(user: User, form: Mapping[str, tuple[str, ...]]) -> Attempt:
    """Start, answer, hand in."""
    number = start(user).number
    save(user, number, form)
    return hand_in(user, number)
