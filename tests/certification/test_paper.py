"""The certificate on paper: one page, its fonts inside, claims readable, hostile names harmless, the same bytes."""

import datetime as dt
import io
import json
import re
import shutil
import subprocess
import unicodedata
from unittest import mock

import pypdf
import pytest
import yaml

from elearn.certification import designs, paper
from elearn.certification.designs import load
from elearn.certification.rules import Titled, show_code
from elearn.core.pdf import TooLong
from tests.factories.certificates import CODE, COURSE, MADE_AT, claim

PAIRS = [("en", "ar"), ("ar", "en"), ("fr", "en"), ("fr", "ar")]
ISOLATES = str.maketrans("", "", "\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u200e\u200f")


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    """What a screen reader or a personnel system gets out of it, as poppler reads it."""
    if shutil.which("pdftotext") is None:
        pytest.fail("pdftotext is missing: apt-get install poppler-utils")
    out = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    return " ".join(unicodedata.normalize("NFKC", out.translate(ISOLATES)).split())


def page(data, tightness: int = 0) -> str:
    return paper.compose(data, load("classic@1"), tightness).translate(ISOLATES).replace("\u00a0", " ")


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_a_paper_is_one_page_with_its_fonts_and_claims(pair):
    content = paper.produce(claim(pair), "classic@1", MADE_AT)
    document = read(content)
    assert len(document.pages) == 1
    width, height = document.pages[0].mediabox.width, document.pages[0].mediabox.height
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (297, 210)
    assert len(content) <= 60_000
    for font in document.pages[0]["/Resources"]["/Font"].values():
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
    text = text_of(content)
    for said in ("Amina Issoufou", "أمينة إيسوفو", "WA-2026-000123", show_code(CODE), f"verify/{CODE}"):
        assert said in text, said
    assert document.trailer["/Root"]["/Lang"] == pair[0]
    assert "WA-2026-000123" in document.metadata.title
    (attached,) = document.attachments["certificate.json"]
    assert json.loads(attached) == claim(pair).claim()


def test_every_word_of_the_english_and_french_columns_can_be_read_back():
    text = text_of(paper.produce(claim(("fr", "en"), expires_on=dt.date(2029, 11, 21)), "classic@1", MADE_AT))
    for said in (
        "Certificate of completion",
        "Conditional Cash Transfers, part 1: Foundations and reaching the right households",
        "Intermediate level · 6.5 notional hours · studied in Arabic · result 84%",
        "Issued on 21 November 2026 (11 Jumada al-Akhira 1448 AH)",
        "Valid until 21 November 2029",
        "Director of Programmes · Wasl Academy",
        "Attestation de réussite",
        "6,5 heures d’étude estimées",
        "résultat : 84 %",
        "Délivrée le 21 novembre 2026 (11 joumada ath-thania 1448 H)",
        "Valable jusqu’au 21 novembre 2029",
    ):
        assert said in text, said


def test_the_same_claim_gives_the_same_bytes():
    first = paper.produce(claim(), "classic@1", MADE_AT)
    paper.produce(claim(("fr", "en"), name_latin="王小明"), "classic@1", MADE_AT)
    assert paper.produce(claim(), "classic@1", MADE_AT) == first
    assert paper.produce(claim(serial="WA-2026-000124"), "classic@1", MADE_AT) != first


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_each_column_has_its_language_and_direction(pair):
    html = page(claim(pair))
    for lang in pair:
        words = yaml.safe_load((designs.FOLDER / "classic" / "design.yaml").read_text(encoding="utf-8"))["texts"][lang]
        kind = words["kind"]["completion"]
        assert f'<span lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">{kind}</span>' in html
    assert ('lang="ar" dir="rtl">أمينة إيسوفو</p>') in html


def test_a_course_not_translated_lends_its_title_in_its_own_direction():
    course = {"en": Titled("en", COURSE["en"]), "ar": Titled("en", COURSE["en"])}
    html = page(claim(course=course))
    assert html.count(f'lang="en" dir="ltr">{COURSE["en"]}</h2>') == 2


def test_every_inserted_value_is_isolated():
    html = paper.compose(claim(), load("classic@1"))
    for value in ("WA-2026-000123", show_code(CODE), "Amina Issoufou", "أمينة إيسوفو", "84%", "6.5"):
        assert f"\u2068{value}\u2069" in html, value
    assert html.count("\u2068") == html.count("\u2069")


@pytest.mark.parametrize(
    "minutes, en, fr, ar",
    [
        (0, "0.25 notional hours", "0,25 heure d’étude estimée", "0.25 ساعة دراسية تقديرية"),
        (60, "1 notional hour", "1 heure d’étude estimée", "ساعة دراسية تقديرية واحدة"),
        (120, "2 notional hours", "2 heures d’étude estimées", "ساعتان دراسيتان تقديريتان"),
        (180, "3 notional hours", "3 heures d’étude estimées", "3 ساعات دراسية تقديرية"),
        (335, "5.5 notional hours", "5,5 heures d’étude estimées", "5.5 ساعة دراسية تقديرية"),
        (720, "12 notional hours", "12 heures d’étude estimées", "12 ساعة دراسية تقديرية"),
        (6000, "100 notional hours", "100 heures d’étude estimées", "100 ساعة دراسية تقديرية"),
    ],
)
def test_hours_in_the_right_plural(minutes, en, fr, ar):
    wording = load("classic@1").wording
    said = {lang: wording[lang].hours(minutes).translate(ISOLATES) for lang in wording}
    assert said == {"en": en, "fr": fr, "ar": ar}


