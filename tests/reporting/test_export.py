"""Taking records out: who may, what the file holds, what goes on record, on the page and on the command line."""

import csv
import datetime as dt
import io
import stat
from decimal import Decimal

import openpyxl
import pytest

from elearn.catalogue import rules as catalogue
from elearn.core import clock, tables
from elearn.core.access import Role
from elearn.core.db import db
from elearn.core.models import Audit
from elearn.core.tables import strip
from elearn.people.models import Sex
from elearn.reporting import service
from elearn.reporting.models import ExportLog, ExportOutcome
from tests.factories import people as make
from tests.factories import reporting

AT = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
PURPOSE = "Report to the steering committee"
FORM = {"format": "csv", "lang": "en", "purpose": PURPOSE}
URL = "/manage/records/export"


@pytest.fixture
def records(app, frozen_clock):
    ministry = make.institution('Ministry, of "Water"', "NE")
    amina = make.persona("Amina")
    amina.institution_id, amina.affiliation_confirmed_at = ministry.id, clock.now()
    first = reporting.completion(amina, "waqf-basics", AT, score=83.75)
    reporting.certificate(first, "WA-2026-000001")
    evil = make.user('=HYPERLINK("http://x.example")', name_arabic="\u202eاسم", country="TR", sex=Sex.MALE)
    reporting.completion(evil, "waqf-basics", AT + dt.timedelta(days=1), lang="ar", minutes=20, score=None)
    reporting.annul(reporting.completion(make.user("Gone Away")))
    db.session.flush()


def _read(response, delimiter: str = ",") -> list[dict[str, str]]:
    assert response.status_code == 200, response.text[:500]
    content = response.get_data()
    response.close()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def _sheet(response):
    assert response.status_code == 200
    content = response.get_data()
    response.close()
    return openpyxl.load_workbook(io.BytesIO(content)).active


def _logged() -> list[ExportLog]:
    db.session.expire_all()
    return list(db.session.query(ExportLog).order_by(ExportLog.id))


def test_dawit_exports_what_the_filters_leave(records, browser, dawit):
    response = browser(dawit).post(URL, data=FORM)
    rows = _read(response)
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == "attachment; filename=completion-records-2026-11-21.csv"
    assert response.headers["Cache-Control"] == "private, no-store"
    evil, amina = rows
    assert amina == {
        "Completed on (UTC)": "2026-05-04",
        "Name": "Amina Issoufou",
        "Name in Arabic letters": "أمينة إيسوفو",
        "Institution": 'Ministry, of "Water"',
        "Affiliation": "confirmed",
        "Country": "Niger",
        "Country code": "NE",
        "Course": "waqf-basics",
        "Course code": "waqf-basics",
        "Version": "1",
        "Language": "English",
        "Notional hours": "5.75",
        "Mark (per cent)": "83.8",
        "Certificate": "WA-2026-000001",
        "State of the certificate": "valid",
    }
    assert evil["Name"] == '\'=HYPERLINK("http://x.example")'
    assert strip(evil["Name"]) == '=HYPERLINK("http://x.example")'
    assert evil["Name in Arabic letters"] == "\u202eاسم"
    assert [evil[name] for name in ("Institution", "Affiliation", "Mark (per cent)", "Certificate")] == [""] * 4


def test_the_address_carries_the_filters(records, browser, dawit):
    rows = _read(browser(dawit).post(f"{URL}?country=TR&since=2026-05-05&until=2026-05-05&sex=male", data=FORM))
    assert [row["Country code"] for row in rows] == ["TR"]
    assert _logged()[0].filter == {
        "country": "TR", "since": "2026-05-05", "until": "2026-05-05", "sex": "male", "lang": "en",
    }  # fmt: skip


def test_semicolons_and_french_headings(records, browser, dawit):
    rows = _read(browser(dawit).post(URL, data=FORM | {"format": "csv-semicolon", "lang": "fr"}), ";")
    assert rows[1][list(rows[1])[11]] == "5,75"
    assert rows[0][list(rows[0])[5]] == "Türkiye"


def test_a_workbook_in_arabic(records, browser, dawit):
    response = browser(dawit).post(URL, data=FORM | {"format": "xlsx", "lang": "ar"})
    assert response.headers["Content-Disposition"].endswith("completion-records-2026-11-21.xlsx")
    sheet = _sheet(response)
    assert sheet.sheet_view.rightToLeft
    assert sheet.freeze_panes == "A2"
    assert sheet["A3"].value.date() == dt.date(2026, 5, 4)
    assert (sheet["B2"].value, sheet["B2"].data_type) == ('=HYPERLINK("http://x.example")', "s")
    assert sheet["F3"].value == "النيجر"
    assert sheet["L3"].value == 5.75


