"""Tables as files: one select, written as CSV or as a workbook, into a file on disk that is sent afterwards.

The rows never stand in memory together, and the database is done with them before the first byte travels: a slow
reader holds nothing but a file. CSV comes from the database itself where it can write it (PostgreSQL's COPY), else
from Python; both give the same bytes:

- UTF-8 with a byte order mark, lines end with LF, a cell with a separator, a quotation mark or a line break is quoted;
- `csv`: cells separated by commas, decimals by a point; `csv-semicolon`: by semicolons and a decimal comma, as
  spreadsheets of most of Europe and of French-speaking Africa read it;
- days are `2026-11-21`, moments `2026-11-21T09:30:00Z`, both in UTC; nothing known is an empty cell;
- text that a spreadsheet would take for a formula gets an apostrophe in front: see `neutralise` and its inverse.
"""

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from operator import getitem
from typing import Any, BinaryIO

from flask import Response
from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Numeric,
    Select,
    SQLColumnExpression,
    Text,
    case,
    cast,
    func,
    literal,
    type_coerce,
)

from elearn.core import workbook
from elearn.core.db import db
from elearn.core.storage import storage

BATCH = 1000
CHUNK = 64 * 1024
REMEMBERED = 2000  # values of a column
# What a spreadsheet takes for the beginning of a formula, its full-width forms included, after any apostrophes.
_DANGEROUS = "=+@\t\r\n＝＋－＠-"
_FORMULA = re.compile(f"'*[{_DANGEROUS}]")
_TO_QUOTE = re.compile(r'["\n\r]')
_NEUTRALISED = re.compile(f"'+[{_DANGEROUS}]")


class Format(StrEnum):
    """What a table is written as."""

    CSV = "csv"
    CSV_SEMICOLON = "csv-semicolon"
    XLSX = "xlsx"

    @property
    def suffix(self) -> str:
        return ".xlsx" if self is Format.XLSX else ".csv"

    @property
    def mimetype(self) -> str:
        if self is Format.XLSX:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return "text/csv; charset=utf-8"


class Kind(StrEnum):
    """What the cells of a column are. A day is taken from a moment, in UTC."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True)
class Column:
    """A heading in the language of the file, and the expression that gives its cells; labels differ from each other."""

    label: str
    value: SQLColumnExpression[Any]
    kind: Kind = Kind.TEXT
    decimals: int = 0


@dataclass(frozen=True)
class Spooled:
    """A finished file, open at its beginning, that nobody else can open: it has no name any more."""

    file: BinaryIO
    rows: int
    size: int
    format: Format

    def close(self) -> None:
        self.file.close()


def neutralise(text: str) -> str:
    """Text as a CSV cell holds it: `'` is put before what begins with `=`, `+`, `-`, `@`, tab, CR or LF.

    Full-width signs count, and so does text in which such a sign follows apostrophes, else `strip` could not tell
    `'=1` that was typed from `'=1` that was made here.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def strip(cell: str) -> str:
    """The text of a CSV cell: the exact inverse of `neutralise`, for whoever reads such a file again."""
    return cell[1:] if _NEUTRALISED.match(cell) else cell


def export(
    select: Select[*tuple[Any, ...]],
    columns: Sequence[Column],
    format: Format,
    *,
    sheet: str = "",
    right_to_left: bool = False,
) -> Spooled:
    """Write the rows of `select` to a file, through a reading connection of its own.

    `select` brings tables, conditions and order; what it selects is replaced by the columns. `sheet` and
    `right_to_left` are for workbooks. Raises Refused when there are more rows than a sheet holds.
    """
    if len({column.label for column in columns}) < len(columns):
        raise ValueError("two columns with the same heading")
    descriptor, path = storage().begin()
    try:
        with db.engines["reader"].connect() as connection:
            if format is Format.XLSX:
                rows = _write_workbook(connection, select, columns, path, sheet, right_to_left)
            else:
                rows = _write_csv(connection, select, columns, path, format)
        file = open(path, "rb")  # noqa: SIM115, the caller closes it
    finally:
        os.close(descriptor)
        os.unlink(path)
    return Spooled(file, rows, os.fstat(file.fileno()).st_size, format)


