"""One archive that holds an instance: its tables, its stored files, its keys, and a manifest with the hash of each.

tables/<table>.jsonl   what core.dump writes         blobs/<2 digits>/<sha256>   stored files
keys/secret_key        where DATA_DIR keeps it       manifest.json               the last one
"""

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from flask import current_app

from elearn.core import clock
from elearn.core.dump import Contents, Digest, dump, snapshot
from elearn.core.errors import Refused
from elearn.core.load import fill, refuse_unless_empty, refuse_unless_known
from elearn.core.outages import unavailable
from elearn.core.storage import storage

if sys.version_info >= (3, 14):
    import tarfile

    from compression.zstd import ZstdError
else:
    from backports.zstd import ZstdError, tarfile

FORMAT = 1
MANIFEST = "manifest.json"
KEY = "secret_key"
MODES = {".tar": "w", ".tar.gz": "w:gz", ".tgz": "w:gz", ".tar.zst": "w:zst"}
MEMBER = re.compile(r"tables/\w+\.jsonl|blobs/([0-9a-f]{2})/\1[0-9a-f]{62}|keys/secret_key")
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Report:
    """What was taken or brought back, and what an operator has to know about it."""

    tables: dict[str, Digest]
    files: int
    revision: str
    has_key: bool
    missing: tuple[str, ...] = ()  # named in the database, not in the storage
    damaged: tuple[str, ...] = ()  # their bytes are not those that their name says


