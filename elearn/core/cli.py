"""Commands that belong to no domain."""

import signal
import threading
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from elearn.core import jobs


@click.command("worker")
@click.option("--once", is_flag=True, help="Carry out what is due now, then stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Carry out jobs: mails, certificates, clean-up. Runs until it is told to stop (SIGTERM, Ctrl-C)."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if once:
        while jobs.work_once():
            pass
        return
    stop = threading.Event()

    def end(_signal: int, _frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    jobs.work(app, stop)
