"""A small course that compiles: two languages, a picture, a lesson that has it all, and a quiz."""

from collections.abc import Mapping
from textwrap import dedent

from elearn.assessment.quiz import QUIZ
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.filestep import FILE_STEP
from elearn.catalogue.kinds import StepKind
from elearn.catalogue.lesson import LESSON
from elearn.catalogue.source import compile
from elearn.catalogue.yamlread import Problem

KINDS: dict[str, StepKind] = {"lesson": LESSON, "quiz": QUIZ, "file": FILE_STEP}

SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200">
  <rect width="320" height="200" fill="#0b5d63"/>
</svg>
"""

TEXTS = {
    "course.yaml": """\
        id: small-course
        languages: [en, fr]
        default_language: en
        theme: cash-transfers
        level: introductory
        title: {en: Counting fairly, fr: Compter juste}
        summary: {en: How to count people without counting them out., fr: Compter les gens sans les oublier.}
        audience: {en: Officials who count., fr: Les agents qui comptent.}
        objectives:
          - id: o1
            text: {en: Count., fr: Compter.}
        completion:
          result: the-check
        certificate:
          kind: completion
        credits:
          en: {written_by: A team, date: 2026-11-21}
          fr: {translated_by: Une équipe, reviewed_by: Une relectrice}
        contact: academy@example.org
        modules: [01-only]
        """,
    "01-only/module.yaml": """\
        id: only
        title: {en: The only module, fr: Le seul module}
        steps:
          - id: first-lesson
            kind: lesson
            minutes: 20
            objectives: [o1]
          - id: second-lesson
            kind: lesson
            minutes: 10
            required: false
          - id: the-check
            kind: quiz
            minutes: 15
        """,
    "01-only/first-lesson/lesson.en.md": """\
        ---
        title: Counting
        summary: Why one counts.
        ---

        Somebody asks **why**.[^1]

        ## One {#one}

        | Country | Households |
        |:--|--:|
        | Niger | 41 |

        ![Two bars](../../assets/bars.svg)

        !!! example "At the counter"
            A dialogue.

        Go to [the next](step:second-lesson) or [out](https://example.org).

        [^1]: A source.
        """,
    "01-only/first-lesson/lesson.fr.md": """\
        ---
        title: Compter
        ---

        Quelqu’un demande **pourquoi**.

        ## Un {#one}

        ![Deux barres](../../assets/bars.svg)
        """,
    "01-only/second-lesson/lesson.en.md": """\
        ---
        title: Counting again
        ---

        Once more.
        """,
    "01-only/the-check/quiz.yaml": """\
        title: {en: Check, fr: Vérification}
        pass: 50
        attempts: 2
        items:
          - id: sure
            type: truefalse
            objective: o1
            reread: [first-lesson]
            answer: true
            text: {en: Is it so?, fr: Est-ce bien cela ?}
            feedback: {en: It is., fr: C’est cela.}
          - id: which
            type: single
            text: {en: Which?, fr: Lequel ?}
            options:
              - {id: a, text: {en: This, fr: Ceci}, correct: true}
              - {id: b, text: {en: That, fr: Cela}}
        """,
    # Stamped, but for the French of the first lesson: its source said something else where "Somebody asks" stands now.
    "translations.yaml": """\
        # What each translation was made from, block by block. Written by 'flask courses stamp', not by hand.
        stamps:
          01-only/first-lesson/lesson:
            fr: 4e4c7eb5 9464356a 00000000 ffd8c854 7640f79c 52e1b2d4 affd9ead 769f8eec bf3f5f2c 346a6d09 10c1b937
          01-only/module.yaml#title:
            fr: c3a9905b
          01-only/the-check/quiz.yaml#title:
            fr: 242e7ca4
          01-only/the-check/quiz.yaml#items/sure:
            fr: 6ea5cb8d bef25d63
          01-only/the-check/quiz.yaml#items/which:
            fr: c0f3c993 ab1c60e9 d5fa2855
          course.yaml#title:
            fr: e1c380c1
          course.yaml#summary:
            fr: 9e0b52e2
          course.yaml#audience:
            fr: d7d19be5
          course.yaml#objectives/o1:
            fr: 90932238
        """,
    "assets/bars.svg": SVG,
}


def files() -> dict[str, bytes]:
    """The course's files."""
    return {path: dedent(text).encode() for path, text in TEXTS.items()}


def changed(changes: Mapping[str, str | bytes | None]) -> dict[str, bytes]:
    """The course's files with some replaced, added or (None) taken away."""
    found = files()
    for path, value in changes.items():
        if value is None:
            del found[path]
        else:
            found[path] = value.encode() if isinstance(value, str) else value
    return found


def edited(path: str, old: str, new: str) -> dict[str, bytes]:
    """The course's files with one passage of one file replaced."""
    found = files()
    text = found[path].decode()
    assert old in text, old
    return {**found, path: text.replace(old, new, 1).encode()}


def compiled(found: dict[str, bytes] | None = None) -> CompiledCourse:
    """The course, which must be in order."""
    course = compile(files() if found is None else found, KINDS)
    assert isinstance(course, CompiledCourse), [str(problem) for problem in course]
    return course


def problems(found: dict[str, bytes], refused: list[Problem] | None = None) -> list[str]:
    """What is wrong with these files, as it is printed."""
    course = compile(found, KINDS, refused or [])
    assert isinstance(course, list), "nothing is wrong"
    return [str(problem) for problem in course]
