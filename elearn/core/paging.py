"""Keyset pages: the next page begins after the last row of this one, so the cost does not grow with the table."""

import base64
import datetime as dt
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import abort, request
from flask_babel import format_decimal, gettext
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from elearn.core.db import db

Item = TypeVar("Item")
COUNT_CAP = 10_000
LONGEST_CURSOR = 2000
BIGGEST = 2**63 - 1


def count_words(count: int) -> str:
    """A count that stopped after COUNT_CAP, in words."""
    most = gettext("more than %(count)s", count=format_decimal(COUNT_CAP))
    return str(most if count > COUNT_CAP else format_decimal(count))


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Rows of one page, and the cursors of its neighbours ('' when there is none)."""

    items: Sequence[Item]
    after: str
    has_previous: bool


def page_of(
    select: Select[*tuple[Any, ...]],
    keys: Sequence[InstrumentedAttribute[Any] | ColumnElement[Any]],
    *,
    size: int = 50,
    descending: bool = False,
    row: Callable[[Any], Any] = lambda found: found,
) -> Page[Any]:
    """One page of a select, by `?after=`. `keys` is the sort, ending in a unique column, and must be selected last.

    The select's rows are tuples whose last len(keys) columns are the keys, all NOT NULL.
    """
    cursor = request.args.get("after", "")
    order = [key.desc() if descending else key.asc() for key in keys]
    if cursor:
        bound = tuple_(*(literal(value, key.type) for value, key in zip(_decode(cursor, keys), keys, strict=True)))
        place = tuple_(*keys)
        select = select.where(place < bound if descending else place > bound)
    rows = db.session.execute(select.order_by(*order).limit(size + 1)).all()
    after = _encode(rows[size - 1][-len(keys) :]) if len(rows) > size else ""
    return Page([row(found) for found in rows[:size]], after, bool(cursor))


def _encode(values: Sequence[Any]) -> str:
    plain = [{"at": v.isoformat()} if isinstance(v, dt.datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _decode(cursor: str, keys: Sequence[Any]) -> list[Any]:
    """The values of a cursor, which anybody can have made up: 400 unless they fit the keys."""
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_fitting(value, key.type.python_type) for value, key in zip(plain, keys, strict=True)]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        abort(400)


def _fitting(value: Any, kind: type) -> Any:
    if kind is dt.datetime:
        value = dt.datetime.fromisoformat(value["at"])
        value.astimezone(dt.UTC)  # OverflowError at the edge of the calendar
        if value.tzinfo is None:
            raise ValueError
    elif kind is str:
        value.encode()  # half a character does not
        if "\0" in value:
            raise ValueError
    elif kind is float:
        value = float(value)
        if not math.isfinite(value):
            raise ValueError
    elif not -BIGGEST <= value <= BIGGEST:
        raise ValueError
    if type(value) is not kind:  # not isinstance: True is no number here
        raise ValueError
    return value
