"""Puts the composed pages into the application."""

from flask import Flask

from elearn.home.views import bp


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
