"""Gives a course back as the folder it was published from, or as an archive of it."""

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from elearn.core.errors import Refused

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say: the same course gives the same bytes


def write_folder(files: Mapping[str, bytes], target: Path, *, force: bool = False) -> list[str]:
    """Write the files; the paths of others that were there already and stay. Raises Refused.

    With `force` into a folder that holds something; nothing in it is deleted.
    """
    if target.exists() and not target.is_dir():
        raise Refused(f"{target} is there already and is no folder; nothing was written")
    if not force and target.exists() and any(target.iterdir()):
        raise Refused(f"{target} is not empty; nothing was written (--force writes over it)")
    places = {path: target / path for path in files}
    for path, place in places.items():
        if any(part.is_symlink() for part in (place, *place.parents) if part.is_relative_to(target) and part != target):
            raise Refused(f"{place} is or stands behind a link, which may lead elsewhere; nothing was written")
        if place.is_dir():
            raise Refused(f"{place} is a folder, but {path} is a file of the course; nothing was written")
    for path, place in places.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f".{place.name}.part")
        part.write_bytes(files[path])
        os.replace(part, place)
    present = {path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir()}
    return sorted(path for path in present - set(files) if not any(part.startswith(".") for part in path.split("/")))


def write_zip(files: Mapping[str, bytes], target: Path, *, force: bool = False) -> None:
    """The same as a zip archive, whose bytes depend on nothing but the files. Raises Refused."""
    if target.exists() and not force:
        raise Refused(f"{target} is there already; nothing was written (--force writes over it)")
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(zipped(files))
    os.replace(part, target)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of the files, in the order of their paths."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            member = zipfile.ZipInfo(path, EPOCH)
            member.external_attr = 0o644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, files[path])
    return whole.getvalue()
