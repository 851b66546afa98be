"""`flask demo load`: plainly fictional people for a demonstration instance, made through the services."""

import os
import secrets
from dataclasses import dataclass

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from elearn.catalogue import shelf
from elearn.catalogue.models import Course, CourseAuthor
from elearn.core.access import Person, Role
from elearn.core.db import db, reading, unit_of_work
from elearn.learning import service as study
from elearn.learning import trainers
from elearn.learning.rules import Evidence
from elearn.people import institutions, passwords, queries, roles, service
from elearn.people.cli import create_person
from elearn.people.models import Institution, Sex, User

demo = AppGroup("demo", help="The demonstration instance.")


@dataclass(frozen=True)
class Demonstrator:
    """A fictional person; `steps` of each course are done, None for all of them."""

    email: str
    name: str
    arabic: str
    country: str
    lang: str
    sex: Sex
    role: Role | None = None
    steps: int | None = 0


PEOPLE = (
    Demonstrator("trainee@demo.example", "Amina Demo", "أمينة (تجريبي)", "NE", "en", Sex.FEMALE),
    Demonstrator("trainer@demo.example", "Boris Demo", "بوريس (تجريبي)", "KZ", "en", Sex.MALE, Role.TRAINER),
    Demonstrator("admin@demo.example", "Dawit Demo", "داويت (تجريبي)", "ID", "en", Sex.MALE, Role.ADMINISTRATOR),
    Demonstrator("leila@demo.example", "Leila Demo", "ليلى (تجريبي)", "TN", "fr", Sex.FEMALE, steps=None),
    Demonstrator("omar@demo.example", "Omar Demo", "عمر (تجريبي)", "JO", "ar", Sex.MALE, steps=None),
    Demonstrator("mariam@demo.example", "Mariam Demo", "", "ML", "fr", Sex.FEMALE, steps=4),
    Demonstrator("yusuf@demo.example", "Yusuf Demo", "يوسف (تجريبي)", "EG", "ar", Sex.MALE, steps=2),
)
INSTITUTIONS = {
    "NE": {
        "en": "Demonstration Ministry of Social Affairs",
        "fr": "Ministère des affaires sociales (démonstration)",
        "ar": "وزارة الشؤون الاجتماعية (تجريبية)",
    },
    "TN": {
        "en": "Demonstration Social Fund",
        "fr": "Fonds social (démonstration)",
        "ar": "الصندوق الاجتماعي (تجريبي)",
    },
    "ID": {
        "en": "Demonstration Zakat and Waqf Agency",
        "fr": "Agence de la zakat et du waqf (démonstration)",
        "ar": "هيئة الزكاة والوقف (تجريبية)",
    },
}


@demo.command("load")
def load() -> None:
    """Make the demonstration people, or give them a new password, and say how to sign in."""
    if not current_app.config["DEMONSTRATION"]:
        raise click.ClickException("this is not a demonstration instance (DEMONSTRATION=1)")
    password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
    if len(password) < 10:
        raise click.ClickException("DEMO_PASSWORD needs at least 10 characters")
    password_hash = passwords.hashed(password)
    with reading():
        slugs = list(db.session.scalars(select(Course.slug).where(Course.published_version_id.is_not(None))))
        known = [queries.account_by_email(one.email) is not None for one in PEOPLE]
    if not all(known):
        with unit_of_work():
            _make(password_hash, slugs)
    with unit_of_work():
        for one in PEOPLE:
            _user(one.email).password_hash = password_hash
    click.echo(f"\nSign in at {current_app.config['BASE_URL']}/sign-in")
    for one in PEOPLE[:3]:
        click.echo(f"  {one.role or 'trainee':14} {one.email}")
    click.echo(f"  password       {password}\n")


def _make(password_hash: str, slugs: list[str]) -> None:
    places = _institutions()
    for one in PEOPLE:
        if queries.account_by_email(one.email) is not None:
            continue
        user = create_person(one.email, one.name, one.arabic, password_hash, lang=one.lang, country=one.country)
        user.sex, user.institution_id = one.sex, places.get(one.country)
        if one.role is not None:
            roles.grant_role(None, user, one.role)
        for slug in slugs:
            if one.role == Role.TRAINER:
                _let_train(slug, one.email)
            elif one.role is None and one.steps != 0:
                _study(user, slug, one)


def _institutions() -> dict[str, int]:
    found = {}
    for country, names in INSTITUTIONS.items():
        existing = db.session.scalar(select(Institution.id).where(Institution.country == country).limit(1))
        found[country] = existing or institutions.create(names, country).id
    return found


def _let_train(slug: str, email: str) -> None:
    course = db.session.scalars(select(Course).where(Course.slug == slug)).one()
    if db.session.scalar(select(CourseAuthor.id).where(CourseAuthor.course_id == course.id)) is None:
        trainers.add(None, course, email)


def _study(user: User, slug: str, one: Demonstrator) -> None:
    """Enrol, and do the first steps of the course; the last quiz with a fictional score."""
    enrolment = study.enrol(_person(user), slug, one.lang)
    steps = shelf.outline(enrolment.version_id)
    for step in (steps.steps if steps else ())[: one.steps]:
        score = 78.0 if step.pass_mark else None
        study.mark_step_done(enrolment, step.step_id, Evidence("demo", score))


def _user(email: str) -> User:
    return db.session.scalars(select(User).where(User.email_norm == service.normal_email(email))).one()


def _person(user: User) -> Person:
    return Person(
        id=user.id,
        public_id=user.public_id,
        name=user.name_latin,
        email=user.email or "",
        lang=user.lang,
        tz=user.tz,
        email_confirmed=True,
        country=user.country,
        institution_id=user.institution_id,
        sign_in_id=None,
    )
