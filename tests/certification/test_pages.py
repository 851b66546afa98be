"""Pages of holders and the public page: as the holder, her trainer, another trainer, an administrator, a visitor."""

import gzip
import io
import re

import pytest

from elearn.certification import holders, limits, queries, service
from elearn.certification.rules import show_code
from elearn.core.db import db
from elearn.people.models import UserState
from tests.factories import people as make
from tests.factories.certificates import certificate, complete

ISOLATES = str.maketrans("", "", "\u2068\u2069")


@pytest.fixture
def made(academy, amina, frozen_clock):
    """Amina's certificate, issued on 21 November 2040: long after the academy was founded."""
    frozen_clock(days=14 * 365 + 4)
    return certificate(amina, academy.slug)


@pytest.fixture(autouse=True)
def nobody_missed():
    limits._counts.clear()


def said(response) -> str:
    """The text of a page, without marks, tags and doubled blanks."""
    text = re.sub(r"<[^>]+>", " ", response.text.translate(ISOLATES).replace("\u00a0", " "))
    return " ".join(text.split())


# The holder's pages


def test_my_certificates(made, amina, browser):
    text = said(browser(amina).get("/me/certificates"))
    assert "Counting water points" in text and made.serial in text and "Valid. Issued on 21 November 2040." in text


def test_nobody_elses_are_listed(made, boris, browser):
    text = said(browser(boris).get("/me/certificates"))
    assert made.serial not in text and "You have no certificates yet" in text


def test_what_was_earned_and_waits_is_listed(academy, amina, browser, app, monkeypatch):
    amina.email_confirmed_at, amina.state = None, UserState.UNCONFIRMED
    complete(amina, academy.slug)
    text = said(browser(amina).get("/me/certificates"))
    assert "Earned and on record" in text and "confirm your e-mail address" in text
    monkeypatch.setitem(app.config, "VERIFY_URL", "")
    amina.email_confirmed_at, amina.state = amina.created_at, UserState.ACTIVE
    assert "permanent address" in said(browser(amina).get("/me/certificates"))


def test_the_page_of_a_certificate_says_what_the_paper_says(made, amina, browser, do_jobs):
    do_jobs()
    page = browser(amina).get(f"/me/certificates/{made.code}")
    text = said(page)
    for words in ("Certificate of completion", "Amina Issoufou", "أمينة إيسوفو", "Counting water points", "84%"):
        assert words in text, words
    assert show_code(made.code) in text and made.serial in text
    assert re.search(r"PDF, \d\d KB", text)
    assert f'data-copy="https://academy.example.org/verify/{made.code}"' in page.text


@pytest.mark.parametrize("who", ["boris", "chloe", "dawit"])
def test_others_do_not_find_it_among_theirs(made, who, browser, request):
    other = browser(request.getfixturevalue(who))
    assert other.get(f"/me/certificates/{made.code}").status_code == 404
    assert other.post(f"/me/certificates/{made.code}/languages", data={"second": "ar"}).status_code == 404
    assert other.get(f"/me/certificates/{made.code}/pdf").status_code == (200 if who == "dawit" else 404)


def test_a_visitor_signs_in_first(made, visitor):
    for path in ("", f"/{made.code}", f"/{made.code}/pdf"):
        assert visitor.get(f"/me/certificates{path}").location.startswith("/sign-in")


def test_the_file_of_an_ended_certificate_is_not_given_to_its_holder(made, amina, dawit, browser):
    service.revoke(make.person(dawit), made, "mistake", "")
    assert browser(amina).get(f"/me/certificates/{made.code}/pdf").status_code == 409
    page = browser(amina).get(f"/me/certificates/{made.code}").text
    assert "Revoked on" in page and "/pdf" not in page and "data-copy" not in page


def test_unknown_and_misspelt_codes_are_404(amina, browser, app):
    for code in ("0" * 26, "x", "%20", "0" * 4000):
        assert browser(amina).get(f"/me/certificates/{code}").status_code == 404


# The public page


