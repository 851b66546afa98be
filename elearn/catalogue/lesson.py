"""The lesson as a kind of step: one Markdown file per language, with front matter. Pure."""

import hashlib
import re
import unicodedata
from dataclasses import astuple, dataclass, replace

from elearn.catalogue.kinds import Html, Progress, Reader, StepContent, StepSource, StepText
from elearn.catalogue.yamlread import read_mapping

FILE = re.compile(r"lesson\.([a-z]{2})\.md\Z")
FENCE = re.compile(r"---[ \t]*\Z")
FINGERPRINT = 12  # hexadecimal digits


@dataclass(frozen=True)
class Parts:
    """A lesson file taken apart; `line` is where the text begins."""

    front: str
    body: str
    line: int


def take_apart(text: str) -> Parts | None:
    """Front matter and body; None when the file does not begin with front matter."""
    lines = text.split("\n")
    if not FENCE.match(lines[0]):
        return None
    for number, line in enumerate(lines[1:], start=2):
        if FENCE.match(line):
            return Parts("\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number + 1)
    return None


def fingerprint(title: str, summary: str, body: str) -> str:
    """What a translation was made from. Blanks at line ends and empty lines at the end do not count."""
    lines = "\n".join(line.rstrip() for line in body.strip().split("\n"))
    text = unicodedata.normalize("NFC", f"{title}\n{summary}\n{lines}")
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:FINGERPRINT]


@dataclass(frozen=True)
class _Read:
    """One lesson file."""

    text: StepText
    source: str  # the fingerprint it says it was made from
    fingerprint: str


class LessonKind:
    """`kind: lesson` in module.yaml."""

    name = "lesson"
    endpoint = "learning.lesson"

    def parse(self, source: StepSource) -> StepContent | None:
        """The lesson in every language that has a file; translations older than their source are marked."""
        default = source.default_language
        wanted = {default}
        for name in source.names():
            match = FILE.match(name)
            if match and match[1] in source.languages:
                wanted.add(match[1])
            elif match:
                source.problem(f"{source.folder}/{name}", 1, f"'{match[1]}' is not a language of this course")
            else:
                source.problem(f"{source.folder}/{name}", 1, "a lesson holds only lesson.LANG.md")
        read = {lang: _read(source, lang) for lang in source.languages if lang in wanted}
        original = read[default]
        if original is None:
            return None
        texts = {}
        for lang, one in read.items():
            if one is not None:
                translated = lang != default
                texts[lang] = replace(
                    one.text,
                    stale=translated and one.source != original.fingerprint,
                    source_hash=one.source if translated else original.fingerprint,
                )
        return StepContent(texts=texts, progress=Progress.READ)


LESSON = LessonKind()


def _read(source: StepSource, lang: str) -> _Read | None:
    name = f"lesson.{lang}.md"
    path = f"{source.folder}/{name}"
    text = source.text(name)
    if text is None:
        return None
    parts = take_apart(text)
    if parts is None:
        source.problem(path, 1, "a lesson begins with front matter: title and the like between two lines of ---")
        return None
    front = read_mapping(
        parts.front, path, lambda found: source.problem(found.path, found.line, found.message), (lang,), first_line=2
    )
    html = source.markdown(parts.body, path=path, line=parts.line, lang=lang)
    if not parts.body.strip():
        source.problem(path, parts.line, "the lesson has no text")
    return None if front is None else _front(front, parts.body, html, source, lang)


def _front(front: Reader, body: str, html: Html, source: StepSource, lang: str) -> _Read | None:
    title = front.text("title", longest=200)
    summary = front.text("summary", required=False, longest=400)
    made_from = front.text("source", required=False, longest=64)
    if made_from and lang == source.default_language:
        front.problem("'source' stands in translations only", "source")
    elif made_from and not re.match(rf"[0-9a-f]{{{FINGERPRINT}}}\Z", made_from):
        front.problem(f"'source' is a fingerprint of {FINGERPRINT} characters (flask courses stamp)", "source")
    text = StepText(
        title=title,
        html=html.html,
        payload={"summary": summary, "outline": [list(astuple(heading)) for heading in html.outline]},
        images=html.images,
        files=html.files,
        terms=html.terms,
        words=html.words,
        translated_by=front.text("translated_by", required=False, longest=200),
        reviewed_by=front.text("reviewed_by", required=False, longest=200),
    )
    front.done()
    return _Read(text, made_from, fingerprint(title, summary, body)) if title else None
