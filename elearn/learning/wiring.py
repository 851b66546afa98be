"""Puts learning into the application."""

from flask import Flask

from elearn.learning import models as models


def init_app(app: Flask) -> None:
    """The player's pages are registered here once they stand."""
