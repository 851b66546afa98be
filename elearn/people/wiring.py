"""Puts people into the application."""

from typing import Any

from flask import Flask

from elearn.core import jobs
from elearn.core.db import unit_of_work
from elearn.core.web import login_manager
from elearn.people import links, service
from elearn.people import manage as manage  # adds its pages to the blueprint
from elearn.people.cli import users
from elearn.people.queries import person_by_token
from elearn.people.views import bp


@jobs.handler("people.reset")
def _send_reset(args: dict[str, Any]) -> None:
    with unit_of_work():
        links.send_reset(args["email"])


@jobs.every_tick
def _forget_what_is_over() -> None:
    with unit_of_work():
        service.forget_what_is_over()


def init_app(app: Flask) -> None:
    login_manager.user_loader(person_by_token)
    app.register_blueprint(bp)
    app.cli.add_command(users)
