"""What the YAML files of a course say beyond the first lesson: order, waiting, terms, files, limits."""

from collections.abc import Mapping

import pytest

from elearn.catalogue.kinds import Progress
from elearn.catalogue.source import examine
from tests.support.course_assets import PDF, WHOLE
from tests.support.small_course import KINDS, SVG, changed, compiled, edited, problems

pytestmark = pytest.mark.one_database
COURSE, MODULE, GLOSSARY = "course.yaml", "01-only/module.yaml", "glossary.yaml"
LESSON, FRENCH = "01-only/first-lesson/lesson.en.md", "01-only/first-lesson/lesson.fr.md"
FILE = "01-only/the-file/file.yaml"
TERMS = """\
terms:
  - id: pmt
    term: {en: Proxy means test, fr: Test indirect des moyens}
    definition: {en: A score of *visible* things., fr: Un score tiré de choses visibles.}
    also: {en: [PMT, proxy-means test]}
  - id: payee
    term: {en: Payee}
    definition: {en: Who holds the money.}
"""


def also(path: str, old: str, new: str, more: Mapping[str, str | bytes | None]) -> dict[str, bytes]:
    """The small course with a passage replaced, and further files replaced, added or taken away."""
    found = changed(more)
    text = found[path].decode()
    assert old in text, old
    return {**found, path: text.replace(old, new, 1).encode()}


def with_module(lines: str, more: Mapping[str, str | bytes | None] | None = None) -> dict[str, bytes]:
    """The small course with further lines at the end of module.yaml, in its last step or as a new one."""
    found = changed(more or {})
    return {**found, MODULE: found[MODULE] + lines.encode()}


# course.yaml


def test_what_a_course_leaves_out_is_as_it_always_was():
    course = compiled()
    assert (course.order, course.optional_needed, course.glossary) == ("free", 0, ())
    assert all(step.after == () and step.release_after is None for step in course.steps)


def test_order_and_the_optional_steps_that_count():
    course = compiled(edited(COURSE, "completion:\n", "order: ordered\ncompletion:\n  optional: 1\n"))
    assert (course.order, course.optional_needed, course.result_step) == ("ordered", 1, "the-check")
    assert course.structure != compiled().structure


def test_a_default_written_out_changes_nothing():
    written = edited(COURSE, "completion:\n", "order: free\ncompletion:\n  optional: 0\n")
    assert compiled(written).content_hash == compiled().content_hash
    assert compiled(written).structure == compiled().structure


