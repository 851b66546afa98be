"""A server and a worker whose lives are short: a warm parent forks each one, and the next when it was killed.

`python -m tests.support.mortal web` is gunicorn's master with the settings of `elearn.serving` around an application
that is imported already, so that a worker process which was killed is replaced within milliseconds; `… worker` does the
same for the worker of jobs. Each life says its process id on stdout once it serves. The parent opens no database.
"""

import argparse
import ctypes
import datetime as dt
import gc
import os
import signal
import sys
import threading
from typing import Any

from flask import Flask
from gunicorn.config import Config
from sqlalchemy.orm import configure_mappers

from elearn import create_app
from elearn.certification import designs, paper
from elearn.core import jobs
from elearn.demonstration import Web
from tests.factories.certificates import MADE_AT, claim

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Live until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("web", "worker"))
    parser.add_argument("--stale", type=float, default=300, help="seconds after which a silent job is taken back")
    told = parser.parse_args()
    die_with_parent()
    app = create_app()
    warm(app)
    gc.freeze()
    if told.kind == "web":
        Mortals(app).run()
    else:
        jobs.STALE_AFTER = dt.timedelta(seconds=told.stale)
        jobs.BEAT_SECONDS = told.stale / 5
        one_after_another(app)


def warm(app: Flask) -> None:
    """What any process learns once, so that a life does not end before it has: mappers, templates, fonts."""
    configure_mappers()
    with app.app_context():
        for name in app.jinja_env.list_templates(extensions=["html"]):
            app.jinja_env.get_template(name)
        paper.produce(claim(), designs.present(designs.CURRENT).label, MADE_AT)


def die_with_parent() -> None:
    """However the tests end, nothing outlives them."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def born() -> None:
    """Say that a life has begun."""
    os.write(sys.stdout.fileno(), f"{os.getpid()}\n".encode())


class Mortals(Web):
    """gunicorn, whose workers say that they live."""

    cfg: Config

    def load_config(self) -> None:
        super().load_config()
        self.cfg.set("post_fork", lambda _arbiter, _worker: die_with_parent())
        self.cfg.set("post_worker_init", lambda _worker: born())


def one_after_another(app: Flask) -> None:
    child = 0

    def end(_signal: int, _frame: Any) -> None:
        if child:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            die_with_parent()
            born()
            jobs.work(app, threading.Event(), idle_seconds=0.1)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
