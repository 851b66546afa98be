"""The folder a course was published from: kept with the version, known again, given back."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from elearn.catalogue import cli_publish, reading, sources
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.export import write_folder, zipped
from elearn.catalogue.folder import read_folder
from elearn.catalogue.models import CourseVersion, VersionSource, VersionStep
from elearn.catalogue.source import compile
from elearn.core.db import db
from elearn.core.errors import Refused
from elearn.core.models import Blob
from tests.support.small_course import KINDS, changed, edited, files

pytestmark = pytest.mark.one_database
Command = Callable[..., Result]
LESSON = "01-only/first-lesson/lesson.en.md"


def write(root: Path, found: Mapping[str, bytes]) -> Path:
    for path, data in found.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


@pytest.fixture
def published(app: Flask, command: Command, tmp_path: Path) -> Path:
    folder = write(tmp_path / "small", changed({"README.md": "For writers.", "01-only/REVIEW.md": "Read by two."}))
    (folder / ".git").mkdir()
    (folder / ".git/HEAD").write_text("secret")
    assert command("courses", "sync", folder).exit_code == 0
    return folder


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_exported_folder_is_the_one_that_was_published(published: Path, command: Command, tmp_path: Path) -> None:
    result = command("courses", "export", "small-course", tmp_path / "again")
    assert result.exit_code == 0, result.stderr
    expected = {path: data for path, data in everything(published).items() if not path.startswith(".git")}
    assert everything(tmp_path / "again") == expected
    assert {"README.md", "01-only/REVIEW.md"} <= set(expected)
    assert "small-course: unchanged, version 1" in command("courses", "sync", tmp_path / "again").stderr


def test_an_unchanged_folder_is_not_compiled(
    published: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "compile", None)
    assert "small-course: unchanged, version 1" in command("courses", "sync", published).stderr


def test_another_compiler_looks_again(published: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "program", lambda: "another")
    compiled = []
    monkeypatch.setattr(reading, "compile", lambda *given: compiled.append(given) or compile(*given))
    assert "small-course: unchanged, version 1" in command("courses", "sync", published).stderr
    assert len(compiled) == 1
    assert "small-course: unchanged, version 1" in command("courses", "sync", published).stderr
    assert len(compiled) == 1


def test_a_remark_makes_no_version_and_comes_back_all_the_same(
    published: Path, command: Command, tmp_path: Path
) -> None:
    write(published, edited("course.yaml", "theme:", "# a remark\ntheme:"))
    (published / "README.md").unlink()
    assert "small-course: unchanged, version 1" in command("courses", "sync", published).stderr
    command("courses", "export", "small-course", tmp_path / "again")
    again = everything(tmp_path / "again")
    assert b"# a remark" in again["course.yaml"]
    assert "README.md" not in again


def test_an_earlier_version_comes_back_as_it_was(published: Path, command: Command, tmp_path: Path) -> None:
    write(published, edited(LESSON, "Somebody asks", "Someone asks"))
    assert "correction published, version 2" in command("courses", "sync", published).stderr
    command("courses", "export", "small-course", tmp_path / "one", "--version", "1")
    command("courses", "export", "small-course", tmp_path / "two")
    assert b"Somebody asks" in everything(tmp_path / "one")[LESSON]
    assert b"Someone asks" in everything(tmp_path / "two")[LESSON]
    assert db.session.scalar(select(func.count()).select_from(VersionSource)) == 2 * len(everything(tmp_path / "one"))


def test_a_step_that_did_not_change_is_not_compiled_again(
    published: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, str]] = []

    def watched(found, kinds, refused, kept):
        course = compile(found, kinds, refused, kept)
        assert isinstance(course, CompiledCourse)
        assert course.content_hash == compile(found, kinds, refused).content_hash
        seen.append({step.key: "kept" if step.content in kept.values() else "compiled" for step in course.steps})
        return course

    monkeypatch.setattr(reading, "compile", watched)
    write(published, edited(LESSON, "Somebody asks", "Someone asks"))
    assert "correction published, version 2" in command("courses", "sync", published).stderr
    assert seen == [{"first-lesson": "compiled", "second-lesson": "kept", "the-check": "kept"}]


def test_kept_steps_are_what_the_compiler_made(published: Path) -> None:
    version = db.session.scalars(select(CourseVersion.id)).one()
    course = compile(files(), KINDS)
    assert isinstance(course, CompiledCourse)
    kept = sources.kept_steps(version)
    assert set(kept) == set(db.session.scalars(select(VersionStep.source_key))) == {s.source_key for s in course.steps}
    for step in course.steps:
        found = kept[step.source_key]
        assert {lang: (t.title, t.html) for lang, t in found.texts.items()} == {
            lang: (t.title, t.html) for lang, t in step.content.texts.items()
        }
        assert {lang: (t.images, t.files, t.terms, t.words) for lang, t in found.texts.items()} == {
            lang: (t.images, t.files, t.terms, t.words) for lang, t in step.content.texts.items()
        }
        assert {lang: text.bytes for lang, text in found.texts.items()} == {
            lang: weight.text for lang, weight in step.weights.items()
        }
        assert (found.progress, found.points, found.pass_mark) == (
            step.content.progress,
            step.content.points,
            step.content.pass_mark,
        )


def test_export_as_an_archive_that_is_always_the_same(published: Path, command: Command, tmp_path: Path) -> None:
    target = tmp_path / "small.zip"
    assert command("courses", "export", "small-course", target, "--zip").exit_code == 0
    first = target.read_bytes()
    refused = command("courses", "export", "small-course", target, "--zip")
    assert refused.exit_code == 1 and "--force" in refused.stderr
    assert command("courses", "export", "small-course", target, "--zip", "--force").exit_code == 0
    assert target.read_bytes() == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist() == sorted(archive.namelist()) and "README.md" in archive.namelist()
    assert "small-course: unchanged, version 1" in command("courses", "sync", target).stderr


def test_export_does_not_write_over_what_is_there(published: Path, command: Command, tmp_path: Path) -> None:
    other = write(tmp_path / "other", {"notes.txt": b"mine", "course.yaml": b"old"})
    refused = command("courses", "export", "small-course", other)
    assert refused.exit_code == 1 and "is not empty" in refused.stderr
    assert everything(other) == {"notes.txt": b"mine", "course.yaml": b"old"}
    forced = command("courses", "export", "small-course", other, "--force")
    assert forced.exit_code == 0 and f"{other}/notes.txt: left as it is" in forced.stderr
    assert everything(other)["notes.txt"] == b"mine"
    assert everything(other)["course.yaml"] == files()["course.yaml"]


def test_export_follows_no_link_out_of_its_folder(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"kept.txt": b"kept"})
    target = tmp_path / "target"
    target.mkdir()
    (target / "01-only").symlink_to(outside)
    with pytest.raises(Refused, match="link"):
        write_folder(files(), target, force=True)
    assert everything(outside) == {"kept.txt": b"kept"}


def test_export_of_what_is_not_there(app: Flask, published: Path, command: Command) -> None:
    assert "no published course 'nothing'" in command("courses", "export", "nothing").stderr
    assert "no version 7 of 'small-course'" in command("courses", "export", "small-course", "--version", "7").stderr
    db.session.query(VersionSource).delete()
    db.session.commit()
    assert "before folders were kept" in command("courses", "export", "small-course").stderr


def test_the_type_of_a_picture_is_the_one_that_was_found_by_looking(
    app: Flask, command: Command, tmp_path: Path
) -> None:
    """The same bytes may have been stored before, under a name that says nothing."""
    folder = write(tmp_path, changed({"01-only/REVIEW.md": files()["assets/bars.svg"]}))
    command("courses", "sync", folder)
    svg = db.session.scalars(select(Blob).where(Blob.mime == "image/svg+xml")).all()
    assert len(svg) == 1


def test_a_zip_holds_what_the_folder_holds(tmp_path: Path) -> None:
    archive = tmp_path / "course.zip"
    archive.write_bytes(zipped(files()))
    assert read_folder(archive) == (files(), [])


def test_a_course_that_changes_under_people_needs_a_reason(app, command, tmp_path, amina, academy, monkeypatch) -> None:
    result = command("courses", "export", academy.slug, tmp_path / "academy")
    assert result.exit_code == 0, result.stderr
    folder = tmp_path / "academy"
    lesson = next(folder.rglob("lesson.en.md"))
    lesson.write_text(lesson.read_text() + "\nOne more sentence.\n")
    silent = command("courses", "sync", folder)
    assert silent.exit_code == 1
    assert "--reason" in silent.stdout
    dry = command("courses", "sync", folder, "--dry-run")
    assert dry.exit_code == 0
    assert "would be published as a correction" in dry.stderr
    assert "1 of 1 enrolled get it at once" in dry.stderr
    assert db.session.scalar(select(func.max(CourseVersion.number))) == 1
    said = command("courses", "sync", folder, "--reason", "A sentence\nwas missing")
    assert "correction published, version 2" in said.stderr
    reason = select(CourseVersion.reason).where(CourseVersion.number == 2)
    assert db.session.scalar(reason) == "A sentence was missing"
    module = next(folder.rglob("module.yaml"))
    module.write_text(module.read_text().replace("minutes: ", "minutes: 1", 1))
    monkeypatch.setattr(cli_publish, "at_terminal", lambda: True)
    asked = command("courses", "sync", folder, input="It takes longer\n")
    assert "Why, in one line" in asked.stderr
    assert "published, version 3" in asked.stderr
    assert "1 of 1 enrolled stay on version 1" in asked.stderr
    assert db.session.scalar(select(CourseVersion.reason).where(CourseVersion.number == 3)) == "It takes longer"


def test_the_shipped_courses_need_no_reason(app, command, tmp_path, amina, academy, monkeypatch) -> None:
    folder = tmp_path / "academy"
    command("courses", "export", academy.slug, folder)
    lesson = next(folder.rglob("lesson.en.md"))
    lesson.write_text(lesson.read_text() + "\nOne more sentence.\n")
    monkeypatch.setattr(reading, "shipped", lambda: folder)
    assert "correction published, version 2" in command("courses", "sync").stderr
    assert db.session.scalar(select(CourseVersion.reason).where(CourseVersion.number == 2)) == cli_publish.SHIPPED


def test_a_reason_is_one_line_of_some_length(app: Flask, command: Command, tmp_path: Path) -> None:
    folder = write(tmp_path, files())
    result = command("courses", "sync", folder, "--reason", "x" * 301)
    assert result.exit_code == 2
    assert db.session.scalar(select(func.count()).select_from(CourseVersion)) == 0


def test_of_two_courses_with_one_id_only_the_first_is_published(app: Flask, command: Command, tmp_path: Path) -> None:
    write(tmp_path / "one", files())
    write(tmp_path / "two", edited(LESSON, "Somebody asks", "Someone asks"))
    for _again in range(2):
        result = command("courses", "sync", tmp_path)
        assert result.exit_code == 1
        assert "'small-course' is also the id of" in result.stdout
    assert db.session.scalar(select(func.count()).select_from(CourseVersion)) == 1


def test_a_dry_run_of_everything_writes_nothing(app: Flask, command: Command, tmp_path: Path) -> None:
    result = command("courses", "sync", write(tmp_path, files()), "--dry-run")
    assert "small-course: would be published for the first time" in result.stderr
    assert db.session.scalar(select(func.count()).select_from(CourseVersion)) == 0


def test_what_a_structural_change_says(published: Path, command: Command) -> None:
    module = (published / "01-only/module.yaml").read_text()
    again = module.replace("minutes: 20", "minutes: 25").replace("required: false", "required: true")
    (published / "01-only/module.yaml").write_text(again)
    told = command("courses", "sync", published, "--dry-run").stderr
    assert "small-course: would be a new version" in told
    assert "changed: first-lesson: minutes 20 → 25" in told
    assert "changed: second-lesson: required no → yes" in told
    assert "minutes in all: 45 → 50" in told
    assert "people: nobody is enrolled" in told
