"""The files that a version was made from: stored with it, recognised by a hash, and given back as a folder."""

import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select

from elearn.catalogue.kinds import StepContent, StepText
from elearn.catalogue.models import Course, CourseVersion, VersionSource, VersionStep, VersionStepText
from elearn.catalogue.sourcekey import program
from elearn.core.db import db
from elearn.core.models import Blob
from elearn.core.storage import storage

# What a text has in columns of its own; the rest of it stands in `VersionStepText.rest`.
IN_COLUMNS = frozenset({"title", "html", "payload", "stale", "source_hash", "words", "bytes"})
# These two also stand in the payload, where pages look for them.
CREDITS = ("translated_by", "reviewed_by")


@dataclass(frozen=True)
class Folder:
    """A course's folder as it was read: its files, and the hash by which it is known again."""

    files: Mapping[str, bytes]
    fingerprint: str


def folder(files: Mapping[str, bytes]) -> Folder:
    """The files with a hash over them and over what would compile them: another compiler may make another course."""
    found = hashlib.sha256(program().encode())
    for path in sorted(files):
        found.update(f"\0{path}\0{hashlib.sha256(files[path]).hexdigest()}".encode("utf-8", "surrogatepass"))
    return Folder(files, found.hexdigest())


@dataclass(frozen=True)
class Latest:
    """What a course's newest version says of itself, before anything is compiled."""

    version_id: int
    number: int
    synced_hash: str


def latest(slug: str) -> Latest | None:
    """The version that would be corrected or replaced. One statement."""
    row = db.session.execute(
        select(CourseVersion.id, CourseVersion.number, Course.synced_hash)
        .join(Course, Course.published_version_id == CourseVersion.id)
        .where(Course.slug == slug)
    ).first()
    return Latest(*row) if row is not None else None


def store(files: Mapping[str, bytes]) -> dict[str, str]:
    """Put the bytes into the storage, by path their SHA-256. No SQL: call it before the rows are written."""
    return {path: storage().put(data) for path, data in files.items()}


def note_blobs(blobs: Iterable[tuple[str, int, str]]) -> None:
    """Have a row for each (sha256, size, mime) that is stored; the type that was found last is right."""
    wanted = {sha: (size, mime) for sha, size, mime in blobs}
    known = {blob.sha256: blob for blob in db.session.scalars(select(Blob).where(Blob.sha256.in_(wanted)))}
    for sha, (size, mime) in wanted.items():
        if sha not in known:
            db.session.add(Blob(sha256=sha, size=size, mime=mime))
        elif mime and known[sha].mime != mime:
            known[sha].mime = mime
    db.session.flush()


def keep(version_id: int, files: Mapping[str, bytes], stored: Mapping[str, str]) -> None:
    """Make these files those of a version."""
    new = set(stored.values()) - set(db.session.scalars(select(Blob.sha256).where(Blob.sha256.in_(stored.values()))))
    note_blobs((sha, len(files[path]), _mime(path)) for path, sha in stored.items() if sha in new)
    there = db.session.execute(
        select(VersionSource.path, VersionSource.blob_sha).where(VersionSource.version_id == version_id)
    )
    present = {row[0]: row[1] for row in there}
    changed = [path for path, sha in present.items() if stored.get(path) != sha]
    if changed:
        db.session.execute(
            delete(VersionSource).where(VersionSource.version_id == version_id, VersionSource.path.in_(changed))
        )
    rows = [
        {"version_id": version_id, "path": path, "blob_sha": sha}
        for path, sha in stored.items()
        if present.get(path) != sha
    ]
    if rows:
        db.session.execute(insert(VersionSource), rows)  # hundreds: no entity for each


def _mime(path: str) -> str:
    """Only a guess: what a page shows is looked at before, and its type is known."""
    return mimetypes.guess_type(path)[0] or "application/octet-stream"


def files_of(version_id: int) -> dict[str, bytes]:
    """The folder that a version was made from; empty for one published before folders were stored."""
    rows = db.session.execute(
        select(VersionSource.path, VersionSource.blob_sha)
        .where(VersionSource.version_id == version_id)
        .order_by(VersionSource.path)
    ).all()
    return {path: storage().read(sha) for path, sha in rows}


def rest_of(text: StepText) -> dict[str, Any]:
    """What of a text stands in no column of its own."""
    return {one.name: getattr(text, one.name) for one in fields(text) if one.name not in IN_COLUMNS}


def kept_steps(version_id: int) -> dict[str, StepContent]:
    """The steps of a version by their `source_key`: compiling the same sources again would make the same."""
    known = (VersionStep.version_id == version_id, VersionStep.source_key != "")
    steps: Any = db.session.execute(
        select(
            VersionStep.id,
            VersionStep.source_key,
            VersionStep.progress,
            VersionStep.payload,
            VersionStep.points,
            VersionStep.pass_mark,
        ).where(*known)
    ).all()
    texts = texts_of(*known)
    return {
        step.source_key: StepContent(
            texts=texts[step.id],
            progress=step.progress,
            payload=step.payload,
            points=step.points,
            pass_mark=step.pass_mark,
        )
        for step in steps
    }


def texts_of(*which: ColumnElement[bool]) -> dict[int, dict[str, StepText]]:
    """Stored texts as the compiler made them, by version step and language. Plain columns: there may be thousands."""
    rows: Any = db.session.execute(
        select(
            VersionStepText.version_step_id,
            VersionStepText.lang,
            VersionStepText.title,
            VersionStepText.html,
            VersionStepText.payload,
            VersionStepText.stale,
            VersionStepText.source_hash,
            VersionStepText.words,
            VersionStepText.bytes,
            VersionStepText.rest,
        )
        .join(VersionStep, VersionStep.id == VersionStepText.version_step_id)
        .where(*which)
    )
    found: dict[int, dict[str, StepText]] = {}
    for version_step, lang, title, html, payload, stale, source_hash, words, size, rest in rows:
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in rest.items()
        }
        payload = {name: value for name, value in payload.items() if name not in CREDITS}
        found.setdefault(version_step, {})[lang] = StepText(
            title, html, payload, stale=stale, source_hash=source_hash, words=words, bytes=size, **plain
        )
    return found
