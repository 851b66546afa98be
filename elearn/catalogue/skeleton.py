"""A course to begin with: the sample beside this module, in the wanted languages and under an id of its own."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from elearn.catalogue.folder import read_folder
from elearn.catalogue.sheet import COURSE

SAMPLE = Path(__file__).parent / "sample"
ID = "my-course"
_LINE = re.compile(r"^\s*(?:- )?(en|ar|fr): ")
_FILE = re.compile(r"\.(en|ar|fr)\.[a-z]+\Z")


def skeleton(slug: str, languages: Iterable[str]) -> dict[str, bytes]:
    """The files of a new course; the first language is the source language."""
    wanted = tuple(dict.fromkeys(languages))
    files, _refused = read_folder(SAMPLE)
    return {path: _file(path, data, slug, wanted) for path, data in files.items() if _wanted(path, wanted)}


def _wanted(path: str, languages: tuple[str, ...]) -> bool:
    found = _FILE.search(path)
    return found is None or found[1] in languages


def _file(path: str, data: bytes, slug: str, languages: tuple[str, ...]) -> bytes:
    if not path.endswith(".yaml"):
        return data
    text = data.decode("utf-8")
    lines = [line for line in text.split("\n") if not (found := _LINE.match(line)) or found[1] in languages]
    text = "\n".join(lines)
    if path == COURSE:
        for old, new in _sheet(slug, languages).items():
            text = text.replace(old, new, 1)
        text = text.replace(f"/courses/{ID}/", f"/courses/{slug}/")
    return text.encode("utf-8")


def _sheet(slug: str, languages: tuple[str, ...]) -> Mapping[str, str]:
    return {
        f"id: {ID}": f"id: {slug}",
        "languages: [en, ar, fr]": f"languages: [{', '.join(languages)}]",
        "default_language: en": f"default_language: {languages[0]}",
    }
