"""The elements of a lesson: what each becomes, and every mistake in one at its line."""

import re

import pytest

from elearn.catalogue.saver import without_images
from elearn.core.markup import render, render_short, without_pictures
from elearn.core.markup.blocks import KINDS
from elearn.core.markup.words import WORDS
from tests.support.live import ROOT
from tests.support.references import Course, complaints, html, rendered

pytestmark = pytest.mark.one_database
QUESTION = """/// question | Which **one**?
- [ ] That one

    No: \\(x\\) is smaller.
- [x] This
    Yes.

    - really
///
"""


def test_a_caption_below_a_picture_makes_a_figure() -> None:
    found = html("![Two bars](known.svg)\n\n/// caption\nA *caption*[^1].\n///\n\n[^1]: Note.")
    assert re.search(r'<figure><img alt="Two bars"[^>]*><figcaption>A <em>caption</em><sup', found)
    assert "<p><img" not in found


def test_a_caption_below_a_table_names_it() -> None:
    found = html("| a |\n|---|\n| 1 |\n\n/// caption\nWhat it *holds*\n///")
    assert re.search(r"<table>\s*<caption>What it <em>holds</em>\s*</caption>\s*<thead>", found)
    assert 'aria-label="What it holds"' in found


def test_the_first_column_heads_its_rows_when_the_corner_is_empty() -> None:
    found = html("| | a |\n|---|---|\n| x | 1 |\n| | 2 |")
    assert '<th scope="row">x</th>\n<td>1</td>' in found
    assert re.search(r"<tr>\n<td></td>\n<td>2</td>", found)
    assert 'scope="row"' not in html("| b | a |\n|---|---|\n| x | 1 |")


@pytest.mark.parametrize(("lang", "open_", "done"), [("en", "To do:", "Done:"), ("ar", "مطلوب:", "تم:")])
def test_a_task_is_spoken_and_is_no_control(lang: str, open_: str, done: str) -> None:
    found = html("- [ ] one\n- [x] *two*\n\n    more", lang)
    assert '<ul class="tasks">' in found and "<input" not in found
    assert f'<li><span class="visually-hidden">{open_}</span> one</li>' in found
    assert f'<span class="visually-hidden">{done}</span> <em>two</em>' in found
    assert '<li class="done">' in found


def test_brackets_that_are_no_task_stay() -> None:
    assert "tasks" not in html("- [a] one\n- x [ ] y")


def test_a_question_opens_one_option_at_a_time_and_says_why() -> None:
    found = html(QUESTION)
    assert '<div aria-labelledby="check-1" class="box check" role="group">' in found
    assert re.search(r'<div class="asked" id="check-1"><p>Which <strong>one</strong>\?</p>', found)
    folds = re.findall(r'<details name="check-1"><summary>(.*?)</summary>(.*?)</details>', found, re.DOTALL)
    assert [label for label, _ in folds] == ["That one", "This"]
    assert '<strong class="bad-word">Not quite.</strong> No: ' in folds[0][1] and "<math" in folds[0][1]
    assert '<strong class="ok-word">Right.</strong> Yes.' in folds[1][1]
    assert "<li>really" in folds[1][1]
    assert "<form" not in found and "<input" not in found and "[x]" not in found


def test_two_questions_do_not_close_each_other() -> None:
    assert set(re.findall(r'name="([^"]+)"', html(QUESTION + "\n" + QUESTION))) == {"check-1", "check-2"}


def test_a_term_leads_to_its_definition_and_back() -> None:
    found = rendered("A [first](term:known-a), [again](term:known-a), [other](term:known-b).", "fr")
    assert found.terms == ("known-a", "known-b")
    assert '<a class="term" href="#term-known-a" id="use-known-a" role="doc-glossref">first</a>' in found.html
    assert '<a class="term" href="#term-known-a" role="doc-glossref">again</a>' in found.html
    section = found.html.partition("<section")[2]
    assert 'role="doc-glossary"' in section and 'aria-label="Termes"' in section and 'data-close="Fermer"' in section
    assert re.findall(r'<div id="(term-[^"]+)"><dt>([^<]+)</dt>', section) == [
        ("term-known-a", "The known-a term"), ("term-known-b", "The known-b term"),
    ]  # fmt: skip
    assert "What <em>known-a</em> means." in section
    back = 'aria-label="Retour au texte&nbsp;: The known-a term" class="footnote-backref" href="#use-known-a"'
    assert back in section


