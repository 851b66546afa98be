"""The shape of what people type about themselves and about others."""

from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TelField,
)
from wtforms.validators import Email, EqualTo, InputRequired, Length, Optional, ValidationError

from elearn.core.access import ROLES, Role
from elearn.core.forms import Form
from elearn.core.i18n import LANGUAGES, clean_line, interface_language, western_digits
from elearn.people import queries
from elearn.people.models import Sex
from elearn.people.rules import PASSWORD_LONGEST, PASSWORD_SHORTEST, weak_password

ROLE_NAMES = {Role.TRAINER: _l("Trainer"), Role.ADMINISTRATOR: _l("Administrator")}
assert set(ROLE_NAMES) == set(ROLES)


def _required() -> InputRequired:
    return InputRequired(_l("Please fill this in."))


def _email() -> list[Any]:
    return [
        _required(),
        Length(max=254),
        Email(_l("This does not look like an e-mail address, such as name@ministry.gov.")),
    ]


def _new_password() -> list[Any]:
    return [
        _required(),
        Length(
            min=PASSWORD_SHORTEST,
            max=PASSWORD_LONGEST,
            message=_l("Please use between %(min)d and %(max)d characters; a short sentence is easy to remember."),
        ),
    ]


def _has_letters(_form: Any, field: Any) -> None:
    if not any(character.isalpha() for character in clean_line(field.data or "")):
        raise ValidationError(_l("Please write a name in letters."))


def name_latin_field() -> StringField:
    return StringField(_l("Your name in Latin letters"), [_required(), Length(max=200), _has_letters])


def name_arabic_field() -> StringField:
    return StringField(_l("Your name in Arabic letters"), [Optional(), Length(max=200), _has_letters])


class NameForm(Form):
    """How the name is printed on certificates."""

    name_latin = name_latin_field()
    name_arabic = name_arabic_field()


class AboutMe(NameForm):
    """Country, institution, language: shared by registering and by the profile."""

    country = SelectField(_l("Country"), [_required()])
    institution = SelectField(_l("Institution"), [Optional()])
    proposed_institution = StringField(
        _l("Name of your institution, if it is not in the list"), [Optional(), Length(max=200)]
    )
    preferred_lang = SelectField(_l("Language of the pages and messages"), choices=list(LANGUAGES.items()))
    sex = RadioField(
        _l("Sex"),
        [Optional()],
        choices=[(Sex.FEMALE, _l("Female")), (Sex.MALE, _l("Male")), (Sex.UNSAID, _l("Prefer not to say"))],
    )

    def __init__(self, *args: Any, keep_institution: tuple[int, str] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        lang = interface_language()
        countries = queries.countries(lang)
        names = dict(countries)
        self.country.choices = [("", _l("Choose…")), *countries]
        groups: dict[str, list[tuple[str, str]]] = {"": [("", _l("Not in the list, or none"))]}
        for institution_id, country, name in queries.institution_names(lang):
            groups.setdefault(names.get(country, country), []).append((str(institution_id), name))
        if keep_institution and not any((str(keep_institution[0]), keep_institution[1]) in g for g in groups.values()):
            groups[""].append((str(keep_institution[0]), keep_institution[1]))
        self.institution.choices = groups

    @property
    def institution_id(self) -> int | None:
        return int(self.institution.data) if self.institution.data else None

    @property
    def sex_given(self) -> Sex | None:
        return Sex(self.sex.data) if self.sex.data else None


class RegisterForm(AboutMe):
    email = EmailField(_l("E-mail address"), _email())
    password = PasswordField(_l("Password"), _new_password())
    privacy = BooleanField(
        _l("I have read the privacy notice and accept it"),
        [InputRequired(_l("Please read and accept the privacy notice."))],
    )

    def validate_password(self, field: Any) -> None:
        if weak_password(field.data, email=self.email.data or "", name=self.name_latin.data or ""):
            raise ValidationError(
                _l("This password is too easy to guess. A short sentence is safer and easy to remember.")
            )


class ProfileForm(AboutMe):
    tz = SelectField(_l("Time zone"), [_required()])
    data_saver = BooleanField(_l("Save data: show pictures only when I ask for them"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        zones = (zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        self.tz.choices = [(zone, zone.replace("_", " ")) for zone in (*sorted(zones), "UTC")]


class SignInForm(Form):
    email = EmailField(_l("E-mail address"), [_required(), Length(max=254)])
    password = PasswordField(_l("Password"), [_required(), Length(max=PASSWORD_LONGEST)])
    next = HiddenField()
    kept = HiddenField()


class AskResetForm(Form):
    email = EmailField(_l("E-mail address"), _email())


class NewPasswordForm(Form):
    password = PasswordField(_l("New password"), _new_password())
    again = PasswordField(
        _l("New password, once more"), [_required(), EqualTo("password", _l("The two are not the same."))]
    )


class ChangePasswordForm(NewPasswordForm):
    present = PasswordField(_l("Present password"), [_required(), Length(max=PASSWORD_LONGEST)])


class ChangeEmailForm(Form):
    email = EmailField(_l("New e-mail address"), _email())
    present = PasswordField(_l("Present password"), [_required(), Length(max=PASSWORD_LONGEST)])


class CodeForm(Form):
    code = TelField(_l("Code of six digits"), [_required(), Length(max=20)])

    def validate_code(self, field: Any) -> None:
        field.data = "".join(western_digits(field.data).split())
        if len(field.data) != 6 or not field.data.isascii() or not field.data.isdigit():
            raise ValidationError(_l("The code has six digits."))


class FindPeopleForm(Form):
    """The filters over the list of people; sent by GET, so without a token."""

    class Meta(FlaskForm.Meta):
        csrf = False

    q = StringField(_l("Name or e-mail address"))
    country = SelectField(_l("Country"))
    role = SelectField(_l("Role"))
    state = SelectField(_l("State"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.country.choices = [("", _l("All countries")), *queries.countries(interface_language())]
        self.role.choices = [("", _l("All roles")), *((role.value, label) for role, label in ROLE_NAMES.items())]
        self.state.choices = [
            ("", _l("All states")),
            ("active", _l("Active")),
            ("unconfirmed", _l("Address not confirmed")),
            ("blocked", _l("Blocked")),
        ]


class GrantRoleForm(Form):
    role = SelectField(_l("Role"), choices=[(role.value, label) for role, label in ROLE_NAMES.items()])
    institution = SelectField(_l("Only for this institution"))
    country = SelectField(_l("Only for this country"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        lang = interface_language()
        self.country.choices = [("", _l("All countries")), *queries.countries(lang)]
        self.institution.choices = [
            ("", _l("All institutions")),
            *((str(found[0]), found[2]) for found in queries.institution_names(lang)),
        ]


class AcceptInstitutionForm(Form):
    name_en = StringField(_l("Name in English"), [Length(max=200)])
    name_fr = StringField(_l("Name in French"), [Length(max=200)])
    name_ar = StringField(_l("Name in Arabic"), [Length(max=200)])


class MergeInstitutionForm(Form):
    into = SelectField(_l("The same as this institution of the list"), [_required()])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        listed = queries.institution_names(interface_language())
        self.into.choices = [("", _l("Choose…")), *((str(found[0]), found[2]) for found in listed)]
