"""What each request took: its endpoint, status, time and SQL statements, told once it is over to whoever asked."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, has_app_context, request, request_finished, request_started
from sqlalchemy import event

from elearn.core.db import db

log = logging.getLogger(__name__)
FRAMES = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")  # not questions


@dataclass(frozen=True)
class Measured:
    """A request that is over. `template` is the rule of its address: what stood in its place may be a secret."""

    endpoint: str  # empty where there is no such page
    method: str
    template: str
    status: int
    seconds: float
    statements: int
    request_id: str


_listeners: list[Callable[[Measured], object]] = []


def on_request(listener: Callable[[Measured], object]) -> Callable[[Measured], object]:
    """Register what is told of every request."""
    _listeners.append(listener)
    return listener


def init_app(app: Flask) -> None:
    # Signals, not before_request and after_request: they stand around all of those, the commit among them.
    request_started.connect(_begin, app)
    request_finished.connect(_end, app)
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "before_cursor_execute", _count)


def _begin(_app: Flask, **_: Any) -> None:
    g.began = time.perf_counter()


def _count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if has_app_context() and not statement.startswith(FRAMES):
        g.statements = g.get("statements", 0) + 1


def _end(_app: Flask, response: Response, **_: Any) -> None:
    rule = request.url_rule
    measured = Measured(
        endpoint=request.endpoint or "",
        method=request.method,
        template=rule.rule if rule is not None else "",
        status=response.status_code,
        seconds=time.perf_counter() - g.get("began", time.perf_counter()),
        statements=g.get("statements", 0),
        request_id=g.get("request_id", ""),
    )
    for listener in _listeners:
        try:
            listener(measured)
        except Exception:  # the answer is made and what it says is stored: it must not become a failure here
            log.exception("a request could not be noted")
