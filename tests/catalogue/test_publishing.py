"""Publishing: what becomes a version, what stays for those enrolled, and what is refused."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from elearn.catalogue import service, shelf, sources
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.events import course_published
from elearn.catalogue.folder import read_folder
from elearn.catalogue.models import (
    Course,
    CourseState,
    CourseVersion,
    Step,
    VersionAsset,
    VersionKind,
    VersionStep,
    VersionStepText,
    VersionTerm,
    VersionText,
)
from elearn.catalogue.source import compile
from elearn.core import settings
from elearn.core.db import db, unit_of_work
from elearn.core.errors import Refused
from elearn.core.models import Audit, Blob
from elearn.core.storage import storage
from elearn.programmes.models import Offering
from tests.support.small_course import SVG, compiled, edited, files

COURSE, MODULE, QUIZ = "course.yaml", "01-only/module.yaml", "01-only/the-check/quiz.yaml"
LESSON = "01-only/first-lesson/lesson.en.md"
SECOND = """\
  - id: second-lesson
    kind: lesson
    minutes: 10
    required: false
"""


def publish(found: dict[str, bytes] | None = None, **more: Any) -> service.Published:
    return service.publish(compiled(found), actor=None, **more)


def without_second_lesson() -> dict[str, bytes]:
    found = edited(MODULE, SECOND, "")
    del found["01-only/second-lesson/lesson.en.md"]
    found[LESSON] = found[LESSON].replace(b"[the next](step:second-lesson)", b"the next")
    return found


def steps() -> dict[str, bool]:
    """Every step's identity, and whether it is retired."""
    return {step.key: step.retired_at is not None for step in db.session.scalars(select(Step))}


