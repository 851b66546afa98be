"""`flask courses check --translations`: each translation beside its source, block by block."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from elearn.catalogue.alignment import align
from elearn.catalogue.comparison import differences_in
from elearn.catalogue.facts import Facts, facts, lost, words_of
from elearn.catalogue.files import Files
from elearn.catalogue.folder import courses_in, read_folder
from elearn.catalogue.quantities import plain_digits
from elearn.catalogue.stamp import stamp
from elearn.catalogue.units import STAMPS, units
from tests.support.small_course import SVG, changed, files

pytestmark = pytest.mark.one_database
Command = Callable[..., Result]

COURSES = Path(__file__).parent.parent.parent / "courses"
LESSON, FRENCH = "01-only/first-lesson/lesson.en.md", "01-only/first-lesson/lesson.fr.md"
SECOND = "01-only/second-lesson/lesson.en.md"
QUIZ = "01-only/the-check/quiz.yaml"
NOT = "of the source has no counterpart"
TRANSLATED = """\
---
title: Compter
summary: Pourquoi l’on compte.
---

Quelqu’un demande **pourquoi**.[^1]

## Un {#one}

| Pays | Ménages |
|:--|--:|
| Niger | 41 |

![Deux barres](../../assets/bars.svg)

!!! example "Au guichet"
    Un dialogue.

Aller à [la suite](step:second-lesson) ou [dehors](https://example.org).

[^1]: Une source.
"""


def course(changes: dict[str, str | None] | None = None, lesson: str = TRANSLATED) -> dict[str, bytes]:
    """The small course, wholly translated and stamped, with its French lesson and other files as given."""
    french = files()[SECOND].decode().replace("Counting again", "Compter encore").replace("Once more", "Encore une")
    found = {**changed({FRENCH: lesson}), SECOND.replace(".en.", ".fr."): french.encode()}
    for path, text in (changes or {}).items():
        found.pop(path) if text is None else found.update({path: text.encode()})
    return {**found, **{path: text.encode() for path, text in stamp(found).writes.items()}}


def reports(found: dict[str, bytes]) -> list[str]:
    return [told(str(problem)) for problem in differences_in(found)]


def told(problem: str) -> str:
    """A report without its key and the name of the source's file."""
    return problem.rsplit(" [", 1)[0].replace("(lesson.en.md:", "(")


def test_a_translation_that_has_everything() -> None:
    assert reports(course()) == []


@pytest.mark.parametrize("folder", courses_in(COURSES), ids=lambda folder: folder.name)
def test_the_shipped_courses_have_everything_in_every_language(folder: Path) -> None:
    found, _refused = read_folder(folder)
    assert [str(problem) for problem in differences_in(found)] == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("| Niger | 41 |", "| Niger | 14 |", f"12: the number 41 {NOT} (here: 14) (12)"),
        ("| Niger | 41 |\n", "", "10: missing: “| Niger | 41 |” (12)"),
        ("| Niger | 41 |", "| Niger | 41 | 41 |", "12: 3 cells here, 2 in the source (12)"),
        ("[la suite](step:second-lesson)", "la suite",
         f"19: the link step:second-lesson {NOT} (19)"),
        ("https://example.org", "https://example.com",
         f"19: the link https://example.org {NOT} (here: https://example.com) (19)"),
        ("bars.svg", "rods.svg",
         f"14: the picture ../../assets/bars.svg {NOT} (here: ../../assets/rods.svg) (14)"),
        ("**.[^1]", "**.", f"6: the footnote 1 {NOT} (6)"),
        ("[^1]: Une source.\n", "", "19: missing: “A source.” (21)"),
        ("!!! example", "!!! note", "16: box note here, box example in the source (16)"),
        ("## Un {#one}", "### Un {#one}", "8: heading 3 here, heading 2 in the source (8)"),
        ("summary: Pourquoi l’on compte.\n", "", "2: missing: “Why one counts.” (3)"),
        ("    Un dialogue.", "    Un dialogue.\n\n    Et encore un autre.",
         "19: nothing in the source answers to “Et encore un autre.”"),
    ],
)  # fmt: skip
def test_what_a_lesson_has_lost(old: str, new: str, expected: str) -> None:
    assert old in TRANSLATED
    found = reports(course(lesson=TRANSLATED.replace(old, new, 1)))
    assert f"{FRENCH}:{expected}" in found, found


