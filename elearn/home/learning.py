"""The pages where catalogue, learning, assessment and certificates meet: the course page and My learning."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template

from elearn.assessment.queries import content as quiz_of
from elearn.catalogue import queries as catalogue
from elearn.catalogue import shelf, words
from elearn.catalogue.shelf import Outline, OutlineStep
from elearn.certification import queries as certificates
from elearn.core import access
from elearn.core.access import person_or_none, public, signed_in
from elearn.core.forms import ButtonForm
from elearn.core.i18n import LANGUAGES, content_language, long_date
from elearn.home.views import bp
from elearn.learning import player, queries
from elearn.learning.models import EnrolmentState
from elearn.learning.queries import Done, Place
from elearn.learning.rules import Tally


@bp.get("/courses/<slug>/")
@public
def course(slug: str) -> Any:
    """What the course takes and gives, and one clear button."""
    me = person_or_none()
    place = queries.enrolment_of(me.id, slug) if me is not None else None
    studying = place is not None and place.studying
    version_id = place.shown_version_id if place and studying else catalogue.published_version(slug)
    outline = (shelf.outline(version_id) if version_id else None) or abort(404)
    wanted = content_language(outline.texts, outline.default_lang, enrolled=place.lang if place else None)
    shown, text = outline.text(wanted)
    progress = queries.progress_of(place.enrolment_id) if place and studying else {}
    closed = player.closed(place, outline, player.done_steps(progress)) if place and studying else {}
    quizzes = [step for step in outline.steps if step.kind == "quiz"]
    return render_template(
        "home/course.html",
        outline=outline,
        wanted=wanted,
        shown=shown,
        text=text,
        place=place,
        studying=studying,
        progress=progress,
        contents=player.contents(outline, wanted, progress, closed),
        tally=player.count(outline, progress),
        completeness=completeness(outline),
        weight=weight(outline, wanted),
        assessed={step.key: quiz_of(step.version_step_id, outline.version_id).quiz for step in quizzes},
        hours=words.hours(outline.minutes),
        level=words.LEVELS[outline.level],
        theme=words.THEMES[outline.theme],
        credits=credits(outline),
        certificate=certificates.of_enrolment(me.id, place.offering_id) if me and place and studying else None,
    )


def completeness(outline: Outline) -> list[tuple[str, int]]:
    """(language, per cent of the steps that speak it), in the order of the words in the header."""
    total = len(outline.steps) or 1
    return [
        (lang, round(100 * sum(lang in step.titles for step in outline.steps) / total))
        for lang in LANGUAGES
        if lang in outline.texts
    ]


def credits(outline: Outline) -> list[tuple[str, dict[str, str]]]:
    """(language, who wrote, translated and reviewed it, and when) for each language."""
    found = []
    for lang, _complete in completeness(outline):
        who = dict(outline.texts[lang].payload.get("credits") or {})
        if who.get("date"):
            who["date"] = long_date(dt.datetime.fromisoformat(who["date"]).replace(tzinfo=dt.UTC, hour=12))
        found.append((lang, who))
    return found


def weight(outline: Outline, lang: str) -> int:
    """Bytes to study the whole course in a language, each picture counted once."""
    return int(outline.text(lang)[1].payload["bytes"])


@dataclass(frozen=True)
class Studied:
    """A course in My learning."""

    place: Place
    outline: Outline
    lang: str
    title: str
    tally: Tally
    score: float | None
    next: OutlineStep
    next_lang: str
    next_title: str
    next_bytes: int
    next_url: str
    wait: player.Wait | None  # what the next step waits for, where nothing is open

    @property
    def completed(self) -> bool:
        return self.place.state == EnrolmentState.COMPLETED


@bp.get("/me/")
@signed_in
def my_learning() -> Any:
    me = access.person()
    places = queries.enrolments_of(me.id)
    progress = queries.progress_by_enrolment([place.enrolment_id for place in places])
    studied = [row for place in places if (row := _studied(place, progress[place.enrolment_id])) is not None]
    return render_template(
        "home/my_learning.html",
        going_on=[row for row in studied if not row.completed],
        completed=[row for row in studied if row.completed],
        certificates={row.offering_id: row for row in certificates.of_person(me.id)},
        suggestions=catalogue.suggestions(me.lang) if not studied else [],
        button=ButtonForm(),
    )


def _studied(place: Place, progress: Any) -> Studied | None:
    outline = shelf.outline(place.shown_version_id)
    if outline is None:
        return None
    lang, text = outline.text(place.lang)
    closed = player.closed(place, outline, player.done_steps(progress))
    step = player.continue_at(outline, progress, place.last_step_id, closed)
    next_lang, next_title = outline.title(step, place.lang)
    return Studied(
        place=place,
        outline=outline,
        lang=lang,
        title=text.title,
        tally=player.count(outline, progress),
        score=_result(outline, progress),
        next=step,
        next_lang=next_lang,
        next_title=next_title.title,
        next_bytes=next_title.bytes,
        next_url=player.step_url(outline.slug, step),
        wait=player.wait_of(outline, closed[step.key], place.lang) if step.key in closed else None,
    )


def _result(outline: Outline, progress: dict[int, Done]) -> float | None:
    step = outline.step(outline.rules["completion"]["result"] or "")
    return progress[step.step_id].score if step is not None and step.step_id in progress else None
