"""Puts courses into the application."""

from flask import Flask

from elearn.catalogue import cli_publish as cli_publish  # adds its commands to the group
from elearn.catalogue import cli_stats as cli_stats
from elearn.catalogue import cli_translations as cli_translations
from elearn.catalogue import cli_write as cli_write
from elearn.catalogue import holders
from elearn.catalogue import models as models
from elearn.catalogue.cli import courses
from elearn.catalogue.filestep import FILE_STEP
from elearn.catalogue.lesson import LESSON
from elearn.catalogue.views import bp
from elearn.core import privacy


def init_app(app: Flask) -> None:
    kinds = app.extensions.setdefault("step_kinds", {})
    kinds.update({kind.name: kind for kind in (LESSON, FILE_STEP)})
    app.register_blueprint(bp)
    app.cli.add_command(courses)
    privacy.register("catalogue", export=holders.export, erase=holders.erase, holdings=holders.HOLDINGS)
