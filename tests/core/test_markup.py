"""Markdown: what it becomes, what it must never become, and every mistake with its line."""

import re
import time

import pytest

from elearn.core.markup import direction, line_of, render, render_short, without_pictures
from tests.support.references import Course, complaints, html

pytestmark = pytest.mark.one_database


def test_headings_keep_their_level_and_their_anchor_and_make_the_contents() -> None:
    rendered = render("## One {#one}\n\n### *Two*\n\n## Three", "en")
    assert '<h2 id="one">One</h2>' in rendered.html
    assert '<h3 id="part-2"><em>Two</em></h3>' in rendered.html
    assert [(h.level, h.anchor, h.title) for h in rendered.outline] == [
        (2, "one", "One"),
        (3, "part-2", "Two"),
        (2, "part-3", "Three"),
    ]


def test_a_table_scrolls_in_its_own_box_and_aligns_by_class() -> None:
    found = html("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |", "fr")
    assert '<div aria-label="Tableau 1" class="table-scroll" role="region" tabindex="0"><table>' in found
    assert '<th class="ta-start" scope="col">a</th>' in found
    assert '<td class="ta-center">2</td>' in found
    assert '<td class="ta-end">3</td>' in found


def test_two_tables_have_different_names() -> None:
    table = "| a |\n|---|\n| 1 |\n\n"
    assert re.findall('aria-label="([^"]+)"', html(table + table, "ar")) == ["جدول 1", "جدول 2"]


@pytest.mark.parametrize(("lang", "title"), [("en", "In your country"), ("fr", "Dans votre pays"), ("ar", "في بلدك")])
def test_a_box_without_a_title_carries_its_kind_in_the_language_of_the_text(lang: str, title: str) -> None:
    assert f'<div class="box box-country">\n<p class="box-title">{title}</p>' in html("!!! country\n    Text.", lang)


def test_a_box_with_a_title_holds_lists_and_emphasis() -> None:
    found = html('!!! example "A counter"\n    Text.\n\n    - **one**\n    - two\n\nAfter.')
    assert '<p class="box-title">A counter</p>' in found
    assert "<li><strong>one</strong></li>" in found
    assert found.rstrip().endswith("</div>\n<p>After.</p>")


def test_an_answer_opens() -> None:
    found = html("??? answer\n    42", "fr")
    assert '<details class="box box-answer">\n<summary>Voir la réponse</summary>\n<p>42</p>' in found


def test_footnotes_are_numbered_as_they_are_met_and_lead_back_in_the_language_of_the_text() -> None:
    found = html("One[^b] two[^a].\n\n[^a]: First.\n[^b]: Second.\n", "fr")
    assert re.findall(r'href="(#fn[^"]+)" role="doc-noteref">(\d)', found) == [("#fn:b", "1"), ("#fn:a", "2")]
    assert 'role="doc-endnotes"' in found
    assert 'aria-label="Retour au texte, note 1" class="footnote-backref" href="#fnref:b"' in found
    assert "Jump" not in found


def test_footnotes_in_tables_and_lists_are_numbered_in_their_place() -> None:
    text = "One[^a].\n\n| t[^b] |\n|---|\n| u[^c] |\n\n- v[^d]\n\nTwo[^e].\n\n" + "".join(
        f"[^{n}]: x\n" for n in "edcba"
    )
    found = re.findall(r'href="#fn:(.)" role="doc-noteref">(\d)', html(text))
    assert found == [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e", "5")]
    assert re.findall(r'<li id="fn:(.)">', html(text)) == ["a", "b", "c", "d", "e"]


def test_definitions_and_abbreviations() -> None:
    found = html("PMT\n:   A score.\n\n*[PMT]: Proxy means test\n")
    assert '<dt><abbr title="Proxy means test">PMT</abbr></dt>' in found
    assert "<dd>A score.</dd>" in found


def test_a_picture_has_its_size_and_loads_late() -> None:
    rendered = render("![Two bars](known.svg)", "en", Course())
    assert rendered.pictures == ("known.svg",)
    for attribute in (
        'src="/files/known.svg"', 'alt="Two bars"', 'width="640"', 'height="400"', 'loading="lazy"',
        'data-bytes="12345"',
    ):  # fmt: skip
        assert attribute in rendered.html


def test_links() -> None:
    assert '<a href="/learn/known">on</a>' in html("[on](step:known)")
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener">out</a>' in html(
        "[out](https://example.org/a?b=1&c=2)"
    )
    assert '<a href="https://example.org/" rel="noopener">https://example.org/</a>' in html("<https://example.org/>")
    assert '<a href="mailto:a@example.org">a@example.org</a>' in html("<a@example.org>")
    assert '<a href="#one">up</a>' in html("## One {#one}\n\n[up](#one)")


