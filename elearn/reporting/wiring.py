"""Puts completion records, their exports, and the pages on jobs and messages into the application."""

from flask import Flask

from elearn.core import privacy
from elearn.reporting import core_manage, holders, manage
from elearn.reporting import models as models  # their tables belong to the one metadata
from elearn.reporting.cli import records


def init_app(app: Flask) -> None:
    app.register_blueprint(manage.bp)
    app.register_blueprint(core_manage.bp)
    app.cli.add_command(records)
    privacy.register("reporting", export=holders.export, erase=holders.erase, holdings=holders.HOLDINGS)
