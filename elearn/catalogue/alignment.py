"""Which block of a translation answers to which block of its source. Pure.

What has a name in every language alike (a heading's anchor, a footnote, a text of a YAML file) is paired by it. The
blocks between two such fixed points are aligned in order, as sentences are in a bilingual corpus (Gale and Church,
"A Program for Aligning Sentences in Bilingual Corpora", Computational Linguistics 19(1), 1993): by kind and length,
here also by the figures, notes and addresses they have in common, and with the same moves: one for one, none for one,
two for one.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from elearn.catalogue.blocks import Block

MOST = 40_000  # pairs of blocks between two fixed points; a chapter has some hundreds
_MISSING = 2.0
_TWO_FOR_ONE = 2.2
_OTHER_KIND = 2.5
_SIGNALS = re.compile(r"\d+|\]\([^)\s]{1,300}|\[\^[^\]]{1,60}\]")
_EASTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


@dataclass(frozen=True)
class Pair:
    """Blocks that answer to each other, by their places; one side may be empty, or have two."""

    source: tuple[int, ...]
    target: tuple[int, ...]


@dataclass(frozen=True)
class _Side:
    kind: str
    length: int
    signals: frozenset[str]

    @cached_property
    def family(self) -> str:
        return self.kind.split(" ")[0]


def align(source: Sequence[Block], target: Sequence[Block]) -> list[Pair]:
    """Every block of both sides in exactly one pair, in the order of the source."""
    pairs, rest_source, rest_target = _named(source, target)
    anchors = _fixed_points(source, rest_source, target, rest_target)
    ratio = _ratio(source, target)
    start_s = start_t = 0
    for at_s, at_t in [*anchors, (len(rest_source), len(rest_target))]:
        pairs += _between(source, rest_source[start_s:at_s], target, rest_target[start_t:at_t], ratio)
        if at_s < len(rest_source):
            pairs.append(Pair((rest_source[at_s],), (rest_target[at_t],)))
        start_s, start_t = at_s + 1, at_t + 1
    return sorted(pairs, key=_order)


def _order(pair: Pair) -> tuple[float, int]:
    """By the source; what has no source after what stands before it in the translation cannot be told: at its end."""
    return (pair.source[0] if pair.source else math.inf, pair.target[0] if pair.target else -1)


def counterparts(source: Sequence[Block], target: Sequence[Block]) -> list[int]:
    """For each block of the source the line in the translation where its counterpart stands, or ought to."""
    lines = [0] * len(source)
    last = target[0].line if target else 1
    for pair in align(source, target):
        for place in pair.source:
            last = target[pair.target[0]].line if pair.target else last
            lines[place] = last
    return lines


def _named(source: Sequence[Block], target: Sequence[Block]) -> tuple[list[Pair], list[int], list[int]]:
    """Pairs of what may stand in any order, and what is left: footnotes, abbreviations and the texts of a YAML file."""
    places = {(block.kind, block.key): at for at, block in enumerate(target) if _anywhere(block)}
    pairs = []
    taken = set()
    for at, block in enumerate(source):
        if _anywhere(block):
            there = places.pop((block.kind, block.key), None)
            pairs.append(Pair((at,), () if there is None else (there,)))
            taken.add(at)
    pairs += [Pair((), (at,)) for at in places.values()]
    named = {at for pair in pairs for at in pair.target}
    return (
        pairs,
        [at for at in range(len(source)) if at not in taken],
        [at for at, block in enumerate(target) if at not in named],
    )


def _anywhere(block: Block) -> bool:
    return bool(block.key) and not block.kind.startswith("heading")


def _fixed_points(
    source: Sequence[Block], rest_source: list[int], target: Sequence[Block], rest_target: list[int]
) -> list[tuple[int, int]]:
    """Headings of one anchor, as long as they stand in the same order on both sides."""
    there = {target[at].key: place for place, at in enumerate(rest_target) if target[at].key}
    both = [(place, there[source[at].key]) for place, at in enumerate(rest_source) if source[at].key in there]
    points: list[tuple[int, int]] = []
    for place, other in both:
        if not points or other > points[-1][1]:
            points.append((place, other))
    return points


def _ratio(source: Sequence[Block], target: Sequence[Block]) -> float:
    """How much longer the translation is, as a whole; within what languages do, as blocks may be missing."""
    found = max(1, sum(len(block.text) for block in target)) / max(1, sum(len(block.text) for block in source))
    return min(1.4, max(0.75, found))


def _side(block: Block) -> _Side:
    text = block.text.translate(_EASTERN)
    return _Side(block.kind, len(text), frozenset(_SIGNALS.findall(text)))


def _both(one: _Side, other: _Side) -> _Side:
    return _Side(one.kind, one.length + other.length, one.signals | other.signals)


def _between(
    source: Sequence[Block], places_s: list[int], target: Sequence[Block], places_t: list[int], ratio: float
) -> list[Pair]:
    """Align two runs of blocks by the cheapest way from their beginnings to their ends."""
    if len(places_s) * len(places_t) > MOST:
        return _by_place(places_s, places_t)
    left = [_side(source[at]) for at in places_s]
    right = [_side(target[at]) for at in places_t]
    best = {(0, 0): (0.0, (0, 0))}
    for i in range(len(left) + 1):
        for j in range(len(right) + 1):
            if (i, j) != (0, 0):
                moves = _moves(left, right, i, j, ratio)
                best[i, j] = min((best[i - a, j - b][0] + cost, (a, b)) for a, b, cost in moves)
    pairs = []
    i, j = len(left), len(right)
    while (i, j) != (0, 0):
        a, b = best[i, j][1]
        pairs.append(Pair(tuple(places_s[i - a : i]), tuple(places_t[j - b : j])))
        i, j = i - a, j - b
    return pairs[::-1]


def _moves(left: list[_Side], right: list[_Side], i: int, j: int, ratio: float) -> list[tuple[int, int, float]]:
    """The ways to have paired the first i and j blocks last: how many of each, and what that costs."""
    found = []
    if i:
        found.append((1, 0, _MISSING))
    if j:
        found.append((0, 1, _MISSING))
    if i and j:
        found.append((1, 1, _unlike(left[i - 1], right[j - 1], ratio)))
    if i > 1 and j and left[i - 1].kind == left[i - 2].kind == right[j - 1].kind:
        found.append((2, 1, _merged(_both(left[i - 2], left[i - 1]), right[j - 1], ratio)))
    if i and j > 1 and left[i - 1].kind == right[j - 2].kind == right[j - 1].kind:
        found.append((1, 2, _merged(left[i - 1], _both(right[j - 2], right[j - 1]), ratio)))
    return found


def _merged(one: _Side, other: _Side, ratio: float) -> float:
    """As `_unlike`, where one side is two blocks: then all that they have must be there."""
    return _TWO_FOR_ONE + 2 * _unlike(one, other, ratio)


def _unlike(one: _Side, other: _Side, ratio: float) -> float:
    """How little two blocks look like translations of each other."""
    length = min(1.5, abs(math.log((other.length + 10) / (one.length * ratio + 10))))
    either = one.signals | other.signals
    signals = 1.5 * (1 - len(one.signals & other.signals) / len(either)) if either else 0.0
    kind = 0.0 if one.kind == other.kind else 0.5 if one.family == other.family else _OTHER_KIND
    return length + signals + kind


def _by_place(places_s: list[int], places_t: list[int]) -> list[Pair]:
    """For runs too long to align: the first answers to the first, and so on."""
    shared = min(len(places_s), len(places_t))
    pairs = [Pair((s,), (t,)) for s, t in zip(places_s, places_t, strict=False)]
    return [
        *pairs,
        *(Pair((at,), ()) for at in places_s[shared:]),
        *(Pair((), (at,)) for at in places_t[shared:]),
    ]
