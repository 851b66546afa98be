"""Keyset pages: no row twice and none lost, at the same cost anywhere, whatever somebody writes into the address."""

import base64
import datetime as dt
import json

import pytest
from sqlalchemy import select
from werkzeug.exceptions import BadRequest

from elearn.core import clock
from elearn.core.db import db
from elearn.core.models import Job, JobState
from elearn.core.paging import COUNT_CAP, count_words, page_of

START = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


@pytest.fixture
def jobs(app) -> None:
    """Twenty-three jobs, several of them due at the same moment, of kinds in three scripts."""
    for number in range(23):
        moment = START + dt.timedelta(minutes=number // 4)
        kind = ("b", "a'\"", "ع")[number % 3]
        db.session.add(
            Job(kind=kind, key=str(number), args={}, state=JobState.QUEUED, run_at=moment, created_at=clock.now())
        )
    db.session.flush()


def page(app, after: str = "", keys=(Job.run_at, Job.id), **more):
    with app.test_request_context("/", query_string={"after": after} if after else None):
        return page_of(select(Job.key, *keys), list(keys), row=lambda row: row[0], **more)


@pytest.mark.parametrize("keys", [(Job.id,), (Job.run_at, Job.id), (Job.kind, Job.id), (Job.kind, Job.run_at, Job.id)])
@pytest.mark.parametrize("descending", [False, True])
def test_going_through_the_pages_meets_every_row_once_in_order(app, jobs, keys, descending):
    order = [key.desc() if descending else key for key in keys]
    wanted = list(db.session.scalars(select(Job.key).order_by(*order)))
    seen, after, pages = [], "", 0
    while True:
        found = page(app, after, keys, size=5, descending=descending)
        assert found.has_previous is bool(after)
        seen += found.items
        pages += 1
        after = found.after
        if not after:
            break
    assert seen == wanted
    assert pages == 5


def test_the_last_page_has_no_next_even_when_it_is_full(app, jobs):
    assert page(app, size=23).after == ""
    assert page(app, size=22).after != ""


def test_a_row_that_comes_in_before_the_page_shifts_nothing(app, jobs):
    first = page(app, size=5)
    db.session.add(
        Job(kind="b", key="early", args={}, state=JobState.QUEUED, run_at=START - dt.timedelta(1), created_at=START)
    )
    db.session.flush()
    second = page(app, first.after, size=5)
    assert not set(first.items) & set(second.items)
    assert "early" not in second.items


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


AT = {"at": START.isoformat()}
NASTY = [
    "x",
    "!!!!",
    "ع",
    "AAAA",
    cursor(None),
    cursor({}),
    cursor("ab"),
    cursor(7),
    cursor([]),
    cursor([AT]),
    cursor([AT, 1, 2]),
    cursor([AT, "1"]),
    cursor([AT, True]),
    cursor([AT, 1.5]),
    cursor([AT, None]),
    cursor([AT, [1]]),
    cursor([AT, 10**30]),
    cursor([AT, -(10**30)]),
    cursor([1, 1]),
    cursor(["2026", 1]),
    cursor([{"at": "yesterday"}, 1]),
    cursor([{"at": 7}, 1]),
    cursor([{"at": "2026-11-21T12:00:00"}, 1]),
    cursor([{"at": "0001-01-01T00:00:00+14:00"}, 1]),
    cursor([{"on": "2026"}, 1]),
    "W" * 5000,
    base64.urlsafe_b64encode(b"[" * 1400).decode(),
    base64.urlsafe_b64encode(b'[{"at":"2026-11-21T12:00:00+00:00"},NaN]').decode(),
]


@pytest.mark.parametrize("after", NASTY)
def test_a_made_up_cursor_is_a_bad_request(app, after):
    with pytest.raises(BadRequest):
        page(app, after)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_so_is_text_that_no_database_takes(app, text):
    with pytest.raises(BadRequest):
        page(app, cursor([text, 1]), (Job.kind, Job.id))


@pytest.mark.parametrize("text", ["", "'; DROP TABLE job; --", "ع", "x" * 500])
def test_any_other_text_is_a_place_in_the_list(app, jobs, text):
    page(app, cursor([text, 1]), (Job.kind, Job.id))


def test_people_get_the_page_for_bad_requests(dawit, browser):
    answer = browser(dawit).get("/manage/people?after=x")
    assert answer.status_code == 400


def test_a_cursor_tells_no_more_than_its_keys(app, jobs):
    packed = page(app, size=5).after
    assert json.loads(base64.urlsafe_b64decode(packed + "==")) == [
        {"at": AT["at"].replace(":00:", ":01:", 1)},
        ids()[4],
    ]


def ids() -> list[int]:
    return list(db.session.scalars(select(Job.id).order_by(Job.id)))


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (COUNT_CAP, "10,000"), (COUNT_CAP + 1, "more than 10,000"), (9999, "9,999")]
)
def test_counts_stop_at_a_number_that_is_large_enough(app, count, words):
    with app.test_request_context("/"):
        assert count_words(count) == words
