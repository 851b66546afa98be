"""The shape of what people type about themselves and about others."""

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext as _
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

from elearn.core.access import ROLES, Role, person_or_none
from elearn.core.forms import Form, choices
from elearn.core.i18n import LANGUAGES, clean_line, interface_language, western_digits
from elearn.people import queries
from elearn.people.models import Sex
from elearn.people.passwords import guessable, words_of_the_site
from elearn.people.rules import PASSWORD_LONGEST, PASSWORD_SHORTEST, weak_password

ROLE_NAMES = {Role.TRAINER: _l("Trainer"), Role.ADMINISTRATOR: _l("Administrator")}
assert set(ROLE_NAMES) == set(ROLES)


def required() -> InputRequired:
    return InputRequired(_l("Please fill this in."))


def _email() -> list[Any]:
    return [
        required(),
        Length(max=254),
        Email(_l("This does not look like an e-mail address, such as name@ministry.gov.")),
    ]


def _new_password() -> list[Any]:
    return [
        required(),
        Length(
            min=PASSWORD_SHORTEST,
            max=PASSWORD_LONGEST,
            message=_l("Please use between %(min)d and %(max)d characters; a short sentence is easy to remember."),
        ),
    ]


def _cleaned(text: str | None) -> str | None:
    """What is typed into one line is cleaned before it is measured: composing may make it longer or shorter."""
    return clean_line(text) if text else text


def _has_letters(_form: Any, field: Any) -> None:
    if not any(character.isalpha() for character in field.data or ""):
        raise ValidationError(_l("Please write a name in letters."))


def name_latin_field() -> StringField:
    return StringField(
        _l("Your name in Latin letters"), [required(), Length(max=200), _has_letters], filters=[_cleaned]
    )


def name_arabic_field() -> StringField:
    return StringField(
        _l("Your name in Arabic letters"), [Optional(), Length(max=200), _has_letters], filters=[_cleaned]
    )


class NameForm(Form):
    """How the name is printed on certificates."""

    name_latin = name_latin_field()
    name_arabic = name_arabic_field()


