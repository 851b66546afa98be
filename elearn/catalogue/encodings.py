"""Turns the bytes of a text file into text: UTF-8, or what older editors write, recognised only when nothing else fits.

A library that guesses encodings from statistics is no help with a file of five lines; but here few encodings come into
question, and the letters of Arabic and French lie so differently in them that a wrong one shows.
"""

import codecs
import re

_BOMS = (  # the longer ones first: that of UTF-32 begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SEQUENCE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ARABIC = "\u0621-\u064a"
_MARKED = "ÀÂÄÆÇÈÉÊËÎÏÔÖŒÙÛÜŸàâäæçèéêëîïôöœùûüÿáíóúñãõåøßšžŠŽƒ"
_SIGNS = frozenset("\xa0«»‹›‘’‚“”„–—…•·°§©®™€£½¼¾¹²³±×÷µ¿¡ªº¶´¨¸¬\xad†‡‰")
_ARABIC_SIGNS = _SIGNS | frozenset("،؛؟ـ\u200c\u200d\u200e\u200f")
_TOUCHING = re.compile(rf"[{_ARABIC}][A-Za-z{_MARKED}]|[A-Za-z{_MARKED}][{_ARABIC}]")
# Particles are written together with the Latin word that follows: وSMS, لـSMS, الـPMT.
_PARTICLE = re.compile(rf"(?<![{_ARABIC}A-Za-z{_MARKED}])(?:[وفبلك]|[وفبلكا]{{1,4}}ـ)(?=[A-Za-z])")
_MARKED_RUN = re.compile(rf"[A-Za-z]?[{_MARKED}]{{2,}}[A-Za-z]?")
_COMMON = "اأإآليمنو"  # two in five letters of any Arabic text
_LEAST_ARABIC = 6  # letters


class Undecided(ValueError):
    """The bytes are no text that anybody can be sure of; at this line it shows."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def decode(data: bytes, lang: str = "") -> tuple[str, str]:
    """The text, and a note to its writer where it was not UTF-8. `lang` is what the file's name promises."""
    for bom, encoding, name in _BOMS:
        if data.startswith(bom):
            try:
                return data.decode(encoding), _note(name)
            except UnicodeDecodeError as error:
                raise _undecided(data, error, f"broken {name}") from None
    promised, data = data.startswith(codecs.BOM_UTF8), data.removeprefix(codecs.BOM_UTF8)
    unmarked = _utf_16(data) if b"\x00" in data else None
    if unmarked is not None:
        return unmarked, _note("UTF-16")
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        found = None if promised else _of_old(data, lang)
        if found is None:
            raise _undecided(data, error, "not UTF-8") from None
        return found


def _note(name: str) -> str:
    return f"read as {name} and converted: save this file as UTF-8" if name else ""


def _undecided(data: bytes, error: UnicodeDecodeError, what: str) -> Undecided:
    line = data.count(b"\n", 0, error.start) + 1
    return Undecided(f"{what} (byte 0x{data[error.start]:02x}), and no other encoding fits: save it as UTF-8", line)


def _utf_16(data: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of blanks, digits and Latin letters is zero, and hardly any other."""
    if len(data) % 2 or len(data) < 4:
        return None
    first, second = data[0::2].count(0), data[1::2].count(0)
    if max(first, second) * 20 < len(data) or min(first, second) * 10 > max(first, second):
        return None
    try:
        text = data.decode("utf-16-le" if second > first else "utf-16-be")
    except UnicodeDecodeError:
        return None
    odd = sum(not (sign.isprintable() or sign in "\t\n\r") for sign in text)
    return text if odd * 100 <= len(text) else None


def _of_old(data: bytes, lang: str) -> tuple[str, str] | None:
    """Windows-1256 or Windows-1252, whichever alone makes sense, or the one that the language wants."""
    whole = sum(map(len, _SEQUENCE.findall(data)))
    if whole * 2 > sum(byte > 0x7F for byte in data):
        return None  # UTF-8 in most places: broken, or two files in one
    found = []
    for encoding, name, fits in (("cp1256", "Windows-1256", _arabic), ("cp1252", "Windows-1252", _western)):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if fits(text):
            found.append((text, _note(name)))
    if len(found) == 2:
        return found[0 if lang == "ar" else 1]
    return found[0] if found else None


def _arabic(text: str) -> bool:
    """Words of Arabic letters alone, with as many alefs and lams as Arabic has."""
    letters = re.findall(rf"[{_ARABIC}]", text)
    common = sum(letter in _COMMON for letter in letters)
    others = {sign for sign in text if not sign.isascii() and not re.match(rf"[{_ARABIC}\u064b-\u0652]", sign)}
    return (
        len(letters) >= _LEAST_ARABIC
        and common * 3 >= len(letters)
        and not _TOUCHING.search(_PARTICLE.sub("", text))
        and others <= _ARABIC_SIGNS | frozenset(_MARKED)
    )


def _western(text: str) -> bool:
    """Letters with marks stand one by one inside words of plain letters."""
    others = {sign for sign in text if not sign.isascii()}
    runs = _MARKED_RUN.findall(text)
    return others <= _SIGNS | frozenset(_MARKED) and all(map(_inside_a_word, runs))


def _inside_a_word(run: str) -> bool:
    marked = sum(not sign.isascii() for sign in run)
    return marked <= 3 and marked < len(run)
