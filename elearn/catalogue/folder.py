"""Reads a course from disk, a folder or a zip archive: nothing outside it, nothing larger than a course may be."""

import os
from pathlib import Path

from elearn.catalogue.archive import read_archive
from elearn.catalogue.files import hidden
from elearn.catalogue.sizes import MAX_FILES, MAX_TOTAL, largest, too_large
from elearn.catalogue.yamlread import Problem


def read_folder(root: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Every file by its path inside the folder (or the archive), and what was not read and why."""
    if root.is_file():
        return _read_file(root)
    total = 0
    found: dict[str, bytes] = {}
    refused: list[Problem] = []
    for directory, folders, names in os.walk(root, followlinks=False):
        here = Path(directory)
        inside = here.relative_to(root)
        for name in sorted(folders):
            path = (inside / name).as_posix()
            if hidden(path):
                folders.remove(name)
            elif (here / name).is_symlink():
                refused.append(Problem(path, 1, "a link is not followed: it may lead outside the course folder"))
                folders.remove(name)
        folders.sort()
        for name in sorted(names):
            path = (inside / name).as_posix()
            if hidden(path):
                continue
            if len(found) >= MAX_FILES:
                return _nothing(
                    f"the folder holds more than {MAX_FILES:,} files, from {path} on: nothing of it was read"
                )
            content = _read(here / name, path)
            if isinstance(content, str):
                refused.append(Problem(path, 1, content))
                continue
            total += len(content)
            if total > MAX_TOTAL:
                size = MAX_TOTAL // 1_000_000
                return _nothing(f"the folder holds more than {size} MB, from {path} on: nothing was read")
            found[path] = content
    return found, refused


def _nothing(message: str) -> tuple[dict[str, bytes], list[Problem]]:
    """Half a course would only bring complaints about what is missing from it."""
    return {}, [Problem("course.yaml", 1, message)]


def _read_file(path: Path) -> tuple[dict[str, bytes], list[Problem]]:
    if path.suffix.lower() != ".zip":
        return _nothing("a course is a folder or a zip archive")
    try:
        size = path.stat().st_size
        if size > MAX_TOTAL:
            return _nothing(f"{size / 1_000_000:,.1f} MB: no course may be larger than {MAX_TOTAL // 1_000_000} MB")
        return read_archive(path.read_bytes())
    except OSError as error:
        return _nothing(f"cannot be read: {error.strerror}")


def _read(path: Path, inside: str) -> bytes | str:
    """The bytes, or why they were not read."""
    if path.is_symlink():
        return "a link is not followed: it may lead outside the course folder"
    if not path.is_file():
        return "not an ordinary file"
    try:
        size = path.stat().st_size
        if reason := too_large(inside, size):
            return reason
        with path.open("rb") as file:
            return file.read(largest(inside) + 1)
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def courses_in(root: Path) -> list[Path]:
    """The courses that a path means: itself (a folder or an archive), or the folders directly below it."""
    if root.is_file() or (root / "course.yaml").exists():
        return [root]
    return sorted(path.parent for path in root.glob("*/course.yaml"))
