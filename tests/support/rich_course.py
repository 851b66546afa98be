"""The small course with everything that a course may hold beside: a glossary, files, a recording, rules of order."""

from tests.support.course_assets import CAPTIONS, PDF, mp3, mp4, office
from tests.support.small_course import files as small_files

GLOSSARY = """\
terms:
  - id: count
    term: {en: Count, fr: Dénombrement}
    definition: {en: To tell *how many*., fr: Dire combien ils sont.}
    also: {en: [tally]}
  - id: household
    term: {en: Household, fr: Ménage}
    definition: {en: Those who share a pot., fr: Ceux qui partagent une marmite.}
"""
STEP = """\
title: {en: A form to fill in, fr: Un formulaire}
description: {en: '**Fill** it in, see [the lesson](step:first-lesson).', fr: À remplir.}
file: {en: ../../assets/form.pdf, fr: ../../assets/formulaire.odt}
"""
MORE = """
A [count](term:count) of each [household](term:household), with [a sheet](../../assets/sheet.xlsx).

/// audio | A talk
    file: ../../assets/talk.mp3
    minutes: 3

What is said.
///
"""


def files() -> dict[str, bytes]:
    """The course's files."""
    found = small_files()
    found["course.yaml"] = found["course.yaml"].replace(
        b"  result: the-check\n",
        b"  result: the-check\n  optional: 1\norder: ordered\nlimits: {text: 9, pictures: 120}\n",
    )
    found["01-only/module.yaml"] += (
        b"    after: [first-lesson]\n    release_after: 3\n"
        b"  - {id: the-form, kind: file, minutes: 5, required: false, after: [the-check]}\n"
    )
    found["01-only/first-lesson/lesson.en.md"] += MORE.encode()
    found["glossary.yaml"] = GLOSSARY.encode()
    found["01-only/the-form/file.yaml"] = STEP.encode()
    return {
        **found,
        "assets/form.pdf": PDF,
        "assets/formulaire.odt": office(".odt"),
        "assets/sheet.xlsx": office(".xlsx"),
        "assets/talk.mp3": mp3(),
        "assets/unused.mp4": mp4(b"vide", b"soun"),
        "assets/unused.en.vtt": CAPTIONS,
    }