def test_sex_only_when_asked_for(records, browser, dawit):
    assert "Sex" not in _read(browser(dawit).post(URL, data=FORM))[0]
    rows = _read(browser(dawit).post(URL, data=FORM | {"sex": "y"}))
    assert [row["Sex"] for row in rows] == ["male", "female"]
    assert ["sex" in row.columns for row in _logged()] == [False, True]


@pytest.mark.parametrize("minutes", [1, 7, 8, 20, 22, 23, 345, 353, 1000])
def test_hours_are_those_of_the_catalogue(app, browser, dawit, minutes):
    reporting.completion(make.user(), minutes=minutes)
    (row,) = _read(browser(dawit).post(URL, data=FORM))
    assert Decimal(row["Notional hours"]) == catalogue.hours(minutes)


# On record


def test_who_why_what_and_how_many_goes_on_record(records, browser, dawit):
    _read(browser(dawit).post(f"{URL}?country=NE", data=FORM | {"purpose": "  Report  to the steering\ncommittee "}))
    (row,) = _logged()
    assert (row.actor_id, row.purpose, row.what, row.rows, row.format) == (dawit.id, PURPOSE, "completions", 1, "csv")
    assert row.filter == {"country": "NE", "lang": "en"}
    assert row.columns[:2] == ["completed_on", "name_latin"]
    assert row.at == clock.now()
    assert db.session.query(Audit).filter_by(verb="exported", actor_id=dawit.id).count() == 1
    assert [one.outcome for one in db.session.query(ExportOutcome)] == ["sent"]


def test_a_file_that_is_not_read_to_its_end_was_broken_off(records, browser, dawit):
    response = browser(dawit).post(URL, data=FORM, buffered=False)
    response.close()
    assert [one.outcome for one in db.session.query(ExportOutcome)] == ["broken-off"]


def test_the_file_is_not_given_when_the_log_cannot_be_written(records, browser, dawit, monkeypatch):
    spooled = []

    def spool(*args, **kwargs):
        spooled.append(tables.export(*args, **kwargs))
        return spooled[-1]

    def fail(*_args, **_kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(service, "export", spool)
    monkeypatch.setattr("elearn.core.audit.note", fail)
    response = browser(dawit).post(URL, data=FORM)
    assert response.status_code == 500
    assert b"Amina" not in response.data
    assert _logged() == []
    assert spooled[0].file.closed


def test_nobody_waits_for_a_slow_reader(records, browser, dawit):
    """While the answer travels no connection is held and anybody may write."""
    response = browser(dawit).post(URL, data=FORM, buffered=False)
    stream = response.iter_encoded()
    next(stream)
    assert [engine.pool.checkedout() for engine in db.engines.values()] == [0, 0]
    make.user("Written Meanwhile")
    db.session.commit()
    list(stream)
    response.close()
    assert [one.outcome for one in db.session.query(ExportOutcome)] == ["sent"]


# Refused


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": ""},
        {"purpose": "because"},
        {"purpose": " " * 30},
        {"purpose": "x" * 501},
        {"format": "pdf"},
        {"lang": "tr"},
    ],
)
def test_without_a_purpose_or_a_known_format_there_is_no_file(records, browser, dawit, change):
    response = browser(dawit).post(f"{URL}?country=NE", data=FORM | change)
    assert response.status_code == 422
    assert response.mimetype == "text/html"
    assert "One correction is needed" in response.text
    assert "Niger" in response.text, "the filters are kept"
    assert _logged() == []


def test_from_a_refused_export_one_goes_on_where_one_was(records, browser, dawit):
    """Its address belongs to a POST; a pager or the choice of a language asks for it by GET."""
    response = browser(dawit).get(f"{URL}?country=NE&after=x")
    assert response.status_code == 302
    assert response.location == "/manage/records?country=NE&after=x"


def test_a_wrong_filter_gives_no_file(records, browser, dawit):
    response = browser(dawit).post(f"{URL}?country=ZZ", data=FORM)
    assert response.status_code == 422
    assert 'name="purpose"' not in response.text, "without filters it would take out everything"
    assert _logged() == []


