"""The one clock: every time the application knows is UTC and comes from here."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_frozen: ContextVar[dt.datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or dt.datetime.now(dt.UTC)


def not_before(earlier: dt.datetime) -> dt.datetime:
    """The present moment, for what follows upon something: the clock may have been set back since that happened."""
    return max(now(), earlier)


@contextmanager
def frozen(at: dt.datetime) -> Iterator[None]:
    """Let the clock stand still at `at` (aware) inside the block, in this thread."""
    token = _frozen.set(at.astimezone(dt.UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
