"""The lesson as a kind of step: one Markdown file per language, with front matter. Pure."""

import re
from dataclasses import astuple, dataclass

from elearn.catalogue.kinds import Html, Progress, Reader, StepContent, StepSource, StepText
from elearn.catalogue.yamlread import read_mapping

FILE = re.compile(r"lesson\.([a-z]{2})\.md\Z")
FENCE = re.compile(r"---[ \t]*\Z")


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


class LessonKind:
    """`kind: lesson` in module.yaml."""

    name = "lesson"
    endpoint = "learning.lesson"

    def parse(self, source: StepSource) -> StepContent | None:
        """The lesson in every language that has a file."""
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
        if read[default] is None:
            return None
        return StepContent({lang: text for lang, text in read.items() if text}, progress=Progress.READ)


LESSON = LessonKind()


def _read(source: StepSource, lang: str) -> StepText | None:
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
        source.problem(path, min(parts.line, text.count("\n") + 1), "the lesson has no text")
    return None if front is None else _front(front, html)


def _front(front: Reader, html: Html) -> StepText | None:
    title = front.text("title", longest=200)
    summary = front.text("summary", required=False, longest=400)
    if front.has("source"):  # until a course's stamps stood in a file of their own
        front.problem("'source' has moved into translations.yaml: run 'flask courses stamp' on this course", "source")
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
    return text if title else None
