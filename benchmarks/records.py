"""All completion records as CSV, against the database's own dump of the same query; each in a process of its own."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.server import ROOT


@dataclass(frozen=True)
class Exports:
    """Seconds by round; the most memory an export of few and of all records held, in bytes."""

    ours: list[float]
    dump: list[float]
    rows: int
    few: int
    peak: int
    peak_of_few: int


def measure(environment: dict[str, str], folder: Path, rounds: int, recent: str) -> Exports:
    """All of it on one database."""
    small = _export(environment, "own", folder / "few.csv", recent)
    ours, dumps, peaks = [], [], []
    for number in range(rounds):
        for what in ("own", "dump") if number % 2 == 0 else ("dump", "own"):
            if what == "own":
                told = _export(environment, "own", folder / "own.csv")
                ours.append(told["seconds"])
                peaks.append(int(told["peak"]))
            else:
                dumps.append(_dump(environment, folder))
    _same_rows(folder)
    return Exports(ours, dumps, int(told["rows"]), int(small["rows"]), max(peaks), int(small["peak"]))


def _export(environment: dict[str, str], what: str, target: Path, *since: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.export", what, str(target), *since]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def _dump(environment: dict[str, str], folder: Path) -> float:
    if "DATABASE_URL" in environment:
        return _export(environment, "dump", folder / "dump.csv")["seconds"]
    query = folder / "query.sql"
    command = [sys.executable, "-m", "benchmarks.export", "query", str(query)]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    database = f"{environment['DATA_DIR']}/elearn.sqlite"
    began = time.perf_counter()
    with query.open() as asked, (folder / "dump.csv").open("wb") as target:
        subprocess.run(["sqlite3", "-readonly", "-csv", "-header", database], stdin=asked, stdout=target, check=True)
    return time.perf_counter() - began


def _same_rows(folder: Path) -> None:
    """A dump of something else would be no reference."""
    counts = []
    for name in ("own.csv", "dump.csv"):
        with (folder / name).open("rb") as file:
            counts.append(sum(1 for _ in file))
    if counts[0] != counts[1]:
        raise RuntimeError(f"the export has {counts[0]} lines, the dump {counts[1]}")