def send(spooled: Spooled, name: str, ended: Callable[[bool], None]) -> Response:
    """Give the file as a download. `ended(whole)` is called once the answer is over, outside any transaction."""
    whole = False

    def chunks() -> Iterator[bytes]:
        nonlocal whole
        while chunk := spooled.file.read(CHUNK):
            yield chunk
        whole = True

    def close() -> None:
        spooled.close()
        ended(whole)

    response = Response(chunks(), mimetype=spooled.format.mimetype)
    response.content_length = spooled.size
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    response.call_on_close(close)
    return response


# CSV


def _write_csv(
    connection: Connection, select: Select[*tuple[Any, ...]], columns: Sequence[Column], path: str, format: Format
) -> int:
    separator = ";" if format is Format.CSV_SEMICOLON else ","
    heading = _line((neutralise(column.label) for column in columns), separator)
    with open(path, "wb") as file:
        file.write(b"\xef\xbb\xbf" + heading)
        # COPY quotes the cells of a single column by rules of its own.
        if connection.dialect.name == "postgresql" and len(columns) > 1:
            return _copy(connection, select, columns, file, separator)
        return _stream_csv(connection, select, columns, file, separator)


def _stream_csv(
    connection: Connection, select: Select[*tuple[Any, ...]], columns: Sequence[Column], file: BinaryIO, separator: str
) -> int:
    """The rows as Python writes them. There may be a million: nothing here is done in Python for every cell."""
    cells = [_Cells(column, separator) for column in columns]
    count = 0
    with _batches(connection, select, [_textual(column, connection) for column in columns]) as batches:
        for batch in batches:
            lines = [separator.join(map(getitem, cells, row)) for row in batch]
            file.write(("\n".join(lines) + "\n").encode())
            count += len(lines)
    return count


class _Cells(dict[Any, str]):
    """What the values of a column look like in the file; those that came first are remembered, for most come again."""

    def __init__(self, column: Column, separator: str) -> None:
        super().__init__({None: ""})
        self._write = _cell_writer(column, "," if separator == ";" else ".")
        self._separator = separator

    def __missing__(self, value: Any) -> str:
        cell = _quoted(self._write(value), self._separator)
        if len(self) < REMEMBERED:
            self[value] = cell
        return cell


def _textual(column: Column, connection: Connection) -> SQLColumnExpression[Any]:
    """SQLite stores moments as text that begins as we write them, always in UTC: cheaper to cut than to read."""
    if connection.dialect.name == "sqlite" and column.kind is Kind.DATE:
        return func.substr(type_coerce(column.value, Text), 1, 10)
    if connection.dialect.name == "sqlite" and column.kind is Kind.MOMENT:
        return func.replace(func.substr(type_coerce(column.value, Text), 1, 19), " ", "T").concat("Z")
    return column.value


def _line(cells: Iterator[str], separator: str) -> bytes:
    return (separator.join(_quoted(cell, separator) for cell in cells) + "\n").encode()


def _quoted(cell: str, separator: str) -> str:
    if separator in cell or _TO_QUOTE.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _cell_writer(column: Column, point: str) -> Callable[[Any], str]:
    if column.kind is Kind.NUMBER:
        return lambda value: f"{_rounded(value, column.decimals):f}".replace(".", point)
    if column.kind is Kind.DATE:
        return lambda value: value if isinstance(value, str) else _day(value).isoformat()
    if column.kind is Kind.MOMENT:
        return lambda value: value if isinstance(value, str) else f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    return lambda value: neutralise(str(value))


def _rounded(value: Any, decimals: int) -> Decimal:
    """Half away from zero, as the database rounds; 15 digits of a float are what it takes for sure."""
    exact = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0  # + 0: no minus before zero


