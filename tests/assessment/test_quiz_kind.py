"""quiz.yaml as the compiler reads it: what it becomes, and every problem with its line."""

import json
from textwrap import dedent

import pytest

from elearn.assessment.content import Quiz, QuizText
from elearn.assessment.quiz import QUIZ
from elearn.catalogue.kinds import Html, Progress, StepContent
from elearn.catalogue.yamlread import Problem, Reader, read_mapping

pytestmark = pytest.mark.one_database

GOOD = """\
title: {en: Check, ar: تحقق}
intro: {en: Read first}
pass: 70
attempts: 3
time_limit: 45
draw: 2
shuffle: true
items:
  - id: one
    type: single
    objective: o1
    reread: [lesson-a, lesson-b]
    points: 2
    text: {en: Which, ar: أيّ}
    options:
      - id: a
        text: {en: This, ar: هذا}
        correct: true
      - id: b
        text: {en: That, ar: ذاك}
        feedback: {en: Not that}
    feedback: {en: Because, ar: لأن}
  - id: two
    type: truefalse
    answer: false
    text: {en: Statement}
  - id: three
    type: numeric
    answer: 41.67
    tolerance: 0.1
    unit: "%"
    text: {en: "How many ![x](../assets/pic.svg)", ar: كم}
  - id: four
    type: multiple
    text: {en: Which all, ar: أيها}
    options:
      - {id: a, text: {en: A, ar: أ}, correct: true}
      - {id: b, text: {en: B, ar: ب}, correct: true}
      - {id: c, text: {en: C, ar: ج}}
"""


class Source:
    """A step's folder in memory."""

    id = "check"
    folder = "01/check"
    languages = ("en", "ar")
    default_language = "en"
    step_ids = frozenset({"lesson-a", "lesson-b", "check"})
    lesson_ids = frozenset({"lesson-a", "lesson-b"})
    objective_ids = frozenset({"o1"})

    def __init__(self, text: str, files: tuple[str, ...] = ("quiz.yaml",)):
        self._text = text
        self._files = files
        self.problems: list[Problem] = []

    def names(self) -> tuple[str, ...]:
        return self._files

    def text(self, name: str) -> str | None:
        return self._text

    def yaml(self, name: str) -> Reader | None:
        return read_mapping(self._text, f"{self.folder}/{name}", self.problems.append, self.languages)

    def markdown(self, text: str, *, path: str, line: int, lang: str) -> Html:
        return Html(f"<p>{text}</p>", ("assets/pic.svg",) if "pic.svg" in text else ())

    inline = markdown

    def problem(self, path: str, line: int, message: str) -> None:
        self.problems.append(Problem(path, line, message))


def parsed(text: str) -> StepContent:
    source = Source(text)
    content = QUIZ.parse(source)
    assert source.problems == []
    assert content is not None
    return content


def complaints(text: str, **more: tuple[str, ...]) -> list[str]:
    source = Source(dedent(text), **more)
    QUIZ.parse(source)
    return [f"{problem.line}: {problem.message}" for problem in sorted(source.problems)]


def test_a_quiz_is_read_in_two_halves_that_are_json() -> None:
    content = parsed(GOOD)
    assert (content.progress, content.pass_mark, content.points) == (Progress.PASS, 70, None)
    quiz = Quiz.from_json(json.loads(json.dumps(content.payload)))
    assert quiz.to_json() == content.payload
    assert (quiz.pass_mark, quiz.attempts, quiz.minutes, quiz.draw, quiz.shuffle, quiz.asked) == (70, 3, 45, 2, True, 2)
    assert [(item.id, item.type.name, item.points, item.objective, item.reread) for item in quiz.items] == [
        ("one", "single", 2, "o1", ("lesson-a", "lesson-b")),
        ("two", "truefalse", 1, None, ()),
        ("three", "numeric", 1, None, ()),
        ("four", "multiple", 1, None, ()),
    ]
    assert [item.key for item in quiz.items] == [
        {"correct": ["a"]},
        {"answer": False},
        {"answer": "41.67", "tolerance": "0.1"},
        {"correct": ["a", "b"]},
    ]


