"""`flask courses stats`: courses in figures, for people or as JSON."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from elearn.catalogue.cli import courses
from elearn.catalogue.readability import MEASURES
from elearn.catalogue.reading import Found, find, say
from elearn.catalogue.stats import CourseStats, Figures, stats

HEAD = (
    "step", "", "words", "minutes", "text kB", "pictures", "files kB",
    "ease", "words/sentence", "letters/word", "complete", "current",
)  # fmt: skip
LEGEND = (
    f"ease: {', '.join(f'{name} ({lang})' for lang, name in MEASURES.items())}, from 0, very hard, to 100, very easy; "
    "for Arabic the two lengths stand alone. complete: blocks of the source that the language has; current: and that "
    "were made from the source as it is now."
)


@courses.command("stats")
@click.argument("which", required=False, metavar="[DIR|SLUG]")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(which: str | None, as_json: bool) -> None:
    """Words, minutes, bytes, pictures and readability of each step in each language, and how much is translated.

    Of a course, a folder of courses, or one of the shipped courses by its id; of those shipped when left out.
    """
    counted = []
    all_well = True
    for found in _find(which):
        course = found.compiled()
        if isinstance(course, list):
            all_well = False
            for problem in course:
                say(found.place, problem)
        else:
            counted.append(stats(course, found.files))
    if as_json:
        click.echo(json.dumps({"measures": MEASURES, "courses": [_plain(one) for one in counted]}, indent=2))
    else:
        for one in counted:
            click.echo("\n".join(_lines(one)) + "\n")
        click.echo(LEGEND, err=True)
    if not all_well:
        raise SystemExit(1)


def _find(which: str | None) -> Iterator[Found]:
    if which is None or Path(which).exists():
        return find(Path(which) if which else None)
    found = [one for one in find(None) if one.slug() == which]
    if not found:
        raise click.UsageError(f"'{which}' is neither a path nor the id of a shipped course")
    return iter(found)


def _lines(course: CourseStats) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [HEAD]
    for step in course.steps:
        name = f"{step.key} ({step.items} items)" if step.items else step.key
        rows += _rows(name, step.languages)
    rows += _rows(course.slug, course.languages)
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    for row in rows:
        cells = [cell.ljust(width) if place < 2 else cell.rjust(width)
                 for place, (cell, width) in enumerate(zip(row, widths, strict=True))]  # fmt: skip
        yield "  ".join(cells).rstrip()
    asked = ", ".join(f"{key or 'none'} {count}" for key, count in course.objectives.items())
    yield f"items per objective: {asked}"


def _rows(name: str, languages: Mapping[str, Figures]) -> Iterator[tuple[str, ...]]:
    for place, (lang, figures) in enumerate(languages.items()):
        prose = figures.readability
        ease = prose.ease(lang)
        yield (
            "" if place else name,
            lang,
            f"{figures.words:,}",
            str(figures.minutes),
            f"{figures.text / 1000:.1f}",
            f"{figures.pictures} ({figures.picture_bytes / 1000:.0f} kB)" if figures.pictures else "",
            f"{figures.file_bytes / 1000:.0f}" if figures.file_bytes else "",
            "" if ease is None else f"{ease:.0f}",
            f"{prose.words_per_sentence:.1f}" if prose.words else "",
            f"{prose.letters_per_word:.1f}" if prose.words else "",
            f"{figures.share.complete:.0f}%",
            f"{figures.share.fresh:.0f}%",
        )


def _plain(course: CourseStats) -> dict[str, Any]:
    return {
        "course": course.slug,
        "languages": {lang: _figures(one, lang) for lang, one in course.languages.items()},
        "items_per_objective": {key or "none": count for key, count in course.objectives.items()},
        "steps": [
            {
                "step": step.key,
                "kind": step.kind,
                "items": step.items,
                "languages": {lang: _figures(one, lang) for lang, one in step.languages.items()},
            }
            for step in course.steps
        ],
    }


def _figures(figures: Figures, lang: str) -> dict[str, Any]:
    prose = figures.readability
    ease = prose.ease(lang)
    return {
        "words": figures.words,
        "minutes_to_read": figures.minutes,
        "bytes": {"text": figures.text, "pictures": figures.picture_bytes, "files": figures.file_bytes},
        "pictures": figures.pictures,
        "readability": {
            "ease": None if ease is None else round(ease, 1),
            "words_per_sentence": round(prose.words_per_sentence, 2),
            "letters_per_word": round(prose.letters_per_word, 2),
        },
        "blocks": figures.share.blocks,
        "complete_per_cent": round(figures.share.complete, 1),
        "current_per_cent": round(figures.share.fresh, 1),
    }
