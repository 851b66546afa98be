"""docs/security.md: every requirement stands in it once, and whatever it names as evidence exists."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from elearn.people import rules

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).parent.parent.parent
DOCUMENT = ROOT / "docs/security.md"
NUMBER = re.compile(r"\b\d+(?:\.\d+)?\.(?:\d+|\*)(?!\.?\d)")
# The standard's sections with the number of their requirements, and those that only level 3 asks for.
SECTIONS = """
1.1:2 1.2:10 1.3:12 1.4:3 1.5:3 2.1:3 2.2:3 2.3:5 2.4:2 3.1:1 3.2:3 3.3:5 3.4:8 3.5:8 3.6:1 3.7:5 4.1:5 4.2:5 4.3:2
4.4:4 5.1:1 5.2:6 5.3:3 5.4:3 6.1:3 6.2:12 6.3:8 6.4:6 6.5:8 6.6:4 6.7:2 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:3 7.6:2
8.1:4 8.2:4 8.3:3 8.4:2 9.1:3 9.2:4 10.1:2 10.2:3 10.3:5 10.4:16 10.5:5 10.6:2 10.7:3 11.1:4 11.2:5 11.3:5 11.4:4
11.5:2 11.6:2 11.7:2 12.1:5 12.2:2 12.3:5 13.1:4 13.2:6 13.3:4 13.4:7 14.1:2 14.2:8 14.3:3 15.1:5 15.2:5 15.3:7
15.4:4 16.1:1 16.2:5 16.3:4 16.4:3 16.5:4 17.1:2 17.2:8 17.3:2
"""
LEVEL_3 = """
1.2.10 1.3.12 1.5.3 2.3.5 2.4.2 3.1.1 3.2.3 3.3.5 3.4.7 3.4.8 3.5.6 3.5.7 3.5.8 3.6.1 3.7.3 3.7.4 3.7.5 4.1.4 4.1.5
4.2.2 4.2.3 4.2.4 4.2.5 5.2.4 5.2.5 5.2.6 5.3.3 6.3.5 6.3.6 6.3.7 6.3.8 6.4.5 6.4.6 6.5.6 6.5.7 6.5.8 6.6.4 6.7.1
6.7.2 7.5.3 8.1.3 8.1.4 8.2.4 8.3.2 8.3.3 8.4.2 10.2.3 10.3.5 10.4.12 10.4.13 10.4.14 10.4.15 10.4.16 11.1.3 11.1.4
11.2.4 11.2.5 11.3.4 11.3.5 11.5.2 11.6.2 11.7.1 11.7.2 12.1.4 12.1.5 12.3.5 13.1.2 13.1.3 13.1.4 13.2.6 13.3.3
13.3.4 13.4.6 13.4.7 14.2.5 14.2.6 14.2.7 14.2.8 15.1.4 15.1.5 15.2.4 15.2.5 15.4.1 15.4.2 15.4.3 15.4.4 16.5.4
17.1.2 17.2.5 17.2.6 17.2.7 17.2.8
"""


def required() -> list[str]:
    """The numbers of levels 1 and 2."""
    sections = [(section, int(most)) for section, most in re.findall(r"(\S+):(\d+)", SECTIONS)]
    every = [f"{section}.{number}" for section, most in sections for number in range(1, most + 1)]
    return [one for one in every if one not in LEVEL_3.split()]


def parts() -> dict[str, str]:
    """By heading, its text."""
    found = re.split(r"^## (.+)$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and set(line) - set("|- "):
            yield cells


def numbered(heading: str) -> list[list[str]]:
    return [cells for cells in rows(parts()[heading]) if NUMBER.fullmatch(cells[0])]


def test_every_requirement_of_both_levels_stands_in_it_once():
    patterns = NUMBER.findall(parts()["What does not apply"].replace("(see 6.3.3)", ""))
    elsewhere = [one for pattern in patterns for one in required() if fnmatch(one, pattern)]
    told = [cells[0] for heading in ("Requirements", "Not met yet") for cells in numbered(heading)]
    times = Counter(told + elsewhere)
    assert len(required()) == 253
    assert [one for one in required() if times[one] != 1] == []
    assert sorted(set(times) - set(required())) == []
    assert [pattern for pattern in patterns if not any(fnmatch(one, pattern) for one in required())] == []


def test_what_is_met_is_shown_and_what_is_not_says_what_would_be_done():
    assert all(len(cells) == 3 and all(cells) for cells in numbered("Requirements") + numbered("Not met yet"))
    named = re.compile(r"`[\w./-]+(::\w+)?`|\[[^\]]+\]\(#[\w-]+\)")
    assert [cells[0] for cells in numbered("Requirements") if not named.search(cells[2])] == []


def found_by_pytest(files: set[str]) -> set[str]:
    asked = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "--database=sqlite", "-p", "no:cacheprovider"]
    told = subprocess.run([*asked, *sorted(files)], cwd=ROOT, capture_output=True, text=True, check=False)
    return {line.partition("[")[0] for line in told.stdout.splitlines() if "::" in line}


def test_every_test_it_names_is_one(request):
    """As pytest finds them, not by their looks. When all tests run it has found them already."""
    names = set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", DOCUMENT.read_text(encoding="utf-8")))
    assert len(names) > 100
    missing = names - {item.nodeid.partition("[")[0] for item in request.session.items}
    if missing:
        missing -= found_by_pytest({name.partition("::")[0] for name in missing})
    assert sorted(missing) == []


def test_every_file_it_names_is_there():
    text = DOCUMENT.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:docs|elearn|tests)/[\w./-]+|[\w-]+\.(?:txt|toml|md))`", text))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
    linked = set(re.findall(r"\]\(([^)#]+)", text))
    assert [target for target in sorted(linked) if not (DOCUMENT.parent / target).is_file()] == []


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_its_links_lead_somewhere():
    for target, anchor in re.findall(r"\]\(([^)#]*)#([\w-]+)\)", DOCUMENT.read_text(encoding="utf-8")):
        assert anchor in anchors(DOCUMENT.parent / target if target else DOCUMENT), (target, anchor)


def test_the_numbers_of_the_document_are_those_of_the_rules():
    told = {cells[0].strip("`"): cells[1] for cells in rows(parts()["Decisions"]) if cells[1].isdigit()}
    assert len(told) > 10
    assert {name: str(getattr(rules, name)) for name in told} == told
    text = parts()["Decisions"]
    assert f"for {rules.SIGN_IN_LIFE.days} days at most" in text
    assert f"after {rules.ADMINISTRATORS_SIGN_IN_LIFE.seconds // 3600} hours" in text
