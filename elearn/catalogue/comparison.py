"""A course's translations beside their sources, block by block: what is missing, merged, stale, or lost on the way.

Pure. Each difference has a key that stays the same until the source of the block changes, so that it can be accepted
with a reason in translations.yaml.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from elearn.catalogue.alignment import Pair, align
from elearn.catalogue.blocks import ABBREVIATION, NOTE, ROW, TASK, Block, cells
from elearn.catalogue.facts import Lost, facts, lost, persons, unaccented
from elearn.catalogue.files import Files
from elearn.catalogue.pictures import SVG
from elearn.catalogue.sheet import read_sheet
from elearn.catalogue.translations import Stamps, describe, read_stamps
from elearn.catalogue.units import LESSON, STAMPS, Unit, print_of, units
from elearn.catalogue.yamlread import Problem

KEY = 8


@dataclass(frozen=True, order=True)
class Difference:
    """One thing to look at. Without a key it cannot be accepted, only mended."""

    path: str
    line: int
    message: str
    key: str = ""

    def problem(self) -> Problem:
        return Problem(self.path, self.line, f"{self.message} [{self.key}]" if self.key else self.message)


def differences_in(found: Mapping[str, bytes]) -> list[Problem]:
    """The same for a course's files as they are; nothing where its course.yaml cannot be read."""
    files = Files(found, _ignore)
    sheet = read_sheet(files, _ignore)
    return differences(files, sheet.languages) if sheet else []


def differences(files: Files, languages: tuple[str, ...]) -> list[Problem]:
    """Everything that is not accepted, sorted; and what was accepted and is no longer there."""
    stamps = read_stamps(files, _ignore)
    found = [one for unit in units(files, languages) for one in _of(unit, languages, stamps)]
    found += _drawings(files, languages)
    keys = {one.key for one in found if one.key}
    accepted = {one.difference for one in stamps.accepted}
    gone = [
        Problem(STAMPS, one.line, f"nothing differs as '{one.difference}' says any more: remove it")
        for one in stamps.accepted
        if one.difference not in keys
    ]
    return sorted([*gone, *(one.problem() for one in found if one.key not in accepted)])


def _of(unit: Unit, languages: tuple[str, ...], stamps: Stamps) -> Iterator[Difference]:
    for lang in languages[1:]:
        if lang not in unit.blocks:
            yield _absent(unit, lang)
            continue
        for notice in describe(unit, lang, stamps.state(unit.id, lang, unit.prints)):
            yield Difference(notice.path, notice.line, notice.message)
        yield from _Beside(unit, lang, languages).differences()


def _absent(unit: Unit, lang: str) -> Difference:
    if unit.id.endswith(f"/{LESSON}"):
        return Difference(unit.source_path, 1, f"there is no lesson.{lang}.md")
    first = unit.source[0]
    return Difference(unit.source_path, first.line, f"'{lang}' is missing: “{first.words}”")


def _drawings(files: Files, languages: tuple[str, ...]) -> Iterator[Difference]:
    """What the labels of a drawing count and date, in a drawing that is the same in another language."""
    for path in files.paths:
        stem = path.removesuffix(f".{languages[0]}.svg")
        there = _labels(files, path) if stem != path else ""
        for lang in languages[1:] if there else ():
            here = f"{stem}.{lang}.svg"
            labels = _labels(files, here)
            if labels:
                for one in lost(facts(there, languages[0]), facts(labels, lang), languages):
                    yield Difference(here, 1, f"{one} ({path})", _key(path, lang, f"{one.kind} {one.what}"))


def _labels(files: Files, path: str) -> str:
    data = files.read(path)
    if data is None or b"<!DOCTYPE" in data:  # which the compiler refuses
        return ""
    try:
        texts = [element for element in ElementTree.fromstring(data).iter() if element.tag == f"{{{SVG}}}text"]
    except ElementTree.ParseError:
        return ""
    return " | ".join("".join(element.itertext()) for element in texts)


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:KEY]


