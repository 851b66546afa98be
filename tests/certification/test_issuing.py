"""Issuing: with the completion, once, without personal data in the claim; waiting for what is missing."""

import json
import re
import threading

import pytest
from sqlalchemy import func, select

from elearn.certification import queries, service
from elearn.certification.models import Certificate, CertificateEvent, CertificateHolder
from elearn.certification.rules import holder_hash
from elearn.core.db import db, unit_of_work
from elearn.core.models import Job
from elearn.learning import service as learning
from elearn.learning.models import Completion
from elearn.people.events import email_confirmed
from elearn.people.models import User, UserState
from tests.factories import people as make
from tests.factories.catalogue import publish
from tests.factories.certificates import certificate, complete


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_completing_a_course_issues_its_certificate(academy, amina, frozen_clock):
    made = certificate(amina, academy.slug)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", made.code)
    assert made.serial == "WA-2026-000001"
    assert (made.langs, made.design, made.demonstration, made.ended_at) == ("en,ar", "classic@1", False, None)
    assert made.base_url == "https://academy.example.org"
    data = queries.by_code(made.code).data
    assert (data.name_latin, data.name_arabic) == ("Amina Issoufou", "أمينة إيسوفو")
    assert (data.score, data.studied_in, data.level) == (84, "en", "introductory")
    assert data.course["en"].text == "Counting water points" and data.course["ar"].text == "إحصاء نقاط المياه"
    assert data.issued_on.isoformat() == "2026-11-21"
    assert data.address == f"https://academy.example.org/verify/{made.code}"
    assert data.minutes == db.session.get_one(Completion, made.completion_id).minutes > 0


def test_the_claim_holds_no_personal_data(academy, amina):
    made = certificate(amina, academy.slug)
    said = json.dumps(made.snapshot, ensure_ascii=False)
    for secret in (amina.name_latin, amina.name_arabic, amina.email, "Issoufou", "NE", str(amina.public_id)):
        assert secret not in said, secret
    holder = db.session.get_one(CertificateHolder, made.id)
    assert made.holder_hash == holder_hash(holder.salt, holder.name_latin, holder.name_arabic or "")
    assert len(holder.salt) == 32


def test_what_happened_is_on_record_and_the_file_is_asked_for(academy, amina):
    made = certificate(amina, academy.slug)
    (event,) = db.session.scalars(select(CertificateEvent).where(CertificateEvent.certificate_id == made.id))
    assert (event.what, event.actor_id) == ("issued", None)
    jobs = db.session.scalars(select(Job).where(Job.kind == "certificate.file")).all()
    assert [job.args for job in jobs] == [{"id": made.id}]


def test_asking_again_makes_no_second_one(academy, amina):
    completion = complete(amina, academy.slug)
    first = queries.of_person(amina.id)[0].certificate
    again = service.issue(completion, amina.id, first.offering_id)
    assert again is not None and again.id == first.id
    assert service.issue_waiting(amina.id) == []
    assert count(Certificate) == 1


def test_serial_numbers_follow_each_other_within_a_year(academy, amina, frozen_clock):
    faysal = db.session.execute(select(User).where(User.email == academy.faysal)).scalar_one()
    assert certificate(amina, academy.slug).serial == "WA-2026-000001"
    assert certificate(faysal, academy.other_slug).serial == "WA-2026-000002"
    frozen_clock(days=60)
    third = make.user("Third Person")
    learning.enrol(make.person(third), academy.slug, "fr")
    assert certificate(third, academy.slug).serial == "WA-2027-000001"


def test_the_readers_language_chooses_the_papers_languages(academy):
    for lang, langs in (("ar", "ar,en"), ("fr", "fr,en"), ("en", "en,ar")):
        person = make.user(f"Reader {lang}", lang=lang)
        learning.enrol(make.person(person), academy.slug, "ar")
        assert certificate(person, academy.slug).langs == langs


def test_an_unconfirmed_address_waits_and_is_served_at_its_confirmation(academy, amina):
    amina.email_confirmed_at, amina.state = None, UserState.UNCONFIRMED
    complete(amina, academy.slug)
    assert queries.all_of_person(amina.id) == []
    assert [row.kind for row in queries.waiting_of_person(amina.id)] == ["completion"]
    amina.email_confirmed_at, amina.state = amina.created_at, UserState.ACTIVE
    db.session.flush()
    email_confirmed.send("people", user=amina)
    assert len(queries.all_of_person(amina.id)) == 1
    assert queries.waiting_of_person(amina.id) == []


