"""Puts the composed pages into the application."""

from flask import Flask

from elearn.home import learning as learning  # adds its pages to the blueprint
from elearn.home import operations as operations  # as does this
from elearn.home.demo import demo
from elearn.home.views import bp


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(demo)
