"""Who reaches which certificates: their holders, and administrators of certificates. The public page asks nobody."""

from sqlalchemy import ColumnElement

from elearn.certification.models import Certificate
from elearn.core.access import Permission, Person


def held_by(person: Person) -> ColumnElement[bool]:
    """One's own certificates."""
    return Certificate.user_id == person.id


def is_holder(person: Person, certificate: Certificate) -> bool:
    """Beside `held_by`: the same question about one row."""
    return certificate.user_id == person.id


def may_manage(person: Person) -> bool:
    """May look up, revoke and reissue everybody's; the permission has no narrower scope."""
    return person.scope(Permission.CERTIFICATES_MANAGE).everywhere
