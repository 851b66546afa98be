"""`flask users …`"""

import secrets

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup

from elearn.core import clock
from elearn.core.access import Role
from elearn.core.db import db, reading, unit_of_work
from elearn.people import passwords, queries, roles, rules, service
from elearn.people.models import User, UserState

users = AppGroup("users", help="People's accounts.")


@users.command("create-admin")
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name in Latin letters.")
@click.password_option(help="At least 10 characters.")
def create_admin(email: str, name: str, password: str) -> None:
    """Create the first administrator."""
    if not rules.PASSWORD_SHORTEST <= len(password) <= rules.PASSWORD_LONGEST:
        raise click.ClickException(f"the password needs at least {rules.PASSWORD_SHORTEST} characters")
    weak = rules.weak_password(password, email=email, name=name, site=passwords.words_of_the_site())
    if weak or passwords.guessable(password, email, *name.split()):
        raise click.ClickException("this password is too easy to guess")
    try:
        email = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as problem:
        raise click.ClickException(f"this is not an e-mail address: {problem}") from problem
    with reading():
        if queries.account_by_email(service.normal_email(email)) is not None:
            raise click.ClickException("there is an account with this address already")
    password_hash = passwords.hashed(password)
    with unit_of_work():
        user = create_person(email, name, "", password_hash)
        roles.grant_role(None, user, Role.ADMINISTRATOR)
    click.echo(f"{email} is an administrator")


def create_person(
    email: str, name_latin: str, name_arabic: str, password_hash: str, *, lang: str = "en", country: str | None = None
) -> User:
    """A person whose address needs no confirmation, because whoever runs the command vouches for it."""
    user = User(
        public_id=secrets.token_urlsafe(12),
        email=email,
        email_norm=service.normal_email(email),
        email_confirmed_at=clock.now(),
        lang=lang,
        tz="UTC",
        password_hash=password_hash,
        state=UserState.ACTIVE,
        country=country,
        name_latin="",
        sort_key="",
        search_text="",
        created_at=clock.now(),
    )
    service.name(user, name_latin, name_arabic)
    db.session.add(user)
    db.session.flush()
    return user
