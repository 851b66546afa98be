"""`make run`: a demonstration instance, made ready and served until Ctrl-C.

It runs what production runs, as two processes: gunicorn and one worker for jobs. When either ends, so does the other.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from flask.cli import ScriptInfo

ROOT = Path(__file__).resolve().parent.parent
READY = (("db", "upgrade"), ("courses", "sync"), ("demo", "load"))
COMMANDS = (
    (sys.executable, "-m", "gunicorn", "--config", "python:elearn.serving", "wsgi:app"),
    (sys.executable, "-m", "flask", "--app", "wsgi", "worker"),
)


def main() -> int:
    """Make ready, serve; the exit code."""
    port = os.environ.setdefault("PORT", "8000")
    os.environ.setdefault("DEMONSTRATION", "1")
    os.environ.setdefault("BASE_URL", f"http://127.0.0.1:{port}")
    os.chdir(ROOT)
    make_ready()
    return serve()


def make_ready() -> None:
    """Migrate, publish the shipped courses, see to the people of the demonstration."""
    from elearn import create_app  # here, so that the environment above counts

    app = create_app()
    for command in READY:
        run_command(app, *command)


def run_command(app: Flask, *command: str) -> None:
    """A `flask` command in this process: starting Python anew for each would cost a second."""
    app.cli.main(args=list(command), obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)


def serve() -> int:
    """Run web and worker until one of them ends or we are told to stop."""
    processes = [subprocess.Popen(command, start_new_session=True) for command in COMMANDS]

    def stop(_signal: int, _frame: Any) -> None:
        for process in processes:
            process.terminate()

    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, stop)
    first, code = os.wait()
    for process in processes:
        if process.pid == first:
            process.returncode = os.waitstatus_to_exitcode(code)
        else:
            process.terminate()
    return max(abs(process.wait()) for process in processes)


if __name__ == "__main__":
    sys.exit(main())
