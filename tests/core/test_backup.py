"""A backup holds everything and comes back exactly; a move changes the database and nothing in it."""

import hashlib
import io
import json
import random
import shutil
import sqlite3
import tarfile as plain_tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from backports.zstd import tarfile
from flask import Flask
from sqlalchemy import JSON, Boolean, DateTime, Float, Integer, String, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from elearn.core import audit, load, readiness
from elearn.core.db import UtcDateTime, db, metadata, unit_of_work
from elearn.core.dump import canonical_json
from elearn.core.models import Blob, Setting
from elearn.core.storage import storage
from tests.factories import people as make
from tests.support.instances import files, hashes, run
from tests.test_migrations import REVISIONS, _append_only, _triggers


@pytest.fixture
def url(app) -> str:
    return str(app.config["DATABASE_URL"])


def other(kind: str) -> str:
    return {"sqlite": "postgresql", "postgresql": "sqlite"}[kind]


# There and back


def test_everything_comes_back(app, url, database, busy_academy, command, elsewhere, tmp_path):
    for content in (b"", b"a letter", random.Random(1).randbytes(3_000_000)):
        db.session.add(Blob(sha256=storage().put(content), size=len(content), mime="application/pdf"))
    taken = command("backup", tmp_path / "backup.tar.zst")
    assert taken.exit_code == 0, taken.output
    new = elsewhere()
    assert run(new, "restore", tmp_path / "backup.tar.zst").exit_code == 0
    assert hashes(new.config["DATABASE_URL"]) == hashes(url)
    assert len(files(database.folder)) > 3
    assert files(Path(new.config["DATA_DIR"])) == files(database.folder)


@pytest.mark.one_database
@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".tgz"])
def test_the_name_says_how_it_is_packed(ending, app, url, command, elsewhere, tmp_path):
    assert command("backup", tmp_path / f"backup{ending}").exit_code == 0
    assert (tmp_path / f"backup{ending}").read_bytes().startswith(b"\x1f\x8b") == (ending != ".tar")
    new = elsewhere()
    assert run(new, "restore", tmp_path / f"backup{ending}").exit_code == 0
    assert hashes(new.config["DATABASE_URL"]) == hashes(url)


def test_a_restored_instance_works(archive, elsewhere, busy_academy, app):
    new = elsewhere()
    assert run(new, "restore", archive).exit_code == 0
    with new.app_context():
        assert all(readiness.checks().values())
        page = new.test_client().get(f"/verify/{busy_academy.certificate}", base_url=new.config["BASE_URL"])
        assert page.status_code == 200 and busy_academy.certificate in page.text.replace("-", "")
        with unit_of_work():  # the next ids are free ones
            make.user()
            audit.note("test", "test", 1, actor=None)


def test_an_archive_goes_into_either_database(archive, url, database, elsewhere):
    new = elsewhere(other(database.name))
    assert run(new, "restore", archive).exit_code == 0
    assert hashes(new.config["DATABASE_URL"]) == hashes(url)


def test_append_only_tables_are_guarded_after_a_restore(archive, elsewhere):
    new = elsewhere()
    run(new, "restore", archive)
    with create_engine(new.config["DATABASE_URL"], poolclass=NullPool).connect() as connection:
        assert sorted({table for table, _ in _triggers(connection)}) == _append_only()
        assert inspect(connection).get_foreign_keys("enrolment")


def test_ids_of_rows_that_are_gone_are_not_given_out_again(app, database, command, elsewhere, tmp_path):
    if database.name == "sqlite":
        return  # SQLite itself gives the highest id out again
    lost = make.user().id
    db.session.commit()
    db.session.execute(text('DELETE FROM sign_in; DELETE FROM "user"'))
    db.session.commit()
    command("backup", tmp_path / "backup.tar")
    new = elsewhere()
    run(new, "restore", tmp_path / "backup.tar")
    with new.app_context(), unit_of_work():
        assert make.user().id > lost


@pytest.mark.one_database
def test_the_key_goes_along(app, database, archive, command, elsewhere, tmp_path):
    assert "SECRET_KEY is not kept" in command("backup", tmp_path / "without.tar").output
    key = database.folder / "secret_key"
    key.write_text("0123456789abcdef" * 4)
    try:
        assert "SECRET_KEY" not in command("backup", tmp_path / "with.tar").output
    finally:
        key.unlink()
    new = elsewhere()
    assert run(new, "restore", tmp_path / "with.tar").exit_code == 0
    restored = Path(new.config["DATA_DIR"]) / "secret_key"
    assert restored.read_text() == "0123456789abcdef" * 4
    assert restored.stat().st_mode & 0o077 == 0


