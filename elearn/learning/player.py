"""What the lesson page shows: the step, its place in the course, and what comes before and after."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, url_for

from elearn.catalogue import shelf
from elearn.catalogue.events import OwnState
from elearn.catalogue.shelf import Outline, OutlineStep, StepPage
from elearn.learning import queries
from elearn.learning.models import EnrolmentState, ProgressState
from elearn.learning.queries import Done
from elearn.learning.rules import Tally


@dataclass(frozen=True)
class Link:
    """A step as a link: in the language its title really has."""

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


def step_url(slug: str, step: OutlineStep) -> str:
    """The page on which a step is done, whatever its kind."""
    return url_for(current_app.extensions["step_kinds"][step.kind].endpoint, slug=slug, step=step.key)


def link_to(outline: Outline, step: OutlineStep, lang: str, progress: Mapping[int, Done]) -> Link:
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
    )


@dataclass(frozen=True)
class ModuleLinks:
    """A module with its steps."""

    key: str
    number: int
    lang: str
    title: str
    steps: tuple[Link, ...]


def contents(outline: Outline, lang: str, progress: Mapping[int, Done]) -> tuple[ModuleLinks, ...]:
    """The table of contents, module by module."""
    modules: dict[str, list[Link]] = {}
    for step in outline.steps:
        modules.setdefault(step.module, []).append(link_to(outline, step, lang, progress))
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


def continue_at(outline: Outline, progress: Mapping[int, Done], last_step_id: int | None) -> OutlineStep:
    """Where to go on: the first step not done from the last one touched on, else the first not done, else the last."""
    undone = [s for s in outline.steps if s.step_id not in progress or progress[s.step_id].state != ProgressState.DONE]
    if not undone:
        return outline.steps[-1]
    last = next((s.position for s in outline.steps if s.step_id == last_step_id), 0)
    return next((s for s in undone if s.position >= last), undone[0])


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
class LessonView:
    """Everything the lesson page prints."""

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
    others: tuple[str, ...]  # further languages this lesson speaks
    contents: tuple[ModuleLinks, ...]

    @property
    def fallback(self) -> bool:
        """The language asked for is not there yet."""
        return self.page.lang != self.wanted_lang


def lesson_view(
    outline: Outline, step: OutlineStep, page: StepPage, wanted: str, progress: Mapping[int, Done]
) -> LessonView:
    """Put the page together. `wanted` is the language asked for, `page.lang` the one shown."""
    table = contents(outline, wanted, progress)
    module = next(part for part in table if part.key == step.module)
    at = outline.steps.index(step)
    neighbours = [
        link_to(outline, outline.steps[i], wanted, progress) if 0 <= i < len(outline.steps) else None
        for i in (at - 1, at + 1)
    ]
    return LessonView(
        outline=outline,
        step=step,
        page=page,
        module=module,
        number=[link.key for link in module.steps].index(step.key) + 1,
        tally=count(outline, progress),
        done=step.step_id in progress and progress[step.step_id].state == ProgressState.DONE,
        previous=neighbours[0],
        next=neighbours[1],
        wanted_lang=wanted,
        others=tuple(lang for lang in outline.rules.get("languages", step.titles) if lang in step.titles),
        contents=table,
    )
