"""The audit log: ids in the log, whatever could name somebody in a detail that can be erased."""

import hashlib
import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from elearn.core import audit, clock, privacy
from elearn.core.db import db
from elearn.core.models import Audit, AuditDetail
from tests.factories import people as make

DETAIL = {"z": 1, "a": "كلمة", "when": "2026"}


def noted() -> tuple[Audit, AuditDetail]:
    entry = db.session.scalars(select(Audit)).one()
    return entry, db.session.get_one(AuditDetail, entry.id)


def test_an_entry_says_who_did_what_to_what(app, dawit, frozen_clock):
    audit.note("revoked", "certificate", "abc", actor=make.person(dawit), detail=DETAIL, on_behalf_id=7)
    entry, detail = noted()
    assert (entry.actor_id, entry.verb, entry.object_type, entry.object_id) == (
        dawit.id,
        "revoked",
        "certificate",
        "abc",
    )
    assert (entry.on_behalf_id, entry.at, entry.request_id) == (7, clock.now(), "")
    assert (detail.detail, detail.ip) == (DETAIL, "")


def test_the_entry_holds_the_detail_to_its_word(app):
    """Whoever changes the detail cannot make it fit; whoever erases it leaves an entry that names nobody."""
    audit.note("noted", "x", 1, actor=None, detail=DETAIL)
    entry, detail = noted()
    packed = json.dumps(detail.detail, sort_keys=True, ensure_ascii=False)
    assert entry.detail_hash == hashlib.sha256((detail.salt + packed).encode()).hexdigest()
    db.session.delete(detail)
    db.session.flush()
    db.session.expire_all()
    assert db.session.scalars(select(Audit)).one().detail_hash == entry.detail_hash


def test_the_same_detail_twice_does_not_look_the_same(app):
    audit.note("noted", "x", 1, actor=None, detail=DETAIL)
    audit.note("noted", "x", 1, actor=3, detail=DETAIL)
    first, second = db.session.scalars(select(Audit).order_by(Audit.id))
    assert first.detail_hash != second.detail_hash
    assert (first.actor_id, second.actor_id) == (None, 3)


def test_within_a_request_it_carries_the_reference_that_the_reader_was_given(amina, dawit, browser):
    answer = browser(dawit).post(f"/manage/people/{amina.public_id}/block")
    entry, detail = noted()
    assert entry.request_id == answer.headers["X-Request-Id"]
    assert detail.ip == "127.0.0.1"


@pytest.mark.parametrize("statement", ["UPDATE audit SET verb = 'x'", "DELETE FROM audit"])
def test_the_database_lets_nobody_change_an_entry(app, statement):
    audit.note("noted", "x", 1, actor=None)
    db.session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert db.session.scalars(select(Audit.verb)).all() == ["noted"]


def test_neither_does_the_application(app):
    audit.note("noted", "x", 1, actor=None)
    db.session.commit()
    entry = db.session.scalars(select(Audit)).one()
    entry.verb = "changed"
    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()
    db.session.delete(db.session.scalars(select(Audit)).one())
    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()


def test_domains_take_part_in_a_persons_rights_in_a_stable_order(monkeypatch):
    monkeypatch.setattr(privacy, "_parts", {})
    for domain in ("learning", "certification", "learning"):
        privacy.register(domain, export=lambda user_id: {"id": user_id}, erase=lambda _user_id: None)
    assert [part.domain for part in privacy.parts()] == ["certification", "learning"]
    assert privacy.parts()[0].export(7) == {"id": 7}
