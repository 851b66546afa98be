"""Publishing: a compiled course becomes a version, in one transaction, or nothing changes."""

from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, insert, select

from elearn.catalogue import search, showcase, sources
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.compiled import Step as CompiledStep
from elearn.catalogue.events import course_published
from elearn.catalogue.models import (
    Course,
    CourseState,
    CourseVersion,
    Step,
    VersionAsset,
    VersionKind,
    VersionStep,
    VersionStepText,
    VersionTerm,
    VersionText,
)
from elearn.catalogue.sources import Folder
from elearn.core import audit, clock, settings
from elearn.core.access import Person
from elearn.core.db import db, refusing_clash
from elearn.core.errors import Refused
from elearn.core.storage import storage


@dataclass(frozen=True)
class Published:
    """What publishing did. `kind` None: nothing had changed, so nothing was written."""

    version_id: int
    number: int
    kind: VersionKind | None
    first: bool = False


def publish(
    compiled: CompiledCourse, *, actor: Person | int | None, reason: str = "", folder: Folder | None = None
) -> Published:
    """Publish a course, unless it is what is published already.

    A *correction* (same steps, keys, marks and rules) reaches everybody at once; anything else is a new structural
    version, which those who are enrolled do not get unless they are moved. `folder`, what it was compiled from, is
    stored with it. Raises Refused.
    """
    for asset in compiled.assets:  # before any SQL: writing files is slow, and the same bytes twice are harmless
        storage().put(asset.data)
    stored = sources.store(folder.files) if folder else {}
    course = db.session.scalar(select(Course).where(Course.slug == compiled.slug).with_for_update())
    if course is None:
        course = _new_course(compiled)
    latest = db.session.get(CourseVersion, course.published_version_id) if course.published_version_id else None
    if latest is not None and latest.content_hash == compiled.content_hash:
        _keep_folder(course, latest, folder, stored)
        return Published(latest.id, latest.number, None)
    steps = _identities(course, compiled)
    version = _version(course, compiled, latest, actor, reason)
    _texts(version, compiled)
    _steps(version, compiled, steps)
    _terms(version, compiled)
    _assets(version, compiled)
    _keep_folder(course, version, folder, stored)
    course.published_version_id = version.id
    course.default_lang = compiled.default_language
    if course.state == CourseState.DRAFT:
        course.state = CourseState.PUBLISHED
    db.session.flush()
    settings.bump(settings.CATALOGUE_REVISION)
    showcase.forget()
    detail = {"number": version.number, "kind": str(version.kind), "reason": reason}
    audit.note("publish", "course", course.id, actor=actor, detail=detail)
    course_published.send("catalogue", course=course, version=version, first=latest is None)
    return Published(version.id, version.number, version.kind, first=latest is None)


def _keep_folder(course: Course, version: CourseVersion, folder: Folder | None, stored: dict[str, str]) -> None:
    """The version's files, also those of which no reader sees anything."""
    course.synced_hash = folder.fingerprint if folder else ""
    if folder:
        sources.keep(version.id, folder.files, stored)


def _new_course(compiled: CompiledCourse) -> Course:
    course = Course(
        slug=compiled.slug,
        default_lang=compiled.default_language,
        state=CourseState.DRAFT,
        created_at=clock.now(),
    )
    with refusing_clash(_("Another course with this address was published at the same moment.")):
        db.session.add(course)
    return course


def _identities(course: Course, compiled: CompiledCourse) -> dict[str, Step]:
    """The steps' identities by key: new ones made, returned ones taken up again, those gone retired, none deleted."""
    known = {step.key: step for step in db.session.scalars(select(Step).where(Step.course_id == course.id))}
    for wanted in compiled.steps:
        step = known.get(wanted.key)
        if step is None:
            known[wanted.key] = step = Step(course_id=course.id, key=wanted.key, kind=wanted.kind)
            db.session.add(step)
        elif step.kind != wanted.kind:
            raise Refused(
                _(
                    "The step “%(key)s” was published as another kind (%(kind)s), and progress is kept under its id. "
                    "Give the new step an id of its own.",
                    key=wanted.key,
                    kind=step.kind,
                )
            )
        step.retired_at = None
    present = {step.key for step in compiled.steps}
    for key, step in known.items():
        if key not in present and step.retired_at is None:
            step.retired_at = clock.now()
    db.session.flush()
    return known