@pytest.mark.parametrize(
    "lang, direction, words",
    [
        (
            "en",
            "ltr",
            ["Valid. Issued on 21 November 2040.", "Counting water points", "Introductory", "84%", "English"],
        ),
        ("fr", "ltr", ["21 novembre 2040", "Compter les points d’eau", "84 %", "Attestation de réussite", "anglais"]),
        ("ar", "rtl", ["21 نوفمبر 2040", "إحصاء نقاط المياه", "84%", "شهادة إتمام", "الإنجليزية", "هـ"]),
    ],
)
def test_the_public_page_repeats_the_paper_in_three_languages(made, visitor, lang, direction, words):
    page = visitor.get(f"/verify/{made.code}?lang={lang}")
    assert page.status_code == 200
    assert f'<html lang="{lang}" dir="{direction}">' in page.text
    text = said(page)
    for expected in [*words, "Amina Issoufou", "أمينة إيسوفو", made.serial, show_code(made.code)]:
        assert expected in text, expected
    for other in ("en", "fr", "ar"):
        assert f"/verify/{made.code}?lang={other}" in page.text


def test_it_speaks_the_visitors_language_by_itself(made, visitor):
    assert '<html lang="fr"' in visitor.get(f"/verify/{made.code}", headers={"Accept-Language": "fr"}).text
    assert '<html lang="ar"' in visitor.speak("ar").get(f"/verify/{made.code}").text


def test_it_says_nothing_but_what_the_paper_says(made, amina, visitor):
    amina.search_text = "hidden"
    page = visitor.get(f"/verify/{made.code}").text
    for secret in (amina.email, "Niger", ">NE<", amina.public_id, "amina@"):
        assert secret not in page, secret
    assert '<meta name="robots" content="noindex">' in page


def test_it_is_light_and_needs_no_script(made, visitor, do_jobs, count_statements):
    do_jobs()
    for lang in ("en", "fr", "ar"):
        page = visitor.get(f"/verify/{made.code}?lang={lang}")
        assert "<script" not in page.text
        assert len(gzip.compress(page.data)) <= 6_000
    address = f"/verify/{made.code}"
    with count_statements() as seen:
        visitor.get(address)
    assert len(seen) == 1


def test_it_does_not_change_with_what_is_edited_later(made, amina, visitor, app, monkeypatch, do_jobs):
    do_jobs()
    before = visitor.get(f"/verify/{made.code}").text.partition("<main")[2].partition("</main")[0]
    amina.name_latin, amina.name_arabic, amina.country = "Another Name", None, "TR"
    monkeypatch.setitem(app.config, "SIGNATORY", dict.fromkeys(("en", "fr", "ar"), "Somebody new"))
    monkeypatch.setitem(app.config, "INSTANCE_NAMES", dict.fromkeys(("en", "fr", "ar"), "Another Academy"))
    after = visitor.get(f"/verify/{made.code}").text.partition("<main")[2].partition("</main")[0]
    assert after == before


def test_a_republished_course_does_not_rename_a_certificate(made, academy, visitor):
    from tests.factories.academy import COURSES
    from tests.factories.catalogue import publish

    folder = COURSES / academy.slug
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files["course.yaml"] = files["course.yaml"].replace(b"Counting water points", b"Counting something else")
    publish(files)
    assert "Counting water points" in said(visitor.get(f"/verify/{made.code}"))


@pytest.mark.parametrize(
    "spelling", [str.lower, show_code, lambda code: f" {code} ", lambda code: code.replace("0", "o")]
)
def test_a_code_in_another_spelling_leads_there(made, visitor, spelling):
    answer = visitor.get("/verify/", query_string={"code": spelling(made.code)})
    assert (answer.status_code, answer.location) == (302, f"/verify/{made.code}")
    answer = visitor.get(f"/verify/{spelling(made.code)}")
    if answer.status_code != 200:  # blanks at the ends never reach the server
        assert (answer.status_code, answer.location) == (302, f"/verify/{made.code}")


def test_states_are_sentences(made, amina, dawit, visitor):
    actor = make.person(dawit)
    amina.name_latin = "Amina Issoufou Maïga"
    new = service.reissue(actor, made, "")
    page = visitor.get(f"/verify/{made.code}")
    assert "Replaced on 21 November 2040" in said(page) and f"/verify/{new.code}" in page.text
    service.revoke(actor, new, "mistake", "a remark for administrators")
    text = said(visitor.get(f"/verify/{new.code}"))
    assert "Revoked on 21 November 2040. It is no longer valid." in text
    assert "remark for administrators" not in text and "mistake" not in text
    holders.erase(amina.id)
    text = said(visitor.get(f"/verify/{new.code}"))
    assert "Holder erased" in text and "Amina" not in text and "Revoked on" in text


