"""translations.yaml: what each translation was made from, and so whether it still says what its source says. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property

from elearn.catalogue.alignment import counterparts
from elearn.catalogue.files import Files, Report
from elearn.catalogue.kinds import StepContent
from elearn.catalogue.sheet import COURSE
from elearn.catalogue.units import PRINT, STAMPS, Unit, units_in
from elearn.catalogue.yamlread import Problem, Reader

_PRINTS = re.compile(rf"[0-9a-f]{{{PRINT}}}(?:\s+[0-9a-f]{{{PRINT}}})*\Z")
MOST_TOLD = 10  # changes of one unit that are told one by one
MOST_COMPARED = 4_000_000  # pairs of blocks, old and new


class State(StrEnum):
    """How a translation stands to its source."""

    CURRENT = "current"
    STALE = "stale"
    UNSTAMPED = "unstamped"


@dataclass(frozen=True)
class Change:
    """One thing that happened to a source since it was translated."""

    what: str  # changed | added | removed
    at: int  # the block's place in the source as it is now; of what was removed, the place where it stood
    count: int = 1  # of blocks removed there


@dataclass(frozen=True)
class Standing:
    """How one translation of one unit stands."""

    state: State
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """A difference between source and translation that somebody found justified."""

    difference: str
    reason: str
    line: int


@dataclass(frozen=True)
class Stamps:
    """The file as it was read; empty where there is none."""

    made_from: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    accepted: tuple[Accepted, ...] = ()
    present: bool = False

    def state(self, unit: str, lang: str, prints: tuple[str, ...]) -> Standing:
        """How the translation of a unit stands to a source that has these prints now."""
        made_from = self.made_from.get(unit, {}).get(lang)
        if made_from is None:
            return Standing(State.UNSTAMPED)
        if made_from == prints:
            return Standing(State.CURRENT)
        return Standing(State.STALE, tuple(_changes(made_from, prints)))

    def below(self, folder: str) -> list[object]:
        """All that is said of the units in a folder, for a key that changes whenever this does."""
        return self._folders.get(folder, [])

    @cached_property
    def _folders(self) -> dict[str, list[object]]:
        found: dict[str, list[object]] = {}
        for unit, langs in sorted(self.made_from.items()):
            folder = unit.partition("#")[0].rpartition("/")[0]
            found.setdefault(folder, []).append([unit, sorted(langs.items())])
        return found


def _changes(old: tuple[str, ...], new: tuple[str, ...]) -> Iterable[Change]:
    if len(old) * len(new) > MOST_COMPARED:
        return
    for what, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        both = min(i2 - i1, j2 - j1)
        yield from (Change("changed", j1 + place) for place in range(both))
        yield from (Change("added", at) for at in range(j1 + both, j2))
        if i2 - i1 > both:
            yield Change("removed", j1 + both, i2 - i1 - both)


def read_stamps(files: Files, report: Report) -> Stamps:
    """The course's translations.yaml; what is wrong with it is reported, and then not believed."""
    reader = files.yaml(STAMPS, ()) if STAMPS in files else None
    if reader is None:
        return Stamps()
    whole = reader.mapping("stamps", required=False)
    made_from = {}
    for unit in whole.names() if whole else ():
        languages = whole.mapping(unit) if whole else None
        if languages is not None:
            made_from[unit] = {lang: prints for lang in languages.names() if (prints := _prints(languages, lang))}
    accepted = [_accepted(one) for one in reader.sequence("accepted", required=False)]
    reader.done()
    return Stamps(made_from, tuple(one for one in accepted if one), present=True)


def _prints(reader: Reader, lang: str) -> tuple[str, ...]:
    value = reader.text(lang, longest=200_000)
    if value and not _PRINTS.match(value):
        reader.problem("a stamp is written by 'flask courses stamp' only: remove this line and stamp again", lang)
        return ()
    return tuple(value.split())


def _accepted(reader: Reader) -> Accepted | None:
    difference = reader.text("difference", longest=40)
    reason = reader.text("reason", longest=400)
    reader.done()
    return Accepted(difference, reason, reader.line_of("difference")) if difference and reason else None


