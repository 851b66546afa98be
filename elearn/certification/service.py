"""Every write of certificates: issuing with the completion, revoking, reissuing, the choice of languages."""

import logging
import math
import secrets
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from elearn.certification import designs, queries, rules
from elearn.certification.models import Certificate, CertificateEvent, CertificateFile, CertificateHolder
from elearn.certification.queries import Waiting
from elearn.certification.rules import Status
from elearn.core import audit, clock, jobs
from elearn.core.access import Person
from elearn.core.db import db
from elearn.core.errors import Refused
from elearn.core.i18n import LANGUAGES, clean_line
from elearn.core.models import Setting
from elearn.learning.models import Completion, CompletionKind, Enrolment
from elearn.people.models import User, UserState

log = logging.getLogger(__name__)


def on_course_completed(_sender: object, *, completion: Completion, enrolment: Enrolment) -> None:
    """A course was completed: its certificate is made in the same transaction."""
    issue(completion, enrolment.user_id, enrolment.offering_id)


def on_email_confirmed(_sender: object, *, user: User) -> None:
    """An address was confirmed: what waited for it is issued in the same transaction."""
    issue_waiting(user.id)


def issue_waiting(user_id: int) -> list[Certificate]:
    """Issue what a person has earned and could not yet be given."""
    return [made for row in queries.waiting_of_person(user_id) if (made := _issue_row(row)) is not None]


def issue_after(completion_id: int) -> tuple[int, int]:
    """Issue a portion of everybody's waiting certificates: (last completion looked at, how many were issued).

    (0, 0) when none is left. For the command that is run once a verification address has been declared.
    """
    rows = queries.waiting_after(completion_id)
    return (rows[-1].completion.id, sum(_issue_row(row) is not None for row in rows)) if rows else (0, 0)


def _issue_row(row: Waiting) -> Certificate | None:
    return issue(row.completion, row.user_id, row.offering_id)


def issue(completion: Completion, user_id: int, offering_id: int) -> Certificate | None:
    """The certificate of a completion: made once, however often this is asked.

    None when there is none to make yet or at all: the course gives none, the person's address is not confirmed, or
    no permanent verification address is declared. The completion is on record in any case.
    """
    kind = queries.version(completion.version_id).rules["certificate"]["kind"]
    if kind is None or completion.kind != CompletionKind.COMPLETED:
        return None
    # The lock decides between completing and confirming at the same moment: whichever comes second sees the first.
    user = db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    existing = _standing(user_id, offering_id, kind)
    if existing is not None:
        return existing
    if user.email_confirmed_at is None or user.state != UserState.ACTIVE:
        return None
    if not current_app.config["VERIFY_URL"]:
        log.warning(
            "completion %s earned a certificate; VERIFY_URL must be declared before one is issued", completion.id
        )
        return None
    try:
        with db.session.begin_nested():
            return _make(user, completion, offering_id, kind, _snapshot(completion))
    except IntegrityError:
        return _standing(user_id, offering_id, kind)


def _standing(user_id: int, offering_id: int, kind: str) -> Certificate | None:
    return db.session.execute(
        select(Certificate).where(
            Certificate.user_id == user_id,
            Certificate.offering_id == offering_id,
            Certificate.kind == kind,
            Certificate.ended_at.is_(None),
        )
    ).scalar_one_or_none()


def _snapshot(completion: Completion) -> dict[str, Any]:
    """What the paper claims, in every language, without personal data."""
    version, titles = queries.version(completion.version_id), queries.titles(completion.version_id)
    default = version.rules["default_lang"]
    spoken = {lang: lang if lang in titles else default for lang in LANGUAGES}
    return {
        "course": {lang: {"lang": real, "text": titles[real]} for lang, real in spoken.items()},
        "level": version.level,
        "minutes": completion.minutes,
        "studied_in": completion.lang,
        "score": math.floor(completion.score) if completion.score is not None else None,
    }


