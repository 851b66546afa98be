"""`make bench`: measure everything, print the ratios, write docs/benchmarks.md. `--quick` only shows that it works."""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import certificate, courses, pages, records, report, visits
from benchmarks.instance import Ready
from benchmarks.notes import NOTES
from benchmarks.pages import BARE, CATALOGUE, LESSON, LESSON_PLAIN, LIST, USUAL
from benchmarks.report import Ratio, Section
from benchmarks.server import ROOT, clean_environment
from tests.support import postgres

MB = 1_000_000


@dataclass(frozen=True)
class Extent:
    """How much is measured."""

    rows: int
    rounds: int
    seconds: int
    certificates: int
    lessons: int


FULL = Extent(rows=1_000_000, rounds=3, seconds=4, certificates=10, lessons=100)
QUICK = Extent(rows=2_000, rounds=1, seconds=1, certificates=1, lessons=4)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--quick", action="store_true", help="a few seconds of everything; figures without meaning")
    options.add_argument("--to", type=Path, help="the folder to write to; docs/, and with --quick nowhere")
    given = options.parse_args()
    began = time.monotonic()
    sections = measure(QUICK if given.quick else FULL, say)
    say(f"{report.printed(sections)}\n\nAll of it took {time.monotonic() - began:.0f} seconds.")
    target = given.to or (None if given.quick else ROOT / "docs")
    if target is not None:
        report.write(target, sections, NOTES)


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


def measure(extent: Extent, say: Callable[[str], None]) -> list[Section]:
    """Everything, on both databases where there is a PostgreSQL."""
    speeds, exports, house = [], [], []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        for database, environment in databases(folder):
            called = report.NAMES[database]
            say(f"{called}: making an instance with {extent.rows:,} records")
            ready = made_ready(environment, extent.rows)
            say(f"{called}: pages")
            told = pages.measure(environment, ready, extent.rounds, extent.seconds, say)
            speeds += page_ratios(called, told)
            house += house_ratios(called, told)
            say(f"{called}: exports")
            exports += export_ratios(called, records.measure(environment, folder, extent.rounds, ready.recent))
            if database == "sqlite":
                say("Visits")
                seen = visits.measure(environment, ready)
                say(f"Courses: one of {extent.lessons} lessons")
                apart = environment | {"DATA_DIR": str(folder / "courses")}
                written = courses.measure(apart, extent.lessons, max(3, extent.rounds))
    say("Certificates")
    papers = certificate.measure(extent.rounds, extent.certificates)
    return [
        Section("Pages", PAGES, speeds),
        Section("Completion records as CSV", EXPORTS.format(rows=extent.rows), exports),
        Section("Courses", COURSES.format(lessons=written.lessons, words=written.words), course_ratios(written)),
        Section("Certificate", PAPERS, paper_ratios(*papers)),
        Section("A visit over a slow link", VISITS, visit_ratios(seen)),
        Section("Start and memory", HOUSE, house),
    ]


