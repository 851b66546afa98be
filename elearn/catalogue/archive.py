"""Reads a course from a zip archive: nothing is unpacked to disk, and nothing that could do harm is unpacked at all."""

import io
import stat
import zipfile
from collections import Counter

from elearn.catalogue.files import hidden, misnamed
from elearn.catalogue.sizes import MAX_FILES, MAX_TOTAL, largest, too_large
from elearn.catalogue.yamlread import Problem

MAX_ENTRIES = 10_000
MAX_LIST = MAX_ENTRIES * 400  # bytes of the list of contents: an entry takes 46, its name and some more
MAX_RATIO = 200  # of one file; texts reach 10
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_WHOLE = "course.yaml"  # where a problem of the archive as a whole is reported

_Found = tuple[dict[str, bytes], list[Problem]]


def read_archive(data: bytes) -> _Found:
    """As read_folder(): every file by its path, and what was not read and why. A single outermost folder is left out.

    An archive that cannot be trusted as a whole gives no files at all.
    """
    wrong = _untrusted(data)
    if wrong:
        return _nothing(wrong)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [one for one in archive.infolist() if not _of_no_concern(one.filename)]
            wrong = _too_much(entries)
            return _nothing(wrong) if wrong else _read(archive, entries)
    except Exception:  # whatever the library makes of arbitrary bytes
        return _nothing("this zip archive is broken: pack it again")


def _nothing(message: str) -> _Found:
    return {}, [Problem(_WHOLE, 1, message)]


def _untrusted(data: bytes) -> str:
    """What forbids even to read the list of contents, which an archive may claim to be endless."""
    at = data.rfind(_END, max(0, len(data) - 65_600))
    if not data.startswith(b"PK") or at < 0 or len(data) < at + 22:
        return "this is no zip archive, or it is cut off"
    entries, length = (
        int.from_bytes(data[at + 10 : at + 12], "little"),
        int.from_bytes(data[at + 12 : at + 16], "little"),
    )
    if entries > MAX_ENTRIES or length > MAX_LIST or data[max(0, at - 20) :].startswith(_END_64):
        return f"this zip archive holds more than {MAX_ENTRIES:,} files"
    return ""


def _of_no_concern(name: str) -> bool:
    return name.startswith("__MACOSX/") or (not misnamed(name.rstrip("/")) and hidden(name.rstrip("/")))


def _too_much(entries: list[zipfile.ZipInfo]) -> str:
    files = [entry for entry in entries if not entry.filename.endswith("/")]
    if len(files) > MAX_FILES:
        return f"this zip archive holds more than {MAX_FILES:,} files of a course"
    if sum(entry.file_size for entry in files) > MAX_TOTAL:
        return f"unpacked, this zip archive is larger than {MAX_TOTAL // 1_000_000} MB"
    double, times = Counter(entry.filename for entry in entries).most_common(1)[0] if entries else ("", 0)
    return f"two files of this zip archive have the same name: {_shown(double)}" if times > 1 else ""


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> _Found:
    top = _top([entry.filename for entry in entries])
    found: dict[str, bytes] = {}
    refused: list[Problem] = []
    for entry in entries:
        path = entry.filename.removeprefix(top).rstrip("/")
        if entry.filename == top:
            continue
        wrong = _refusal(entry, path)
        if wrong:
            refused.append(Problem(_shown(path), 1, wrong))
        elif not entry.filename.endswith("/"):
            with archive.open(entry) as file:
                content = file.read(largest(path) + 1)
            if wrong := too_large(path, len(content)):
                refused.append(Problem(path, 1, wrong))
            else:
                found[path] = content
    return found, refused


def _refusal(entry: zipfile.ZipInfo, path: str) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if wrong := misnamed(path):
        return wrong
    if kind == stat.S_IFLNK:
        return "a link is not followed: it may lead outside the course folder"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "not an ordinary file"
    if entry.flag_bits & 1:
        return "this file asks for a password: pack the archive without one"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "packed in an unusual way: pack the archive as an ordinary zip"
    if wrong := too_large(path, entry.file_size):
        return wrong
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1) and entry.file_size > 100_000:
        return f"packed more than {MAX_RATIO} times: it may be made to do harm"
    return ""


def _top(names: list[str]) -> str:
    """The one folder that holds everything, with its slash; '' when files stand at the top."""
    tops = {name.partition("/")[0] for name in names}
    top = next(iter(tops)) if len(tops) == 1 else ""
    return f"{top}/" if top and f"{top}/{_WHOLE}" in names and not misnamed(top) else ""


def _shown(path: str) -> str:
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in path)[:200]
