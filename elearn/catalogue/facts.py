"""What of a text must be found again in its translation: figures, dates, links, pictures, terms, notes. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from elearn.catalogue.quantities import Date, Number, read

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>/])")
_NOTE = re.compile(r"\[\^([^\]\n]{1,80})\]")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,500})>")
_ANCHOR = re.compile(r"\{#[^}\n]{0,80}\}")
_RAISED = re.compile(r"</?(?:sub|sup)>")
_TAG = re.compile(r"</?[a-z][^<>]{0,80}>", re.IGNORECASE)
# An address or an identifier that is written out: its figures count nothing.
_ADDRESS = re.compile(
    r"https?://\S+|\b10\.\d{4,9}/\S+|\b(?:[\w-]{1,60}\.){1,6}[a-z]{2,10}(?:/\S*)?(?!\w|\.\w)|\S{1,60}@\S{1,100}"
)
# A person's name as sources give it, T. Akdemir: in Latin letters it stays in every language.
_PERSON = re.compile(r"(?<![\w.])(?:[^\W\d_]\.[-\s]?)*[^\W\d_]\.\s([^\W\d_][\w’'-]{1,60})")
_LANGUAGE = r"(?<![a-zA-Z])(?:{})(?:[-_][A-Z]{{2}})?(?![a-zA-Z])"


@dataclass(frozen=True)
class Facts:
    """What one block holds. Links and pictures as they are written."""

    numbers: tuple[Number, ...]
    dates: tuple[Date, ...]
    links: tuple[str, ...]
    images: tuple[str, ...]
    terms: frozenset[str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Lost:
    """Something of the source that its translation has not. `instead`: what it has, and the source has not."""

    kind: str
    what: str
    instead: tuple[str, ...] = ()

    def __str__(self) -> str:
        found = f" (here: {', '.join(self.instead[:3])})" if self.instead else ""
        return f"the {self.kind} {self.what} of the source has no counterpart{found}"


def facts(text: str, lang: str) -> Facts:
    """Everything of this kind in a piece of Markdown."""
    notes = tuple(_NOTE.findall(text))
    text = _NOTE.sub(" ", text)
    links = _AUTOLINK.findall(text)
    text = _AUTOLINK.sub(" ", text)
    text, targets, images = _without_targets(text)
    found = read(plain(text), lang)
    return Facts(
        numbers=found.numbers,
        dates=found.dates,
        links=(*links, *(target for target in targets if not target.startswith("term:"))),
        images=tuple(images),
        terms=frozenset(target.removeprefix("term:") for target in targets if target.startswith("term:")),
        notes=notes,
    )


def persons(text: str) -> list[str]:
    """The family names of those whom a source names with their initials, in Latin letters."""
    found = [match[1] for match in _PERSON.finditer(text) if match[0][0].isupper() and match[1][0].isupper()]
    return list(dict.fromkeys(name for name in found if "LATIN" in unicodedata.name(name[0], "")))


def unaccented(text: str) -> str:
    """The letters without their accents, which a name may lose on its way: Şener, Sener."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign)).casefold()


def plain(text: str) -> str:
    """The words alone: no tags, no anchors, no addresses."""
    text = _ANCHOR.sub(" ", _TAG.sub("", _RAISED.sub(" ", text)))
    text = _ADDRESS.sub(" ", text).replace("{,}", ",")  # a decimal comma in a formula
    return _ESCAPED.sub(r"\1", text)


def words_of(text: str) -> str:
    """A piece of Markdown as it is read: without the targets of its links, its notes and its marks of emphasis."""
    text, _targets, _images = _without_targets(_AUTOLINK.sub(" ", _NOTE.sub("", text)))
    text = _ANCHOR.sub(" ", _TAG.sub("", _RAISED.sub("", text)))
    return _ESCAPED.sub(r"\1", re.sub(r"[*`]|(?<!\w)_|_(?!\w)|!?\[|\]", "", text))


def _without_targets(text: str) -> tuple[str, list[str], list[str]]:
    """The text without what stands in parentheses behind its links; those of links, and those of pictures."""
    links: list[str] = []
    images: list[str] = []
    kept: list[str] = []
    opened: list[int] = []
    at = start = 0
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 1
        elif sign == "[":
            opened.append(at)
        elif sign == "]" and opened:
            begun = opened.pop()
            end = _closing(text, at + 1) if text.startswith("(", at + 1) else -1
            if end > 0:
                target = text[at + 2 : end].strip().split(" ")[0].strip("<>")
                (images if begun and text[begun - 1] == "!" else links).append(target)
                kept.append(text[start : at + 1])
                start = at = end + 1
                continue
        at += 1
    return "".join([*kept, text[start:]]), links, images