class _Hashing:
    """A file that is read, hashed on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.hash.update(chunk)
        return chunk


# Making one


def make(archive: Path) -> Report:
    """Write the archive, in one step at the end. The site may go on working. Raises Refused."""
    mode = next((mode for ending, mode in MODES.items() if archive.name.endswith(ending)), None)
    if mode is None:
        raise Refused(f"the name of the archive must end with one of: {', '.join(MODES)}")
    if archive.exists():
        raise Refused(f"{archive} exists already; nothing was changed")
    with tempfile.TemporaryDirectory(prefix=".elearn-backup-", dir=archive.parent) as name:
        folder = Path(name)
        part = folder / "archive"
        with snapshot(current_app.config["DATABASE_URL"], folder) as connection:
            contents = dump(connection, folder)
        # The files afterwards: whatever the rows name was stored before them.
        with _private(part) as file:
            with tarfile.open(fileobj=file, mode=cast(Any, mode)) as tar:
                report = _pack(tar, folder, contents)
            _safe(file)
        os.replace(part, archive)
    return report


def _pack(tar: Any, folder: Path, contents: Contents) -> Report:
    files: dict[str, str] = {}
    wanted = _named_blobs(folder)
    for table in contents.tables:
        path = folder / f"{table}.jsonl"
        files[f"tables/{path.name}"] = _add(tar, f"tables/{path.name}", path)
        path.unlink()
    damaged = []
    for path in _stored():
        try:
            files[f"blobs/{path.parent.name}/{path.name}"] = sha256 = _add(
                tar, f"blobs/{path.parent.name}/{path.name}", path
            )
        except FileNotFoundError:  # erased a moment ago
            continue
        wanted.discard(path.name)
        if sha256 != path.name:
            damaged.append(path.name)
    key = Path(current_app.config["DATA_DIR"]) / KEY
    if key.is_file():
        files[f"keys/{KEY}"] = _add(tar, f"keys/{KEY}", key)
    report = Report(
        tables=contents.tables,
        files=sum(name.startswith("blobs/") for name in files),
        revision=contents.revision,
        has_key=key.is_file(),
        missing=tuple(sorted(wanted)),
        damaged=tuple(damaged),
    )
    manifest = folder / MANIFEST
    manifest.write_text(json.dumps(_manifest(contents, files, report), indent=1) + "\n", encoding="utf-8")
    _add(tar, MANIFEST, manifest)
    return report


def _manifest(contents: Contents, files: dict[str, str], report: Report) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": clock.now().isoformat(timespec="seconds"),
        **asdict(contents),
        "files": files,
        "missing": report.missing,
        "damaged": report.damaged,
    }


def _add(tar: Any, name: str, path: Path) -> str:
    """Put a file into the archive; its SHA-256."""
    with path.open("rb") as file:
        about = tarfile.TarInfo(name)
        about.size = os.fstat(file.fileno()).st_size
        about.mtime = int(os.fstat(file.fileno()).st_mtime)
        about.mode = 0o600
        hashing = _Hashing(file)
        tar.addfile(about, hashing)
    return hashing.hash.hexdigest()


def _stored() -> Iterator[Path]:
    """Every stored file; not those that are being written."""
    for folder in sorted(storage().root.glob("[0-9a-f][0-9a-f]")):
        yield from (path for path in sorted(folder.iterdir()) if MEMBER.fullmatch(f"blobs/{folder.name}/{path.name}"))


def _named_blobs(folder: Path) -> set[str]:
    """The stored files that the database names."""
    with (folder / "blob.jsonl").open(encoding="utf-8") as file:
        place = json.loads(next(file)).index("sha256")
        return {json.loads(line)[place] for line in file}


# Bringing one back


def restore(archive: Path) -> Report:
    """Fill the empty instance of this configuration. Raises Refused; then nothing was changed."""
    url, data = current_app.config["DATABASE_URL"], Path(current_app.config["DATA_DIR"])
    blobs = storage().root
    refuse_unless_empty(url)
    if blobs.exists() and any(blobs.iterdir()):
        raise Refused(f"{blobs} is not empty; nothing was changed")
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".elearn-restore-", dir=data) as name:
        folder = Path(name)
        manifest = _unpack(archive, folder)
        contents = Contents(
            manifest["revision"],
            {table: Digest(**told) for table, told in manifest["tables"].items()},
            manifest["sequences"],
        )
        refuse_unless_known(contents.revision)
        (folder / "tables").mkdir(exist_ok=True)
        with _in_place(folder / "blobs", blobs):
            fill(url, folder / "tables", contents)
        if (folder / "keys" / KEY).exists():
            os.replace(folder / "keys" / KEY, data / KEY)  # one made at this very start, in an empty folder, goes
    return Report(
        tables=contents.tables,
        files=sum(name.startswith("blobs/") for name in manifest["files"]),
        revision=contents.revision,
        has_key=f"keys/{KEY}" in manifest["files"],
        missing=tuple(manifest["missing"]),
        damaged=tuple(manifest["damaged"]),
    )


@contextmanager
def _in_place(brought: Path, blobs: Path) -> Iterator[None]:
    """The files stand before the rows that name them, and go again when these do not come."""
    if blobs.exists():
        blobs.rmdir()
    brought.mkdir(exist_ok=True)
    os.replace(brought, blobs)
    try:
        yield
    except BaseException:
        shutil.rmtree(blobs)
        raise


def _unpack(archive: Path, folder: Path) -> dict[str, Any]:
    """Everything into `folder`, each file compared with what the manifest says of it."""
    found: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isfile() else None
                if content is None or not (member.name == MANIFEST or MEMBER.fullmatch(member.name)):
                    raise Refused(f"{archive} is no backup: it holds {member.name!r}")
                if member.name == MANIFEST:
                    manifest = json.load(content)
                else:
                    found[member.name] = _take(content, folder / member.name)
    except OSError as problem:
        if problem.errno is not None and unavailable(problem, reading=False):  # the disk, and not what stands on it
            raise
        raise Refused(f"{archive} cannot be read: {problem}") from problem
    except (tarfile.TarError, ValueError, EOFError, zlib.error, ZstdError) as problem:
        raise Refused(f"{archive} cannot be read: {problem}") from problem
    _check(archive, manifest, found)
    return manifest


def _check(archive: Path, manifest: dict[str, Any], found: dict[str, str]) -> None:
    if manifest.get("format") != FORMAT:
        raise Refused(f"{archive} is no whole backup of a kind that this release knows")
    told = manifest["files"]
    different = sorted(name for name in told.keys() | found.keys() if told.get(name) != found.get(name))
    if different:
        raise Refused(f"{archive} is damaged: {', '.join(different[:5])}")


def _take(content: Any, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    hashing = _Hashing(content)
    with _private(path) as file:
        shutil.copyfileobj(hashing, file, CHUNK)
        _safe(file)
    return hashing.hash.hexdigest()


def _private(path: Path) -> BinaryIO:
    """A new file that nobody else may read."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _safe(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
