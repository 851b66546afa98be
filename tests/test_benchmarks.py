"""That the benchmarks measure what they say they do; never how fast anything is."""

import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from benchmarks import __main__ as bench
from benchmarks import courses, pages, records, report
from benchmarks.instance import Ready
from benchmarks.report import Ratio, Section
from benchmarks.server import clean_environment
from tests.conftest import empty_postgresql

ROWS = 40


@pytest.fixture
def instance(database, request, tmp_path) -> tuple[dict[str, str], Ready]:
    """A small instance on this database, made as the benchmarks make it."""
    given = {"DEMONSTRATION": "1", "BASE_URL": "http://127.0.0.1:8000", "DATA_DIR": str(tmp_path / "instance")}
    if database.app.config["DATABASE_URL"].startswith("postgresql"):
        given["DATABASE_URL"] = empty_postgresql(request.config, "elearn_bench")
    environment = clean_environment(**given)
    return environment, bench.made_ready(environment, ROWS)


@pytest.mark.long
def test_what_is_asked_is_answered_with_what_is_meant(instance, monkeypatch):
    environment, ready = instance
    answers: dict[str, bytes] = {}

    def ask_once(url: str, _seconds: int, headers: dict[str, str]) -> float:
        plain = {name: value for name, value in headers.items() if name != "Accept-Encoding"}
        with urlopen(Request(url, headers=plain), timeout=20) as answer:
            answers[url] = answer.read()
            assert answer.status == 200
        return 100.0

    monkeypatch.setattr(pages, "requests_per_second", ask_once)
    told = pages.measure(environment, ready, 1, 1, lambda _words: None)
    lesson = next(body for url, body in answers.items() if url.endswith(ready.lesson))
    assert b"Amina Demo" in lesson
    assert b"lesson-languages" in lesson
    usual = next(body for url, body in answers.items() if url.endswith("/list"))
    assert 7_500 < len(usual) < 9_000
    assert b"Afghanistan" in usual
    assert told.memory > 10_000_000
    assert [one.value for one in bench.page_ratios("SQLite", told)] == [1.0] * 6


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="the shell of SQLite is not installed")
@pytest.mark.long
def test_the_export_and_the_dump_hold_the_same_records(instance, tmp_path):
    environment, ready = instance
    told = records.measure(environment, tmp_path, 1, ready.recent)
    assert told.rows >= ROWS
    own, dump = ((tmp_path / name).read_text(encoding="utf-8-sig").splitlines() for name in ("own.csv", "dump.csv"))
    assert len(own) == len(dump) == told.rows + 1
    assert sum("WA-2026-B" in line for line in own) == sum("WA-2026-B" in line for line in dump) == ROWS // 4


def test_a_course_is_measured_as_it_is_said(tmp_path: Path):
    environment = clean_environment(DEMONSTRATION="1", DATA_DIR=str(tmp_path))
    told = courses.measure(environment, lessons=3, rounds=2)
    assert told.words >= 1_500
    assert told.lessons == 3
    assert {len(rounds) for rounds in (told.compiled, told.plain, told.again, told.one, told.unchanged)} == {2}
    lesson = courses.compiled(courses.course(1)).steps[0].content
    assert set(lesson.texts) == set(courses.LANGUAGES)
    assert 'class="chart' in lesson.texts["ar"].html and "<math" in lesson.texts["fr"].html
    assert [one.value for one in bench.course_ratios(replace(told, again=[6.0, 6.0], one=[2.0, 2.0]))][1] == 3.0


def test_the_report_says_by_how_much_an_aim_is_missed(tmp_path: Path):
    sections = [
        Section(
            "Pages", "Words.", [Ratio("lesson of (a)", 0.05, 0.1), Ratio("catalogue", 0.4, 0.3), Ratio("other", 7)]
        ),
        Section("Start", "Words.", [Ratio("seconds", 2.5, 2, "at most", " s")]),
    ]
    report.write(tmp_path, sections, "The end.")
    page = (tmp_path / "benchmarks.md").read_text()
    assert "| lesson of (a) | 0.05 | at least 0.10 | **missed by 50%** |" in page
    assert "| catalogue | 0.40 | at least 0.30 | reached |" in page
    assert "| seconds | 2.50 s | at most 2 s | **missed by 25%** |" in page
    drawn = ET.fromstring((tmp_path / "benchmarks.svg").read_text())
    bars = list(drawn.iter("{http://www.w3.org/2000/svg}rect"))[1:]
    assert [float(bar.get("width", 0)) for bar in bars] == [80, 213, 128]
    assert "style" not in (tmp_path / "benchmarks.svg").read_text()
