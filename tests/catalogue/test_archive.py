"""A course in a zip archive: the same course as its folder, or a clear refusal and nothing read."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.catalogue.archive import read_archive
from elearn.catalogue.folder import courses_in, read_folder
from tests.support.course_assets import zipped
from tests.support.small_course import compiled, files, problems

pytestmark = pytest.mark.one_database


def refusals(data: bytes) -> list[str]:
    """What is wrong with an archive, as the check would print it."""
    found, refused = read_archive(data)
    assert refused
    return problems(found, refused)


def test_an_archive_is_the_folder_it_was_made_from():
    assert read_archive(zipped(files())) == (files(), [])
    assert read_archive(zipped(files(), zipfile.ZIP_STORED)) == (files(), [])


def test_one_outermost_folder_may_hold_it_all():
    inside = {f"small course/{path}": data for path, data in files().items()}
    more = {"small course/.git/config": b"x", "__MACOSX/small course/._course.yaml": b"x"}
    assert read_archive(zipped({**inside, **more})) == (files(), [])


def test_folders_of_their_own_are_no_files():
    out = io.BytesIO(zipped(files()))
    with zipfile.ZipFile(out, "a") as archive:
        archive.mkdir("01-only")
        archive.mkdir("empty")
    assert read_archive(out.getvalue()) == (files(), [])


def test_two_folders_are_not_one_course():
    both = {f"{name}/{path}": data for name in ("a", "b") for path, data in files().items()}
    assert "course.yaml:1: this file is missing" in problems(read_archive(zipped(both))[0])


@pytest.mark.parametrize(
    "path", ["../outside.md", "/etc/passwd", "01-only/../../x.md", "C:/x.md", "a\\..\\b.md", "a\nb.md"]
)
def test_a_path_that_leads_out_is_told(path: str):
    (found,) = [line for line in refusals(zipped({**files(), path: b"x"})) if "course.yaml" not in line]
    assert "path" in found


def entry(name: str, **attributes: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    for key, value in attributes.items():
        setattr(info, key, value)
    return info


def with_entry(info: zipfile.ZipInfo, data: bytes) -> bytes:
    out = io.BytesIO(zipped(files()))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(info, data)
    return out.getvalue()


def test_a_symbolic_link_is_not_followed():
    link = entry("01-only/second-lesson/lesson.fr.md", external_attr=(stat.S_IFLNK | 0o777) << 16)
    assert refusals(with_entry(link, b"/etc/passwd")) == [
        "01-only/second-lesson/lesson.fr.md:1: a link is not followed: it may lead outside the course folder"
    ]


def test_a_device_is_no_file():
    device = entry("assets/disk.png", external_attr=(stat.S_IFBLK | 0o666) << 16)
    assert refusals(with_entry(device, b"")) == ["assets/disk.png:1: not an ordinary file"]


def test_a_name_that_stands_twice():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = with_entry(entry("course.yaml"), b"id: other\n")
    assert refusals(data) == ["course.yaml:1: two files of this zip archive have the same name: course.yaml"]


def test_a_bomb_is_not_unpacked():
    bomb = zipped({**files(), "assets/bomb.pdf": b"\x00" * 1_900_000})
    assert refusals(bomb) == ["assets/bomb.pdf:1: packed more than 200 times: it may be made to do harm"]


def test_a_file_that_is_too_large_is_told_by_what_it_declares():
    large = zipped({**files(), "assets/bars.png": b"\x00" * 1_100_000})
    assert refusals(large) == ["assets/bars.png:1: 1.1 MB: larger than such a file of a course may be (1 MB)"]


def test_many_large_files_are_refused_as_a_whole():
    many = {f"assets/{n}.mp4": b"\x00" * 35_000_000 for n in range(6)}
    assert refusals(zipped({**files(), **many})) == ["course.yaml:1: unpacked, this zip archive is larger than 200 MB"]


@pytest.mark.parametrize(("count", "most"), [(3_001, "3,000 files of a course"), (10_001, "10,000 files")])
def test_too_many_files(count: int, most: str):
    many = zipped({f"{n}.md": b"" for n in range(count)}, zipfile.ZIP_STORED)
    assert refusals(many) == [f"course.yaml:1: this zip archive holds more than {most}"]


def test_an_archive_that_lies_about_its_size():
    """The declared size is all that is ever unpacked, and the checksum then does not fit."""
    data = bytearray(zipped({**files(), "01-only/second-lesson/lesson.fr.md": b"x" * 5_000}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    assert refusals(bytes(data)) == ["course.yaml:1: this zip archive is broken: pack it again"]


def encrypted(data: bytes) -> bytes:
    found = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = found.find(mark)
        while at >= 0:
            found[at + offset] |= 1
            at = found.find(mark, at + 4)
    return bytes(found)


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (lambda data: b"", "this is no zip archive"),
        (lambda data: b"MZ" + data, "this is no zip archive"),
        (lambda data: data[:-30], "this is no zip archive"),
        (lambda data: data[:200] + data[400:], "this zip archive is broken"),
        (lambda data: data[:-12] + b"\xff\xff" + data[-10:], "this zip archive holds more than 10,000 files"),
        (encrypted, "this file asks for a password"),
    ],
)
def test_a_broken_archive_gives_nothing(broken: Callable[[bytes], bytes], expected: str):
    found, refused = read_archive(broken(zipped(files())))
    assert found == {}
    assert expected in refused[0].message


def test_an_unusual_way_of_packing():
    assert "packed in an unusual way" in refusals(zipped(files(), zipfile.ZIP_LZMA))[0]


def test_an_archive_on_the_disk_is_read_as_a_folder_is(tmp_path: Path):
    place = tmp_path / "small-course.zip"
    place.write_bytes(zipped(files()))
    assert courses_in(place) == [place]
    assert compiled(read_folder(place)[0]) == compiled()
    other = tmp_path / "course.txt"
    other.write_text("x")
    assert "a course is a folder or a zip archive" in str(read_folder(other)[1][0])


SMALL = zipped({"course.yaml": b"id: x\n", "01-only/module.yaml": b"id: y\n"})


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(SMALL)), st.integers(0, 8), st.binary(max_size=6)), min_size=1, max_size=5)
)
def test_whatever_happens_to_an_archive_it_is_read_or_refused(edits: list[tuple[int, int, bytes]]):
    data = SMALL
    for at, length, new in edits:
        data = data[:at] + new + data[at + length :]
    found, refused = read_archive(data)
    assert all(isinstance(content, bytes) for content in found.values())
    assert all(problem.line == 1 and problem.message and problem.path.isprintable() for problem in refused)
