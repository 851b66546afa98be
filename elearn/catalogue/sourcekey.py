"""What compiling a step depends on, as one key: equal keys mean that compiling it again would give the same.

The key covers the step's files, whatever in the course they may refer to, and the program that compiles them. What a
step refers to is guessed generously from its bytes: a name too many costs a compilation, a name too few would keep
an old text, so anything that hides a name from the guess counts as naming everything.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from urllib.parse import unquote

from elearn.catalogue.assets import KNOWN
from elearn.catalogue.files import Files
from elearn.catalogue.sheet import Limits
from elearn.catalogue.stepsource import Surroundings
from elearn.catalogue.translations import Stamps

LIBRARIES = ("Markdown", "pymdown-extensions", "nh3", "PyYAML", "Pillow", "latex2mathml")
OWN = ("elearn.catalogue", "elearn.core", "elearn.assessment")

_ENDING = re.compile(r"\.(?:" + "|".join(sorted(known.removeprefix(".") for known in KNOWN)) + ")", re.IGNORECASE)
_MENTIONS = (re.compile(r"step:([a-z0-9-]+)"), re.compile(r"term:([a-z0-9-]+)"))  # each begins as it is searched for
_IDENTIFIER = re.compile(r"[a-z0-9-]+")
_HIDING = re.compile(r"\\(?:[xuUN]|\s*$)", re.MULTILINE)  # escapes of YAML that could spell a name otherwise
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_NO_LETTER = re.compile(r"[\W_]+")
_LONGEST_NAME = 200


class SourceKeys:
    """The keys of one course's steps."""

    def __init__(self, files: Files, around: Surroundings, limits: Limits, stamps: Stamps) -> None:
        self._files = files
        self._stamps = stamps
        self._around = around
        self._common = [program(), around.slug, around.languages, limits.text, limits.pictures]
        self._assets: dict[str, list[str]] = {}
        for path in around.assets:
            self._assets.setdefault(_bare(path.rsplit("/", 1)[-1].split()[-1:]), []).append(path)
        self._paths: dict[str, list[str]] = {}
        for path in files.paths:
            self._paths.setdefault("/".join(path.split("/")[:2]), []).append(path)

    def of(self, step: str, folder: str, kind: str) -> str:
        own = self._paths.get(folder, [])
        texts = [(path, self._files.text(path) or "") for path in own if path.endswith((".md", ".yaml"))]
        everything = any(_HIDING.search(text) for path, text in texts if path.endswith(".yaml"))
        ids: set[str] = set()
        names: set[str] = set()
        for path, text in texts:
            plain = _plain(text)
            for kind_of_name in (_IDENTIFIER,) if path.endswith(".yaml") else _MENTIONS:
                ids.update(kind_of_name.findall(plain))
            names.update(_names(plain))
        around = self._around
        return _digest(
            [
                *self._common,
                [step, folder, kind],
                self._stamps.below(folder),
                [[path, _sha(self._files.read(path))] for path in own],
                [[path, self._asset(path)] for path in self._mentioned(names, everything)],
                [self._term(key) for key in sorted(around.glossary) if everything or key in ids],
                [[one, one in around.lesson_ids] for one in sorted(around.step_ids) if everything or one in ids],
                [one for one in sorted(around.objective_ids) if everything or one in ids],
            ]
        )

    def _mentioned(self, names: set[str], everything: bool) -> list[str]:
        if everything:
            return sorted(self._around.assets)
        return sorted(path for name in names for path in self._assets.get(name, ()))

    def _asset(self, path: str) -> str:
        asset = self._around.assets[path]
        return asset.sha256 if asset else ""

    def _term(self, key: str) -> object:
        term = self._around.glossary[key]
        return [key, dict(term.term), dict(term.definition)] if term else [key]


def _plain(text: str) -> str:
    """The text with what Markdown and addresses may write in other ways written in one."""
    if "&" in text:
        text = unescape(text)
    if "%" in text:
        text = unquote(text) if _PERCENT.search(text) else text  # a per cent sign alone is common, and unquoting slow
    return text.replace("\\", "")


def _names(text: str) -> Iterable[str]:
    """Whatever may be the last word of a file's name, without what is no letter."""
    for ending in _ENDING.finditer(text):
        start = text[max(0, ending.start() - _LONGEST_NAME) : ending.end()]
        yield _bare(start.rsplit("/", 1)[-1].split()[-1:])


def _bare(words: list[str]) -> str:
    return _NO_LETTER.sub("", "".join(words)).casefold()


def _sha(data: bytes | None) -> str:
    return hashlib.sha256(data).hexdigest() if data is not None else ""


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def program() -> str:
    """The code that compiles, and the versions of the libraries it stands on."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for library in LIBRARIES:
        try:
            digest.update(f"{library} {metadata.version(library)}\n".encode())
        except metadata.PackageNotFoundError:
            digest.update(f"{library}\n".encode())
    for package in OWN:
        for name, code in sorted(_code(resources.files(package), "")):
            digest.update(f"{package}/{name} {len(code)}\n".encode() + code)
    return digest.hexdigest()


def _code(folder: Traversable, start: str) -> Iterable[tuple[str, bytes]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _code(one, f"{start}{one.name}/")
        elif one.name.endswith(".py"):
            yield f"{start}{one.name}", one.read_bytes()
