"""How hard a text is to read, by a measure that was made for its language. Pure.

English: Flesch's reading ease (R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32, 1948).
French: the same made over (L. Kandel and A. Moles, "Application de l'indice de Flesch à la langue française", Cahiers
d'études de radio-télévision 19, 1958). Both run from 0, very hard, to 100, very easy; Flesch calls 60 to 70 standard.
For Arabic no index is used: those there are need vowel signs or a parser. What is told of every language are two
lengths, words in a sentence and letters in a word; an Arabic word takes with it the particles that are written to it.
Syllables are counted by rule, not by dictionary, which is right to a few in a hundred.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from elearn.catalogue.blocks import DEFINITION, ITEM, NUMBERED, TASK, TEXT, Block
from elearn.catalogue.facts import words_of

MEASURES = {"en": "Flesch reading ease", "fr": "Kandel-Moles"}
PROSE = frozenset({TEXT, ITEM, NUMBERED, TASK, DEFINITION})  # whole sentences; no headings, tables, sources
_SENTENCE = re.compile(r"[.!?؟…]+(?=[\s»”\")\]]|\Z)")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*")
_MARKS = re.compile(r"[\u0640\u064b-\u0652\u0670]")  # vowel signs, and what only stretches a word
_ENGLISH = re.compile(r"[aeiouy]+")
_APART = re.compile(r"(?<![ctsgx])i[ao]|iet|(?<=[a-z]{2})ea\Z|creat|eo(?!u|p)|[^q]ua|[aeiouy]ing\Z")
_MUTE = re.compile(
    r"[^aeiouyl]e\Z|[aeiouy]le\Z|[^aeiouytd]ed\Z|[^aeiouyszxcghl]es\Z|[aeiouy]les\Z|(?<=[^l])e(?=ment|ly\Z)"
)
_MUTE_FRENCH = re.compile(r"(?:[^aeiouyàâäèêëîïôöùûüœæ]|[gq]u)es?\Z")
_FRENCH = re.compile(r"[aeiouyàâäèêëîôöùûüœæ]+|é|ï[aeiou]*")
_GLIDE = re.compile(r"(?<=[aeiou])y(?=[aeiouéè])")


@dataclass(frozen=True)
class Readability:
    """What was counted, and what follows from it."""

    words: int
    sentences: int
    letters: int
    syllables: int

    @property
    def words_per_sentence(self) -> float:
        return self.words / max(1, self.sentences)

    @property
    def letters_per_word(self) -> float:
        return self.letters / max(1, self.words)

    def ease(self, lang: str) -> float | None:
        """The index of the language; None where it has none, or where there is nothing to measure."""
        if not self.words:
            return None
        syllables = self.syllables / self.words
        if lang == "en":
            return 206.835 - 1.015 * self.words_per_sentence - 84.6 * syllables
        if lang == "fr":
            return 207 - 1.015 * self.words_per_sentence - 73.6 * syllables
        return None


def measure(blocks: Iterable[Block], lang: str) -> Readability:
    """The prose among these blocks."""
    words = sentences = letters = syllables = 0
    for block in blocks:
        if block.kind not in PROSE:
            continue
        text = _MARKS.sub("", words_of(block.text))
        found = _WORD.findall(text)
        if not found:
            continue
        words += len(found)
        sentences += sum(1 for part in _SENTENCE.split(text) if _WORD.search(part))
        letters += sum(sum(unicodedata.category(sign) in _LETTERS for sign in word) for word in found)
        syllables += sum(map(_COUNT.get(lang, len), found))
    return Readability(words, sentences, letters, syllables)


_LETTERS = frozenset({"Lu", "Ll", "Lo", "Lt"})


def english_syllables(word: str) -> int:
    """Runs of vowels; vowels usually spoken apart count twice, an e that is not spoken does not count."""
    word = word.casefold()
    return max(1, len(_ENGLISH.findall(word)) + len(_APART.findall(word)) - len(_MUTE.findall(word)))


def french_syllables(word: str) -> int:
    """Runs of vowels; an é or ï stands alone, a final e or es is not spoken."""
    word = _GLIDE.sub("j", unicodedata.normalize("NFC", word.casefold()))
    runs = len(_FRENCH.findall(word.replace("é", "|é|").replace("ï", "|ï")))
    return max(1, runs - 1 if _MUTE_FRENCH.search(word) else runs)


_COUNT = {"en": english_syllables, "fr": french_syllables}
