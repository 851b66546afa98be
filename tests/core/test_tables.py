"""Tables as files: the same bytes from both databases, text that stays text, and the way back."""

import csv
import datetime as dt
import io
import tracemalloc

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Float, Integer, String, bindparam, literal, literal_column, select

from elearn.core import clock, tables, workbook
from elearn.core.db import UtcDateTime, db
from elearn.core.errors import Refused
from elearn.core.models import Job, JobState
from elearn.core.tables import Column, Format, Kind, export, neutralise, strip

NASTY = [
    "=1+1",
    "+227 20 00 00 00",
    "-5",
    "@SUM(A1)",
    "\ttab",
    "\rreturn",
    "\nline",
    "＝1+1",
    "'=1+1",
    "''@x",
    "'quoted'",
    "a=1",
    ' "said", he; ',
    'x"y',
    "one, two",
    "one; two",
    "two\nlines",
    "two\r\nlines",
    "alone\r",
    "back\\slash",
    "100 % of %(all)s %% :x",
    "أمينة إيسوفو",
    "\u202eevil\u202c \u2067name\u2069",
    "<script>alert(1)</script>",
    "\\.",
    " blank ",
    "",
    "e\u0301 é 😀",
]
AT = dt.datetime(2026, 12, 31, 23, 30, 59, 999_000, tzinfo=dt.UTC)


def _job(error: str | None, number: int) -> Job:
    return Job(
        kind="x",
        key=f"{number:06d}",
        args={},
        state=JobState.FAILED,
        run_at=AT + dt.timedelta(minutes=number),
        attempts=number,
        error=error,
        finished_at=None if number % 2 else AT,
        created_at=clock.now(),
    )


COLUMNS = [
    Column("Key", Job.key),
    Column("=Error", Job.error),
    Column("Tries", Job.attempts, Kind.NUMBER),
    Column("Share", Job.attempts * literal(0.125, Float), Kind.NUMBER, decimals=2),
    Column("Day", Job.run_at, Kind.DATE),
    Column("At (UTC)", Job.run_at, Kind.MOMENT),
    Column("Finished", Job.finished_at, Kind.DATE),
    Column("State", Job.state),
]
ALL = select(Job.id).order_by(Job.key)


@pytest.fixture
def jobs(app):
    """One job for each nasty text, and one without."""
    for number, text in enumerate([*NASTY, None]):
        db.session.add(_job(text, number))
    db.session.commit()


def _bytes(columns=COLUMNS, format=Format.CSV, rows=ALL, **more) -> bytes:
    spooled = export(rows, columns, format, **more)
    with spooled.file as file:
        content = file.read()
    assert len(content) == spooled.size
    return content


def _cells(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


# Formulas


@given(st.text() | st.from_regex("'*[=+@\t\r\n-].*"))
def test_what_was_neutralised_comes_back_exactly(text):
    cell = neutralise(text)
    assert strip(cell) == text
    assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))


@given(st.text())
def test_a_text_is_changed_only_by_one_apostrophe_in_front(text):
    assert neutralise(text) in (text, "'" + text)


@pytest.mark.parametrize(
    ("typed", "cell"),
    [("=1", "'=1"), ("'=1", "''=1"), ("'", "'"), ("'a", "'a"), ("a=1", "a=1"), (" =1", " =1"), ("", "")],
)
def test_neutralising(typed, cell):
    assert neutralise(typed) == cell
    assert strip(cell) == typed


# CSV


def test_csv_reads_back_as_it_was(jobs):
    content = _bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    heading, *rows = _cells(content)
    assert heading == ["Key", "'=Error", "Tries", "Share", "Day", "At (UTC)", "Finished", "State"]
    assert [strip(row[1]) for row in rows] == [*NASTY, ""]
    assert [row[2] for row in rows] == [str(number) for number in range(len(NASTY) + 1)]
    assert rows[1][3:] == ["0.13", "2026-12-31", "2026-12-31T23:31:59Z", "", "failed"]
    assert rows[-1][4] == "2026-12-31"
    assert {row[6] for row in rows} == {"", "2026-12-31"}


def test_semicolons_go_with_a_decimal_comma(jobs):
    heading, *rows = _cells(_bytes(format=Format.CSV_SEMICOLON), ";")
    assert len(heading) == len(COLUMNS)
    assert [strip(row[1]) for row in rows] == [*NASTY, ""]
    assert rows[1][3] == "0,13"


@pytest.mark.parametrize("format", [Format.CSV, Format.CSV_SEMICOLON])
def test_both_databases_write_the_same_bytes(jobs, format, monkeypatch):
    """What PostgreSQL writes by itself is what Python writes."""
    by_python = tables._stream_csv
    used = []
    monkeypatch.setattr(tables, "_stream_csv", lambda *args: used.append("python") or by_python(*args))
    content = _bytes(format=format)
    assert used == ([] if db.engine.name == "postgresql" else ["python"])
    monkeypatch.setattr(tables, "_copy", tables._stream_csv)
    assert _bytes(format=format) == content