# What the archive is


def test_the_archive_is_private_and_says_what_it_holds(archive, url):
    assert archive.stat().st_mode & 0o077 == 0
    with tarfile.open(archive) as tar:
        contents = {member.name: read(tar, member.name) for member in tar}
    manifest = json.loads(contents.pop("manifest.json"))
    assert manifest["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    assert {name: told["sha256"] for name, told in manifest["tables"].items()} == hashes(url)
    assert manifest["tables"]["country"]["rows"] == len(contents["tables/country.jsonl"].splitlines()) - 1 == 59
    assert manifest["revision"] == REVISIONS[-1]


def read(tar: Any, name: str) -> bytes:
    content = tar.extractfile(name)
    assert content is not None
    return bytes(content.read())


def test_a_backup_is_of_one_moment(app, command, tmp_path, database):
    """While it runs, somebody goes on writing pairs of rows in one transaction each: no archive holds half a pair."""
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            with app.app_context(), unit_of_work():
                db.session.add(Setting(key=f"left{written}", value="x"))
                db.session.flush()
                audit.note("pair", "test", written, actor=None)
            written += 1

    db.session.commit()
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(4):
            assert command("backup", tmp_path / f"{number}.tar").exit_code == 0
    finally:
        stop.set()
        writer.join()
    seen = set()
    for number in range(4):
        with plain_tarfile.open(tmp_path / f"{number}.tar") as tar:
            settings, audits = (
                read(tar, f"tables/{name}.jsonl").count(mark)
                for name, mark in (("setting", b'"left'), ("audit", b'"pair"'))
            )
        assert settings == audits
        seen.add(settings)
    assert len(seen) > 1 and written > 0


@pytest.mark.one_database
def test_files_that_are_lost_or_spoilt_are_told(app, database, busy_academy, command, tmp_path):
    one, other_one = storage().put(b"a letter"), storage().put(b"a picture")
    db.session.add_all(Blob(sha256=name, size=8, mime="image/png") for name in (one, other_one))
    storage().delete(one)
    spoilt = database.folder / "blobs" / other_one[:2] / other_one
    spoilt.write_bytes(b"spoilt")
    done = command("backup", tmp_path / "backup.tar")
    assert done.exit_code == 3
    assert one in done.stderr and other_one in done.stderr
    with plain_tarfile.open(tmp_path / "backup.tar") as tar:
        manifest = json.loads(read(tar, "manifest.json"))
    assert (manifest["missing"], manifest["damaged"]) == ([one], [other_one])


# What is refused, and leaves nothing behind


@pytest.mark.one_database
def test_an_archive_is_never_overwritten(archive, command):
    before = archive.read_bytes()
    done = command("backup", archive)
    assert done.exit_code == 1 and "exists already" in done.stderr
    assert archive.read_bytes() == before


@pytest.mark.one_database
@pytest.mark.parametrize("name, why", [("backup.zip", ".tar.zst"), ("nowhere/backup.tar", "No such file")])
def test_an_archive_that_cannot_be_is_refused(name, why, app, command, tmp_path):
    done = command("backup", tmp_path / name)
    assert done.exit_code == 1 and why in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.one_database
def test_a_damaged_database_is_not_taken_for_a_good_one(app, database, busy_academy, command, tmp_path, elsewhere):
    new = elsewhere()
    folder = Path(new.config["DATA_DIR"])
    folder.mkdir()
    with (
        closing(sqlite3.connect(database.folder / "elearn.sqlite")) as here,
        closing(sqlite3.connect(folder / "new.sqlite")) as there,
    ):
        here.backup(there)
    pages = bytearray((folder / "new.sqlite").read_bytes())
    pages[len(pages) // 2 : len(pages) // 2 + 40_000] = random.Random(3).randbytes(40_000)
    (folder / "new.sqlite").write_bytes(pages)
    done = run(new, "backup", tmp_path / "backup.tar")
    assert (done.exit_code == 1 and "damaged" in done.stderr) or "malformed" in done.stderr
    assert not (tmp_path / "backup.tar").exists()


def test_an_instance_with_data_is_not_restored_over(archive, app, url, command, busy_academy, elsewhere):
    before = hashes(url)
    done = command("restore", archive)
    assert done.exit_code == 1 and "not empty" in done.stderr
    assert hashes(url) == before
    new = elsewhere()
    left = Path(new.config["DATA_DIR"]) / "blobs/ab/left"
    left.parent.mkdir(parents=True)
    left.write_text("x")
    done = run(new, "restore", archive)
    assert done.exit_code == 1 and "not empty" in done.stderr
    assert nothing_in(new, but={"blobs", "ab", "left"})


@pytest.mark.one_database
@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_what_another_database_left_is_not_taken_over(ending, archive, elsewhere):
    new = elsewhere("sqlite")
    left = Path(new.config["DATA_DIR"]) / f"new.sqlite{ending}"
    left.parent.mkdir()
    left.write_bytes(b"of another")
    done = run(new, "restore", archive)
    assert done.exit_code == 1 and "left of another database" in done.stderr
    assert nothing_in(new, but={left.name})


def nothing_in(app: Flask, but: set[str] = frozenset()) -> bool:  # type: ignore[assignment]
    """No table, no file."""
    url = app.config["DATABASE_URL"]
    folder = Path(app.config["DATA_DIR"])
    left = {path.name for path in folder.rglob("*")} - but
    if url.startswith("sqlite"):
        return not left
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return not left and not inspect(connection).get_table_names() and not _triggers(connection)


def rewritten(archive: Path, change: Any) -> Path:
    """A copy of the archive; `change(name, content)` gives the new content of a member, or None to leave it out."""
    copy = archive.with_name("changed.tar")
    with tarfile.open(archive) as old, plain_tarfile.open(copy, "w") as new:
        for member in old:
            content = change(member.name, read(old, member.name))
            if content is not None:
                about = plain_tarfile.TarInfo(member.name)
                about.size = len(content)
                new.addfile(about, io.BytesIO(content))
    return copy


def changed_table(name: str, content: bytes) -> bytes:
    return content.replace(b"Niger", b"Nigel") if name == "tables/country_text.jsonl" else content


def consistent_change() -> Callable[[str, bytes], bytes]:
    """A row that refers to nobody; the manifest, which comes last, is made to agree."""
    table = "tables/country_text.jsonl"
    written = hashlib.sha256()

    def change(name: str, content: bytes) -> bytes:
        if name == table:
            content = content.replace(b'["NE"', b'["ZZ"')
            written.update(content)
        elif name == "manifest.json":
            manifest = json.loads(content)
            manifest["files"][table] = manifest["tables"]["country_text"]["sha256"] = written.hexdigest()
            content = json.dumps(manifest).encode()
        return content

    return change


def newer(name: str, content: bytes) -> bytes:
    return content.replace(REVISIONS[-1].encode(), b"9999_later") if name == "manifest.json" else content


CHANGES: dict[str, tuple[Any, str]] = {
    "a changed row": (changed_table, "is damaged: tables/country_text.jsonl"),
    "no manifest": (lambda name, content: None if name == "manifest.json" else content, "no whole backup"),
    "a table left out": (lambda name, content: None if name == "tables/job.jsonl" else content, "tables/job.jsonl"),
    "of a later release": (newer, "9999_later"),
}


def test_a_row_that_refers_to_nobody_is_found_by_the_database(archive, elsewhere):
    new = elsewhere()
    done = run(new, "restore", rewritten(archive, consistent_change()))
    assert done.exit_code == 1 and ("refers to another" in done.stderr or "foreign key" in done.stderr)
    assert nothing_in(new)


@pytest.mark.one_database
@pytest.mark.parametrize("what", CHANGES)
def test_an_archive_that_is_not_whole_changes_nothing(what, archive, elsewhere):
    change, why = CHANGES[what]
    new = elsewhere()
    done = run(new, "restore", rewritten(archive, change))
    assert done.exit_code == 1 and why in done.stderr
    assert nothing_in(new)


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "blobs/ab/../../../outside", "tables/x.jsonl/y"])
def test_an_archive_writes_nowhere_else(name, archive, elsewhere, tmp_path):
    with plain_tarfile.open(tmp_path / "evil.tar", "w") as tar:
        about = plain_tarfile.TarInfo(name)
        about.size = 1
        tar.addfile(about, io.BytesIO(b"x"))
    new = elsewhere()
    done = run(new, "restore", tmp_path / "evil.tar")
    assert done.exit_code == 1 and "no backup" in done.stderr
    assert nothing_in(new)


