"""Puts learning into the application."""

from flask import Flask

from elearn.learning import manage as manage  # adds its pages to the blueprint
from elearn.learning import models as models
from elearn.learning.views import bp


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
