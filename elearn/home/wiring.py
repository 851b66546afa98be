"""Puts the composed pages into the application."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register nothing yet."""