def test_a_lighter_limit_is_kept_and_a_heavier_one_allowed():
    noise = " ".join(f"{number * 7919 % 1_000_003:x}" for number in range(1_200))
    lesson = f"---\ntitle: Long\n---\n\n{noise}\n"
    path = "01-only/second-lesson/lesson.en.md"
    assert compiled(changed({path: lesson}))
    (found,) = problems(also(COURSE, "completion:", "limits: {text: 2}\ncompletion:", {path: lesson}))
    assert found.startswith(f"{path}:1: ") and found.endswith("kB of compressed text in 'en': at most 2 kB")
    picture = SVG.replace("</svg>", "<desc>" + "x" * 2_000 + "</desc></svg>")
    light = also(COURSE, "completion:", "limits: {pictures: 1}\ncompletion:", {"assets/bars.svg": picture})
    assert [line.partition(": ")[2] for line in problems(light)] == [
        "2 kB of pictures in 'en': at most 1 kB",
        "2 kB of pictures in 'fr': at most 1 kB",
    ]
    more = " ".join(f"{number * 7919 % 1_000_003:x}" for number in range(4_000)).replace("00 ", "00\n\n")
    heavy = {path: f"---\ntitle: Long\n---\n\n{more}\n"}
    assert problems(changed(heavy))[0].endswith("at most 10 kB")
    assert compiled(also(COURSE, "completion:", "limits: {text: 20}\ncompletion:", heavy))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("completion:", "order: strict\ncompletion:", "course.yaml:12: 'order' must be one of free, ordered: 'strict'"),
        ("  result: the-check", "  optional: 2", "course.yaml:12: 'optional' asks for 2 optional steps, but"),
        ("  result: the-check", "  optional: -1", "course.yaml:13: 'optional' must be between 0 and 500"),
        ("completion:", "limits: {text: 21}\ncompletion:", "course.yaml:12: 'text' must be between 1 and 20: 21"),
        ("completion:", "limits: {pictures: 401}\ncompletion:", "course.yaml:12: 'pictures' must be between 1 and 400"),
        ("completion:", "limits: {text: ١٠}\ncompletion:",
         "course.yaml:12: 'text' must be a number, written with the digits 0 to 9: '١٠'"),
        ("completion:", "limits: {sound: 3}\ncompletion:", "course.yaml:12: 'sound' is not a known key"),
        ("2026-11-21", "٢٠٢٦-١١-٢١", "course.yaml:17: 'date' is a date like 2026-11-21, written with the digits"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_course_is_found_at_its_line(old: str, new: str, expected: str):
    found = problems(edited(COURSE, old, new))
    assert any(line.startswith(expected) for line in found), found


# module.yaml


def test_steps_that_wait():
    course = compiled(with_module("    after: [first-lesson, second-lesson]\n    release_after: 7\n"))
    assert course.steps[2].after == ("first-lesson", "second-lesson")
    assert course.steps[2].release_after == 7
    assert course.structure != compiled().structure


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("    after: [no-step]\n", "01-only/module.yaml:15: 'after' names no step of this course: 'no-step'"),
        ("    after: [the-check]\n", "01-only/module.yaml:15: the step 'the-check' cannot come after itself"),
        ("    after: first-lesson\n", "01-only/module.yaml:15: 'after' must be a list"),
        ("    release_after: soon\n", "01-only/module.yaml:15: 'release_after' must be a number: 'soon'"),
        ("    release_after: ٧\n", "01-only/module.yaml:15: 'release_after' must be a number, written with the digits"),
        ("    release_after: 1.5\n", "01-only/module.yaml:15: 'release_after' must be a whole number"),
        ("  - {id: more, kind: assignment, minutes: 9}\n",
         "01-only/module.yaml:15: steps of the kind 'assignment' have their place in the format, but cannot"),
        ("  - {id: more, kind: live, minutes: 9}\n", "01-only/module.yaml:15: steps of the kind 'live'"),
        ("  - {id: more, kind: questionnaire, minutes: 9}\n", f"{MODULE}:15: steps of the kind 'questionnaire'"),
        ("  - {id: more, kind: game, minutes: 9}\n", f"{MODULE}:15: 'kind' must be one of lesson, quiz, file: 'game'"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_module_is_found_at_its_line(lines: str, expected: str):
    found = problems(with_module(lines, {"01-only/more/x": b""}))
    assert any(line.startswith(expected) for line in found), found


def waits(**after: str) -> dict[str, bytes]:
    """The small course whose steps wait for others; `_` stands for a hyphen."""
    found = changed({})
    text = found[MODULE].decode()
    for step, needed in after.items():
        key = step.replace("_", "-")
        text = text.replace(f"id: {key}\n", f"id: {key}\n    after: [{needed}]\n")
    return {**found, MODULE: text.encode()}


def test_steps_that_wait_for_each_other_are_told_once():
    found = problems(waits(first_lesson="the-check", second_lesson="first-lesson", the_check="second-lesson"))
    assert found == [
        "01-only/module.yaml:5: these steps wait for each other, so none can be begun: "
        "first-lesson → the-check → second-lesson → first-lesson"
    ]


def test_waiting_for_a_later_step_is_a_mistake_in_an_ordered_course_only():
    later = waits(first_lesson="second-lesson")
    assert compiled(later).steps[0].after == ("second-lesson",)
    course = later[COURSE].decode().replace("theme:", "order: ordered\ntheme:").encode()
    assert problems({**later, COURSE: course}) == [
        f"{MODULE}:5: in a course with 'order: ordered', 'first-lesson' cannot wait for the later 'second-lesson'"
    ]


# glossary.yaml


def test_terms_and_what_they_mean():
    course = compiled(changed({GLOSSARY: TERMS}))
    pmt, payee = course.glossary
    assert pmt.text("fr", "en") == ("fr", "Test indirect des moyens", "Un score tiré de choses visibles.")
    assert pmt.definition["en"] == "A score of <em>visible</em> things."
    assert pmt.also == {"en": ("PMT", "proxy-means test")}
    assert payee.text("fr", "en") == ("en", "Payee", "Who holds the money.")
    assert course.content_hash != compiled().content_hash
    assert course.structure == compiled().structure


def test_a_term_in_a_lesson_opens_its_definition_in_the_lessons_language():
    files = changed({GLOSSARY: TERMS})
    for path in (LESSON, FRENCH):
        files[path] += b"\nA [score](term:pmt) and a [holder](term:payee).\n"
    texts = compiled(files).steps[0].content.texts
    assert texts["en"].terms == texts["fr"].terms == ("pmt", "payee")
    assert "A score of <em>visible</em> things." in texts["en"].html
    assert "Un score tiré de choses visibles." in texts["fr"].html
    assert '<span lang="en" dir="ltr">Who holds the money.</span>' in texts["fr"].html


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: payee", "id: pmt", "glossary.yaml:6: two terms have the id 'pmt'"),
        ("id: payee", "id: The Payee", "glossary.yaml:6: 'id' may hold only"),
        ("term: {en: Payee}", "term: {fr: Payé}", "glossary.yaml:7: 'en' is missing"),
        ("{en: Payee}", "{en: Payee, fr: Payé}", "glossary.yaml:8: 'definition' has no 'fr' although the term has"),
        ("{en: Payee}", "{en: Payee, tr: Alan}", "glossary.yaml:7: 'tr' is not a language of this course"),
        ("Who holds", "Who <b>holds</b>", "glossary.yaml:8: raw HTML is not allowed"),
        (
            "{en: Who holds the money.}",
            "{en: '[Who](step:first-lesson) holds'}",
            "glossary.yaml:8: this link leads nowhere",
        ),
        ("also: {en: [PMT, proxy-means test]}", "also: {en: PMT}", "glossary.yaml:5: 'en' must be a list"),
        ("also:", "synonyms:", "glossary.yaml:5: 'synonyms' is not a known key"),
        ("terms:", "words:", "glossary.yaml:1: 'terms' is missing"),
    ],
)
def test_a_mistake_in_the_glossary_is_found_at_its_line(old: str, new: str, expected: str):
    assert old in TERMS
    found = problems(changed({GLOSSARY: TERMS.replace(old, new, 1)}))
    assert any(line.startswith(expected) for line in found), found


