"""The log: JSON lines on stderr in production, plain lines in a demonstration; never names, addresses or secrets.

A request is told by the rule of its address, so that what stands in it stays out. What a library says may hold
anything: values that a database repeats, e-mail addresses and the secrets of our links are taken out of every line.
"""

import datetime as dt
import json
import logging
import logging.config
import re
from typing import Any

from flask import Flask, g, has_request_context

from elearn.core import measuring
from elearn.core.access import Person
from elearn.core.measuring import Measured

requests = logging.getLogger("elearn.request")
# Asked every few seconds by machines, and worth a line only when something is wrong.
QUIET = frozenset({"static", "home.healthz", "home.readyz", "home.metrics"})
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_SECRETS = [
    (re.compile(r"[^\s@<>\"'(){},;:=]+@[^\s@<>\"'(){},;:=]+\.[^\s@<>\"'(){},;:=]+"), "<e-mail>"),
    # PostgreSQL repeats the values of a row that it refuses.
    (re.compile(r"^(\s*(?:DETAIL|CONTEXT)):.*$", re.MULTILINE), r"\1: <left out>"),
]


def init_app(app: Flask) -> None:
    """Tests keep the log as their runner set it up."""
    hide_links(app)
    if not app.testing:
        logging.config.dictConfig(configuration(readable=app.config["DEMONSTRATION"]))
        logging.raiseExceptions = False  # a line for which the disk has no room is lost, without words between others
        logging.captureWarnings(True)


def hide_links(app: Flask) -> None:
    """Leave out of every line what follows `/confirm/`, `/reset/` and whatever else takes a token."""
    prefixes = {rule.rule.partition("<")[0] for rule in app.url_map.iter_rules() if "token" in rule.arguments}
    if prefixes:
        links = re.compile(rf"({'|'.join(map(re.escape, sorted(prefixes)))})[^\s/\"'<>]+")
        _SECRETS[2:] = [(links, r"\1<token>")]


def configuration(*, readable: bool) -> dict[str, Any]:
    """For logging.config: the application's log, and gunicorn's in the same form."""
    formatter = "elearn.core.logs.PlainLines" if readable else "elearn.core.logs.JsonLines"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            "elearn": {"level": "INFO"},
            "gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
        },
    }


@measuring.on_request
def note(measured: Measured) -> None:
    """One line for each request."""
    if measured.endpoint in QUIET and measured.status < 400:
        return
    requests.info(
        "%s %s %d",
        measured.method,
        measured.template or "(no such page)",
        measured.status,
        extra={
            "method": measured.method,
            "template": measured.template,
            "endpoint": measured.endpoint,
            "status": measured.status,
            "milliseconds": round(measured.seconds * 1000, 1),
            "statements": measured.statements,
            **_refused(measured),
        },
    )


def _refused(measured: Measured) -> dict[str, int]:
    """Who tried what they may not do, by the number of the account."""
    person = g.get("_login_user") if 400 <= measured.status < 500 else None
    return {"account": person.id} if isinstance(person, Person) else {}


def scrub(text: str) -> str:
    """The text without what nobody may read in a log."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class _Lines(logging.Formatter):
    def failure(self, record: logging.LogRecord) -> str:
        return scrub(self.formatException(record.exc_info)) if record.exc_info else ""

    @staticmethod
    def further(record: logging.LogRecord) -> dict[str, Any]:
        """What the line brings beside its text, and which request it belongs to."""
        values = {
            name: scrub(value) if isinstance(value, str) else value
            for name, value in vars(record).items()
            if name not in _STANDARD and isinstance(value, (str, int, float, bool))
        }
        if has_request_context() and g.get("request_id"):
            values["request_id"] = g.request_id
        return values


class JsonLines(_Lines):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrub(record.getMessage()),
            **self.further(record),
        }
        if failure := self.failure(record):
            line["failure"] = failure
        return json.dumps(line, ensure_ascii=False)


class PlainLines(_Lines):
    """A record for somebody who watches."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{dt.datetime.fromtimestamp(record.created, dt.UTC):%H:%M:%S} {scrub(record.getMessage())}"
        values = self.further(record)
        if record.name == requests.name:
            line += f" in {values['milliseconds']} ms, {values['statements']} statements"
        elif record.levelno >= logging.WARNING:
            line = f"{line} [{record.levelname.lower()} {record.name}]"
        if "request_id" in values:
            line += f" ({values['request_id']})"
        failure = self.failure(record)
        return f"{line}\n{failure}" if failure else line