def test_a_demonstration_says_so(academy, amina, visitor, app, monkeypatch):
    monkeypatch.setitem(app.config, "DEMONSTRATION", True)
    code = certificate(amina, academy.slug).code
    monkeypatch.setitem(app.config, "DEMONSTRATION", False)
    assert "It proves nothing." in said(visitor.get(f"/verify/{code}"))


@pytest.mark.parametrize("code", ["0" * 26, "abc", "' OR 1=1 --", "<script>alert(1)</script>", "رمز", "0" * 5000])
def test_an_unknown_code_is_politely_not_found(visitor, app, code):
    for answer in (visitor.get(f"/verify/{code}"), visitor.get("/verify/", query_string={"code": code})):
        if answer.status_code == 302:
            answer = visitor.get(answer.location)
        if "/" in code and "not_found" not in answer.text and 'name="code"' not in answer.text:
            continue  # an address of more parts than ours has
        assert answer.status_code == 404
        assert "No certificate has this code" in said(answer) and 'name="code"' in answer.text
        assert "<script>alert" not in answer.text


def test_the_field_for_a_code(visitor):
    for lang, words in (("en", "Check a certificate"), ("fr", 'lang="fr"'), ("ar", 'dir="rtl"')):
        page = visitor.speak(lang).get("/verify/")
        assert page.status_code == 200 and words in page.text and 'name="code"' in page.text


def test_hammering_with_wrong_codes_ends_but_right_ones_are_never_counted(made, visitor, app, frozen_clock):
    db.session.commit()
    for _ in range(limits.MISSES):
        assert visitor.get("/verify/00000000000000000000000000").status_code == 404
    assert visitor.get("/verify/00000000000000000000000000").status_code == 429
    assert visitor.get(f"/verify/{made.code}").status_code == 429
    assert visitor.get(f"/verify/{made.code}", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 200
    frozen_clock(minutes=11)
    for _ in range(limits.MISSES + 10):
        assert visitor.get(f"/verify/{made.code}").status_code == 200


def test_hostile_names_are_text(academy, amina, visitor, browser):
    amina.name_latin = "</p><script>alert(1)</script>\u202eevil"
    code = certificate(amina, academy.slug).code
    for page in (visitor.get(f"/verify/{code}"), browser(amina).get(f"/me/certificates/{code}")):
        assert "<script>alert" not in page.text
        assert "\u202e" not in page.text.partition("<main")[2]
        assert "&lt;script&gt;alert(1)&lt;/script&gt;evil" in page.text
    assert browser(amina).get(f"/me/certificates/{code}/pdf").status_code == 200


# Comparing a file


def compare(visitor, code: str, content: bytes, name: str = "paper.pdf", **headers: str):
    return visitor.post(
        f"/verify/{code}",
        data={"file": (io.BytesIO(content), name)},
        headers={"Origin": "https://academy.example.org"} | headers,
        csrf=False,
    )


def test_the_issued_file_is_recognised_and_nothing_is_kept(made, amina, browser, visitor):
    paper = browser(amina).get(f"/me/certificates/{made.code}/pdf").data
    from sqlalchemy import func, select

    from elearn.core.models import Blob

    before = db.session.scalar(select(func.count()).select_from(Blob))
    answer = compare(visitor, made.code, paper)
    assert answer.status_code == 200 and "to the last byte" in said(answer)
    answer = compare(visitor, made.code, paper + b" ")
    assert answer.status_code == 200 and "The file is not the one that was issued." in said(answer)
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(Blob)) == before
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("content, words", [(b"", "empty"), (b"x" * 310_000, "larger than any certificate")])
def test_what_cannot_be_a_certificate_is_said(made, visitor, do_jobs, content, words):
    do_jobs()
    answer = compare(visitor, made.code, content)
    assert answer.status_code == 422 and words in said(answer)


