"""Pure decisions about progress, what is open, and completion."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.filestep import FILE_STEP
from elearn.catalogue.source import compile
from elearn.learning.rules import Closed, Opening, Tally, better, closed_steps, completed
from tests.support import ruled_course
from tests.support.small_course import KINDS

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("old", "new", "kept"), [(None, None, None), (None, 0, 0), (50, None, 50), (50, 60, 60), (60, 50, 60), (0, 0, 0)]
)
def test_the_best_score_is_kept(old, new, kept):
    assert better(old, new) == kept


@pytest.mark.parametrize(
    ("required", "done", "is_completed"),
    [
        ([1, 2], [1], False),
        ([1, 2], [2, 1], True),
        ([1, 2], [1, 2, 3], True),
        ([], [], False),
        ([], [1, 2], False),
    ],
)
def test_every_required_step_completes_and_nothing_else(required, done, is_completed):
    assert completed(required, done) is is_completed


@pytest.mark.parametrize(
    ("required", "done", "optional", "needed", "is_completed"),
    [
        ([1], [1], [2, 3], 1, False),
        ([1], [1, 2], [2, 3], 1, True),
        ([1], [2, 3], [2, 3], 2, False),
        ([], [2], [2, 3], 1, True),
        ([], [], [2, 3], 1, False),
        ([1], [1, 9], [2, 3], 1, False),
    ],
)
def test_so_many_of_the_optional_ones_may_be_needed(required, done, optional, needed, is_completed):
    assert completed(required, done, optional, needed) is is_completed


@given(st.sets(st.integers(), min_size=1), st.sets(st.integers()))
def test_doing_more_never_undoes_a_completion(required, more):
    assert completed(required, required | more)


@pytest.mark.parametrize(
    ("done", "total", "eighths"), [(0, 7, 0), (3, 7, 3), (6, 7, 6), (7, 7, 8), (1, 9, 0), (8, 9, 7), (0, 0, 0)]
)
def test_the_star_is_full_only_at_the_end(done, total, eighths):
    assert Tally(done, total).eighths == eighths


# What is open


@dataclass(frozen=True)
class Node:
    """A step as the rules see it; its identity is its place."""

    step_id: int
    key: str
    required: bool = True
    after: tuple[str, ...] = ()
    release_after: int | None = None


def closed(steps: Sequence[Node], done: set[int], *, ordered: bool = False, days: int = 0) -> Mapping[str, Closed]:
    return closed_steps(steps, ordered=ordered, done=done, opening=Opening(NOW - dt.timedelta(days=days)), now=NOW)


A, B, C, D = Node(1, "a"), Node(2, "b"), Node(3, "c", required=False), Node(4, "d")


def test_in_a_free_course_everything_is_open():
    assert closed([A, B, C, D], set()) == {}


def test_in_an_ordered_course_a_required_step_waits_for_the_required_ones_before_it():
    assert closed([A, B, C, D], set(), ordered=True) == {"b": Closed(("a",)), "d": Closed(("a",))}
    assert closed([A, B, C, D], {1}, ordered=True) == {"d": Closed(("b",))}
    assert closed([A, B, C, D], {1, 2}, ordered=True) == {}
    assert closed([A, B, C, D], {2, 3}, ordered=True) == {"d": Closed(("a",))}


def test_what_comes_first_is_named_in_the_order_of_the_course():
    last = Node(5, "e", after=("d", "a"))
    assert closed([A, B, C, D, last], set())["e"] == Closed(("a", "d"))
    assert closed([A, B, C, D, last], {1})["e"] == Closed(("d",))
    assert closed([A, B, C, D, last], {1, 4}) == {}


def test_an_optional_step_may_have_to_be_done_first():
    assert closed([A, C, Node(4, "d", after=("c",))], {1}) == {"d": Closed(("c",))}


@pytest.mark.parametrize(("days", "opens"), [(0, 7), (6, 1), (7, None), (8, None)])
def test_days_are_counted_from_the_opening(days, opens):
    moment = NOW + dt.timedelta(days=opens) if opens else None
    assert closed([Node(1, "a", release_after=7)], set(), days=days) == ({"a": Closed((), moment)} if moment else {})


def test_a_step_may_wait_for_both():
    both = Node(2, "b", after=("a",), release_after=7)
    assert closed([A, both], set()) == {"b": Closed(("a",), NOW + dt.timedelta(days=7))}
    assert closed([A, both], {1}) == {"b": Closed((), NOW + dt.timedelta(days=7))}
    assert closed([A, both], set(), days=9) == {"b": Closed(("a",))}


def test_what_is_done_stays_open_whatever_a_version_asks_for():
    later = [Node(1, "a"), Node(2, "b", after=("a",), release_after=30)]
    assert closed(later, {2}, ordered=True) == {}


@pytest.mark.parametrize(
    ("zone", "at", "days", "opens"),
    [
        ("UTC", "2026-10-20T07:00", 7, "2026-10-27T07:00"),
        ("Europe/Paris", "2026-10-20T07:00", 7, "2026-10-27T08:00"),  # nine o'clock there, before and after the change
        ("Asia/Jakarta", "2026-10-20T02:00", 7, "2026-10-27T02:00"),
    ],
)
def test_days_keep_the_hour_of_the_offerings_own_clock(zone, at, days, opens):
    opening = Opening(dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC), zone)
    assert opening.later(days) == dt.datetime.fromisoformat(opens).replace(tzinfo=dt.UTC)


def test_no_number_of_days_leads_out_of_the_calendar():
    assert Opening(NOW).later(10**9).year == NOW.year + 100


@st.composite
def courses(draw: Any) -> tuple[list[Node], bool]:
    """Steps that wait for others without going round in circles, in any order of the list."""
    count, ordered = draw(st.integers(1, 9)), draw(st.booleans())
    keys = [f"s{number}" for number in range(count)]
    sooner = keys if ordered else draw(st.permutations(keys))
    nodes = {}
    for place, key in enumerate(sooner):
        nodes[key] = Node(
            step_id=keys.index(key),
            key=key,
            required=draw(st.booleans()),
            after=tuple(draw(st.sets(st.sampled_from(sooner[:place]), max_size=3))) if place else (),
            release_after=draw(st.none() | st.integers(0, 20)),
        )
    return [nodes[key] for key in keys], ordered


@given(courses(), st.data())
def test_nothing_opens_before_what_it_waits_for_and_everything_opens_in_the_end(course, data):
    """Whatever is done in whichever order: each step that can be done had all before it done and its day come."""
    steps, ordered = course
    done: set[int] = set()
    day = 0
    while len(done) < len(steps):
        shut = closed(steps, done, ordered=ordered, days=day)
        choice = [step for step in steps if step.key not in shut and step.step_id not in done]
        if not choice or (day < 20 and data.draw(st.booleans())):
            assert day < 20, (shut, done)  # otherwise somebody is stuck
            day += 1
            continue
        step = data.draw(st.sampled_from(choice))
        finished = {one.key for one in steps if one.step_id in done}
        assert set(step.after) <= finished
        assert step.release_after is None or step.release_after <= day
        if ordered and step.required:
            assert {one.key for one in steps if one.required and one.step_id < step.step_id} <= finished
        done.add(step.step_id)
        for key, why in closed(steps, done, ordered=ordered, days=day).items():
            assert why.first or why.opens
            assert not {one.step_id for one in steps if one.key in (*why.first, key)} & done


PLACES = st.sets(st.integers(0, 4), max_size=2)


@settings(deadline=None, max_examples=60)
@given(st.booleans(), st.lists(PLACES, min_size=5, max_size=5), st.sets(st.integers(0, 4)))
def test_a_course_that_compiles_can_be_finished(ordered, waits, optional):
    """Whatever a writer puts into `order`, `after` and `required`: the compiler refuses it, or it can be done."""
    keys = [f"s{number}" for number in range(5)]
    lines = {
        key: f"{{id: {key}, kind: lesson, minutes: 5, after: [{', '.join(keys[one] for one in sorted(waits[place]))}]"
        f"{', required: false' if place in optional else ''}}}".replace(", after: []", "")
        for place, key in enumerate(keys)
    }
    files = {
        "course.yaml": ruled_course.COURSE.replace("completion: {result: the-check}\n", "").encode()
        + (b"order: ordered\n" if ordered else b""),
        ruled_course.MODULE: ruled_course.module(lines),
        **{f"01-only/{key}/lesson.en.md": ruled_course.lesson("A lesson") for key in keys},
    }
    compiled = compile(files, {**KINDS, FILE_STEP.name: FILE_STEP})
    if not isinstance(compiled, CompiledCourse):
        assert all("after" in str(problem) or "wait" in str(problem) for problem in compiled), compiled
        return
    steps = [Node(one.position, one.key, one.required, one.after, one.release_after) for one in compiled.steps]
    done: set[int] = set()
    for _ in steps:
        shut = closed(steps, done, ordered=compiled.order == "ordered")
        done |= {one.step_id for one in steps if one.key not in shut}
    assert len(done) == len(steps)
