"""The list of domains, lowest first, and the one call by which each puts itself into the application.

A domain's `wiring.py` holds `init_app(app)`: it registers blueprints, step kinds and commands, and subscribes to
events of lower domains. Nothing else imports `wiring`.
"""

import importlib
import importlib.util

from flask import Flask

DOMAINS = (
    "core",
    "people",
    "catalogue",
    "programmes",
    "learning",
    "assessment",
    "certification",
    "reporting",
    "home",
)


def init_app(app: Flask) -> None:
    """Put every domain into the application."""
    for name in DOMAINS:
        if importlib.util.find_spec(f"elearn.{name}.wiring") is None:
            importlib.import_module(f"elearn.{name}.models")
            continue
        importlib.import_module(f"elearn.{name}.wiring").init_app(app)
