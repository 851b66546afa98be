"""Writes into translations the fingerprint of the source text they were made from."""

import re
from pathlib import Path

from elearn.catalogue.files import Files
from elearn.catalogue.folder import read_folder
from elearn.catalogue.lesson import fingerprint, take_apart
from elearn.catalogue.sheet import read_sheet
from elearn.catalogue.yamlread import Problem, read_mapping

_LESSON = re.compile(r"(?P<folder>[^/]+/[^/]+)/lesson\.(?P<lang>[a-z]{2})\.md\Z")
_SOURCE = re.compile(r"^source:.*$", re.MULTILINE)
_TITLE = re.compile(r"^title:.*(?:\n[ \t]+.*)*$", re.MULTILINE)


def fingerprint_of(text: str, lang: str) -> str | None:
    """The fingerprint of a lesson file; None when it cannot be read."""
    wrong: list[Problem] = []
    parts = take_apart(text)
    front = read_mapping(parts.front, "", wrong.append, (lang,)) if parts else None
    if parts is None or front is None or wrong:
        return None
    return fingerprint(front.text("title", required=False), front.text("summary", required=False), parts.body)


def stamped(text: str, made_from: str) -> str:
    """A translation with `source:` set; the same text when it has no front matter to set it in."""
    parts = take_apart(text)
    if parts is None:
        return text
    line = f"source: {made_from}"
    if _SOURCE.search(parts.front):
        front = _SOURCE.sub(line, parts.front, count=1)
    else:
        title = _TITLE.search(parts.front)
        at = title.end() if title else len(parts.front)
        front = f"{parts.front[:at]}\n{line}{parts.front[at:]}".strip("\n")
    return f"---\n{front}\n---\n{parts.body}"


def stamp_folder(root: Path) -> list[Path]:
    """Stamp every translation of a course; the files that were changed."""
    ignored: list[Problem] = []
    files, _refused = read_folder(root)
    sources = Files(files, ignored.append)
    sheet = read_sheet(sources, ignored.append)
    if sheet is None:
        return []
    default = sheet.languages[0]
    changed = []
    for path in sources.paths:
        match = _LESSON.match(path)
        if not match or match["lang"] == default:
            continue
        source = sources.text(f"{match['folder']}/lesson.{default}.md")
        text = sources.text(path)
        made_from = fingerprint_of(source, default) if source is not None else None
        if text is None or made_from is None:
            continue
        new = stamped(text, made_from)
        if new != text:
            (root / path).write_text(new, encoding="utf-8", newline="\n")
            changed.append(root / path)
    return changed
