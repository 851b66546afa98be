"""Which completions somebody reaches: all, or those of some institutions and countries as on their day."""

from sqlalchemy import ColumnElement, false, or_, select, true

from elearn.core.access import Permission, Person, Scope
from elearn.learning.models import Completion
from elearn.people.models import Institution
from elearn.reporting.models import ExportLog

EVERYWHERE = Scope(everywhere=True)


def records_scope(person: Person, *, sex: bool = False) -> Scope:
    """Whose records somebody sees. Who filters by sex learns it: that takes the permission to export."""
    return person.scope(Permission.RECORDS_EXPORT if sex else Permission.RECORDS_SEE)


def export_scope(person: Person | None) -> Scope:
    """Whose records somebody takes out; None is the command line."""
    return EVERYWHERE if person is None else person.scope(Permission.RECORDS_EXPORT)


def within(scope: Scope) -> ColumnElement[bool]:
    """The completions of a scope. Those of a proposal that was merged belong to where it was merged into."""
    if scope.everywhere:
        return true()
    reach: list[ColumnElement[bool]] = [false()]
    if scope.institutions:
        merged = select(Institution.id).where(Institution.merged_into.in_(scope.institutions))
        reach.append(Completion.institution_id.in_(scope.institutions) | Completion.institution_id.in_(merged))
    if len(scope.countries) == 1:
        reach.append(Completion.country == next(iter(scope.countries)))
    elif scope.countries:
        reach.append(Completion.country.in_(scope.countries))
    return or_(*reach)


def exports_visible_to(person: Person) -> ColumnElement[bool]:
    """The exports somebody may read about: all, or, with a limited role, their own."""
    if person.scope(Permission.RECORDS_EXPORT).everywhere:
        return true()
    return ExportLog.actor_id == person.id
