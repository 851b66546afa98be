"""Each domain's part in a person's rights: what it keeps of them, what it gives out, and what it erases.

Whatever a table says about a person is named in a holding of the domain that owns the table; a test compares the
holdings with the tables, and the pages that tell people what is kept are written from them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select
from sqlalchemy.orm import InstrumentedAttribute

from elearn.core.db import db

PORTION = 500


class Fate(StrEnum):
    """What becomes of something when its person is erased."""

    ERASED = "erased"
    NAMELESS = "nameless"  # it stays, and nothing in it says who it was


@dataclass(frozen=True)
class Holding:
    """Something kept about a person: what, why, and in which tables (`table`, or `table.column` of a shared one).

    `rule` names the rule of core.retention that deletes it by the clock, where there is one.
    """

    what: object
    why: object
    tables: tuple[str, ...]
    fate: Fate
    rule: str = ""


@dataclass(frozen=True)
class Part:
    """What one domain does: `export(user_id)` returns JSON, `erase(user_id)` works in the present transaction.

    In what `export` returns, the values of a mapping may be iterators: their items are written one by one.
    `files(user_id)` gives further files by name; it is called outside any transaction.
    """

    domain: str
    export: Callable[[int], Any]
    erase: Callable[[int], None]
    holdings: tuple[Holding, ...] = ()
    files: Callable[[int], Iterable[tuple[str, bytes]]] = lambda _user_id: ()


_parts: dict[str, Part] = {}


def register(
    domain: str,
    *,
    export: Callable[[int], Any],
    erase: Callable[[int], None],
    holdings: Iterable[Holding] = (),
    files: Callable[[int], Iterable[tuple[str, bytes]]] = lambda _user_id: (),
) -> None:
    """Take part. Called once by each domain that keeps something about a person."""
    _parts[domain] = Part(domain, export, erase, tuple(holdings), files)


def parts() -> tuple[Part, ...]:
    """Every domain's part, in a stable order."""
    return tuple(_parts[name] for name in sorted(_parts))


def holdings() -> tuple[Holding, ...]:
    """Everything that is kept about a person, domain by domain."""
    return tuple(holding for part in parts() for holding in part.holdings)


def erase(user_id: int) -> None:
    """Let every domain erase its part, in the present transaction. Safe to repeat."""
    for part in parts():
        part.erase(user_id)
    db.session.flush()


def in_portions(found: Select[*tuple[Any, ...]], key: InstrumentedAttribute[int]) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows of a select whose first column is `key`, in its order, some hundred at a time."""
    after = 0
    while rows := db.session.execute(found.where(key > after).order_by(key).limit(PORTION)).all():
        yield from rows
        after = rows[-1][0]
