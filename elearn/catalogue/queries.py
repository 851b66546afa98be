"""Every SELECT on courses that is not the shelf's."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from elearn.catalogue.models import (
    Course,
    CourseState,
    CourseVersion,
    VersionAsset,
    VersionText,
)
from elearn.core.db import db
from elearn.core.models import Blob


def published_version(slug: str) -> int | None:
    """The version that a published course shows to newcomers. One statement."""
    return db.session.execute(
        select(Course.published_version_id).where(Course.slug == slug, Course.state == CourseState.PUBLISHED)
    ).scalar_one_or_none()


@dataclass(frozen=True)
class PublishedText:
    """A published course in one language, as the catalogue needs it."""

    course_id: int
    slug: str
    version_id: int
    default_lang: str
    minutes: int
    theme: str
    level: str
    kinds: dict[str, int]  # how many steps of which kind
    lang: str
    title: str
    summary: str
    completeness: float
    bytes: int
    search_text: str


def published_texts() -> list[PublishedText]:
    """Every published course in every language. One statement; read once per revision of the catalogue."""
    rows: Any = db.session.execute(
        select(Course.id, Course.slug, CourseVersion, VersionText)
        .join(CourseVersion, CourseVersion.id == Course.published_version_id)
        .join(VersionText, VersionText.version_id == CourseVersion.id)
        .where(Course.state == CourseState.PUBLISHED)
        .order_by(Course.slug, VersionText.lang)
    )
    return [
        PublishedText(
            course_id=course_id,
            slug=slug,
            version_id=version.id,
            default_lang=version.rules["default_lang"],
            minutes=version.minutes,
            theme=version.theme,
            level=version.level,
            kinds=version.rules["kinds"],
            lang=text.lang,
            title=text.title,
            summary=text.summary,
            completeness=text.payload["completeness"],
            bytes=text.payload["bytes"],
            search_text=text.search_text,
        )
        for course_id, slug, version, text in rows
    ]


@dataclass(frozen=True)
class Suggestion:
    """A course for somebody who studies none yet."""

    slug: str
    lang: str
    title: str


def suggestions(lang: str, limit: int = 3) -> list[Suggestion]:
    """The newest courses that speak a language. One statement."""
    rows: Any = db.session.execute(
        select(Course.slug, VersionText.lang, VersionText.title)
        .join(VersionText, VersionText.version_id == Course.published_version_id)
        .where(Course.state == CourseState.PUBLISHED, VersionText.lang == lang)
        .order_by(Course.published_version_id.desc())
        .limit(limit)
    )
    return [Suggestion(*row) for row in rows]


@dataclass(frozen=True)
class StoredPicture:
    """A picture that some published version shows."""

    sha256: str
    mime: str


def picture(slug: str, path: str, fingerprint: str) -> StoredPicture | None:
    """The picture at a path whose content has this fingerprint, in whichever version. One statement."""
    row = db.session.execute(
        select(Blob.sha256, Blob.mime)
        .join(VersionAsset, VersionAsset.blob_sha == Blob.sha256)
        .join(CourseVersion, CourseVersion.id == VersionAsset.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == slug, VersionAsset.path == path, Blob.sha256.startswith(fingerprint, autoescape=True))
        .limit(1)
    ).first()
    return StoredPicture(*row) if row is not None else None
