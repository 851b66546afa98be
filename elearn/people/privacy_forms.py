"""The shape of what people type about their data: passwords once more, confirmations, reasons."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length, ValidationError

from elearn.core.forms import Form
from elearn.core.i18n import clean_line
from elearn.people.forms import KnowingForm, required
from elearn.people.rules import REASON_LONGEST, REASON_SHORTEST
from elearn.people.service import normal_email


class TakeCopyForm(KnowingForm):
    """Downloading the copy of one's data."""


class _Confirming(Form):
    """Typing an address says that one means this account, in every language."""

    confirmation = StringField(_l("E-mail address of the account"), [required(), Length(max=254)])

    def __init__(self, *args: Any, address: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.address = address

    def validate_confirmation(self, field: Any) -> None:
        if normal_email(field.data) != normal_email(self.address):
            raise ValidationError(_l("This is not the address of the account."))


class EraseMeForm(_Confirming, KnowingForm):
    """Asking to be erased."""


class ErasePersonForm(_Confirming):
    """An administrator's order to erase somebody who asked for it."""

    reason = StringField(
        _l("Who asked for it, when and how"),
        [
            required(),
            Length(
                min=REASON_SHORTEST,
                max=REASON_LONGEST,
                message=_l("Please say in %(min)d to %(max)d characters who asked for it."),
            ),
        ],
        filters=[lambda text: clean_line(text) if text else text],
    )
