"""Pages of administrators: erasing somebody who asked for it, and taking that back."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from elearn.core import access
from elearn.core.access import Permission, requires
from elearn.core.db import reading
from elearn.core.forms import typed
from elearn.core.i18n import interface_language, long_date
from elearn.people import erasure, queries
from elearn.people.access import can_manage
from elearn.people.manage import managed_or_404
from elearn.people.privacy_forms import ErasePersonForm
from elearn.people.privacy_views import what_becomes
from elearn.people.views import bp


@bp.route("/manage/people/<public_id>/erase", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def erase_person(public_id: str) -> Any:
    me = access.person()
    with reading():
        found = queries.person_page(me, public_id, interface_language()) or abort(404)
        if not can_manage(me, found.user):
            abort(403)
        form = ErasePersonForm(address=found.user.email or "")
    if form.validate_on_submit():
        with form.explaining_refusals():
            asked = erasure.ask_for(me, managed_or_404(public_id), typed(form.reason))
            flash(
                _("The account will be erased on %(day)s, and its person has been told.", day=long_date(asked.due_at))
            )
            return redirect(url_for(".manage_person", public_id=public_id), 303)
    return render_template("people/erase_person.html", form=form, user=found.user, **what_becomes()), form.status


@bp.post("/manage/people/<public_id>/keep")
@requires(Permission.PEOPLE_MANAGE)
def keep_person(public_id: str) -> Any:
    erasure.take_back_for(access.person(), managed_or_404(public_id))
    flash(_("The account is kept, and its person has been told."))
    return redirect(url_for(".manage_person", public_id=public_id), 303)
