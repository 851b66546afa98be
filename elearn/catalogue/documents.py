"""What may be handed out as a document: its kind by content as by name, nothing that runs, nothing that explodes."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable

from elearn.catalogue.compiled import Asset
from elearn.catalogue.encodings import Undecided, decode
from elearn.catalogue.sizes import DOCUMENTS, suffix_of
from elearn.catalogue.yamlread import ODD

MAX_PARTS = 5_000
MAX_UNPACKED = 60_000_000
MAX_RATIO = 200  # of one part; sheets of numbers reach 40
MAX_INDEX = 200_000  # of the part that says what the archive is

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
TYPES = {
    ".pdf": "application/pdf",
    ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
    ".docx": f"{_OFFICE}wordprocessingml.document",
    ".pptx": f"{_OFFICE}presentationml.presentation",
    ".odt": f"{_OPEN}text",
    ".ods": f"{_OPEN}spreadsheet",
    ".csv": "text/csv",
    ".txt": "text/plain",
}
SUFFIXES = DOCUMENTS
WITH_MACROS = {".xlsm": ".xlsx", ".xltm": ".xlsx", ".docm": ".docx", ".dotm": ".docx", ".pptm": ".pptx"}

Report = Callable[[int, str], None]


class _Wrong(Exception):
    """What is wrong, in words for the writer."""


def examine(path: str, data: bytes, report: Report) -> Asset | None:
    """The document, or None after reporting (line, message) what is wrong with it."""
    suffix = suffix_of(path)
    try:
        if suffix == ".pdf":
            _pdf(data)
        elif suffix in (".csv", ".txt"):
            _text(data, report)
        else:
            _archive(data, suffix)
    except _Wrong as wrong:
        report(1, str(wrong))
        return None
    except Undecided as wrong:
        report(wrong.line, str(wrong))
        return None
    return Asset(path, data, hashlib.sha256(data).hexdigest(), TYPES[suffix])


def _pdf(data: bytes) -> None:
    if b"%PDF-" not in data[:1024]:
        raise _Wrong("the name says .pdf, but this is no PDF")
    if b"%%EOF" not in data[-2048:]:
        raise _Wrong("this PDF is cut off: its end is missing")
    if b"/Encrypt" in data[-4096:]:
        raise _Wrong("this PDF asks for a password: save it without one")


def _text(data: bytes, report: Report) -> None:
    text, note = decode(data)
    if note:
        raise _Wrong(f"not UTF-8 ({note.partition(' and ')[0]}): readers get this file as it is, so save it as UTF-8")
    odd = ODD.search(text.replace("\ufeff", ""))
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        report(line, f"a control character or an odd line break (U+{ord(odd[0]):04X})")
        raise _Wrong("no plain text")


def _archive(data: bytes, suffix: str) -> None:
    """A document that is a zip archive. Only its list of contents and the part that names its kind are read."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _Wrong(f"an old Office file, or one with a password: save it as {suffix} without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _harmless(parts)
            found = _kind(archive, {part.filename: part for part in parts})
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise _Wrong(f"the name says {suffix}, but this file cannot be opened as one") from error
    if found != TYPES[suffix]:
        others = [other for other, mime in TYPES.items() if mime == found]
        raise _Wrong(f"the name says {suffix}, the content is {others[0] if others else 'something else'}")


def _harmless(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _Wrong(f"this document unpacks to more than {MAX_UNPACKED // 1_000_000} MB or {MAX_PARTS:,} parts")
    for part in parts:
        name = part.filename.lower()
        if part.file_size > MAX_RATIO * max(part.compress_size, 1) and part.file_size > 100_000:
            raise _Wrong(f"a part of this document is packed more than {MAX_RATIO} times: it may be made to do harm")
        if part.flag_bits & 1:
            raise _Wrong("this document asks for a password: save it without one")
        if name.endswith("vbaproject.bin") or name.startswith(("basic/", "scripts/")):
            raise _Wrong("this document holds macros: save it without them")


def _kind(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> str:
    """The type that the document gives itself; '' when it gives none that is known."""
    if "mimetype" in parts:
        return _read(archive, parts["mimetype"]).decode("ascii", "replace").strip()
    if "[Content_Types].xml" not in parts:
        return ""
    index = _read(archive, parts["[Content_Types].xml"])
    if b"macroEnabled" in index:
        raise _Wrong("this document holds macros: save it without them")
    mains = {f"{mime}.main+xml".encode(): mime for mime in TYPES.values() if mime.startswith(_OFFICE)}
    return next((mime for main, mime in mains.items() if main in index), "")


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with archive.open(part) as file:
        return file.read(MAX_INDEX)
