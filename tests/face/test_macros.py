"""The macros: what is tied to what, and what is said in words."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from elearn.core.forms import Form
from elearn.core.paging import Page

Draw = Callable[..., str]


class Register(Form):
    name = StringField("Name", [InputRequired("Please give your name.")], description="As in your passport.")
    arabic = StringField("Name in Arabic letters", [Optional()])
    password = PasswordField("Password", [Length(min=10, message="Too short.")])
    sex = RadioField(
        "Sex",
        choices=[SelectChoice("f", "Woman"), SelectChoice("m", "Man")],
        validators=[InputRequired("Please choose.")],
    )
    notes = TextAreaField("Notes", [Optional()])
    privacy = BooleanField("I have read the notice", [InputRequired("Please confirm.")])
    next = HiddenField()


class Elements(HTMLParser):
    """The start tags of a piece of HTML, with their attributes."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def one(self, tag: str, **wanted: str) -> dict[str, str | None]:
        fits = [attrs for name, attrs in self.found if name == tag and wanted.items() <= attrs.items()]
        assert len(fits) == 1, (tag, wanted, self.found)
        return fits[0]


@pytest.fixture
def form(stage: Flask) -> Callable[..., Register]:
    def filled(values: dict[str, str] | None = None) -> Register:
        with stage.test_request_context("/people/NE"):
            made = Register(MultiDict(values) if values is not None else None)
            if values is not None:
                made.validate()
            return made

    return filled


def test_a_field_has_its_label_and_its_hint(draw: Draw, form: Callable[..., Register]) -> None:
    seen = Elements(draw('{{ field(form.name, autocomplete="name") }}', form=form()))
    control = seen.one("input")
    assert seen.one("label")["for"] == control["id"] == "name"
    assert control["aria-describedby"] == seen.one("p", **{"class": "hint"})["id"]
    assert (control["autocomplete"], control["dir"]) == ("name", "auto")
    assert "aria-invalid" not in control


def test_an_id_given_by_the_page_holds_for_all_that_refers_to_it(draw: Draw, form: Callable[..., Register]) -> None:
    seen = Elements(draw('{{ field(form.name, id="other") }}', form=form({"name": ""})))
    control = seen.one("input")
    assert seen.one("label")["for"] == control["id"] == "other"
    assert control["aria-describedby"] == "other-hint other-error"


def test_a_refused_field_is_marked_and_described_by_its_error(draw: Draw, form: Callable[..., Register]) -> None:
    seen = Elements(draw("{{ field(form.name) }}", form=form({"name": ""})))
    control = seen.one("input")
    error = seen.one("p", **{"class": "error"})
    assert control["aria-invalid"] == "true"
    assert (control["aria-describedby"] or "").split() == ["name-hint", error["id"]]


def test_a_password_is_never_sent_back(draw: Draw, form: Callable[..., Register]) -> None:
    html = draw('{{ field(form.password, autocomplete="new-password") }}', form=form({"password": "open sesame"}))
    assert "open sesame" not in html
    assert Elements(html).one("input")["dir"] == "ltr"


def test_choices_are_a_group_with_a_name(draw: Draw, form: Callable[..., Register]) -> None:
    html = draw("{{ field(form.sex) }}", form=form({"sex": ""}))
    seen = Elements(html)
    group = seen.one("fieldset")
    assert group["id"] == "sex" and group["aria-describedby"] == "sex-error"
    assert "<legend>Sex</legend>" in html
    labels = [attrs["for"] for tag, attrs in seen.found if tag == "label"]
    assert labels == [attrs["id"] for tag, attrs in seen.found if tag == "input"]


def test_only_what_may_be_left_out_says_so(draw: Draw, form: Callable[..., Register]) -> None:
    assert "(optional)" in draw("{{ field(form.arabic) }}", form=form())
    assert "(optional)" not in draw("{{ field(form.name) }}", form=form())


