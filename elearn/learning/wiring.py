"""Puts learning into the application."""

from typing import Any

from flask import Flask

from elearn.catalogue.events import OwnState, own_states, studying
from elearn.core import privacy
from elearn.learning import cli as cli  # adds its command to the courses' own
from elearn.learning import holders, player, queries
from elearn.learning import manage as manage  # adds its pages to the blueprint
from elearn.learning import manage_versions as manage_versions
from elearn.learning import models as models
from elearn.learning.views import bp


def _own_states(_sender: Any, person_id: int, **_more: Any) -> dict[int, OwnState]:
    return player.own_states(person_id)


def _studying(_sender: Any, slug: str, **_more: Any) -> dict[int, int]:
    return queries.studying_by_version(slug)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    own_states.connect(_own_states)
    studying.connect(_studying)
    privacy.register("learning", export=holders.export, erase=holders.erase, holdings=holders.HOLDINGS)