def test_filters_are_values_not_sql(jobs):
    """What COPY cannot take as a parameter is written into it safely."""
    for text in NASTY:
        found = _cells(_bytes([Column("E", Job.error), Column("K", Job.key)], rows=ALL.where(Job.error == text)))
        assert [strip(row[0]) for row in found[1:]] == [text]
    moment = AT + dt.timedelta(minutes=2)
    rows = ALL.where(Job.run_at < bindparam("at", moment, UtcDateTime()), Job.state.in_([JobState.FAILED]))
    assert [row[0] for row in _cells(_bytes(rows=rows))[1:]] == ["000000", "000001"]


def test_days_are_those_of_utc_whatever_zone_the_database_is_in(jobs, monkeypatch):
    if db.engine.name == "postgresql":
        rows = tables._copy

        def in_tokyo(connection, *rest):
            connection.exec_driver_sql("SET TIME ZONE 'Asia/Tokyo'")
            try:
                return rows(connection, *rest)
            finally:
                connection.exec_driver_sql("RESET TIME ZONE")

        monkeypatch.setattr(tables, "_copy", in_tokyo)
    columns = [Column("Day", Job.run_at, Kind.DATE), Column("At", Job.run_at, Kind.MOMENT)]
    assert _cells(_bytes(columns))[1] == ["2026-12-31", "2026-12-31T23:30:59Z"]


def test_numbers_are_rounded_alike(app):
    db.session.add_all(
        [_job(str(value), n) for n, value in enumerate([0.125, 2.675, -0.004, 33.335, 1e10, 66.66666666])]
    )
    db.session.commit()
    columns = [Column("K", Job.key), Column("N", Job.error.cast(Float), Kind.NUMBER, decimals=2)]
    numbers = [row[1] for row in _cells(_bytes(columns))[1:]]
    assert numbers == ["0.13", "2.68", "0.00", "33.34", "10000000000.00", "66.67"]


def test_one_column_is_a_table_too(jobs):
    assert len(_cells(_bytes([Column("Key", Job.key)]))) == len(NASTY) + 2


def test_two_columns_of_one_name_are_refused(app):
    with pytest.raises(ValueError):
        export(ALL, [Column("A", Job.key), Column("A", Job.error)], Format.CSV)


# Workbooks


def naive(*when: int) -> dt.datetime:
    return dt.datetime(*when, tzinfo=dt.UTC).replace(tzinfo=None)


def _sheet(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content)).active


@pytest.fixture(params=["fast", "fallback"])
def library(request, monkeypatch):
    if request.param == "fallback":
        monkeypatch.setattr(workbook, "fast", None)
    else:
        assert workbook.fast is not None


def test_a_workbook_has_text_as_text_and_days_as_days(jobs, library):
    sheet = _sheet(_bytes(format=Format.XLSX, sheet="سجلات [الإتمام]", right_to_left=True))
    assert sheet.title == "سجلات  الإتمام"
    assert sheet.sheet_view.rightToLeft
    assert sheet.freeze_panes == "A2"
    heading, *rows = list(sheet.iter_rows())
    assert [cell.value for cell in heading] == [column.label for column in COLUMNS]
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "d"}, "no formulas"
    texts = [(row[1].value or "").replace("_x000D_", "\r") for row in rows]
    assert texts == [*NASTY, ""]
    assert rows[1][3].value == 0.13
    assert rows[1][4].value == naive(2026, 12, 31)
    assert rows[1][4].number_format == "yyyy-mm-dd"
    assert rows[1][5].value == naive(2026, 12, 31, 23, 31, 59)
    assert rows[1][6].value is None


def test_an_empty_workbook_has_its_heading(app, library):
    sheet = _sheet(_bytes(format=Format.XLSX, sheet=""))
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [[column.label for column in COLUMNS]]
    assert not sheet.sheet_view.rightToLeft


def test_a_text_longer_than_a_cell_is_cut(app, library):
    db.session.add(_job("x" * 40_000, 1))
    db.session.commit()
    sheet = _sheet(_bytes(format=Format.XLSX))
    assert len(sheet["B2"].value) == 32_767


def test_more_rows_than_a_sheet_holds_are_refused(jobs, library, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 5)
    with pytest.raises(Refused, match="at most 5 rows"):
        export(ALL, COLUMNS, Format.XLSX)


# Files and memory


def test_the_file_has_no_name_and_a_failure_leaves_none(jobs, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    spooled = export(ALL, COLUMNS, Format.CSV)
    assert spooled.rows == len(NASTY) + 1
    assert list(tmp_path.iterdir()) == []
    spooled.close()
    with pytest.raises(Exception, match="no_such"):
        export(ALL, [Column("A", Job.key), Column("B", literal_column("no_such_column", String))], Format.CSV)
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_the_database_is_held_once_the_file_is_there(jobs):
    spooled = export(ALL, COLUMNS, Format.XLSX)
    assert db.engines["reader"].pool.checkedout() == 0
    spooled.close()


@pytest.mark.parametrize("format", [Format.CSV, Format.XLSX])
def test_memory_does_not_grow_with_the_rows(app, format):
    """Twenty times as many rows, hardly more memory."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < bindparam("most", 0, Integer)))

    def peak(most: int) -> int:
        rows = select(numbers.c.n).params(most=most)
        columns = [Column("N", numbers.c.n, Kind.NUMBER), Column("T", literal("x" * 200, String))]
        tracemalloc.start()
        spooled = export(rows, columns, format)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        spooled.close()
        assert spooled.rows == most
        return found

    peak(10)
    assert peak(40_000) < peak(2_000) + 300_000
