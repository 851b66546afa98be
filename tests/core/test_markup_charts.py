"""Charts: numbers read as they are written, drawn to scale in both directions, with the table behind them."""

import re
import xml.etree.ElementTree as etree
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.core.markup.figures import decimals, figure
from elearn.core.markup.plot import Chart, Row, drawn, steps, swatch
from elearn.core.markup.words import number
from tests.support.references import complaints, html

pytestmark = pytest.mark.one_database
TABLE = "| C | 2015 | 2020 |\n|---|--:|--:|\n| Niger | 12 | 24 |\n| Mali | 6 | – |"


SHAPES = {"svg", "title", "desc", "defs", "pattern", "path", "circle", "rect", "line", "use", "text"}


def block(table: str = TABLE, title: str = "Coverage", *settings: str) -> str:
    return "\n".join([f"/// chart | {title}", *(f"    {one}" for one in settings), "", table, "///"])


def svg(found: str) -> etree.Element:
    return etree.fromstring(re.search(r'<svg class="plot".*?</svg>', found, re.DOTALL)[0])  # type: ignore[index]


def bars(found: str) -> list[tuple[float, float]]:
    """Where each bar begins and how long it is, in per cent."""
    return [(float(one.get("x", "")[:-1]), float(one.get("width", "")[:-1])) for one in svg(found).iter("rect")]


@pytest.mark.parametrize(
    ("cell", "lang", "value"),
    [
        ("12", "en", "12"), ("1,250", "en", "1250"), ("1,250", "ar", "1250"), ("1,250", "fr", "1.250"),
        ("1 250", "fr", "1250"), ("1\u202f250,5", "fr", "1250.5"), ("19,5", "en", "19.5"), ("19.50", "fr", "19.50"),
        ("1,250,000", "en", "1250000"), ("1,250.5", "en", "1250.5"), ("1.250,5", "fr", "1250.5"),
        ("1.250.000", "fr", "1250000"), ("0,125", "en", "0.125"), ("٣٤٫٥", "ar", "34.5"), ("١٬٢٥٠", "ar", "1250"),
        ("۱۲", "fa", "12"), ("12 %", "fr", "12"), ("12٪", "ar", "12"), ("-3", "en", "-3"), ("−3", "en", "-3"),
        ("+3", "en", "3"), ("\u200e5", "ar", "5"), ("12 kg", "en", "12"), ("1,250,5", "fr", None),
        ("12 34", "en", None), ("1.2.3", "en", None), ("12.", "en", None), (".5", "en", None), ("many", "en", None),
        ("1e5", "en", None),
        ("٣²", "ar", None), ("9" * 60, "en", None),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_written(cell: str, lang: str, value: str | None) -> None:
    if value is None:
        with pytest.raises(ValueError):
            figure(cell, lang, "kg")
    else:
        assert figure(cell, lang, "kg") == Decimal(value)


@pytest.mark.parametrize("cell", ["", " ", "-", "–", "—", "…"])
def test_a_gap_is_no_number(cell: str) -> None:
    assert figure(cell, "en") is None


@settings(max_examples=300, deadline=None)
@given(st.decimals(-(10**14), 10**14, places=3).filter(lambda v: v.is_finite()), st.sampled_from(["en", "fr", "ar"]))
def test_a_number_is_read_again_as_it_is_shown(value: Decimal, lang: str) -> None:
    assert figure(number(value, lang, 3), lang) == round(value, 3)


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="0123456789٣.,- –%٬٫ '\u00a0\u202f", max_size=30), st.sampled_from(["en", "fr", "ar"]))
def test_a_cell_is_a_number_a_gap_or_refused(cell: str, lang: str) -> None:
    try:
        value = figure(cell, lang)
    except ValueError:
        return
    assert value is None or (value.is_finite() and decimals(value) >= 0)


def test_bars_are_as_long_as_their_figures_and_say_them() -> None:
    found = html(block(TABLE, "Coverage", "unit: %", "source: Invented."))
    lengths = [length for _, length in bars(found)]
    assert lengths[1] == pytest.approx(2 * lengths[0], abs=0.02) and lengths[0] == pytest.approx(
        2 * lengths[2], abs=0.02
    )
    assert [one.text for one in svg(found).iter("text")] == ["Niger", "12%", "24%", "Mali", "6%"]
    assert '<p class="meta">Source: Invented.</p>' in found


def test_from_right_to_left_the_drawing_is_its_mirror_image() -> None:
    straight, mirrored = bars(html(block())), bars(html(block(), "ar"))
    assert [(round(100 - x - long, 2), long) for x, long in mirrored] == straight


