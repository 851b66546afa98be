"""People's part in a person's rights: the account, its sign-ins, links, roles and consents."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, or_, select, update

from elearn.core import blobs, clock
from elearn.core.db import db
from elearn.core.holders import forget_mail
from elearn.core.models import Job, Mail
from elearn.core.privacy import Fate, Holding, in_portions
from elearn.people import limits, queries
from elearn.people.models import (
    Consent,
    DataCopy,
    Erasure,
    Institution,
    InstitutionStatus,
    InstitutionText,
    RoleGrant,
    SignIn,
    Token,
    User,
    UserState,
)
from elearn.people.service import normal_email

ACCOUNT = Holding(
    what=_l(
        "Your account: name, e-mail address, the password as a code that cannot be read back, country, institution, "
        "language, time zone, and your sex if you told it"
    ),
    why=_l("To open your account, to write to you about your courses and to print your certificate."),
    tables=("user",),
    fate=Fate.ERASED,
)
NUMBER = Holding(
    what=_l("The number of your account, and when it was opened and erased"),
    why=_l("So that everything that was counted stays counted."),
    tables=("user",),
    fate=Fate.NAMELESS,
)
SIGN_INS = Holding(
    what=_l("The devices that were signed in: the name of the browser, from when to when"),
    why=_l("To keep your account safe: you can sign out on every device."),
    tables=("sign_in",),
    fate=Fate.ERASED,
    rule="sign-ins",
)
LINKS = Holding(
    what=_l("Links and codes that were sent to you"),
    why=_l("To know them again when you use them, and to limit how many are sent."),
    tables=("token",),
    fate=Fate.ERASED,
    rule="links",
)
COPIES = Holding(
    what=_l("The copy of your data that you asked for"),
    why=_l("So that you can download it."),
    tables=("data_copy",),
    fate=Fate.ERASED,
    rule="data-copies",
)
PROPOSALS = Holding(
    what=_l("The name of an institution that you proposed and that was not taken into the list"),
    why=_l("So that an administrator can look at the proposal."),
    tables=("institution.proposed_by",),
    fate=Fate.ERASED,
)
ROLES = Holding(
    what=_l("The roles that an account held, from when to when and for what; who granted them"),
    why=_l("So that what was done in a role can be accounted for."),
    tables=("role_grant",),
    fate=Fate.NAMELESS,
)
CONFIRMATIONS = Holding(
    what=_l("Which administrator's account confirmed somebody's affiliation"),
    why=_l("So that what was done in a role can be accounted for."),
    tables=("user.affiliation_confirmed_by",),
    fate=Fate.NAMELESS,
)
CONSENTS = Holding(
    what=_l("Which version of the privacy notice was accepted, and when"),
    why=_l("To be able to show that it was."),
    tables=("consent",),
    fate=Fate.NAMELESS,
)
ERASURES = Holding(
    what=_l("That an erasure was asked for, and when it was taken back or carried out"),
    why=_l("To be able to show that it was done."),
    tables=("erasure",),
    fate=Fate.NAMELESS,
)
DUE_ERASURES = Holding(
    what=_l("Accounts whose erasure was asked for"),
    why=_l("The days in between protect you against somebody else, or a mistake: signing in takes it back."),
    tables=(),
    fate=Fate.ERASED,
    rule="erasures",
)
UNUSED = Holding(
    what=_l("Accounts whose address was never confirmed and that nobody ever signed in to"),
    why=_l("Somebody may still come; a message is sent 30 days before."),
    tables=(),
    fate=Fate.ERASED,
    rule="unused-accounts",
)
INACTIVE = Holding(
    what=_l("Accounts that nobody has signed in to for a long time"),
    why=_l("Certificates and results should be there when their owner comes back. Administrators decide one by one."),
    tables=(),
    fate=Fate.ERASED,
    rule="inactive-accounts",
)
HOLDINGS = (
    ACCOUNT, SIGN_INS, LINKS, COPIES, PROPOSALS, DUE_ERASURES, UNUSED, INACTIVE,
    NUMBER, ROLES, CONFIRMATIONS, CONSENTS, ERASURES,
)  # fmt: skip


def export(user_id: int) -> dict[str, Any]:
    """The account and what hangs on it."""
    found = queries.profile(user_id, "en")
    if found is None:
        return {}
    user = found.user
    return {
        "account": {
            "name_in_latin_letters": user.name_latin,
            "name_in_arabic_letters": user.name_arabic,
            "email": user.email,
            "email_confirmed_at": user.email_confirmed_at,
            "sex": user.sex,
            "country": found.country or None,
            "institution": found.institution or None,
            "affiliation_confirmed_at": user.affiliation_confirmed_at,
            "language": user.lang,
            "time_zone": user.tz,
            "data_saver": user.data_saver,
            "state": user.state,
            "opened_at": user.created_at,
            "last_signed_in_at": user.last_sign_in_at,
        },
        "institutions_proposed": [
            {"name": name, "status": status, "proposed_at": at} for name, status, at in _proposals(user_id)
        ],
        "roles": [
            {"role": row.role, "country": row.country, "from": row.starts_at, "to": row.ends_at}
            for row in db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == user_id).order_by(RoleGrant.id))
        ],
        "privacy_notices_accepted": [
            {"notice": row.policy, "version": row.version, "at": row.at}
            for row in db.session.scalars(select(Consent).where(Consent.user_id == user_id).order_by(Consent.id))
        ],
        "erasures_asked_for": [
            {"asked_at": row.asked_at, "due_at": row.due_at, "taken_back_at": row.cancelled_at}
            for row in db.session.scalars(select(Erasure).where(Erasure.user_id == user_id).order_by(Erasure.id))
        ],
        "devices_signed_in": _sign_ins(user_id),
        "links_sent": _links(user_id),
    }


def _proposals(user_id: int) -> list[tuple[str, str, Any]]:
    rows = db.session.execute(
        select(InstitutionText.name, Institution.status, Institution.created_at)
        .join(Institution, Institution.id == InstitutionText.institution_id)
        .where(Institution.proposed_by == user_id)
        .order_by(Institution.id, InstitutionText.lang)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _sign_ins(user_id: int) -> Iterator[dict[str, Any]]:
    columns = (SignIn.id, SignIn.agent, SignIn.started_at, SignIn.ended_at)
    for row in in_portions(select(*columns).where(SignIn.user_id == user_id), SignIn.id):
        yield {"browser": row.agent, "signed_in_at": row.started_at, "signed_out_at": row.ended_at}


def _links(user_id: int) -> Iterator[dict[str, Any]]:
    columns = (Token.id, Token.purpose, Token.email, Token.created_at, Token.expires_at, Token.used_at)
    for row in in_portions(select(*columns).where(Token.user_id == user_id), Token.id):
        yield {
            "purpose": row.purpose,
            "sent_to": row.email,
            "sent_at": row.created_at,
            "good_until": row.expires_at,
            "used_at": row.used_at,
        }


def erase(user_id: int) -> None:
    """Leave a number without anything about its person; what they signed in with is gone, and their roles end."""
    user = db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    if user.email:
        _forget_address(user.email)
    _forget_proposals(user_id)
    _end_roles(user_id)
    for copy in db.session.scalars(select(DataCopy).where(DataCopy.user_id == user_id)):
        forget_copy(copy)
    for model in (SignIn, Token):
        db.session.execute(delete(model).where(model.user_id == user_id))
    _empty(user)


def _empty(user: User) -> None:
    user.email = user.email_norm = user.email_confirmed_at = user.name_arabic = user.password_hash = None
    user.sex = user.country = user.institution_id = None
    user.affiliation_confirmed_at = user.affiliation_confirmed_by = user.last_sign_in_at = None
    user.name_latin = user.sort_key = user.search_text = ""
    user.lang, user.tz, user.data_saver = "en", "UTC", False
    if user.state != UserState.ERASED:
        user.epoch += 1
        user.state, user.erased_at = UserState.ERASED, clock.now()
    db.session.flush()


def _forget_address(email: str) -> None:
    """What is found by the address alone: requests for a new password, failures, messages of nobody's account."""
    address = normal_email(email)
    asked = Job.args["email"].as_string() == address
    db.session.execute(
        delete(Job).where(Job.kind == "people.reset", asked).execution_options(synchronize_session=False)
    )
    limits.forget_mailbox(email)
    to_it = or_(Mail.to_addr == email, func.lower(Mail.to_addr) == address)
    forget_mail(Mail.to_user_id.is_(None) & to_it)


