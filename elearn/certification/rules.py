"""What a certificate claims, which languages it speaks, how it is numbered, and whether it still stands. Pure."""

import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# Crockford's base 32: no I, L, O or U, so that a code can be read aloud and typed from paper.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 26
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_GROUPS = (5, 5, 5, 5, 6)


@dataclass(frozen=True, slots=True)
class Titled:
    """A text in the language it is written in; a course not yet translated lends the text of another language."""

    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class CertificateData:
    """Everything that the paper claims, and nothing else. The mappings are keyed by the paper's languages."""

    code: str
    serial: str
    kind: str
    languages: tuple[str, ...]
    name_latin: str
    name_arabic: str
    course: Mapping[str, Titled]
    level: str
    minutes: int
    studied_in: str
    score: int | None
    issued_on: dt.date
    expires_on: dt.date | None
    issuer: Mapping[str, str]
    signatory: Mapping[str, str]
    address: str
    demonstration: bool

    def claim(self) -> dict[str, Any]:
        """The same, for machines: stands inside the document as JSON."""
        return {
            "code": self.code,
            "serial": self.serial,
            "kind": self.kind,
            "holder": {"latin": self.name_latin, "arabic": self.name_arabic},
            "course": {lang: title.text for lang, title in self.course.items()},
            "level": self.level,
            "minutes": self.minutes,
            "studied_in": self.studied_in,
            "score": self.score,
            "issued_on": self.issued_on.isoformat(),
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            "issuer": dict(self.issuer),
            "signatory": dict(self.signatory),
            "verify": self.address,
            "demonstration": self.demonstration,
        }


def canonical(value: Any) -> bytes:
    """The one JSON text of a value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def new_code(random: bytes) -> str:
    """A verification code from 16 random bytes."""
    if len(random) != 16:
        raise ValueError("a code is made of 128 bits")
    number = int.from_bytes(random, "big")
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(_CODE_LENGTH)))


def read_code(typed: str) -> str | None:
    """The code somebody typed or copied, with or without hyphens; None when it cannot be one."""
    text = unicodedata.normalize("NFKC", typed).upper().translate(_MISREAD)
    code = "".join(char for char in text if char.isalnum())
    return code if len(code) == _CODE_LENGTH and all(char in _ALPHABET for char in code) else None


def show_code(code: str) -> str:
    """The code in groups, as it stands on paper."""
    groups, start = [], 0
    for size in _GROUPS:
        groups.append(code[start : start + size])
        start += size
    return "-".join(groups)


def serial(prefix: str, year: int, number: int) -> str:
    """The serial number that people quote on the telephone."""
    return f"{prefix}-{year}-{number:06d}"


def holder_hash(salt: str, name_latin: str, name_arabic: str) -> str:
    """What stays of the names once they are erased: enough to confirm a paper that is shown, not to find a name."""
    return hashlib.sha256(canonical([salt, name_latin, name_arabic])).hexdigest()


class Status(StrEnum):
    """What a certificate is worth today."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


# Why a certificate may be revoked: words for all of them stand in forms.py.
REASONS = ("mistake", "misconduct", "request", "other")


def status(*, revoked: bool, superseded: bool, expires_on: dt.date | None, today: dt.date) -> Status:
    """Ended by somebody comes before ended by time."""
    if revoked:
        return Status.REVOKED
    if superseded:
        return Status.SUPERSEDED
    if expires_on is not None and today > expires_on:
        return Status.EXPIRED
    return Status.VALID


def paper_languages(reader: str, wanted: str | None = None) -> tuple[str, str]:
    """The two languages of the paper, the reader's own first: Arabic with English, French with English or Arabic."""
    if reader == "fr":
        return ("fr", "ar") if wanted == "ar" else ("fr", "en")
    return ("ar", "en") if reader == "ar" else ("en", "ar")


def width(text: str) -> int:
    """About how wide a text is, in narrow letters."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def size_step(text: str, limits: Sequence[int]) -> int:
    """How small a text must be set: the first step whose limit it keeps, counted from 0."""
    wide = width(text)
    return next((step for step, limit in enumerate(limits) if wide <= limit), len(limits))
