"""The base of every form: translated labels, a status for the answer, refusals shown beside their field."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from elearn.core.errors import Refused


class Form(FlaskForm):
    """A posted form. Render its page with `form.status`: 200 when shown, 422 when what was sent is not accepted."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
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


def typed(field: Field) -> str:
    """What was typed into a text field; '' when nothing was sent."""
    return field.data or ""


def choices(pairs: Iterable[tuple[str, Any]], group: str | None = None) -> list[SelectChoice]:
    """Choices of a select or a radio group from (value, label), under a common heading if there is one."""
    return [SelectChoice(value, label, optgroup=group) for value, label in pairs]


class ButtonForm(Form):
    """A form that is only a button: it carries the CSRF token."""
