"""What may stand in a course's assets beside pictures: by content as by name, whole, and without anything that runs."""

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.catalogue.assets import KNOWN, look_at
from elearn.catalogue.compiled import Asset
from elearn.catalogue.sizes import MAX_AUDIO, MAX_DOCUMENT, MAX_VIDEO
from elearn.catalogue.yamlread import Problem
from tests.support.course_assets import CAPTIONS, OPEN, PDF, WHOLE, mp4, office, ogg, webm, zipped
from tests.support.small_course import changed, problems

pytestmark = pytest.mark.one_database

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600  # Office before 2007, and Office with a password


def look(name: str, data: bytes) -> tuple[Asset | None, list[str]]:
    found: list[Problem] = []
    asset = look_at(f"assets/{name}", data, found.append)
    return asset, [f"{problem.line}: {problem.message}" for problem in found]


def test_every_kind_of_file_has_an_example():
    assert {f".{name.rsplit('.', 1)[1]}" for name in WHOLE} | {".svg", ".png", ".jpg", ".jpeg", ".webp"} == set(KNOWN)


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_taken_with_its_type(name):
    asset, wrong = look(name, WHOLE[name])
    assert wrong == [] and asset is not None
    kind = "text" if name.endswith(".vtt") else {"talk": "audio", "film": "video"}.get(name.partition(".")[0], "")
    assert asset.mime.startswith(kind)
    assert (asset.width, asset.height, asset.is_picture) == (None, None, False)


@pytest.mark.parametrize("name", [name for name in WHOLE if not name.endswith((".csv", ".txt", ".vtt"))])
def test_a_file_under_another_files_name_is_refused(name):
    for other, data in WHOLE.items():
        own = {".ogg": (".opus",), ".opus": (".ogg",)}
        ending, others = f".{name.rsplit('.', 1)[1]}", f".{other.rsplit('.', 1)[1]}"
        if others not in (ending, *own.get(ending, ())):
            asset, wrong = look(name, data)
            assert asset is None and len(wrong) == 1, (name, other)


