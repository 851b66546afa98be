"""One export of completion records in a process of its own: `python -m benchmarks.export own|dump|query FILE [SINCE]`.

`own` is the site's export, `dump` the database's own of the same query on PostgreSQL; `query` only says what the query
is, for the shell of SQLite. The last line tells seconds, rows, and the most memory the process ever held.
"""

import datetime as dt
import json
import resource
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from elearn.core.db import db
from elearn.core.tables import Format
from elearn.learning.models import Completion
from elearn.reporting import queries
from elearn.reporting.access import EVERYWHERE
from elearn.reporting.columns import columns
from elearn.reporting.rules import Wanted
from elearn.reporting.service import take_records

LANG = "en"


def own(target: Path, wanted: Wanted) -> int:
    """As `/manage/records/export` and `flask records export` make it."""
    taken = take_records(None, wanted, Format.CSV, LANG)
    with target.open("wb") as file:
        shutil.copyfileobj(taken.spooled.file, file)
    taken.spooled.close()
    return taken.spooled.rows


def query(wanted: Wanted, dialect: Any) -> str:
    """The rows of the export as the database holds them, nothing put into words for spreadsheets."""
    found = (
        queries.records(LANG)
        .where(*queries.conditions(wanted, EVERYWHERE))
        .order_by(Completion.at.desc(), Completion.id.desc())
        .with_only_columns(*(one.value for one in columns(LANG, sex=False).values()), maintain_column_froms=True)
    )
    return str(found.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def dump(target: Path, wanted: Wanted) -> int:
    """What PostgreSQL gives out by itself."""
    statement = query(wanted, postgresql.dialect()) % ()
    driver: Any = db.engines["reader"].raw_connection().driver_connection
    with target.open("wb") as file, driver.cursor() as cursor:
        with cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER)") as blocks:
            for block in blocks:
                file.write(block)
        return int(cursor.rowcount)


def main(what: str, target: str, since: str = "") -> None:
    from elearn import create_app  # here: it reads the environment

    wanted = Wanted(since=dt.date.fromisoformat(since) if since else None)
    with create_app().test_request_context():
        if what == "query":
            Path(target).write_text(query(wanted, sqlite.dialect()))
            return
        began = time.perf_counter()
        rows = (own if what == "own" else dump)(Path(target), wanted)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "rows": rows, "peak": peak}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