def test_what_a_language_lacks_comes_from_the_default_and_says_so() -> None:
    content = parsed(GOOD)
    arabic = QuizText.from_json(json.loads(json.dumps(content.texts["ar"].payload)))
    assert content.texts["ar"].title == "تحقق"
    assert content.texts["ar"].html == "<p>Read first</p>" and arabic.intro_lang == "en"
    assert (arabic.items["one"].lang, arabic.items["two"].lang) == ("ar", "en")
    assert arabic.items["one"].text == "<p>أيّ</p>"
    assert (arabic.items["one"].notes_lang, arabic.items["one"].feedback_lang) == ("en", "ar")
    assert arabic.items["one"].notes == {"options": {"b": "<p>Not that</p>"}}
    assert arabic.items["three"].words == {"unit": "%"}
    assert content.texts["en"].images == ("assets/pic.svg",)


def test_the_question_half_tells_nothing_of_the_key() -> None:
    content = parsed(GOOD)
    for text in content.texts.values():
        for item in text.payload["items"].values():
            shown = json.dumps(item["question"], ensure_ascii=False)
            assert "Because" not in shown and "Not that" not in shown and "correct" not in shown
    for item in content.payload["items"]:
        assert "correct" not in json.dumps(item["ask"]) and "answer" not in json.dumps(item["ask"])


def test_without_a_pass_mark_handing_in_is_enough() -> None:
    content = parsed(GOOD.replace("pass: 70\n", "").replace("draw: 2\n", ""))
    assert (content.progress, content.pass_mark, content.points) == (Progress.HAND_IN, None, 5.0)


def test_a_draw_among_items_of_equal_points_has_known_points() -> None:
    assert parsed(GOOD.replace("    points: 2\n", "")).points == 2.0


def test_a_unit_per_language() -> None:
    text = GOOD.replace('unit: "%"', "unit: {en: people, ar: أشخاص}")
    content = parsed(text)
    assert content.payload["items"][2]["ask"] == {"units": ["people", "أشخاص"]}
    assert content.texts["ar"].payload["items"]["three"]["question"]["words"] == {"unit": "أشخاص"}


ITEM = """\
title: {en: T}
items:
  - id: q
    type: single
    text: {en: Q}
    options:
      - {id: a, text: {en: A}, correct: true}
      - {id: b, text: {en: B}}
"""


