"""Puts people into the application."""

from typing import Any

from flask import Flask

from elearn.core import jobs, privacy, retention
from elearn.core.db import unit_of_work
from elearn.core.web import login_manager
from elearn.people import data_copy as data_copy  # registers the making of copies as a job
from elearn.people import holders, keeping, links
from elearn.people import manage as manage  # adds its pages to the blueprint
from elearn.people import privacy_manage as privacy_manage  # and these theirs
from elearn.people import privacy_views as privacy_views
from elearn.people.cli import users
from elearn.people.queries import person_by_token
from elearn.people.views import bp


@jobs.handler("people.reset")
def _send_reset(args: dict[str, Any]) -> None:
    with unit_of_work():
        links.send_reset(args["email"])


def init_app(app: Flask) -> None:
    login_manager.user_loader(person_by_token)
    app.register_blueprint(bp)
    app.cli.add_command(users)
    privacy.register("people", export=holders.export, erase=holders.erase, holdings=holders.HOLDINGS)
    for rule in keeping.RULES:
        retention.register(rule)
