"""Every write to institutions and to people's affiliation with them."""

import secrets

from flask_babel import gettext as _
from sqlalchemy import select, update

from elearn.core import audit, clock
from elearn.core.access import Person
from elearn.core.db import db
from elearn.core.errors import Refused
from elearn.core.i18n import LANGUAGES, clean_line
from elearn.people.models import Institution, InstitutionStatus, InstitutionText, User


def affiliate(user: User, institution_id: int | None, proposed: str) -> None:
    """Where a person says they work: an institution of the list, a proposed one, or none. Claimed until confirmed."""
    before, proposed = user.institution_id, clean_line(proposed)
    if institution_id is None and proposed:
        if before is not None and _is_my_proposal(user, proposed):
            return
        institution_id = _propose(user, proposed).id
    elif institution_id is not None and institution_id != before:
        institution = db.session.get(Institution, institution_id)
        if institution is None or institution.status != InstitutionStatus.CONFIRMED:
            raise Refused(_("Please choose an institution of the list."), "institution")
    if institution_id != before:
        user.institution_id = institution_id
        user.affiliation_confirmed_at = None
        user.affiliation_confirmed_by = None
        _withdraw_if_nobody_is_left(before)


def _withdraw_if_nobody_is_left(institution_id: int | None) -> None:
    """A proposal that its own author has left needs nobody's attention any more."""
    institution = db.session.get(Institution, institution_id) if institution_id is not None else None
    if institution is None or institution.status != InstitutionStatus.PROPOSED:
        return
    db.session.flush()
    if db.session.execute(select(User.id).where(User.institution_id == institution.id).limit(1)).first() is None:
        institution.status = InstitutionStatus.REJECTED


def create(name: dict[str, str], country: str, kind: str = "ministry") -> Institution:
    """A confirmed institution with its names per language."""
    institution = _new(country, kind, InstitutionStatus.CONFIRMED, None)
    for lang, text in name.items():
        db.session.add(InstitutionText(institution_id=institution.id, lang=lang, name=text))
    db.session.flush()
    return institution


def accept(actor: Person, code: str, names: dict[str, str]) -> None:
    """Take a proposed institution into the list, under the names an administrator gives it."""
    institution = _proposed(code)
    given = {lang: clean_line(text) for lang, text in names.items() if lang in LANGUAGES and clean_line(text)}
    if not given:
        raise Refused(_("Please give the institution a name in at least one language."))
    for lang, text in given.items():
        row = db.session.get(InstitutionText, (institution.id, lang))
        if row is None:
            db.session.add(InstitutionText(institution_id=institution.id, lang=lang, name=text))
        else:
            row.name = text
    institution.status = InstitutionStatus.CONFIRMED
    audit.note("accepted", "institution", institution.id, actor=actor)


def merge(actor: Person, code: str, into_id: int) -> None:
    """A proposed institution was one of the list all along: its people move there."""
    institution = _proposed(code)
    into = db.session.get(Institution, into_id)
    if into is None or into.status != InstitutionStatus.CONFIRMED:
        raise Refused(_("Please choose an institution of the list."))
    institution.status = InstitutionStatus.MERGED
    institution.merged_into = into.id
    db.session.execute(update(User).where(User.institution_id == institution.id).values(institution_id=into.id))
    audit.note("merged", "institution", institution.id, actor=actor, detail={"into": into.id})


def reject(actor: Person, code: str) -> None:
    """A proposal that is no institution: its people belong to none, and may choose again."""
    institution = _proposed(code)
    institution.status = InstitutionStatus.REJECTED
    db.session.execute(update(User).where(User.institution_id == institution.id).values(institution_id=None))
    audit.note("rejected", "institution", institution.id, actor=actor)


def confirm_affiliation(actor: Person, user: User) -> None:
    """An administrator knows that this person works there."""
    if user.institution_id is None:
        raise Refused(_("This person has named no institution."))
    institution = db.session.get_one(Institution, user.institution_id)
    if institution.status != InstitutionStatus.CONFIRMED:
        raise Refused(_("The institution itself is still a proposal. Accept it first."))
    user.affiliation_confirmed_at = clock.now()
    user.affiliation_confirmed_by = actor.id
    audit.note("confirmed-affiliation", "user", user.id, actor=actor, detail={"institution": institution.id})


def _propose(user: User, name: str) -> Institution:
    institution = _new(user.country or "XX", "ministry", InstitutionStatus.PROPOSED, user.id)
    db.session.add(InstitutionText(institution_id=institution.id, lang=user.lang, name=name[:200]))
    db.session.flush()
    return institution


def _new(country: str, kind: str, status: InstitutionStatus, proposed_by: int | None) -> Institution:
    institution = Institution(
        code=secrets.token_urlsafe(9),
        country=country,
        kind=kind,
        status=status,
        proposed_by=proposed_by,
        created_at=clock.now(),
    )
    db.session.add(institution)
    db.session.flush()
    return institution


def _is_my_proposal(user: User, name: str) -> bool:
    institution = db.session.get_one(Institution, user.institution_id)
    if institution.status != InstitutionStatus.PROPOSED or institution.proposed_by != user.id:
        return False
    text = db.session.get(InstitutionText, (institution.id, user.lang))
    return text is not None and text.name == name


def _proposed(code: str) -> Institution:
    institution = db.session.query(Institution).filter_by(code=code).with_for_update().one_or_none()
    if institution is None or institution.status != InstitutionStatus.PROPOSED:
        raise Refused(_("This proposal has already been dealt with."))
    return institution