@contextmanager
def heard() -> Iterator[list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []

    def listen(_sender: Any, **what: Any) -> None:
        found.append(what)

    with course_published.connected_to(listen):
        yield found


def test_a_first_publishing_makes_everything(app: Flask) -> None:
    with heard() as events:
        done = publish(reason="New")
    course = db.session.scalars(select(Course)).one()
    version = db.session.get_one(CourseVersion, done.version_id)
    assert done == service.Published(version.id, 1, VersionKind.STRUCTURAL, first=True)
    assert (course.slug, course.state, course.published_version_id) == (
        "small-course",
        CourseState.PUBLISHED,
        version.id,
    )
    assert (version.number, version.kind, version.parent_id, version.minutes) == (1, VersionKind.STRUCTURAL, None, 45)
    assert (version.theme, version.level, version.reason) == ("cash-transfers", "introductory", "New")
    assert version.rules == {
        "completion": {"result": "the-check"},
        "order": "free",
        "optional": 0,
        "certificate": {"kind": "completion"},
        "languages": ["en", "fr"],
        "default_lang": "en",
        "contact": "academy@example.org",
        "objectives": ["o1"],
        "modules": ["only"],
        "kinds": {"lesson": 2, "quiz": 1},
    }
    assert [(event["course"], event["version"], event["first"]) for event in events] == [(course, version, True)]
    assert db.session.scalars(select(Offering.is_default)).all() == [True]
    assert steps() == {"first-lesson": False, "second-lesson": False, "the-check": False}
    assert settings.get(settings.CATALOGUE_REVISION) == "1"
    assert db.session.scalars(select(Audit.verb)).all() == ["publish"]


def test_what_a_version_holds(app: Flask) -> None:
    publish()
    french = db.session.scalars(select(VersionText).where(VersionText.lang == "fr")).one()
    assert (french.title, french.payload["objectives"]) == ("Compter juste", {"o1": "Compter."})
    assert french.payload["modules"] == {"only": {"title": "Le seul module", "summary": ""}}
    assert french.payload["credits"]["reviewed_by"] == "Une relectrice"
    assert french.payload["completeness"] == 0.6667
    rows = db.session.execute(
        select(VersionStep.position, VersionStepText.lang, VersionStepText.title, VersionStepText.stale)
        .join(VersionStepText, VersionStepText.version_step_id == VersionStep.id)
        .order_by(VersionStep.position, VersionStepText.lang)
    )
    assert [tuple(row) for row in rows] == [
        (1, "en", "Counting", False),
        (1, "fr", "Compter", True),
        (2, "en", "Counting again", False),
        (3, "en", "Check", False),
        (3, "fr", "Vérification", False),
    ]
    asset = db.session.scalars(select(VersionAsset)).one()
    assert (asset.path, asset.width, asset.height) == ("assets/bars.svg", 320, 200)
    assert db.session.get_one(Blob, asset.blob_sha).mime == "image/svg+xml"
    assert storage().read(asset.blob_sha) == SVG.encode()


def test_publishing_the_same_again_changes_nothing(app: Flask) -> None:
    first = publish()
    with heard() as events:
        again = publish(edited(COURSE, "theme:", "# a remark\ntheme:"))
    assert again == service.Published(first.version_id, 1, None)
    assert events == []
    assert db.session.scalar(select(func.count()).select_from(CourseVersion)) == 1
    assert settings.get(settings.CATALOGUE_REVISION) == "1"


def test_other_words_are_a_correction_that_hangs_on_the_structural_version(app: Flask) -> None:
    first = publish()
    second = publish(edited(LESSON, "Somebody asks", "Someone asks"))
    third = publish(edited(LESSON, "Somebody asks", "A person asks"))
    assert [second.kind, third.kind] == [VersionKind.TEXT, VersionKind.TEXT]
    parents = db.session.scalars(select(CourseVersion.parent_id).order_by(CourseVersion.number)).all()
    assert parents == [None, first.version_id, first.version_id]
    assert db.session.scalars(select(Course.published_version_id)).one() == third.version_id
    assert db.session.scalar(select(func.count()).select_from(Offering)) == 1
    assert db.session.scalar(select(func.count()).select_from(Blob)) == 1


def test_another_key_makes_a_structural_version(app: Flask) -> None:
    publish()
    other = publish(edited(QUIZ, "answer: true", "answer: false"))
    assert other.kind == VersionKind.STRUCTURAL
    later = publish(edited(QUIZ, "answer: true", "answer: false") | {LESSON: files()[LESSON] + b"\nMore.\n"})
    assert later.kind == VersionKind.TEXT
    assert db.session.get_one(CourseVersion, later.version_id).parent_id == other.version_id


def test_a_step_that_goes_is_retired_and_one_that_comes_back_keeps_its_identity(app: Flask) -> None:
    publish()
    identity = db.session.scalars(select(Step.id).where(Step.key == "second-lesson")).one()
    publish(without_second_lesson())
    assert steps() == {"first-lesson": False, "second-lesson": True, "the-check": False}
    publish()
    assert steps() == {"first-lesson": False, "second-lesson": False, "the-check": False}
    assert db.session.scalars(select(Step.id).where(Step.key == "second-lesson")).one() == identity


def test_a_step_that_changes_its_kind_is_refused(app: Flask) -> None:
    publish()
    found = edited(MODULE, SECOND, "  - id: second-lesson\n    kind: quiz\n    minutes: 10\n")
    del found["01-only/second-lesson/lesson.en.md"]
    found["01-only/second-lesson/quiz.yaml"] = found[QUIZ]
    with pytest.raises(Refused, match="second-lesson"):
        publish(found)


def test_a_refused_publishing_leaves_nothing_behind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    publish()
    db.session.commit()

    def fail(*_: object, **__: object) -> None:
        raise Refused("no")

    monkeypatch.setattr(service, "_assets", fail)
    before = {table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) for table in EVERYTHING}
    db.session.rollback()
    with app.app_context(), pytest.raises(Refused), unit_of_work():
        publish(without_second_lesson())
    after = {table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) for table in EVERYTHING}
    assert after == before
    assert steps() == {"first-lesson": False, "second-lesson": False, "the-check": False}


EVERYTHING = (Course, CourseVersion, VersionText, Step, VersionStep, VersionStepText, VersionAsset, Blob, Offering)


def test_a_published_version_cannot_be_changed(app: Flask) -> None:
    publish()
    version = db.session.scalars(select(CourseVersion)).one()
    version.reason = "other"
    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()


def test_two_who_publish_at_once_make_one_version(app: Flask) -> None:
    course = compiled()
    db.session.commit()
    outcomes: list[object] = []
    ready = threading.Barrier(2)

    def work() -> None:
        with app.app_context():
            ready.wait()
            try:
                with unit_of_work():
                    outcomes.append(service.publish(course, actor=None).kind)
            except Refused:
                outcomes.append(Refused)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(VersionKind.STRUCTURAL) == 1
    assert {None, Refused} & set(outcomes)
    assert db.session.scalar(select(func.count()).select_from(CourseVersion)) == 1
    assert db.session.scalar(select(func.count()).select_from(Course)) == 1


def test_a_retired_course_stays_retired(app: Flask) -> None:
    publish()
    db.session.scalars(select(Course)).one().state = CourseState.RETIRED
    publish(edited(LESSON, "Somebody asks", "Someone asks"))
    assert db.session.scalars(select(Course.state)).one() == CourseState.RETIRED


