"""Pages of administrators: completion records, their export, and the log of exports."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for

from elearn.catalogue.rules import hours
from elearn.core import access, audit
from elearn.core.access import Permission, Person, requires
from elearn.core.db import note_after, reading
from elearn.core.forms import typed
from elearn.core.i18n import interface_language
from elearn.core.paging import Page
from elearn.core.tables import Format, send
from elearn.reporting import queries, service, words
from elearn.reporting.access import EVERYWHERE, export_scope, records_scope
from elearn.reporting.forms import ExportForm, FilterForm
from elearn.reporting.rules import Wanted

bp = Blueprint("reporting", __name__, template_folder="templates")
NOTHING = queries.Count(people=0, completions=0, countries=0, capped=False)


@bp.get("/manage/records")
@requires(Permission.RECORDS_SEE)
def records() -> Any:
    return _records_page()


def _records_page(export_form: ExportForm | None = None) -> Any:
    """The list under its filters, with the form of an export below; refused when a filter or the export is wrong."""
    me, lang = access.person(), interface_language()
    form = _filters(me)
    valid = form.validate()
    wanted = form.wanted if valid else Wanted()
    scope = records_scope(me, sex=bool(wanted.sex))
    page = queries.page(wanted, scope, lang) if valid else Page([], "", False)
    if wanted.sex:
        note_after(lambda: audit.note("saw-sex", service.COMPLETIONS, "", actor=me, detail=wanted.as_args()))
    return render_template(
        "reporting/records.html",
        form=form,
        page=page,
        wanted=wanted,
        described=words.described(wanted, form.names),
        count=queries.count(wanted, scope, exact="exact" in request.args) if page.items else NOTHING,
        excluding=queries.excluding(wanted, scope) if valid and not page.items and not page.has_previous else [],
        export_form=(export_form or ExportForm()) if me.may(Permission.RECORDS_EXPORT) else None,
        words=words,
        hours=hours,
    ), 422 if not valid or (export_form and export_form.errors) else 200


def _filters(me: Person) -> FilterForm:
    return FilterForm(records_scope(me), sex=me.may(Permission.RECORDS_EXPORT))


@bp.post("/manage/records/export")
@requires(Permission.RECORDS_EXPORT)
def export() -> Any:
    """Everything slow first, with nothing locked; then the log; then the file."""
    me = access.person()
    with reading():
        filters, form = FilterForm(export_scope(me), sex=True), ExportForm()
        if not (filters.validate() & form.validate_on_submit()):
            return _records_page(form)
        taken = service.take_records(me, filters.wanted, Format(form.format.data), form.lang.data, sex=form.sex.data)
    try:
        export_id = service.record_export(me, typed(form.purpose), taken)
    except Exception:
        taken.spooled.close()
        raise
    return send(taken.spooled, taken.name, service.when_sent(export_id))


@bp.get("/manage/records/export")
@requires(Permission.RECORDS_SEE)
def after_export() -> Any:
    """The address of a refused export, asked for again: by its pager, by the choice of a language."""
    return redirect(f"{url_for('.records')}?{urlencode(list(request.args.items(multi=True)))}")


@bp.get("/manage/exports")
@requires(Permission.RECORDS_EXPORT)
def exports() -> Any:
    lang = interface_language()
    page = queries.exports(access.person())
    filters = [Wanted.from_args(one.filter) for one in page.items]
    names = words.Names(
        courses=dict(queries.courses(lang)),
        countries=dict(queries.countries(EVERYWHERE, lang)),
        institutions=queries.institution_names([one.institution for one in filters if one.institution], lang),
    )
    rows = [(one, words.described(wanted, names)) for one, wanted in zip(page.items, filters, strict=True)]
    return render_template("reporting/exports.html", page=page, rows=rows, words=words)