def test_a_forged_form_gives_no_file(records, browser, dawit):
    assert browser(dawit).post(URL, data=FORM, csrf=False).status_code == 400
    assert _logged() == []


@pytest.mark.parametrize("who", ["amina", "boris", "chloe"])
def test_others_export_nothing(records, browser, request, who):
    one = browser(request.getfixturevalue(who))
    assert one.post(URL, data=FORM).status_code == 403
    assert one.get("/manage/exports").status_code == 403


def test_a_limited_administrator_takes_out_their_own_scope(records, browser, dawit):
    limited = make.user("Limited Admin")
    make.grant(limited, Role.ADMINISTRATOR, country="NE")
    rows = _read(browser(limited).post(URL, data=FORM))
    assert [row["Country code"] for row in rows] == ["NE"]
    assert _logged()[0].filter["scope"] == {"institutions": [], "countries": ["NE"]}
    assert browser(limited).post(f"{URL}?country=TR", data=FORM).status_code == 422


# The log page


def test_the_log_says_who_when_why_and_how_many(records, browser, dawit):
    one = browser(dawit)
    assert "No exports yet" in one.get("/manage/exports").text
    _read(one.post(f"{URL}?country=NE&course=waqf-basics", data=FORM))
    page = one.get("/manage/exports").text
    for words in ("Dawit Rahman", PURPOSE, "waqf-basics</bdi> · <bdi>Niger", "CSV, separated by commas", "sent", ">1<"):
        assert words in page, words


def test_a_limited_administrator_reads_about_their_own_exports(records, browser, dawit):
    limited = make.user("Limited Admin")
    make.grant(limited, Role.ADMINISTRATOR, country="NE")
    _read(browser(dawit).post(URL, data=FORM))
    _read(browser(limited).post(URL, data=FORM | {"purpose": "For my own ministry"}))
    theirs, all_of_them = browser(limited).get("/manage/exports").text, browser(dawit).get("/manage/exports").text
    assert "For my own ministry" in theirs
    assert PURPOSE not in theirs
    assert PURPOSE in all_of_them
    assert "within a limited role" in all_of_them


def test_the_log_has_pages(app, browser, dawit, count_statements):
    def log(number: int) -> None:
        for n in range(number):
            db.session.add(
                ExportLog(
                    actor_id=None, purpose=f"Purpose {n:03d}", what="completions", filter={"country": "NE"}, columns=[],
                    rows=n, format="csv", at=clock.now(),
                )
            )  # fmt: skip

    one = browser(dawit)
    log(10)
    with count_statements() as before:
        one.get("/manage/exports")
    log(60)
    with count_statements() as after:
        page = one.get("/manage/exports")
    assert len(after) == len(before) <= 5
    assert page.text.count("command line") == 50
    assert 'rel="next"' in page.text


# The command


def test_the_command_writes_the_file_and_the_log(records, command, tmp_path):
    out = tmp_path / "records.csv"
    done = command("records", "export", "--format", "csv", "--purpose", PURPOSE, "--country", "ne", out)
    assert done.exit_code == 0, done.output
    assert "1 rows written" in done.output
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert [row["Name"] for row in rows] == ["Amina Issoufou"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [out]
    (row,) = _logged()
    assert (row.actor_id, row.purpose, row.rows) == (None, PURPOSE, 1)
    assert [one.outcome for one in db.session.query(ExportOutcome)] == ["written"]


def test_the_command_knows_courses_and_days(records, command, tmp_path):
    out = tmp_path / "records.xlsx"
    period = ("--course", "waqf-basics", "--from", "2026-05-05", "--to", "2026-05-05")
    assert command("records", "export", "--format", "xlsx", "--purpose", PURPOSE, *period, out).exit_code == 0
    assert openpyxl.load_workbook(out).active.max_row == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--purpose", "short"), "10 to 500 characters"),
        (("--purpose", PURPOSE, "--course", "none"), "no course 'none'"),
        (("--purpose", PURPOSE, "--country", "ZZ"), "no country 'ZZ'"),
        (("--purpose", PURPOSE, "--from", "2026-02-01", "--to", "2026-01-01"), "lies before"),
        ((), "--purpose"),
    ],
)
def test_the_command_refuses_in_words(records, command, tmp_path, options, said):
    done = command("records", "export", *options, tmp_path / "x.csv")
    assert done.exit_code != 0
    assert said in done.output
    assert list(tmp_path.iterdir()) == []
    assert _logged() == []
