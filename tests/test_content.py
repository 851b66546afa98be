"""The shipped courses compile clean, and are whole in each of their languages."""

import re
from pathlib import Path

import pytest

from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.folder import courses_in, read_folder
from elearn.catalogue.source import compile
from tests.support.small_course import KINDS

COURSES = Path(__file__).parent.parent / "courses"
LESSON_WORDS = range(700, 1201)


@pytest.fixture(params=courses_in(COURSES), ids=lambda path: path.name, scope="module")
def course(request) -> CompiledCourse:
    files, refused = read_folder(request.param)
    compiled = compile(files, KINDS, refused)
    assert isinstance(compiled, CompiledCourse), "\n".join(map(str, compiled))
    return compiled


def test_there_are_courses():
    assert courses_in(COURSES) != []


def test_a_shipped_course_speaks_all_its_languages(course):
    assert {lang: course.completeness(lang) for lang in ("en", "ar", "fr")} == {"en": 1, "ar": 1, "fr": 1}


def test_no_translation_is_stale(course):
    assert course.notices == ()


@pytest.mark.one_database
def test_the_command_that_writers_use_agrees(command):
    result = command("courses", "check", COURSES)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("path", sorted(COURSES.glob("*/*/*/lesson.en.md")), ids=lambda path: path.parent.name)
def test_a_lesson_has_a_readable_length(path):
    """As the course standard asks; counted in English, the source."""
    body = path.read_text(encoding="utf-8").split("---", 2)[2]
    text = " ".join(line for line in body.splitlines() if not line.startswith(("[^", "|")))  # no sources, no tables
    assert len(re.findall(r"\w[\w’'%.,–-]*", text)) in LESSON_WORDS
