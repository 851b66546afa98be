"""What the pages of a course show: its steps, what is open, and what comes before and after."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, url_for

from elearn.catalogue import shelf
from elearn.catalogue.compiled import Weight
from elearn.catalogue.events import OwnState
from elearn.catalogue.shelf import Outline, OutlineStep, StepPage
from elearn.catalogue.weigh import minutes_to_read
from elearn.core import clock
from elearn.learning import queries, rules
from elearn.learning.models import EnrolmentState, ProgressState
from elearn.learning.queries import Done, Place
from elearn.learning.rules import Closed, Tally

EVERYTHING_OPEN: Mapping[str, Closed] = {}


@dataclass(frozen=True)
class Name:
    """A step as it is named in passing: in the language its title really has."""

    key: str
    url: str
    lang: str
    title: str


@dataclass(frozen=True)
class Wait:
    """Why a step is not open yet, as pages say it."""

    first: tuple[Name, ...]
    opens: dt.datetime | None


@dataclass(frozen=True)
class Link:
    """A step as a link. `wait` None: it is open; `after` and `release_after` are the rule for everybody."""

    key: str
    url: str
    kind: str
    lang: str
    title: str
    minutes: int
    bytes: int
    image_bytes: int
    done: bool
    required: bool
    score: float | None
    wait: Wait | None
    after: tuple[Name, ...]
    release_after: int | None


def step_url(slug: str, step: OutlineStep) -> str:
    """The page on which a step is done, whatever its kind."""
    return url_for(current_app.extensions["step_kinds"][step.kind].endpoint, slug=slug, step=step.key)


def closed(place: Place, outline: Outline, done: Collection[int]) -> Mapping[str, Closed]:
    """The steps that are not open yet to somebody who has done these."""
    if outline.free:
        return EVERYTHING_OPEN
    return rules.closed_steps(outline.steps, ordered=outline.ordered, done=done, opening=place.opening, now=clock.now())


def done_steps(progress: Mapping[int, Done]) -> frozenset[int]:
    """The steps that are done."""
    return frozenset(step for step, found in progress.items() if found.state == ProgressState.DONE)


def name_of(outline: Outline, step: OutlineStep, lang: str) -> Name:
    """A step as it is named in passing."""
    shown, title = outline.title(step, lang)
    return Name(step.key, step_url(outline.slug, step), shown, title.title)


def wait_of(outline: Outline, why: Closed, lang: str) -> Wait:
    """Why a step is not open, with the names of what comes first."""
    return Wait(_names(outline, why.first, lang), why.opens)


def _names(outline: Outline, keys: Collection[str], lang: str) -> tuple[Name, ...]:
    return tuple(name_of(outline, step, lang) for step in outline.steps if step.key in keys) if keys else ()


def link_to(
    outline: Outline,
    step: OutlineStep,
    lang: str,
    progress: Mapping[int, Done],
    closed: Mapping[str, Closed] = EVERYTHING_OPEN,
) -> Link:
    """A step as contents, neighbours and the course page show it."""
    shown, title = outline.title(step, lang)
    done = progress.get(step.step_id)
    return Link(
        key=step.key,
        url=step_url(outline.slug, step),
        kind=step.kind,
        lang=shown,
        title=title.title,
        minutes=step.minutes,
        bytes=title.bytes,
        image_bytes=title.image_bytes,
        done=done is not None and done.state == ProgressState.DONE,
        required=step.required,
        score=done.score if done else None,
        wait=wait_of(outline, closed[step.key], lang) if step.key in closed else None,
        after=_names(outline, step.after, lang),
        release_after=step.release_after,
    )


@dataclass(frozen=True)
class ModuleLinks:
    """A module with its steps."""

    key: str
    number: int
    lang: str
    title: str
    steps: tuple[Link, ...]


def contents(
    outline: Outline, lang: str, progress: Mapping[int, Done], closed: Mapping[str, Closed] = EVERYTHING_OPEN
) -> tuple[ModuleLinks, ...]:
    """The table of contents, module by module."""
    modules: dict[str, list[Link]] = {}
    for step in outline.steps:
        modules.setdefault(step.module, []).append(link_to(outline, step, lang, progress, closed))
    return tuple(
        ModuleLinks(key, number, *outline.module_title(key, lang), tuple(steps))
        for number, (key, steps) in enumerate(modules.items(), start=1)
    )


def only_done(steps: frozenset[int]) -> Mapping[int, Done]:
    """Progress that knows of these steps that they are done, and nothing else: all that a lesson page says of it."""
    return {step: Done(ProgressState.DONE, None, None) for step in steps}


def count(outline: Outline, progress: Mapping[int, Done]) -> Tally:
    """How many steps of the outline are done."""
    done = sum(
        step.step_id in progress and progress[step.step_id].state == ProgressState.DONE for step in outline.steps
    )
    return Tally(done, len(outline.steps))


def continue_at(
    outline: Outline,
    progress: Mapping[int, Done],
    last_step_id: int | None,
    closed: Mapping[str, Closed] = EVERYTHING_OPEN,
) -> OutlineStep:
    """Where to go on: the first open step not done from the last one touched on, else the first open one not done.

    Where nothing is open the first step not done, whose page says when it opens; where all is done the last step.
    """
    undone = [s for s in outline.steps if s.step_id not in progress or progress[s.step_id].state != ProgressState.DONE]
    if not undone:
        return outline.steps[-1]
    choice = [step for step in undone if step.key not in closed] or undone[:1]
    last = next((s.position for s in outline.steps if s.step_id == last_step_id), 0)
    return next((s for s in choice if s.position >= last), choice[0])


def next_after(outline: Outline, step: OutlineStep, closed: Mapping[str, Closed]) -> OutlineStep | None:
    """Where doing a step leads: the next one that is open; where none is, the next, whose page says why."""
    later = outline.steps[outline.steps.index(step) + 1 :]
    return next((one for one in later if one.key not in closed), later[0] if later else None)


def closed_page(
    place: Place, outline: Outline, step: OutlineStep, lang: str, done: Collection[int], closed: Mapping[str, Closed]
) -> tuple[str, int]:
    """The answer to whoever asks for a step that is not open yet: what comes first, or when it opens."""
    progress = only_done(frozenset(done))
    going_on = continue_at(outline, progress, place.last_step_id, closed)
    page = render_template(
        "learning/closed.html",
        outline=outline,
        wanted_lang=lang,
        name=name_of(outline, step, lang),
        module=next(part for part in contents(outline, lang, {}) if part.key == step.module),
        wait=wait_of(outline, closed[step.key], lang),
        going_on=name_of(outline, going_on, lang) if going_on.key not in closed else None,
    )
    return page, 403


def own_states(person_id: int) -> dict[int, OwnState]:
    """How far somebody is in each course, for the catalogue's cards. Two statements."""
    places = queries.enrolments_of(person_id)
    progress = queries.progress_by_enrolment([place.enrolment_id for place in places])
    found: dict[int, OwnState] = {}
    for place in reversed(places):  # the most recent of several in the same course counts
        outline = shelf.outline(place.shown_version_id)
        if outline is not None and place.studying:
            tally = count(outline, progress[place.enrolment_id])
            completed = place.state == EnrolmentState.COMPLETED
            found[place.course_id] = OwnState(tally.done, tally.total, completed)
    return found


