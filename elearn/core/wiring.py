"""Puts core's own tables, jobs and commands into the application."""

from click import Group
from flask import Flask

from elearn.core import keeping, measuring, operations, signing
from elearn.core import mail as mail  # registers the sending of mail as a job
from elearn.core import models as models  # core's tables belong to the one metadata
from elearn.core.cli import worker


def init_app(app: Flask) -> None:
    app.session_interface = signing.Sessions()
    measuring.init_app(app)
    for command in (worker, operations.backup, operations.restore, operations.mail):
        app.cli.add_command(command)
    migrations = app.cli.commands["db"]
    if isinstance(migrations, Group):
        migrations.add_command(operations.move)
    keeping.init_app(app)