def test_an_unknown_term_is_told_where_it_is_used_and_a_broken_one_where_it_stands():
    unknown = changed({GLOSSARY: TERMS, LESSON: "---\ntitle: A\n---\n\nThe [test](term:mpt).\n"})
    assert problems(unknown) == [f"{LESSON}:5: the glossary has no term with the id 'mpt'"]
    broken = changed(
        {
            GLOSSARY: TERMS.replace("{en: A score of *visible* things.,", "{"),
            LESSON: unknown[LESSON].replace(b"mpt", b"pmt"),
        }
    )
    assert problems(broken) == [
        "glossary.yaml:4: 'definition' has no 'en' although the term has",
        "glossary.yaml:4: 'en' is missing",
    ]


# file.yaml

STEP = "title: {en: A form to fill in, fr: Un formulaire}\nfile: ../../assets/note.pdf\n"
LISTED = "  - {id: the-file, kind: file, minutes: 5, required: false}\n"


def test_a_file_to_work_with():
    text = STEP + "description: {en: '**Fill** it in.'}\n"
    course = compiled(with_module(LISTED, {FILE: text, "assets/note.pdf": PDF}))
    step = course.steps[3]
    assert (step.kind, step.content.progress, set(step.content.texts)) == ("file", Progress.READ, {"en", "fr"})
    asset = next(one for one in course.assets if one.path == "assets/note.pdf")
    english, french = step.content.texts["en"], step.content.texts["fr"]
    assert english.html.strip() == "<p><strong>Fill</strong> it in.</p>" and french.title == "Un formulaire"
    assert french.html.startswith('<div lang="en" dir="ltr">') and "<strong>Fill</strong>" in french.html
    assert english.payload["file"] == {
        "name": "note.pdf",
        "url": f"/courses/small-course/files/{asset.sha256[:16]}/note.pdf",
        "mime": "application/pdf",
        "size": len(PDF),
    }
    assert (step.weights["en"].files, step.weights["en"].pictures) == (len(PDF), 0)