@pytest.mark.parametrize(
    ("change", "to", "complaint"),
    [
        ("correct: true", "correct: false", "6: exactly one option must be 'correct: true', not 0"),
        ("text: {en: B}", "text: {en: B}, correct: true", "6: exactly one option must be 'correct: true', not 2"),
        ("id: b", "id: a", "8: two options have the id 'a'"),
        ("id: b", "id: B!", "8: 'id' may hold only lower-case letters a-z, digits and single hyphens: 'B!'"),
        ("type: single", "type: essay", "4: 'type' must be one of single, multiple, truefalse, numeric: 'essay'"),
        ("    text: {en: Q}\n", "", "3: 'text' is missing"),
        ("text: {en: Q}", "text: {ar: س}", "5: 'en' is missing"),
        ("text: {en: B}", "text: {en: B, ar: ب}", "8: 'text' has 'ar' although the question has not"),
        ("text: {en: Q}", "text: {en: Q, ar: س}", "7: 'text' has no 'ar' although the question has"),
        ("title: {en: T}", "title: {ar: ت}", "1: 'en' is missing"),
        ("title: {en: T}", "title: {en: T}\nseconds: 5", "2: 'seconds' is not a known key"),
        ("type: single", "type: single\n    hint: x", "5: 'hint' is not a known key"),
        ("{en: B}}", "{en: B}, colour: red}", "8: 'colour' is not a known key"),
        ("title: {en: T}", "title: {en: T}\ndraw: 4", "2: 'draw' asks for 4 items, but there are 1"),
        ("title: {en: T}", "title: {en: T}\npass: 101", "2: 'pass' must be between 1 and 100: 101"),
        ("title: {en: T}", "title: {en: T}\nattempts: 0", "2: 'attempts' must be between 1 and 50: 0"),
        ("title: {en: T}", "title: {en: T}\ntime_limit: 1.5", "2: 'time_limit' must be a whole number"),
        ("type: single", "type: single\n    objective: o9", "5: 'objective' is not an objective of this course: 'o9'"),
        ("type: single", "type: single\n    reread: [check]", "5: 'reread' names no lesson of this course: 'check'"),
        ("type: single", "type: single\n    points: 0",
         "5: 'points' must be a number above 0 and up to 100, two decimals at most: '0'"),
        ("type: single", "type: multiple\n    x: 1", "5: 'x' is not a known key"),
        ("text: {en: Q}", "text: {en: Q}\n    feedback: text", "6: 'feedback' must be a mapping"),
    ],
)  # fmt: skip
def test_a_problem_stands_at_its_line(change: str, to: str, complaint: str) -> None:
    assert change in ITEM
    assert complaint in complaints(ITEM.replace(change, to))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("type: truefalse", "3: 'answer' is missing"),
        ("type: truefalse\n    answer: maybe", "6: 'answer' must be true or false: 'maybe'"),
        ("type: numeric", "3: 'answer' is missing"),
        ("type: numeric\n    answer: 41,67", "6: 'answer' must be a number such as 41.67: '41,67'"),
        ("type: numeric\n    answer: .nan", "6: 'answer' must be a number such as 41.67: '.nan'"),
        ("type: numeric\n    answer: 5\n    tolerance: -1", "7: 'tolerance' must not be negative"),
        ("type: numeric\n    answer: 5\n    unit: [a]", "7: 'unit' must be a text"),
        ("type: single", "3: 'options' is missing"),
        ("type: multiple\n    options: [{id: a, text: {en: A}}, {id: b, text: {en: B}}]",
         "6: at least one option must be 'correct: true', and at least one must not"),
        ("type: multiple\n    options: [{id: a, text: {en: A}, correct: true}, {id: b, text: {en: B}, correct: true}]",
         "6: at least one option must be 'correct: true', and at least one must not"),
        ("type: single\n    options: [{id: a, text: {en: A}, correct: true}]",
         "6: there must be 2 to 12 options, not 1"),
    ],
)  # fmt: skip
def test_each_type_says_what_it_lacks(body: str, complaint: str) -> None:
    text = f"title: {{en: T}}\nitems:\n  - id: q\n    text: {{en: Q}}\n    {body}\n"
    assert complaint in complaints(text)


def test_all_problems_are_told_at_once() -> None:
    told = complaints("pass: 0\nitems:\n  - {id: Q, type: x}\n  - {id: q, type: numeric, text: {en: Q}}\n")
    assert len(told) >= 5


def test_items_are_needed_and_their_ids_differ() -> None:
    assert "1: 'items' is missing" in complaints("title: {en: T}\n")
    assert "2: 'items' is empty" in complaints("title: {en: T}\nitems: []\n")
    double = ITEM + ITEM.split("items:\n", 1)[1]
    assert "9: two items have the id 'q'" in complaints(double)


def test_a_title_is_needed_in_every_language_the_items_have() -> None:
    text = (
        ITEM.replace("{en: Q}", "{en: Q, ar: س}")
        .replace("{en: A}", "{en: A, ar: أ}")
        .replace("{en: B}", "{en: B, ar: ب}")
    )
    assert complaints(text) == ["1: 'title' has no 'ar' although the quiz is written in it"]


def test_another_file_in_the_folder_is_a_problem() -> None:
    assert complaints(ITEM, files=("quiz.yaml", "lesson.en.md")) == ["1: a quiz holds only quiz.yaml"]


def test_a_broken_file_is_no_step() -> None:
    source = Source("items: [")
    assert QUIZ.parse(source) is None
    assert source.problems
