"""Reads a course's folder from disk: nothing outside it, and nothing larger than a course's file may be."""

import os
from pathlib import Path

from elearn.catalogue.files import MAX_FILE, MAX_FILES, ignored
from elearn.catalogue.yamlread import Problem


def read_folder(root: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Every file by its path inside the folder, and what was not read and why."""
    found: dict[str, bytes] = {}
    refused: list[Problem] = []
    for directory, folders, names in os.walk(root, followlinks=False):
        here = Path(directory)
        inside = here.relative_to(root)
        for name in sorted(folders):
            path = (inside / name).as_posix()
            if ignored(path):
                folders.remove(name)
            elif (here / name).is_symlink():
                refused.append(Problem(path, 1, "a link is not followed: it may lead outside the course folder"))
                folders.remove(name)
        folders.sort()
        for name in sorted(names):
            path = (inside / name).as_posix()
            if ignored(path):
                continue
            if len(found) >= MAX_FILES:
                refused.append(Problem(path, 1, f"not read: the folder holds more than {MAX_FILES:,} files"))
                return found, refused
            content = _read(here / name)
            if isinstance(content, str):
                refused.append(Problem(path, 1, content))
            else:
                found[path] = content
    return found, refused


def _read(path: Path) -> bytes | str:
    """The bytes, or why they were not read."""
    if path.is_symlink():
        return "a link is not followed: it may lead outside the course folder"
    if not path.is_file():
        return "not an ordinary file"
    try:
        size = path.stat().st_size
        if size > MAX_FILE:
            return f"{size / 1_000_000:,.1f} MB: no file of a course may be larger than {MAX_FILE // 1_000_000} MB"
        with path.open("rb") as file:
            return file.read(MAX_FILE + 1)
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def courses_in(root: Path) -> list[Path]:
    """The course folders that a path means: itself, or those directly below it."""
    if (root / "course.yaml").exists():
        return [root]
    return sorted(path.parent for path in root.glob("*/course.yaml"))
