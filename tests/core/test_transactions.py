"""One transaction per request: accepted answers are stored whole, all others not at all; reading never writes."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import abort
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from elearn.core import settings
from elearn.core.access import public
from elearn.core.db import WAIT_MS, begin_writing, db, note_after, reading, refusing_clash, unit_of_work
from elearn.core.errors import Refused
from elearn.core.models import Setting
from elearn.core.web import csrf_exempt
from elearn.people.models import User


@pytest.fixture
def page(app, monkeypatch) -> Callable[[Callable[[], Any]], str]:
    """`page(view)`: the address of a page, open to GET and POST, that does this."""

    def put_in_place(view: Callable[[], Any]) -> str:
        def one() -> Any:
            return view()

        monkeypatch.setitem(app.view_functions, "people.ask_reset", csrf_exempt(public(one)))
        return "/reset"

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return put_in_place


def write(key: str = "written") -> None:
    settings.put(key, "yes")


def stored() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Setting.key).where(Setting.key != settings.CATALOGUE_REVISION)))


# What is kept


@pytest.mark.parametrize("status", [200, 201, 204, 302, 303])
def test_an_accepted_answer_is_stored(page, visitor, status):
    def view():
        write()
        return "", status

    assert visitor.post(page(view)).status_code == status
    assert stored() == {"written"}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 429, 500, 503])
def test_a_refusal_stores_nothing(page, visitor, status):
    def view():
        write()
        return "no", status

    assert visitor.post(page(view)).status_code == status
    assert stored() == set()


@pytest.mark.parametrize(
    ("error", "status"), [(ZeroDivisionError(), 500), (Refused("no"), 409), (None, 404)], ids=["fault", "no", "gone"]
)
def test_neither_does_a_failure_half_way(page, visitor, error, status):
    def view():
        write("first")
        if error is None:
            abort(404)
        write("second")
        raise error

    assert visitor.post(page(view)).status_code == status
    assert stored() == set()


def test_the_next_request_starts_anew(page, visitor):
    def view():
        write()
        return "no", 422

    address = page(view)
    for _ in range(3):
        visitor.post(address)
    assert visitor.get("/healthz").status_code == 200
    assert stored() == set()


# Reading


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_safe_request_cannot_write(page, visitor, method):
    def view():
        db.session.execute(text("INSERT INTO setting (key, value) VALUES ('sneaked', 'in')"))
        return "done"

    assert visitor.open(page(view), method=method).status_code == 500  # a fault of ours, not an outage
    assert stored() == set()


def test_not_even_when_it_says_that_it_begins_to(page, visitor):
    def view():
        begin_writing()
        write()
        return "done"

    assert visitor.get(page(view)).status_code == 200
    assert stored() == set()


def test_the_reader_is_read_only_whatever_is_asked_of_it(app):
    with db.engines["reader"].connect() as connection, pytest.raises(DBAPIError, match=r"read.?only"):
        connection.execute(text("DELETE FROM setting"))


def test_an_unsafe_request_looks_before_it_writes(page, visitor):
    def view():
        with reading():
            before = settings.get("written", "no")
        write()
        return before + settings.get("written")

    assert visitor.post(page(view)).text == "noyes"


def test_looking_after_the_writing_has_begun_is_refused(app):
    write()
    with pytest.raises(RuntimeError, match="has begun"), reading():
        pass


def test_a_unit_of_work_inside_another_is_refused(app):
    with pytest.raises(RuntimeError, match="inside another"), unit_of_work():
        pass


def test_a_unit_of_work_is_kept_or_undone_whole(app, fresh_context):
    with fresh_context(), unit_of_work():
        write("kept")
    with fresh_context(), pytest.raises(ZeroDivisionError), unit_of_work():
        write("undone")
        raise ZeroDivisionError
    assert stored() == {"kept"}


# Notes


def test_a_note_is_written_after_a_read(page, visitor):
    def view():
        note_after(lambda: write("note"))
        return "seen"

    visitor.get(page(view))
    assert stored() == {"note"}


@pytest.mark.parametrize("failure", [None, ZeroDivisionError(), Refused("no")], ids=["422", "fault", "no"])
def test_a_note_is_written_although_the_request_is_refused(page, visitor, failure):
    def view():
        write("undone")
        note_after(lambda: write("note"))
        if failure is not None:
            raise failure
        return "no", 422

    visitor.post(page(view))
    assert stored() == {"note"}


def test_a_note_that_fails_spoils_neither_the_answer_nor_the_next_note(page, visitor):
    def view():
        note_after(lambda: 1 / 0)
        note_after(lambda: write("note"))
        write()
        return "fine"

    assert visitor.post(page(view)).text == "fine"
    assert stored() == {"note", "written"}


def test_outside_a_request_a_note_is_written_at_once(app, fresh_context):
    with fresh_context():
        note_after(lambda: write("note"))
    assert stored() == {"note"}


# Clashes


def test_a_clash_becomes_a_refusal_and_what_was_written_before_stays(page, visitor):
    def view():
        write()
        for _ in range(2):
            try:
                with refusing_clash("there is one", "field"):
                    db.session.add(Setting(key="one", value=""))
            except Refused as refused:
                return f"{refused} {refused.field}"
        return "no clash"

    answer = visitor.post(page(view))
    assert answer.text == "there is one field"
    assert stored() == {"one", "written"}


def test_a_commit_that_fails_is_a_failure_with_a_reference(page, visitor):
    """What is only found out at the end: nothing is half done, and the person is told."""

    def view():
        write("before")
        db.session.add(Setting(key="before", value="twice"))  # not flushed: the clash is found by the commit
        db.session.expunge(db.session.get(Setting, "before"))
        return "all is well"

    answer = visitor.post(page(view))
    assert answer.status_code == 500
    assert "all is well" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert stored() == set()


# Many at once


def test_no_update_is_lost(app):
    settings.put("count", "0")
    db.session.commit()

    def count(_number: int) -> None:
        with app.app_context():
            for _ in range(5):
                with unit_of_work():
                    settings.bump("count")

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(count, range(10)))
    db.session.rollback()
    assert settings.get("count") == "50"


def test_people_read_while_somebody_writes(app, amina, browser):
    hers = browser(amina)
    write("not yet committed")  # the test's own transaction is open
    db.session.flush()
    with app.app_context():
        answer = super(type(hers), hers).open("/me/profile", base_url=app.config["BASE_URL"])
    assert answer.status_code == 200


# How the databases are opened


RECIPES = {
    "sqlite": {
        "writer": {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": WAIT_MS},
        "reader": {"query_only": 1, "busy_timeout": WAIT_MS},
    },
    "postgresql": {
        "writer": {"lock_timeout": f"{WAIT_MS // 1000}s", "transaction_read_only": "off"},
        "reader": {"transaction_read_only": "on"},
    },
}


@pytest.mark.parametrize("which", ["writer", "reader"])
def test_each_database_is_opened_by_its_recipe(app, database, which):
    ask = "PRAGMA" if database.name == "sqlite" else "SHOW"
    wanted = RECIPES[database.name][which]
    with db.engines[None if which == "writer" else which].connect() as connection:
        found = {name: connection.execute(text(f"{ask} {name}")).scalar() for name in wanted}
    assert found == wanted


@pytest.fixture
def nothing_is_left_open(app) -> Iterator[None]:
    yield
    db.session.rollback()
    assert [engine.pool.checkedout() for engine in db.engines.values()] == [0, 0]


def test_requests_give_their_connections_back(app, amina, browser, page, nothing_is_left_open):
    hers = browser(amina)
    for address in ("/me/profile", "/me/password", "/healthz", "/nowhere"):
        hers.get(address)
        hers.post(address)
    hers.post(page(lambda: 1 / 0))


def test_amina_and_boris_are_who_they_are_after_each_others_requests(amina, boris, browser):
    hers, his = browser(amina), browser(boris)
    for _ in range(2):
        assert "amina@example.org" in hers.get("/me/profile").text
        assert "boris@example.org" in his.get("/me/profile").text
    assert db.session.scalar(select(func.count()).select_from(User)) == 2
