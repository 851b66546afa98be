"""The interface is complete in three languages: English stands in the code, Arabic and French in catalogues."""

import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
TAG = re.compile(r"</?\w+[^>]*>")


def _catalogue(lang: str) -> Catalog:
    path = ROOT / "elearn/translations" / lang / "LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=lang)


@pytest.fixture(scope="session")
def in_the_code(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What a fresh extraction finds."""
    path = tmp_path_factory.mktemp("messages") / "messages.pot"
    subprocess.run([str(ROOT / ".ci/messages"), "extract", str(path)], check=True)
    with path.open("rb") as file:
        return read_po(file)


def _keys(catalogue: Catalog) -> set[tuple[object, object]]:
    return {(message.context, message.id) for message in catalogue if message.id}


@pytest.fixture(params=["ar", "fr"])
def catalogue(request) -> Catalog:
    return _catalogue(request.param)


def test_the_catalogue_holds_exactly_what_the_code_says(catalogue, in_the_code):
    """Otherwise: make messages, then translate what is new."""
    assert _keys(in_the_code) - _keys(catalogue) == set()
    assert _keys(catalogue) - _keys(in_the_code) == set()


def test_every_text_is_translated_in_every_plural_form(catalogue):
    missing = [message.id for message in catalogue if message.id and not all(_forms(message, catalogue))]
    assert missing == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_translations_fill_in_the_same_values(catalogue):
    """A plural form may leave the number out ("one lesson"), but may not invent a name."""
    wrong = []
    for message in catalogue:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        known = set(PLACEHOLDER.findall(" ".join(ids)))
        for form in _forms(message, catalogue):
            used = set(PLACEHOLDER.findall(form))
            if used - known or (len(ids) == 1 and used != known):
                wrong.append((message.id, form))
    assert wrong == []


def test_translations_keep_the_markup(catalogue):
    wrong = [
        (message.id, form)
        for message in catalogue
        if isinstance(message.id, str) and message.id
        for form in _forms(message, catalogue)
        if sorted(TAG.findall(message.id)) != sorted(TAG.findall(form))
    ]
    assert wrong == []


def test_arabic_has_six_forms_and_french_two():
    assert (_catalogue("ar").num_plurals, _catalogue("fr").num_plurals) == (6, 2)


def _forms(message: Message, catalogue: Catalog) -> list[str]:
    if isinstance(message.string, str):
        return [message.string] if isinstance(message.id, str) else [message.string] * catalogue.num_plurals
    forms = list(message.string)
    return forms + [""] * (catalogue.num_plurals - len(forms))
