"""Tables of courses: identity, versions, steps (identity apart from appearance), texts per language, assets."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.catalogue.kinds import Progress
from elearn.core.db import Base, Json, enum_type, primary_key
from elearn.core.i18n import language_check


class CourseState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class VersionKind(StrEnum):
    """`text`: the same steps, keys and marks with other texts, shown to everybody at once."""

    STRUCTURAL = "structural"
    TEXT = "text"


class AuthorRole(StrEnum):
    TRAINER = "trainer"
    TRANSLATOR = "translator"
    REVIEWER = "reviewer"


class Course(Base):
    __tablename__ = "course"
    id: Mapped[int] = primary_key()
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    default_lang: Mapped[str] = mapped_column(String(2))
    published_version_id: Mapped[int | None] = mapped_column(ForeignKey("course_version.id", use_alter=True))
    state: Mapped[CourseState] = mapped_column(enum_type(CourseState))
    draft_rev: Mapped[int] = mapped_column(default=0)
    synced_hash: Mapped[str] = mapped_column(String(64), default="")  # of the folder, and of what compiled it
    created_at: Mapped[dt.datetime]


class CourseAuthor(Base):
    """Who teaches, translates or reviews a course."""

    __tablename__ = "course_author"
    __table_args__ = (UniqueConstraint("course_id", "user_id", "role", "lang"),)
    id: Mapped[int] = primary_key()
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[AuthorRole] = mapped_column(enum_type(AuthorRole))
    lang: Mapped[str] = mapped_column(String(2), default="")  # '' = every language
    added_at: Mapped[dt.datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class DraftFile(Base):
    """The present state of a course's folder while it is edited."""

    __tablename__ = "draft_file"
    __table_args__ = (UniqueConstraint("course_id", "path"),)
    id: Mapped[int] = primary_key()
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    path: Mapped[str] = mapped_column(String(255))
    blob_sha: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    rev: Mapped[int]


class DraftRevision(Base):
    """One saved state of the folder: path -> sha of every file."""

    __tablename__ = "draft_revision"
    append_only = True
    id: Mapped[int] = primary_key()
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    rev: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    tree: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[dt.datetime]


class CourseVersion(Base):
    """A published state, immutable. `rules`: completion, languages, theme, level, contact, credits, objectives ids."""

    __tablename__ = "course_version"
    __table_args__ = (UniqueConstraint("course_id", "number"),)
    append_only = True
    id: Mapped[int] = primary_key()
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    kind: Mapped[VersionKind] = mapped_column(enum_type(VersionKind))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("course_version.id"), index=True)  # of a text version
    content_hash: Mapped[str] = mapped_column(String(64))
    structure_hash: Mapped[str] = mapped_column(String(64))
    rules: Mapped[dict[str, Any]] = mapped_column(Json)
    minutes: Mapped[int]
    theme: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(Text, default="")
    published_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    published_at: Mapped[dt.datetime]


class VersionText(Base):
    """`payload`: audience, objectives' and modules' texts, credits, completeness in this language."""

    __tablename__ = "version_text"
    __table_args__ = (language_check(),)
    append_only = True
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2), primary_key=True)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    search_text: Mapped[str] = mapped_column(Text)


class Step(Base):
    """A step's identity: progress refers to it. Never deleted; `retired_at` when no version shows it any more."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("course_id", "key"),)
    id: Mapped[int] = primary_key()
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(24))
    retired_at: Mapped[dt.datetime | None]


class VersionStep(Base):
    """A step's appearance in one version: attempts are pinned to it."""

    __tablename__ = "version_step"
    __table_args__ = (
        UniqueConstraint("version_id", "step_id"),
        UniqueConstraint("version_id", "position"),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
    )
    append_only = True
    id: Mapped[int] = primary_key()
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("step.id"), index=True)
    position: Mapped[int]
    module_key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(24))
    required: Mapped[bool]
    minutes: Mapped[int]
    progress: Mapped[Progress] = mapped_column(enum_type(Progress))
    points: Mapped[float | None]
    pass_mark: Mapped[int | None]
    objectives: Mapped[list[Any]] = mapped_column(Json, default=list)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    release_after: Mapped[int | None]  # days after the offering opens
    after: Mapped[list[Any]] = mapped_column(Json, default=list)  # keys of the steps that have to be done before
    source_key: Mapped[str] = mapped_column(String(64), default="")  # equal when compiling it again makes the same


class VersionStepText(Base):
    """A step in one language. `bytes`: its compressed text; `image_bytes`: its pictures.

    `rest`: what the compiler knows of it and no page needs, so that the next version can take it over.
    """

    __tablename__ = "version_step_text"
    __table_args__ = (language_check(),)
    append_only = True
    version_step_id: Mapped[int] = mapped_column(ForeignKey("version_step.id"), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2), primary_key=True)
    title: Mapped[str]
    html: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    bytes: Mapped[int]
    image_bytes: Mapped[int] = mapped_column(default=0)
    words: Mapped[int] = mapped_column(default=0)  # 0: not counted
    rest: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    source_hash: Mapped[str] = mapped_column(String(64), default="")
    stale: Mapped[bool] = mapped_column(default=False)


class VersionAsset(Base):
    __tablename__ = "version_asset"
    __table_args__ = (UniqueConstraint("version_id", "path"),)
    append_only = True
    id: Mapped[int] = primary_key()
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    path: Mapped[str] = mapped_column(String(255))
    blob_sha: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    width: Mapped[int | None]
    height: Mapped[int | None]


class VersionSource(Base):
    """The files of the folder as it was last synced while this version was the latest one.

    Remarks in a file change no version: then these rows are replaced. They are what an export gives back.
    """

    __tablename__ = "version_source"
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(255), primary_key=True)
    blob_sha: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))


class VersionTerm(Base):
    """A term of the glossary in one language. `also`: other ways to write it."""

    __tablename__ = "version_term"
    __table_args__ = (language_check(),)
    append_only = True
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2), primary_key=True)
    term: Mapped[str]
    definition: Mapped[str] = mapped_column(Text)  # safe HTML
    also: Mapped[list[Any]] = mapped_column(Json, default=list)
