"""What publishing again means for those who study: corrections reach them at once, new structures do not."""

from textwrap import dedent

import pytest
from sqlalchemy import select

from elearn.catalogue.models import CourseVersion, VersionKind
from elearn.core.db import db
from elearn.learning.models import Completion, StepProgress
from tests.factories import learning as make
from tests.factories.learning import FIRST, MODULE, QUIZ, SECOND, SLUG
from tests.support import small_course

LESSON = f"/courses/{SLUG}/learn/{FIRST}"
TEXT = "01-only/first-lesson/lesson.en.md"


@pytest.fixture
def hers(app, amina, browser):
    make.published()
    make.enrol(amina)
    return browser(amina)


def corrected():
    return make.published(small_course.edited(TEXT, "Somebody asks", "Everybody asks"))


def with_another_lesson():
    """A new step in the middle; its lesson says so."""
    module = small_course.TEXTS[MODULE]
    second = "          - id: second-lesson\n"
    new = "          - {id: new-lesson, kind: lesson, minutes: 5}\n"
    added = module.replace(second, new + second)
    assert added != module
    files = small_course.changed({"01-only/new-lesson/lesson.en.md": "---\ntitle: New\n---\n\nNew text.\n"})
    return make.published({**files, MODULE: dedent(added).encode()})


def test_a_correction_is_read_at_once_and_the_version_stays(amina, hers):
    pinned = make.place_of(amina).version_id
    assert "Somebody asks" in hers.get(LESSON).text
    assert corrected().kind == VersionKind.TEXT
    page = hers.get(LESSON).text
    assert "Everybody asks" in page and "Somebody asks" not in page
    place = make.place_of(amina)
    assert place.version_id == pinned != place.shown_version_id


def test_of_several_corrections_the_last_is_read(amina, hers):
    corrected()
    make.published(small_course.edited(TEXT, "Somebody asks", "Nobody asks"))
    assert "Nobody asks" in hers.get(LESSON).text


def test_progress_goes_through_a_correction(amina, hers):
    hers.post(f"{LESSON}/done")
    corrected()
    assert "1 of 3 steps done" in hers.get(LESSON).text
    make.done(amina, QUIZ, 80)
    completion = db.session.scalars(select(Completion)).one()
    assert completion.version_id == make.place_of(amina).version_id


def test_a_new_structure_leaves_those_who_study_on_theirs(amina, boris, browser, hers):
    pinned = make.place_of(amina).version_id
    assert with_another_lesson().kind == VersionKind.STRUCTURAL
    place = make.place_of(amina)
    assert (place.version_id, place.shown_version_id) == (pinned, pinned)
    assert "0 of 3 steps done" in hers.get(LESSON).text
    assert hers.get(f"/courses/{SLUG}/learn/new-lesson").status_code == 404
    make.enrol(boris)
    assert make.place_of(boris).version_id != pinned
    his = browser(boris)
    assert "0 of 4 steps done" in his.get(LESSON).text
    assert "New text." in his.get(f"/courses/{SLUG}/learn/new-lesson").text


def test_they_complete_by_the_rule_they_began_with(amina, hers):
    with_another_lesson()
    make.done(amina, FIRST)
    make.done(amina, QUIZ, 80)
    assert len(db.session.scalars(select(Completion)).all()) == 1


def test_who_enrols_after_a_correction_is_pinned_to_the_structure_behind_it(amina, boris, hers):
    corrected()
    make.enrol(boris)
    assert make.place_of(boris).version_id == make.place_of(amina).version_id
    assert make.place_of(boris).shown_version_id == make.place_of(amina).shown_version_id


def test_a_correction_of_the_new_structure_does_not_reach_those_on_the_old_one(amina, hers):
    with_another_lesson()
    versions = db.session.scalars(select(CourseVersion).order_by(CourseVersion.number)).all()
    assert [version.kind for version in versions] == ["structural", "structural"]
    files = small_course.edited(TEXT, "Somebody asks", "Everybody asks")
    assert make.published(files).kind == VersionKind.STRUCTURAL  # back to three steps: a structure again
    assert "Somebody asks" in hers.get(LESSON).text


def test_coming_back_one_finds_the_version_one_left(amina, hers):
    pinned = make.place_of(amina).version_id
    hers.post(f"{LESSON}/done")
    hers.post(f"/courses/{SLUG}/leave")
    with_another_lesson()
    make.enrol(amina)
    assert make.place_of(amina).version_id == pinned
    assert "1 of 3 steps done" in hers.get(LESSON).text


def test_a_step_that_is_retired_keeps_what_was_done_of_it(amina, hers):
    hers.post(f"/courses/{SLUG}/learn/{SECOND}/done")
    without = small_course.changed({"01-only/second-lesson/lesson.en.md": None}) | {
        TEXT: small_course.files()[TEXT].replace(b"Go to [the next](step:second-lesson) or", b"Go"),
        MODULE: b"id: only\ntitle: {en: The only module, fr: Le seul module}\nsteps:\n"
        b"  - {id: first-lesson, kind: lesson, minutes: 20, objectives: [o1]}\n"
        b"  - {id: the-check, kind: quiz, minutes: 15}\n",
    }
    make.published(without)
    assert "1 of 3 steps done" in hers.get(LESSON).text
    assert db.session.scalars(select(StepProgress.step_id)).all() == [make.step_id(SECOND)]
