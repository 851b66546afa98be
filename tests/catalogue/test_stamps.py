"""translations.yaml: what it says of a translation, how it is written, and what a writer is told."""

from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.catalogue.comparison import differences_in
from elearn.catalogue.files import Files
from elearn.catalogue.stamp import HEAD, stamp
from elearn.catalogue.translations import Change, Stamps, State, read_stamps
from elearn.catalogue.units import STAMPS, units
from elearn.catalogue.yamlread import Problem
from tests.support.small_course import changed, compiled, edited, files, problems

pytestmark = pytest.mark.one_database
Command = Callable[..., Result]

LESSON, FRENCH = "01-only/first-lesson/lesson.en.md", "01-only/first-lesson/lesson.fr.md"
QUIZ = "01-only/the-check/quiz.yaml"
UNIT = "01-only/first-lesson/lesson"
HAS = "the source of 'fr' has"


def stamped(found: dict[str, bytes]) -> dict[str, bytes]:
    """The course with every translation stamped."""
    done = stamp(found)
    assert not done.problems
    return {**found, **{path: text.encode() for path, text in done.writes.items()}}


def after(path: str, old: str, new: str) -> dict[str, bytes]:
    """The course, stamped, and then changed in one place."""
    found = stamped(files())
    text = found[path].decode()
    assert old in text, old
    return {**found, path: text.replace(old, new, 1).encode()}


def notices(found: dict[str, bytes]) -> list[str]:
    return [str(notice).removesuffix(" (flask courses stamp)") for notice in compiled(found).notices]


def test_the_units_of_a_course() -> None:
    found = units(Files(files(), [].append), ("en", "fr"))
    assert {unit.id: unit.translations for unit in found} == {
        "course.yaml#title": ["fr"],
        "course.yaml#summary": ["fr"],
        "course.yaml#audience": ["fr"],
        "course.yaml#objectives/o1": ["fr"],
        "01-only/module.yaml#title": ["fr"],
        UNIT: ["fr"],
        "01-only/second-lesson/lesson": [],
        f"{QUIZ}#title": ["fr"],
        f"{QUIZ}#items/sure": ["fr"],
        f"{QUIZ}#items/which": ["fr"],
    }
    item = next(unit for unit in found if unit.id.endswith("items/which"))
    assert [(block.key, block.text) for block in item.blocks["fr"]] == [
        ("text", "Lequel ?"),
        ("options/a/text", "Ceci"),
        ("options/b/text", "Cela"),
    ]


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (LESSON, "**why**", "**when**", [f"{FRENCH}:5: {HAS} changed: “Somebody asks **when**.[^1]” (lesson.en.md:6)"]),
        (LESSON, "title: Counting", "title: To count", [f"{FRENCH}:2: {HAS} changed: “To count” (lesson.en.md:2)"]),
        (LESSON, "## One {#one}", "Added here.\n\n## One {#one}",
         [f"{FRENCH}:5: {HAS} gained: “Added here.” (lesson.en.md:8)"]),
        (LESSON, "| Niger | 41 |\n", "", [f"{FRENCH}:7: {HAS} lost a block after “| Country | Households |”"]),
        (LESSON, "summary: Why one counts.", "summary: >-\n  Why\n  one counts.", []),
        (LESSON, "Somebody asks **why**.", "Somebody\nasks   **why**.", []),
        (QUIZ, "en: This", "en: That one", [f"{QUIZ}:16: {HAS} changed: “That one” (line 16)"]),
        (QUIZ, "fr: Ceci", "fr: Celui-ci", []),
        ("course.yaml", "en: Count.", "en: Reckon.", [f"course.yaml:11: {HAS} changed: “Reckon.” (line 11)"]),
        ("01-only/module.yaml", "en: The only", "en: The one",
         [f"01-only/module.yaml:2: {HAS} changed: “The one module” (line 2)"]),
    ],
)  # fmt: skip
def test_a_writer_is_told_what_has_changed(path: str, old: str, new: str, expected: list[str]) -> None:
    assert notices(after(path, old, new)) == expected


def test_a_quiz_is_stale_when_an_item_is() -> None:
    assert not compiled(stamped(files())).steps[2].content.texts["fr"].stale
    course = compiled(after(QUIZ, "en: That,", "en: Those,"))
    assert [step.content.texts["fr"].stale for step in course.steps if "fr" in step.content.texts] == [False, True]


def test_what_is_not_stamped_is_stale() -> None:
    course = compiled(after(STAMPS, f"  {UNIT}:\n    fr:", "  somewhere/lesson:\n    fr:"))
    assert course.steps[0].content.texts["fr"].stale
    assert [str(notice) for notice in course.notices] == [
        f"{FRENCH}:1: the translation 'fr' is not stamped (flask courses stamp)"
    ]


