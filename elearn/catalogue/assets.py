"""What may stand in a course's `assets`: which names, how large, and what their content must prove to be. Pure."""

from collections.abc import Callable

from elearn.catalogue import documents, pictures, recordings
from elearn.catalogue.compiled import Asset
from elearn.catalogue.files import Report
from elearn.catalogue.sizes import suffix_of
from elearn.catalogue.yamlread import Problem

Look = Callable[[str, bytes, Callable[[int, str], None]], Asset | None]
_LOOKS: dict[str, Look] = {
    **dict.fromkeys(pictures.SUFFIXES, pictures.examine),
    **dict.fromkeys(documents.SUFFIXES, documents.examine),
    **dict.fromkeys(recordings.SUFFIXES, recordings.examine),
}
KNOWN = tuple(_LOOKS)


def look_at(path: str, data: bytes, report: Report) -> Asset | None:
    """The file as the course may use it, or None after reporting what is wrong with it."""

    def at(line: int, message: str) -> None:
        report(Problem(path, line, message))

    suffix = suffix_of(path)
    if suffix in documents.WITH_MACROS:
        at(1, f"{suffix} may hold macros: save it as {documents.WITH_MACROS[suffix]}")
        return None
    look = _LOOKS.get(suffix)
    if look is None:
        known = " ".join(name.removeprefix(".") for name in KNOWN)
        at(1, f"files of this kind cannot stand in assets: {known}")
        return None
    return look(path, data, at)
