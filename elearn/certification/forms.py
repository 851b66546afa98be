"""The shape of what is typed about certificates: a code, words to find one, a reason to end one, a file to compare."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from elearn.certification.rules import REASONS
from elearn.core.forms import Form

LARGEST_FILE = 300_000  # several times the largest paper

REASON_NAMES = {
    "mistake": _l("It was issued by mistake"),
    "misconduct": _l("The rules of the assessment were not kept"),
    "request": _l("The holder asks for it"),
    "other": _l("Another reason, written below"),
    "name": _l("The name was corrected"),
}
assert set(REASONS) < set(REASON_NAMES)

HAPPENINGS = {
    "issued": _l("Issued"),
    "revoked": _l("Revoked"),
    "superseded": _l("Replaced by a new certificate"),
    "erased": _l("The holder's name was erased"),
}


class CodeForm(Form):
    """A GET form: the code on the paper."""

    class Meta:
        csrf = False

    code = StringField(
        _l("Verification code"),
        [Length(max=100)],
        description=_l(
            "26 letters and digits, at the foot of the certificate, such as 07104-GM2RC-1M70Y-40H28-9H858P."
        ),
    )


class FindForm(Form):
    """A GET form of administrators."""

    class Meta:
        csrf = False

    q = StringField(_l("Code, serial number or name"), [Length(max=200)])


class CompareForm(FlaskForm):
    """A file that is looked at and not kept; public, so without a session's token."""

    class Meta:
        csrf = False

    file = FileField(_l("PDF file"), [FileRequired(_l("Please choose the PDF file of the certificate."))])

    def validate_file(self, field: Any) -> None:
        if not field.data.stream.read(1):
            raise ValidationError(_l("This file is empty."))
        if field.data.stream.seek(0, 2) > LARGEST_FILE:
            raise ValidationError(_l("This file is larger than any certificate."))
        field.data.stream.seek(0)


class RevokeForm(Form):
    """Why a certificate is ended."""

    reason = SelectField(_l("Reason"), [InputRequired(_l("Please choose a reason."))])
    remark = TextAreaField(_l("Remark, for administrators only"), [Optional(), Length(max=1000)])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.reason.choices = [("", _l("Choose…")), *((key, REASON_NAMES[key]) for key in REASONS)]

    def validate_reason(self, field: Any) -> None:
        if field.data == "other" and not (self.remark.data or "").strip():
            raise ValidationError(_l("Please write the reason below."))


class ReissueForm(Form):
    """A remark on why the name was corrected; named otherwise than that of the form beside it."""

    note = TextAreaField(_l("Remark, for administrators only"), [Optional(), Length(max=1000)])
