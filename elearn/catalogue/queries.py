"""Every SELECT on courses that is not the shelf's."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from elearn.catalogue import changes, sources
from elearn.catalogue.changes import Shape, StepShape
from elearn.catalogue.kinds import StepText
from elearn.catalogue.models import (
    Course,
    CourseState,
    CourseVersion,
    Step,
    VersionAsset,
    VersionStep,
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


def version_of(slug: str, number: int | None = None) -> int | None:
    """A course's version by its number, the latest without one; whatever the state of the course."""
    if number is None:
        return db.session.scalar(select(Course.published_version_id).where(Course.slug == slug))
    return db.session.scalar(
        select(CourseVersion.id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == slug, CourseVersion.number == number)
    )


def version_numbers(slug: str) -> dict[int, int]:
    """The number of every version of a course, by its id."""
    rows = db.session.execute(
        select(CourseVersion.id, CourseVersion.number)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == slug)
    )
    return {row[0]: row[1] for row in rows}


def step_kinds(slug: str) -> dict[str, str]:
    """The kind of every step that a course ever had, by its key."""
    rows = db.session.execute(select(Step.key, Step.kind).join(Course).where(Course.slug == slug))
    return {row[0]: row[1] for row in rows}


def structural_number(slug: str) -> int:
    """The number of the structural version that a correction would belong to; 0 before the first."""
    parent = aliased(CourseVersion)
    return (
        db.session.scalar(
            select(func.coalesce(parent.number, CourseVersion.number))
            .select_from(CourseVersion)
            .join(Course, Course.published_version_id == CourseVersion.id)
            .outerjoin(parent, parent.id == CourseVersion.parent_id)
            .where(Course.slug == slug)
        )
        or 0
    )


Known = Mapping[str, Mapping[str, StepText]]  # texts by the `source_key` of their step


def published_shape(slug: str, known: Known = MappingProxyType({})) -> Shape | None:
    """The version that a course shows, as far as another can differ from it. Four statements.

    Texts that are `known` are not read again.
    """
    version = db.session.scalar(
        select(CourseVersion).join(Course, Course.published_version_id == CourseVersion.id).where(Course.slug == slug)
    )
    return _shape(version, known) if version is not None else None


def shape_of_version(version_id: int) -> Shape | None:
    """Any version, in the same way. Four statements."""
    version = db.session.get(CourseVersion, version_id)
    return _shape(version, MappingProxyType({})) if version is not None else None


def _shape(version: CourseVersion, known: Known) -> Shape:
    rules = version.rules
    texts = db.session.scalars(select(VersionText).where(VersionText.version_id == version.id))
    return Shape(
        steps=_step_shapes(version.id, rules["default_lang"], known),
        minutes=version.minutes,
        rules=changes.rules(
            rules["completion"]["result"],
            rules["certificate"]["kind"],
            rules.get("order", "free"),
            rules.get("optional", 0),
            rules["default_lang"],
        ),
        texts={
            one.lang: changes.digest({"title": one.title, "summary": one.summary, "audience": one.payload["audience"]})
            for one in texts
        },
        content_hash=version.content_hash,
        structure=version.structure_hash,
    )


def _step_shapes(version_id: int, default_lang: str, known: Known) -> tuple[StepShape, ...]:
    steps: Any = db.session.execute(
        select(VersionStep, Step.key)
        .join(Step, Step.id == VersionStep.step_id)
        .where(VersionStep.version_id == version_id)
        .order_by(VersionStep.position)
    ).all()
    wanted = [step.id for step, _key in steps if step.source_key not in known]
    read = sources.texts_of(VersionStep.id.in_(wanted)) if wanted else {}
    return tuple(
        _step_shape(step, key, known[step.source_key] if step.source_key in known else read[step.id], default_lang)
        for step, key in steps
    )


def _step_shape(step: VersionStep, key: str, texts: Mapping[str, StepText], default_lang: str) -> StepShape:
    return StepShape(
        key=key,
        kind=step.kind,
        title=texts[default_lang].title,
        module=step.module_key,
        position=step.position,
        required=step.required,
        minutes=step.minutes,
        pass_mark=step.pass_mark,
        marks=changes.digest([str(step.progress), step.points, step.payload]),
        after=tuple(step.after),
        release_after=step.release_after,
        texts=texts,
    )
