"""The glossary of a course: whom it shows what, in which language and order, and how it is found in."""

import re

import pytest

from elearn.catalogue.shelf import Term, TermText
from elearn.learning.glossary import entries, found
from tests.factories import ruled as make
from tests.factories.ruled import LESSONS, URL
from tests.support import ruled_course

PAGE = f"{URL}/glossary"


@pytest.fixture
def course(app):
    make.published(ruled_course.files())


def keys(page: str) -> list[str]:
    return re.findall(r'<div id="term-([^"]+)"', page)


def test_everybody_who_sees_the_syllabus_sees_the_terms(course, amina, boris, browser, visitor):
    make.enrol(amina)
    for one in (visitor, browser(boris), browser(amina)):
        page = one.get(PAGE)
        assert page.status_code == 200
        assert keys(page.text) == ["beneficiary", "nazir", "waqf"]
    assert "Property given <em>for good</em>." in page.text
    assert "also:" in page.text and "endowment" in page.text


def test_it_is_linked_from_the_course_and_from_each_lesson(course, amina, browser):
    make.enrol(amina)
    hers = browser(amina)
    for address in (f"{URL}/", LESSONS["begin"], make.FILE):
        assert f'href="{PAGE}"' in hers.get(address).text


def test_a_course_without_one_has_no_such_page(app, amina, browser, visitor):
    make.published(ruled_course.files(glossary=False))
    make.enrol(amina)
    hers = browser(amina)
    assert visitor.get(PAGE).status_code == hers.get(PAGE).status_code == 404
    for address in (f"{URL}/", LESSONS["begin"]):
        assert "/glossary" not in hers.get(address).text
    assert visitor.get("/courses/no-such-course/glossary").status_code == 404


def test_in_arabic_the_terms_stand_in_arabic_by_its_alphabet_without_the_article(course, visitor):
    page = visitor.get(f"{PAGE}?lang=ar").text
    assert keys(page) == ["beneficiary", "nazir", "waqf"]  # م, ن, و
    assert '<dt lang="ar" dir="rtl">الوقف</dt>' in page
    assert "Not available in this language yet" not in page


def test_what_is_not_translated_is_shown_in_the_first_language_and_says_so(course, visitor):
    page = visitor.get(f"{PAGE}?lang=fr").text
    nazir = page.split('<div id="term-nazir"')[1].split("</div>")[0]
    assert '<dt lang="en" dir="ltr">Nazir</dt>' in nazir and "Not available in this language yet" in nazir
    assert page.count("Not available in this language yet") == 1


def test_each_term_names_itself_in_the_other_languages(course, visitor):
    page = visitor.get(PAGE).text
    waqf = page.split('<div id="term-waqf"')[1].split("</div>")[0]
    assert '<span lang="ar" dir="rtl">الوقف</span>' in waqf and '<span lang="fr" dir="ltr">Waqf</span>' in waqf


@pytest.mark.parametrize(
    ("query", "keys_found"),
    [
        ("waqf", ["waqf"]),
        ("وقف", ["waqf"]),
        ("HABOUS", ["waqf"]),
        ("beneficiaire", ["beneficiary"]),
        ("the who", []),
        ("", ["beneficiary", "nazir", "waqf"]),
    ],
)
def test_a_term_is_found_by_every_name_in_every_language(course, visitor, query, keys_found):
    page = visitor.get(PAGE, query_string={"q": query}).text
    assert keys(page) == keys_found
    assert (">No term matches." in page) == (not keys_found)


def test_what_was_asked_for_is_shown_again_and_is_no_code(course, visitor):
    page = visitor.get(PAGE, query_string={"q": '"><script>'}).text
    assert "<script>" not in page and 'value="&#34;&gt;&lt;script&gt;"' in page


def test_whoever_studies_sees_the_terms_of_their_version(course, amina, browser, visitor):
    make.enrol(amina)
    make.published(
        {
            **ruled_course.files("order: ordered\n"),
            "glossary.yaml": ruled_course.GLOSSARY.replace("Waqf, ar", "Waqf trust, ar").encode(),
        }
    )
    assert "Waqf trust" in visitor.get(PAGE).text
    assert "Waqf trust" not in browser(amina).get(PAGE).text


def test_a_correction_of_a_term_reaches_everybody(course, amina, browser):
    make.enrol(amina)
    hers = browser(amina)
    hers.get(PAGE)
    make.published(
        {
            **ruled_course.files(),
            "glossary.yaml": ruled_course.GLOSSARY.replace("Who receives.", "Whoever receives.").encode(),
        }
    )
    assert "Whoever receives." in hers.get(PAGE).text


def test_it_costs_the_same_however_many_terms_there_are(course, visitor, count_statements):
    visitor.get(PAGE)
    with count_statements() as few:
        visitor.get(PAGE)
    more = "".join(
        f"  - {{id: t{number}, term: {{en: Term {number}}}, definition: {{en: What it is.}}}}\n" for number in range(40)
    )
    make.published({**ruled_course.files(), "glossary.yaml": (ruled_course.GLOSSARY + more).encode()})
    assert len(keys(visitor.get(PAGE).text)) == 43
    with count_statements() as many:
        visitor.get(PAGE)
    assert len(few) == len(many) == 1


def test_of_equal_names_the_key_decides():
    terms = [Term(key, {"en": TermText("Same", "", ())}) for key in ("b", "a")]
    assert [one.key for one in entries(terms, "en", "en")] == ["a", "b"]


def test_every_word_of_a_query_has_to_be_found():
    all_entries = entries([Term("a", {"en": TermText("Proxy means test", "", ("PMT",))})], "fr", "en")
    assert found(all_entries, "test proxy") and found(all_entries, "pmt proxy") and not found(all_entries, "proxy war")