@dataclass(frozen=True)
class Credits:
    """Who stands behind a text in one language; '' where nobody is named. `own`: it was written in this one."""

    own: bool
    written_by: str
    translated_by: str
    reviewed_by: str


def credits(outline: Outline, lang: str, said: Mapping[str, Any]) -> Credits:
    """As the text itself says (`translated_by`, `reviewed_by`), else as the course does for the language."""
    course = outline.texts[lang].payload.get("credits") or {} if lang in outline.texts else {}
    return Credits(
        own=lang == outline.default_lang,
        written_by=course.get("written_by") or "",
        translated_by=said.get("translated_by") or course.get("translated_by") or "",
        reviewed_by=said.get("reviewed_by") or course.get("reviewed_by") or "",
    )


@dataclass(frozen=True)
class Told:
    """What a page says of the language it is in."""

    lang: str  # the one really shown
    fallback: bool  # it is not the one asked for
    stale: bool
    credits: Credits


def text_of(outline: Outline, step: OutlineStep, wanted: str) -> Told:
    """For kinds of steps that have pages of their own."""
    shown, title = outline.title(step, wanted)
    return Told(shown, shown != wanted, title.stale, credits(outline, shown, {}))


@dataclass(frozen=True)
class StepView:
    """Everything the page of a lesson or a file prints of its step and the course around it."""

    outline: Outline
    step: OutlineStep
    page: StepPage
    module: ModuleLinks
    number: int  # of the step inside its module
    tally: Tally
    done: bool
    previous: Link | None
    next: Link | None
    wanted_lang: str
    others: tuple[str, ...]  # further languages this step speaks
    contents: tuple[ModuleLinks, ...]

    @property
    def fallback(self) -> bool:
        """The language asked for is not there yet."""
        return self.page.lang != self.wanted_lang

    @property
    def credits(self) -> Credits:
        return credits(self.outline, self.page.lang, self.page.payload)

    @property
    def minutes_to_read(self) -> int:
        """At a careful reader's pace; 0 where nobody counted the words."""
        return minutes_to_read(self.page.words, self.page.lang)

    def seconds(self, pictures: bool) -> int:
        """How long the page takes on a slow link."""
        return Weight(self.page.bytes, self.page.image_bytes if pictures else 0).seconds


def step_view(
    outline: Outline,
    step: OutlineStep,
    page: StepPage,
    wanted: str,
    progress: Mapping[int, Done],
    closed: Mapping[str, Closed] = EVERYTHING_OPEN,
) -> StepView:
    """Put the page together. `wanted` is the language asked for, `page.lang` the one shown."""
    table = contents(outline, wanted, progress, closed)
    module = next(part for part in table if part.key == step.module)
    links = [link for part in table for link in part.steps]
    at = next(place for place, link in enumerate(links) if link.key == step.key)
    return StepView(
        outline=outline,
        step=step,
        page=page,
        module=module,
        number=[link.key for link in module.steps].index(step.key) + 1,
        tally=count(outline, progress),
        done=step.step_id in progress and progress[step.step_id].state == ProgressState.DONE,
        previous=links[at - 1] if at else None,
        next=links[at + 1] if at + 1 < len(links) else None,
        wanted_lang=wanted,
        others=tuple(lang for lang in outline.rules.get("languages", step.titles) if lang in step.titles),
        contents=table,
    )
