"""course.yaml: what a course says of itself. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from elearn.catalogue.compiled import CERTIFICATES, LEVELS, ORDERS, THEMES, CourseText, Credit, Objective
from elearn.catalogue.files import ASSETS, Files, Report
from elearn.catalogue.yamlread import Problem, Reader, in_digits

LANGUAGES = ("en", "ar", "fr")
COURSE = "course.yaml"
_DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\Z")
TEXT, PICTURES = 10, 150  # kB of one step in one language, unless the course says otherwise
MOST_TEXT, MOST_PICTURES = 20, 400  # what it may say
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")


@dataclass(frozen=True)
class Limits:
    """What one step may weigh in one language, in bytes."""

    text: int = TEXT * 1000  # compressed
    pictures: int = PICTURES * 1000


@dataclass(frozen=True)
class Sheet:
    """What course.yaml says."""

    slug: str
    languages: tuple[str, ...]
    theme: str
    level: str
    texts: Mapping[str, CourseText]
    objectives: tuple[Objective, ...]
    order: str
    result: str
    optional: int
    limits: Limits
    certificate: str | None
    credits: Mapping[str, Credit]
    contact: str
    modules: list[tuple[str, int]]
    reader: Reader


def read_sheet(files: Files, report: Report) -> Sheet | None:
    """The sheet, also when parts of it are wrong; None, with problems, when there is nothing to go on with."""
    reader = files.yaml(COURSE, LANGUAGES)
    if reader is None:
        return None
    languages = _languages(reader, report)
    reader.languages = languages
    texts = {
        key: reader.texts(key, required=key != "audience", longest=600) for key in ("title", "summary", "audience")
    }
    for lang in texts["title"]:
        if lang not in texts["summary"]:
            reader.problem(f"'summary' has no '{lang}' although the title has", "summary")
    for lang in texts["summary"]:
        if lang not in texts["title"]:
            reader.problem(f"'title' has no '{lang}' although the summary has", "title")
    contact = reader.text("contact", longest=254)
    if contact and not _MAIL.match(contact):
        reader.problem("'contact' is not an e-mail address", "contact")
    completion = reader.mapping("completion", required=False)
    certificate = reader.mapping("certificate", required=False)
    sheet = Sheet(
        slug=reader.identifier(),
        languages=languages,
        theme=reader.choice("theme", THEMES),
        level=reader.choice("level", LEVELS),
        texts={
            lang: CourseText(title, texts["summary"].get(lang, ""), texts["audience"].get(lang, ""))
            for lang, title in texts["title"].items()
        },
        objectives=_objectives(reader),
        order=reader.choice("order", ORDERS, default=ORDERS[0]),
        result=completion.identifier("result", required=False) if completion else "",
        optional=(completion.whole("optional", low=0, high=500) or 0) if completion else 0,
        limits=_limits(reader),
        certificate=certificate.choice("kind", CERTIFICATES) if certificate else None,
        credits=_credits(reader),
        contact=contact,
        modules=_modules(reader, report),
        reader=reader,
    )
    for part in (completion, certificate, reader):
        if part:
            part.done()
    return sheet


def _languages(reader: Reader, report: Report) -> tuple[str, ...]:
    """The course's languages, the default first."""
    found: list[str] = []
    for lang, line in reader.words("languages"):
        if lang not in LANGUAGES:
            report(Problem(COURSE, line, f"'{lang}' is not one of {', '.join(LANGUAGES)}"))
        elif lang in found:
            report(Problem(COURSE, line, f"'{lang}' stands twice"))
        else:
            found.append(lang)
    default = reader.choice("default_language", found or LANGUAGES)
    return tuple(sorted(found or LANGUAGES, key=lambda lang: lang != default))


def _limits(reader: Reader) -> Limits:
    inner = reader.mapping("limits", required=False)
    if inner is None:
        return Limits()
    text = inner.whole("text", low=1, high=MOST_TEXT) or TEXT
    pictures = inner.whole("pictures", low=1, high=MOST_PICTURES) or PICTURES
    inner.done()
    return Limits(text * 1000, pictures * 1000)


def _modules(reader: Reader, report: Report) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for name, line in reader.words("modules"):
        if name in found:
            report(Problem(reader.path, line, f"'{name}' stands twice"))
        elif "/" in name or name in (".", "..", ASSETS):
            report(Problem(reader.path, line, f"'{name}' is not the name of a folder of this course"))
        else:
            found[name] = line
    return list(found.items())


def _objectives(reader: Reader) -> tuple[Objective, ...]:
    found: dict[str, Objective] = {}
    for one in reader.sequence("objectives"):
        key = one.identifier()
        if key in found:
            one.problem(f"two objectives have the id '{key}'", "id")
        texts = one.texts("text", longest=600)
        one.done()
        if key:
            found[key] = Objective(key, texts)
    return tuple(found.values())


def _credits(reader: Reader) -> dict[str, Credit]:
    whole = reader.mapping("credits", required=False)
    found = {}
    for lang in reader.languages if whole else ():
        one = whole.mapping(lang, required=False) if whole else None
        if one is None:
            continue
        names = {
            key: one.text(key, required=False, longest=300) for key in ("written_by", "translated_by", "reviewed_by")
        }
        date = one.text("date", required=one.has("date"), longest=10)
        if date and not _DATE.match(date):
            one.problem(f"'date' is a date like 2026-11-21{in_digits(date)}: {date!r}", "date")
        one.done()
        found[lang] = Credit(**names, date=date)
    if whole:
        whole.done("is not a language of this course")
    return found