class AboutMe(NameForm):
    """Country, institution, language: shared by registering and by the profile."""

    country = SelectField(_l("Country"), [required()])
    institution = SelectField(_l("Institution"), [Optional()])
    proposed_institution = StringField(
        _l("Name of your institution, if it is not in the list"), [Optional(), Length(max=200)], filters=[_cleaned]
    )
    preferred_lang = SelectField(_l("Language of the pages and messages"), choices=choices(LANGUAGES.items()))
    sex = RadioField(
        _l("Sex"),
        [Optional()],
        choices=choices([(Sex.FEMALE, _l("Female")), (Sex.MALE, _l("Male")), (Sex.UNSAID, _l("Prefer not to say"))]),
    )

    def __init__(self, *args: Any, keep_institution: tuple[int, str] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        lang = interface_language()
        countries = queries.countries(lang)
        names = dict(countries)
        self.country.choices = choices([("", _l("Choose…")), *countries])
        rank = {code: number for number, code in enumerate(names)}
        listed = sorted(queries.institution_names(lang), key=lambda found: rank[found[1]])
        own: list[tuple[str, Any]] = [("", _l("Not in the list, or none"))]
        if keep_institution and keep_institution[0] not in {found[0] for found in listed}:
            own.append((str(keep_institution[0]), keep_institution[1]))
        self.institution.choices = choices(own, _("Without an entry in the list")) + [
            choice for found in listed for choice in choices([(str(found[0]), found[2])], names[found[1]])
        ]

    @property
    def institution_id(self) -> int | None:
        return int(self.institution.data) if self.institution.data else None

    @property
    def sex_given(self) -> Sex | None:
        return Sex(self.sex.data) if self.sex.data else None


def _refuse_weak(password: str, email: str, name: str) -> None:
    weak = weak_password(password, email=email, name=name, site=words_of_the_site())
    if weak or guessable(password, email, *name.split()):
        raise ValidationError(_l("This password is too easy to guess. A short sentence is safer and easy to remember."))


class LimitedForm(Form):
    """A form whose repetition is limited: too often within a while is answered with 429."""

    too_often = False

    @property
    def status(self) -> int:
        return 429 if self.too_often else super().status


class RegisterForm(LimitedForm, AboutMe):
    first = ("name_latin", "name_arabic", "email", "password")
    email = EmailField(_l("E-mail address"), _email())
    password = PasswordField(_l("Password"), _new_password())
    privacy = BooleanField(
        _l("I have read the privacy notice and accept it"),
        [InputRequired(_l("Please read and accept the privacy notice."))],
    )

    def validate_password(self, field: Any) -> None:
        _refuse_weak(field.data, self.email.data or "", self.name_latin.data or "")


@lru_cache(maxsize=1)
def _zones() -> tuple[tuple[str, str], ...]:
    """Every time zone people live in; reading their names means opening hundreds of files."""
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return tuple((zone, zone.replace("_", " ")) for zone in (*zones, "UTC"))


class ProfileForm(AboutMe):
    tz = SelectField(_l("Time zone"), [required()])
    data_saver = BooleanField(_l("Save data: show pictures only when I ask for them"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.tz.choices = choices(_zones())


class SignInForm(LimitedForm):
    email = EmailField(_l("E-mail address"), [required(), Length(max=254)])
    password = PasswordField(_l("Password"), [required(), Length(max=PASSWORD_LONGEST)])
    next = HiddenField()
    kept = HiddenField()


class AskResetForm(LimitedForm):
    email = EmailField(_l("E-mail address"), _email())


class NewPasswordForm(Form):
    password = PasswordField(_l("New password"), _new_password())
    again = PasswordField(
        _l("New password, once more"), [required(), EqualTo("password", _l("The two are not the same."))]
    )

    def __init__(self, *args: Any, owner: tuple[str, str] | None = None, **kwargs: Any):
        """`owner`: e-mail address and name of whose password it is, where that is not who is signed in."""
        super().__init__(*args, **kwargs)
        me = person_or_none()
        self.owner = owner or ((me.email, me.name) if me else ("", ""))

    def validate_password(self, field: Any) -> None:
        _refuse_weak(field.data, *self.owner)


class KnowingForm(LimitedForm):
    """What only the owner may change, even on a device somebody left signed in."""

    present_password = PasswordField(_l("Present password"), [required(), Length(max=PASSWORD_LONGEST)])


class ChangePasswordForm(NewPasswordForm, KnowingForm):
    first = ("present_password",)


class ChangeEmailForm(KnowingForm):
    first = ("email",)
    email = EmailField(_l("New e-mail address"), _email())


class CodeForm(Form):
    code = TelField(_l("Code of six digits"), [required(), Length(max=20)])

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
        self.country.choices = choices([("", _l("All countries")), *queries.countries(interface_language())])
        self.role.choices = choices([("", _l("All roles")), *ROLE_NAMES.items()])
        self.state.choices = choices(
            [
                ("", _l("All states")),
                ("active", _l("Active")),
                ("unconfirmed", _l("Address not confirmed")),
                ("blocked", _l("Blocked")),
                (queries.INACTIVE, _l("Not used for a long time")),
            ]
        )


class GrantRoleForm(Form):
    role = SelectField(_l("Role"), choices=choices(ROLE_NAMES.items()))
    institution = SelectField(_l("Only for this institution"))
    country = SelectField(_l("Only for this country"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        lang = interface_language()
        listed = [(str(found[0]), found[2]) for found in queries.institution_names(lang)]
        self.country.choices = choices([("", _l("All countries")), *queries.countries(lang)])
        self.institution.choices = choices([("", _l("All institutions")), *listed])


class AcceptInstitutionForm(Form):
    name_en = StringField(_l("Name in English"), [Length(max=200)], filters=[_cleaned])
    name_fr = StringField(_l("Name in French"), [Length(max=200)], filters=[_cleaned])
    name_ar = StringField(_l("Name in Arabic"), [Length(max=200)], filters=[_cleaned])


class MergeInstitutionForm(Form):
    into = SelectField(_l("The same as this institution of the list"), [required()])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.listed = queries.institution_names(interface_language())
        self.into.choices = choices([("", _l("Choose…")), *((str(found[0]), found[2]) for found in self.listed)])

    def candidates(self, country: str) -> list[tuple[int, str]]:
        """The institutions of the list in the country of a proposal."""
        return [(found[0], found[2]) for found in self.listed if found[1] == country]
