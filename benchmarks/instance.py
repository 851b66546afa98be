"""An instance of the site to measure: migrated, with the shipped course, a trainee who is signed in, and many records.

`python -m benchmarks.instance ROWS` makes it in its environment, and says on its last line how to use it.
"""

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from elearn.core.db import db, reading, unit_of_work
from elearn.people.models import User

COURSE, LESSON, NEXT = "conditional-cash-transfers", "methods-of-selection", "measuring-errors"
TRAINEE = "trainee@demo.example"
FIRST = 1_000  # the first id of what is made here
OFFERINGS = 10
INSTITUTIONS = 200
COUNTRIES = ("NE", "TN", "ID", "ML", "JO", "EG", "KZ", "SN", "TR", "MA")
LANGUAGES = ("en", "fr", "ar")
BEGAN = dt.datetime(2024, 1, 1, 8, tzinfo=dt.UTC)
FEW_ROWS = 10_000
Rows = Iterator[tuple[Any, ...]]


@dataclass(frozen=True)
class Ready:
    """What there is to ask for."""

    cookie: str
    lesson: str
    next_lesson: str
    email: str
    recent: str  # the day since which there are FEW_ROWS records


def main(rows: int) -> None:
    """Make everything ready and say so."""
    from elearn import create_app  # here: it reads the environment
    from elearn.demonstration import run_command

    app = create_app()
    for command in (("db", "upgrade"), ("courses", "sync"), ("demo", "load")):
        run_command(app, *command)
    with app.app_context():
        cookie = _enrol_and_sign_in(app)
        recent = _seed(rows)
    path = f"/courses/{COURSE}/learn/"
    print(json.dumps(asdict(Ready(cookie, path + LESSON, path + NEXT, TRAINEE, recent))))  # noqa: T201


def _enrol_and_sign_in(app: Flask) -> str:
    from elearn.learning import service as learning
    from elearn.people.queries import person_by_token
    from elearn.people.service import begin_sign_in

    with reading():
        user = db.session.execute(select(User.id, User.epoch).where(User.email_norm == TRAINEE)).one()
    with unit_of_work():
        token = begin_sign_in(user.id, user.epoch, "benchmark")
    with reading():
        person = person_by_token(token)
    assert person is not None
    with unit_of_work():
        learning.enrol(person, COURSE, "en")
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"session={serializer.dumps({'_user_id': token, '_fresh': True})}"


def _seed(rows: int) -> str:
    """Records of people who have completed the course in several runs; one in four records has a certificate."""
    driver: Any = db.engine.raw_connection().driver_connection
    on_postgresql = db.engine.dialect.name == "postgresql"
    # What is made here fits together by the way it is made; checking it a million times would take a minute.
    for setting in (
        ["SET session_replication_role = replica"]
        if on_postgresql
        else ["PRAGMA foreign_keys=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-200000", "BEGIN"]
    ):
        driver.execute(setting)
    for (table, columns), made in _tables(rows, max(1, rows // OFFERINGS)):
        if on_postgresql:
            _copy(driver, table, columns, made)
        else:
            marks = ", ".join("?" * len(columns))
            driver.executemany(f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({marks})', map(_plain, made))
    driver.execute("ANALYZE")
    driver.commit()
    driver.close()
    return _moment(max(0, rows - FEW_ROWS), rows).date().isoformat()


def _copy(driver: Any, table: str, columns: Sequence[str], rows: Rows) -> None:
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({", ".join(columns)}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """As SQLAlchemy stores moments on SQLite."""
    return tuple(f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, dt.datetime) else value for value in row)


def _tables(rows: int, people: int) -> Iterable[tuple[tuple[str, Sequence[str]], Rows]]:
    """Each table with its columns, and the rows."""
    yield (
        ("institution", ("id", "code", "country", "kind", "status", "created_at")),
        ((FIRST + n, f"bench{n}", COUNTRIES[n % 10], "ministry", "confirmed", BEGAN) for n in range(INSTITUTIONS)),
    )
    yield (
        ("institution_text", ("institution_id", "lang", "name")),
        (
            (FIRST + n, lang, f"Ministry of Demonstration {n} ({lang})")
            for n in range(INSTITUTIONS)
            for lang in LANGUAGES
        ),
    )
    yield ("user", ("id", "public_id", "name_latin", "name_arabic", "lang", "tz", "data_saver", "epoch", "state",
                    "country", "institution_id", "sort_key", "search_text", "created_at")), (
        (FIRST + n, f"bench{n}", f"Demo Person {n}", f"شخص تجريبي {n}", LANGUAGES[n % 3], "UTC", False, 0, "active",
         COUNTRIES[n % 10], FIRST + n % INSTITUTIONS, f"demo person {n}", f"demo person {n}", BEGAN)
        for n in range(people)
    )  # fmt: skip
    yield ("offering", ("id", "course_id", "code", "is_default", "mode", "state", "tz", "langs", "results_held",
                        "created_at")), (
        (FIRST + n, 1, f"bench-{n}", False, "open", "running", "UTC", "[]", False, BEGAN) for n in range(OFFERINGS)
    )  # fmt: skip
    yield (
        ("enrolment", ("id", "user_id", "offering_id", "version_id", "lang", "state", "enrolled_at", "active_at")),
        (
            (FIRST + n, FIRST + n % people, FIRST + n // people, 1, LANGUAGES[n % 3], "completed", BEGAN, BEGAN)
            for n in range(rows)
        ),
    )
    yield ("completion", ("id", "enrolment_id", "number", "kind", "version_id", "lang", "minutes", "score", "evidence",
                          "institution_id", "affiliation_confirmed", "country", "sex", "at")), (
        (FIRST + n, FIRST + n, 1, "completed", 1, LANGUAGES[n % 3], 345, 60 + n % 400 / 10, "{}",
         FIRST + n % INSTITUTIONS, n % 3 > 0, COUNTRIES[n % 10], ("female", "male")[n % 2], _moment(n, rows))
        for n in range(rows)
    )  # fmt: skip
    yield ("certificate", ("id", "code", "serial", "completion_id", "user_id", "offering_id", "kind", "design", "langs",
                           "snapshot", "holder_hash", "issuer", "base_url", "demonstration", "issued_at")), (
        (FIRST + n, f"{n:026d}", f"WA-2026-B{n:07d}", FIRST + n, FIRST + n % people, FIRST + n // people, "completion",
         "classic@1", "en,ar", "{}", "0" * 64, "Wasl Academy", "https://academy.example.org", True, BEGAN)
        for n in range(0, rows, 4)
    )  # fmt: skip


def _moment(number: int, rows: int) -> dt.datetime:
    """Records are spread evenly over a thousand days, whatever their number."""
    return BEGAN + dt.timedelta(seconds=number * (1000 * 86_400 / max(1, rows)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
