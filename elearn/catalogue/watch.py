"""`flask courses check --watch`: after every save, what is wrong, on a screen of its own."""

import time
from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app

from elearn.catalogue.draft import Draft, saves
from elearn.catalogue.reading import places, say, shipped

Pause = Callable[[float], object]


def watch(directory: Path | None, pause: Pause = time.sleep) -> None:
    """Say again and again what is wrong, until Ctrl-C."""
    kinds = current_app.extensions["step_kinds"]
    drafts: dict[Path, Draft] = {}
    try:
        for _save in saves(directory or shipped(), pause):
            began = time.perf_counter()
            readings = [(place, drafts.setdefault(place, Draft(place, kinds)).read()) for place in places(directory)]
            took = time.perf_counter() - began
            click.clear()
            for place, reading in readings:
                for problem in reading.problems:
                    say(place, problem)
                for notice in reading.notices if not reading.problems else ():
                    say(place, notice, "note: ")
                if not reading.problems and reading.course:
                    steps, minutes = len(reading.course.steps), reading.course.minutes
                    click.echo(f"{place}: in order ({steps} steps, {minutes} minutes)")
            count = sum(len(reading.problems) for _place, reading in readings)
            words = f"{count} {'problem' if count == 1 else 'problems'}" if count else "in order"
            click.echo(f"{time.strftime('%H:%M:%S')}  {words}, looked at in {took:.2f} s; Ctrl-C ends this", err=True)
    except KeyboardInterrupt:
        click.echo(err=True)  # below the ^C that the terminal shows
