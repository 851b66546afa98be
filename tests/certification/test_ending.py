"""Revoking, reissuing with a corrected name, expiry, and the erasure of a holder."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from elearn.certification import holders, queries, service
from elearn.certification.models import Certificate, CertificateEvent, CertificateFile, CertificateHolder
from elearn.certification.rules import Status
from elearn.core import clock
from elearn.core.db import db
from elearn.core.errors import Refused
from elearn.core.models import Audit, AuditDetail, Blob
from elearn.core.storage import storage
from elearn.learning.models import Completion
from tests.factories import people as make
from tests.factories.certificates import certificate


@pytest.fixture
def made(academy, amina):
    return certificate(amina, academy.slug)


def events(certificate_id: int) -> list[tuple[str, str, int | None]]:
    rows = db.session.scalars(
        select(CertificateEvent).where(CertificateEvent.certificate_id == certificate_id).order_by(CertificateEvent.id)
    )
    return [(row.what, row.reason, row.actor_id) for row in rows]


def test_revoking_ends_it_for_good(made, amina, dawit):
    service.revoke(make.person(dawit), made, "mistake", "Amina told us")
    assert (made.ended_why, queries.by_code(made.code).status) == ("revoked", Status.REVOKED)
    assert queries.of_person(amina.id) == [] and len(queries.all_of_person(amina.id)) == 1
    assert events(made.id)[1:] == [("revoked", "mistake", dawit.id)]
    with pytest.raises(Refused):
        service.revoke(make.person(dawit), made, "mistake", "")
    with pytest.raises(Refused):
        service.reissue(make.person(dawit), made, "")


def test_a_revoked_certificate_is_not_issued_again_by_itself(made, amina, dawit):
    service.revoke(make.person(dawit), made, "misconduct", "")
    assert service.issue_waiting(amina.id) == []
    assert queries.waiting_of_person(amina.id) == []


def test_remarks_stand_in_the_erasable_part_of_the_audit(made, dawit):
    service.revoke(make.person(dawit), made, "mistake", "Amina told us")
    assert all("Amina" not in (reason or "") for _what, reason, _actor in events(made.id))
    (entry,) = db.session.scalars(select(Audit).where(Audit.object_type == "certificate"))
    assert (entry.verb, entry.actor_id) == ("revoked", dawit.id)
    assert db.session.get_one(AuditDetail, entry.id).detail == {"remark": "Amina told us"}
    assert queries.history(made.id)[1].remark == "Amina told us"


def test_a_corrected_name_gets_a_new_certificate_and_the_old_one_says_so(made, amina, dawit, frozen_clock):
    actor = make.person(dawit)
    with pytest.raises(Refused, match="same name"):
        service.reissue(actor, made, "")
    before = dict(made.snapshot)
    amina.name_latin = "Amina Issoufou Maïga"
    frozen_clock(days=3)
    new = service.reissue(actor, made, "a typing mistake")
    old, fresh = queries.by_code(made.code), queries.by_code(new.code)
    assert (old.status, old.successor) == (Status.SUPERSEDED, new.code)
    assert old.data.name_latin == "Amina Issoufou"
    assert (fresh.status, fresh.data.name_latin) == (Status.VALID, "Amina Issoufou Maïga")
    assert made.snapshot == before
    assert fresh.data.issued_on == dt.date(2026, 11, 24)
    assert (fresh.certificate.snapshot | {"issued_on": ""}) == (before | {"issued_on": ""})
    assert new.serial != made.serial and new.completion_id == made.completion_id
    assert [record.code for record in queries.of_person(amina.id)] == [new.code]
    assert events(made.id)[-1] == ("superseded", "name", dawit.id)


def test_one_standing_certificate_per_person_offering_and_kind(made):
    twin = Certificate(
        **{
            column.name: getattr(made, column.name)
            for column in Certificate.__table__.columns
            if column.name not in ("id", "code", "serial")
        },
        code="0" * 26,
        serial="WA-2026-999999",
    )
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(twin)
        db.session.flush()


def test_expiry_is_computed(made, frozen_clock):
    made.expires_at = clock.now() + dt.timedelta(days=1)
    made.snapshot = made.snapshot | {"expires_on": made.expires_at.date().isoformat()}
    db.session.flush()
    assert queries.by_code(made.code).status == Status.VALID
    frozen_clock(days=2)
    assert queries.by_code(made.code).status == Status.EXPIRED


def test_erasing_a_holder_takes_names_and_file_and_leaves_the_certificate(made, amina, dawit, do_jobs):
    do_jobs()
    db.session.expire_all()
    certificate_id = made.id
    sha256 = db.session.get_one(CertificateFile, certificate_id).blob_sha
    service.revoke(make.person(dawit), made, "other", "Amina Issoufou asked")
    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (Certificate, Completion)]
    holders.erase(amina.id)
    assert storage().read(sha256)  # the bytes go with the transaction, not before
    do_jobs()
    db.session.expire_all()
    for table, key in ((CertificateHolder, certificate_id), (CertificateFile, certificate_id), (Blob, sha256)):
        assert db.session.get(table, key) is None
    with pytest.raises(FileNotFoundError):
        storage().read(sha256)
    record = queries.by_code(made.code)
    assert record.holder is None and record.data.name_latin == "" and record.status == Status.REVOKED
    assert queries.history(certificate_id)[1].remark == ""
    assert events(certificate_id)[-1] == ("erased", "", None)
    assert counts == [db.session.scalar(select(func.count()).select_from(table)) for table in (Certificate, Completion)]
    holders.erase(amina.id)  # again: nothing more happens
    assert [what for what, _reason, _actor in events(certificate_id)].count("erased") == 1


def test_an_erased_holder_gets_no_new_certificate(made, amina, dawit):
    holders.erase(amina.id)
    with pytest.raises(Refused, match="erased"):
        service.reissue(make.person(dawit), made, "")


def test_a_person_is_given_what_is_kept_about_their_certificates(made, amina):
    (one,) = holders.export(amina.id)
    assert one["holder"] == {"latin": "Amina Issoufou", "arabic": "أمينة إيسوفو"}
    assert (one["serial"], one["status"]) == (made.serial, "valid")
    assert holders.export(10**9) == []
