"""Whether an offering takes people now."""

import datetime as dt

import pytest

from elearn.programmes.rules import Closed, closed_because

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
OPEN = {"running": True, "opens_at": None, "closes_at": None, "seats": None, "taken": 10_000, "now": NOW}


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({}, None),
        ({"running": False}, Closed.ENDED),
        ({"opens_at": NOW}, None),
        ({"opens_at": NOW + HOUR}, Closed.NOT_OPEN_YET),
        ({"closes_at": NOW}, Closed.OVER),
        ({"closes_at": NOW + HOUR}, None),
        ({"opens_at": NOW - HOUR, "closes_at": NOW + HOUR}, None),
        ({"seats": 10, "taken": 9}, None),
        ({"seats": 10, "taken": 10}, Closed.FULL),
        ({"seats": 0, "taken": 0}, Closed.FULL),
        ({"seats": 10, "taken": 10, "running": False}, Closed.ENDED),
    ],
)
def test_it_is_open_unless_something_closes_it(changes, because):
    assert closed_because(**(OPEN | changes)) == because
