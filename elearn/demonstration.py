"""`make run`: a demonstration instance, made ready and served until Ctrl-C.

It serves as production does: gunicorn with its settings, and one worker for jobs. Both are forked from the process that
made everything ready, so that nothing is imported twice; when either ends, so does the other.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from flask import Flask
from flask.cli import ScriptInfo
from gunicorn.app.base import BaseApplication

ROOT = Path(__file__).resolve().parent.parent
READY = (("db", "upgrade"), ("courses", "sync"), ("demo", "load"))


class Web(BaseApplication):  # type: ignore[misc]
    """gunicorn with the settings of `elearn.serving`, around an application that is there already."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        super().__init__()

    def load_config(self) -> None:
        from elearn import serving  # here and below, so that the environment set in main() counts

        for name in self.cfg.settings.keys() & vars(serving).keys():
            self.cfg.set(name, getattr(serving, name))

    def load(self) -> Flask:
        return self.app


def main() -> int:
    """Make ready, serve; the exit code."""
    os.environ.setdefault("DEMONSTRATION", "1")
    os.environ.setdefault("PORT", "8000")
    os.environ.setdefault("BASE_URL", f"http://127.0.0.1:{os.environ['PORT']}")
    os.chdir(ROOT)
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix="elearn-metrics-", dir=memory) as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # before the application: see core.metrics
        return serve(ready())


def ready() -> Flask:
    """The application: migrated, its courses published, its people there."""
    from elearn import create_app
    from elearn.core.db import db

    app = create_app()
    for command in READY:
        run_command(app, *command)
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()  # a connection does not survive a fork
    return app


def run_command(app: Flask, *command: str) -> None:
    """A `flask` command in this process."""
    app.cli.main(args=list(command), obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)


def serve(app: Flask) -> int:
    """Run web and worker until one of them ends or we are told to stop."""
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=_apart, args=(run,)) for run in (Web(app).run, lambda: run_command(app, "worker"))]
    for process in processes:
        process.start()

    def stop(_signal: int, _frame: Any) -> None:
        for process in processes:
            process.terminate()

    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, stop)
    wait([process.sentinel for process in processes])
    for process in processes:
        process.terminate()
        process.join()
    return max(abs(process.exitcode or 0) for process in processes)


def _apart(run: Callable[[], None]) -> None:
    """In a session of its own: Ctrl-C reaches the parent alone, which stops both in order."""
    os.setsid()
    run()


if __name__ == "__main__":
    sys.exit(main())
