"""A course with rules: lessons, a file and a quiz in three languages, a glossary, and an order that tests choose."""

from collections.abc import Mapping
from textwrap import dedent

SLUG = "ruled-course"
STEPS = ("begin", "read-on", "plan", "extra", "the-check")
BEGIN, READ_ON, PLAN, EXTRA, CHECK = STEPS
REQUIRED = (BEGIN, READ_ON, PLAN, CHECK)
TITLES = {
    "begin": {"en": "How to begin", "ar": "كيف نبدأ", "fr": "Comment commencer"},
    "read-on": {"en": "Reading on", "ar": "متابعة القراءة", "fr": "Lire la suite"},
    "extra": {"en": "More to read", "ar": "قراءة إضافية", "fr": "Pour aller plus loin"},
}
COURSE = """\
id: ruled-course
languages: [en, ar, fr]
default_language: en
theme: waqf
level: introductory
title: {en: Steps in order, ar: خطوات مرتبة, fr: Des étapes en ordre}
summary: {en: One thing after the other., ar: شيء بعد شيء., fr: Une chose après l’autre.}
objectives:
  - {id: o1, text: {en: Go in order., ar: السير بالترتيب., fr: Avancer en ordre.}}
completion: {result: the-check}
certificate: {kind: completion}
credits:
  en: {written_by: A team, reviewed_by: A reader}
  ar: {translated_by: فريق الترجمة}
  fr: {translated_by: Une équipe, reviewed_by: Une relectrice}
contact: academy@example.org
modules: [01-only]
"""
MODULE = "01-only/module.yaml"
STEP_LINES = {
    "begin": "{id: begin, kind: lesson, minutes: 20}",
    "read-on": "{id: read-on, kind: lesson, minutes: 10}",
    "plan": "{id: plan, kind: file, minutes: 15}",
    "extra": "{id: extra, kind: lesson, minutes: 5, required: false}",
    "the-check": "{id: the-check, kind: quiz, minutes: 10}",
}
QUIZ = """\
title: {en: The check, ar: الاختبار, fr: Le contrôle}
pass: 50
items:
  - id: one
    type: truefalse
    answer: true
    reread: [begin]
    text: {en: It is so., ar: الأمر كذلك., fr: C’est ainsi.}
"""
FILE = """\
title: {en: A plan to fill in, ar: خطة للتعبئة, fr: Un plan à remplir}
description: {en: Fill in **every** row., ar: املأ **كل** صف., fr: Remplissez **chaque** ligne.}
file: ../../assets/plan.csv
"""
GLOSSARY = """\
terms:
  - id: waqf
    term: {en: Waqf, ar: الوقف, fr: Waqf}
    definition: {en: Property given *for good*., ar: مال محبوس., fr: Un bien donné.}
    also: {en: [endowment], fr: [habous]}
  - id: nazir
    term: {en: Nazir, ar: الناظر}
    definition: {en: Who looks after a waqf., ar: من يتولى الوقف.}
  - id: beneficiary
    term: {en: Beneficiary, ar: المستفيد, fr: Bénéficiaire}
    definition: {en: Who receives., ar: من ينتفع., fr: Qui reçoit.}
"""


def lesson(title: str, more: str = "") -> bytes:
    return f"---\ntitle: {title}\n{more}---\n\nSome words to read here.\n".encode()


def module(steps: Mapping[str, str] | None = None, **rules: str) -> bytes:
    """module.yaml; `rules` adds to a step's line: `read_on="after: [begin]"`."""
    lines = dict(STEP_LINES if steps is None else steps)
    for name, rule in rules.items():
        key = name.replace("_", "-")
        lines[key] = f"{lines[key][:-1]}, {rule}}}"
    listed = "".join(f"  - {line}\n" for line in lines.values())
    return f"id: only\ntitle: {{en: The only module, ar: الوحدة, fr: Le module}}\nsteps:\n{listed}".encode()


def files(course: str = "", glossary: bool = True, **rules: str) -> dict[str, bytes]:
    """The folder. `course` is added to course.yaml, `rules` to the steps."""
    found = {
        "course.yaml": (COURSE + dedent(course)).encode(),
        MODULE: module(**rules),
        "01-only/the-check/quiz.yaml": QUIZ.encode(),
        "01-only/plan/file.yaml": FILE.encode(),
        "assets/plan.csv": b"what,when\nbegin,today\n",
    }
    if glossary:
        found["glossary.yaml"] = GLOSSARY.encode()
    for step, titles in TITLES.items():
        for lang, title in titles.items():
            found[f"01-only/{step}/lesson.{lang}.md"] = lesson(title)
    return found


def with_rule(completion: str, **rules: str) -> dict[str, bytes]:
    """The folder with another completion rule: `{result: the-check, optional: 1}`."""
    found = files(**rules)
    found["course.yaml"] = found["course.yaml"].replace(b"{result: the-check}", completion.encode())
    return found