def beside(source: str, target: str, lang: str = "fr") -> list[str]:
    """The reports on a body of a lesson and of its translation."""
    front = "---\ntitle: T\n---\n"
    sheet = files()["course.yaml"].decode().replace("[en, fr]", f"[en, {lang}]").replace("fr:", f"{lang}:")
    found = {
        "course.yaml": sheet.encode(),
        "m/s/lesson.en.md": (front + source).encode(),
        f"m/s/lesson.{lang}.md": (front + target).encode(),
    }
    found = {**found, **{path: text.encode() for path, text in stamp(found).writes.items()}}
    return [told(str(one).partition(": ")[2]) for one in differences_in(found)]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("Two [tests](term:pmt).", "Deux tests.", [f"the term pmt {NOT} (4)"]),
        ("A [b](term:x), [b](term:x).", "Un [b](term:x), b.", []),
        ("13 September 2001", "13 septembre 2001", []),
        ("13 September 2001", "13 octobre 2001",
         [f"the date 13 September 2001 {NOT} (here: 13 octobre 2001) (4)"]),
        ("13 September 2001 and 31 March 2008", "31 septembre 2001 et 13 mars 2008",
         [f"the date 13 September 2001 {NOT} (here: 31 septembre 2001, 13 mars 2008) (4)",
          f"the date 31 March 2008 {NOT} (here: 31 septembre 2001, 13 mars 2008) (4)"]),
        ("12–13 September 2023", "12-13 septembre 2023", []),
        ("On 13 September 2001.", "En 2001, le 13 septembre.", []),
        ("In November 2025.", "En 11/2025.", []),
        ("2024–26", "2024-2026", []),
        ("In March and in June 2012.", "En mars et en juin 2012.", []),
        ("SAR 2,000,000,000", "2 milliards de riyals", []),
        ("10 million", "10 mille", [f"the number 10 {NOT} (here: 10) (4)"]),
        ("25.00", "25", []),
        ("63 and 63", "63", [f"the number 63 {NOT} (4)"]),
        ("![x](../../assets/a.en.svg)", "![x](../../assets/a.fr.svg)", []),
        ("[x](https://www.un.org/en/about)", "[x](https://www.un.org/fr/about)", []),
        ("[x](https://www.un.org/en/about)", "[x](https://www.un.org/fr/a-propos)",
         [f"the link https://www.un.org/en/about {NOT} (here: https://www.un.org/fr/a-propos) (4)"]),
        ("<https://example.org/2001>", "<https://example.org/2001>", []),
        ("See doi.org/10.1257/aer.102.4.", "Voir doi.org/10.1257/aer.102.4.", []),
        ("- [x] yes\n- [ ] no", "- [ ] oui\n- [x] non",
         ["ticked in the source, not here (4)", "ticked here, not in the source (5)"]),
        ("[^a]: T. Akdemir, A. B. Olken, *X*.\n\nA[^a]", "[^a]: T. Akdémir, *X*.\n\nA[^a]",
         [f"the name Olken {NOT} (4)"]),
        ("One paragraph here.\n\nAnd another one there.", "Un paragraphe ici. Et un autre là-bas.",
         ["two blocks of the source are one here: "
          "“One paragraph here.” and “And another one there.” (4, 6)"]),
        ("*[PMT]: Proxy means test\n\nA PMT.", "Un test.", []),
        ("## A {#a}\n\nText", "## A {#b}\n\nText", ["the anchor #a of the source (4)"]),
    ],
)  # fmt: skip
def test_what_has_a_counterpart_and_what_has_not(source: str, target: str, expected: list[str]) -> None:
    assert beside(source, target) == expected


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("On 13 September 2001, 1,200.5.", "في ١٣ أيلول ٢٠٠١، ١٬٢٠٠٫٥.", []),
        ("On 13 September 2001, 1,200.5.", "في 13 سبتمبر <bdi>2001</bdi>، <bdi>1,200.5</bdi>.", []),
        ("10.6 million", "10,6 ملايين", []),
        ("1,200 of 10,600", "1200 من 10600", []),
        ("1,200 of 10,600", "12000 من 10600", [f"the number 1,200 {NOT} (here: 12000) (4)"]),
    ],
)
def test_arabic_beside_english(source: str, target: str, expected: list[str]) -> None:
    assert beside(source, target, "ar") == expected


