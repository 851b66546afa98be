"""People's rules of retention: sign-ins, links, copies of one's data, erasures that are due, accounts nobody uses."""

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, Select, func, or_, select

from elearn.core.db import db
from elearn.core.retention import Rule, deleting
from elearn.people import data_copy, erasure, holders, queries, rules
from elearn.people.models import SignIn, Token, User


def _over(before: dt.datetime) -> ColumnElement[bool]:
    """Sign-ins that were ended, or that ended by themselves."""
    return or_(SignIn.ended_at < before, SignIn.started_at < before - rules.SIGN_IN_LIFE)


def _count(found: Select[*tuple[Any, ...]]) -> int:
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


_sign_ins_due, _delete_sign_ins = deleting(SignIn.id, _over)
_links_due, _delete_links = deleting(Token.id, lambda before: Token.expires_at < before)

RULES = (
    Rule(
        holding=holders.SIGN_INS,
        how_long=lambda days: ngettext("%(num)d day after signing out", "%(num)d days after signing out", days),
        due=_sign_ins_due,
        carry_out=_delete_sign_ins,
    ),
    Rule(
        holding=holders.LINKS,
        how_long=lambda days: ngettext(
            "%(num)d day after they were good for the last time",
            "%(num)d days after they were good for the last time",
            days,
        ),
        due=_links_due,
        carry_out=_delete_links,
    ),
    Rule(
        holding=holders.COPIES,
        how_long=lambda days: ngettext("%(num)d day", "%(num)d days", days),
        due=lambda before: _count(queries.old_copies(before)),
        carry_out=data_copy.delete_old,
        promptly=True,
    ),
    Rule(
        holding=holders.DUE_ERASURES,
        how_long=lambda days: ngettext("%(num)d day after it was asked", "%(num)d days after it was asked", days),
        due=lambda _before: _count(queries.due_erasures()),
        carry_out=erasure.carry_out_due,
        period=rules.ERASURE_GRACE,
        promptly=True,
    ),
    Rule(
        holding=holders.UNUSED,
        how_long=lambda days: ngettext("%(num)d day after it was opened", "%(num)d days after it was opened", days),
        due=lambda before: _count(queries.unused_accounts(before + rules.UNUSED_WARNING)),
        carry_out=lambda before: erasure.warn_unused(before + rules.UNUSED_WARNING),
    ),
    Rule(
        holding=holders.INACTIVE,
        how_long=lambda days: _(
            "After %(num)d days administrators are shown the account; nothing is deleted by itself.", num=days
        ),
        due=lambda before: _count(select(User.id).where(queries.inactive(before))),
        carry_out=None,
    ),
)
