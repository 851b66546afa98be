"""Pages of one's own account: registering, signing in and out, confirming, resetting, the profile."""

import logging
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user

from elearn.core import access, kept
from elearn.core.access import Person, person_or_none, public, signed_in
from elearn.core.db import note_after, reading
from elearn.core.forms import ButtonForm, typed
from elearn.core.i18n import LANGUAGE_COOKIE, interface_language
from elearn.core.limits import Counted, give_back, take
from elearn.core.origin import own_path
from elearn.core.web import remember_choice
from elearn.people import erasure, limits, links, passwords, queries, service
from elearn.people.forms import (
    AskResetForm,
    ChangeEmailForm,
    ChangePasswordForm,
    CodeForm,
    KnowingForm,
    LimitedForm,
    NewPasswordForm,
    ProfileForm,
    RegisterForm,
    SignInForm,
)
from elearn.people.models import UserState
from elearn.people.queries import Account, Profile

log = logging.getLogger(__name__)
bp = Blueprint("people", __name__, template_folder="templates")


@bp.route("/register", methods=["GET", "POST"])
@public
def register() -> Any:
    with reading():
        form = RegisterForm(preferred_lang=interface_language())
    if form.validate_on_submit() and _seldom_enough(form, *limits.registering(typed(form.email))):
        password_hash = passwords.hashed(typed(form.password))
        with form.explaining_refusals():
            _register(form, password_hash)
            answer = redirect(url_for(".registered", next=own_path(request.args.get("next")) or None), 303)
            remember_choice(answer, LANGUAGE_COOKIE, form.preferred_lang.data)
            return answer
    return render_template("people/register.html", form=form), form.status


def _register(form: RegisterForm, password_hash: str) -> None:
    links.register(
        email=typed(form.email),
        password_hash=password_hash,
        name_latin=typed(form.name_latin),
        name_arabic=typed(form.name_arabic),
        country=form.country.data,
        institution_id=form.institution_id,
        proposed_institution=typed(form.proposed_institution),
        lang=form.preferred_lang.data,
        sex=form.sex_given,
    )


def _seldom_enough(form: LimitedForm, *counted: Counted) -> bool:
    """Whether this may be asked for once more; counted at once, whatever comes of it."""
    form.too_often = take(*counted) is None
    if form.too_often:
        form.refusal = _("This was asked for too often. Please wait a quarter of an hour.")
    return not form.too_often


@bp.get("/registered")
@public
def registered() -> Any:
    return render_template("people/registered.html", next=own_path(request.args.get("next")) or None)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    form = SignInForm(next=request.args.get("next", ""))
    if person_or_none() is not None and request.method == "GET":
        return redirect(own_path(form.next.data) or url_for("home.my_learning"))
    if form.validate_on_submit():
        account = _account_for(form)
        with form.explaining_refusals():
            if account is not None:
                return _signed_in(form, account)
    return render_template("people/sign_in.html", form=form), form.status


def _account_for(form: SignInForm) -> Account | None:
    """The account whose password is right; otherwise the form says why not, the same whether it exists."""
    account = _checked(form, typed(form.email), typed(form.password))
    if account is not None and account.state == UserState.BLOCKED:
        form.refusal = _("This account is closed. Please write to us.")
        return None
    if account is None and not form.refusal:
        form.refusal = _("The e-mail address or the password is not right.")
    return account


def _checked(form: SignInForm | KnowingForm, email: str, password: str) -> Account | None:
    """The account with this address if the password is right. Each try counts until it is known to be right."""
    taken = take(*limits.signing_in(email))
    if taken is None:
        log.warning("passwords are tried too often")
        form.too_often = True
        form.refusal = _("Too many attempts. Please wait a quarter of an hour, or set a new password.")
        return None
    with reading():
        account = queries.account_by_email(service.normal_email(email))
    if not passwords.matches(account.password_hash if account else None, password):
        log.warning("a wrong password was tried", extra={"account": account.id if account else 0})
        return None
    note_after(lambda: give_back(taken))
    return account


def _signed_in(form: SignInForm, account: Account) -> Any:
    before = person_or_none()
    if before is not None:
        service.sign_out(before)
    limits.forget_failures(typed(form.email))
    _open_session(account.id, account.epoch)
    if erasure.take_back(account.id, account.id):
        flash(_("You have signed in, so your account is kept. It will not be erased."))
    carried = kept.unpack(form.kept.data) if form.kept.data else None
    if carried is not None:
        return kept.send_again(*carried, signed_in=True)
    answer = redirect(own_path(form.next.data) or url_for("home.my_learning"), 303)
    remember_choice(answer, LANGUAGE_COOKIE, account.lang)
    return answer


def _open_session(user_id: int, epoch: int) -> None:
    token = service.begin_sign_in(user_id, epoch, request.headers.get("User-Agent", ""))
    session.clear()
    g.pop("csrf_token", None)  # it belonged to the session that has just ended
    session.permanent = True
    signed: Person | None = queries.person_by_token(token)
    login_user(signed)


@bp.post("/sign-out")
@signed_in
def sign_out() -> Any:
    service.sign_out(access.person())
    return signed_out(_("You are signed out."))


