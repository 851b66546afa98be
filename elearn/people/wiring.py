"""Puts people into the application."""

from flask import Flask

from elearn.core.web import login_manager
from elearn.people import manage as manage  # adds its pages to the blueprint
from elearn.people.cli import users
from elearn.people.queries import person_by_token
from elearn.people.views import bp


def init_app(app: Flask) -> None:
    login_manager.user_loader(person_by_token)
    app.register_blueprint(bp)
    app.cli.add_command(users)