def test_no_file_at_all(made, visitor):
    answer = visitor.post(f"/verify/{made.code}", headers={"Origin": "https://academy.example.org"}, csrf=False)
    assert answer.status_code == 422 and "choose the PDF file" in said(answer)
    assert compare(visitor, "0" * 26, b"x").status_code == 404


def test_another_site_cannot_send_it(made, visitor):
    assert compare(visitor, made.code, b"x", Origin="https://elsewhere.example").status_code == 400


# Administrators


def test_an_administrator_finds_by_code_serial_and_name(made, amina, dawit, browser):
    admin = browser(dawit)
    amina.name_latin = amina.search_text = "renamed since"
    for words in (made.code.lower(), show_code(made.code), made.serial.lower(), "issoufou", "أمينة", "RENAMED", ""):
        assert made.serial in admin.get("/manage/certificates", query_string={"q": words}).text, words
    for words in ("nobody", "%", "_", "0" * 26):
        page = admin.get("/manage/certificates", query_string={"q": words})
        assert made.serial not in page.text and "No certificate matches" in page.text, words


def test_an_administrator_revokes_with_a_reason(made, dawit, browser):
    admin, address = browser(dawit), f"/manage/certificates/{made.code}"
    assert admin.post(f"{address}/revoke", data={"reason": ""}).status_code == 422
    assert admin.post(f"{address}/revoke", data={"reason": "other", "remark": " "}).status_code == 422
    answer = admin.post(f"{address}/revoke", data={"reason": "other", "remark": "Found <b>later</b>"})
    assert (answer.status_code, answer.location) == (303, address)
    text = admin.get(address).text
    assert "Found &lt;b&gt;later&lt;/b&gt;" in text and "Another reason, written below" in text
    assert queries.by_code(made.code).certificate.ended_why == "revoked"
    assert admin.post(f"{address}/revoke", data={"reason": "mistake"}).status_code == 422


def test_an_administrator_reissues_with_a_corrected_name(made, amina, dawit, browser):
    admin, address = browser(dawit), f"/manage/certificates/{made.code}"
    answer = admin.post(f"{address}/reissue")
    assert answer.status_code == 422 and "same name" in answer.text
    amina.name_latin = "Amina Issoufou Maïga"
    answer = admin.post(f"{address}/reissue", data={"note": "typing mistake"})
    assert answer.status_code == 303 and answer.location != address
    assert "Amina Issoufou Maïga" in admin.get(answer.location).text


@pytest.mark.parametrize("who", ["amina", "boris", "chloe"])
def test_nobody_else_manages(made, who, browser, request):
    other = browser(request.getfixturevalue(who))
    for path in ("", f"/{made.code}"):
        assert other.get(f"/manage/certificates{path}").status_code == 403
    for verb in ("revoke", "reissue"):
        assert other.post(f"/manage/certificates/{made.code}/{verb}", data={"reason": "mistake"}).status_code == 403
    assert queries.by_code(made.code).certificate.ended_at is None


def test_an_administrator_is_told_when_nothing_can_be_issued(made, dawit, browser, app, monkeypatch):
    assert "VERIFY_URL" not in browser(dawit).get("/manage/certificates").text
    monkeypatch.setitem(app.config, "VERIFY_URL", "")
    assert "VERIFY_URL" in browser(dawit).get("/manage/certificates").text


# The command


def test_the_command_verifies(made, dawit, command, do_jobs, tmp_path):
    do_jobs()
    result = command("certificates", "verify", show_code(made.code).lower())
    assert result.exit_code == 0
    assert "Holder: Amina Issoufou / أمينة إيسوفو\n" in result.stdout
    assert "Course: Counting water points\n" in result.stdout
    assert result.stdout.endswith("Valid. Issued on 21 November 2040.\n")
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"forged")
    result = command("certificates", "verify", made.code, "--file", paper)
    assert (result.exit_code, "NOT the one" in result.stdout) == (1, True)
    assert command("certificates", "verify", "0" * 26).exit_code == 1
    service.revoke(make.person(dawit), queries.by_code(made.code).certificate, "mistake", "")
    result = command("certificates", "verify", made.code)
    assert result.exit_code == 1 and "Revoked on" in result.stdout
