"""What a course is found by: words folded and reduced to their stems, the same on every database.

The stored text holds each word twice, as it is read and as its stem, with a blank before each; a word that is looked
for matches the beginning of either.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable

import Stemmer

from elearn.core.i18n import folded

STEMMERS = {"en": "english", "fr": "french", "ar": "arabic"}
LONGEST_QUERY, MOST_WORDS = 100, 8
_WORD = re.compile(r"[^\W_]+")
_ARTICLES = re.compile(r"\b(?:[ldnsmtcj]|qu|jusqu|lorsqu|puisqu)['’]", re.IGNORECASE)
_CONJUNCTION = re.compile(r"^[وفبك](?=ال..)")
_MARKS = dict.fromkeys(code for code in range(0x0600, 0x0700) if unicodedata.combining(chr(code)))
_THREAD = threading.local()


def _stemmer(lang: str) -> Stemmer.Stemmer:
    """One per thread: they keep state."""
    if not hasattr(_THREAD, "stemmers"):
        _THREAD.stemmers = {}
    if lang not in _THREAD.stemmers:
        _THREAD.stemmers[lang] = Stemmer.Stemmer(STEMMERS[lang])
    return _THREAD.stemmers[lang]


def _words(text: str) -> list[str]:
    """Words as they are written, without vowel signs and elided articles."""
    text = unicodedata.normalize("NFC", text).replace("ـ", "").translate(_MARKS)
    return _WORD.findall(_ARTICLES.sub(" ", text).casefold())


def stems(word: str, langs: Iterable[str] = tuple(STEMMERS)) -> set[str]:
    """The word itself and its stems, folded."""
    forms = ((lang, form) for lang in langs for form in (_with_article(word) if lang == "ar" else (word,)))
    return {folded(word), *(folded(_stemmer(lang).stemWord(form)) for lang, form in forms)} - {""}


def _with_article(word: str) -> set[str]:
    """An Arabic word as it stands, and with the article alone before it: only so does the stemmer know plurals."""
    bare = _CONJUNCTION.sub("", word)
    return {word, bare if bare.startswith("ال") else f"ال{bare}"}


def index(texts: Iterable[str], lang: str) -> str:
    """The stored text by which these texts are found."""
    found: dict[str, None] = {}
    for word in dict.fromkeys(word for text in texts for word in _words(text)):
        found.update(dict.fromkeys(sorted(stems(word, (lang,)))))
    return " " + " ".join(found)


def wanted(query: str) -> list[set[str]]:
    """Each word that is looked for, as the set of beginnings that count as found."""
    return [stems(word) for word in _words(query[:LONGEST_QUERY])[:MOST_WORDS]]


def matches(stored: str, words: list[set[str]]) -> bool:
    """Whether every word is found."""
    return all(any(f" {beginning}" in stored for beginning in word) for word in words)
