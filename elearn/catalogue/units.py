"""What a course says, cut into units that are translated and stamped: a lesson, a quiz item, a term, one text. Pure."""

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import yaml

from elearn.catalogue import blocks
from elearn.catalogue.blocks import Block
from elearn.catalogue.files import ASSETS, Files
from elearn.catalogue.lesson import FILE as LESSON_FILE
from elearn.catalogue.lesson import take_apart
from elearn.catalogue.yamlread import IDENTIFIER, Problem, read_mapping

STAMPS = "translations.yaml"
PRINT = 8  # hexadecimal digits
LESSON = "lesson"  # the last part of a lesson's id
NO_TEXTS = frozenset({"file", "credits", "also"})  # mappings of languages that hold something else than a text
Texts = dict[str, tuple[int, str]]  # language → line, text


@dataclass(frozen=True)
class Unit:
    """One unit. `id` is its path in the course, for a part of a YAML file with what it is after a `#`."""

    id: str
    paths: Mapping[str, str]  # language → file
    blocks: Mapping[str, tuple[Block, ...]]  # language → what it says; the source language first

    @cached_property
    def source(self) -> tuple[Block, ...]:
        return next(iter(self.blocks.values()))

    @cached_property
    def source_path(self) -> str:
        return next(iter(self.paths.values()))

    @cached_property
    def prints(self) -> tuple[str, ...]:
        """One for each block of the source."""
        return tuple(print_of(block) for block in self.source)

    @property
    def translations(self) -> list[str]:
        return list(self.blocks)[1:]


def print_of(block: Block) -> str:
    """Equal for texts that a translator would translate alike: spaces and the folding of lines do not count."""
    text = unicodedata.normalize("NFC", " ".join(block.text.split()))
    seed = f"{block.kind}\n{block.key}\n{'x' if block.ticked else ''}\n{text}"
    return hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:PRINT]


def units(files: Files, languages: tuple[str, ...]) -> list[Unit]:
    """All units of a course, as far as its files can be read; without a text in the source language there is none."""
    folders = {path.rpartition("/")[0]: None for path in files.paths if not path.startswith(f"{ASSETS}/")}
    return [unit for folder in folders for unit in units_in(files, folder, languages)]


def units_in(files: Files, folder: str, languages: tuple[str, ...]) -> list[Unit]:
    """The units in one folder: that of a step, of a module, or ('') the course's own."""
    names = files.below(folder)[""]
    paths = [f"{folder}/{name}" if folder else name for name in names if name.endswith(".yaml")]
    found = [unit for path in paths if path != STAMPS for unit in _yaml(files, path, languages)]
    if any(LESSON_FILE.match(name) for name in names):
        found += _lesson(files, folder, languages)
    return found


def _lesson(files: Files, folder: str, languages: tuple[str, ...]) -> Iterator[Unit]:
    found: dict[str, tuple[Block, ...]] = {}
    paths: dict[str, str] = {}
    for lang in languages:
        path = f"{folder}/lesson.{lang}.md"
        text = files.text(path) if path in files else None
        read = None if text is None else lesson_blocks(text, lang)
        if read is not None:
            found[lang], paths[lang] = read, path
        elif lang == languages[0]:
            return
    yield Unit(f"{folder}/{LESSON}", paths, found)


def lesson_blocks(text: str, lang: str) -> tuple[Block, ...] | None:
    """Title, summary and blocks of a lesson's file; None where it has no front matter."""
    parts = take_apart(text)
    if parts is None:
        return None
    front = read_mapping(parts.front, "", _ignore, (lang,), first_line=2)
    head = []
    for key in ("title", "summary") if front else ():
        value = front.text(key, required=False) if front else ""
        if front and value:
            head.append(Block(key, front.line_of(key), value, key))
    return (*head, *blocks.split(parts.body, parts.line))


def _yaml(files: Files, path: str, languages: tuple[str, ...]) -> Iterator[Unit]:
    """The texts of a YAML file: wherever a mapping has nothing but languages for keys and texts for values."""
    text = files.text(path) if path in files else None
    reader = None if text is None else read_mapping(text, path, _ignore, languages)
    if reader is None:
        return
    grouped: dict[str, dict[str, list[Block]]] = {}
    for name, key, texts in _texts(reader.node, languages):
        group = grouped.setdefault(name, {})
        for lang, (line, value) in texts.items():
            group.setdefault(lang, []).append(Block("text", line, value, key))
    for name, found in grouped.items():
        if languages[0] in found:
            present = [lang for lang in languages if lang in found]
            yield Unit(f"{path}#{name}", dict.fromkeys(present, path), {lang: tuple(found[lang]) for lang in present})


def _texts(node: yaml.MappingNode, languages: tuple[str, ...]) -> Iterator[tuple[str, str, Texts]]:
    """Each text: the unit it belongs to, its name inside that unit, and what it is in each language."""
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in NO_TEXTS:
            continue
        if isinstance(value, yaml.SequenceNode):
            for name, entry in _entries(value):
                for inner, texts in _below(entry, (), languages):
                    yield f"{key.value}/{name}", inner, texts
        else:
            for inner, texts in _below(value, (), languages):
                yield key.value, inner, texts


def _below(node: yaml.Node, path: tuple[str, ...], languages: tuple[str, ...]) -> Iterator[tuple[str, Texts]]:
    if isinstance(node, yaml.SequenceNode):
        for name, entry in _entries(node):
            yield from _below(entry, (*path, name), languages)
    elif isinstance(node, yaml.MappingNode):
        texts = _languages(node, languages)
        if texts:
            yield "/".join(path), texts
            return
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value not in NO_TEXTS:
                yield from _below(value, (*path, key.value), languages)


def _languages(node: yaml.MappingNode, languages: tuple[str, ...]) -> Texts:
    found: Texts = {}
    for key, value in node.value:
        if not (isinstance(key, yaml.ScalarNode) and key.value in languages and isinstance(value, yaml.ScalarNode)):
            return {}
        if value.value.strip():
            found[key.value] = (key.start_mark.line + 1, value.value)
    return found


def _entries(node: yaml.SequenceNode) -> Iterator[tuple[str, yaml.Node]]:
    """The entries of a list by their ids, or by their numbers where they have none of their own."""
    seen: set[str] = set()
    for number, entry in enumerate(node.value, start=1):
        name = str(number)
        for key, value in entry.value if isinstance(entry, yaml.MappingNode) else ():
            if key.value == "id" and isinstance(value, yaml.ScalarNode) and IDENTIFIER.match(value.value):
                name = value.value[:60]
        if name in seen:
            name = f"{name}.{number}"
        seen.add(name)
        yield name, entry


def _ignore(_: Problem) -> None:
    """The compiler reports what cannot be read; here it is only left out."""
