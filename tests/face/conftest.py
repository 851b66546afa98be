"""The face on its own: the templates with a small application around them that needs no database."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect

import elearn

ELEARN = Path(elearn.__file__).parent
MACROS = """
{% from "macros/forms.html" import field, errors, submit, csrf, post_button with context %}
{% from "macros/parts.html" import star, progress, badge, notice, empty with context %}
{% from "macros/parts.html" import facts, crumbs, pager, next_pager with context %}
{% from "macros/tables.html" import table, sort_heading with context %}
{% from "macros/content.html" import content, text_in, name, code, language_name with context %}
"""


@pytest.fixture
def stage() -> Iterator[Flask]:
    """The shared templates with the translations' functions, in a request."""
    stage = Flask("stage", template_folder=str(ELEARN / "templates"), static_folder=str(ELEARN / "static"))
    stage.config.update(SECRET_KEY="of no weight in these tests", WTF_CSRF_ENABLED=False)
    stage.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    Babel(stage, locale_selector=lambda: "en")
    CSRFProtect(stage)
    stage.add_url_rule("/people/<country>", "people", lambda country: country)
    yield stage


@pytest.fixture
def draw(stage: Flask) -> Callable[..., str]:
    """`draw("{{ star(3, 7) }}")` is the HTML of that piece of template, all macros imported."""

    def rendered(source: str, path: str = "/people/NE", **values: Any) -> str:
        with stage.test_request_context(path):
            return render_template_string(MACROS + source, **values).strip()

    return rendered
