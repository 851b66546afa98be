"""Pages of administrators: find a certificate, see its history, revoke it, issue it again with a corrected name."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from elearn.certification import claims, queries, rules, service
from elearn.certification.forms import HAPPENINGS, REASON_NAMES, FindForm, ReissueForm, RevokeForm
from elearn.certification.queries import Record
from elearn.certification.views import bp
from elearn.core import access
from elearn.core.access import Permission, requires
from elearn.core.forms import typed
from elearn.core.i18n import interface_language


@bp.get("/manage/certificates")
@requires(Permission.CERTIFICATES_MANAGE)
def manage() -> Any:
    form, lang = FindForm(request.args), interface_language()
    page = queries.find(form.q.data or "")
    return render_template(
        "certification/manage.html",
        form=form,
        page=page,
        rows=[(record, claims.shown(record, lang)) for record in page.items],
        declared=bool(current_app.config["VERIFY_URL"]),
    )


@bp.get("/manage/certificates/<code>")
@requires(Permission.CERTIFICATES_MANAGE)
def manage_one(code: str) -> Any:
    return _page(_record_or_404(code))


@bp.post("/manage/certificates/<code>/revoke")
@requires(Permission.CERTIFICATES_MANAGE)
def revoke(code: str) -> Any:
    record, form = _record_or_404(code), RevokeForm()
    if form.validate_on_submit():
        with form.explaining_refusals():
            service.revoke(access.person(), record.certificate, form.reason.data, typed(form.remark))
            flash(_("The certificate is revoked."))
            return redirect(url_for(".manage_one", code=record.code), 303)
    return _page(record, revoke_form=form)


@bp.post("/manage/certificates/<code>/reissue")
@requires(Permission.CERTIFICATES_MANAGE)
def reissue(code: str) -> Any:
    record, form = _record_or_404(code), ReissueForm()
    if form.validate_on_submit():
        with form.explaining_refusals():
            new = service.reissue(access.person(), record.certificate, typed(form.note))
            flash(_("A new certificate is issued; the old one says that it was replaced."))
            return redirect(url_for(".manage_one", code=new.code), 303)
    return _page(record, reissue_form=form)


def _record_or_404(code: str) -> Record:
    read = rules.read_code(code)
    return (queries.by_code(read) if read else None) or abort(404)


def _page(record: Record, revoke_form: RevokeForm | None = None, reissue_form: ReissueForm | None = None) -> Any:
    sent = revoke_form or reissue_form
    return render_template(
        "certification/manage_one.html",
        record=record,
        shown=claims.shown(record, interface_language()),
        show_code=rules.show_code,
        history=queries.history(record.certificate.id),
        happenings=HAPPENINGS,
        reasons=REASON_NAMES,
        revoke_form=revoke_form or RevokeForm(),
        reissue_form=reissue_form or ReissueForm(),
    ), sent.status if sent else 200