def test_without_a_declared_address_nothing_is_issued_and_nothing_lost(academy, amina, app, monkeypatch, command):
    monkeypatch.setitem(app.config, "VERIFY_URL", "")
    complete(amina, academy.slug)
    assert count(Certificate) == 0 and count(Completion) == 1
    monkeypatch.setitem(app.config, "VERIFY_URL", "https://certificates.example.org")
    result = command("certificates", "issue")
    assert (result.exit_code, result.stdout) == (0, "1 certificates issued\n")
    assert queries.of_person(amina.id)[0].data.address.startswith("https://certificates.example.org/verify/")
    assert command("certificates", "issue").stdout == "0 certificates issued\n"


def test_a_course_may_give_no_certificate(academy, amina):
    from tests.factories.academy import COURSES

    folder = COURSES / "short-budgets"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files["course.yaml"] = re.sub(
        rb"(?m)^certificate:\n  kind: completion\n|^certificate: \{.*\}\n", b"", files["course.yaml"]
    )
    assert b"certificate:" not in files["course.yaml"]
    files["course.yaml"] = files["course.yaml"].replace(b"id: short-budgets", b"id: no-paper")
    publish(files)
    learning.enrol(make.person(amina), "no-paper", "en")
    complete(amina, "no-paper")
    assert count(Certificate) == 0
    assert [row.kind for row in queries.waiting_of_person(amina.id)] == [None]


def test_a_demonstration_marks_its_certificates(academy, amina, app, monkeypatch):
    monkeypatch.setitem(app.config, "DEMONSTRATION", True)
    made = certificate(amina, academy.slug)
    assert made.demonstration and queries.by_code(made.code).data.demonstration


def test_a_course_without_the_languages_of_the_paper_lends_its_own(academy):
    faysal = db.session.execute(select(User).where(User.email == academy.faysal)).scalar_one()
    data = queries.by_code(certificate(faysal, academy.other_slug).code).data
    assert data.course["ar"].lang == "en" and data.course["ar"].text == data.course["en"].text


def at_once(app, works) -> list[object]:
    """Carry out all of them in threads that begin together; what each returned or raised."""
    ready, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work) -> None:
        with app.app_context():
            ready.wait()
            try:
                with unit_of_work():
                    results[place] = work()
            except Exception as failure:
                results[place] = failure

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_however_many_ask_at_once_one_is_issued(academy, amina, app, monkeypatch):
    monkeypatch.setitem(app.config, "VERIFY_URL", "")
    completion = complete(amina, academy.slug)
    completion_id, user_id = completion.id, amina.id
    offering_id = queries.waiting_of_person(amina.id)[0].offering_id
    db.session.commit()
    monkeypatch.setitem(app.config, "VERIFY_URL", "https://academy.example.org")

    def issue() -> str:
        made = service.issue(db.session.get_one(Completion, completion_id), user_id, offering_id)
        assert made is not None
        return made.code

    codes = at_once(app, [issue] * 8)
    assert len(set(codes)) == 1 and isinstance(codes[0], str), codes
    db.session.expire_all()
    assert (count(Certificate), count(CertificateHolder)) == (1, 1)


def test_serial_numbers_are_never_given_twice(academy, app, frozen_clock):
    people = [make.user(f"Trainee {number}") for number in range(6)]
    for person in people:
        learning.enrol(make.person(person), academy.slug, "en")
    ids = [person.id for person in people]
    db.session.commit()

    def finish(user_id: int) -> str:
        return certificate(db.session.get_one(User, user_id), academy.slug).serial[-6:]

    serials = at_once(app, [lambda user_id=user_id: finish(user_id) for user_id in ids])
    assert sorted(serials) == [f"{number:06d}" for number in range(1, 7)], serials


def test_completing_and_confirming_at_once_still_issue_one(academy, amina, app):
    """Whichever of the two transactions comes second sees what the first has done."""
    amina.email_confirmed_at, amina.state = None, UserState.UNCONFIRMED
    user_id, since = amina.id, amina.created_at
    db.session.commit()

    def finish() -> None:
        complete(db.session.get_one(User, user_id), academy.slug)

    def confirm() -> None:
        user = db.session.get_one(User, user_id, with_for_update=True)
        user.email_confirmed_at, user.state = since, UserState.ACTIVE
        db.session.flush()
        email_confirmed.send("people", user=user)

    assert at_once(app, [finish, confirm]) == [None, None]
    db.session.expire_all()
    assert count(Certificate) == 1


@pytest.mark.one_database
def test_a_hostile_name_is_kept_as_text(academy, amina):
    amina.name_latin = "</p><script>alert(1)</script>\u202eevil"
    data = queries.by_code(certificate(amina, academy.slug).code).data
    assert data.name_latin == "</p><script>alert(1)</script>evil"