@pytest.mark.parametrize("name", [name for name in WHOLE if not name.endswith((".csv", ".txt", ".mp3", ".vtt"))])
def test_a_file_that_is_cut_off_is_refused(name):
    asset, wrong = look(name, WHOLE[name][:-30])
    assert asset is None and len(wrong) == 1


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("budget.xlsm", office(".xlsx"), "1: .xlsm may hold macros: save it as .xlsx"),
        ("letter.docm", office(".docx"), "1: .docm may hold macros: save it as .docx"),
        ("budget.xlsx", office(".xlsx", {"xl/vbaProject.bin": b"x"}), "1: this document holds macros"),
        ("budget.ods", office(".ods", {"Basic/Standard/Module1.xml": b"x"}), "1: this document holds macros"),
        ("budget.xlsx", zipped({"[Content_Types].xml": b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"}),
         "1: this document holds macros"),
        ("budget.xlsx", office(".docx"), "1: the name says .xlsx, the content is .docx"),
        ("budget.ods", office(".odt"), "1: the name says .ods, the content is .odt"),
        ("budget.xlsx", zipped({"readme.txt": b"x"}), "1: the name says .xlsx, the content is something else"),
        ("budget.xlsx", OLD, "1: an old Office file, or one with a password"),
        ("budget.xlsx", b"PK\x03\x04 nothing", "1: the name says .xlsx, but this file cannot be opened as one"),
        ("budget.xlsx", office(".xlsx", {"xl/big.xml": b"\x00" * 900_000}), "1: a part of this document is packed"),
        ("budget.xlsx", office(".xlsx", {f"x{n}": b"" for n in range(5_001)}), "1: this document unpacks to more than"),
        ("note.pdf", b"<html></html>", "1: the name says .pdf, but this is no PDF"),
        ("note.pdf", PDF.replace(b"/Root", b"/Encrypt 5 0 R /Root"), "1: this PDF asks for a password"),
        ("figures.csv", "été;1\n".encode("cp1252"), "1: not UTF-8 (read as Windows-1252): readers"),
        ("figures.csv", b"a;b\n\x81\x8d\n", "2: not UTF-8 (byte 0x81)"),
        ("words.txt", b"one\ntwo \x07\n", "2: a control character"),
        ("talk.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"\x00" * 900, "1: the name says .mp3, but no sound"),
        ("talk.mp3", b"GIF89a<script>", "1: the name says .mp3, but no sound"),
        ("talk.ogg", ogg(b"\x80theora" + b"\x00" * 40), "1: the name says .ogg, but it holds neither Opus nor Vorbis"),
        ("talk.m4a", mp4(b"vide", b"soun"), "1: the name says .m4a, but a film is in it"),
        ("film.mp4", mp4(b"soun"), "1: the name says .mp4, but no film is in it"),
        ("film.mp4", mp4(b"vide", brand=b"qt  "), "1: the name says .mp4, but this is no MP4 file"),
        ("film.mp4", b"\x00\x00\x00\x18ftypmp42<script>", "1: the name says .mp4, but"),
        ("film.webm", webm(b"matroska"), "1: the name says .webm, but this is no WebM file"),
        ("film.webm", webm(missing=7), "1: the name says .webm, but it is cut off"),
        ("film.vtt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n", "1: captions begin with a line that says WEBVTT"),
        ("film.vtt", b"WEBVTT\nKind: captions\n", "2: an empty line stands after WEBVTT"),
        ("film.vtt", b"WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nHello\n", "3: a cue begins with its times"),
        ("film.vtt", b"WEBVTT\n\nHello\nall\n", "4: a cue begins with its times"),
        ("film.vtt", b"WEBVTT\n\n00:02.000 --> 00:01.000\nHello\n", "3: this cue ends before it begins"),
        ("film.vtt", CAPTIONS + b"\n00:03.000 --> 00:09.000\nLate\n", "12: this cue begins before the one above it"),
        ("film.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n", "3: this cue has no words"),
        ("film.vtt", b"WEBVTT\n\nSTYLE\n::cue { color: red }\n", "3: STYLE blocks are not allowed"),
        ("film.vtt", b"WEBVTT\n", "1: no captions are in it"),
        ("film.vtt", CAPTIONS.decode().encode("utf-16"), "1: captions must be UTF-8"),
        ("film.vtt", b"WEBVTT\n\n" + b"x" * 300_000, "1: larger than 300 kB"),
        ("page.html", b"<p>x</p>", "1: files of this kind cannot stand in assets"),
        ("run.exe", b"MZ", "1: files of this kind cannot stand in assets"),
        ("noname", b"x", "1: files of this kind cannot stand in assets"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value and ":" not in value else "",
)  # fmt: skip
def test_what_is_refused_is_told(name: str, data: bytes, expected: str):
    asset, wrong = look(name, data)
    assert asset is None
    assert [line for line in wrong if line.startswith(expected)], wrong


def test_a_password_is_seen_before_anything_is_opened():
    data = bytearray(office(".xlsx"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    assert look("budget.xlsx", bytes(data)) == (None, ["1: this document asks for a password: save it without one"])


def test_numbers_that_pack_well_are_no_bomb():
    rows = b"".join(b'<c r="A%d"><v>%d</v></c>' % (n, n * 7) for n in range(40_000))
    assert look("budget.xlsx", office(".xlsx", {"xl/sheet1.xml": rows}))[0] is not None


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("note.pdf", MAX_DOCUMENT, "2 MB"),
        ("talk.mp3", MAX_AUDIO, "10 MB"),
        ("film.mp4", MAX_VIDEO, "40 MB"),
        ("bars.png", 1_000_000, "1 MB"),
    ],
)
def test_each_kind_has_its_largest_size(name: str, size: int, expected: str):
    found = problems(changed({f"assets/{name}": b"\x00" * (size + 1)}))
    assert any(f"assets/{name}:1: " in one and f"may be ({expected})" in one for one in found), found


@given(
    st.sampled_from(sorted(WHOLE)),
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 40), st.binary(max_size=12)), max_size=4),
)
def test_whatever_happens_to_a_file_it_is_taken_or_told(name: str, edits: list[tuple[int, int, bytes]]):
    data = WHOLE[name]
    for at, length, new in edits:
        data = data[:at] + new + data[at + length :]
    asset, wrong = look(name, data)
    assert (asset is None) == bool(wrong)
    assert all(int(line.partition(":")[0]) <= data.count(b"\n") + data.count(b"\r") + 1 for line in wrong)


def test_an_uncompressed_mimetype_comes_first_as_other_programs_write_it():
    data = zipped({"mimetype": OPEN[".odt"].encode()}, zipfile.ZIP_STORED)
    assert look("letter.odt", data)[0] is not None