def test_a_tick_stands_before_its_words_and_a_hidden_field_alone(draw: Draw, form: Callable[..., Register]) -> None:
    tags = [tag for tag, _ in Elements(draw("{{ field(form.privacy) }}", form=form())).found]
    assert tags.index("input") < tags.index("label")
    assert [tag for tag, _ in Elements(draw("{{ field(form.next) }}", form=form())).found] == ["input"]


def test_the_summary_counts_and_leads_to_each_field(draw: Draw, form: Callable[..., Register]) -> None:
    html = draw("{{ errors(form) }}", form=form({"name": "", "password": "short", "sex": "f", "privacy": "y"}))
    seen = Elements(html)
    assert "2 corrections are needed" in html
    assert [attrs["href"] for tag, attrs in seen.found if tag == "a"] == ["#name", "#password"]
    assert seen.one("div")["role"] == "alert"


def test_a_refusal_of_the_whole_form_is_told_in_the_summary(draw: Draw, form: Callable[..., Register]) -> None:
    refused = form()
    refused.refusal = "No seat is free & none will be."
    html = draw("{{ errors(form) }}", form=refused)
    assert "One correction is needed" in html
    assert "No seat is free &amp; none will be." in html


def test_a_form_without_errors_has_no_summary(draw: Draw, form: Callable[..., Register]) -> None:
    assert draw("{{ errors(form) }}", form=form()) == ""


def test_what_people_typed_is_text(draw: Draw, form: Callable[..., Register]) -> None:
    evil = '"><script>alert(1)</script>'
    for name in ("name", "notes"):
        html = draw(f"{{{{ field(form.{name}) }}}}", form=form({name: evil}))
        assert "<script>" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("done", "total", "tips", "heart"),
    [(0, 7, 0, False), (1, 8, 1, False), (3, 7, 3, False), (6, 7, 6, False), (7, 7, 8, True), (0, 0, 0, False)],
)
def test_the_star_fills_with_the_lessons(draw: Draw, done: int, total: int, tips: int, heart: bool) -> None:
    html = draw("{{ star(done, total) }}", done=done, total=total)
    filled = re.search(r'class="tips" d="([^"]*)"', html)
    assert (filled[1].count("Z") if filled else 0) == tips
    assert ('class="heart"' in html) == heart
    assert 'aria-hidden="true"' in html


def test_the_star_never_stands_without_words(draw: Draw) -> None:
    assert "3 of 7 lessons" in draw("{{ progress(3, 7) }}")
    assert "1 of 1 lesson<" in draw("{{ progress(1, 1) }}")


def test_the_pager_keeps_the_filters_and_drops_the_old_place(draw: Draw) -> None:
    page = Page(items=[], after="next+place", has_previous=True)
    html = draw("{{ next_pager(page) }}", path="/people/NE?state=active&state=new&after=old", page=page)
    links = {attrs.get("rel"): attrs["href"] or "" for tag, attrs in Elements(html).found if tag == "a"}
    assert links[None] == "/people/NE?state=active&state=new"
    assert links["next"] == "/people/NE?state=active&state=new&after=next%2Bplace"


def test_a_list_of_one_page_has_no_pager(draw: Draw) -> None:
    assert draw("{{ next_pager(page) }}", page=Page(items=[], after="", has_previous=False)) == ""


def test_content_carries_its_own_direction(draw: Draw) -> None:
    assert draw('{% call content("ar", class="prose") %}نص{% endcall %}') == (
        '<div lang="ar" dir="rtl" class="prose">نص</div>'
    )
    assert draw('{{ text_in("fr", "<b>") }}') == '<span lang="fr" dir="ltr">&lt;b&gt;</span>'
    assert draw('{{ name("أمينة") }}') == "<bdi>أمينة</bdi>"


def test_a_table_can_be_scrolled_by_keyboard_and_has_a_name(draw: Draw) -> None:
    seen = Elements(draw('{% call table("People", dense=true) %}<tbody></tbody>{% endcall %}'))
    frame = seen.one("div")
    assert (frame["role"], frame["tabindex"], frame["aria-label"]) == ("region", "0", "People")
    assert seen.one("table")["class"] == "dense"