def _day(value: dt.date) -> dt.date:
    return value.astimezone(dt.UTC).date() if isinstance(value, dt.datetime) else value


def _copy(
    connection: Connection, select: Select[*tuple[Any, ...]], columns: Sequence[Column], file: BinaryIO, separator: str
) -> int:
    """The rows as PostgreSQL writes them."""
    point = "," if separator == ";" else "."
    statement = select.with_only_columns(*(_in_sql(column, point) for column in columns), maintain_column_froms=True)
    compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    query = str(compiled) % ()  # the driver's doubled percent signs made single; there are no placeholders left
    driver: Any = connection.connection.driver_connection
    options = f"FORMAT csv, DELIMITER '{separator}', ENCODING 'UTF8'"
    with driver.cursor() as cursor:
        with cursor.copy(f"COPY ({query}) TO STDOUT WITH ({options})") as blocks:
            for block in blocks:
                file.write(block)
        return int(cursor.rowcount)


def _in_sql(column: Column, point: str) -> ColumnElement[Any]:
    """A cell as text, the same that `_cell_writer` makes. NULL, not '', because COPY quotes what is empty."""
    if column.kind is Kind.NUMBER:
        return func.replace(cast(func.round(cast(column.value, Numeric), column.decimals), Text), ".", point)
    if column.kind is Kind.DATE:
        value: Any = column.value
        return func.to_char(value if isinstance(value.type, Date) else func.timezone("UTC", value), "YYYY-MM-DD")
    if column.kind is Kind.MOMENT:
        return func.to_char(func.timezone("UTC", column.value), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    text = func.nullif(cast(column.value, Text), "")
    return case((text.regexp_match(f"^{_FORMULA.pattern}"), literal("'").concat(text)), else_=text)


# Workbooks


def _write_workbook(
    connection: Connection,
    select: Select[*tuple[Any, ...]],
    columns: Sequence[Column],
    path: str,
    sheet: str,
    right_to_left: bool,
) -> int:
    readers = [_cell_reader(column) for column in columns]
    heads = [workbook.Head(column.label, _number_format(column), _width(column)) for column in columns]
    with _batches(connection, select, [column.value for column in columns]) as batches:
        cells = (
            [None if value is None else read(value) for read, value in zip(readers, row, strict=True)]
            for batch in batches
            for row in batch
        )
        return workbook.write(path, heads, cells, sheet=sheet, right_to_left=right_to_left)


def _cell_reader(column: Column) -> Callable[[Any], Any]:
    if column.kind is Kind.NUMBER:
        return lambda value: float(_rounded(value, column.decimals))
    if column.kind is Kind.DATE:
        return _day
    if column.kind is Kind.MOMENT:
        return lambda value: value.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    return str


def _number_format(column: Column) -> str:
    if column.kind is Kind.NUMBER:
        return "0." + "0" * column.decimals if column.decimals else "0"
    return {Kind.TEXT: "@", Kind.DATE: "yyyy-mm-dd", Kind.MOMENT: "yyyy-mm-dd hh:mm:ss"}[column.kind]


def _width(column: Column) -> float:
    """Text columns wide enough for most names, the others for what they hold, none narrower than its heading."""
    return max({Kind.TEXT: 24, Kind.NUMBER: 9, Kind.DATE: 12, Kind.MOMENT: 20}[column.kind], len(column.label) + 2)


@contextmanager
def _batches(
    connection: Connection, select: Select[*tuple[Any, ...]], values: Sequence[SQLColumnExpression[Any]]
) -> Iterator[Iterator[Sequence[Any]]]:
    """The rows, a batch at a time. A size must be given to `partitions`, else everything is fetched at once."""
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="READ COMMITTED")  # a cursor needs a transaction
    statement = select.with_only_columns(*values, maintain_column_froms=True)
    with closing(connection.execution_options(stream_results=True).execute(statement)) as result:
        yield result.partitions(BATCH)


__all__ = ["Column", "Format", "Kind", "Spooled", "export", "neutralise", "send", "strip"]
