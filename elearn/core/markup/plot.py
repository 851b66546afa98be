"""Drawings of charts: SVG of shapes and words, by classes and presentation attributes. Pure.

Positions across are per cent and positions down are em, so a chart is as wide as its column and its words as large as
the text. Where the text reads from the right the drawing is its mirror image.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import pairwise

from elearn.core.markup.figures import decimals
from elearn.core.markup.words import direction, number

CHARACTER = 3.2  # per cent that a character may need on the narrowest telephone
LABEL, BAR, THIN, GAP = 1.5, 1.2, 1.05, 0.7  # em
TOP, HIGH, FOOT = 1.3, 11.0, 1.8
STRIPES = {  # what tells the series apart without colours
    2: '<path d="M3 0V6" class="l2"/>',
    3: '<circle cx="3" cy="3" r="1.5" class="f3"/>',
    4: '<path d="M0 3H6M3 0V6" class="l4"/>',
}
MARKERS = {
    1: "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0-4 0Z",
    2: "M-3.5-3.5H3.5V3.5H-3.5Z",
    3: "M0-5 5 4H-5Z",
    4: "M0-5 5 0 0 5-5 0Z",
}
DASHES = {2: "6 3", 3: "2 3", 4: "9 3 2 3"}
MOST_SERIES = 4


@dataclass(frozen=True)
class Row:
    """One line of the table behind a chart."""

    label: str
    values: Sequence[Decimal | None]


@dataclass(frozen=True)
class Chart:
    """What is drawn; `key` tells it apart from the others of its text."""

    key: str
    kind: str  # bar | stacked | line
    title: str
    told: str  # the description
    lang: str
    unit: str
    series: Sequence[str]
    rows: Sequence[Row]

    @property
    def mirrored(self) -> bool:
        return direction(self.lang) == "rtl"

    @property
    def values(self) -> list[Decimal]:
        return [value for row in self.rows for value in row.values if value is not None]

    def say(self, value: Decimal, places: int | None = None) -> str:
        """A value as it stands in the drawing."""
        places = decimals(value) if places is None else places
        sign = self.unit == "%"
        return number(value, self.lang, places) + (("\u202f%" if self.lang == "fr" else "%") if sign else "")


def drawn(chart: Chart) -> str:
    """The chart as SVG."""
    height, body = {"bar": _bars, "stacked": _stacked, "line": _lines}[chart.kind](chart)
    return (
        f'<svg class="plot" width="100%" height="{_n(height)}em" role="img" '
        f'aria-labelledby="{chart.key}t {chart.key}d"><title id="{chart.key}t">{escape(chart.title)}</title>'
        f'<desc id="{chart.key}d">{escape(chart.told)}</desc>{_patterns(chart)}{body}</svg>'
    )


def swatch(chart: Chart, index: int) -> str:
    """What one series looks like, for the key."""
    series = index + 1
    if chart.kind == "line":
        inside = (
            f'<path d="M0 8H24" class="l{series}"{_dash(series)}/>'
            f'<path d="{MARKERS[series]}" transform="translate(12 8)" class="f{series}"/>'
        )
        return f'<svg class="swatch" width="24" height="16" aria-hidden="true">{inside}</svg>'
    return (
        '<svg class="swatch" width="16" height="16" aria-hidden="true">'
        f'<rect x="1" y="1" width="14" height="14"{_fill(chart, index)}/></svg>'
    )


def _n(value: float) -> str:
    """A number in as few characters as can be seen."""
    told = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if told == "-0" else told


def _patterns(chart: Chart) -> str:
    """The shapes that a drawing repeats."""
    many = range(2, len(chart.series) + 1)
    if chart.kind == "line":
        shapes = [f'<path id="{chart.key}m{series}" d="{MARKERS[series]}"/>' for series in (1, *many)]
    else:
        tile = 'width="6" height="6" patternUnits="userSpaceOnUse"'
        turned = {2: ' patternTransform="rotate(45)"'}
        shapes = [
            f'<pattern id="{chart.key}p{series}" {tile}{turned.get(series, "")}>{STRIPES[series]}</pattern>'
            for series in many
        ]
    return f"<defs>{''.join(shapes)}</defs>" if shapes else ""


def _fill(chart: Chart, index: int) -> str:
    return ' class="f1"' if index == 0 else f' class="e{index + 1}" fill="url(#{chart.key}p{index + 1})"'


def _dash(series: int) -> str:
    return f' stroke-dasharray="{DASHES[series]}"' if series in DASHES else ""


class _Pen:
    """Draws from the side on which reading begins."""

    def __init__(self, chart: Chart) -> None:
        self.mirrored = chart.mirrored

    def x(self, across: float, width: float = 0) -> str:
        return _n(100 - across - width if self.mirrored else across)

    def text(self, across: float, y: float, words: str, *, anchor: str = "", shift: float = 0, name: str = "") -> str:
        """`anchor` is of the reading direction, as SVG means it; `shift` in em along it."""
        shift = -shift if self.mirrored else shift
        return (
            f'<text x="{self.x(across)}%" y="{_n(y)}em"'
            + (f' dx="{_n(shift)}em"' if shift else "")
            + (f' text-anchor="{anchor}"' if anchor else "")
            + (f' class="{name}"' if name else "")
            + f">{escape(words, quote=False)}</text>"
        )

    def rect(self, across: float, width: float, y: float, high: float, look: str) -> str:
        return f'<rect x="{self.x(across, width)}%" y="{_n(y)}em" width="{_n(width)}%" height="{_n(high)}em"{look}/>'

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str) -> str:
        return f'<line x1="{self.x(x1)}%" y1="{_n(y1)}em" x2="{self.x(x2)}%" y2="{_n(y2)}em"{look}/>'


def _bars(chart: Chart) -> tuple[float, str]:
    pen, parts, y = _Pen(chart), [], 0.0
    values = chart.values
    low, high = min(0.0, float(min(values))), max(0.0, float(max(values)))
    room = min(45.0, CHARACTER * max(len(chart.say(value)) for value in values) + 2)
    before = room if low < 0 else 0.0
    scale = (100 - room - before) / ((high - low) or 1)
    zero = before - low * scale
    thick = BAR if len(chart.series) == 1 else THIN
    for row in chart.rows:
        parts.append(pen.text(0, y + 1.05, row.label, name="on" if low < 0 else ""))
        y += LABEL
        for index, value in enumerate(row.values):
            if value is not None:
                long = abs(float(value)) * scale
                start = zero if value >= 0 else zero - long
                if long:
                    parts.append(pen.rect(start, long, y, thick, _fill(chart, index)))
                at, side, shift = (start + long, "", 0.35) if value >= 0 else (start, "end", -0.35)
                parts.append(pen.text(at, y + thick / 2 + 0.35, chart.say(value), anchor=side, shift=shift, name="val"))
            y += thick + 0.15
        y += GAP
    base = f'<line x1="{pen.x(zero)}%" y1="0" x2="{pen.x(zero)}%" y2="100%" class="base-line"/>' if low < 0 else ""
    return y - GAP, base + "".join(parts)


def _stacked(chart: Chart) -> tuple[float, str]:
    pen, parts, y = _Pen(chart), [], 0.0
    totals = [sum((value for value in row.values if value is not None), Decimal(0)) for row in chart.rows]
    whole = chart.unit == "%" and all(total == 100 for total in totals)
    room = 0.0 if whole else min(45.0, CHARACTER * max(len(chart.say(total)) for total in totals) + 2)
    scale = (100 - room) / (float(max(totals)) or 1)
    for row, total in zip(chart.rows, totals, strict=True):
        parts.append(pen.text(0, y + 1.05, row.label))
        y += LABEL
        at = 0.0
        for index, value in enumerate(row.values):
            long = float(value or 0) * scale
            if value and long:
                parts.append(pen.rect(at, long, y, BAR * 1.25, _fill(chart, index)))
                if long > CHARACTER * len(chart.say(value)) + 1:
                    middle = pen.text(at + long / 2, y + 1.1, chart.say(value), anchor="middle", name="val on")
                    parts.append(middle)
            at += long
        if not whole:
            parts.append(pen.text(at, y + 1.1, chart.say(total), shift=0.35, name="val"))
        y += BAR * 1.25 + GAP
    return y - GAP, "".join(parts)


def steps(low: float, high: float) -> list[Decimal]:
    """Three to six round numbers from below the lowest to above the highest value."""
    if low >= 0 and low <= high / 2:
        low = 0.0
    if high == low:
        low, high = low - 1, high + 1
    rough = Decimal(repr((high - low) / 4))
    power = Decimal(10) ** rough.adjusted()
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = int((Decimal(repr(low)) / step).to_integral_value(rounding="ROUND_FLOOR"))
    last = int((Decimal(repr(high)) / step).to_integral_value(rounding="ROUND_CEILING"))
    return [step * position for position in range(first, last + 1)]


def _lines(chart: Chart) -> tuple[float, str]:
    pen, parts = _Pen(chart), []
    ticks = steps(float(min(chart.values)), float(max(chart.values)))
    places = max(map(decimals, (tick.normalize() for tick in ticks)))
    low, high = float(ticks[0]), float(ticks[-1])
    names = [chart.say(tick, places) for tick in ticks]
    begin = min(45.0, CHARACTER * max(map(len, names)) + 3)

    def down(value: float) -> float:
        return TOP + (high - value) / (high - low) * HIGH

    for tick, name in zip(ticks, names, strict=True):
        y = down(float(tick))
        parts.append(pen.line(0, y, 100, y, ' class="base-line"' if tick == 0 else ' class="grid-line"'))
        parts.append(pen.text(0, y - 0.25, name, name="tick"))
    across = [begin + share * (95 - begin) for share in _shares(chart.rows)]
    parts.append(_feet(chart, pen, across))
    ends: list[tuple[float, float, Decimal]] = []  # where each series ends, and at which value
    for index in range(len(chart.series)):
        points = [
            (x, down(float(value)), value)
            for x, row in zip(across, chart.rows, strict=True)
            if (value := row.values[index]) is not None
        ]
        ends += points[-1:]
        gaps = [row.values[index] is None for row in chart.rows]
        parts.append(_line(chart, pen, [point[:2] for point in points], gaps, index + 1))
    parts.append(_ends(chart, pen, ends))
    return TOP + HIGH + FOOT, "".join(parts)


def _line(chart: Chart, pen: _Pen, points: Sequence[tuple[float, float]], gaps: Sequence[bool], series: int) -> str:
    """One series: a stroke from each point to the next, but over gaps; then its marks."""
    rest = iter(points)
    placed = [None if gap else next(rest) for gap in gaps]
    look = f' class="l{series}"{_dash(series)}'
    strokes = [pen.line(*one, *other, look) for one, other in pairwise(placed) if one and other]
    marks = [f'<use href="#{chart.key}m{series}" x="{pen.x(x)}%" y="{_n(y)}em" class="f{series}"/>' for x, y in points]
    return "".join(strokes + marks)


def _ends(chart: Chart, pen: _Pen, ends: Sequence[tuple[float, float, Decimal]]) -> str:
    """The last value of each series, above its point or below it, where there is room."""
    marks = [y for _, y, _ in ends]
    parts = []
    for x, y, value in sorted(ends, key=lambda end: end[1]):
        for middle in (y - 1.05, y + 1.05):
            free = all(abs(middle - mark) > 0.75 for mark in marks if mark != y)
            if free and marks.count(y) == 1 and middle < TOP + HIGH - 0.3:
                marks.append(middle)
                anchor, at = ("end", 100.0) if x > 90 else ("middle", x)
                parts.append(pen.text(at, middle + 0.4, chart.say(value), anchor=anchor, name="val on"))
                break
    return "".join(parts)


def _shares(rows: Sequence[Row]) -> list[float]:
    """How far along each row stands, 0 to 1: years by their distance, anything else one after the other."""
    years = [int(row.label) for row in rows if row.label.isdecimal() and len(row.label) <= 4]
    if len(years) == len(rows) and all(one < other for one, other in pairwise(years)):
        return [(year - years[0]) / ((years[-1] - years[0]) or 1) for year in years]
    return [index / max(1, len(rows) - 1) for index in range(len(rows))]


def _feet(chart: Chart, pen: _Pen, across: Sequence[float]) -> str:
    """The names under the lines, as many as do not touch; the last one always."""
    wide = [CHARACTER * len(row.label) for row in chart.rows]
    kept = [len(across) - 1]
    for index in range(len(across) - 1):
        free = all(abs(across[index] - across[other]) > (wide[index] + wide[other]) / 2 + 3 for other in kept)
        if free:
            kept.append(index)
    parts = []
    for index in sorted(kept):
        over = across[index] + wide[index] / 2 > 100
        anchor, at = ("end", 100.0) if over else ("middle", across[index])
        parts.append(pen.text(at, TOP + HIGH + 1.4, chart.rows[index].label, anchor=anchor, name="tick"))
    return "".join(parts)
