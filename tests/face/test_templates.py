"""What holds for every template of every domain."""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.face.conftest import ELEARN

TEMPLATES = sorted(
    path
    for path in ELEARN.glob("**/templates/**/*.*")
    if path.suffix in (".html", ".txt") and "designs" not in path.parts
)
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]


def name_of(path: Path) -> str:
    return path.relative_to(ELEARN).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nothing_in_it_is_refused_by_the_content_security_policy(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']|javascript:", source) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", source) == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_it_has_no_sides(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"\balign=[\"']|\b(?:text|float|pull|m|p)-(?:left|right)\b", source) == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_the_static_files_it_names_are_there(path: Path) -> None:
    of_the_site, of_a_tool = [ELEARN / "static"], list(ELEARN.glob("*/*/static"))
    found = re.findall(
        r"url_for\(['\"](\.?)static['\"], filename=['\"]([^'\"]+)['\"]", path.read_text(encoding="utf-8")
    )
    for dot, file in found:
        assert any((folder / file).is_file() for folder in (of_a_tool if dot else of_the_site)), file


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_it_can_be_read_by_the_engine(path: Path, stage: Flask) -> None:
    stage.jinja_env.parse(path.read_text(encoding="utf-8"), filename=str(path))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_forms_that_change_something_carry_a_token(path: Path) -> None:
    """Except what a visitor does without a session: two choices, and comparing a certificate."""
    source = path.read_text(encoding="utf-8")
    for form in re.findall(r'<form\b[^>]*method="post".*?</form>', source, flags=re.DOTALL):
        if "home.choose_" not in form and "certification.verify" not in form:
            assert re.search(r"hidden_tag\(|csrf\(\)|csrf_token", form), form[:200]
