"""A certificate that is made in the very moment of an erasure keeps no name."""

import threading

from sqlalchemy import func, select

from elearn.certification.models import Certificate, CertificateHolder
from elearn.core import clock
from elearn.core.db import db, unit_of_work
from elearn.people import erasure
from elearn.people.models import Erasure, User, UserState
from tests.factories import people as make
from tests.factories.certificates import complete


def erase_in_a_thread(app, user_id: int) -> threading.Thread:
    """Carry out the erasure that waits for this person, as the worker would."""

    def run() -> None:
        with app.app_context(), unit_of_work():
            erasure_id = db.session.scalar(select(Erasure.id).where(Erasure.user_id == user_id))
            erasure._carry_out(erasure_id, user_id)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_certificate_made_meanwhile_is_erased_too(app, academy):
    amina = make.persona("Amina")
    user_id, moment = amina.id, clock.now()
    db.session.add(Erasure(user_id=user_id, asked_by=user_id, asked_at=moment, due_at=moment))
    db.session.commit()
    with app.app_context():
        with unit_of_work():
            complete(db.session.get_one(User, user_id), academy.slug)  # the certificate is there, not yet for others
            eraser = erase_in_a_thread(app, user_id)
            eraser.join(timeout=0.5)
            assert eraser.is_alive()  # it waits for what is under way
        eraser.join(timeout=30)
    assert not eraser.is_alive()
    db.session.rollback()
    assert db.session.get_one(User, user_id, populate_existing=True).state == UserState.ERASED
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 1
    assert db.session.scalar(select(func.count()).select_from(CertificateHolder)) == 0
