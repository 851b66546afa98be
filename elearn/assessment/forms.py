"""The shape of what a trainer grants to one person."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from elearn.core.forms import Form

MOST_ATTEMPTS, MOST_MINUTES, LONGEST_REASON = 5, 240, 500


class GrantForm(Form):
    """More attempts or more time at one quiz, with the reason. The choices of `step` come from the course."""

    step = SelectField(_l("Quiz"), [InputRequired(_l("Please choose a quiz."))])
    attempts = IntegerField(
        _l("Additional attempts"),
        [NumberRange(0, MOST_ATTEMPTS, _l("Please give a whole number from %(min)d to %(max)d."))],
        default=1,
    )
    minutes = IntegerField(
        _l("Additional minutes for each attempt"),
        [NumberRange(0, MOST_MINUTES, _l("Please give a whole number from %(min)d to %(max)d."))],
        default=0,
        description=_l("For example half as much again for somebody who reads with a screen reader."),
    )
    reason = TextAreaField(
        _l("Reason"),
        [
            InputRequired(_l("Please give the reason: it is kept on record.")),
            Length(max=LONGEST_REASON, message=_l("Please use at most %(max)d characters.")),
        ],
    )