class _Beside:
    """One translation of one unit beside its source."""

    def __init__(self, unit: Unit, lang: str, languages: tuple[str, ...]) -> None:
        self.unit = unit
        self.lang = lang
        self.languages = languages
        self.source = unit.source
        self.target = unit.blocks[lang]
        self.path = unit.paths[lang]
        self.one_file = unit.source_path == self.path  # then the path does not tell the language
        self.last = self.target[0].line if self.target else 1

    def differences(self) -> Iterator[Difference]:
        for pair in align(self.source, self.target):
            here = [self.target[at] for at in pair.target]
            there = [self.source[at] for at in pair.source]
            if any(block.kind == ABBREVIATION for block in (*here, *there)):
                continue  # a language has its own
            self.last = here[0].line if here else self.last
            yield from self.pair(pair, there, here)

    def pair(self, pair: Pair, there: Sequence[Block], here: Sequence[Block]) -> Iterator[Difference]:
        if not here:
            yield self.say("missing", there, f"missing: “{there[0].words}” ({self.place(there[0])})")
            return
        if not there:
            yield self.say("more", here, f"nothing in the source answers to “{here[0].words}”")
            return
        if len(there) > 1:
            first, second = there
            words = f"“{first.words}” and “{second.words}” ({self.place(first)}, {second.line})"
            yield self.say("merged", there, f"two blocks of the source are one here: {words}")
        elif len(here) > 1:
            words = f"“{there[0].words}” ({self.place(there[0])})"
            yield self.say("parted", there, f"one block of the source is two here: {words}")
        else:
            yield from self.shape(there[0], here[0])
        yield from self.facts(there, here)

    def shape(self, there: Block, here: Block) -> Iterator[Difference]:
        if there.kind != here.kind:
            yield self.say("kind", [there], f"{here.kind} here, {there.kind} in the source ({self.place(there)})")
        elif there.kind == TASK and there.ticked != here.ticked:
            words = "ticked here, not in the source" if here.ticked else "ticked in the source, not here"
            yield self.say("tick", [there], f"{words} ({self.place(there)})")
        elif there.kind == ROW and len(cells(there.text)) != len(cells(here.text)):
            words = f"{len(cells(here.text))} cells here, {len(cells(there.text))} in the source"
            yield self.say("cells", [there], f"{words} ({self.place(there)})")
        elif there.key != here.key:
            words = f"the anchor #{there.key} of the source" if there.key else f"the source has no anchor #{here.key}"
            yield self.say("anchor", [there], f"{words} ({self.place(there)})")

    def facts(self, there: Sequence[Block], here: Sequence[Block]) -> Iterator[Difference]:
        source = facts("\n".join(block.text for block in there), self.languages[0])
        target = facts("\n".join(block.text for block in here), self.lang)
        for one in lost(source, target, self.languages):
            yield self.say(f"{one.kind} {one.what}", there, f"{one} ({self.place(there[0])})")
        if there[0].kind == NOTE:
            words = unaccented(here[0].text)
            for name in persons(there[0].text):
                if unaccented(name) not in words:
                    one = Lost("name", name)
                    yield self.say(f"name {name}", there, f"{one} ({self.place(there[0])})")

    def place(self, block: Block) -> str:
        return f"line {block.line}" if self.one_file else f"{self.unit.source_path.rpartition('/')[2]}:{block.line}"

    def say(self, what: str, blocks: Sequence[Block], message: str) -> Difference:
        """A difference at the last place of the translation that was found to answer to something."""
        missing = self.one_file and what == "missing"
        key = _key(self.unit.id, self.lang, what, *map(print_of, blocks))
        text = f"'{self.lang}': {message}" if self.one_file else message
        return Difference(self.path, blocks[0].line if missing or what == "more" else self.last, text, key)


def _ignore(_: Problem) -> None:
    """The compiler reports what cannot be read."""
