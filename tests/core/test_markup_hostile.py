"""Whatever is typed into a lesson: no exception, no hang, nothing that runs, and no way out of any field."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elearn.core.markup import Attachment, Picture, Rendered, Term, render, render_short
from elearn.core.markup.convert import LONGEST
from tests.support.every_element import FOLDER
from tests.support.references import Course

pytestmark = pytest.mark.one_database
LESSON = (FOLDER / "01-only/everything/lesson.en.md").read_text(encoding="utf-8").split("---\n", 2)[2]
VOID = {"br", "hr", "img", "track"}
RUNS = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "link",
    "meta",
    "base",
    "foreignobject",
}
ADDRESSES = ("href", "src", "poster")


class Everything(Course):
    """Knows whatever it is asked for."""

    def picture(self, source: str) -> Picture:
        return Picture(source, "/files/p.svg", 640, 400, 12_345)

    def file(self, source: str) -> Attachment:
        return Attachment(source, "/files/f", {"mp3": "audio/mpeg", "mp4": "video/mp4"}.get(source[-3:], "text/vtt"), 9)

    def link(self, target: str) -> str:
        return "/learn/x"

    def term(self, key: str) -> Term:
        return Term(key, "T", "D")


class Reader(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in RUNS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.faults.append(f"{name}={value}")
            if name in ADDRESSES and not re.match(r"(?:https?://|mailto:|/|#)", value or ""):
                self.faults.append(f"{name}={value}")
            if name == "id":
                self.ids.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")


def faults(found: Rendered) -> list[str]:
    read = Reader(found.html)
    twice = {one for one in read.ids if read.ids.count(one) > 1} if not found.complaints else set()
    rest = [mark for mark in ("\x02", "\x03", "data-block", "data-task", "wzxhzdk", "klzzwxh") if mark in found.html]
    return [*read.faults, *sorted(twice), *rest]


def test_the_lesson_with_every_element_is_in_order() -> None:
    found = render(LESSON, "en", Everything())
    assert found.complaints == ()
    assert faults(found) == []
    for tag in ("figure", "caption", "dl", "math", "svg", "details", "audio", "video", "section", "abbr"):
        assert f"<{tag}" in found.html


OUTBREAKS = [
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</title></desc></svg><script>alert(1)</script>",
    "</math><style>*{}</style>",
    "]]><svg/onload=alert(1)>",
    '" onmouseover="alert(1)',
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; &quot;",
    "javascript:alert(1)",
    "{onclick=alert(1) style=color:red}",
    "\\<b> ``<b>`` [x](javascript:alert(1))",
]
FIELDS = [
    "/// chart | {}\n\n| a | b |\n|---|---|\n| x | 1 |\n///",
    "/// chart | t\n    unit: {}\n\n| a | b |\n|---|---|\n| x | 1 |\n///",
    "/// chart | t\n    source: {}\n\n| a | b |\n|---|---|\n| x | 1 |\n///",
    "/// chart | t\n    type: {}\n\n| a | b |\n|---|---|\n| x | 1 |\n///",
    "/// chart | t\n\n| {} | b |\n|---|---|\n| x | 1 |\n///",
    "/// chart | t\n\n| a | {} | c |\n|---|---|---|\n| x | 1 | 2 |\n///",
    "/// chart | t\n    type: line\n\n| a | b |\n|---|---|\n| {} | 1 |\n///",
    "/// chart | t\n\n| a | b |\n|---|---|\n| x | {} |\n///",
    "/// formula | {}\nx\n///",
    "/// formula | x\n{}\n///",
    "/// formula | x\n\\text{{{}}}\n///",
    "a \\({}\\) b",
    "a \\(\\text{{{}}}\\) b",
    "![\\({}\\)](known.svg)",
    "## \\({}\\)",
    "/// question | {}\n- [ ] a\n    b\n- [x] c\n    d\n///",
    "/// question | q\n- [ ] {}\n    b\n- [x] c\n    d\n///",
    "/// question | q\n- [ ] a\n    {}\n- [x] c\n    d\n///",
    "/// audio | {}\n    file: a.mp3\n    minutes: 1\n\nt\n///",
    "/// audio | a\n    file: {}\n    minutes: 1\n\nt\n///",
    "/// audio | a\n    link: {}\n    minutes: 1\n\nt\n///",
    "/// audio | a\n    link: https://example.org/{}\n    minutes: 1\n\nt\n///",
    "/// audio | a\n    link: https://{}\n    minutes: 1\n\nt\n///",
    "/// audio | a\n    file: a.mp3\n    minutes: {}\n\n{}\n///",
    "/// video | {}\n    file: a.mp4\n    captions: {}\n    poster: {}\n    minutes: 1\n\nt\n///",
    "/// lang | {}\na\n///",
    "/// {} | a\na\n///",
    "![a](known.svg)\n\n/// caption\n{}\n///",
    "| a |\n|---|\n| b |\n\n/// caption\n{}\n///",
    "/// sources\n{}\n///",
    "- [ ] {}",
    "[a](term:{})",
    "[{}](term:known)",
    "[{}](known.pdf)",
    "*[{}]: b\n\na",
]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_nothing_breaks_out_of_a_field(field: str, lang: str) -> None:
    for attempt in OUTBREAKS:
        text = field.replace("{}", attempt).replace("{{", "{").replace("}}", "}")
        for found in (render(text, lang, Everything()), render_short(text, lang, Everything())):
            assert faults(found) == [], text


def test_what_the_library_loses_is_not_shown() -> None:
    found = render("**)***d\n*)****&p;*", "en")
    assert faults(found) == [] and found.complaints


def test_what_is_inserted_stands_between_tags_and_never_inside_one() -> None:
    chart = "/// chart | t\n\n| a | b |\n|---|---|\n| x | 1 |\n///"
    for around in ("| a |\n|---|\n| b |\n\n//// caption\n{}\n////", "//// audio | a\n    minutes: 1\n\n{}\n////"):
        found = render(around.replace("{}", f"{chart}\n\n\\(x\\)"), "en", Everything())
        assert "<svg" in found.html and "<math" in found.html
        assert faults(found) == []


BITS = st.sampled_from(
    [
        "/// ", "///", "//// ", "chart | t", "question | q", "formula | f", "lang | tr", "caption", "sources",
        "audio | a",         "video | v", "odd", "\n", "\n\n", "    ", "  ", "- [ ] ", "- [x] ", "- ", "1. ", "> ",
        "!!! note\n",
        "??? answer\n", "| a | b |", "|---|--:|", "| x | 1 |", "    type: line", "    file: a.mp3", "    minutes: 3",
        "```",
        "`", "\\(", "\\)", "[a](term:k)", "[a](b.pdf)", "![a](b.svg)", "[^1]", "[^1]: n", "*[a]: b", "## h {#h}", ": d",
        "a", "٣", "<b>", "&amp;", "\\frac{1}{2}", "{#x}", "**", "block:0", "***", "___", "<bdi>", "</bdi>",
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(BITS, max_size=40).map("".join), st.sampled_from(["en", "ar"]))
def test_whatever_is_put_together_is_read_or_refused(text: str, lang: str) -> None:
    check(text, lang)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mutated_lesson_is_read_or_refused(data: st.DataObject) -> None:
    lines = LESSON.split("\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(["drop", "twice", "indent", "cut", "swap", "insert"]))
        other = data.draw(st.integers(0, len(lines) - 1))
        if change == "drop" and len(lines) > 1:
            del lines[at]
        elif change == "twice":
            lines.insert(at, lines[at])
        elif change == "indent":
            lines[at] = "    " + lines[at]
        elif change == "cut":
            lines[at] = lines[at][: len(lines[at]) // 2]
        elif change == "swap":
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines.insert(at, data.draw(BITS))
    check("\n".join(lines), "en")


def check(text: str, lang: str) -> None:
    began = time.process_time()
    found = render(text, lang, Everything())
    assert time.process_time() - began < 5
    assert faults(found) == []
    last = text.count("\n") + 1
    assert all(1 <= complaint.line <= last and complaint.message for complaint in found.complaints), found.complaints
    assert "this text cannot be read as Markdown" not in [complaint.message for complaint in found.complaints]


PILES = [
    "/// lang | tr\na\n\n",
    "/// lang | tr\n\na\n///\n\n",
    "a\n\n",
    "- [ ] a\n",
    "    /// x\n\n",
    "\\(a\\) ",
    "\\( ",
    "/// caption\na\n///\n\n",
    "[a](term:k) ",
    "![a](b.svg)\n\n/// caption\na\n///\n\n",
    "/// question | q\n- [x] a\n    b\n- [ ] c\n    d\n///\n\n",
    "/// odd\n",
    "///\n",
    "/" * 50,
    "| x | 1 |\n",
    "x" * 200 + "    ",
]


@pytest.mark.parametrize("pile", PILES)
@pytest.mark.parametrize(
    "around", ["{}", "//// lang | tr\n\n{}\n////", "/// chart | t\n\n| a | b |\n|---|---|\n{}\n///"]
)
def test_no_pile_keeps_the_reader_busy(pile: str, around: str) -> None:
    """The longest text there may be, in a few seconds on a busy machine."""
    room = LONGEST - len(around)
    began = time.process_time()
    found = render(around.replace("{}", pile * (room // len(pile))), "en", Everything())
    assert time.process_time() - began < 8
    assert faults(found) == []