def test_an_attachment_says_what_it_is_and_weighs() -> None:
    found = rendered("See [the **budget**](known.xlsx).", "ar")
    assert found.files == ("known.xlsx",)
    assert (
        '<a class="file" download="" href="/files/known.xlsx">the <strong>budget</strong> '
        '<span class="facts-of">(جدول بيانات، \u2068XLSX\u2069، 2.3&nbsp;ميغابايت)</span></a>' in found.html
    )


AUDIO = "/// audio | A *talk*\n    file: known.mp3\n    minutes: 12\n\nWhat is said.\n///"
VIDEO = """/// video | A film
    file: known.mp4
    captions: known.vtt
    poster: known.svg
    minutes: ٣

What is said.
///"""


def test_a_recording_is_loaded_when_it_is_asked_for_and_tells_its_length_and_size() -> None:
    found = rendered(AUDIO, "fr")
    assert '<audio aria-label="A talk" controls="" preload="none" src="/files/known.mp3"></audio>' in found.html
    assert re.search(
        r'<figcaption>A <em>talk</em><span class="facts-of">12\xa0min · 2,3&nbsp;Mo</span>',
        found.html.replace("12&nbsp;", "12\xa0"),
    )
    assert re.search(r"<details class=\"fold\"><summary>Transcription</summary><p>What is said", found.html)
    assert found.files == ("known.mp3",)


def test_a_video_has_captions_and_a_still_that_a_saver_leaves_out() -> None:
    found = rendered(VIDEO, "ar")
    assert found.files == ("known.mp4", "known.vtt") and found.pictures == ("known.svg",)
    assert '<track kind="captions" label="نص مصاحب" src="/files/known.vtt" srclang="ar">' in found.html
    assert 'poster="/files/known.svg"' in found.html and "3 دقائق" in found.html
    saved = without_pictures(found.html, lambda _tag: "")
    assert "poster" not in saved and "<video" in saved


def test_a_saver_of_data_gets_no_still_of_a_video() -> None:
    assert without_images(html(VIDEO)) == html(VIDEO).replace(' poster="/files/known.svg"', "")


def test_the_words_around_a_text_are_there_in_three_languages() -> None:
    for key, words in WORDS.items():
        assert set(words) == {"en", "fr", "ar"}, key
        assert " :" not in words["fr"] and re.search(
            "[\u0621-\u064a]", words["ar"] + ("ء" if key == "comma" else "")
        ), key
        assert len({word.endswith(":") for word in words.values()}) == 1, key


def test_a_recording_elsewhere_is_a_link_that_says_where() -> None:
    found = html("/// video | A film\n    link: https://www.example.org/x?a=1&b=2\n    minutes: 3\n\nSaid.\n///")
    assert '<a href="https://www.example.org/x?a=1&amp;b=2" rel="noopener">Watch at <bdi>example.org</bdi></a>' in found
    assert "<video" not in found and "<iframe" not in found


def test_a_part_in_another_language_says_so() -> None:
    assert '<div dir="ltr" lang="tr">\n<p>Şartlı</p>' in html("/// lang | tr\nŞartlı\n///", "ar").replace(
        "\n</p>", "</p>"
    )
    assert 'dir="rtl" lang="ur"' in html("/// lang | ur\nنقد\n///")


def test_sources_are_a_part_of_their_own_and_notes_may_follow() -> None:
    found = rendered("a[^1]\n\n/// sources\n- One\n///\n\n[^1]: Note.\n\n*[One]: Two", "ar")
    assert re.search(r'<section class="sources">\s*<h2 id="sources">المصادر</h2>', found.html)
    assert [(part.level, part.anchor, part.title) for part in found.outline] == [(2, "sources", "المصادر")]
    assert found.html.index("sources") < found.html.index("doc-endnotes")