def test_what_a_yaml_file_has_lost() -> None:
    quiz = files()[QUIZ].decode()
    found = reports(course({QUIZ: quiz.replace("en: This, fr: Ceci", "en: This 12, fr: Ceci 21")}))
    assert found == [f"{QUIZ}:16: 'fr': the number 12 {NOT} (here: 21) (line 16)"]
    assert reports(course({QUIZ: quiz.replace(", fr: Ceci", "")})) == [f"{QUIZ}:16: 'fr': missing: “This” (line 16)"]
    for text in (", fr: Ceci", ", fr: Cela", ", fr: Lequel ?"):
        quiz = quiz.replace(text, "")
    assert reports(course({QUIZ: quiz})) == [f"{QUIZ}:14: 'fr' is missing: “Which?”"]


def test_the_labels_of_a_drawing() -> None:
    def drawing(*labels: str) -> str:
        return SVG.replace("</svg>", "".join(f"<text>{label}</text>" for label in labels) + "</svg>")

    found = {"assets/x.en.svg": drawing("1,200", "10"), "assets/x.fr.svg": drawing("1 200", "10")}
    found = {path: text.encode() for path, text in found.items()}
    assert reports({**course(), **found}) == []
    found["assets/x.fr.svg"] = drawing("1,200", "10").encode()
    [report] = differences_in({**course(), **found})
    assert str(report).startswith(f"assets/x.fr.svg:1: the number 1,200 {NOT} (here: 1,200) (assets/x.en.svg) [")
    for broken in (b"<svg", b"<!DOCTYPE x>" + found["assets/x.fr.svg"]):
        assert reports({**course(), **found, "assets/x.fr.svg": broken}) == []


@pytest.mark.parametrize("folder", courses_in(COURSES), ids=lambda folder: folder.name)
def test_every_number_of_a_shipped_course_would_be_missed(folder: Path) -> None:
    """Taken out of its translation, one after the other."""
    files = Files(read_folder(folder)[0], [].append)
    languages = ("en", "ar", "fr")
    count = 0
    for unit in units(files, languages):
        for lang in unit.translations:
            for pair in align(unit.source, unit.blocks[lang]):
                source = facts("\n".join(unit.source[at].text for at in pair.source), "en")
                text = plain_digits("\n".join(words_of(unit.blocks[lang][at].text) for at in pair.target))
                bare = Facts(source.numbers, source.dates, (), (), frozenset(), ())
                assert lost(bare, facts(text, lang), languages) == []
                for number in facts(text, lang).numbers:
                    figure = number.text if number.text in text else number.text[2:]  # 2024–26
                    rest = re.sub(rf"(?<![\d.,])(?<!\d[\u202f\u00a0]){re.escape(figure)}(?!\d)", " ", text, count=1)
                    assert rest != text
                    assert lost(bare, facts(rest, lang), languages), (unit.id, lang, number.text, text)
                    count += 1
    assert count > 1_000


def test_a_lesson_that_is_not_there() -> None:
    assert reports(course({SECOND.replace(".en.", ".fr."): None})) == [f"{SECOND}:1: there is no lesson.fr.md"]


def test_what_is_stale_stands_among_the_rest() -> None:
    found = course()
    found[LESSON] = found[LESSON].replace(b"**why**", b"**when**")
    assert reports(found) == [
        f"{FRENCH}:6: the source of 'fr' has changed: “Somebody asks **when**.[^1]” (6) (flask courses stamp)"
    ]