@pytest.mark.one_database
@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".tar.zst"])
def test_half_an_archive_changes_nothing(ending, busy_academy, command, elsewhere, tmp_path):
    path = tmp_path / f"backup{ending}"
    command("backup", path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    new = elsewhere()
    done = run(new, "restore", path)
    assert done.exit_code == 1 and done.stderr.startswith("Error: ")
    assert nothing_in(new)


def test_a_restore_that_breaks_off_leaves_nothing(archive, elsewhere, monkeypatch):
    """The disk fills up while the rows are written."""
    put = load._put

    def full(connection: Any, table: Any, file: Any) -> None:
        put(connection, table, file)
        if table.name == "mail":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(load, "_put", full)
    new = elsewhere()
    done = run(new, "restore", archive)
    assert done.exit_code == 1 and "No space left" in done.stderr
    assert nothing_in(new)
    monkeypatch.undo()
    assert run(new, "restore", archive).exit_code == 0


# Moving


def test_an_instance_moves_to_the_other_database_and_back(
    app, database, url, busy_academy, command, elsewhere, tmp_path
):
    before = hashes(url)
    there = elsewhere(other(database.name))
    moved = command("db", "move", there.config["DATABASE_URL"])
    assert moved.exit_code == 0, moved.output
    assert hashes(there.config["DATABASE_URL"]) == before
    back = elsewhere(database.name)
    assert run(there, "db", "move", back.config["DATABASE_URL"]).exit_code == 0
    assert hashes(back.config["DATABASE_URL"]) == before == hashes(url)
    with back.app_context(), unit_of_work():
        make.user()


def test_a_moved_instance_goes_on(app, database, busy_academy, command, elsewhere, amina):
    there = elsewhere(other(database.name))
    command("db", "move", there.config["DATABASE_URL"])
    shutil.copytree(database.folder / "blobs", Path(there.config["DATA_DIR"]) / "blobs")
    with there.app_context(), unit_of_work():
        person = make.user()
        audit.note("test", "test", person.id, actor=None)
    with create_engine(there.config["DATABASE_URL"], poolclass=NullPool).connect() as connection:
        assert sorted({table for table, _ in _triggers(connection)}) == _append_only()
    page = there.test_client().get(f"/courses/{busy_academy.slug}/", base_url=there.config["BASE_URL"])
    assert page.status_code == 200


def test_a_database_with_tables_is_not_moved_into(app, database, busy_academy, command, elsewhere):
    there = elsewhere(other(database.name))
    assert command("db", "move", there.config["DATABASE_URL"]).exit_code == 0
    before = hashes(there.config["DATABASE_URL"])
    make.user()
    done = command("db", "move", there.config["DATABASE_URL"])
    assert done.exit_code == 1 and "not empty" in done.stderr
    assert hashes(there.config["DATABASE_URL"]) == before


@pytest.mark.one_database
@pytest.mark.parametrize("target", ["nonsense", "postgresql://elearn:hush@127.0.0.1:1/none"])
def test_a_target_that_is_none_is_said_in_a_line(target, app, command):
    done = command("db", "move", target)
    assert done.exit_code == 1 and done.stderr.startswith("Error: ") and "hush" not in done.output
    assert "Traceback" not in done.output


# The text of rows


def test_dumps_know_every_kind_of_column():
    """Else the first backup with a row in a new table fails. Teach `core.dump` and `core.load` the new kind first."""
    known = (String, Integer, Boolean, Float, DateTime, UtcDateTime, JSON)
    unknown = [
        f"{table.name}.{column.name}: {column.type!r}"
        for table in metadata.tables.values()
        for column in table.columns
        if not isinstance(column.type, known)
    ]
    assert unknown == []


@pytest.mark.parametrize(
    "written, canonical",
    [
        (
            '{"b": 1, "a": [1.0, -0.0, -0, 1e+16, 1.5E-7, -2.50]}',
            '{"a":[1.0,0.0,0,10000000000000000,0.00000015,-2.50],"b":1}',
        ),
        ('"\\u0623 \\"x\\" \\n"', '"أ \\"x\\" \\n"'),
        ('{"1": null, "": true, "é": false}', '{"":true,"1":null,"é":false}'),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("null", "null"),
    ],
)
def test_json_has_one_way_of_writing(written, canonical):
    assert canonical_json(written) == canonical
    assert canonical_json(canonical) == canonical


def test_json_is_written_as_postgresql_keeps_it(app, database):
    if database.name == "sqlite":
        return  # about PostgreSQL alone
    given = '{"b": 1, "a": [1.0, -0.0, -0, 1e+16, 1.5E-7, -2.50, "\\u0623"], "": {"z": null}}'
    kept = db.session.scalar(text("SELECT CAST(CAST(:given AS jsonb) AS text)"), {"given": given})
    assert canonical_json(str(kept)) == canonical_json(given)
