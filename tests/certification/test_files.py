"""The file: made once, stored with its hash, the same bytes ever after."""

import hashlib
import threading

import pytest
from sqlalchemy import func, select

from elearn.certification import files, queries, service
from elearn.certification.models import CertificateFile
from elearn.core import privacy
from elearn.core.db import db
from elearn.core.errors import Refused
from elearn.core.models import Blob
from elearn.core.storage import storage
from tests.factories import people as make
from tests.factories.certificates import certificate


@pytest.fixture
def made(academy, amina):
    return certificate(amina, academy.slug)


def kept(certificate_id: int) -> CertificateFile | None:
    db.session.expire_all()
    return db.session.get(CertificateFile, certificate_id)


def test_the_job_makes_the_file_and_keeps_it_with_its_hash(made, do_jobs):
    certificate_id = made.id
    do_jobs()
    row = kept(certificate_id)
    content = storage().read(row.blob_sha)
    assert content.startswith(b"%PDF-1.7")
    assert hashlib.sha256(content).hexdigest() == row.blob_sha and row.size == len(content) <= 60_000
    assert row.engine.startswith("classic@1 weasyprint 70.0 pydyf ")
    assert db.session.get_one(Blob, row.blob_sha).mime == "application/pdf"


def test_a_reprint_is_the_same_bytes_whatever_changed_since(made, amina, browser, app, monkeypatch):
    address = f"/me/certificates/{made.code}/pdf"
    first = browser(amina).get(address)
    assert (first.status_code, first.mimetype) == (200, "application/pdf")
    assert first.headers["Content-Disposition"] == 'attachment; filename="certificate-WA-2026-000001.pdf"'
    amina.name_latin, amina.lang = "Somebody Else", "fr"
    monkeypatch.setitem(app.config, "INSTANCE_NAMES", dict.fromkeys(("en", "fr", "ar"), "Another Academy"))
    again = browser(amina).get(address)
    assert again.data == first.data
    assert again.headers["ETag"] == f'"{hashlib.sha256(first.data).hexdigest()}"'
    assert browser(amina).get(address, headers={"If-None-Match": again.headers["ETag"]}).status_code == 304


def test_the_bytes_given_out_first_are_those_that_are_stored(made, amina, browser):
    certificate_id = made.id
    given = browser(amina).get(f"/me/certificates/{made.code}/pdf").data
    assert hashlib.sha256(given).hexdigest() == kept(certificate_id).blob_sha
    assert storage().read(kept(certificate_id).blob_sha) == given


def test_the_job_finds_a_file_that_is_there_already(made, amina, browser, do_jobs):
    certificate_id = made.id
    browser(amina).get(f"/me/certificates/{made.code}/pdf")
    sha256, at = kept(certificate_id).blob_sha, kept(certificate_id).rendered_at
    do_jobs()
    assert (kept(certificate_id).blob_sha, kept(certificate_id).rendered_at) == (sha256, at)


def test_two_at_once_make_one_file(made, app):
    certificate_id = made.id
    db.session.commit()
    stored, ready = [], threading.Barrier(2)

    def fetch() -> None:
        with app.app_context():
            ready.wait()
            stored.append(files.ready(certificate_id))

    threads = [threading.Thread(target=fetch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored) == 2 and stored[0] == stored[1]
    assert db.session.scalar(select(func.count()).select_from(CertificateFile)) == 1


def test_a_file_lost_to_another_engine_gives_way_to_the_first(made, fresh_context, monkeypatch):
    """A new release draws other bytes while the old one stores its own: the stored ones are given out."""
    certificate_id = made.id
    with fresh_context():
        first = files.ready(certificate_id)
    real, calls = files.queries.by_id, []

    def blind_once(number: int):
        record = real(number)
        calls.append(number)
        return queries.Record(record.certificate, record.holder, None) if len(calls) < 3 else record

    monkeypatch.setattr(files.queries, "by_id", blind_once)
    monkeypatch.setattr(files.paper, "produce", lambda *_args: b"%PDF-1.7 other bytes")
    with fresh_context():
        assert files.ready(certificate_id) == first
        assert not storage()._path(hashlib.sha256(b"%PDF-1.7 other bytes").hexdigest()).exists()


def test_nothing_is_made_for_an_erased_holder(made, amina, fresh_context):
    certificate_id = made.id
    for part in privacy.parts():
        if part.domain == "certification":
            part.erase(amina.id)
    with fresh_context():
        assert files.ready(certificate_id) is None
        assert files.ready(10**9) is None


def test_a_holder_erased_while_the_page_is_drawn_leaves_no_file(made, amina, app, fresh_context, monkeypatch):
    certificate_id, user_id = made.id, amina.id
    drawn = []

    def draw(*_args: object) -> bytes:
        from elearn.certification import holders
        from elearn.core.db import unit_of_work

        with app.app_context(), unit_of_work():
            holders.erase(user_id)
        drawn.append(b"%PDF-1.7 with a name")
        return drawn[-1]

    monkeypatch.setattr(files.paper, "produce", draw)
    with fresh_context():
        assert files.ready(certificate_id) is None
        assert drawn and not storage()._path(hashlib.sha256(drawn[0]).hexdigest()).exists()
    assert kept(certificate_id) is None


class TestLanguages:
    @pytest.fixture
    def french(self, academy, chloe):
        from elearn.learning import service as learning

        learning.enrol(make.person(chloe), academy.slug, "fr")
        return certificate(chloe, academy.slug)

    def test_a_reader_of_french_chooses_the_second_language_once(self, french, chloe, browser, do_jobs):
        certificate_id, code = french.id, french.code
        do_jobs()
        assert kept(certificate_id) is None  # nothing is made before the choice
        page = browser(chloe).get(f"/me/certificates/{code}").text
        assert 'name="second" value="en"' in page and 'name="second" value="ar"' in page
        answer = browser(chloe).post(f"/me/certificates/{code}/languages", data={"second": "ar"})
        assert (answer.status_code, answer.location) == (303, f"/me/certificates/{code}/pdf")
        content = browser(chloe).get(answer.location).data
        assert kept(certificate_id).blob_sha == hashlib.sha256(content).hexdigest()
        assert queries.by_code(code).certificate.langs == "fr,ar"
        page = browser(chloe).get(f"/me/certificates/{code}").text
        assert 'name="second"' not in page and f"/me/certificates/{code}/pdf" in page

        again = browser(chloe).post(f"/me/certificates/{code}/languages", data={"second": "en"})
        assert again.status_code == 409
        assert browser(chloe).get(f"/me/certificates/{code}/pdf").data == content

    def test_without_a_choice_it_is_french_and_english(self, french, chloe, browser):
        browser(chloe).get(f"/me/certificates/{french.code}/pdf")
        assert queries.by_code(french.code).certificate.langs == "fr,en"

    @pytest.mark.parametrize("second", ["fr", "", "de", "en,ar"])
    def test_other_languages_are_refused(self, french, chloe, second):
        with pytest.raises(Refused):
            service.choose_languages(make.person(chloe), french, second)

    def test_others_have_no_choice(self, made, amina):
        with pytest.raises(Refused):
            service.choose_languages(make.person(amina), made, "ar")
