"""Each request leaves one line, by which it can be found again, and from which nobody can be known."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import has_request_context
from sqlalchemy import text

from elearn.core import logs
from elearn.core.db import db, unit_of_work
from elearn.core.web import PUBLIC
from elearn.people.models import Token
from tests.factories import people as make

FORBIDDEN = ("amina", "Issoufou", "example.org", "secret-of-a-link")


class Kept(logging.Handler):
    """Formats at once, as a stream does."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.text: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.text.append(self.format(record))

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text]

    def requests(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == "elearn.request"]


@pytest.fixture
def log() -> Iterator[Kept]:
    yield from _listening(logs.JsonLines())


@pytest.fixture
def plain_log() -> Iterator[Kept]:
    yield from _listening(logs.PlainLines())


def _listening(formatter: logging.Formatter) -> Iterator[Kept]:
    kept = Kept(formatter)
    logger = logging.getLogger("elearn")
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(kept)
    yield kept
    logger.removeHandler(kept)
    logger.setLevel(level)


def test_a_request_leaves_one_line(academy, amina, browser, log, count_statements):
    page = browser(amina)
    with count_statements() as seen:
        answer = page.get(f"/courses/{academy.slug}/learn/{academy.lessons[0]}")
    (line,) = log.requests()
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert line["template"] == "/courses/<slug>/learn/<step>"
    assert line["endpoint"] == "learning.lesson"
    assert 0 < line["milliseconds"] < 60_000
    assert line["statements"] == len(seen) > 0
    assert line["time"].endswith("+00:00")
    assert "account" not in line


def test_who_tried_what_they_may_not_do_is_told_by_the_number_of_the_account(amina, browser, visitor, log):
    browser(amina).get("/manage/people")
    browser(amina).post("/me/profile", data={}, csrf=False)
    visitor.post("/sign-in", data={}, csrf=False)
    visitor.get("/manage/people/nobody")
    assert [(line["status"], line.get("account")) for line in log.requests()] == [
        (403, amina.id),
        (400, amina.id),
        (400, None),
        (302, None),
    ]
    assert not any(word in "".join(log.text) for word in FORBIDDEN)


@pytest.mark.parametrize(
    "method, path, template",
    [
        ("GET", "/confirm/secret-of-a-link", "/confirm/<token>"),
        ("POST", "/confirm/secret-of-a-link", "/confirm/<token>"),
        ("GET", "/reset/secret-of-a-link?from=amina@example.org", "/reset/<token>"),
        ("GET", "/courses/?q=Amina+Issoufou", "/courses/"),
        ("GET", "/nothing/amina@example.org/secret-of-a-link", ""),
        ("POST", "/healthz?secret-of-a-link", ""),
    ],
)
def test_what_stands_in_an_address_stays_out(method, path, template, visitor, log):
    answer = visitor.open(path, method=method)
    (line,) = log.requests()
    assert (line["template"], line["status"]) == (template, answer.status_code)
    assert not any(word in text for word in FORBIDDEN for text in log.text)


def test_what_is_typed_stays_out(app, amina, visitor, log):
    for path in ("/sign-in", "/register", "/reset"):
        visitor.post(
            path, data={"email": "amina@example.org", "password": "secret-of-a-link", "name_latin": "Issoufou"}
        )
    assert len(log.requests()) == 3
    assert not any(word in text for word in FORBIDDEN for text in log.text)


def test_what_the_database_repeats_stays_out(app, amina, log):
    """PostgreSQL repeats values of a refused row, SQLAlchemy the parameters of a statement."""
    name, email = amina.name_latin, str(amina.email)
    db.session.commit()
    try:
        with app.app_context(), unit_of_work():
            make.user(name, email=email)
    except Exception:
        logging.getLogger("elearn.test").exception("as when a request of %s fails", email)
    (line,) = log.lines
    assert "IntegrityError" in line["failure"] and "INSERT INTO" in line["failure"]
    assert not any(word in text for word in FORBIDDEN for text in log.text)


def test_a_failing_row_stays_out(app, amina, log):
    db.session.commit()
    try:
        with app.app_context(), unit_of_work():
            db.session.execute(text("UPDATE \"user\" SET lang = NULL, name_latin = 'Issoufou'"))
    except Exception:
        logging.getLogger("elearn.test").exception("refused")
    assert "IntegrityError" in log.lines[0]["failure"]
    assert "Failing row contains" not in log.text[0]


def test_a_link_in_any_line_loses_its_secret(app, log):
    logging.getLogger("elearn.test").warning(
        "sent %s", "https://academy.example.org/reset/secret-of-a-link", extra={"address": "/confirm/secret-of-a-link."}
    )
    (line,) = log.lines
    assert line["message"] == "sent https://academy.example.org/reset/<token>"
    assert line["address"] == "/confirm/<token>"


def test_a_failure_is_one_line_that_names_the_request(app, visitor, log, monkeypatch):
    monkeypatch.setitem(app.view_functions, "home.privacy", _fail)
    answer = visitor.get("/privacy")
    failure, request = log.lines
    assert answer.status_code == request["status"] == 500
    assert failure["request_id"] == request["request_id"] == answer.headers["X-Request-Id"]
    assert failure["level"] == "error" and "ZeroDivisionError" in failure["failure"]
    assert request["request_id"] in answer.text


def _fail() -> None:
    raise ZeroDivisionError("one@example.org")


_fail.access = PUBLIC  # type: ignore[attr-defined]


@pytest.mark.one_database
def test_machines_that_only_ask_how_it_goes_leave_no_lines(visitor, log):
    for path in ("/healthz", "/readyz", "/static/css/site.css"):
        assert visitor.get(path).status_code == 200
    assert log.lines == []
    visitor.get("/metrics")
    assert log.requests()[0]["status"] == 404


@pytest.mark.one_database
def test_a_commit_that_fails_is_counted_once_and_as_what_was_answered(app, amina, browser, log, monkeypatch):
    page = browser(amina)

    def full(*_: object) -> None:
        if has_request_context():
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("elearn.core.db.Session.commit", full)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = page.post("/language", data={"lang": "fr"}, headers={"Origin": app.config["BASE_URL"]})
    monkeypatch.undo()
    assert answer.status_code == 503
    assert [line["status"] for line in log.requests()] == [503]


@pytest.mark.one_database
def test_a_demonstration_speaks_plainly(visitor, plain_log, app, monkeypatch):
    answer = visitor.get("/courses/")
    (line,) = plain_log.text
    assert "GET /courses/ 200 in " in line and line.endswith(f"statements ({answer.headers['X-Request-Id']})")


@pytest.mark.one_database
def test_text_in_any_language_stays_in_one_line(log):
    logging.getLogger("elearn.test").warning("first\nsecond أمينة \u2028")
    assert len(log.text) == 1 and "\n" not in log.text[0] and "أمينة" in log.text[0]


@pytest.mark.one_database
def test_both_ways_are_configurations_that_logging_takes():
    for readable in (True, False):
        logging.config.DictConfigurator(logs.configuration(readable=readable))


def test_tokens_have_their_rules_hidden(app):
    """Whatever page takes a token: see Token."""
    assert Token.__tablename__ == "token"
    with_tokens = [rule.rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert with_tokens
    for rule in with_tokens:
        assert logs.scrub(rule.replace("<token>", "secret-of-a-link")) == rule
