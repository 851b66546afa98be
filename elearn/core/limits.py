"""How often something may be done in a while: events counted per person, mailbox or network address.

Counted before it is tried, each in a transaction of its own, so that a hundred tries at the same moment are a hundred.
Keys are keyed hashes: the table names nobody and no address.
"""

import datetime as dt
import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request
from sqlalchemy import delete, func, select

from elearn.core import clock
from elearn.core.db import apart, db, reading
from elearn.core.models import CountedEvent

LONGEST = dt.timedelta(days=1)  # then events are forgotten


@dataclass(frozen=True)
class Limit:
    """At most this many of a kind under one key within this time."""

    kind: str
    most: int
    within: dt.timedelta

    def __post_init__(self) -> None:
        if self.within > LONGEST:
            raise ValueError("events are not kept that long")


Counted = tuple[Limit, str]  # what is counted, and under which key


def key(*parts: str) -> str:
    """What is counted under: says nothing without the site's secret."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


def network() -> str:
    """Where the request comes from: an IPv4 address, or the /64 of IPv6 from which one house chooses at will."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def reached(*counted: Counted) -> bool:
    """Whether one of them has been done as often as it may."""
    return _any(counted, beyond=0)


def note(*counted: Counted) -> list[int]:
    """Count each once more, in the present transaction; returns what `give_back` takes."""
    events = [CountedEvent(kind=limit.kind, key=key, at=clock.now()) for limit, key in counted]
    db.session.add_all(events)
    db.session.flush()
    return [event.id for event in events]


def take(*counted: Counted) -> list[int] | None:
    """Count each once more, at once and for good; None, and nothing counted, when one of them is exhausted.

    Everybody's own event is there before anybody looks how many there are: however many come at the same moment, no
    more than the limit get through. To be called before the request writes.
    """
    with reading():
        if reached(*counted):
            return None
    with apart():
        taken = note(*counted)
    with reading():
        too_many = _any(counted, beyond=1)
    if too_many:
        with apart():
            give_back(taken)
        return None
    return taken


def give_back(taken: Sequence[int]) -> None:
    """Count these no longer, in the present transaction."""
    db.session.execute(delete(CountedEvent).where(CountedEvent.id.in_(taken)))


def forget(*counted: Counted) -> None:
    """Begin again from nothing, in the present transaction."""
    for limit, key in counted:
        db.session.execute(delete(CountedEvent).where(CountedEvent.kind == limit.kind, CountedEvent.key == key))


def _any(counted: Sequence[Counted], *, beyond: int) -> bool:
    """Whether there are as many events of one limit as it allows, or so many beyond that. One statement."""
    moment = clock.now()
    numbers = [
        select(func.count())
        # Not what lies further ahead than the limit reaches back: that was counted before the clock was set back.
        .where(CountedEvent.at > moment - limit.within, CountedEvent.at < moment + limit.within)
        .where(CountedEvent.kind == limit.kind, CountedEvent.key == key)
        .scalar_subquery()
        for limit, key in counted
    ]
    found = db.session.execute(select(*numbers)).one()
    return any(number >= limit.most + beyond for number, (limit, _key) in zip(found, counted, strict=True))