class Marks:
    """Marks the translations of one course that are stale, and says why."""

    def __init__(self, files: Files, languages: tuple[str, ...], report: Report) -> None:
        self._files = files
        self._languages = languages
        self._notices: list[Problem] = []
        self._unstamped = False
        self.stamps = read_stamps(files, report)

    def step(self, folder: str, content: StepContent, *, kept: bool = False) -> StepContent:
        """The step with its stale translations marked. One that was kept is marked already."""
        if kept and not any(text.stale for text in content.texts.values()):
            return content
        found = units_in(self._files, folder, self._languages)
        stale = {lang: self._told(found, lang) for lang in self._languages[1:]}
        return replace(
            content,
            texts={
                lang: replace(text, stale=bool(stale.get(lang)), source_hash=self._made_from(found, lang))
                for lang, text in content.texts.items()
            },
        )

    def rest(self, modules: Iterable[str]) -> None:
        """Look at the texts outside the steps: those of the course, its glossary and its modules' folders."""
        for folder in ("", *modules):
            found = units_in(self._files, folder, self._languages)
            for lang in self._languages[1:]:
                self._told(found, lang)

    def notices(self) -> list[Problem]:
        """What a writer is told. A course that was never stamped is told so once."""
        if self.stamps.present or not self._unstamped:
            return self._notices
        return [Problem(COURSE, 1, "no translation is stamped yet: what they were made from is not known" + _HELP)]

    def _told(self, found: list[Unit], lang: str) -> bool:
        """Whether any of these units is stale in a language; says so."""
        by_path: dict[str, list[tuple[Unit, Standing]]] = {}
        for unit in found:
            if lang in unit.translations:
                standing = self.stamps.state(unit.id, lang, unit.prints)
                by_path.setdefault(unit.paths[lang], []).append((unit, standing))
        for path, several in by_path.items():
            if all(standing.state is State.UNSTAMPED for _, standing in several):
                self._unstamped = True
                self._notices.append(Problem(path, 1, f"the translation '{lang}' is not stamped{_HELP}"))
            else:
                self._notices += [told for unit, standing in several for told in describe(unit, lang, standing)]
        return any(standing.state is not State.CURRENT for several in by_path.values() for _, standing in several)

    def _made_from(self, found: list[Unit], lang: str) -> str:
        """A digest of what a text was made from; of the source, of what it is."""
        own = lang == self._languages[0]
        made = [
            (unit.id, unit.prints if own else self.stamps.made_from.get(unit.id, {}).get(lang, ()))
            for unit in found
            if lang in unit.blocks
        ]
        return hashlib.sha256(repr(made).encode("utf-8", "replace")).hexdigest()[:12] if made else ""


_HELP = " (flask courses stamp)"


def describe(unit: Unit, lang: str, standing: Standing) -> list[Problem]:
    """What has happened to the source since, each thing at the place in the translation that answers to it."""
    path = unit.paths[lang]
    if standing.state is State.CURRENT:
        return []
    target = unit.blocks[lang]
    first = target[0].line if target else 1
    if standing.state is State.UNSTAMPED:
        return [Problem(path, first, f"the translation '{lang}' is not stamped{_HELP}")]
    if not standing.changes:
        return [Problem(path, first, f"the source of '{lang}' has changed throughout{_HELP}")]
    lines = counterparts(unit.source, target)
    told = [_describe(unit, lang, change, lines) for change in standing.changes[:MOST_TOLD]]
    more = len(standing.changes) - MOST_TOLD
    if more > 0:
        told.append(Problem(path, first, f"the source of '{lang}' has {more} more changes{_HELP}"))
    return told


def _describe(unit: Unit, lang: str, change: Change, lines: list[int]) -> Problem:
    source, path = unit.source, unit.paths[lang]
    if change.what == "removed":
        before = change.at - 1
        where = f"after “{source[before].words}”" if before >= 0 else "at its beginning"
        line = lines[before] if before >= 0 else (lines[0] if lines else 1)
        return Problem(path, line, f"the source of '{lang}' has lost {_blocks(change.count)} {where}{_HELP}")
    block = source[change.at]
    there = f"line {block.line}" if unit.source_path == path else f"{unit.source_path.rpartition('/')[2]}:{block.line}"
    verb = "has changed" if change.what == "changed" else "has gained"
    return Problem(path, lines[change.at], f"the source of '{lang}' {verb}: “{block.words}” ({there}){_HELP}")


def _blocks(count: int) -> str:
    return "a block" if count == 1 else f"{count} blocks"
