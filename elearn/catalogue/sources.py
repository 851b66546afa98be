"""The files that a version was made from: stored with it, recognised by a hash, and given back as a folder."""

import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import delete, select

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
    rows = db.session.execute(
        select(VersionSource.path, VersionSource.blob_sha).where(VersionSource.version_id == version_id)
    )
    present = {row[0]: row[1] for row in rows}
    changed = [path for path, sha in present.items() if stored.get(path) != sha]
    if changed:
        db.session.execute(
            delete(VersionSource).where(VersionSource.version_id == version_id, VersionSource.path.in_(changed))
        )
    db.session.add_all(
        VersionSource(version_id=version_id, path=path, blob_sha=sha)
        for path, sha in stored.items()
        if present.get(path) != sha
    )
    db.session.flush()


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
    rows: Any = db.session.execute(
        select(VersionStep, VersionStepText)
        .join(VersionStepText, VersionStepText.version_step_id == VersionStep.id)
        .where(VersionStep.version_id == version_id, VersionStep.source_key != "")
    ).all()
    steps: dict[str, VersionStep] = {}
    texts: dict[str, dict[str, StepText]] = {}
    for step, text in rows:
        steps[step.source_key] = step
        texts.setdefault(step.source_key, {})[text.lang] = text_of(text)
    return {
        key: StepContent(
            texts=texts[key],
            progress=step.progress,
            payload=step.payload,
            points=step.points,
            pass_mark=step.pass_mark,
        )
        for key, step in steps.items()
    }


def text_of(row: VersionStepText) -> StepText:
    """A stored text as the compiler made it."""
    rest: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.rest.items()
    }
    return StepText(
        title=row.title,
        html=row.html,
        payload={name: value for name, value in row.payload.items() if name not in CREDITS},
        stale=row.stale,
        source_hash=row.source_hash,
        words=row.words,
        bytes=row.bytes,
        **rest,
    )
