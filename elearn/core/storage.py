"""Stored files, named by their SHA-256: a local folder today, an object store behind the same three calls later."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from flask import current_app

CHUNK = 1024 * 1024


class LocalStorage:
    """Blobs in a folder, two levels deep. Writing the same bytes twice is harmless."""

    def __init__(self, root: Path):
        self.root = root

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
            raise ValueError("not a blob name")
        return self.root / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Store the bytes durably before returning their SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with _whole(*tempfile.mkstemp(dir=path.parent)) as (file, temporary):
                file.write(content)
                _settle(file, temporary, path)
        return sha256

    def put_stream(self, source: BinaryIO) -> str:
        """The same for what is too large to stand in memory: everything from the present position on."""
        found = hashlib.sha256()
        with _whole(*self.begin()) as (file, temporary):
            while chunk := source.read(CHUNK):
                found.update(chunk)
                file.write(chunk)
            path = self._path(found.hexdigest())
            path.parent.mkdir(exist_ok=True)
            _settle(file, temporary, path)
        return path.name

    def begin(self) -> tuple[int, str]:
        """A new file beside the stored ones, for something that is not to stay: (descriptor, path)."""
        self.root.mkdir(parents=True, exist_ok=True)
        return tempfile.mkstemp(dir=self.root)

    def open(self, sha256: str) -> BinaryIO:
        """The stored bytes. Raises FileNotFoundError."""
        return self._path(sha256).open("rb")

    def read(self, sha256: str) -> bytes:
        """All bytes at once. Raises FileNotFoundError."""
        return self._path(sha256).read_bytes()

    def delete(self, sha256: str) -> None:
        """Forget the bytes; nothing happens when they are not there."""
        self._path(sha256).unlink(missing_ok=True)

    def unfinished(self) -> Iterator[Path]:
        """What a process left behind that was killed while it stored something."""
        return (path for path in self.root.glob("**/tmp*") if path.is_file())


@contextmanager
def _whole(handle: int, temporary: str) -> Iterator[tuple[BinaryIO, str]]:
    """A file that is being written: nothing stays of it when the disk is full, or whatever else stops it."""
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, temporary
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _settle(file: BinaryIO, temporary: str, path: Path) -> None:
    """Give the file its name, so that bytes and name are there after a power cut too."""
    file.flush()
    os.fsync(file.fileno())
    os.replace(temporary, path)
    for folder in (path.parent, path.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def storage() -> LocalStorage:
    """The storage of this application."""
    return LocalStorage(Path(current_app.config["DATA_DIR"]) / "blobs")