def _closing(text: str, at: int) -> int:
    """Where the parenthesis that opens here closes; -1 when it does not on these two lines."""
    depth = 0
    for place in range(at, min(len(text), at + 1_000)):
        if text[place] == "(":
            depth += 1
        elif text[place] == ")":
            depth -= 1
            if not depth:
                return place
    return -1


def lost(source: Facts, target: Facts, languages: Iterable[str]) -> list[Lost]:
    """What the translation has not."""
    numbers, dates = _quantities(source, target)
    neutral = re.compile(_LANGUAGE.format("|".join(map(re.escape, languages))))

    def same_for_all(address: str) -> str:
        return neutral.sub("*", address)

    found = [*numbers, *dates]
    found += _left("link", source.links, target.links, same_for_all)
    found += _left("picture", source.images, target.images, same_for_all)
    found += [Lost("term", key) for key in sorted(source.terms - target.terms)]
    found += _left("footnote", source.notes, target.notes, str)
    return found


def _left(kind: str, source: Sequence[str], target: Sequence[str], neutral: Callable[[str], str]) -> Iterator[Lost]:
    """What is left of the source when each thing was paired with its like, or with its like in the other language."""
    here, there = list(target), []
    for one in source:
        if one in here:
            here.remove(one)
        else:
            there.append(one)
    for one in there:
        like = next((other for other in here if neutral(other) == neutral(one)), None)
        if like is not None:
            here.remove(like)
        else:
            yield Lost(kind, one, tuple(here))


def _quantities(source: Facts, target: Facts) -> tuple[list[Lost], list[Lost]]:
    """Numbers and dates without counterpart. A date may be written apart: a month here, its year there."""
    there, here = _dates(source.dates, target.dates)
    left, right = _numbers(source.numbers, target.numbers)
    lost_dates = []
    for date in (one for one in there if one.whole):
        for other in here:
            if _completed(date, other, right) or _completed(other, date, left):
                here.remove(other)
                break
        else:
            if not _written_as_numbers(date, right):
                lost_dates.append(Lost("date", date.text, tuple(one.text for one in here if one.whole)))
    instead = tuple(dict.fromkeys(number.text for number in right))
    return [Lost("number", number.text, instead) for number in left], lost_dates


def _dates(source: Sequence[Date], target: Sequence[Date]) -> tuple[list[Date], list[Date]]:
    here = list(target)
    there = []
    for date in source:
        like = next((other for other in here if other.value == date.value), None)
        if like is not None:
            here.remove(like)
        else:
            there.append(date)
    return there, here


def _written_as_numbers(date: Date, numbers: list[Number]) -> bool:
    """Whether a date stands there in figures alone, 11/2025; takes them away."""
    needed = [Decimal(part) for part in date.value if part is not None]
    found = _all(needed, numbers)
    for one in found:
        numbers.remove(one)
    return bool(found)


def _completed(whole: Date, part: Date, numbers: list[Number]) -> bool:
    """Whether a part of a date is made whole by numbers that nothing else answers to; takes these away."""
    if whole.month != part.month or part.value == whole.value:
        return False
    needed = []
    for wanted, given in ((whole.year, part.year), (whole.day, part.day)):
        if given is None and wanted is not None:
            needed.append(Decimal(wanted))
        elif given != wanted:
            return False
    taken = []
    for value in needed:
        found = next((one for one in numbers if one.value == (value,) and one not in taken), None)
        if found is None:
            return False
        taken.append(found)
    for one in taken:
        numbers.remove(one)
    return True


def _numbers(source: Sequence[Number], target: Sequence[Number]) -> tuple[list[Number], list[Number]]:
    """What is left on both sides: first those of the same likeliest value are paired, then those of any."""
    counts = Counter(number.value for number in target)
    there = []
    for number in source:
        if counts[number.value] > 0:
            counts[number.value] -= 1
        else:
            there.append(number)
    here = []
    for number in reversed(target):  # the first of equal ones were paired
        if counts[number.value] > 0:
            counts[number.value] -= 1
            here.append(number)
    here.reverse()
    for number in list(there):
        like = next((one for one in here if set(one.readings) & set(number.readings)), None)
        if like is not None:
            here.remove(like)
            there.remove(number)
    _apart(here, there)
    _apart(there, here)
    return there, here


def _apart(joined: list[Number], single: list[Number]) -> None:
    """Pair what may be two numbers with two numbers."""
    for number in list(joined):
        for reading in (one for one in number.readings if len(one) > 1):
            found = _all(reading, single)
            if found:
                joined.remove(number)
                for one in found:
                    single.remove(one)
                break


def _all(values: Sequence[Decimal], numbers: Sequence[Number]) -> list[Number]:
    found: list[Number] = []
    rest = list(numbers)
    for value in values:
        like = next((one for one in rest if one.value == (value,)), None)
        if like is None:
            return []
        rest.remove(like)
        found.append(like)
    return found
