"""The glossary page: a course's terms in the reader's language, sorted as people look for them, found by any name."""

from collections.abc import Iterable
from dataclasses import dataclass

from elearn.catalogue.shelf import Term, TermText
from elearn.core.i18n import LANGUAGES, folded

LONGEST_QUERY = 100
_ARTICLE = "ال"


@dataclass(frozen=True)
class Entry:
    """A term as the page shows it. `lang` is the language really shown; `find` is what it is found by, folded."""

    key: str
    lang: str
    text: TermText
    others: tuple[tuple[str, TermText], ...]  # the same term in the other languages
    find: str


def entries(terms: Iterable[Term], lang: str, default: str) -> list[Entry]:
    """Every term, in the order of the alphabet of what is shown."""
    return sorted((_entry(term, lang, default) for term in terms), key=lambda entry: (_place(entry), entry.key))


def found(all_entries: Iterable[Entry], query: str) -> list[Entry]:
    """The entries in which every word of a query occurs, in whichever language."""
    words = folded(query[:LONGEST_QUERY]).split()
    return [entry for entry in all_entries if all(word in entry.find for word in words)]


def _entry(term: Term, lang: str, default: str) -> Entry:
    shown = lang if lang in term.texts else default
    names = (name for text in term.texts.values() for name in (text.term, *text.also))
    return Entry(
        key=term.key,
        lang=shown,
        text=term.texts[shown],
        others=tuple((code, term.texts[code]) for code in LANGUAGES if code in term.texts and code != shown),
        find=folded(" ".join(names)),
    )


def _place(entry: Entry) -> str:
    """By what a word begins with; the Arabic article does not count."""
    word = folded(entry.text.term)
    return word.removeprefix(_ARTICLE) if entry.lang == "ar" else word
