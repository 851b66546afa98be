"""The item types: reading, marking, explaining; nothing of the key on a running page."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn import assessment
from elearn.assessment.items import TYPES
from elearn.assessment.items.base import Asked, Given, Unreadable, field_name

pytestmark = pytest.mark.one_database

TEMPLATES = Path(assessment.__file__).parent / "templates"
OPTIONS = {"options": ["a", "b", "c"]}
WORDS = {"options": {"a": "<p>A</p>", "b": "<p>B</p>", "c": "<p>C</p>"}}
NUMBER = {"units": ["%"]}


def sent(*values: str, part: str = "") -> Given:
    return Given("q1", {field_name("q1", part): values})


def asked(kind: str, ask: dict[str, Any], *, shuffle: bool = False) -> Asked:
    return TYPES[kind].prepare(ask, seed="s", shuffle=shuffle)


READ = [
    ("single", OPTIONS, ("b",), "b"),
    ("single", OPTIONS, (), None),
    ("single", OPTIONS, ("",), None),
    ("multiple", OPTIONS, ("c", "a"), ["a", "c"]),
    ("multiple", OPTIONS, ("c", "c"), ["c"]),
    ("multiple", OPTIONS, (), None),
    ("truefalse", {}, ("true",), True),
    ("truefalse", {}, ("false",), False),
    ("truefalse", {}, (), None),
    ("numeric", NUMBER, (" ٤١٫٦٧ % ",), {"typed": "٤١٫٦٧ %", "values": ["41.67"]}),
    ("numeric", NUMBER, ("1,500",), {"typed": "1,500", "values": ["1500", "1.5"]}),
    ("numeric", NUMBER, ("   ",), None),
]


@pytest.mark.parametrize(("kind", "ask", "values", "answer"), READ)
def test_an_answer_is_read_and_is_json(kind: str, ask: dict[str, Any], values: tuple[str, ...], answer: Any) -> None:
    read = TYPES[kind].read(asked(kind, ask), sent(*values))
    assert read == answer
    assert json.loads(json.dumps(read)) == read


@pytest.mark.parametrize(
    ("kind", "ask", "values"),
    [
        ("single", OPTIONS, ("z",)),
        ("single", OPTIONS, ("a", "b")),
        ("multiple", OPTIONS, ("a", "z")),
        ("truefalse", {}, ("yes",)),
        ("truefalse", {}, ("true", "false")),
        ("numeric", NUMBER, ("a lot",)),
        ("numeric", NUMBER, ("1", "2")),
        ("numeric", NUMBER, ("9" * 500,)),
    ],
)
def test_nonsense_is_unreadable(kind: str, ask: dict[str, Any], values: tuple[str, ...]) -> None:
    with pytest.raises(Unreadable):
        TYPES[kind].read(asked(kind, ask), sent(*values))


MARK = [
    ("single", OPTIONS, {"correct": ["b"]}, "b", 1),
    ("single", OPTIONS, {"correct": ["b"]}, "a", 0),
    ("single", OPTIONS, {"correct": ["b"]}, None, 0),
    ("multiple", OPTIONS, {"correct": ["a", "c"]}, ["c", "a"], 1),
    ("multiple", OPTIONS, {"correct": ["a", "c"]}, ["a"], 0),
    ("multiple", OPTIONS, {"correct": ["a", "c"]}, ["a", "b", "c"], 0),
    ("multiple", OPTIONS, {"correct": ["a", "c"]}, None, 0),
    ("truefalse", {}, {"answer": False}, False, 1),
    ("truefalse", {}, {"answer": False}, True, 0),
    ("truefalse", {}, {"answer": False}, None, 0),
    ("numeric", NUMBER, {"answer": "41.67", "tolerance": "0.1"}, {"typed": "", "values": ["41.77"]}, 1),
    ("numeric", NUMBER, {"answer": "41.67", "tolerance": "0.1"}, {"typed": "", "values": ["41.771"]}, 0),
    ("numeric", NUMBER, {"answer": "1500", "tolerance": "0"}, {"typed": "", "values": ["1.5", "1500"]}, 1),
    ("numeric", NUMBER, {"answer": "0", "tolerance": "0"}, None, 0),
]


@pytest.mark.parametrize(("kind", "ask", "key", "answer", "share"), MARK)
def test_marks(kind: str, ask: dict[str, Any], key: dict[str, Any], answer: Any, share: int) -> None:
    assert TYPES[kind].mark(asked(kind, ask), key, answer) == Fraction(share)


def test_options_keep_the_order_of_the_attempt_and_show_no_key() -> None:
    kind = TYPES["multiple"]
    item = Asked(OPTIONS, order=("c", "a", "b"))
    shown = kind.show(item, WORDS, ["a"])["options"]
    assert [(o.id, o.html, o.chosen, o.correct, o.note) for o in shown] == [
        ("c", "<p>C</p>", False, None, ""),
        ("a", "<p>A</p>", True, None, ""),
        ("b", "<p>B</p>", False, None, ""),
    ]


@pytest.mark.parametrize("reveal", [True, False])
def test_feedback_stands_at_the_chosen_option_and_the_key_only_when_revealed(reveal: bool) -> None:
    notes = {"options": {"a": "because", "b": "well done"}}
    told = TYPES["single"].explain(asked("single", OPTIONS), {"correct": ["b"]}, WORDS, notes, "a", reveal=reveal)
    assert [(o.chosen, o.note, o.correct) for o in told["options"]] == [
        (True, "because", False if reveal else None),
        (False, "", True if reveal else None),
        (False, "", False if reveal else None),
    ]


def test_the_right_number_is_told_only_when_revealed() -> None:
    key = {"answer": "41.67", "tolerance": "0.1"}
    kind, item = TYPES["numeric"], asked("numeric", NUMBER)
    assert "correct" not in kind.explain(item, key, {"unit": "%"}, {}, None, reveal=False)
    told = kind.explain(item, key, {"unit": "%"}, {}, {"typed": "40", "values": ["40"]}, reveal=True)
    assert (str(told["correct"]), told["unit"], told["typed"]) == ("41.67", "%", "40")


@pytest.mark.parametrize(
    ("kind", "answer", "categories"),
    [
        ("single", "b", ("b",)),
        ("single", None, ()),
        ("multiple", ["a", "c"], ("a", "c")),
        ("truefalse", False, ("false",)),
        ("truefalse", None, ()),
        ("numeric", {"typed": "1,5", "values": ["1.5"]}, ("1.5",)),
        ("numeric", None, ()),
    ],
)
def test_the_categories_of_an_answer(kind: str, answer: Any, categories: tuple[str, ...]) -> None:
    ask = OPTIONS if kind in ("single", "multiple") else NUMBER
    assert TYPES[kind].analyse(asked(kind, ask), answer) == categories


@given(st.sampled_from(sorted(TYPES)), st.lists(st.text(max_size=70), max_size=4))
def test_whatever_is_sent_is_read_or_refused(kind: str, values: list[str]) -> None:
    ask = OPTIONS if kind in ("single", "multiple") else NUMBER
    item = asked(kind, ask)
    try:
        answer = TYPES[kind].read(item, sent(*values))
    except Unreadable:
        return
    key = {"correct": ["a"], "answer": "1", "tolerance": "0"}
    assert TYPES[kind].mark(item, key, answer) in (0, 1)
    assert json.loads(json.dumps(answer)) == answer


def test_shuffling_moves_options_but_never_true_and_false() -> None:
    orders = {TYPES["single"].prepare(OPTIONS, seed=str(n), shuffle=True).order for n in range(60)}
    assert len(orders) == 6
    assert TYPES["truefalse"].prepare({}, seed="1", shuffle=True).order == ()


def test_each_type_has_a_template_with_its_two_macros():
    for kind in TYPES.values():
        text = (TEMPLATES / kind.template).read_text(encoding="utf-8")
        assert "{% macro ask(q)" in text and "{% macro tell(r)" in text, kind.name