def test_the_shelf_asks_once(app: Flask, count_statements: Any) -> None:
    done = publish()
    db.session.commit()
    with app.app_context():
        with count_statements() as first:
            outline = shelf.outline(done.version_id)
            assert outline is not None
            shelf.page(done.version_id, outline.steps[0], "fr")
        with count_statements() as then:
            again = shelf.outline(done.version_id)
            page = shelf.page(done.version_id, outline.steps[0], "fr")
    assert len(first) == 5
    assert then == []
    assert again is outline
    assert page is not None and (page.lang, page.title, page.stale) == ("fr", "Compter", True)
    assert outline.default_lang == "en"
    assert [step.key for step in outline.steps] == ["first-lesson", "second-lesson", "the-check"]
    assert outline.steps[2].settings["attempts"] == 2 and outline.steps[2].settings["items"] == 2
    assert outline.title(outline.steps[1], "fr")[0] == "en"
    assert outline.module_title("only", "fr") == ("fr", "Le seul module")


def test_objectives_stand_as_the_course_lists_them(app: Flask) -> None:
    done = publish(edited(COURSE, "  - id: o1", "  - id: longer-key\n    text: {en: First.}\n  - id: o1"))
    outline = shelf.outline(done.version_id)
    assert outline is not None
    assert list(outline.texts["en"].payload["objectives"].values()) == ["First.", "Count."]
    assert list(outline.texts["fr"].payload["objectives"].values()) == ["Compter."]


def test_the_shelf_keeps_nothing_of_a_transaction_that_may_be_undone(app: Flask) -> None:
    done = publish()
    assert shelf.outline(done.version_id) is not None
    db.session.rollback()
    with app.app_context():
        assert shelf.outline(done.version_id) is None


def test_a_shelf_is_bounded(app: Flask) -> None:
    kept = shelf._Shelf(2)
    with app.app_context():
        for key in (1, 2, 1, 3):
            kept.get(key, lambda key=key: f"value {key}")
        assert kept.get(1, lambda: "read again") == "value 1"
        assert kept.get(2, lambda: "read again") == "read again"


def test_what_is_taken_over_from_the_database_is_what_would_be_compiled(app: Flask, courses_folder: Path) -> None:
    """The shipped course, after one lesson of it was changed: no reader can tell how it was made."""
    found, _refused = read_folder(courses_folder / "conditional-cash-transfers")
    kinds = app.extensions["step_kinds"]
    first = compile(found, kinds)
    assert isinstance(first, CompiledCourse)
    version = service.publish(first, actor=None, folder=sources.folder(found))
    lesson = "01-foundations/what-is-a-cct/lesson.en.md"
    found[lesson] = found[lesson].replace(b"## ", b"Another sentence.\n\n## ", 1)
    kept = sources.kept_steps(version.version_id)
    assert len(kept) == len(first.steps)
    again, fresh = compile(found, kinds, (), kept), compile(found, kinds)
    assert isinstance(again, CompiledCourse) and isinstance(fresh, CompiledCourse)
    assert (again.content_hash, again.structure) == (fresh.content_hash, fresh.structure)
    assert [step.weights for step in again.steps] == [step.weights for step in fresh.steps]
    assert again.notices == fresh.notices
    assert sum(step.content in kept.values() for step in again.steps) == len(first.steps) - 1
    done = service.publish(again, actor=None, folder=sources.folder(found))
    assert (done.kind, done.number) == (VersionKind.TEXT, 2)


def test_rules_terms_and_words_are_stored(app: Flask) -> None:
    found = edited(
        MODULE, "    required: false\n", "    required: false\n    after: [first-lesson]\n    release_after: 7\n"
    )
    found[COURSE] = found[COURSE].replace(b"completion:\n", b"order: ordered\ncompletion:\n  optional: 1\n")
    found["glossary.yaml"] = b"""\
terms:
  - id: count
    term: {en: count, fr: compter}
    definition: {en: To *say* how many., fr: Dire.}
    also: {en: [tally]}
"""
    done = publish(found)
    version = db.session.get_one(CourseVersion, done.version_id)
    assert (version.rules["order"], version.rules["optional"]) == ("ordered", 1)
    steps_by_place = db.session.execute(
        select(VersionStep.after, VersionStep.release_after).order_by(VersionStep.position)
    ).all()
    assert [tuple(row) for row in steps_by_place] == [([], None), (["first-lesson"], 7), ([], None)]
    assert all(len(key) == 64 for key in db.session.scalars(select(VersionStep.source_key)))
    terms = db.session.scalars(select(VersionTerm).order_by(VersionTerm.lang)).all()
    assert [(one.key, one.lang, one.term, one.also) for one in terms] == [
        ("count", "en", "count", ["tally"]),
        ("count", "fr", "compter", []),
    ]
    assert terms[0].definition == "To <em>say</em> how many."
    words = select(VersionStepText.words).where(VersionStepText.title == "Counting")
    assert db.session.scalar(words) == compiled(found).steps[0].content.texts["en"].words > 0