def test_a_file_for_each_language_or_that_of_the_default_one():
    files = {"assets/en.pdf": PDF, "assets/fr.pdf": PDF + b"\n%%EOF\n"}
    both = "title: {en: A, fr: B}\nfile: {en: ../../assets/en.pdf, fr: ../../assets/fr.pdf}\n"
    texts = compiled(with_module(LISTED, {FILE: both, **files})).steps[3].content.texts
    assert [texts[lang].files for lang in ("en", "fr")] == [("assets/en.pdf",), ("assets/fr.pdf",)]
    one = "title: {en: A, fr: B}\nfile: {en: ../../assets/en.pdf}\n"
    texts = compiled(with_module(LISTED, {FILE: one, **files})).steps[3].content.texts
    assert texts["fr"].files == ("assets/en.pdf",)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("note.pdf", "none.pdf", f"{FILE}:2: there is no such file: assets/none.pdf"),
        ("../../assets/note.pdf", "../../../note.pdf", f"{FILE}:2: the path leads outside the course folder"),
        (
            "../../assets/note.pdf",
            "https://example.org/x.pdf",
            f"{FILE}:2: a file must stand in the course's own folder",
        ),
        ("../../assets/note.pdf", "../../assets/bars.svg", f"{FILE}:2: assets/bars.svg is a picture: show it with"),
        ("../../assets/note.pdf", "file.yaml", f"{FILE}:2: this link leads nowhere"),
        ("file: ../../assets/note.pdf\n", "", f"{FILE}:1: 'file' is missing"),
        ("file:", "open: true\nfile:", f"{FILE}:2: 'open' is not a known key"),
        ("{en: A form to fill in, fr: Un formulaire}", "{fr: Un formulaire}", f"{FILE}:1: 'en' is missing"),
        (", fr: Un formulaire", "", f"{FILE}:1: 'title' has no 'fr' although the step is written in it"),
    ],
)
def test_a_mistake_in_a_file_step_is_found_at_its_line(old: str, new: str, expected: str):
    text = STEP + "description: {en: Fill it in., fr: À remplir.}\n"
    assert old in text
    found = problems(with_module(LISTED, {FILE: text.replace(old, new, 1), "assets/note.pdf": PDF}))
    assert any(line.startswith(expected) for line in found), found


# files in lessons and quizzes


def test_files_that_a_lesson_hands_out_are_published_and_weighed_apart():
    more = {f"assets/{name}": data for name, data in WHOLE.items() if name in ("note.pdf", "budget.xlsx")}
    files = changed(more)
    files[LESSON] += b"\nTake [the budget](../../assets/budget.xlsx).\n"
    course = compiled(files)
    assert [asset.path for asset in course.assets] == ["assets/bars.svg", "assets/budget.xlsx"]
    weight = course.steps[0].weights["en"]
    assert (weight.files, weight.pictures) == (len(WHOLE["budget.xlsx"]), len(SVG))
    assert course.weight("en") == compiled().weight("en") + weight.text - compiled().steps[0].weights["en"].text


def test_a_question_hands_out_no_file():
    found = problems(
        also(
            "01-only/the-check/quiz.yaml",
            "{en: Is it so?,",
            "{en: '[Is](../../assets/note.pdf) it so?',",
            {"assets/note.pdf": PDF},
        )
    )
    assert found == ["01-only/the-check/quiz.yaml:10: a file cannot stand in a short text: hand it out in a lesson"]


# weights


def test_time_is_told_by_words_and_by_bytes():
    words = " ".join(["word"] * 456)
    files = changed({LESSON: f"---\ntitle: A\n---\n\n{words}\n", FRENCH: f"---\ntitle: A\n---\n\n{words}\n"})
    weights = compiled(files).steps[0].weights
    assert (weights["en"].minutes_to_read, weights["fr"].minutes_to_read) == (2, 3)
    for weight in weights.values():
        assert weight.seconds == -(-(weight.text + weight.pictures) * 8 // 64_000) == 1


# as much as can be shown


def test_what_can_be_shown_is_shown_with_its_problems():
    course, found = examine(edited(LESSON, "bars.svg", "lines.svg"), KINDS)
    assert course is not None and len(course.steps) == 3
    assert [str(problem) for problem in found] == [f"{LESSON}:14: there is no such picture: assets/lines.svg"]
    course, found = examine(changed({LESSON: None}), KINDS)
    assert course is not None and [step.key for step in course.steps] == ["second-lesson", "the-check"]
    assert found
    assert examine(changed({COURSE: b""}), KINDS)[0] is None
    assert examine(changed({}), KINDS) == (compiled(), [])
