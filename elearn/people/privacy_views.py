"""Pages on one's own data: what is kept, a copy of it, erasing the account; and the public page on what is kept."""

from typing import Any

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from elearn.core import access, privacy, retention
from elearn.core.access import public, signed_in
from elearn.core.db import reading
from elearn.core.forms import ButtonForm
from elearn.core.i18n import long_date
from elearn.core.privacy import Fate, Holding
from elearn.people import data_copy, erasure, queries, rules
from elearn.people.privacy_forms import EraseMeForm, TakeCopyForm
from elearn.people.views import bp, knows_password, signed_out


@bp.get("/privacy/data")
@public
def what_is_kept() -> Any:
    """Written from the rules by which the clock deletes, and from what the domains say that they hold."""
    timed = {rule.name: rule for rule in retention.rules() if rule.time is not None}
    return render_template(
        "people/what_is_kept.html",
        rules=[timed[holding.rule] for holding in _holdings() if holding.rule in timed],
        holdings=[holding for holding in _holdings() if not holding.rule],
        Fate=Fate,
    )


def _holdings() -> list[Holding]:
    """Everything that is kept, in the order in which a person asks: the account first, what runs behind it last."""
    parts = sorted(privacy.parts(), key=lambda part: (part.domain != "people", part.domain == "core"))
    return [holding for part in parts for holding in part.holdings]


@bp.get("/me/data")
@signed_in
def my_data() -> Any:
    copy = queries.data_copy(access.person().id)
    ready = data_copy.ready_for(access.person().id)
    return render_template(
        "people/my_data.html",
        ready=ready,
        until=data_copy.good_until(ready) if ready else None,
        preparing=copy is not None and data_copy.in_preparation(copy),
    )


@bp.post("/me/data")
@signed_in
def ask_for_copy() -> Any:
    data_copy.ask(access.person())
    flash(_("Your copy is being prepared. We write to you when it is ready."))
    return redirect(url_for(".my_data"), 303)


@bp.route("/me/data/copy", methods=["GET", "POST"])
@signed_in
def take_copy() -> Any:
    """The password is asked for again: whoever finds a device signed in must not take everything away."""
    form, me = TakeCopyForm(), access.person()
    with reading():
        copy = data_copy.ready_for(me.id)
    if copy is None:
        return redirect(url_for(".my_data"), 303)
    if form.validate_on_submit() and knows_password(form, me):
        answer = send_file(
            data_copy.take(me, copy),
            mimetype=data_copy.MIME,
            as_attachment=True,
            download_name=f"my-data-{copy.asked_at.date().isoformat()}.zip",
        )
        answer.content_length = copy.size  # type: ignore[assignment]  # None is what the header takes for "not known"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    return render_template("people/take_copy.html", form=form, copy=copy), form.status


@bp.route("/me/data/erase", methods=["GET", "POST"])
@signed_in
def erase_me() -> Any:
    me = access.person()
    form = EraseMeForm(address=me.email)
    if form.validate_on_submit() and knows_password(form, me):
        with form.explaining_refusals():
            asked = erasure.ask(me)
            day = long_date(asked.due_at)
            return signed_out(
                _(
                    "Your account will be erased on %(day)s. We have sent you a message: with its link, or by signing "
                    "in before that day, you keep the account.",
                    day=day,
                )
            )
    return render_template("people/erase_me.html", form=form, **what_becomes()), form.status


def what_becomes() -> dict[str, Any]:
    """What an erasure takes away and what it leaves, for the pages on which it is asked for."""
    found = [holding for holding in _holdings() if holding.tables]
    days = rules.ERASURE_GRACE.days
    return {
        "erased": [holding.what for holding in found if holding.fate == Fate.ERASED],
        "kept": [(holding.what, holding.why) for holding in found if holding.fate == Fate.NAMELESS],
        "grace": ngettext("%(num)d day", "%(num)d days", days),
    }


@bp.route("/keep-account/<token>", methods=["GET", "POST"])
@public
def keep_account(token: str) -> Any:
    """A page with a button: mail scanners open links, and must not decide anything."""
    form = ButtonForm()
    if form.validate_on_submit():
        if erasure.take_back_by_link(token):
            flash(_("Your account is kept. You can sign in as before."))
            return redirect(url_for(".sign_in"), 303)
        good = False
    else:
        good = queries.token_is_good([erasure.KEEPING], token)
    return render_template("people/keep_account.html", form=form, good=good), form.status if good else 410