def _version(
    course: Course, compiled: CompiledCourse, latest: CourseVersion | None, actor: Person | int | None, reason: str
) -> CourseVersion:
    correction = latest is not None and latest.structure_hash == compiled.structure
    highest = db.session.scalar(select(func.max(CourseVersion.number)).where(CourseVersion.course_id == course.id))
    version = CourseVersion(
        course_id=course.id,
        number=(highest or 0) + 1,
        kind=VersionKind.TEXT if correction else VersionKind.STRUCTURAL,
        parent_id=(latest.parent_id or latest.id) if latest is not None and correction else None,
        content_hash=compiled.content_hash,
        structure_hash=compiled.structure,
        rules=_rules(compiled),
        minutes=compiled.minutes,
        theme=compiled.theme,
        level=compiled.level,
        reason=reason,
        published_by=actor.id if isinstance(actor, Person) else actor,
        published_at=clock.now(),
    )
    with refusing_clash(_("This course was published by somebody else at the same moment. Nothing was changed.")):
        db.session.add(version)
    return version


def _rules(compiled: CompiledCourse) -> dict[str, Any]:
    """What is the same in every language, beside the steps."""
    return {
        "completion": {"result": compiled.result_step},
        "order": compiled.order,
        "optional": compiled.optional_needed,
        "certificate": {"kind": compiled.certificate},
        "languages": [lang for lang in compiled.languages if lang in compiled.texts],
        "default_lang": compiled.default_language,
        "contact": compiled.contact,
        "objectives": [objective.key for objective in compiled.objectives],
        "modules": [module.key for module in compiled.modules],
        "kinds": {kind: sum(step.kind == kind for step in compiled.steps) for kind in compiled.kinds},
    }


def _texts(version: CourseVersion, compiled: CompiledCourse) -> None:
    for lang, text in compiled.texts.items():
        objectives = {one.key: one.texts[lang] for one in compiled.objectives if lang in one.texts}
        modules = {
            module.key: {"title": module.titles[lang], "summary": module.summaries.get(lang, "")}
            for module in compiled.modules
            if lang in module.titles
        }
        lessons = [step.content.texts[lang].title for step in compiled.steps if lang in step.content.texts]
        found_by = [text.title, text.summary, text.audience, *objectives.values(), *lessons]
        found_by += [module["title"] for module in modules.values()]
        db.session.add(
            VersionText(
                version_id=version.id,
                lang=lang,
                title=text.title,
                summary=text.summary,
                payload={
                    "audience": text.audience,
                    "objectives": objectives,
                    "modules": modules,
                    "credits": asdict(compiled.credits[lang]) if lang in compiled.credits else {},
                    "completeness": round(compiled.completeness(lang), 4),
                    "bytes": compiled.weight(lang),
                },
                search_text=search.index(found_by, lang),
            )
        )


def _steps(version: CourseVersion, compiled: CompiledCourse, identities: dict[str, Step]) -> None:
    rows = [(step, _step(version, step, identities[step.key])) for step in compiled.steps]
    db.session.add_all(row for _step_, row in rows)
    db.session.flush()
    texts = [
        {
            "version_step_id": row.id,
            "lang": lang,
            "title": text.title,
            "html": text.html,
            "payload": {**text.payload, "translated_by": text.translated_by, "reviewed_by": text.reviewed_by},
            "bytes": step.weights[lang].text,
            "image_bytes": step.weights[lang].pictures,
            "words": text.words,
            "rest": sources.rest_of(text),
            "source_hash": text.source_hash,
            "stale": text.stale,
        }
        for step, row in rows
        for lang, text in step.content.texts.items()
    ]
    if texts:
        db.session.execute(insert(VersionStepText), texts)  # hundreds: no entity for each


def _step(version: CourseVersion, step: CompiledStep, identity: Step) -> VersionStep:
    return VersionStep(
        version_id=version.id,
        step_id=identity.id,
        position=step.position,
        module_key=step.module,
        kind=step.kind,
        required=step.required,
        minutes=step.minutes,
        progress=step.content.progress,
        points=step.content.points,
        pass_mark=step.content.pass_mark,
        objectives=list(step.objectives),
        payload=dict(step.content.payload),
        after=list(step.after),
        release_after=step.release_after,
        source_key=step.source_key,
    )


def _terms(version: CourseVersion, compiled: CompiledCourse) -> None:
    db.session.add_all(
        VersionTerm(
            version_id=version.id,
            key=one.key,
            lang=lang,
            term=term,
            definition=one.definition[lang],
            also=list(one.also.get(lang, ())),
        )
        for one in compiled.glossary
        for lang, term in one.term.items()
    )


def _assets(version: CourseVersion, compiled: CompiledCourse) -> None:
    sources.note_blobs((asset.sha256, asset.size, asset.mime) for asset in compiled.assets)
    db.session.add_all(
        VersionAsset(
            version_id=version.id, path=asset.path, blob_sha=asset.sha256, width=asset.width, height=asset.height
        )
        for asset in compiled.assets
    )
    db.session.flush()
