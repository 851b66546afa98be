"""What a step weighs in one language: bytes on the wire, and minutes to read. Pure."""

import json
import math
import zlib
from collections.abc import Mapping

from elearn.catalogue.compiled import Asset, Weight
from elearn.catalogue.kinds import StepText

# Means of adult native speakers reading aloud, which is the pace of a careful reader: Trauzettel-Klosinski and Dietz,
# "Standardized Assessment of Reading Performance: The New International Reading Speed Texts IReST", Investigative
# Ophthalmology & Visual Science 53 (2012), 5452-5461, doi:10.1167/iovs.11-8284.
WORDS_PER_MINUTE = {"en": 228, "fr": 195, "ar": 138}


def compressed(text: str) -> int:
    """The bytes of a text on the wire."""
    return len(zlib.compress(text.encode("utf-8", "replace"), 9))


def minutes_to_read(words: int, lang: str) -> int:
    """Whole minutes, at least one where there is anything to read."""
    return math.ceil(words / WORDS_PER_MINUTE.get(lang, min(WORDS_PER_MINUTE.values())))


def weigh(text: StepText, lang: str, assets: Mapping[str, Asset | None]) -> Weight:
    """A quiz's items and a lesson's outline count as text; a recording counts as a file, its poster as a picture."""
    return Weight(
        text=_on_the_wire(text) if text.bytes is None else text.bytes,
        pictures=_size(text.images, assets),
        files=_size(text.files, assets),
        minutes_to_read=minutes_to_read(text.words, lang),
    )


def _on_the_wire(text: StepText) -> int:
    return compressed(text.html + json.dumps(dict(text.payload), ensure_ascii=False, default=str))


def _size(names: tuple[str, ...], assets: Mapping[str, Asset | None]) -> int:
    return sum(asset.size for name in dict.fromkeys(names) if (asset := assets.get(name)))