def test_blocks_stand_in_boxes_in_lists_and_in_each_other() -> None:
    formula = "/// formula | n\nn\n///"
    inside = formula.replace("\n", "\n    ")
    assert "<math" in html(f"!!! note\n    Text.\n\n    {inside}\n\n    More.").partition("box-note")[2]
    assert re.search(r"<li>\s*<p>one</p>\s*<div[^>]*formula", html(f"- one\n\n    {inside}\n\n- two"))
    for outer, inner in (("///", "///"), ("/////", "///")):
        nested = f"{outer} lang | fr\nUn\n\n{formula.replace('///', inner)}\n\nDeux\n{outer}\n\nThree"
        found = html(nested)
        assert re.search(r'<div dir="ltr" lang="fr">.*<math.*Deux\s*</p>\s*</div>\s*<p>Three', found, re.DOTALL)


def test_blocks_are_read_wherever_another_block_puts_them() -> None:
    formula = "/// formula | n\nn\n///"
    indented = formula.replace("\n", "\n    ")
    question = f"/// question | q\n- [x] a\n\n    {indented}\n- [ ] b\n    c\n///"
    assert re.search(r"<summary>a</summary>.*<math.*</details><details", html(question), re.DOTALL)
    transcript = AUDIO.replace("What is said.", f"{question}\n\n{formula}\n\nWhat is said.")
    assert html(transcript).partition("Transcript")[2].count("<math") == 2


def test_code_in_a_block_and_blocks_in_code() -> None:
    found = html("/// lang | fr\n```\n/// chart | x\n///\n```\n\n`/// y`\n///\n\nAfter")
    assert "/// chart | x" in found and found.rstrip().endswith("<p>After</p>")


def test_running_words_are_counted_without_notes_and_without_the_words_around() -> None:
    assert rendered("## Two words {#a}\n\nThree more words – and[^1] **two**.\n\n[^1]: Not this.").words == 7
    assert rendered(QUESTION).words == 11