def test_what_the_rule_does_not_say_is_not_claimed():
    html = page(claim(score=None, name_arabic=""))
    assert "result" not in html and "النتيجة" not in html and "Valid until" not in html
    assert html.count('class="name ') == 1


HOSTILE = [
    "</p><script>alert(1)</script><b>Bobby",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% for x in data %}x{% endfor %}",
    "\u202eniarT\u202c \u2067\u2069\u2069 \u202dX",
    "Line\nbreak\r\n\tand\u2028more\x07\x00",
    "&lt;b&gt; &amp; &#x202e;",
    "url(file:///etc/passwd) @import '/etc/passwd'",
    "Дмитрий Ελένη ქართული",
    "देवनागरी ไทย አማርኛ",
    "王小明 山田太郎 김철수",
    "Zo\u0308e\u0301 N’Diaye-Ǻ",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("script", ["name_latin", "name_arabic"])
def test_a_name_is_text_whatever_it_holds(name, script):
    data = claim(**{script: name})
    html = paper.compose(data, load("classic@1"))
    assert "<script" not in html and "<img src=x" not in html and "<b>" not in html and "49" not in html
    assert not re.search("[\u202a-\u202e\u2066\u2067\x00\x07\u2028]", html)
    assert html.count("\u2068") == html.count("\u2069")
    document = read(paper.produce(data, "classic@1", MADE_AT))
    assert len(document.pages) == 1
    assert "WA-2026-000123" in text_of(paper.produce(data, "classic@1", MADE_AT))


@pytest.mark.parametrize("letter", ["W", "i", "ض", "王", "Maximiliana-Alexandrowna ", "عبد الرحمن "])
@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_the_longest_texts_are_shrunk_to_fit(letter, pair):
    name = (letter * 200)[:200]
    data = claim(
        pair,
        titles=dict.fromkeys(COURSE, "W" * 200),
        name_latin=name,
        name_arabic=name,
        expires_on=dt.date(2029, 11, 21),
        demonstration=True,
    )
    content = paper.produce(data, "classic@1", MADE_AT)
    document = read(content)
    assert len(document.pages) == 1
    text = text_of(content)
    assert text.count("W") >= 2 * 200 + 2  # no title lost its end
    assert "2029" in text and show_code(CODE) in text


def test_a_text_beyond_all_measure_is_refused_rather_than_cut():
    with pytest.raises(TooLong):
        paper.produce(claim(name_latin="W" * 3000), "classic@1", MADE_AT)


def test_a_demonstration_is_marked_in_three_languages():
    marked = read(paper.produce(claim(demonstration=True), "classic@1", MADE_AT)).pages[0].extract_text()
    for word in ("Demonstration", "Démonstration", "نسخة تجريبية"):
        assert word in marked, word
    plain = read(paper.produce(claim(), "classic@1", MADE_AT)).pages[0].extract_text()
    assert "emonstration" not in plain and "تجريبية" not in page(claim())


def test_only_designs_that_are_there_can_be_named():
    assert load("classic@1").label == "classic@1"
    for label in ("../classic@1", "classic/..", "", "/etc", "modern@1", "classic", "classic@0", "classic@../classic"):
        with pytest.raises(KeyError):
            load(label)


def test_a_template_cannot_reach_beyond_its_page():
    """The sandbox: a design is written by a designer, not by us."""
    from jinja2.exceptions import SecurityError

    environment = load("classic@1").page.environment
    with pytest.raises(SecurityError):
        environment.from_string("{{ data.__class__.__mro__[1].__subclasses__() }}").render(data=claim())


def test_all_languages_say_the_same_things():
    texts = yaml.safe_load((designs.FOLDER / "classic" / "design.yaml").read_text(encoding="utf-8"))["texts"]
    assert set(texts) == {"en", "fr", "ar"}
    assert len({frozenset(words) for words in texts.values()}) == 1
    for key in ("kind", "level", "studied"):
        assert len({frozenset(words[key]) for words in texts.values()}) == 1


def test_a_warm_rendering_reads_neither_fonts_nor_styles_again(monkeypatch):
    """What makes the second one cheap; how cheap, `make bench` says."""
    paper.produce(claim(), "classic@1", MADE_AT)
    made = mock.Mock(side_effect=AssertionError("made again"))
    monkeypatch.setattr("weasyprint.CSS", made)
    monkeypatch.setattr("weasyprint.text.fonts.FontConfiguration", made)
    assert paper.produce(claim(), "classic@1", MADE_AT)
    assert not made.called
