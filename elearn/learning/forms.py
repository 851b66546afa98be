"""The shape of what a trainee says when enrolling."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, SelectField
from wtforms.validators import InputRequired

from elearn.core.forms import Form
from elearn.people.forms import NameForm


class EnrolForm(NameForm):
    """The name as it will be printed, and the language to study in."""

    lang = SelectField(_l("Language of the lessons"), [InputRequired(_l("Please fill this in."))])


class AddTrainerForm(Form):
    email = EmailField(_l("E-mail address of the trainer's account"), [InputRequired(_l("Please fill this in."))])
