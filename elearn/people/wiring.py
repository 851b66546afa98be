"""Puts people into the application."""

from flask import Flask

from elearn.core.web import login_manager
from elearn.people.queries import person_by_token


def init_app(app: Flask) -> None:
    login_manager.user_loader(person_by_token)
