"""What was measured, as tables in docs/benchmarks.md and a chart beside it."""

import datetime as dt
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
HEAD = ("| what | measured | aim | | from |", "|---|---:|---:|---|---|")
INK, QUIET, GOOD, BAD, GROUND = "#1F2427", "#5C6468", "#0B5D63", "#A4442B", "#FBF8F2"


@dataclass(frozen=True)
class Ratio:
    """One figure with its aim, and what it was made from."""

    what: str
    value: float
    aim: float | None = None
    wanted: Literal["at least", "at most"] = "at least"
    unit: str = ""
    detail: str = ""

    @property
    def reached(self) -> bool:
        if self.aim is None:
            return True
        return self.value >= self.aim if self.wanted == "at least" else self.value <= self.aim

    @property
    def shown(self) -> str:
        return f"{_figure(self.value)}{self.unit}"

    @property
    def aimed(self) -> str:
        return f"{self.wanted} {_figure(self.aim)}{self.unit}" if self.aim is not None else "–"

    @property
    def judged(self) -> str:
        if self.aim is None:
            return ""
        if self.reached:
            return "reached"
        short = abs(1 - self.value / self.aim)
        return f"**missed by {short:.0%}**"


@dataclass(frozen=True)
class Section:
    """Figures that belong together."""

    title: str
    words: str
    ratios: Sequence[Ratio]


def _figure(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2g}" if value < 0.1 else f"{value:.2f}"


def machine() -> str:
    """The machine in plain words, without its name."""
    cores = {1: "one core", 2: "two cores", 4: "four cores"}.get(os.cpu_count() or 0, f"{os.cpu_count()} cores")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores}, {memory:.0f} GB of memory, Python {platform.python_version()}"


def write(folder: Path, sections: Sequence[Section], notes: str) -> None:
    """The page and the chart."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = [(section.title, ratio) for section in sections for ratio in section.ratios if ratio.aim is not None]
    (folder / "benchmarks.svg").write_text(chart(drawn), encoding="utf-8")
    (folder / "benchmarks.md").write_text(page(sections, notes), encoding="utf-8")


def page(sections: Sequence[Section], notes: str) -> str:
    day = dt.datetime.now(dt.UTC)
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {day.day} {day:%B %Y}, on a machine with {machine()}.",
        "Requests per second depend on the machine, so what counts here are ratios to references that are measured in",
        "the same minutes: one worker of the production server each, loopback, three rounds forth and back, the middle",
        "one of three ratios.",
        "",
        "![Each figure as a part of its aim](benchmarks.svg)",
        "",
    ]
    for section in sections:
        lines += [
            f"## {section.title}",
            "",
            section.words,
            "",
            "| what | measured | aim | | from |",
            "|---|---:|---:|---|---|",
        ]
        lines += [f"| {one.what} | {one.shown} | {one.aimed} | {one.judged} | {one.detail} |" for one in section.ratios]
        lines.append("")
    return "\n".join([*lines, notes.strip(), ""])


def chart(drawn: Sequence[tuple[str, Ratio]]) -> str:
    """A bar for each figure, as long as it is good: its aim is the line that all should reach."""
    row, left, width, top = 26, 400, 320, 48
    height = top + row * len(drawn) + 16
    aim = left + width / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height}" width="800" height="{height}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="{INK}">',
        "<title>Each figure as a part of its aim</title>",
        f'<rect width="800" height="{height}" fill="{GROUND}"/>',
        f'<text x="{aim}" y="24" text-anchor="middle" fill="{QUIET}">aim</text>',
    ]
    for number, (_title, one) in enumerate(drawn):
        y = top + row * number
        goodness = _goodness(one)
        length = max(2.0, min(goodness, 2.0) * width / 2)
        colour = GOOD if one.reached else BAD
        parts += [
            f'<text x="{left - 10}" y="{y + 12}" text-anchor="end">{escape(_plain(one.what))}</text>',
            f'<rect x="{left}" y="{y}" width="{length:.0f}" height="16" fill="{colour}"/>',
            f'<text x="{left + width + 8}" y="{y + 12}">{escape(one.shown)}</text>',
        ]
    parts.append(f'<path d="M{aim} 32V{height - 10}" stroke="{INK}" stroke-width="1.5" stroke-dasharray="4 3"/>')
    return "\n".join([*parts, "</svg>", ""])


def _goodness(one: Ratio) -> float:
    if not one.aim or not one.value:
        return 2.0
    return one.value / one.aim if one.wanted == "at least" else one.aim / one.value


def _plain(text: str) -> str:
    return text.replace("`", "").replace("**", "")


def printed(sections: Sequence[Section]) -> str:
    """For the terminal."""
    lines = []
    for section in sections:
        lines += ["", section.title]
        lines += [
            f"  {_plain(one.what):58} {one.shown:>10}  {one.aimed:18} {_plain(one.judged)}" for one in section.ratios
        ]
    return "\n".join(lines)
