"""`/// chart | Title`: a small table becomes a drawing, with the table itself behind it."""

import xml.etree.ElementTree as etree
from decimal import Decimal

from elearn.core.markup.blocks import Block
from elearn.core.markup.figures import decimals, figure
from elearn.core.markup.notes import clip
from elearn.core.markup.plot import MOST_SERIES, Chart, Row, drawn, swatch
from elearn.core.markup.work import Work

KINDS = ("bar", "stacked", "line")
LONGEST_LABEL = 32  # characters; what stands in one line of the narrowest telephone
MOST_ROWS = {"bar": 24, "stacked": 24, "line": 60}
MOST_BARS = 48
MOST_DECIMALS = 6
LARGEST = Decimal(10) ** 15


class _Bad(Exception):
    """Stops the reading of a table at what cannot be drawn; the text is for the writer."""

    def __init__(self, message: str, label: str = "", cell: str = "") -> None:
        super().__init__(message)
        self.label, self.cell = label, cell


def chart(element: etree.Element, block: Block, work: Work) -> None:
    """Turn the block into a figure: title, key, drawing, source, and the table in a fold."""
    parts = list(element)
    title, parts = parts[0], parts[1:]
    source = parts.pop(0) if "source" in block.settings else None
    element.tag, element.attrib, element[:] = "figure", {"class": "chart"}, []
    element.text = None
    heading = etree.SubElement(element, "figcaption")
    heading.text, heading[:] = title.text, title[:]
    unit = block.settings.get("unit", "")
    if unit and unit != "%":
        etree.SubElement(heading, "span", {"class": "unit"}).text = unit
    try:
        found = _read(parts, block, work, work.text(title) or "…", unit)
    except _Bad as bad:
        work.notes.add(str(bad), line=_line(work, block, bad.label, bad.cell))
        element.extend(parts)
        return
    if len(found.series) > 1:
        key = etree.SubElement(element, "ul", {"class": "key"})
        for index, name in enumerate(found.series):
            item = etree.SubElement(key, "li")
            etree.SubElement(item, "span").text = work.insert(swatch(found, index))
            item[0].tail = f" {name}"
    etree.SubElement(element, "div").text = work.insert(drawn(found))
    if source is not None:
        source.set("class", "meta")
        source.text = f"{work.word('source')} {source.text or ''}"
        element.append(source)
    fold = etree.SubElement(element, "details", {"class": "fold"})
    etree.SubElement(fold, "summary").text = work.word("figures")
    parts[0].set("aria-label", found.title)
    fold.append(parts[0])


def _line(work: Work, block: Block, label: str, cell: str) -> int:
    """The line of the table on which a cell stands."""
    lines = work.notes.text.split("\n")
    for number in range(block.line, min(len(lines), block.line + len(block.body) + len(block.settings) + 1)):
        if cell and "|" in lines[number] and label in lines[number] and cell in lines[number]:
            return number + 1
    return block.line


def _read(parts: list[etree.Element], block: Block, work: Work, title: str, unit: str) -> Chart:
    kind = block.settings.get("type", "bar")
    if kind not in KINDS:
        work.notes.add(f"'{clip(kind)}' is not a type of chart: {', '.join(KINDS)}", line=block.at("type"))
        kind = "bar"
    if len(parts) != 1 or parts[0].tag != "table":
        raise _Bad("a chart holds one table and nothing else")
    head, *lines = [[work.text(cell) for cell in row] for row in parts[0].iter("tr")]
    if len(head) < 2 or len(head) > MOST_SERIES + 1:
        raise _Bad(f"a chart has one column of names and 1 to {MOST_SERIES} columns of figures")
    if not 1 <= len(lines) <= MOST_ROWS[kind] or (kind == "bar" and len(lines) * (len(head) - 1) > MOST_BARS):
        raise _Bad(f"a chart of this type has 1 to {MOST_ROWS[kind]} lines and at most {MOST_BARS} bars")
    rows = [_row(line, kind, unit, work.lang) for line in lines]
    for name in [*head[1:], *(row.label for row in rows)]:
        if len(name) > LONGEST_LABEL:
            raise _Bad(f"a name of more than {LONGEST_LABEL} characters does not fit: {clip(name)}", name, name)
    if len(head) > 2 and not all(head[1:]):
        raise _Bad("each column of figures needs a name")
    found = Chart(f"c{work.count('chart')}", kind, title, "", work.lang, unit, head[1:], rows)
    if not found.values:
        raise _Bad("a chart without figures")
    if kind == "stacked" and not any(found.values):
        raise _Bad("stacked bars of nothing")
    return Chart(**{**vars(found), "told": _told(found, work)})


def _row(cells: list[str], kind: str, unit: str, lang: str) -> Row:
    label, values = cells[0], []
    if not label:
        raise _Bad("each line of a chart needs a name")
    for cell in cells[1:]:
        try:
            value = figure(cell, lang, unit)
        except (ValueError, ArithmeticError):
            raise _Bad(f"not a number: {clip(cell)}", label, cell) from None
        if value is not None and (abs(value) >= LARGEST or decimals(value) > MOST_DECIMALS):
            raise _Bad(f"a number that cannot be drawn: {clip(cell)}", label, cell)
        if value is not None and value < 0 and kind == "stacked":
            raise _Bad(f"stacked bars hold no number below zero: {clip(cell)}", label, cell)
        values.append(value)
    return Row(label, values)


def _told(found: Chart, work: Work) -> str:
    """The drawing in a sentence or three: what kind it is, its lowest and its highest value."""
    places = [
        (value, row.label if len(found.series) == 1 else f"{row.label}{work.word('comma')}{name}")
        for row in found.rows
        for name, value in zip(found.series, row.values, strict=True)
        if value is not None
    ]
    told = [work.word(found.kind)]
    for key, (value, name) in (("lowest", min(places)), ("highest", max(places))):
        told.append(f"{work.word(key)} {name}{work.word('comma')}{found.say(value)}.")
    return " ".join([*told, work.word("behind")])
