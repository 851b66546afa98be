"""Puts offerings into the application."""

from typing import Any

from flask import Flask

from elearn.catalogue.events import course_published
from elearn.catalogue.models import Course
from elearn.programmes import models as models
from elearn.programmes import service


def _when_published(_sender: Any, course: Course, first: bool, **_more: Any) -> None:
    if first:
        service.open_default_offering(course)


def init_app(app: Flask) -> None:
    course_published.connect(_when_published, weak=False)
