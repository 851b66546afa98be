"""A course with rules that is published twice into a running instance, somebody enrolling in between."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.support import ruled_course
from tests.support.live import commanded

Publish = Callable[[Mapping[str, bytes]], None]


def publishing(environment: dict[str, str], folder: Path) -> Publish:
    """Publishes files into the instance of an environment, by way of a folder."""

    def publish(files: Mapping[str, bytes]) -> None:
        for path, data in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        commanded(environment, "courses", "sync", str(folder), "--reason", "A lesson that takes longer")

    return publish


def first_version() -> dict[str, bytes]:
    return ruled_course.files(read_on="after: [begin]", the_check="after: [begin, plan]", extra="release_after: 14")


def second_version() -> dict[str, bytes]:
    """The same steps, for a folder that is written over keeps the files of the first; but in order, and longer."""
    found = ruled_course.files("order: ordered\n", extra="release_after: 7")
    found[ruled_course.MODULE] = found[ruled_course.MODULE].replace(b"minutes: 20", b"minutes: 30")
    return found
