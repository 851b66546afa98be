"""The quiz as a kind of step: reads `quiz.yaml` for the compiler, with every problem at its line. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from elearn.assessment.content import Item, ItemText, Quiz, QuizText
from elearn.assessment.items import TYPES
from elearn.assessment.items.base import ItemSource, Parsed
from elearn.catalogue.kinds import Progress, Reader, StepContent, StepSource, StepText
from elearn.catalogue.yamlread import in_digits

FILE = "quiz.yaml"
MOST_ITEMS = 300
_POINTS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?\Z")


@dataclass(frozen=True)
class _Read:
    """One item as it was read: its language-independent half and its text per language it is written in."""

    item: Item
    texts: Mapping[str, ItemText]


@dataclass
class _Images:
    """The pictures that the texts of each language show, and the files that its introduction hands out."""

    paths: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, lang: str) -> list[str]:
        return self.paths.get(lang, [])


class QuizKind:
    """`kind: quiz` in module.yaml."""

    name = "quiz"
    endpoint = "assessment.quiz"

    def parse(self, source: StepSource) -> StepContent | None:
        """The quiz in every language its title is written in; an item not written in one stands in the default."""
        for name in source.names():
            if name != FILE:
                source.problem(f"{source.folder}/{name}", 1, f"a quiz holds only {FILE}")
        reader = source.yaml(FILE)
        if reader is None:
            return None
        titles = reader.texts("title", longest=200)
        images = _Images()
        intros = _intros(reader, source, images)
        pass_mark = reader.whole("pass", low=1, high=100)
        attempts = reader.whole("attempts", low=1, high=50)
        minutes = reader.whole("time_limit", low=1, high=600)
        draw = reader.whole("draw", low=1, high=MOST_ITEMS)
        shuffle = reader.flag("shuffle", default=False)
        read = _items(reader, source, images)
        reader.done()
        if draw and read and draw > len(read):
            reader.problem(f"'draw' asks for {draw} items, but there are {len(read)}", "draw")
        for lang in sorted({lang for one in read for lang in one.texts} | set(intros)):
            if lang not in titles and titles:
                reader.problem(f"'title' has no '{lang}' although the quiz is written in it", "title")
        if not titles or not read:
            return None
        quiz = Quiz(tuple(one.item for one in read), pass_mark, attempts, minutes, draw, shuffle)
        default = source.default_language
        return StepContent(
            texts={
                lang: StepText(
                    title=title,
                    html=intros.get(lang, intros.get(default, "")),
                    payload=_quiz_text(read, intros, lang, default).to_json(),
                    images=tuple(dict.fromkeys([*images.of(lang), *_borrowed(read, images, lang, default)])),
                    files=images.files.get(lang, images.files.get(default, ())),
                )
                for lang, title in titles.items()
            },
            progress=Progress.HAND_IN if pass_mark is None else Progress.PASS,
            payload=quiz.to_json(),
            points=_points_asked(quiz),
            pass_mark=pass_mark,
        )


QUIZ = QuizKind()


def _intros(reader: Reader, source: StepSource, images: _Images) -> dict[str, str]:
    intros = {}
    for lang, text in reader.texts("intro", required=False).items():
        html = source.markdown(text, path=reader.path, line=reader.line_of("intro"), lang=lang)
        images.paths.setdefault(lang, []).extend(html.images)
        images.files[lang] = html.files
        intros[lang] = html.html
    return intros


def _items(reader: Reader, source: StepSource, images: _Images) -> list[_Read]:
    readers = reader.sequence("items")
    if len(readers) > MOST_ITEMS:
        reader.problem(f"there are {len(readers)} items; at most {MOST_ITEMS} are allowed", "items")
    seen: set[str] = set()
    found = []
    for one in readers:
        read = _item(one, source, images, seen)
        if read:
            found.append(read)
    return found


def _item(reader: Reader, source: StepSource, images: _Images, seen: set[str]) -> _Read | None:
    key = reader.identifier()
    if key in seen:
        reader.problem(f"two items have the id '{key}'", "id")
    seen.add(key)
    kind = TYPES.get(reader.choice("type", TYPES))
    bare = ItemSource(reader, source, (), images.paths)
    texts = bare.notes(reader, "text", required=True)
    feedback = bare.notes(reader, "feedback")
    points = _points(reader)
    objective = _reference(reader, "objective", source.objective_ids, "an objective of this course")
    reread = _lessons(reader, source)
    if kind is None:  # without a type, every other key would be a false alarm
        return None
    parsed = kind.parse(ItemSource(reader, source, tuple(texts), images.paths))
    reader.done()
    if not (key and parsed and source.default_language in texts):
        return None
    item = Item(key, kind, points, parsed.ask, parsed.key, objective, reread)
    return _Read(item, _texts(parsed, texts, feedback, source.default_language))


def _texts(parsed: Parsed, texts: Mapping[str, str], feedback: Mapping[str, str], default: str) -> dict[str, ItemText]:
    """An item per language it is written in; feedback that a language lacks stands in the default language."""
    found = {}
    for lang, text in texts.items():
        notes_lang = lang if lang in parsed.notes else default
        feedback_lang = lang if lang in feedback else default
        found[lang] = ItemText(
            lang=lang,
            text=text,
            words=parsed.words.get(lang, {}),
            notes_lang=notes_lang,
            notes=parsed.notes.get(notes_lang, {}),
            feedback_lang=feedback_lang,
            feedback=feedback.get(feedback_lang, ""),
        )
    return found


def _quiz_text(read: list[_Read], intros: Mapping[str, str], lang: str, default: str) -> QuizText:
    """A quiz in one language, with what it lacks taken from the default language."""
    items = {one.item.id: one.texts[lang if lang in one.texts else default] for one in read}
    return QuizText(items, intro_lang=(lang if lang in intros else default) if intros else "")


def _borrowed(read: list[_Read], images: _Images, lang: str, default: str) -> list[str]:
    """The pictures of the default language, where this one borrows an item from it."""
    return (
        images.of(default)
        if any(
            lang not in one.texts or default in (one.texts[lang].notes_lang, one.texts[lang].feedback_lang)
            for one in read
        )
        else []
    )


def _points(reader: Reader) -> Fraction:
    text = reader.unquoted("points", "a number", required=False)
    if not text:
        return Fraction(1)
    if not _POINTS.match(text) or not 0 < Fraction(text) <= 100:
        reader.problem(
            f"'points' must be a number above 0 and up to 100, two decimals at most{in_digits(text)}: {text!r}",
            "points",
        )
        return Fraction(1)
    return Fraction(text)


def _points_asked(quiz: Quiz) -> float | None:
    """The points of one attempt; None where the draw decides them."""
    points = [item.points for item in quiz.items]
    if quiz.asked == len(points):
        return float(sum(points))
    return float(points[0] * quiz.asked) if len(set(points)) == 1 else None


def _reference(reader: Reader, key: str, known: frozenset[str], what: str) -> str | None:
    value = reader.identifier(key, required=False)
    if value and value not in known:
        reader.problem(f"'{key}' is not {what}: {value!r}", key)
    return value or None


def _lessons(reader: Reader, source: StepSource) -> tuple[str, ...]:
    found = []
    for step, line in reader.words("reread", required=False):
        if step not in source.lesson_ids:
            source.problem(reader.path, line, f"'reread' names no lesson of this course: {step!r}")
        found.append(step)
    return tuple(dict.fromkeys(found))