def test_a_difference_can_be_accepted_until_its_source_changes() -> None:
    found = course(lesson=TRANSLATED.replace("| 41 |", "| quarante et un |"))
    [report] = differences_in(found)
    key = report.message.rsplit("[", 1)[1].rstrip("]")
    hand = f"accepted:\n  - difference: {key}\n    reason: written out\n".encode()
    found[STAMPS] = hand + found[STAMPS]
    assert differences_in(found) == []
    found[LESSON] = found[LESSON].replace(b"## One", b"Something before.\n\n## One")
    found[FRENCH] = found[FRENCH].replace(b"## Un", b"Quelque chose avant.\n\n## Un")
    assert [str(one).split(": ")[1] for one in differences_in(found)] == ["the source of 'fr' has gained"]
    found[LESSON] = found[LESSON].replace(b"| Niger | 41 |", b"| The Niger | 41 |")
    assert any("the number 41" in str(one) for one in differences_in(found))
    assert any(
        str(one) == f"{STAMPS}:2: nothing differs as '{key}' says any more: remove it" for one in differences_in(found)
    )


SEPARATE = " . "  # keeps the numbers of a sentence apart in every language
NUMBERS = st.lists(st.decimals(0, 10**9, places=2, allow_nan=False), min_size=1, max_size=8)


@given(NUMBERS, st.sampled_from(["fr", "ar", "arab"]), st.data())
def test_any_number_that_is_left_out_is_missed(numbers: list[Decimal], how: str, data: st.DataObject) -> None:
    lang, system = ("ar", "arab") if how == "arab" else (how, "latn")

    def written(some: list[Decimal], locale: str, system: str) -> str:
        return SEPARATE.join(format_decimal(one, "#,##0.##", locale, numbering_system=system) for one in some)

    source = facts(written(numbers, "en", "latn"), "en")
    assert lost(source, facts(written(numbers, lang, system), lang), ["en", lang]) == []
    out = data.draw(st.integers(0, len(numbers) - 1))
    rest = facts(written(numbers[:out] + numbers[out + 1 :], lang, system), lang)
    [missed] = lost(source, rest, ["en", lang])
    [number] = facts(missed.what, "en").numbers
    assert number.value == (numbers[out],)


@given(st.lists(st.dates(date(1500, 1, 1), date(2100, 1, 1)), min_size=1, max_size=5), st.data())
def test_any_date_that_is_left_out_is_missed(days: list[date], data: st.DataObject) -> None:
    locale = data.draw(st.sampled_from(["fr", "ar", "ar_IQ", "ar_DZ", "ar_MA"]))

    def written(some: list[date], locale: str) -> str:
        return SEPARATE.join(format_date(one, "d MMMM y", locale) for one in some)

    source = facts(written(days, "en"), "en")
    assert lost(source, facts(written(days, locale), locale[:2]), ["en", "fr", "ar"]) == []
    out = data.draw(st.integers(0, len(days) - 1))
    [missed] = lost(source, facts(written(days[:out] + days[out + 1 :], locale), locale[:2]), ["en", "fr", "ar"])
    assert (missed.kind, missed.what) == ("date", format_date(days[out], "d MMMM y", "en"))


@given(st.text(st.sampled_from("ab12[]()!^\\<>:/.{}#*_|- \n"), max_size=200), st.sampled_from(["en", "fr", "ar"]))
def test_any_text_has_its_own_facts(text: str, lang: str) -> None:
    assert lost(facts(text, lang), facts(text, lang), ["en", "fr", "ar"]) == []
    words_of(text)


def test_a_long_text_without_sense_is_read_in_no_time() -> None:
    for piece in ("](", "[", "a.", "12 ", "1.2", "a@", "[^", "<a", "- [x] ", "May 1 ", "A. "):
        assert lost(facts(piece * 8_000, "en"), facts("", "fr"), ["en", "fr"]) is not None


def write(root: Path, found: dict[str, bytes]) -> Path:
    for path, data in found.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def test_the_command(command: Command, tmp_path: Path) -> None:
    folder = write(tmp_path / "small", course())
    assert command("courses", "check", "--translations", folder).exit_code == 0
    write(folder, course(lesson=TRANSLATED.replace("41", "14")))
    assert command("courses", "check", folder).exit_code == 0
    result = command("courses", "check", "--translations", folder)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{folder}/{FRENCH}:12: the number 41 of the source has no counterpart (here: 14)")
