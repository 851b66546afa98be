"""`flask courses move`: give the people in a course its newest version."""

import click
from sqlalchemy import select

from elearn.catalogue.cli import courses
from elearn.catalogue.models import Course
from elearn.core.db import db, unit_of_work
from elearn.core.errors import Refused
from elearn.learning import moving
from elearn.learning.moving import Moved
from elearn.people.queries import account_by_email
from elearn.people.service import normal_email


@courses.command("move")
@click.argument("slug")
@click.option("--all", "everybody", is_flag=True, help="Everybody who studies an older version.")
@click.option("--person", metavar="EMAIL", help="One person, by the address of their account.")
def move(slug: str, everybody: bool, person: str | None) -> None:
    """Move people who study an older version of a course to its newest one. What they have done comes along."""
    if everybody == bool(person):
        raise click.UsageError("say either --all or --person EMAIL")
    try:
        with unit_of_work():
            moved, number = _move(slug, person)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    people = "1 person" if moved.people == 1 else f"{moved.people} people"
    by_it = f", {moved.completed} of them completed the course by it" if moved.completed else ""
    click.echo(f"{slug}: {people} moved to version {number}{by_it}")


def _move(slug: str, email: str | None) -> tuple[Moved, int]:
    course = db.session.execute(select(Course).where(Course.slug == slug)).scalar_one_or_none()
    if course is None:
        raise click.ClickException(f"there is no course '{slug}'")
    user = account_by_email(normal_email(email)) if email else None
    if email and user is None:
        raise click.ClickException(f"nobody has an account with the address {email}")
    number = moving.target(course).number
    return moving.move(None, course, number, user.id if user else None), number
