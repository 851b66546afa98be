"""elearn: a capacity-building academy for a network of ministries."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate

import config
from elearn import domains
from elearn.core import db as database
from elearn.core import i18n, logs, web, wire
from elearn.core.db import db

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def create_app(settings: dict[str, Any] | None = None) -> Flask:
    """The application. `settings` overrides what the environment says; tests use it.

    Raises `config.BadConfiguration` when the environment does not allow a safe start.
    """
    app = Flask(__name__)
    app.config.update(config.from_environment() if settings is None else settings)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    wire.init_app(app)
    database.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True, compare_type=True)
    i18n.init_app(app)
    web.init_app(app)
    domains.init_app(app)
    logs.init_app(app)
    return app
