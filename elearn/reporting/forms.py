"""The filters over completion records, and what an export asks for."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from elearn.core.access import Scope
from elearn.core.forms import Form
from elearn.core.i18n import LANGUAGES, clean_line, interface_language
from elearn.core.tables import Format
from elearn.reporting import queries
from elearn.reporting.rules import PURPOSE_LONGEST, Wanted, good_purpose
from elearn.reporting.words import AFFILIATIONS, FORMATS, SEXES, Names


class FilterForm(Form):
    """Which completions; sent by GET, so without a token. The address of an export carries the same."""

    class Meta(FlaskForm.Meta):
        csrf = False

    course = SelectField(_l("Course"), default="")
    country = SelectField(_l("Country"), default="")
    institution = SelectField(_l("Institution"), default="")
    language = SelectField(_l("Language of study"), default="")
    affiliation = SelectField(_l("Affiliation"), default="")
    sex = SelectField(_l("Sex"), default="")
    since = DateField(_l("From (day, UTC)"), [Optional()])
    until = DateField(_l("To (day, UTC)"), [Optional()])

    def __init__(self, scope: Scope, *, sex: bool) -> None:
        super().__init__(request.args)
        lang = interface_language()
        courses, countries = queries.courses(lang), queries.countries(scope, lang)
        # Institutions of one country at a time: all of them would be heavier than the records.
        chosen = self.country.data if self.country.data in dict(countries) else ""
        institutions = queries.institutions(scope, chosen, lang) if chosen else []
        self.language.choices = [("", _l("All languages")), *LANGUAGES.items()]
        self.course.choices = [("", _l("All courses")), *courses]
        self.country.choices = [("", _l("All countries")), *countries]
        self.institution.choices = [("", _l("All institutions")), *institutions]
        self.affiliation.choices = [("", _l("All")), *((one.value, word) for one, word in AFFILIATIONS.items())]
        self.sex.choices = [("", _l("All")), *((one.value, word) for one, word in SEXES.items())]
        self.names = Names(dict(courses), dict(countries), dict(institutions))
        for day in (self.since, self.until):
            day.flags.optional = False  # like every filter: nothing that needs saying
        if not sex:
            del self.sex
        if self.institution.data not in dict(institutions):
            self.institution.data = ""  # that of another country, chosen before
        if not institutions:
            del self.institution

    def validate_until(self, field: DateField) -> None:
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(_l("The last day lies before the first."))

    @property
    def wanted(self) -> Wanted:
        """What was chosen, once it is valid."""
        return Wanted(**{name: value for name, value in self.data.items() if value})


class ExportForm(Form):
    """How the file is written, and why it is taken."""

    format = RadioField(_l("Format"), default=Format.XLSX.value)
    lang = SelectField(_l("Language of headings and names"))
    sex = BooleanField(_l("Include sex"), id="export-sex")  # the filters on the same page have a field "sex"
    purpose = StringField(_l("Purpose"), [InputRequired(_l("Please say what the records are for."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, data={"lang": interface_language()}, **kwargs)
        self.format.choices = [(one.value, word) for one, word in FORMATS.items()]
        self.lang.choices = list(LANGUAGES.items())

    def validate_purpose(self, field: StringField) -> None:
        field.data = clean_line(field.data or "")
        if not good_purpose(field.data):
            raise ValidationError(
                _l("Please say in 10 to %(num)s characters what the records are for.", num=PURPOSE_LONGEST)
            )
