"""The one stylesheet: light enough, for both directions, readable in both schemes, with a rule for every class used."""

import re
from itertools import product

import brotli
import pytest

from tests.face.conftest import ELEARN

STYLES = (ELEARN / "static/css/site.css").read_text(encoding="utf-8")
RULES = re.sub(r"/\*.*?\*/", "", STYLES, flags=re.DOTALL)
# Classes that mark something without changing how it looks.
UNSTYLED = {"blank", "box-answer", "choices", "group", "outline", "page", "pending", "text-credits", "told-item"}


def test_the_stylesheet_stays_within_its_budget() -> None:
    assert len(brotli.compress(STYLES.encode())) <= 9 * 1024


def test_it_knows_no_left_and_no_right() -> None:
    sided = r"\b(?:margin|padding|border|inset|float|clear|text-align)[\w-]*(?:-|:\s*)(?:left|right)\b"
    assert re.findall(sided, RULES) == []
    assert re.findall(r"[{;]\s*(?:left|right|top|bottom|width|height)\s*:", RULES) == []


def test_it_loads_only_files_of_its_own() -> None:
    wanted = re.findall(r"url\(\s*[\"']?([^\"')]+)", RULES)
    assert wanted and "@import" not in RULES
    for path in wanted:
        assert (ELEARN / "static/css" / path).is_file(), path


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme by their names."""
    light, dark = re.findall(r":root \{(.*?)\n\s*\}", RULES, flags=re.DOTALL)[:2]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light))
    if scheme == "dark":
        colours.update(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", dark))
    return colours


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("paper", "raised", "sunk")
TEXT = [
    *product(("ink", "muted", "accent", "accent-hover"), (*GROUNDS, "tint")),
    *product(("ink",), ("ok-bg", "warn-bg", "bad-bg")),
    *((name, f"{name}-bg") for name in ("ok", "warn", "bad")),
    *product(("bad", "gold"), ("paper", "raised")),
    ("accent", "warn-bg"), ("accent", "ok-bg"), ("muted", "warn-bg"),
    ("on-accent", "accent"), ("on-accent", "accent-hover"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_on_its_ground(scheme: str) -> None:
    colours = tokens(scheme)
    poor = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXT}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_edges_of_fields_can_be_seen(scheme: str) -> None:
    colours = tokens(scheme)
    assert all(contrast(colours["edge"], colours[ground]) >= 3 for ground in GROUNDS)


def test_every_class_of_a_template_has_a_rule() -> None:
    # Beside the stylesheet of the site stand those of a tool of its own, such as the writer's bench.
    rules = [RULES, *(path.read_text(encoding="utf-8") for path in ELEARN.glob("*/*/static/*.css"))]
    known = set(re.findall(r"\.([a-z][\w-]*)", "\n".join(rules))) | UNSTYLED
    unknown = {}
    for path in sorted(ELEARN.glob("**/templates/**/*.html")):
        for value in re.findall(r'\sclass="([^"]*)"', path.read_text(encoding="utf-8")):
            # A class that is put together from a value cannot be looked up; a plain one and both arms of a choice can.
            plain = re.sub(r"\{%.*?%\}", " ", value)
            if "{{" not in plain:
                unknown |= {name: path.name for name in plain.split() if name not in known}
    assert unknown == {}
