"""Pages of holders (their certificates, the file) and the public page on which anybody checks one."""

import hashlib
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from elearn.catalogue import shelf
from elearn.certification import claims, files, limits, queries, rules, service
from elearn.certification.access import is_holder, may_manage
from elearn.certification.forms import CodeForm, CompareForm
from elearn.certification.queries import Record
from elearn.core import access
from elearn.core.access import public, signed_in
from elearn.core.db import reading
from elearn.core.errors import Refused
from elearn.core.forms import ButtonForm
from elearn.core.i18n import LANGUAGES, direction, interface_language
from elearn.core.limits import network
from elearn.core.web import csrf_exempt

bp = Blueprint("certification", __name__, template_folder="templates")


@bp.get("/me/certificates")
@signed_in
def mine() -> Any:
    me, lang = access.person(), interface_language()
    waiting = [row for row in queries.waiting_of_person(me.id) if row.kind is not None]
    return render_template(
        "certification/mine.html",
        shown=[claims.shown(record, lang) for record in queries.all_of_person(me.id)],
        waiting=[(row.completion, outline.text(lang)) for row in waiting if (outline := shelf.outline(row.version.id))],
        declared=bool(current_app.config["VERIFY_URL"]),
    )


@bp.get("/me/certificates/<code>")
@signed_in
def show(code: str) -> Any:
    record = _own_or_404(code)
    return render_template(
        "certification/show.html",
        record=record,
        shown=claims.shown(record, interface_language()),
        show_code=rules.show_code,
        may_choose=record.file is None and record.certificate.langs.startswith("fr"),
        button=ButtonForm(),
    )


@bp.post("/me/certificates/<code>/languages")
@signed_in
def choose_languages(code: str) -> Any:
    record = _own_or_404(code)
    service.choose_languages(access.person(), record.certificate, request.form.get("second", ""))
    return redirect(url_for(".pdf", code=record.code), 303)


@bp.get("/me/certificates/<code>/pdf")
@signed_in
def pdf(code: str) -> Any:
    record = _record_or_404(code)
    if not may_manage(access.person()):
        record = _own_or_404(code)
        if record.certificate.ended_at is not None:
            raise Refused(_("This certificate is no longer valid, so its file is not given out any more."))
    name = f"certificate-{record.serial}.pdf"
    stored = files.ready(record.certificate.id) or abort(404)
    response = Response(stored.content, mimetype=files.MIME)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.set_etag(stored.sha256)
    return response.make_conditional(request)


@bp.get("/verify/")
@public
def verify_form() -> Any:
    form = CodeForm(request.args)
    typed = form.code.data or ""
    if typed:
        code = rules.read_code(typed)
        return redirect(url_for(".verify", code=code)) if code else _not_found(typed)
    return render_template("certification/verify_form.html", form=form)


@bp.get("/verify/<code>")
@public
def verify(code: str) -> Any:
    read = rules.read_code(code)
    if read is not None and read != code:
        return redirect(url_for(".verify", code=read, lang=request.args.get("lang")))
    record = _checked(read)
    return _public_page(record) if record is not None else _not_found(code)


@bp.post("/verify/<code>")
@public
@csrf_exempt
def compare(code: str) -> Any:
    with reading():
        record = _checked(rules.read_code(code))
        form = CompareForm()
        if record is None:
            return _not_found(code)
        same = None
        if form.validate():
            same = record.file is not None and hashlib.sha256(form.file.data.read()).hexdigest() == record.file.blob_sha
        return _public_page(record, form=form, same=same), 422 if form.errors else 200


def _record_or_404(code: str) -> Record:
    read = rules.read_code(code)
    return (queries.by_code(read) if read else None) or abort(404)


def _own_or_404(code: str) -> Record:
    record = _record_or_404(code)
    return record if is_holder(access.person(), record.certificate) else abort(404)


def _checked(code: str | None) -> Record | None:
    """The certificate that somebody asks about; misses are counted, and too many of them end in 429."""
    address = network()
    if limits.exhausted(address):
        abort(429)
    record = queries.by_code(code) if code else None
    if record is None:
        limits.missed(address)
    return record


def _public_page(record: Record, *, form: CompareForm | None = None, same: bool | None = None) -> Any:
    lang = _page_language()
    with force_locale(lang):
        return _in(
            lang,
            "certification/verify.html",
            shown=claims.shown(record, lang),
            show_code=rules.show_code,
            form=form or CompareForm(),
            same=same,
        )


def _not_found(typed: str) -> Any:
    lang = _page_language()
    with force_locale(lang):
        form = CodeForm(data={"code": typed[:100]})
        return _in(lang, "certification/not_found.html", form=form), 404


def _page_language() -> str:
    """A link may carry its language, so that each of the three can be passed on; else the visitor's."""
    wanted = request.args.get("lang", "")
    return wanted if wanted in LANGUAGES else interface_language()


def _in(lang: str, template: str, **values: Any) -> str:
    """The whole page in one language, header and direction too."""
    instance = current_app.config["INSTANCE_NAMES"][lang]
    return render_template(template, lang=lang, dir=direction(lang), instance=instance, **values)
