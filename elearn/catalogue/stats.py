"""A course in figures, by step and language: words, minutes, bytes, pictures, readability, share translated. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from elearn.catalogue.alignment import align
from elearn.catalogue.blocks import ABBREVIATION
from elearn.catalogue.compiled import CompiledCourse, Step, Weight
from elearn.catalogue.facts import words_of
from elearn.catalogue.files import Files
from elearn.catalogue.readability import Readability, measure
from elearn.catalogue.translations import Stamps, State, read_stamps
from elearn.catalogue.units import LESSON, Unit, units
from elearn.catalogue.weigh import minutes_to_read
from elearn.catalogue.yamlread import Problem


@dataclass(frozen=True)
class Share:
    """How much of the source a language has, in blocks."""

    blocks: int = 0
    there: int = 0
    current: int = 0  # there, and made from the source as it is now

    def __add__(self, other: "Share") -> "Share":
        return Share(self.blocks + other.blocks, self.there + other.there, self.current + other.current)

    @property
    def complete(self) -> float:
        """Per cent."""
        return 100 * self.there / self.blocks if self.blocks else 100.0

    @property
    def fresh(self) -> float:
        """Per cent."""
        return 100 * self.current / self.blocks if self.blocks else 100.0


@dataclass(frozen=True)
class Figures:
    """One step, or a whole course, in one language. Words and minutes of a quiz are those of all its items."""

    words: int
    minutes: int
    text: int  # bytes, compressed
    pictures: int
    picture_bytes: int
    file_bytes: int
    readability: Readability
    share: Share


@dataclass(frozen=True)
class StepStats:
    """One step."""

    key: str
    kind: str
    items: int  # of a quiz
    languages: Mapping[str, Figures]


@dataclass(frozen=True)
class CourseStats:
    """A course and its steps. `objectives`: how many items ask for each; '' for items that name none."""

    slug: str
    languages: Mapping[str, Figures]
    steps: tuple[StepStats, ...]
    objectives: Mapping[str, int]


def stats(course: CompiledCourse, found: Mapping[str, bytes]) -> CourseStats:
    """The figures of a course and of the files it was compiled from."""
    files = Files(found, _ignore)
    stamps = read_stamps(files, _ignore)
    everything = units(files, course.languages)
    by_step: dict[str, list[Unit]] = {}
    for unit in everything:
        by_step.setdefault(unit.id.partition("#")[0].rpartition("/")[0].rpartition("/")[2], []).append(unit)
    steps = tuple(_step(step, by_step.get(step.key, []), course, stamps) for step in course.steps)
    items = Counter(item.get("objective") or "" for step in course.steps for item in _items(step))
    sizes = {asset.path: asset.size for asset in course.assets}
    return CourseStats(
        slug=course.slug,
        languages={lang: _whole(course, steps, everything, lang, stamps, sizes) for lang in course.languages},
        steps=steps,
        objectives={key: items[key] for key in [*(one.key for one in course.objectives), *([""] if items[""] else [])]},
    )


def _items(step: Step) -> Sequence[Mapping[str, str | None]]:
    found = step.content.payload.get("items", ())
    return found if isinstance(found, Sequence) else ()


def _step(step: Step, found: list[Unit], course: CompiledCourse, stamps: Stamps) -> StepStats:
    languages = {}
    for lang in course.languages:
        text = step.content.texts.get(lang)
        weight = step.weights[lang] if text else Weight(0, 0)
        words = (text.words or _counted(found, lang)) if text else 0
        languages[lang] = Figures(
            words=words,
            minutes=minutes_to_read(words, lang),
            text=weight.text,
            pictures=len(set(text.images)) if text else 0,
            picture_bytes=weight.pictures,
            file_bytes=weight.files,
            readability=_prose(found, lang),
            share=_share(found, lang, stamps),
        )
    return StepStats(step.key, step.kind, len(_items(step)), languages)


def _whole(
    course: CompiledCourse,
    steps: Iterable[StepStats],
    found: list[Unit],
    lang: str,
    stamps: Stamps,
    sizes: Mapping[str, int],
) -> Figures:
    """Words and text are the sums of the steps; a picture or file that several of them show counts once."""
    texts = [step.content.texts[lang] for step in course.steps if lang in step.content.texts]
    pictures = {name for text in texts for name in text.images}
    words = sum(step.languages[lang].words for step in steps)
    return Figures(
        words=words,
        minutes=minutes_to_read(words, lang),
        text=sum(step.languages[lang].text for step in steps),
        pictures=len(pictures),
        picture_bytes=sum(sizes.get(name, 0) for name in pictures),
        file_bytes=sum(sizes.get(name, 0) for name in {name for text in texts for name in text.files}),
        readability=_prose(found, lang),
        share=_share(found, lang, stamps),
    )


def _counted(found: Iterable[Unit], lang: str) -> int:
    """Running words of texts that the compiler does not count, those of a quiz."""
    texts = (words_of(block.text) for unit in found for block in unit.blocks.get(lang, ()))
    return sum(any(map(str.isalnum, word)) for text in texts for word in text.split())


def _prose(found: Iterable[Unit], lang: str) -> Readability:
    """Of lessons alone: the options of a quiz are no sentences."""
    return measure(
        (block for unit in found if unit.id.endswith(f"/{LESSON}") for block in unit.blocks.get(lang, ())), lang
    )


def _share(found: Iterable[Unit], lang: str, stamps: Stamps) -> Share:
    return sum((_share_of(unit, lang, stamps) for unit in found), start=Share())


def _share_of(unit: Unit, lang: str, stamps: Stamps) -> Share:
    wanted = {at for at, block in enumerate(unit.source) if block.kind != ABBREVIATION}
    if unit.paths.get(lang) is None:
        return Share(len(wanted))
    target = unit.blocks[lang]
    if target is unit.source:
        return Share(len(wanted), len(wanted), len(wanted))
    there = {at for pair in align(unit.source, target) if pair.target for at in pair.source} & wanted
    standing = stamps.state(unit.id, lang, unit.prints)
    touched = {change.at for change in standing.changes if change.what != "removed"}
    current = set() if standing.state is not State.CURRENT and not standing.changes else there - touched
    return Share(len(wanted), len(there), len(current))


def _ignore(_: Problem) -> None:
    """Only a course that compiles is counted, so there is nothing to report."""
