"""Pages of administrators: people, their roles and affiliation, and the institutions people propose."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from elearn.core import access
from elearn.core.access import Permission, Role, requires
from elearn.core.db import db
from elearn.core.errors import Refused
from elearn.core.i18n import interface_language
from elearn.people import institutions, queries, roles
from elearn.people.access import can_manage
from elearn.people.forms import (
    ROLE_NAMES,
    AcceptInstitutionForm,
    FindPeopleForm,
    GrantRoleForm,
    MergeInstitutionForm,
)
from elearn.people.models import User
from elearn.people.views import bp


@bp.get("/manage/people")
@requires(Permission.PEOPLE_SEE)
def manage_people() -> Any:
    form = FindPeopleForm(request.args)
    wanted = queries.Filter(
        words=form.q.data or "", country=form.country.data or "", role=form.role.data or "", state=form.state.data or ""
    )
    page = queries.people(access.person(), wanted, interface_language())
    return render_template(
        "people/manage_people.html",
        form=form,
        page=page,
        wanted=wanted,
        role_names=ROLE_NAMES,
        countries=dict(queries.countries(interface_language())),
    )


@bp.get("/manage/people/<public_id>")
@requires(Permission.PEOPLE_SEE)
def manage_person(public_id: str) -> Any:
    return _person_page(public_id)


def _person_page(public_id: str, grant_form: GrantRoleForm | None = None) -> Any:
    lang, me = interface_language(), access.person()
    found = queries.person_page(me, public_id, lang) or abort(404)
    return render_template(
        "people/manage_person.html",
        found=found,
        user=found.user,
        grants=queries.grants(found.user.id, lang),
        erasure=queries.erasure_of(found.user.id),
        role_names=ROLE_NAMES,
        may_change=can_manage(me, found.user),
        may_grant=me.may(Permission.ROLES_GRANT) and can_manage(me, found.user),
        grant_form=grant_form or GrantRoleForm(),
    ), grant_form.status if grant_form else 200


@bp.post("/manage/people/<public_id>/<any(block, unblock, 'confirm-affiliation'):what>")
@requires(Permission.PEOPLE_MANAGE)
def change_person(public_id: str, what: str) -> Any:
    user, me = managed_or_404(public_id), access.person()
    if what == "block":
        roles.block(me, user)
        flash(_("The account is blocked and signed out everywhere."))
    elif what == "unblock":
        roles.unblock(me, user)
        flash(_("The account is open again."))
    else:
        institutions.confirm_affiliation(me, user)
        flash(_("The affiliation is confirmed."))
    return redirect(url_for(".manage_person", public_id=public_id), 303)


@bp.post("/manage/people/<public_id>/roles")
@requires(Permission.ROLES_GRANT)
def grant_role(public_id: str) -> Any:
    user, form = managed_or_404(public_id), GrantRoleForm()
    if form.validate_on_submit():
        with form.explaining_refusals():
            roles.grant_role(
                access.person(),
                user,
                Role(form.role.data),
                institution_id=int(form.institution.data) if form.institution.data else None,
                country=form.country.data or None,
            )
            flash(_("The role is granted."))
            return redirect(url_for(".manage_person", public_id=public_id), 303)
    return _person_page(public_id, form)


@bp.post("/manage/people/<public_id>/roles/<int:grant_id>/end")
@requires(Permission.ROLES_GRANT)
def end_role(public_id: str, grant_id: int) -> Any:
    roles.end_role(access.person(), managed_or_404(public_id), grant_id)
    flash(_("The role has ended."))
    return redirect(url_for(".manage_person", public_id=public_id), 303)


def managed_or_404(public_id: str) -> User:
    """A person in the administrator's scope: strangers 404, one's own account refused."""
    me = access.person()
    found = queries.person_page(me, public_id, interface_language()) or abort(404)
    if found.user.id == me.id:
        raise Refused(_("Your own account is changed by another administrator."))
    if not can_manage(me, found.user):
        abort(403)
    return db.session.get_one(User, found.user.id, with_for_update=True, populate_existing=True)


@bp.get("/manage/institutions")
@requires(Permission.INSTITUTIONS_MANAGE)
def manage_institutions() -> Any:
    return _institutions_page()


def _institutions_page(refusal: str = "", status: int = 200) -> Any:
    lang = interface_language()
    return render_template(
        "people/manage_institutions.html",
        proposed=queries.proposed_institutions(lang),
        page=queries.listed_institutions(lang),
        accept_form=AcceptInstitutionForm(formdata=None),
        merge_form=MergeInstitutionForm(formdata=None),
        refusal=refusal,
    ), status


@bp.post("/manage/institutions/<code>/accept")
@requires(Permission.INSTITUTIONS_MANAGE)
def accept_institution(code: str) -> Any:
    form = AcceptInstitutionForm()
    if form.validate_on_submit():
        with form.explaining_refusals():
            names = {"en": form.name_en.data, "fr": form.name_fr.data, "ar": form.name_ar.data}
            institutions.accept(access.person(), code, {lang: text or "" for lang, text in names.items()})
            flash(_("The institution is in the list now."))
            return redirect(url_for(".manage_institutions"), 303)
    return _institutions_page(form.refusal or _("A name is too long."), 422)


@bp.post("/manage/institutions/<code>/reject")
@requires(Permission.INSTITUTIONS_MANAGE)
def reject_institution(code: str) -> Any:
    institutions.reject(access.person(), code)
    flash(_("The proposal is rejected. Its people may choose another institution."))
    return redirect(url_for(".manage_institutions"), 303)


@bp.post("/manage/institutions/<code>/merge")
@requires(Permission.INSTITUTIONS_MANAGE)
def merge_institution(code: str) -> Any:
    form = MergeInstitutionForm()
    if form.validate_on_submit():
        with form.explaining_refusals():
            institutions.merge(access.person(), code, int(form.into.data))
            flash(_("The people of this proposal belong to the chosen institution now."))
            return redirect(url_for(".manage_institutions"), 303)
    return _institutions_page(form.refusal or _("Please choose an institution of the list."), 422)
