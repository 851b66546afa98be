"""The base of every form: translated labels, a status for the answer, refusals shown beside their field."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.i18n import translations
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from elearn.core.errors import Refused
from elearn.core.i18n import LONGEST_LINE

# What the library says by itself, in our words: its own are not there in every language.
_OURS = {
    "This field is required.": _l("Please fill this in."),
    "Not a valid choice.": _l("Please choose from the list."),
    "Invalid Choice: could not coerce.": _l("Please choose from the list."),
    "Not a valid date value.": _l("Please give a day, such as 2026-11-21."),
    "Not a valid integer value.": _l("Please give a whole number."),
    "Field cannot be longer than %(max)d characters.": _l("Please use at most %(max)d characters."),
}


class _Words:
    """The texts of validators, in the reader's language."""

    def gettext(self, text: str) -> str:
        return str(_OURS[text] if text in _OURS else translations.gettext(text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return str(_OURS[many] if many in _OURS else translations.ngettext(one, many, number))


class Form(FlaskForm):
    """A posted form. Render its page with `form.status`: 200 when shown, 422 when what was sent is not accepted.

    `first`: the fields that come first on the page, where that is not their order here; corrections follow the page.
    """

    first: tuple[str, ...] = ()

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Words:
            return _Words()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            if request.is_json:
                return None  # the library would take any JSON for fields, numbers and lists too
            return _without_long_lines(form, super().wrap_formdata(form, formdata))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._fields = {name: self[name] for name in (*self.first, *(field.short_name for field in self))}
        self.refusal: str = ""
        if "csrf_token" in self:
            self["csrf_token"].render_kw = {"id": False}  # several forms may stand on one page

    @property
    def status(self) -> int:
        return 422 if self.errors or self.refusal else 200

    @contextmanager
    def explaining_refusals(self) -> Iterator[None]:
        """Turn a `Refused` of the block into an error of the field it names, or of the whole form."""
        try:
            yield
        except Refused as refused:
            field = self._fields.get(refused.field or "")
            if field is None:
                self.refusal = str(refused.message)
            else:
                field.errors = [*field.errors, str(refused.message)]


def _without_long_lines(form: FlaskForm, sent: Any) -> Any:
    """What was sent, with lines cut that are longer than any may be: an endless one keeps validators busy for hours."""
    lines = {
        field.name
        for field in form
        if isinstance(field, StringField) and not isinstance(field, TextAreaField | HiddenField)
    }

    def too_long(name: str, value: Any) -> bool:
        return name in lines and isinstance(value, str) and len(value) > LONGEST_LINE

    if sent is None or not any(too_long(name, value) for name, value in sent.items(multi=True)):
        return sent
    return MultiDict(
        (name, value[:LONGEST_LINE] if too_long(name, value) else value) for name, value in sent.items(multi=True)
    )


def typed(field: Field) -> str:
    """What was typed into a text field; '' when nothing was sent."""
    return field.data or ""


def choices(pairs: Iterable[tuple[str, Any]], group: str | None = None) -> list[SelectChoice]:
    """Choices of a select or a radio group from (value, label), under a common heading if there is one."""
    return [SelectChoice(value, label, optgroup=group) for value, label in pairs]


class ButtonForm(Form):
    """A form that is only a button: it carries the CSRF token."""