def test_short_texts_know_formulae_but_no_blocks_and_no_terms() -> None:
    found = render_short(r"What is \(n^2\)?", "en", Course())
    assert not found.complaints and "<msup>" in found.html
    assert (
        render_short("/// lang | tr\nx\n///", "en", Course()).complaints[0].message.startswith("a block cannot stand")
    )
    assert "cannot stand in a short text" in render_short("[a](term:known)", "en", Course()).complaints[0].message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\n\n/// odd | x\nb\n///\n\nc", 3, "'odd' is not a kind of block (there are audio, caption, chart"),
        ("a\n\n/// what is this?\n", 3, "a block begins like this"),
        ("a\n\n/// lang | tr\nb", 3, "this block is never closed"),
        ("a\n\n//// lang | tr\n/// lang | fr\nb\n////", 4, "this block is never closed"),
        ("a\n\n///", 3, "this line closes no block"),
        ("a\n\n/// lang\nb\n///", 3, "a block 'lang' needs the language's code"),
        ("a\n\n/// lang | türkçe\nb\n///", 3, "'türkçe' is not the code of a language"),
        ("a\n\n/// lang | tr\n///", 3, "a block without content"),
        ("a\n\n> /// lang | tr\n> b\n> ///", 3, "a block stands on lines of its own"),
        ("a\n\n    /// lang | tr\n    b\n    ///", 3, "a block stands at the start of its lines"),
        ("a\n\n" + "".join(f"{'/' * n} lang | tr\n" for n in range(12, 2, -1)) + "b", 9, "more than 300 blocks"),
        ("a\n\n```\ncode", 3, "this code is never closed"),
        ("a\n\n/// caption\nb\n///", 3, "a caption stands right below a picture or a table"),
        ("| a |\n|---|\n| 1 |\n\nb\n\n/// caption\nc\n///", 7, "a caption stands right below"),
        ("![a](known.svg) b\n\n/// caption\nc\n///", 3, "a caption stands right below"),
        ("![a](known.svg)\n\n/// caption\n///", 3, "a caption without words"),
        ("![a](known.svg)\n\n/// caption | b\nc\n///", 3, "a block 'caption' has no title"),
        ("a\n\n/// sources\n- b\n///\n\nc", 3, "the sources stand at the end"),
        ("/// sources\n- b\n///\n\n/// sources\n- c\n///", 5, "there is one block of sources"),
        ("a\n\n/// sources\n///", 3, "a block of sources without a source"),
        ("## S {#sources}\n\n/// sources\n- b\n///", 1, "the anchor #sources stands twice"),
        ("a\n\n/// question | b?\nc\n///", 3, "a question ends with its one list of options"),
        ("a\n\n/// question | b?\n- [x] c\n    d\n///", 3, "a question has two options or more"),
        ("a\n\n/// question | b?\n- [ ] c\n    d\n- [ ] e\n    f\n///", 3, "a question has at least one right option"),
        ("a\n\n/// question | b?\n- [ ] c\n- [x] e\n    f\n///", 3, "this option has no feedback, which stands in"),
        ("a\n\n/// question | b?\n- [ ] c\n    d\n- [x] e\n    f\n\ng\n///", 3, "a question ends with its one list"),
        ("a\n\n/// question | b?\n- [ ]\n    d\n- [x] e\n    f\n///", 3, "an option without words"),
        ("a\n\n[b](term:lost)", 3, "no term lost"),
        ("a\n\n[b](term:KNOWN)", 3, "not the id of a term"),
        ("## A {#term-known}\n\n[b](term:known)", 1, "the anchor #term-known stands twice"),
        ("a\n\n[b](lost.pdf)", 3, "no file lost.pdf"),
        (AUDIO.replace("known.mp3", "lost.mp3"), 2, "no file lost.mp3"),
        (AUDIO.replace("known.mp3", "known.pdf"), 2, "'file:' is not audio"),
        (AUDIO.replace("minutes: 12", "minutes: long"), 3, "'minutes:' says how long"),
        (AUDIO.replace("What is said.", ""), 1, "a recording needs its transcript"),
        (AUDIO.replace("    file: known.mp3\n", ""), 1, "a recording has either 'file:' or 'link:'"),
        (AUDIO.replace("file: known.mp3", "link: http://example.org"), 2, "'link:' is an address that begins with"),
        (AUDIO.replace("file: known.mp3", "link: https://["), 2, "'link:' is an address that begins with"),
        (AUDIO.replace("file: known.mp3", "poster: known.svg"), 2, "'poster: known.svg' is no setting of 'audio'"),
        (AUDIO.replace("minutes: 12", "minutes: 12\n    minutes: 3"), 4, "'minutes' stands twice"),
        (AUDIO.replace("minutes: 12", "minutes:"), 3, "'minutes' has no value"),
        (VIDEO.replace("    captions: known.vtt\n", ""), 1, "a video needs 'captions:'"),
        (VIDEO.replace("known.vtt", "known.pdf"), 3, "'captions:' is not a file of the type .vtt"),
        (VIDEO.replace("poster: known", "poster: lost"), 4, "no picture lost.svg"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_at_its_line(text: str, line: int, message: str) -> None:
    found = complaints(text)
    assert any(at == line and said.startswith(message) for at, said in found), found


KNOWN = {"../../assets/": "known/", "step:how-ccts-spread#idea": "step:known", "term:pmt": "term:known"}


def examples() -> list[str]:
    """What the document shows of the inside of a lesson."""
    document = (ROOT / "docs/course-format.md").read_text(encoding="utf-8")
    return [text for text in re.findall(r"```markdown\n(.*?)```", document, re.DOTALL) if not text.startswith("---")]


def test_the_document_has_an_example_of_every_kind_of_block() -> None:
    written = "".join(examples())
    assert {kind for kind in KINDS if f"/// {kind}" not in written} == set()


@pytest.mark.parametrize("example", examples(), ids=lambda text: text.split("\n")[0][:40])
def test_the_examples_of_the_document_are_in_order(example: str) -> None:
    for real, known in KNOWN.items():
        example = example.replace(real, known)
    assert complaints(example) == []


def test_an_unknown_block_is_one_mistake_and_its_text_is_still_read() -> None:
    found = render("/// odd\na\n\n/// lang | tr\nb\n///\n\n[x](step:lost)\n///\n\nc", "en", Course())
    assert [complaint.line for complaint in found.complaints] == [1, 8]
    assert '<div dir="ltr" lang="tr">' in found.html