def test_figures_below_zero_stand_on_the_other_side() -> None:
    (low, width), (high, _) = bars(html(block("| a | b |\n|---|---|\n| x | −3 |\n| y | 4.5 |")))
    assert low + width == pytest.approx(high, abs=0.02)
    assert (
        svg(html(block("| a | b |\n|---|---|\n| x | −3 |\n| y | 4 |"), "ar")).findall("text")[1].text
        == "\u2066−3\u2069"
    )


def test_stacked_bars_follow_each_other_and_tell_their_total() -> None:
    found = html(block("| a | b | c |\n|---|---|---|\n| x | 1 | 3 |\n| y | 2 | 2.5 |", "T", "type: stacked"))
    first, second, *_ = bars(found)
    assert second[0] == pytest.approx(first[0] + first[1], abs=0.02)
    assert [one.text for one in svg(found).iter("text")] == ["x", "1", "3", "4", "y", "2", "2.5", "4.5"]


def test_parts_of_a_hundred_fill_the_line_without_a_total() -> None:
    found = html(block("| a | b | c |\n|---|---|---|\n| x | 40 | 60 |", "T", "type: stacked", "unit: %"))
    assert sum(length for _, length in bars(found)) == pytest.approx(100, abs=0.02)
    assert "100%" not in [one.text for one in svg(found).iter("text")]


LINES = "| a | b | c |\n|---|---|---|\n| 2000 | 10 | 1 |\n| 2001 | 20 | – |\n| 2010 | 40 | 9 |"


def test_lines_have_marks_and_break_over_gaps_and_years_keep_their_distance() -> None:
    drawing = svg(html(block(LINES, "T", "type: line")))
    marks = [(one.get("href"), float(one.get("x", "")[:-1])) for one in drawing.iter("use")]
    assert [mark for mark, _ in marks] == ["#c1m1"] * 3 + ["#c1m2"] * 2
    first, second, third = (x for _, x in marks[:3])
    assert third - second == pytest.approx(9 * (second - first), abs=0.1)
    assert len([one for one in drawing.iter("line") if one.get("class") in ("l1", "l2")]) == 2
    assert [one.get("stroke-dasharray") for one in drawing.iter("line") if one.get("class") == "l1"] == [None, None]
    assert {one.text for one in drawing.iter("text")} >= {"0", "20", "40", "2010", "9"}


def test_the_last_value_of_each_line_is_told_where_it_covers_nothing() -> None:
    close = "| a | b | c | d |\n|---|---|---|---|\n| x | 1 | 5 | 40 |\n| y | 31 | 28 | 31 |"
    drawing = svg(html(block(close, "T", "type: line")))
    assert [one.text for one in drawing.iter("text") if one.get("class") == "val on"] == ["28"]
    apart = svg(html(block(close.replace("28 | 31", "28 | 7"), "T", "type: line")))
    assert [one.text for one in apart.iter("text") if one.get("class") == "val on"] == ["31", "28", "7"]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 40, "0 10 20 30 40"), (3, 9, "0 5 10"), (95, 100, "94 96 98 100"), (-3, 4, "-4 -2 0 2 4"),
     (7, 7, "6 6.5 7 7.5 8"), (0, 0, "-1 -0.5 0 0.5 1"), (1200, 2100, "1000 1500 2000 2500")],
)  # fmt: skip
def test_the_scale_has_round_numbers(low: float, high: float, ticks: str) -> None:
    assert steps(float(low), float(high)) == [Decimal(tick) for tick in ticks.split()]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "Bar chart. Lowest: Mali, 2015, 6%. Highest: Niger, 2020, 24%. All figures stand in the table below."),
        ("fr", "Graphique en barres. Le plus bas\xa0: Mali, 2015, 6\u202f%. Le plus haut\xa0: Niger, 2020, 24\u202f%. "
               "Tous les chiffres figurent dans le tableau ci-dessous."),
        ("ar", "رسم بياني بالأشرطة. الأدنى: Mali، 2015، 6%. الأعلى: Niger، 2020، 24%. "
               "جميع الأرقام واردة في الجدول أدناه."),
    ],
)  # fmt: skip
def test_the_drawing_has_a_name_and_a_description_and_the_table_is_behind_it(lang: str, told: str) -> None:
    found = html(block(TABLE, "Coverage *of* all", "unit: %"), lang)
    drawing = svg(found)
    assert drawing.get("role") == "img" and drawing.get("aria-labelledby") == "c1t c1d"
    assert (drawing.findtext("title"), drawing.findtext("desc")) == ("Coverage of all", told)
    assert re.search(
        r'<details class="fold"><summary>[^<]+</summary><div aria-label="Coverage of all" [^>]*table-scroll', found
    )