def _forget_proposals(user_id: int) -> None:
    """What somebody typed and no administrator took for an institution's name."""
    mine = select(Institution.id).where(Institution.proposed_by == user_id)
    open_ones = mine.where(Institution.status.in_((InstitutionStatus.PROPOSED, InstitutionStatus.REJECTED)))
    db.session.execute(
        delete(InstitutionText)
        .where(InstitutionText.institution_id.in_(open_ones))
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(Institution)
        .where(Institution.proposed_by == user_id, Institution.status == InstitutionStatus.PROPOSED)
        .values(status=InstitutionStatus.REJECTED)
    )
    db.session.execute(update(Institution).where(Institution.proposed_by == user_id).values(proposed_by=None))


def _end_roles(user_id: int) -> None:
    """Roles end now, also those that were to begin later; letters of mandate name people, so they go."""
    moment = clock.now()
    db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == user_id, RoleGrant.starts_at >= moment))
    held = select(RoleGrant).where(RoleGrant.user_id == user_id).with_for_update()
    for grant in db.session.scalars(held.execution_options(populate_existing=True)):
        if grant.ends_at is None or grant.ends_at > moment:
            grant.ends_at = moment
        letter, grant.letter_file = grant.letter_file, None
        db.session.flush()
        if letter is not None and not _is_somebodys_letter(letter):
            blobs.forget(letter)


def _is_somebodys_letter(sha256: str) -> bool:
    return db.session.execute(select(RoleGrant.id).where(RoleGrant.letter_file == sha256).limit(1)).first() is not None


def forget_copy(copy: DataCopy) -> None:
    """Delete a copy of somebody's data, and its file once that is certain."""
    db.session.delete(copy)
    db.session.flush()
    if copy.blob_sha is not None:
        blobs.forget(copy.blob_sha)
