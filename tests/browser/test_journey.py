"""The whole journey on the shipped course: from the catalogue to a certificate that anyone can check, and on record.

In English at a desk, in Arabic on a phone in the dark, in French on a small phone without JavaScript. Through nginx,
with real mail, it is made in test_operations.py.
"""

import re

import pytest

from tests.support.journey import check_certificate, export_records, journey
from tests.support.visit import Visit

TRAVELLERS = {
    "en": {"width": 1280},
    "ar": {"width": 390, "dark": True, "audit": True},
    "fr": {"width": 320, "scripts": False},
}


@pytest.mark.parametrize("lang", ["ar", *(pytest.param(lang, marks=pytest.mark.long) for lang in ("en", "fr"))])
def test_from_the_catalogue_to_a_certificate(lang, visit, site):
    reader = visit(lang, **TRAVELLERS[lang])
    administrator = visit("en")
    email = f"traveller-{lang}@example.org"
    journey(reader, email, lambda: code_in_the_outbox(administrator, email, site.password))
    check_certificate(reader, visit(lang))
    export_records(administrator)


def code_in_the_outbox(administrator: Visit, email: str, password: str) -> str:
    """The administrator of a demonstration reads the mail that the reader would have got."""
    administrator.sign_in("admin@demo.example", password)
    administrator.go("/manage/outbox")
    administrator.press(f"tr:has-text('{email}') a")
    code = re.search(r"\b\d{6}\b", administrator.text)
    assert code
    return code[0]
