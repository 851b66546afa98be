"""The decisions of assessment, as tables of values and as properties."""

import datetime as dt
import os
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.assessment import rules
from elearn.assessment.rules import Marked, Score

pytestmark = pytest.mark.one_database

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("taken", "limit", "extra", "number"),
    [(0, 3, 0, 1), (2, 3, 0, 3), (3, 3, 0, None), (3, 3, 1, 4), (4, 3, 1, None), (99, None, 0, 100), (5, 3, 0, None)],
)
def test_the_number_of_the_next_attempt(taken: int, limit: int | None, extra: int, number: int | None) -> None:
    assert rules.next_attempt_number(taken, rules.allowed_attempts(limit, extra)) == number


@pytest.mark.parametrize(
    ("minutes", "extra", "until"),
    [(45, 0, NOON + dt.timedelta(minutes=45)), (45, 900, NOON + dt.timedelta(minutes=60)), (None, 900, None)],
)
def test_the_deadline(minutes: int | None, extra: int, until: dt.datetime | None) -> None:
    assert rules.deadline(NOON, minutes, extra) == until


def test_an_answer_counts_until_the_grace_has_passed() -> None:
    assert rules.in_time(NOON, None)
    assert rules.in_time(NOON + rules.GRACE, NOON)
    assert not rules.in_time(NOON + rules.GRACE + dt.timedelta(microseconds=1), NOON)


KEYS = st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True), min_size=1, max_size=40, unique=True)


@given(KEYS, st.text(max_size=32), st.integers(1, 50), st.booleans())
def test_a_draw_holds_what_it_should(keys: list[str], seed: str, draw: int, shuffle: bool) -> None:
    drawn = rules.drawn(keys, seed=seed, draw=draw, shuffle=shuffle)
    assert len(drawn) == min(draw, len(keys)) == len(set(drawn))
    assert set(drawn) <= set(keys)
    assert drawn == rules.drawn(keys, seed=seed, draw=draw, shuffle=shuffle)
    if not shuffle:
        assert list(drawn) == [key for key in keys if key in drawn]


@given(KEYS, st.text(max_size=32), st.randoms())
def test_the_order_depends_on_the_seed_alone(keys: list[str], seed: str, chance: object) -> None:
    other = list(keys)
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert rules.shuffled(keys, seed) == rules.shuffled(other, seed)
    assert sorted(rules.shuffled(keys, seed)) == sorted(keys)


def test_everything_is_asked_without_a_draw() -> None:
    assert rules.drawn(("a", "b", "c"), seed="x", draw=None, shuffle=False) == ("a", "b", "c")


def test_every_order_and_every_item_comes_up() -> None:
    orders = {rules.shuffled("abc", str(seed)) for seed in range(200)}
    assert len(orders) == 6
    firsts = [rules.drawn("abcdef", seed=str(seed), draw=1, shuffle=False)[0] for seed in range(600)]
    assert all(60 <= firsts.count(key) <= 140 for key in "abcdef")


def test_the_draw_is_the_same_in_another_process() -> None:
    code = "from elearn.assessment import rules; print(*rules.drawn('abcdefghij', seed='7f', draw=6, shuffle=True))"
    expected = " ".join(rules.drawn("abcdefghij", seed="7f", draw=6, shuffle=True))
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        assert done.stdout.strip() == expected


def marked(share: str | None, points: str = "1", **more: object) -> Marked:
    return Marked("q", Fraction(points), None if share is None else Fraction(share), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("right", "of", "percent", "passes"),
    [
        (7, 10, 70, True),
        (69, 100, 69, False),
        (2, 3, 66, False),
        (139, 200, 69, False),
        (14, 20, 70, True),
        (0, 5, 0, False),
    ],
)
def test_what_is_shown_never_contradicts_the_pass_mark(right: int, of: int, percent: int, passes: bool) -> None:
    score = Score(Fraction(right), Fraction(of))
    assert (score.percent, score.passes(70)) == (percent, passes)
    assert (score.percent >= 70) is passes


def test_no_float_stands_between_a_trainee_and_the_pass_mark() -> None:
    score = rules.score([marked("1", "0.1") for _ in range(7)] + [marked("0", "0.1") for _ in range(3)])
    assert score.percent == 70 and score.passes(70)


def test_a_quiz_of_nothing_is_not_passed_but_handed_in() -> None:
    assert Score(Fraction(0), Fraction(0)).percent == 0
    assert not Score(Fraction(0), Fraction(0)).passes(70)
    assert Score(Fraction(0), Fraction(5)).passes(None)


@given(st.lists(st.tuples(st.fractions(0, 1), st.integers(1, 10)), min_size=1, max_size=30), st.integers(1, 100))
def test_scores(items: list[tuple[Fraction, int]], mark: int) -> None:
    score = rules.score([Marked("q", Fraction(points), share) for share, points in items])
    assert 0 <= score.earned <= score.possible
    assert 0 <= score.percent <= 100
    assert score.passes(mark) == (score.percent >= mark)
    assert (score.percent == 100) == all(share == 1 for share, _ in items)


def test_an_unmarked_item_waits_and_earns_nothing_yet() -> None:
    score = rules.score([marked("1"), marked(None)])
    assert (score.earned, score.possible, score.waiting) == (1, 2, 1)


@pytest.mark.parametrize(
    ("scores", "position"),
    [
        ([], None),
        ([(5, 10)], 0),
        ([(5, 10), (7, 10)], 1),
        ([(7, 10), (7, 10)], 0),
        ([(6, 10), (10, 15)], 1),
        ([(0, 0)], 0),
    ],
)
def test_the_best_attempt_counts_and_of_equals_the_first(scores: list[tuple[int, int]], position: int | None) -> None:
    assert rules.best([Score(Fraction(a), Fraction(b)) for a, b in scores]) == position


@pytest.mark.parametrize(
    ("passed", "left", "reveal"),
    [(False, 0, True), (True, 0, True), (True, 1, False), (False, 2, False), (True, None, True), (False, None, False)],
)
def test_right_answers_are_told_when_they_help_nobody_to_a_better_mark(
    passed: bool, left: int | None, reveal: bool
) -> None:
    assert rules.may_reveal(passed=passed, left=left) is reveal


def test_feedback_by_objective_in_the_order_of_the_course() -> None:
    items = [
        marked("0", objective=None, reread=("x",)),
        marked("0", objective="o2", reread=("b", "a")),
        marked("1", objective="o2", reread=("c",)),
        marked("1/2", objective="o2", reread=("a", "d")),
        marked("1", objective="o1", reread=("e",)),
    ]
    lessons = ["a", "b", "c", "d", "e", "x"]
    results = rules.by_objective(items, ["o1", "o2", "o3"], lessons)
    assert [(r.objective, r.right, r.asked, r.reread) for r in results] == [
        ("o1", 1, 1, ()),
        ("o2", 1, 3, ("a", "b", "d")),
        (None, 0, 1, ("x",)),
    ]
    assert rules.to_reread(items, lessons) == ("a", "b", "d", "x")
    assert rules.to_reread(items, ["x", "b"]) == ("x", "b")  # a lesson that the course no longer has is not named
    assert rules.to_reread([marked(None, reread=("x",))], lessons) == ()
