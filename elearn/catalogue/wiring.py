"""Puts courses into the application."""

from flask import Flask

from elearn.catalogue import models as models
from elearn.catalogue.cli import courses
from elearn.catalogue.lesson import LESSON


def init_app(app: Flask) -> None:
    app.extensions.setdefault("step_kinds", {})[LESSON.name] = LESSON
    app.cli.add_command(courses)
