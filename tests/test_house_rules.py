"""Rules of the house that no other tool knows."""

import ast
import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYTHON = sorted([*(ROOT / "elearn").rglob("*.py"), ROOT / "config.py", ROOT / "wsgi.py"])
TEMPLATES = sorted(path for path in (ROOT / "elearn").rglob("templates/**/*") if path.suffix in (".html", ".txt"))
SCRIPTS = sorted((ROOT / "elearn/static").rglob("*.js"))
STYLES = sorted(path for path in (ROOT / "elearn/static").rglob("*.css"))

FORBIDDEN_IN_PYTHON = {
    r"\.commit\(": {"elearn/core/db.py"},  # one transaction per request
    r"\b(utcnow|datetime\.now|date\.today|datetime\.today)\(": {"elearn/core/clock.py"},  # one clock
    r"\b(TODO|FIXME|XXX|NotImplementedError)\b": set(),
    r"\bbackref=": set(),  # relations point downwards only
    r"https?://[^\s\"']*\bcdn\b": set(),
    r"(?<![\w.])(eval|exec|__import__)\(": set(),  # nothing that is read becomes code
    r"\b(subprocess|pickle|marshal|shelve)\b|\bos\.(system|popen|exec|spawn)": set(),
    r"\b(md5|sha1)\b": set(),
    r"^\s*(import|from) (random|requests|httpx|aiohttp|http\.client|xmlrpc|ftplib|telnetlib)\b": set(),
    r"\burlopen\b|^\s*import urllib\.request": set(),  # the site asks nobody but its database and its mail server
    r"\bMarkup\(|\brender_template_string\b|\bfrom_string\b": {"elearn/assessment/pages.py"},  # of escaped parts
    r"\bsmtplib\b": {"elearn/core/mail.py", "elearn/core/operations.py"},
}
FORBIDDEN_IN_SCRIPTS = {
    "text as a page": r"\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment)\b|document\.write",
    "text as code": r"\beval\(|new Function|setTimeout\(\s*[\"'`]|setInterval\(\s*[\"'`]|\bimport\(",
    "messages of other windows": r"\bpostMessage\b|[\"']message[\"']",
    "cookies": r"document\.cookie",
    "other sites": r"https?://",
}
FORBIDDEN_IN_PAGES = {
    "style attribute": r"\sstyle\s*=",
    "inline style": r"<style\b",
    "inline script": r"<script\b(?![^>]*\bsrc=)",
    "event attribute": r"<[a-z][^>]*\son[a-z]+\s*=(?!=)",  # `{% if one == … %}` inside a tag is a comparison
    "physical alignment": r"\salign\s*=",
}
PHYSICAL = re.compile(
    r"(margin|padding|border|scroll-margin|scroll-padding)-(left|right)\b|(^|[;{\s])(left|right)\s*:"
    r"|text-align\s*:\s*(left|right)|float\s*:\s*(left|right)|border-(top|bottom)-(left|right)-radius"
)
LONGEST_FILE, LONGEST_VIEW = 400, 25


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _found(paths: list[Path], pattern: str, allowed: set[str]) -> list[str]:
    return [
        f"{_name(path)}:{number}: {line.strip()}"
        for path in paths
        if _name(path) not in allowed
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("pattern", FORBIDDEN_IN_PYTHON)
def test_python_does_without(pattern):
    assert _found(PYTHON, pattern, FORBIDDEN_IN_PYTHON[pattern]) == []


@pytest.mark.parametrize("rule", FORBIDDEN_IN_PAGES)
def test_templates_do_without(rule):
    pattern = re.compile(FORBIDDEN_IN_PAGES[rule], re.IGNORECASE | re.DOTALL)
    assert [f"{_name(path)}: {found[0]}" for path in TEMPLATES for found in pattern.finditer(path.read_text())] == []


@pytest.mark.parametrize("rule", FORBIDDEN_IN_SCRIPTS)
def test_scripts_do_without(rule):
    assert SCRIPTS and _found(SCRIPTS, FORBIDDEN_IN_SCRIPTS[rule], set()) == []


def test_stylesheets_know_no_left_and_right():
    """Right-to-left is not a second design: only logical properties."""
    assert _found(STYLES, PHYSICAL.pattern, set()) == []


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_a_module_says_what_it_owns_and_stays_short(path):
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert len(text.splitlines()) <= LONGEST_FILE, "split it by noun"


@pytest.mark.parametrize(
    "path", [path for path in PYTHON if path.name in ("views.py", "manage.py")], ids=lambda path: _name(path)
)
def test_views_are_short_and_ask_no_questions_of_their_own(path):
    """A view loads, asks the form, calls the service, answers: SELECTs stand in queries, writes in services."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [
        f"{node.name}: {length} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.decorator_list
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_VIEW
    ]
    assert long == []
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
    }
    assert imported & {"select", "insert", "update", "delete"} == set()


@pytest.mark.parametrize("path", ["requirements.txt", "tests/requirements.txt", "tests/requirements-ci.txt"])
def test_every_requirement_is_pinned(path):
    loose = [str(one) for one in _requirements(path) if not str(one.specifier).startswith("==")]
    assert loose == []


def test_what_the_requirements_bring_is_pinned_too():
    """Else two installations of one revision differ."""
    for path, given in (
        ("requirements.txt", _requirements("requirements.txt")),
        ("tests/requirements.txt", _requirements("requirements.txt") + _requirements("tests/requirements.txt")),
    ):
        pinned = {canonicalize_name(one.name) for one in given}
        brought = {
            canonicalize_name(further.name)
            for one in given
            for further in map(Requirement, metadata.requires(one.name) or [])
            if further.marker is None or any(further.marker.evaluate({"extra": e}) for e in (*one.extras, ""))
        }
        assert brought - pinned == set(), path


def _requirements(path: str) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / path).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line]
