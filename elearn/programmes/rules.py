"""Pure decisions about offerings."""

import datetime as dt
from enum import StrEnum


class Closed(StrEnum):
    """Why nobody can enrol now."""

    NOT_OPEN_YET = "not_open_yet"
    OVER = "over"
    ENDED = "ended"
    FULL = "full"


def closed_because(
    *,
    running: bool,
    opens_at: dt.datetime | None,
    closes_at: dt.datetime | None,
    seats: int | None,
    taken: int,
    now: dt.datetime,
) -> Closed | None:
    """None when one may enrol."""
    if not running:
        return Closed.ENDED
    if opens_at is not None and now < opens_at:
        return Closed.NOT_OPEN_YET
    if closes_at is not None and now >= closes_at:
        return Closed.OVER
    if seats is not None and taken >= seats:
        return Closed.FULL
    return None
