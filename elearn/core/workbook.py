"""One sheet of a spreadsheet (XLSX), written row by row: text stays text, days are days, memory stays as it is."""

import datetime as dt
import importlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from flask_babel import gettext as _
from xlsxwriter.exceptions import FileCreateError

from elearn.core.errors import Refused

fast: Any = None
with suppress(ImportError):  # no wheel for this machine: the other library writes the same, more slowly
    fast = importlib.import_module("rustpy_xlsxwriter")

MOST_ROWS = 1_048_575  # what a sheet holds below its heading
LONGEST_TEXT = 32_767  # what a cell holds
LONGEST_NAME = 31
_OS_ERROR = re.compile(r"\(os error (\d+)\)")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Head:
    """A column: its heading, how its cells are shown, how wide they are in letters."""

    label: str
    number_format: str  # "@" for text
    width: float


def write(
    path: str, heads: Sequence[Head], rows: Iterable[Sequence[Any]], *, sheet: str, right_to_left: bool = False
) -> int:
    """Write rows of str, float, date, naive datetime or None below a frozen heading; returns how many there were.

    Raises Refused when there are more than a sheet holds.
    """
    counted = _Counted(rows)
    first = next(counted, None)
    name = sheet_name(sheet)
    try:
        if fast is None or first is None:  # the fast library takes the heading from the first row
            _write_slowly(path, heads, itertools.chain([] if first is None else [first], counted), name, right_to_left)
        else:
            _write_fast(path, heads, itertools.chain([first], counted), name, right_to_left)
    except (OSError, FileCreateError) as failure:
        _raise_numbered(failure)
        raise
    return counted.number


def _raise_numbered(failure: Exception) -> None:
    """Both libraries tell in words only that the disk is full; others ask for the number."""
    if isinstance(cause := failure.args[0], OSError):
        raise cause from failure
    if told := _OS_ERROR.search(str(failure)):
        raise OSError(int(told[1]), str(failure)) from failure


def sheet_name(wanted: str) -> str:
    """A name that a spreadsheet accepts, as near to the wanted one as possible."""
    return _NOT_IN_A_NAME.sub(" ", wanted).strip("' ")[:LONGEST_NAME].strip("' ") or "1"


class _Counted(Iterator[list[Any]]):
    """Rows as they go by, each cell cut to what a cell holds."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = iter(rows)
        self.number = 0

    def __next__(self) -> list[Any]:
        row = next(self._rows)
        self.number += 1
        if self.number > MOST_ROWS:
            raise Refused(
                _("A spreadsheet holds at most %(num)s rows. Please choose CSV or a narrower filter.", num=MOST_ROWS)
            )
        return [cell[:LONGEST_TEXT] if isinstance(cell, str) else cell for cell in row]


def _write_fast(path: str, heads: Sequence[Head], rows: Iterator[list[Any]], name: str, right_to_left: bool) -> None:
    labels = [head.label for head in heads]
    fast.write_worksheet(
        (dict(zip(labels, row, strict=True)) for row in rows),
        path,  # a path, because a file object would get the whole workbook at once from memory
        sheet_name=name,
        freeze_row=1,
        bold_headers=True,
        column_widths=[head.width for head in heads],
        column_formats=[fast.Format().set_num_format(head.number_format) for head in heads],
        sheet_view={"right_to_left": right_to_left},
    )


def _write_slowly(path: str, heads: Sequence[Head], rows: Iterator[list[Any]], name: str, right_to_left: bool) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(name)
        if right_to_left:
            sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        formats = [book.add_format({"num_format": head.number_format}) for head in heads]
        for place, head in enumerate(heads):
            sheet.set_column(place, place, head.width)
            sheet.write_string(0, place, head.label, bold)
        for line, row in enumerate(rows, 1):
            for place, (cell, form) in enumerate(zip(row, formats, strict=True)):
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell, form)
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(line, place, cell, form)
                elif cell is not None:
                    sheet.write_number(line, place, cell, form)
