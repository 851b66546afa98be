"""Writes translations.yaml: that the translations named say what their source says now."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from elearn.catalogue.files import Files
from elearn.catalogue.folder import read_folder
from elearn.catalogue.lesson import take_apart
from elearn.catalogue.sheet import read_sheet
from elearn.catalogue.translations import read_stamps
from elearn.catalogue.units import LESSON, STAMPS, Unit, units
from elearn.catalogue.yamlread import Problem

HEAD = "# What each translation was made from, block by block. Written by 'flask courses stamp', not by hand."
_PLAIN = re.compile(r"[A-Za-z0-9][\w./#-]*\Z", re.ASCII)
_SOURCE = re.compile(r"^source:.*\n?", re.MULTILINE)  # what stood in the front matter before translations.yaml did

MadeFrom = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Stamped:
    """What stamping a course came to: texts to write by their paths, and what is stamped anew."""

    writes: Mapping[str, str]
    anew: tuple[tuple[str, str], ...]  # unit, language
    problems: tuple[Problem, ...] = ()  # why nothing was stamped
    found: bool = True  # whether anything answers to the names


def stamp(files: Mapping[str, bytes], named: Collection[str] = (), only: Collection[str] = ()) -> Stamped:
    """Stamp every translation of a course, or those named: by a folder, a file, a part of one (`quiz.yaml#items/x`).

    `only`: languages. Pure.
    """
    problems: list[Problem] = []
    sources = Files(files, problems.append)
    sheet = read_sheet(sources, problems.append)
    unreadable = [problem for problem in problems if sheet is None]
    problems.clear()
    before = read_stamps(sources, problems.append)
    if sheet is None or (STAMPS in sources and not before.present):
        return Stamped({}, (), tuple(unreadable or problems))
    found = units(sources, sheet.languages)
    made_from = {unit: dict(langs) for unit, langs in before.made_from.items() if not _gone(unit, found, sources)}
    meant = [
        (unit, lang)
        for unit in found
        for lang in unit.translations
        if (not only or lang in only) and _meant(unit, lang, named)
    ]
    anew = [(unit, lang) for unit, lang in meant if made_from.get(unit.id, {}).get(lang) != unit.prints]
    for unit, lang in meant:
        made_from.setdefault(unit.id, {})[lang] = unit.prints
    writes = dict(_without_source(sources, meant))
    old = sources.text(STAMPS) if STAMPS in sources else None
    text = written(_sorted(made_from, found, sheet.languages), old or "")
    if read_stamps(Files({STAMPS: text.encode()}, problems.append), problems.append).made_from != made_from:
        return Stamped({}, (), (Problem(STAMPS, 1, "cannot be written anew: remove all but 'accepted:' from it"),))
    if text != old and made_from:
        writes[STAMPS] = text
    return Stamped(writes, tuple((unit.id, lang) for unit, lang in anew), found=bool(meant))


def _meant(unit: Unit, lang: str, named: Collection[str]) -> bool:
    return not named or any(
        unit.id == name
        or unit.id.startswith((f"{name}/", f"{name}#"))
        or name in (unit.paths[lang], unit.source_path, ".")
        for name in named
    )


def _gone(unit: str, found: Iterable[Unit], files: Files) -> bool:
    """Whether a unit is no longer there; a file that cannot be read at the moment keeps its stamps."""
    path = unit.partition("#")[0]
    if "#" not in unit:
        return not any(name.startswith(f"{path}.") for name in files.paths)
    return path not in files or (
        any(one.id.startswith(f"{path}#") for one in found) and not any(one.id == unit for one in found)
    )


def _sorted(made_from: MadeFrom, found: list[Unit], languages: tuple[str, ...]) -> MadeFrom:
    """In the order of the files and of what stands in them, so that two writers seldom change the same line."""
    places = {unit.id: place for place, unit in enumerate(found)}
    return {
        unit: {
            lang: made_from[unit][lang] for lang in (*languages, *sorted(made_from[unit])) if lang in made_from[unit]
        }
        for unit in sorted(made_from, key=lambda one: (one.partition("#")[0], places.get(one, -1), one))
    }


def written(made_from: MadeFrom, old: str) -> str:
    """The file; what people wrote into it, the list of accepted differences, stays as it was."""
    lines = [HEAD, "stamps:"]
    for unit, langs in made_from.items():
        name = unit if _PLAIN.match(unit) else json.dumps(unit, ensure_ascii=False)
        lines += [f"  {name}:", *(f"    {lang}: {' '.join(prints)}" for lang, prints in langs.items())]
    return "\n".join([*_by_hand(old), *lines]) + "\n"


def _by_hand(old: str) -> Iterator[str]:
    """Every line that does not belong to the stamps."""
    inside = False
    remarks: list[str] = []  # above what follows the stamps, or among them
    for line in old.rstrip().split("\n") if old.strip() else ():
        if line == HEAD:
            continue
        if line[:1].strip() and line[0] not in "#-":
            inside = re.match(r"['\"]?stamps['\"]?\s*:", line) is not None
            yield from remarks
            remarks.clear()
        if not inside:
            yield line
        elif line.startswith("#"):
            remarks.append(line)
        elif line.strip():
            remarks.clear()


def _without_source(files: Files, meant: Iterable[tuple[Unit, str]]) -> Iterator[tuple[str, str]]:
    """Lessons whose front matter still says what they were made from, without that line."""
    for unit, lang in meant:
        text = files.text(unit.paths[lang]) if unit.id.endswith(f"/{LESSON}") else None
        parts = take_apart(text) if text else None
        if parts and _SOURCE.search(parts.front + "\n"):
            front = _SOURCE.sub("", parts.front + "\n")
            yield unit.paths[lang], f"---\n{front}---\n{parts.body}"


def stamp_folder(root: Path, named: Collection[str] = (), only: Collection[str] = ()) -> Stamped:
    """Stamp a course where it lies."""
    files, _refused = read_folder(root)
    done = stamp(files, named, only)
    for path, text in done.writes.items():
        (root / path).write_text(text, encoding="utf-8", newline="\n")
    return done
