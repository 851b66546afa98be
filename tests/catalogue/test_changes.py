"""What a publishing changes, decided without a database."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from elearn.catalogue import changes
from elearn.catalogue.changes import People, Reach, shape_of
from elearn.catalogue.cli_publish import told
from tests.support.small_course import changed, compiled, edited, files

COURSE, MODULE, QUIZ = "course.yaml", "01-only/module.yaml", "01-only/the-check/quiz.yaml"
LESSON = "01-only/first-lesson/lesson.en.md"
FIRST = "  - id: first-lesson\n    kind: lesson\n    minutes: 20\n    objectives: [o1]\n"
SECOND = "  - id: second-lesson\n    kind: lesson\n    minutes: 10\n    required: false\n"
KINDS = {"first-lesson": "lesson", "second-lesson": "lesson", "the-check": "quiz"}


def shape(found=None):
    return shape_of(compiled(found))


def compare(found, known=KINDS):
    return changes.compare(shape(), shape(found), known)


def test_the_first_version_is_all_new():
    found = changes.compare(None, shape(), {})
    assert (found.reach, found.first, found.minutes) == (Reach.NEWCOMERS, True, (0, 45))
    assert [step.key for step in found.added] == list(KINDS)


def test_remarks_change_nothing():
    found = compare(edited(COURSE, "theme:", "# a remark\ntheme:"))
    assert found == changes.Changes(Reach.NOBODY, minutes=(45, 45))


def test_other_words_reach_everybody_and_are_named_by_language():
    found = compare(edited(LESSON, "Somebody asks", "Someone asks"))
    assert found.reach is Reach.EVERYBODY
    assert found.reworded == {"first-lesson": ("en",)}
    assert not (found.added or found.retired or found.moved or found.altered or found.rules)


def test_a_step_that_goes_and_one_that_comes():
    without = edited(MODULE, SECOND, "")
    del without["01-only/second-lesson/lesson.en.md"]
    without[LESSON] = without[LESSON].replace(b"[the next](step:second-lesson)", b"the next")
    gone = compare(without)
    assert (gone.reach, [step.key for step in gone.retired]) == (Reach.NEWCOMERS, ["second-lesson"])
    assert gone.minutes == (45, 35) and gone.moved == ()
    back = changes.compare(shape(without), shape(), KINDS)
    assert ([step.key for step in back.returned], back.added) == (["second-lesson"], ())
    new = changes.compare(shape(without), shape(), {"first-lesson": "lesson", "the-check": "quiz"})
    assert ([step.key for step in new.added], new.returned) == (["second-lesson"], ())


def test_a_moved_step_is_one_move():
    found = compare(edited(MODULE, FIRST + SECOND, SECOND + FIRST))
    assert len(found.moved) == 1
    assert found.moved[0].step.key in ("first-lesson", "second-lesson")


def test_what_counts_differently():
    found = compare(edited(QUIZ, "pass: 50", "pass: 60"))
    assert [(one.step.key, one.what) for one in found.altered] == [("the-check", {"pass_mark": (50, 60)})]
    key = compare(edited(QUIZ, "answer: true", "answer: false"))
    assert [list(one.what) for one in key.altered] == [["marks"]]
    longer = compare(edited(MODULE, "minutes: 20", "minutes: 25"))
    assert [one.what for one in longer.altered] == [{"minutes": (20, 25)}]
    assert longer.reach is Reach.NEWCOMERS


def test_other_rules():
    found = compare(edited(COURSE, "certificate:\n  kind: completion\n", ""))
    assert found.rules == {"certificate": ("completion", None)}
    assert found.reach is Reach.NEWCOMERS


def test_a_translation_that_goes():
    found = compare(changed({"01-only/first-lesson/lesson.fr.md": None}))
    assert (found.reach, found.reworded) == (Reach.EVERYBODY, {"first-lesson": ("fr",)})


def test_a_translation_that_falls_behind_or_catches_up_keeps_its_words():
    def marked(stale: bool) -> changes.Shape:
        here = shape()
        first = here.steps[0]
        texts = {**first.texts, "fr": replace(first.texts["fr"], stale=stale)}
        return replace(here, content_hash=str(stale), steps=(replace(first, texts=texts), *here.steps[1:]))

    behind = changes.compare(marked(False), marked(True), KINDS)
    assert (behind.reach, behind.reworded, behind.caught_up) == (Reach.EVERYBODY, {}, {})
    assert behind.behind == {"first-lesson": ("fr",)}
    assert "  ".join(told(behind, People({}, 1))).startswith("translations whose source has changed: first-lesson (fr)")
    again = changes.compare(marked(True), marked(False), KINDS)
    assert (again.behind, again.caught_up) == ({}, {"first-lesson": ("fr",)})


def test_a_step_of_another_kind_is_named():
    found = compare(edited(LESSON, "Somebody", "Someone"), KINDS | {"first-lesson": "quiz"})
    assert found.other_kind == ("first-lesson",)


ONE = shape()


@given(st.permutations(range(8)))
def test_a_step_that_stands_still_among_the_others_is_not_called_moved(order):
    """Taking away the steps that moved leaves two equal lists; and no shorter list of moves would do."""
    one = ONE.steps[0]
    old = [replace(one, key=f"s{n}", position=n) for n in range(8)]
    new = [replace(old[n], position=place) for place, n in enumerate(order)]
    base = replace(ONE, steps=tuple(old))
    found = changes.compare(base, replace(base, steps=tuple(new), content_hash="x"), {})
    moved = {move.step.key for move in found.moved}
    still = [step.key for step in new if step.key not in moved]
    assert still == sorted(still)
    assert len(still) == max(map(len, _rising(list(order))))


def _rising(order):
    """For every place, one longest run that ends there."""
    runs = []
    for place, number in enumerate(order):
        before = [run for run in runs if order[run[-1]] < number]
        runs.append([*(max(before, key=len) if before else []), place])
    return runs


def test_who_stays_and_who_is_reached():
    people = People({1: 3, 4: 12}, latest=4)
    correction = compare(edited(LESSON, "Somebody asks", "Someone asks"))
    structural = compare(edited(MODULE, "minutes: 20", "minutes: 25"))
    assert (people.reached(correction), people.staying(correction)) == (12, {1: 3})
    assert (people.reached(structural), people.staying(structural)) == (0, {1: 3, 4: 12})
    assert people.staying(compare(files())) == {}
    assert people.number == 15