def test_series_can_be_told_apart_without_colours() -> None:
    wide = "| a | b | c | d | e |\n|---|---|---|---|---|\n| x | 1 | 2 | 3 | 4 |"
    found = html(block(wide))
    fills = [one.get("fill") for one in svg(found).iter("rect")]
    assert fills == [None, "url(#c1p2)", "url(#c1p3)", "url(#c1p4)"]
    assert {f"url(#{one.get('id')})" for one in svg(found).iter("pattern")} == set(fills) - {None}
    assert len(set(re.findall(r'class="swatch".*?</svg>', found))) == 4
    second = re.findall(r'id="([^"]+)"', html(block() + "\n\n" + block()))
    assert len(second) == len(set(second))


def test_a_drawing_styles_nothing_and_runs_nothing() -> None:
    for kind in ("bar", "stacked", "line"):
        found = html(block(LINES, "T", f"type: {kind}"))
        for element in svg(found).iter():
            assert element.tag in {
                "svg",
                "title",
                "desc",
                "defs",
                "pattern",
                "path",
                "circle",
                "rect",
                "line",
                "use",
                "text",
            }
            assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (block(TABLE.replace("12", "twelve")), 5, "not a number: twelve"),
        (block(TABLE, "T", "type: pie"), 2, "'pie' is not a type of chart"),
        (block(TABLE, "T", "colour: red"), 2, "'colour: red' is no setting of 'chart'"),
        (block("no table"), 1, "a chart holds one table"),
        (block(TABLE + "\n\nmore"), 1, "a chart holds one table"),
        (block("| a |\n|---|\n| x |"), 1, "a chart has one column of names"),
        (block("| a | b |\n|---|---|"), 1, "each line of a chart needs a name"),
        (block("| a | b |\n|---|---|\n| x | – |"), 1, "a chart without figures"),
        (block("| a | b |\n|---|---|\n| | 1 |"), 1, "each line of a chart needs a name"),
        (block("| a | b | |\n|---|---|---|\n| x | 1 | 2 |"), 1, "each column of figures needs a name"),
        (block("| a | b |\n|---|---|\n| " + "x" * 40 + " | 1 |"), 5, "a name of more than 32 characters"),
        (block("| a | b |\n|---|---|\n" + "| x | 1 |\n" * 30), 1, "a chart of this type has 1 to 24 lines"),
        (block("| a | b |\n|---|---|\n| x | -1 |", "T", "type: stacked"), 6, "stacked bars hold no number below zero"),
        (block("| a | b |\n|---|---|\n| x | 0 |", "T", "type: stacked"), 1, "stacked bars of nothing"),
        (block("| a | b |\n|---|---|\n| x | 1000000000000000 |"), 5, "a number that cannot be drawn"),
        (block(TABLE, ""), 1, "a block 'chart' needs a title"),
    ],
)
def test_a_mistake_is_reported_at_its_line(text: str, line: int, message: str) -> None:
    assert any(at == line and said.startswith(message) for at, said in complaints(text)), complaints(text)


VALUES = st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=2).filter(lambda v: v.is_finite()))
NAMES = st.text(min_size=1, max_size=32)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(["bar", "stacked", "line"]), st.sampled_from(["en", "ar"]), st.integers(1, 4))
def test_every_chart_is_well_formed_and_stays_inside_its_frame(
    data: st.DataObject, kind: str, lang: str, many: int
) -> None:
    values = VALUES.map(lambda v: v and abs(v)) if kind == "stacked" else VALUES
    rows = data.draw(
        st.lists(st.builds(Row, NAMES, st.lists(values, min_size=many, max_size=many)), min_size=1, max_size=8)
    )
    chart = Chart("c1", kind, "<t>", "a & b", lang, "%", [f"s{n}" for n in range(many)], rows)
    if not any(chart.values):
        return
    printable = re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "", drawn(chart))
    for element in etree.fromstring(printable).iter():
        for name in ("x", "x1", "x2"):
            if element.get(name, "").endswith("%"):
                assert -0.01 <= float(element.get(name, "")[:-1]) <= 100.01, etree.tostring(element)
        if element.tag == "rect" and element.get("width", "").endswith("%"):
            assert 0 <= float(element.get("width", "")[:-1]) <= 100.01
    for index in range(many):
        etree.fromstring(swatch(chart, index))
