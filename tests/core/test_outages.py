"""A database that is locked, full, read-only or gone: a clear page with a reference, nothing half done."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from elearn.core.db import db
from elearn.core.outages import unavailable
from elearn.people.models import InstitutionText, User

FORM = {"name_latin": "Another Name", "country": "NE", "preferred_lang": "en", "tz": "UTC"}
WORDS = "Please try again in a moment"


@pytest.fixture
def hers(app, amina, browser, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)  # as in production
    one = browser(amina)
    one.get("/me/profile")
    return one


@pytest.fixture
def while_it_is(app, database) -> Iterator[Callable[..., AbstractContextManager[None]]]:
    """`with while_it_is(sqlite="PRAGMA …", postgresql="SET LOCAL …"):` each write transaction begins with that."""

    @contextmanager
    def state(**statements: str) -> Iterator[None]:
        engine = db.engine

        def set_up(connection: Any) -> None:
            connection.exec_driver_sql(statements[database.name])

        db.session.commit()
        engine.dispose()
        # SQLite's pragmas are asked for before its BEGIN: as the connection is made.
        if database.name == "sqlite":
            event.listen(engine, "connect", on_connect := lambda made, _record: made.execute(statements["sqlite"]))
        else:
            event.listen(engine, "begin", set_up)
        try:
            yield
        finally:
            if database.name == "sqlite":
                event.remove(engine, "connect", on_connect)
            else:
                event.remove(engine, "begin", set_up)
            engine.dispose()

    yield state


def save(one):
    return one.post("/me/profile", data=FORM)


def name_of(user: User) -> str:
    db.session.rollback()
    db.session.refresh(user)
    return user.name_latin


def expect_a_clear_page(answer) -> None:
    assert answer.status_code == 503
    assert WORDS in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert answer.headers["Retry-After"] == "10"
    assert "Content-Security-Policy" in answer.headers


def test_somebody_else_holds_the_lock(amina, hers, database, while_it_is):
    hurry = {"sqlite": "PRAGMA busy_timeout=50", "postgresql": "SET LOCAL lock_timeout = 50"}
    with while_it_is(**hurry), a_lock_on(amina, database):
        expect_a_clear_page(save(hers))
        assert hers.get("/me/profile").status_code == 200  # reading goes on
    assert name_of(amina) == "Amina Issoufou"
    assert save(hers).status_code == 303
    assert name_of(amina) == "Another Name"


@contextmanager
def a_lock_on(user: User, database) -> Iterator[None]:
    """Another connection, of another program, in the middle of its work."""
    if database.name == "sqlite":
        other = sqlite3.connect(db.engine.url.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
        other.execute('SELECT 1 FROM "user" WHERE id = %s FOR UPDATE', (user.id,))
    try:
        yield
    finally:
        other.rollback()
        other.close()


def test_nothing_can_be_written_any_more(amina, hers, while_it_is):
    with while_it_is(sqlite="PRAGMA query_only=ON", postgresql="SET TRANSACTION READ ONLY"):
        expect_a_clear_page(save(hers))
        assert hers.get("/me/profile").status_code == 200
    assert name_of(amina) == "Amina Issoufou"


def test_the_disk_is_full(hers, while_it_is):
    """PostgreSQL says so by itself here, as a test cannot fill its disk."""
    full = while_it_is(
        sqlite="PRAGMA max_page_count=1",  # no page beside those that are there
        postgresql="DO $$ BEGIN RAISE SQLSTATE '53100'; END $$",
    )
    with full:
        stored = 0
        while (answer := propose(hers, stored)).status_code == 303:
            stored += 1
            assert stored < 500
        expect_a_clear_page(answer)
    assert len(proposals()) == stored
    assert propose(hers, stored).status_code == 303


def propose(one, number: int):
    return one.post("/me/profile", data=FORM | {"institution": "", "proposed_institution": f"{number:04} " * 40})


def proposals() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(InstitutionText.name)))


def test_a_script_is_told_in_its_own_language(hers, while_it_is):
    with while_it_is(sqlite="PRAGMA query_only=ON", postgresql="SET TRANSACTION READ ONLY"):
        answer = hers.post("/me/profile", data=FORM, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 503
    assert answer.json == {"error": "unavailable", "reference": answer.headers["X-Request-Id"]}


@pytest.mark.parametrize("lang", ["ar", "fr"])
def test_the_page_speaks_the_language_of_the_device(hers, while_it_is, lang):
    hers.speak(lang)
    with while_it_is(sqlite="PRAGMA query_only=ON", postgresql="SET TRANSACTION READ ONLY"):
        assert f'<html lang="{lang}"' in save(hers).text


def test_a_database_that_is_gone_is_an_outage_for_readers_too(app, hers, database, monkeypatch):
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        if database.name == "sqlite":
            raise sqlite_error(sqlite3.SQLITE_CANTOPEN).orig
        raise psycopg.OperationalError("connection refused")

    for engine in db.engines.values():
        engine.dispose()
        monkeypatch.setattr(engine.dialect, "connect", refuse)
        monkeypatch.setattr(engine.pool, "_creator", refuse)
    answer = super(type(hers), hers).open("/me/profile", base_url=app.config["BASE_URL"])
    expect_a_clear_page(answer)


def sqlite_error(code: int, words: str = "") -> OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return OperationalError("…", {}, error)


def postgresql_error(kind: type[psycopg.Error], wrapped: type[OperationalError] = OperationalError):
    return wrapped("…", {}, kind())


@pytest.mark.parametrize(
    ("error", "when_writing", "when_reading"),
    [
        (sqlite_error(sqlite3.SQLITE_BUSY), True, True),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), True, True),
        (sqlite_error(sqlite3.SQLITE_FULL), True, True),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), True, True),
        (sqlite_error(sqlite3.SQLITE_CANTOPEN), True, True),
        (sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED), True, False),
        (sqlite_error(sqlite3.SQLITE_ERROR, "no such table"), False, False),
        (postgresql_error(psycopg.errors.LockNotAvailable), True, True),
        (postgresql_error(psycopg.errors.DeadlockDetected), True, True),
        (postgresql_error(psycopg.errors.DiskFull), True, True),
        (postgresql_error(psycopg.errors.TooManyConnections), True, True),
        (postgresql_error(psycopg.errors.AdminShutdown), True, True),
        (postgresql_error(psycopg.OperationalError), True, True),
        (postgresql_error(psycopg.errors.ReadOnlySqlTransaction), True, False),
        (postgresql_error(psycopg.errors.UndefinedTable, ProgrammingError), False, False),
        (postgresql_error(psycopg.InterfaceError, InterfaceError), False, False),
        (NoConnectionFree("the pool is empty"), True, True),
        (ZeroDivisionError(), False, False),
    ],
    ids=str,
)
def test_an_outage_is_told_from_a_fault(error, when_writing, when_reading):
    assert (unavailable(error, reading=False), unavailable(error, reading=True)) == (when_writing, when_reading)


def test_a_statement_that_is_wrong_is_a_fault_on_both_databases(app):
    with pytest.raises(Exception, match="nowhere") as caught:
        db.session.execute(text("SELECT 1 FROM nowhere"))
    assert not unavailable(caught.value, reading=False)