def _make(
    user: User,
    completion: Completion,
    offering_id: int,
    kind: str,
    claimed: dict[str, Any],
    latest: Certificate | None = None,
) -> Certificate:
    """A new certificate, dated no earlier than the completion, or than the end of the one that it follows."""
    config, salt = current_app.config, secrets.token_hex(16)
    moment = clock.not_before(latest.ended_at if latest and latest.ended_at else completion.at)
    names = clean_line(user.name_latin), clean_line(user.name_arabic or "")
    languages = rules.paper_languages(user.lang)
    certificate = Certificate(
        code=rules.new_code(secrets.token_bytes(16)),
        serial=rules.serial(config["SERIAL_PREFIX"], moment.year, _next_number(moment.year)),
        completion_id=completion.id,
        user_id=user.id,
        offering_id=offering_id,
        kind=kind,
        design=designs.present(designs.CURRENT).label,
        langs=",".join(languages),
        snapshot=claimed
        | {
            "issued_on": moment.date().isoformat(),
            "expires_on": None,
            "issuer": dict(config["INSTANCE_NAMES"]),
            "signatory": dict(config["SIGNATORY"]),
        },
        holder_hash=rules.holder_hash(salt, *names),
        issuer=config["INSTANCE_NAMES"][languages[0]],
        base_url=config["VERIFY_URL"],
        demonstration=config["DEMONSTRATION"],
        issued_at=moment,
    )
    db.session.add(certificate)
    db.session.flush()
    db.session.add(
        CertificateHolder(
            certificate_id=certificate.id, name_latin=names[0], name_arabic=names[1] or None, salt=salt
        )
    )  # fmt: skip
    _record(certificate, "issued")
    if languages[0] != "fr":  # a reader of French chooses the second language first
        jobs.enqueue("certificate.file", {"id": certificate.id}, key=f"certificate.file:{certificate.code}")
    return certificate


def _next_number(year: int) -> int:
    """The next serial number of a year. Its row is locked until the end of the transaction, so none is given twice."""
    key = f"certificate_serial_{year}"
    row = db.session.get(Setting, key, with_for_update=True, populate_existing=True)
    if row is None:
        try:
            with db.session.begin_nested():
                db.session.add(Setting(key=key, value="0"))
        except IntegrityError:
            log.info("another transaction began the serial numbers of %s", year)
        row = db.session.get_one(Setting, key, with_for_update=True, populate_existing=True)
    number = int(row.value) + 1
    row.value = str(number)
    return number


def choose_languages(actor: Person, certificate: Certificate, second: str) -> None:
    """The second language beside French, chosen by the holder before the paper is first made. Raises Refused."""
    _lock(certificate)
    main = certificate.langs.partition(",")[0]
    if main != "fr" or second not in ("en", "ar"):
        raise Refused(_("This certificate is printed in Arabic and English."))
    if db.session.get(CertificateFile, certificate.id, populate_existing=True) is not None:
        raise Refused(_("The paper has already been made in these languages. Nothing was changed."))
    certificate.langs = ",".join(rules.paper_languages(main, second))


def revoke(actor: Person, certificate: Certificate, reason: str, remark: str) -> None:
    """End a certificate for good, for one of the reasons of `rules.REASONS`; its page says so. Raises Refused."""
    _lock(certificate)
    _require_standing(certificate)
    certificate.ended_at, certificate.ended_why = clock.not_before(certificate.issued_at), Status.REVOKED
    _record(certificate, Status.REVOKED, reason, actor.id)
    # The remark may name people: it stands in the erasable part of the audit log.
    audit.note(Status.REVOKED, "certificate", certificate.id, actor=actor, detail={"remark": remark})


def reissue(actor: Person, certificate: Certificate, remark: str) -> Certificate:
    """A new certificate with the holder's name as it is today; the old one says it was replaced. Raises Refused."""
    _lock(certificate)
    _require_standing(certificate)
    user = db.session.get_one(User, certificate.user_id, with_for_update=True, populate_existing=True)
    holder = db.session.get(CertificateHolder, certificate.id)
    if holder is None or user.state == UserState.ERASED:
        raise Refused(_("The holder's name was erased; the certificate cannot be issued again."))
    if (holder.name_latin, holder.name_arabic) == (user.name_latin, user.name_arabic):
        raise Refused(_("The holder's profile has the same name as the certificate. Please correct it there first."))
    if not current_app.config["VERIFY_URL"]:
        raise Refused(_("No permanent address for checking certificates is declared (VERIFY_URL)."))
    certificate.ended_at, certificate.ended_why = clock.not_before(certificate.issued_at), Status.SUPERSEDED
    db.session.flush()  # one standing certificate at a time
    completion = db.session.get_one(Completion, certificate.completion_id)
    new = _make(user, completion, certificate.offering_id, certificate.kind, dict(certificate.snapshot), certificate)
    certificate.superseded_by = new.id
    _record(certificate, Status.SUPERSEDED, "name", actor.id)
    audit.note(Status.SUPERSEDED, "certificate", certificate.id, actor=actor, detail={"remark": remark})
    return new


def _lock(certificate: Certificate) -> None:
    db.session.refresh(certificate, with_for_update=True)


def _require_standing(certificate: Certificate) -> None:
    if certificate.ended_at is not None:
        raise Refused(_("This certificate has already been revoked or replaced. Nothing was changed."))


def _record(certificate: Certificate, what: str, reason: str = "", actor_id: int | None = None) -> None:
    db.session.add(
        CertificateEvent(
            certificate_id=certificate.id, what=what, reason=reason, actor_id=actor_id, at=clock.now()
        )
    )  # fmt: skip
    db.session.flush()
