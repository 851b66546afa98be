"""Steps that are not compiled again: their key changes with whatever could make something else of them."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elearn.catalogue.compiled import CompiledCourse, Step
from elearn.catalogue.kinds import StepContent
from elearn.catalogue.source import compile
from tests.support.rich_course import files
from tests.support.small_course import KINDS, compiled

pytestmark = pytest.mark.one_database
ENGLISH, SECOND = "01-only/first-lesson/lesson.en.md", "01-only/second-lesson/lesson.en.md"
QUIZ, MODULE, COURSE, GLOSSARY = "01-only/the-check/quiz.yaml", "01-only/module.yaml", "course.yaml", "glossary.yaml"
FORM = "01-only/the-form/file.yaml"
KEYS = ("first-lesson", "second-lesson", "the-check", "the-form")


def keys(course: CompiledCourse) -> dict[str, str]:
    return {step.key: step.source_key for step in course.steps}


def kept(course: CompiledCourse) -> dict[str, StepContent]:
    return {step.source_key: step.content for step in course.steps}


class Forbidden:
    """A kind that must not be asked."""

    name, endpoint = "none", "none"

    def parse(self, source: object) -> StepContent | None:
        raise AssertionError("compiled again")


def test_an_unchanged_course_is_not_compiled_again():
    course = compiled(files())
    assert compile(files(), dict.fromkeys(KINDS, Forbidden()), kept=kept(course)) == course


def test_of_a_changed_course_only_the_changed_step_is():
    before = compiled(files())
    now = files()
    now[SECOND] += b"\nAnd once more.\n"
    with pytest.raises(AssertionError, match="compiled again"):
        compile(now, dict.fromkeys(KINDS, Forbidden()), kept=kept(before))
    after = compile(now, KINDS, kept=kept(before))
    assert after == compiled(now)
    assert isinstance(after, CompiledCourse)
    assert [_html(step) is _html(old) for step, old in zip(after.steps, before.steps, strict=True)] == [
        True,
        False,
        True,
        True,
    ]


def _html(step: Step) -> str:
    return step.content.texts["en"].html


def replace(path: str, old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    def edit(found: dict[str, bytes]) -> None:
        assert old.encode() in found[path], old
        found[path] = found[path].replace(old.encode(), new.encode(), 1)

    return edit


def other(path: str) -> Callable[[dict[str, bytes]], None]:
    def edit(found: dict[str, bytes]) -> None:
        found[path] = {".svg": found[path] + b"\n", ".pdf": found[path] + b"\n"}.get(path[-4:], found[path] * 2)

    return edit


@pytest.mark.parametrize(
    ("edit", "again"),
    [
        (replace(ENGLISH, "Somebody", "Someone"), {"first-lesson"}),
        (replace(QUIZ, "Is it so?", "Is that so?"), {"the-check"}),
        (replace(FORM, "À remplir", "À compléter"), {"the-form"}),
        (other("assets/bars.svg"), {"first-lesson"}),
        (other("assets/talk.mp3"), {"first-lesson"}),
        (other("assets/form.pdf"), {"the-form"}),
        (replace(GLOSSARY, "share a pot", "eat together"), {"first-lesson"}),
        (replace(GLOSSARY, "tally", "census"), set()),
        (replace(COURSE, "Counting fairly", "Counting justly"), set()),
        (replace(COURSE, "text: 9", "text: 8"), set(KEYS)),
        (replace(COURSE, "id: small-course", "id: other-course"), set(KEYS)),
        (replace(MODULE, "minutes: 20", "minutes: 25"), set()),
        (replace(MODULE, "The only module", "The one module"), set()),
    ],
)
def test_what_makes_a_step_be_compiled_again(edit: Callable[[dict[str, bytes]], None], again: set[str]):
    before, now = keys(compiled(files())), files()
    edit(now)
    after = keys(compiled(now))
    assert {key for key in KEYS if before[key] != after[key]} == again


def test_a_file_that_nothing_refers_to_concerns_no_step():
    now = files()
    del now["assets/unused.mp4"]
    assert keys(compiled(now)) == keys(compiled(files()))


@pytest.mark.parametrize(
    "spelled",
    [
        "![Bars](../../assets/b%61rs.svg)",
        "![Bars](../../assets/bars\\.svg)",
        "![Bars](<../../assets/bars.svg>)",
        "![Bars](../../assets/../assets/bars.svg)",
        "![Bars][bars]\n\n[bars]: ../../assets/bars.svg",
    ],
)
def test_a_picture_is_noticed_however_its_name_is_spelled(spelled: str):
    now = files()
    now[SECOND] += f"\n{spelled}\n".encode()
    before = keys(compiled(now))
    other("assets/bars.svg")(now)
    assert keys(compiled(now))["second-lesson"] != before["second-lesson"]


def test_what_yaml_escapes_counts_as_naming_everything():
    now = files()
    replace(QUIZ, "{en: Is it so?,", '{en: "Is it so? ![Bars](../../assets/b\\x61rs.svg)",')(now)
    before = keys(compiled(now))
    other("assets/bars.svg")(now)
    assert keys(compiled(now))["the-check"] != before["the-check"]


BEFORE = compiled(files())
PATHS = sorted(path for path in files() if not path.startswith("assets/"))
PIECES = [
    *("bars.svg", "form.pdf", "talk.mp3", "term:count", "term:household", "step:second-lesson", "step:the-check", "o1"),
    *(
        "assets/",
        "first-lesson",
        "second-lesson",
        "en",
        "fr",
        "true",
        "\n",
        " ",
        "a",
        "1",
        ":",
        "-",
        "[",
        "]",
        "(",
        ")",
    ),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(PATHS), st.integers(0, 1_000), st.integers(0, 30), st.sampled_from(PIECES)),
        max_size=3,
    ),
    st.sets(st.sampled_from(sorted(files())), max_size=1),
)
def test_with_and_without_what_was_kept_the_course_is_the_same(edits: list[tuple[str, int, int, str]], lost: set[str]):
    now = {path: data for path, data in files().items() if path not in lost}
    for path, at, length, new in edits:
        if path in now:
            text = now[path].decode("utf-8", "replace")
            at = min(at, len(text))
            now[path] = (text[:at] + new + text[at + length :]).encode()
    assert compile(now, KINDS, kept=kept(BEFORE)) == compile(now, KINDS)