def test_the_few_tags_that_are_allowed() -> None:
    assert '<span dir="ltr" lang="tr">Şartlı <em>nakit</em></span>' in html('<span lang="tr">Şartlı *nakit*</span>')
    assert '<span dir="rtl" lang="ar">نقد</span>' in html('<span lang="ar">نقد</span>')
    assert "<bdi>e<sup>6</sup> = <em>3</em></bdi>, <bdi>x</bdi>" in html("<bdi>e<sup>6</sup> = *3*</bdi>, <bdi>x</bdi>")
    assert "<bdi>x</bdi> H<sub>2</sub>O m<sup>2</sup>" in html("<bdi>x</bdi> H<sub>2</sub>O m<sup>2</sup>")


def test_signs_that_are_no_tags_stand_as_they_are() -> None:
    assert "3 &lt; 5, a &lt;b&gt; and &amp;" in html(r"3 < 5, a \<b> and &")
    assert "<code>&lt;div&gt;</code>" in html("`<div>`")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\n\n<div>b</div>", 3, "raw HTML is not allowed: <div>"),
        ("a\n\n> b <b>c</b>", 3, "raw HTML is not allowed: <b>"),
        ("a\n\n<!-- c -->", 3, "raw HTML is not allowed: <!-- c -->"),
        ("a\nb <span class=\"x\">c</span>", 2, "raw HTML is not allowed: <span class"),
        ("a\n\n<span lang=\"tr\">never closed", 3, "raw HTML is not allowed: <span lang"),
        ("a\n\n<sub lang=\"tr\">x</sub>", 3, "raw HTML is not allowed: <sub lang"),
        ("# One", 1, "headings are ## and ###"),
        ("a\n\n#### Four", 3, "headings are ## and ###"),
        ("One\n===", 1, "headings are ## and ###"),
        ("## One {#one}\n\n## Two {#one}", 3, "the anchor #one stands twice"),
        ("## One {#One}", 1, "an anchor may hold only"),
        ("## One {#one .big}", 1, "braces may hold only an anchor"),
        ("a\n\nb *c*{style=\"color:red\"}", 3, "braces may hold only an anchor"),
        ("a\n\n!!! warning\n    b", 3, "'warning' is not a kind of box"),
        ("a\n\n!!! answer\n    b", 3, "'answer' is not a kind of box"),
        ("a\n\n!!! note « b »\n    c", 3, "a box begins like this"),
        ("a\n\n!!! note “b”\n    c", 3, "a box begins like this"),
        ("a\n\n!!! note\nb", 3, "this box is empty"),
        ("a\n\n!!! note\n    b\n\n    !!! odd\n        c", 6, "'odd' is not a kind of box"),
        ("a\n- b\n- c", 2, "a list needs an empty line before it"),
        ("a\n| b | c |\n|---|---|\n| d | e |", 3, "this table is not read as one"),
        ("a\n\nb **c", 3, "'**' stands without its pair"),
        ("a\n\n**)***b\n*)****&p;*", 3, "marks of emphasis cross each other"),
        ("a\n\nb[^x]", 3, "the footnote [^x] is not defined"),
        ("a\n\n[^x]: b", 3, "nothing refers to the footnote [^x]"),
        ("a[^x]\n\n[^x]: b\n\n[^x]: c", 3, "the footnote [^x] is defined twice"),
        ("a\n\n![b](lost.svg)", 3, "no picture lost.svg"),
        ("a\n\n![](known.svg)", 3, "the picture has no alternative text"),
        ("a\n\n[b](step:lost)", 3, "nowhere: step:lost"),
        ("a\n\n[b](other.md)", 3, "no file other.md"),
        ("a\n\n[b](javascript:alert(1))", 3, "nowhere: javascript:alert(1)"),
        ("a\n\n[b](#lost)", 3, "no heading has this anchor: #lost"),
        ("a\n\n[](https://example.org)", 3, "a link without words"),
        ("a\n\n[b](https://[)", 3, "not an address"),
        ("a\n\nb\x00c", 3, "a control character (U+0000)"),
        ("a\n\n" + "[" * 2_000, 1, "more than 1,500 brackets"),
        ("a\n\n" + "b " * 20_000, 3, "more than 20,000 characters without an empty line"),
        ("a\n\n" * 40_000, 1, "longer than 100,000 characters"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_at_its_line(text: str, line: int, message: str) -> None:
    found = complaints(text)
    assert any(at == line and said.startswith(message) for at, said in found), found


def test_a_mistake_made_twice_is_reported_twice() -> None:
    assert [line for line, _ in complaints("[a](step:x)\n\nb\n\n[c](step:x)")] == [1, 5]


def test_what_stands_in_code_is_no_mistake() -> None:
    assert complaints("`<div>` and `**` and `[^1]`\n\n```\n!!! odd\n<div>\n```\n") == []


def test_line_ends_of_windows_count_as_one() -> None:
    assert complaints("a\r\n\r\nb **c\r\n")[0][0] == 3


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "![a](javascript:alert(1))",
    '![a](known.svg){onerror="alert(1)"}',
    '[a](https://example.org){onclick="alert(1)" style="position:fixed"}',
    '## a {style="color:red" onmouseover="alert(1)"}',
    '<span lang="tr" onclick="alert(1)">a</span>',
    '<span lang="tr"onclick=alert(1)>a</span>',
    "<svg/onload=alert(1)>",
    '*[a"onmouseover="alert(1)]: b\n\na"onmouseover="alert(1)',
    '*[a]: b" onmouseover="alert(1)\n\na',
    '!!! note "<script>alert(1)</script>"\n    a',
    '??? answer "<img src=x onerror=alert(1)>"\n    a',
    "```js\n<script>alert(1)</script>\n```",
    "| a |\n|---|\n| <style>*{}</style> |",
    "[^1]\n\n[^1]: <iframe src=//example.org></iframe>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("short", [False, True])
def test_nothing_that_runs_or_styles_gets_through(text: str, short: bool) -> None:
    found = (render_short if short else render)(text, "en", Course()).html.lower()
    tags = re.findall(r"<[^>]*>", found)
    assert not re.search(r"<(script|style|iframe|svg|object|embed|form)\b", found)
    for tag in tags:
        assert not re.search(r"\s(on\w+|style|srcdoc)=", re.sub(r'"[^"]*"', '""', tag)), tag
        assert "javascript:" not in tag and "data:" not in tag


def test_a_short_text_of_one_paragraph_comes_without_it() -> None:
    assert render_short("What *is* it?", "en").html == "What <em>is</em> it?"
    assert render_short("One.\n\nTwo.", "en").html == "<p>One.</p>\n<p>Two.</p>"


@pytest.mark.parametrize("text", ["## Heading", "| a |\n|---|\n| 1 |", "> quoted", "a[^1]\n\n[^1]: b", "    code"])
def test_a_short_text_holds_no_blocks(text: str) -> None:
    assert render_short(text, "en").complaints


def test_a_complaint_is_found_again_in_the_file_that_holds_the_text_refolded() -> None:
    complaint = render_short("see the [old guide](step:lost) now", "en", Course()).complaints[0]
    file = "text:\n  en: >-\n    see the\n    [old guide](step:lost)\n    now\nother: (step:lost)\n"
    assert line_of(complaint, file, 2) == 4


def test_pictures_can_be_replaced_by_their_description() -> None:
    found = without_pictures(html("![Two bars](known.svg)"), lambda tag: f"[{tag['alt']}, {tag['data-bytes']}]")
    assert found == "<p>[Two bars, 12345]</p>"


def test_direction_of_a_language() -> None:
    assert [direction(lang) for lang in ("ar", "ar-EG", "fa", "tr", "en")] == ["rtl", "rtl", "rtl", "ltr", "ltr"]


@pytest.mark.parametrize(
    "sign", ["[", "![", "`", "<", "*", "_", "**_", "> ", "    ", "- a\n", "<span>", "[^a]", "!!! note\n"]
)
def test_no_pile_of_signs_keeps_the_parser_busy(sign: str) -> None:
    """The limits hold what the parser cannot: every one of these answers in well under a second on an idle machine."""
    began = time.process_time()
    render(sign * 1_400, "en", Course())
    render_short(sign * 1_400, "en", Course())
    assert time.process_time() - began < 5
