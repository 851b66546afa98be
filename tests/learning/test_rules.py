"""Pure decisions about progress and completion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.learning.rules import Tally, better, completed


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


@given(st.sets(st.integers(), min_size=1), st.sets(st.integers()))
def test_doing_more_never_undoes_a_completion(required, more):
    assert completed(required, required | more)


@pytest.mark.parametrize(
    ("done", "total", "eighths"), [(0, 7, 0), (3, 7, 3), (6, 7, 6), (7, 7, 8), (1, 9, 0), (8, 9, 7), (0, 0, 0)]
)
def test_the_star_is_full_only_at_the_end(done, total, eighths):
    assert Tally(done, total).eighths == eighths
