"""Courses for tests, published by the service as any other."""

from collections.abc import Mapping
from pathlib import Path

from flask import current_app

from elearn.catalogue import service, sources
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.folder import read_folder
from elearn.catalogue.service import Published
from elearn.catalogue.source import compile
from elearn.core.db import db, unit_of_work


def publish(course: Path | Mapping[str, bytes], actor: int | None = None, reason: str = "") -> Published:
    """Publish a folder, or files by their paths; in the present transaction where there is one."""
    files, refused = read_folder(course) if isinstance(course, Path) else (course, [])
    compiled = compile(files, current_app.extensions["step_kinds"], refused)
    assert isinstance(compiled, CompiledCourse), "\n".join(map(str, compiled))
    folder = sources.folder(files)
    if db.session().info.get("writing"):
        return service.publish(compiled, actor=actor, reason=reason, folder=folder)
    with unit_of_work():
        return service.publish(compiled, actor=actor, reason=reason, folder=folder)