def test_a_course_without_stamps_is_told_once() -> None:
    course = compiled(changed({STAMPS: None}))
    assert [step.content.texts["fr"].stale for step in course.steps if "fr" in step.content.texts] == [True, True]
    assert [str(notice) for notice in course.notices] == [
        "course.yaml:1: no translation is stamped yet: what they were made from is not known (flask courses stamp)"
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("stamps:", "stamp:", f"{STAMPS}:2: 'stamp' is not a known key"),
        ("stamps:", "stamps: none\nmore:", f"{STAMPS}:2: 'stamps' must be a mapping"),
        ("fr: c3a9905b", "fr: c3a9905", f"{STAMPS}:6: a stamp is written by 'flask courses stamp' only"),
        ("fr: c3a9905b", "fr: [c3a9905b]", f"{STAMPS}:6: 'fr' must be a text"),
        ("stamps:", "accepted: [{difference: x}]\nstamps:", f"{STAMPS}:2: 'reason' is missing"),
        ("stamps:", "<<<<<<<\nstamps:", f"{STAMPS}:"),
    ],
)
def test_what_is_wrong_with_the_file(old: str, new: str, expected: str) -> None:
    found = problems(edited(STAMPS, old, new))
    assert any(line.startswith(expected) for line in found), found


PRINTS = st.lists(st.sampled_from([f"{number:08x}" for number in range(8)]), max_size=12).map(tuple)


