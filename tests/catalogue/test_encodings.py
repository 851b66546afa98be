"""Text files that are not UTF-8: recognised and converted with a note, or a problem that says what to do."""

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.catalogue.encodings import Undecided, decode
from tests.support.small_course import compiled, files, problems

pytestmark = pytest.mark.one_database
LESSON, FRENCH = "01-only/first-lesson/lesson.en.md", "01-only/first-lesson/lesson.fr.md"
ARABIC = "---\ntitle: العدّ بإنصاف\n---\n\nيسأل أحدهم: لماذا نعدّ الناس؟ ثم يجيب: «كي لا يُنسى أحد» (41 %).\n"
SHORT = "title: {en: Counting, ar: عدّ الأسر}\n"
PARTICLES = "اكتب للأسر رسالة بـSMS، وcash لمن تشمله معادلة الـPMT، أي كل أسرة في القرية.\n"
WESTERN = "---\ntitle: Compter\n---\n\nQuelqu’un l’a demandé à l’école : « où sont les élèves ? » Ça coûte 5 €.\n"
NOTE = "read as {} and converted: save this file as UTF-8"


@pytest.mark.parametrize("text", [ARABIC, SHORT, WESTERN, "plain\n", ""])
def test_utf_8_needs_no_note(text: str):
    assert decode(text.encode()) == (text, "")
    assert decode(text.encode("utf-8-sig")) == (text, "")


@pytest.mark.parametrize("text", [ARABIC, SHORT, WESTERN, "plain\n"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_with_and_without_its_mark(text: str, encoding: str):
    assert decode(text.encode(encoding)) == (text, NOTE.format("UTF-16"))


def test_the_mark_of_utf_16_big_endian():
    assert decode(codecs.BOM_UTF16_BE + ARABIC.encode("utf-16-be")) == (ARABIC, NOTE.format("UTF-16"))


@pytest.mark.parametrize("lang", ["", "ar", "fr", "en"])
@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (ARABIC, "cp1256", "Windows-1256"),
        (SHORT, "cp1256", "Windows-1256"),
        (PARTICLES, "cp1256", "Windows-1256"),
        (WESTERN, "cp1252", "Windows-1252"),
        ("Créée à Alger, l’œuvre s’étend.", "cp1252", "Windows-1252"),
        ("École, à Évry : ÉTÉ 2026", "cp1252", "Windows-1252"),
        ("Ère, Ève, Èbre, Èze, Ægir, Ælle et Èdre.", "cp1252", "Windows-1252"),
    ],
)
def test_the_old_encodings_of_windows(text: str, encoding: str, name: str, lang: str):
    assert decode(text.encode(encoding), lang) == (text, NOTE.format(name))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (ARABIC.encode("iso-8859-6", "replace"), 2),
        (ARABIC.encode("mac_arabic", "replace"), 1),
        (WESTERN.encode("cp850", "replace"), 5),
        (WESTERN.encode("mac_roman"), 5),
        (b"a\nb\n\x81\x8d\x8f", 3),
        (ARABIC.encode() + b"\nwritten elsewhere: \xe9t\xe9\n", 7),
        ("من".encode("cp1256"), 1),
        (codecs.BOM_UTF16_LE + b"a", 1),
        (codecs.BOM_UTF8 + b"a\n\xff", 2),
    ],
)
def test_what_nobody_can_be_sure_of_is_a_problem_at_its_line(data: bytes, line: int):
    with pytest.raises(Undecided) as caught:
        decode(data, "ar")
    assert caught.value.line == line
    assert "save it as UTF-8" in str(caught.value)


def test_zeros_alone_are_no_utf_16():
    assert decode(b"id: small\x00\n") == ("id: small\x00\n", "")
    assert decode(b"\x00" * 40) == ("\x00" * 40, "")


@given(st.binary(max_size=200), st.sampled_from(["", "ar", "fr"]))
def test_any_bytes_are_text_or_undecided(data: bytes, lang: str):
    try:
        text, note = decode(data, lang)
    except Undecided as undecided:
        assert 1 <= undecided.line <= data.count(b"\n") + 1
    else:
        assert note == "" or text.encode()


@given(st.text(st.sampled_from("ابتةثجحخدذرزسشصضطظعغفقكلمنهوىيءآأؤإئ ،؛؟0123456789\n"), min_size=60, max_size=300))
def test_arabic_text_survives_windows_or_is_refused_and_never_garbled(text: str):
    """Words of random letters are no Arabic, so some are refused; none may come back as other letters."""
    with suppress(Undecided):
        assert decode(text.encode("cp1256"), "ar")[0] == text


def test_a_course_written_with_an_old_editor_is_the_same_course_with_notes():
    old = files()
    old[FRENCH] = old[FRENCH].decode().encode("cp1252")
    old[LESSON] = old[LESSON].decode().encode("utf-16")
    course = compiled(old)
    assert course.content_hash == compiled().content_hash
    notes = {(note.path, note.message) for note in course.notices}
    assert {(FRENCH, NOTE.format("Windows-1252")), (LESSON, NOTE.format("UTF-16"))} <= notes


def test_numbers_of_windows_that_no_letter_answers_to_are_told_with_path_and_line():
    broken = files()
    broken[FRENCH] = broken[FRENCH] + b"\n\x81\x8d\x90\n"
    line = broken[FRENCH].count(b"\n")
    assert problems(broken) == [f"{FRENCH}:{line}: not UTF-8 (byte 0x81), and no other encoding fits: save it as UTF-8"]