def databases(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Each database with the environment of an instance that stands on it."""
    common = {"DEMONSTRATION": "1", "BASE_URL": "http://127.0.0.1:8000", "DEMO_PASSWORD": "only-for-measuring"}
    yield "sqlite", clean_environment(**common, DATA_DIR=str(folder / "sqlite"))
    binaries = postgres.find_binaries()
    if binaries is None:
        say("No PostgreSQL was found: its half is left out.")
        return
    cluster = postgres.Cluster(binaries)
    try:
        yield (
            "postgresql",
            clean_environment(**common, DATA_DIR=str(folder / "postgresql"), DATABASE_URL=cluster.url("postgres")),
        )
    finally:
        cluster.stop()


def made_ready(environment: dict[str, str], rows: int) -> Ready:
    command = [sys.executable, "-m", "benchmarks.instance", str(rows)]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    return Ready(**json.loads(told.splitlines()[-1]))


def middle(ours: Sequence[float], reference: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(one / other for one, other in zip(ours, reference, strict=True))


def page_ratios(database: str, told: pages.Pages) -> list[Ratio]:
    speed = {name: statistics.median(rounds) for name, rounds in told.rounds.items()}

    def ratio(what: str, page: str, reference: str, aim: float | None) -> Ratio:
        detail = f"{speed[page]:,.0f} of {speed[reference]:,.0f} a second"
        return Ratio(f"{what}, {database}", middle(told.rounds[page], told.rounds[reference]), aim, detail=detail)

    return [
        ratio("lesson of (a)", LESSON, BARE, 0.10),
        ratio("lesson of (b)", LESSON, LIST, 0.6),
        ratio("lesson of (b′)", LESSON, USUAL, None),
        ratio("lesson not compressed of (b)", LESSON_PLAIN, LIST, None),
        ratio("lesson not compressed of (b′)", LESSON_PLAIN, USUAL, None),
        ratio("catalogue of (a)", CATALOGUE, BARE, 0.30),
    ]


def export_ratios(database: str, told: records.Exports) -> list[Ratio]:
    ours, dump = statistics.median(told.ours), statistics.median(told.dump)
    most = 2 if database == report.NAMES["postgresql"] else 4
    growth = (told.peak - told.peak_of_few) / MB
    return [
        Ratio(
            f"CSV, times the dump's time, {database}",
            middle(told.ours, told.dump),
            most,
            "at most",
            detail=f"{ours:.1f} and {dump:.1f} seconds for {told.rows:,} rows",
        ),
        Ratio(
            f"CSV, more memory for all rows, {database}",
            max(0.0, growth),
            8,
            "at most",
            " MB",
            f"at most {told.peak / MB:.0f} MB, and {told.peak_of_few / MB:.0f} MB for {told.few:,} rows",
        ),
    ]


def paper_ratios(ours: list[float], plain: list[float], size: int) -> list[Ratio]:
    detail = f"{statistics.median(ours) * 1000:.0f} and {statistics.median(plain) * 1000:.0f} ms; {size / 1000:.0f} KB"
    return [Ratio("certificate, times faster than plain", middle(plain, ours), 1.3, detail=detail)]


def course_ratios(told: courses.Costs) -> list[Ratio]:
    def ratio(what: str, ours: list[float], other: list[float], most: float | None) -> Ratio:
        detail = f"{statistics.median(ours) * 1000:.0f} and {statistics.median(other) * 1000:.0f} ms"
        return Ratio(what, middle(ours, other), most, "at most", detail=detail)

    rounds = [told.whole] * len(told.again)
    return [
        ratio("compiling a lesson with every element, times plain Markdown", told.compiled, told.plain, 4),
        ratio("publishing again with one changed lesson, times a course of that lesson", told.again, told.one, 4),
        ratio("the same, times plain Markdown of that lesson", told.again, told.one_plain, None),
        ratio("the same, of publishing everything", told.again, rounds, 0.1),
        ratio("an unchanged course, of publishing everything", told.unchanged, rounds, 0.02),
    ]


def visit_ratios(seen: dict[str, visits.Visit]) -> list[Ratio]:
    found = []
    for what, visit in seen.items():
        aim = 40 if "first" in what else 10 if "next" in what else None
        detail = f"requests: {visit.requests}"
        if visit.pictures:
            detail += f"; beside them pictures of the lesson: {visit.pictures}, {visit.picture_size / 1000:.0f} KB"
        found.append(Ratio(what, visit.size / 1000, aim, "at most", " KB", detail))
        if "first" in what:
            found.append(Ratio(f"{what}: requests", visit.requests, 5, "at most"))
    return found


def house_ratios(database: str, told: pages.Pages) -> list[Ratio]:
    start = statistics.median(told.ready_after)
    return [
        Ratio(f"from start to first answer, {database}", start, 2, "at most", " s"),
        Ratio(f"memory of a worker after the rounds above, {database}", told.memory / MB, unit=" MB"),
    ]


PAGES = """\
*(a)* a separate bare Flask application that answers a few bytes. *(b)* a separate bare Flask application that reads a
signed session cookie, asks one indexed query through Flask-SQLAlchemy for thirty rows of the same database, and lists
them in a Jinja page of 8 KB; *(b′)* the same with a single row. Neither has middleware, compresses, logs or counts
anything. The lesson has 1,500 words and is asked for by a trainee who is signed in, as a browser asks (compressed),
and once more without compression; the catalogue by a visitor. The database holds a million completions meanwhile."""
EXPORTS = """\
{rows:,} records with names, institutions, courses and certificates, newest first, by the code behind
`/manage/records/export`, against what `COPY (…) TO STDOUT` and the `sqlite3` shell make of the same query."""
PAPERS = """\
A certificate in two languages with its QR code, as an archive (PDF/A-3a and PDF/UA-1) with its claim attached, in a
process that has made one before, against `HTML(string=…).write_pdf()` of the same page, which claims nothing."""
COURSES = """\
A lesson of {words:,} words that holds every element of the format, compiled (read, checked, rendered, made safe,
weighed), against `markdown.markdown(text)` of the same text without extensions. Then a course of {lessons} such lessons
in three languages, published by `flask courses sync` on SQLite, without the start of the process: after one lesson was
changed in its source language, and with nothing changed; beside it a course of that lesson alone, changed likewise."""
VISITS = """\
Chromium, what travels on the wire with its headers. `Again` is the same address a moment later."""
HOUSE = """\
One worker. Its memory is its proportional share (PSS)."""


if __name__ == "__main__":
    main()
