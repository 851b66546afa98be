"""The plain text around every message."""

import pytest
from flask import Flask

MESSAGE = """{% extends "mail/base.txt" %}
{% block subject %}Please confirm{% endblock %}
{% block body %}
Open this page:

{{ link }}
{% endblock %}
"""


@pytest.mark.parametrize(
    ("name", "demonstration", "expected"),
    [
        (
            "Amina & Co",
            False,
            "Please confirm\n\nDear Amina & Co,\n\nOpen this page:\n\nhttps://a.test/?a=1&b=2\n\nWith kind regards\n"
            "Wasl Academy\n\n-- \nYou receive this message because of your account at Wasl Academy.",
        ),
        (
            "",
            True,
            "Please confirm\n\nGood day,\n\nOpen this page:\n\nhttps://a.test/?a=1&b=2\n\nWith kind regards\n"
            "Wasl Academy\n\nThis message comes from a demonstration instance. People and results in it are fictional."
            "\n\n-- \nYou receive this message because of your account at Wasl Academy.",
        ),
    ],
    ids=["with a name", "without, on a demonstration"],
)
def test_paragraphs_stand_apart_and_nothing_is_escaped(
    stage: Flask, name: str, demonstration: bool, expected: str
) -> None:
    with stage.test_request_context("/"):
        message = stage.jinja_env.overlay(autoescape=False).from_string(MESSAGE)
        text = message.render(
            name=name,
            demonstration=demonstration,
            link="https://a.test/?a=1&b=2",
            lang="en",
            instance_names={"en": "Wasl Academy"},
        )
    assert text.strip() == expected
