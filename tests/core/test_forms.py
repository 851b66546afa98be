"""What forms say by themselves: in our words, in the reader's language."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from elearn.core.forms import Form


class Sample(Form):
    class Meta:
        csrf = False

    name = StringField(validators=[Length(max=12)])
    kind = SelectField(choices=[("a", "A")])
    day = DateField()
    number = IntegerField()
    purpose = StringField(validators=[InputRequired()])


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            {
                "name": ["Please use at most 12 characters."],
                "kind": ["Please choose from the list."],
                "day": ["Please give a day, such as 2026-11-21."],
                "number": ["Please give a whole number."],
                "purpose": ["Please fill this in."],
            },
        ),
        ("fr", {"purpose": ["Veuillez remplir ce champ."], "name": ["Veuillez ne pas dépasser 12 caractères."]}),
        ("ar", {"purpose": ["يُرجى ملء هذا الحقل."], "name": ["الحد الأقصى لعدد الأحرف: 12."]}),
    ],
)
@pytest.mark.one_database
def test_the_texts_of_validators(app, lang, said):
    typed = MultiDict({"name": "thirteen char", "kind": "b", "day": "soon", "number": "some"})
    with app.test_request_context(headers={"Accept-Language": lang}):
        form = Sample(typed)
        assert not form.validate()
        assert {field: form.errors[field] for field in said} == said
