"""Puts core's own tables, jobs and commands into the application."""

from flask import Flask

from elearn.core import keeping
from elearn.core import mail as mail  # registers the sending of mail as a job
from elearn.core import models as models  # core's tables belong to the one metadata
from elearn.core.cli import worker


def init_app(app: Flask) -> None:
    app.cli.add_command(worker)
    keeping.init_app(app)