@given(PRINTS, PRINTS)
def test_the_changes_lead_from_the_old_to_the_new(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    standing = Stamps({"x": {"fr": old}}).state("x", "fr", new)
    assert (standing.state is State.CURRENT) == (old == new)
    touched = {change.at for change in standing.changes if change.what != "removed"}
    removed = sum(change.count for change in standing.changes if change.what == "removed")
    added = sum(change.what == "added" for change in standing.changes)
    assert [one for at, one in enumerate(new) if at not in touched] == list(_common(old, new, len(new) - len(touched)))
    assert len(old) - removed + added == len(new)


def _common(old: tuple[str, ...], new: tuple[str, ...], length: int) -> list[str]:
    """What both have, in this order; fails when there is less of it."""
    same = [old[at] for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
            for at in range(block.a, block.a + block.size)]  # fmt: skip
    assert len(same) == length
    return same


def test_a_block_put_in_and_one_taken_out() -> None:
    assert Stamps({"x": {"fr": ("a", "b", "c")}}).state("x", "fr", ("a", "c", "d")).changes == (
        Change("removed", 1),
        Change("added", 2),
    )


def test_stamping_again_changes_nothing() -> None:
    found = stamped(files())
    assert stamp(found).writes == {}
    assert stamp(found).anew == ()


def test_only_what_is_named_is_stamped() -> None:
    bare = changed({STAMPS: None})
    assert stamp(bare, ["01-only/first-lesson"]).anew == ((UNIT, "fr"),)
    assert stamp(bare, [FRENCH]).anew == ((UNIT, "fr"),)
    assert stamp(bare, [LESSON]).anew == ((UNIT, "fr"),)
    assert stamp(bare, [UNIT]).anew == ((UNIT, "fr"),)
    assert stamp(bare, [f"{QUIZ}#items/sure"]).anew == ((f"{QUIZ}#items/sure", "fr"),)
    assert len(stamp(bare, [QUIZ]).anew) == 3
    assert len(stamp(bare, ["01-only"]).anew) == 5
    assert len(stamp(bare, ["."]).anew) == len(stamp(bare).anew) == 9
    assert stamp(bare, only=["ar"]).anew == ()
    assert not stamp(bare, ["01-other"]).found


def test_what_is_not_named_keeps_its_stamp() -> None:
    found = after(QUIZ, "en: This", "en: That one")
    found[LESSON] = found[LESSON].replace(b"**why**", b"**when**")
    text = stamp(found, [QUIZ]).writes[STAMPS]
    assert notices({**found, STAMPS: text.encode()}) == [
        f"{FRENCH}:5: the source of 'fr' has changed: “Somebody asks **when**.[^1]” (lesson.en.md:6)"
    ]


def test_stamps_of_what_is_gone_go_as_well_and_those_of_what_cannot_be_read_stay() -> None:
    gone = stamped(files())
    del gone[LESSON], gone[FRENCH]
    gone[QUIZ] = gone[QUIZ].replace(b"id: sure", b"id: certain")
    kept = yaml.safe_load(stamp(gone).writes[STAMPS])["stamps"]
    assert UNIT not in kept
    assert [unit for unit in kept if unit.startswith(f"{QUIZ}#items")] == [
        f"{QUIZ}#items/certain",
        f"{QUIZ}#items/which",
    ]
    broken = after(QUIZ, "items:", "items: [")
    broken[LESSON] = broken[LESSON].replace(b"**why**", b"**when**")
    assert f"{QUIZ}#items/sure" in yaml.safe_load(stamp(broken).writes[STAMPS])["stamps"]


BY_HAND = """\
# Ours
accepted:
  # why not
  - {difference: 0123abcd, reason: It is so.}
"""


@pytest.mark.parametrize("order", ["{hand}\n{stamps}", "{stamps}\n{hand}", "{stamps}# A remark\n{hand}"])
def test_what_people_wrote_into_the_file_stays(order: str) -> None:
    stamps = stamp(changed({STAMPS: None})).writes[STAMPS]
    old = order.format(hand=BY_HAND, stamps=stamps)
    found = changed({STAMPS: old.replace("c3a9905b", "00000000")})
    new = stamp(found).writes[STAMPS]
    assert BY_HAND.strip() in new
    assert new.endswith(stamps)
    assert ("# A remark\n" in new) == ("remark" in order)
    assert [one.difference for one in read_stamps(Files({STAMPS: new.encode()}, [].append), [].append).accepted] == [
        "0123abcd"
    ]
    assert stamp({**found, STAMPS: new.encode()}).writes == {}


def test_a_remark_among_the_stamps_does_not_stay() -> None:
    old = files()[STAMPS].decode().replace("  course.yaml#title:", "# Here\n  course.yaml#title:")
    new = stamp(changed({STAMPS: old})).writes[STAMPS]
    assert "# Here" not in new and new.startswith(HEAD)


def test_a_file_that_cannot_be_read_is_not_written_over() -> None:
    done = stamp(changed({STAMPS: "<<<<<<< one\nstamps:\n=======\n"}))
    assert done.writes == {} and [problem.path for problem in done.problems] == [STAMPS]


def test_odd_names_are_quoted() -> None:
    found = {path.replace("01-only", "01 only, 'one' # \"x\""): data for path, data in files().items()}
    found["course.yaml"] = found["course.yaml"].replace(b"[01-only]", b'["01 only, \'one\' # \\"x\\""]')
    del found[STAMPS]
    assert compiled(stamped(found)).notices == ()


@pytest.mark.parametrize("front", ["title: Compter\nsource: 0123456789ab", "source: x\ntitle: Compter"])
def test_stamping_takes_the_old_stamp_out_of_the_front_matter(front: str) -> None:
    old = changed({FRENCH: f"---\n{front}\n---\n\nTexte.\n\n---\n\nsource: dans le texte\n"})
    assert any("has moved into translations.yaml" in line for line in problems(old))
    assert stamp(old).writes[FRENCH] == "---\ntitle: Compter\n---\n\nTexte.\n\n---\n\nsource: dans le texte\n"


PIECES = st.sampled_from(
    [b"---\n", b"{", b"[", b"\n- ", b": ", b'"', b"\xff", b"```\n", b"///", b"stamps:", b"accepted:", b"\n#"]
)
EDITS = st.tuples(st.sampled_from(sorted(files())), st.integers(0, 900), st.integers(0, 40), PIECES)


@settings(max_examples=80, deadline=None)
@given(st.lists(EDITS, min_size=1, max_size=4))
def test_whatever_happens_to_the_bytes_a_course_is_stamped_once_or_not_at_all(
    edits: list[tuple[str, int, int, bytes]],
) -> None:
    found = files()
    for path, at, length, piece in edits:
        data = found[path]
        at = min(at, len(data))
        found[path] = data[:at] + piece + data[at + length :]
    differences_in(found)
    done = stamp(found)
    again = stamp({**found, **{path: text.encode() for path, text in done.writes.items()}})
    assert (again.writes, again.anew) == ({}, ())
    assert bool(done.problems) == bool(again.problems)


def write(root: Path, found: dict[str, bytes]) -> Path:
    for path, data in found.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def test_the_command(command: Command, tmp_path: Path) -> None:
    folder = write(tmp_path / "small", files())
    result = command("courses", "stamp", folder)
    assert result.stdout == f"{folder}/{UNIT}: fr\n"
    assert result.stderr == "stamped: 1\n"
    assert command("courses", "check", folder).stdout == ""
    assert command("courses", "stamp", folder).stdout == ""


def test_the_command_with_paths(command: Command, tmp_path: Path) -> None:
    folder = write(tmp_path / "small", changed({STAMPS: None}))
    assert command("courses", "stamp", folder, "--lang", "ar").stderr == "stamped: 0\n"
    assert command("courses", "stamp", folder, folder / FRENCH).stdout == f"{folder}/{UNIT}: fr\n"
    assert command("courses", "stamp", tmp_path, f"{QUIZ}#items/sure").stdout == f"{folder}/{QUIZ}#items/sure: fr\n"
    assert command("courses", "stamp", folder, "02-nothing").exit_code == 2
    assert command("courses", "stamp", folder, "../elsewhere").exit_code == 2


def test_the_command_on_a_file_with_conflicts(command: Command, tmp_path: Path) -> None:
    folder = write(tmp_path / "small", changed({STAMPS: "<<<<<<< one\n"}))
    result = command("courses", "stamp", folder)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{folder}/{STAMPS}:")
    assert (folder / STAMPS).read_text() == "<<<<<<< one\n"


def test_a_problem_of_the_file_is_reported_at_its_line() -> None:
    found: list[Problem] = []
    read_stamps(Files({STAMPS: b"stamps:\n  x:\n    fr: nothing\n"}, found.append), found.append)
    assert [problem.line for problem in found] == [3]
