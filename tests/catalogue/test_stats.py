"""`flask courses stats`: the figures of a course, and what readability is measured by."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from elearn.catalogue.blocks import Block, split
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.readability import english_syllables, french_syllables, measure
from elearn.catalogue.stamp import stamp
from elearn.catalogue.stats import CourseStats, stats
from elearn.catalogue.weigh import minutes_to_read
from tests.support.small_course import SVG, changed, compiled, edited, files

pytestmark = pytest.mark.one_database
Command = Callable[..., Result]

LESSON, FRENCH = "01-only/first-lesson/lesson.en.md", "01-only/first-lesson/lesson.fr.md"
QUIZ = "01-only/the-check/quiz.yaml"

ENGLISH = {
    1: "a the cash those rights paid asked changed whole",
    2: "about programme transfer people being create schooling paying changes table tables little quiet value social",
    3: "government condition family families poverty idea area minister attendance measurement annual religious period",
    4: "conditional situation society communities",
    5: "evaluation administration",
}
FRENCH_WORDS = {
    1: "le une pauvre droit femme août cœur seuil langue",
    2: "ménage famille école enfant question idée année payé paiement ciblage naïf oiseau logique première",
    3: "monétaire condition pauvreté ministère création théorie dignité",
    4: "conditionnel réalité géographique utilisées communautés",
    5: "administration",
}


@pytest.mark.parametrize(
    ("count", "listed"), [(english_syllables, ENGLISH), (french_syllables, FRENCH_WORDS)], ids=["en", "fr"]
)
def test_syllables(count: Callable[[str], int], listed: dict[int, str]) -> None:
    listed = {number: words.replace("une ", "") for number, words in listed.items()}
    assert {number: [word for word in words.split() if count(word) != number] for number, words in listed.items()} == {
        number: [] for number in listed
    }


def test_english_is_measured_by_flesch() -> None:
    found = measure(split("The cat sat on the mat. It was a *good* cat."), "en")
    assert (found.words, found.sentences, found.letters, found.syllables) == (11, 2, 30, 11)
    assert found.ease("en") == pytest.approx(206.835 - 1.015 * 5.5 - 84.6)


def test_french_is_measured_by_kandel_and_moles() -> None:
    found = measure(split("Le chat dort ici. Il est beau\u00a0!"), "fr")
    assert (found.words, found.sentences, found.syllables) == (7, 2, 8)
    assert found.ease("fr") == pytest.approx(207 - 1.015 * 3.5 - 73.6 * 8 / 7)


def test_of_arabic_only_the_lengths_are_told() -> None:
    found = measure(split("ما السؤال؟ هذا هو السُّؤال."), "ar")
    assert found.ease("ar") is None
    assert (found.words_per_sentence, found.letters_per_word) == (2.5, pytest.approx((2 + 6 + 3 + 2 + 6) / 5))


def test_only_prose_is_measured() -> None:
    text = "## A heading here\n\n| a | b |\n|---|---|\n| c | d |\n\n![Alt text](x.svg)\n\n[^1]: A source."
    assert measure(split(text), "en").words == 0
    text += "\n\nSo it is, in 1,200.5 cases."
    assert measure(split(text), "en").words == 5
    assert measure([], "en").ease("en") is None
    assert measure([Block("text", 1, "12 + 30 = 42.")], "en").sentences == 0


def counted(found: dict[str, bytes]) -> CourseStats:
    course = compiled(found)
    assert isinstance(course, CompiledCourse)
    return stats(course, found)


def test_the_figures_of_a_step() -> None:
    course = compiled()
    found = counted(files())
    first = found.steps[0]
    text, weight = course.steps[0].content.texts["en"], course.steps[0].weights["en"]
    figures = first.languages["en"]
    assert (first.key, first.kind, first.items) == ("first-lesson", "lesson", 0)
    assert (figures.words, figures.minutes) == (text.words, weight.minutes_to_read)
    assert (figures.text, figures.pictures, figures.picture_bytes) == (weight.text, 1, len(SVG))
    assert found.steps[2].items == 2
    assert found.steps[2].languages["en"].words == 9  # Check Is it so? It is. Which? This That
    assert found.steps[1].languages["fr"].words == 0


def test_the_figures_of_a_course() -> None:
    found = counted(files())
    for lang, figures in found.languages.items():
        assert figures.words == sum(step.languages[lang].words for step in found.steps)
        assert figures.minutes == minutes_to_read(figures.words, lang)
        assert (figures.pictures, figures.picture_bytes) == (1, len(SVG))
    assert found.objectives == {"o1": 1, "": 1}


def share(found: dict[str, bytes], step: int) -> tuple[int, int, int]:
    one = counted(found).steps[step].languages["fr"].share
    return one.blocks, one.there, one.current


def test_how_much_of_a_course_is_translated() -> None:
    stamped = {**files(), **{path: text.encode() for path, text in stamp(files()).writes.items()}}
    assert share(stamped, 0) == (11, 4, 4)  # title, a text, a heading, the picture
    assert share(files(), 0) == (11, 4, 3)  # the first text has changed
    assert share(changed({"translations.yaml": None}), 0) == (11, 4, 0)
    assert share(stamped, 1) == (2, 0, 0)
    assert share(edited(QUIZ, ", fr: C’est cela.", ""), 2) == (6, 5, 5)
    whole = counted(stamped).languages
    assert whole["en"].share.complete == 100
    assert whole["fr"].share.complete == pytest.approx(100 * (4 + 6 + 5) / (11 + 2 + 6 + 5))


def write(root: Path, found: dict[str, bytes]) -> Path:
    for path, data in found.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def test_the_command(command: Command, tmp_path: Path) -> None:
    result = command("courses", "stats", write(tmp_path / "small", files()))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split()[:4] == ["step", "words", "minutes", "text"]
    assert [line.split()[0] for line in lines[1:8:2]] == ["first-lesson", "second-lesson", "the-check", "small-course"]
    assert lines[9] == "items per objective: o1 1, none 1"
    assert "Kandel-Moles" in result.stderr


def test_the_command_for_machines(command: Command, tmp_path: Path) -> None:
    result = command("courses", "stats", "--json", write(tmp_path / "small", files()))
    [course] = json.loads(result.stdout)["courses"]
    assert course["course"] == "small-course"
    assert course["items_per_objective"] == {"o1": 1, "none": 1}
    assert course["languages"]["fr"]["readability"]["ease"] is not None
    assert course["steps"][0]["languages"]["en"]["bytes"]["pictures"] == len(SVG)


def test_the_command_finds_a_shipped_course_by_its_id_and_asks_no_database(
    command: Command, count_statements: Callable[[], object]
) -> None:
    with count_statements() as seen:  # type: ignore[attr-defined]
        result = command("courses", "stats", "conditional-cash-transfers")
    assert result.exit_code == 0 and seen == []
    assert "what-is-a-cct" in result.stdout
    assert command("courses", "stats", "no-such-course").exit_code == 2


def test_a_course_with_problems_is_not_counted(command: Command, tmp_path: Path) -> None:
    write(tmp_path / "broken", edited("course.yaml", "theme:", "colour: blue\ntheme:"))
    write(tmp_path / "sound", files())
    result = command("courses", "stats", tmp_path)
    assert result.exit_code == 1
    assert "course.yaml:4: 'colour' is not a known key" in result.stdout and "small-course" in result.stdout