@bp.post("/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> Any:
    service.sign_me_out_everywhere(access.person())
    return signed_out(_("You are signed out on every device."))


def signed_out(message: str) -> Any:
    logout_user()
    session.clear()
    flash(message)
    return redirect(url_for("home.front"), 303)


@bp.route("/reset", methods=["GET", "POST"])
@public
def ask_reset() -> Any:
    form = AskResetForm()
    if form.validate_on_submit() and _seldom_enough(form, *limits.resetting(typed(form.email))):
        links.ask_reset(typed(form.email))
        return redirect(url_for(".reset_sent"), 303)
    return render_template("people/ask_reset.html", form=form), form.status


@bp.get("/reset/sent")
@public
def reset_sent() -> Any:
    return render_template("people/reset_sent.html")


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Any:
    with reading():  # before the password is hashed, which is slow on purpose
        owner = queries.owner_of_link("reset", token)
    if owner is None:
        return _link_over(url_for(".ask_reset"))
    form = NewPasswordForm(owner=owner)
    if form.validate_on_submit():
        password_hash = passwords.hashed(typed(form.password))
        if links.reset_password(token, password_hash):
            flash(_("Your new password is set. Please sign in with it."))
            return redirect(url_for(".sign_in"), 303)
        return _link_over(url_for(".ask_reset"))
    return render_template("people/reset.html", form=form), form.status


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> Any:
    """A page with a button: mail scanners open links, and must not confirm anything."""
    form = ButtonForm()
    if form.validate_on_submit():
        with form.explaining_refusals():
            if links.confirm_by_link(token):
                flash(_("Your address is confirmed."))
                return redirect(url_for("home.my_learning"), 303)
            return _link_over(url_for(".confirm_address"))
    if request.method == "GET" and not queries.token_is_good(links.CONFIRMING, token):
        return _link_over(url_for(".confirm_address"))
    return render_template("people/confirm.html", form=form), form.status


def _link_over(again: str) -> Any:
    return render_template("people/link_over.html", again=again), 410


@bp.route("/me/confirm", methods=["GET", "POST"])
@signed_in
def confirm_address() -> Any:
    form = CodeForm()
    if form.validate_on_submit():
        with form.explaining_refusals():
            if links.confirm_by_code(access.person(), typed(form.code)):
                flash(_("Your address is confirmed."))
                return redirect(url_for("home.my_learning"), 303)
            # The try is counted, so this answer is kept: a redirect, not a refusal.
            flash(_("This code is not the one of the latest message, or it is no longer good."), "bad")
            return redirect(url_for(".confirm_address"), 303)
    return render_template("people/confirm_address.html", form=form), form.status


@bp.post("/me/confirm/again")
@signed_in
def confirm_again() -> Any:
    if take(*limits.having_mail_sent()) is None:
        abort(429)
    links.ask_confirmation(access.person())
    flash(_("We have sent the message once more."))
    return redirect(url_for(".confirm_address"), 303)


@bp.route("/me/profile", methods=["GET", "POST"])
@signed_in
def profile() -> Any:
    me = access.person()
    with reading():
        mine = queries.profile(me.id, interface_language()) or abort(404)
        form = _profile_form(mine)
    if form.validate_on_submit():
        with form.explaining_refusals():
            _change_profile(form, me)
            flash(_("Your profile is saved."))
            return redirect(url_for(".profile"), 303)
    return render_template("people/profile.html", form=form, mine=mine), form.status


def _profile_form(mine: Profile) -> ProfileForm:
    user = mine.user
    return ProfileForm(
        name_latin=user.name_latin,
        name_arabic=user.name_arabic,
        country=user.country,
        institution=str(user.institution_id or ""),
        preferred_lang=user.lang,
        sex=user.sex,
        tz=user.tz,
        data_saver=user.data_saver,
        keep_institution=(user.institution_id, mine.institution) if user.institution_id else None,
    )


def _change_profile(form: ProfileForm, me: Person) -> None:
    service.change_profile(
        me,
        name_latin=typed(form.name_latin),
        name_arabic=typed(form.name_arabic),
        country=form.country.data,
        institution_id=form.institution_id,
        proposed_institution=typed(form.proposed_institution),
        lang=form.preferred_lang.data,
        tz=form.tz.data,
        sex=form.sex_given,
        data_saver=form.data_saver.data,
    )


@bp.route("/me/password", methods=["GET", "POST"])
@signed_in
def change_password() -> Any:
    form, me = ChangePasswordForm(), access.person()
    if form.validate_on_submit() and knows_password(form, me):
        password_hash = passwords.hashed(typed(form.password))
        user = service.change_password(me, password_hash)
        links.tell_of_new_password(user)
        _open_session(user.id, user.epoch)
        flash(_("Your new password is set. Every other device is signed out."))
        return redirect(url_for(".profile"), 303)
    return render_template("people/change_password.html", form=form), form.status


@bp.route("/me/email", methods=["GET", "POST"])
@signed_in
def change_email() -> Any:
    form, me = ChangeEmailForm(), access.person()
    if form.validate_on_submit() and knows_password(form, me) and _seldom_enough(form, *limits.having_mail_sent()):
        with form.explaining_refusals():
            links.ask_email_change(me, typed(form.email))
            flash(_("We have sent a message to the new address. The change takes effect when you confirm it there."))
            return redirect(url_for(".confirm_address"), 303)
    return render_template("people/change_email.html", form=form), form.status


def knows_password(form: KnowingForm, me: Person) -> bool:
    """Whether the present password is right; wrong ones count like failed sign-ins."""
    knows = _checked(form, me.email, typed(form.present_password)) is not None
    if not knows and not form.refusal:
        form.present_password.errors = [_("This is not your present password.")]
    return knows
