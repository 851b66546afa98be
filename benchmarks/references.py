"""What the site is measured against: two bare Flask applications, without middleware, one file, nothing of ours.

`bare` answers a few bytes. `usual` is what a plain Flask page of this kind does: it reads a signed session cookie, asks
one indexed question through Flask-SQLAlchemy, and fills an 8 KB Jinja page with what it found: one row, or thirty.
"""

import os

from flask import Flask, abort, render_template, session
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SECRET = "a key for the reference alone, on this machine"


class Base(DeclarativeBase):
    pass


class Reader(Base):
    """The people of the site, as far as the reference reads them."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    email_norm: Mapped[str]
    name_latin: Mapped[str]
    lang: Mapped[str]


class Country(Base):
    """The names of countries in three languages; some sixty in each."""

    __tablename__ = "country_text"
    country: Mapped[str] = mapped_column(primary_key=True)
    lang: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ title }}</title></head>
<body>
<header><a href="/">{{ title }}</a> {{ name }}</header>
<main><h1>{{ title }}</h1>
{% for line in lines %}<p id="p{{ loop.index }}">{{ line }}: {{ sentence }}</p>
{% endfor %}</main>
</body>
</html>
"""
LINES = 30
SENTENCE = (
    "Households that meet the conditions are paid on the same day of each month, the lists are open to all, who "
    "was left out may ask why & be heard by somebody who did not draw up the list, within thirty days of asking."
)
STANDING = [f"Rule {number}" for number in range(LINES)]

bare = Flask("bare")
usual = Flask("usual")
usual.jinja_loader = DictLoader({"page.html": PAGE})  # type: ignore[assignment]
usual.config.update(SECRET_KEY=SECRET, SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite://"))
db = SQLAlchemy(usual, model_class=Base)


@bare.get("/")
@bare.get("/healthz", endpoint="healthz")
def few_bytes() -> str:
    return "good morning"


@usual.get("/healthz")
def healthz() -> str:
    return "good morning"


@usual.get("/")
def page() -> str:
    """One row, found by its index."""
    reader = db.session.execute(select(Reader).where(Reader.email_norm == session["email"])).scalar_one_or_none()
    name = (reader or abort(404)).name_latin
    return render_template("page.html", title="A page", name=name, lines=STANDING, sentence=SENTENCE)


@usual.get("/list")
def rows() -> str:
    """Thirty rows, found by their index, none of which changes the size of the page much."""
    found = db.session.execute(select(Country).where(Country.country > "").limit(LINES)).scalars().all()
    lines = [row.name for row in found]
    return render_template("page.html", title="A list", name=session["email"], lines=lines, sentence=SENTENCE)


def cookie_of(email: str) -> str:
    """The signed cookie of somebody who has signed in to the reference."""
    serializer = usual.session_interface.get_signing_serializer(usual)  # type: ignore[attr-defined]
    return f"session={serializer.dumps({'email': email})}"
