"""`flask backup`, `flask restore`, `flask db move`, `flask mail test`: what an operator does, in plain words."""

import smtplib
import socket
import sqlite3
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

import config
from elearn.core import backup as archives
from elearn.core.dump import dump, snapshot
from elearn.core.errors import Refused
from elearn.core.load import fill, refuse_unless_empty
from elearn.core.mail import send_test

ARCHIVE = click.Path(dir_okay=False, path_type=Path)
mail = AppGroup("mail", help="Mail.")


@contextmanager
def in_plain_words() -> Iterator[None]:
    """What stops a command becomes one line and exit code 1."""
    try:
        yield
    except (Refused, OSError) as problem:
        raise click.ClickException(str(problem)) from problem
    except (SQLAlchemyError, sqlite3.Error) as problem:
        raise click.ClickException(f"the database: {str(problem).splitlines()[0]}") from problem


@click.command("backup")
@click.argument("archive", type=ARCHIVE)
@with_appcontext
def backup(archive: Path) -> None:
    """Write the whole instance to ARCHIVE (.tar, .tar.gz or .tar.zst) while it runs: tables, files, key.

    Exits with 1 when the archive could not be made, with 3 when it was made of an instance that lacks files.
    """
    with in_plain_words():
        report = archives.make(archive)
    _say(report)
    if not report.has_key:
        click.echo("SECRET_KEY is not kept in DATA_DIR and so not in the archive: keep it in a safe place yourself.")
    click.echo(f"written: {archive} ({archive.stat().st_size:,} bytes)")
    _stop_if_incomplete(report)


@click.command("restore")
@click.argument("archive", type=ARCHIVE)
@with_appcontext
def restore(archive: Path) -> None:
    """Bring ARCHIVE back into an empty database and an empty DATA_DIR, and compare every table and file with it."""
    with in_plain_words():
        report = archives.restore(archive)
    _say(report)
    click.echo(f"restored at revision {report.revision}, every table and file as it was. Next: flask db upgrade")
    _stop_if_incomplete(report)


def _say(report: archives.Report) -> None:
    rows = sum(table.rows for table in report.tables.values())
    click.echo(f"{len(report.tables)} tables, {rows:,} rows, {report.files:,} files")


def _stop_if_incomplete(report: archives.Report) -> None:
    for what, names in (("not in the storage", report.missing), ("not what their names say", report.damaged)):
        if names:
            click.echo(f"{len(names)} files were {what}, the first: {names[0]}", err=True)
    if report.missing or report.damaged:
        raise SystemExit(3)


@click.command("move")
@click.argument("target_url")
@with_appcontext
def move(target_url: str) -> None:
    """Copy the database into the empty one at TARGET_URL, SQLite or PostgreSQL, and compare every table.

    Stop the site first: what is written meanwhile stays behind. Files and keys stay where they are.
    """
    try:
        target = config.database_url(target_url)
        shown = make_url(target).render_as_string()
    except ArgumentError as problem:
        raise click.ClickException(f"TARGET_URL: {problem}") from problem
    with in_plain_words(), tempfile.TemporaryDirectory(prefix=".elearn-move-", dir=_data_dir()) as name:
        refuse_unless_empty(target)
        with snapshot(current_app.config["DATABASE_URL"], Path(name)) as connection:
            contents = dump(connection, Path(name))
        fill(target, Path(name), contents)
    rows = sum(table.rows for table in contents.tables.values())
    click.echo(f"{len(contents.tables)} tables, {rows:,} rows: the same in {shown}")
    click.echo("Now set DATABASE_URL to it and start the site again.")


def _data_dir() -> str:
    folder = current_app.config["DATA_DIR"]
    Path(folder).mkdir(parents=True, exist_ok=True)
    return str(folder)


@mail.command("test")
@click.argument("address")
def mail_test(address: str) -> None:
    """Send a message to ADDRESS through the configured server now, and say what became of it."""
    settings = current_app.config
    if not settings["MAIL_SERVER"]:
        raise click.ClickException("MAIL_SERVER is not set: no message leaves this instance")
    place = f"{settings['MAIL_SERVER']}:{settings['MAIL_PORT']}"
    try:
        send_test(address)
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        raise click.ClickException(f"not sent. {_explained(problem, place)}") from problem
    click.echo(f"{place} has taken the message for {address}. Look whether it arrives, also among unwanted mail.")


def _explained(problem: Exception, place: str) -> str:
    for kinds, words in _CAUSES:
        if isinstance(problem, kinds):
            return f"{words.format(place=place)} ({_detail(problem)})"
    return f"{place}: {_detail(problem)}"


def _detail(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return _answered(*next(iter(problem.recipients.values())))
    if isinstance(problem, smtplib.SMTPResponseException):
        return _answered(problem.smtp_code, problem.smtp_error)
    return str(problem) or type(problem).__name__


def _answered(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"


# The first that fits; the more particular ones stand before those that they are kinds of.
_CAUSES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (socket.gaierror, "The name of the server is not known. MAIL_SERVER: {place}"),
    (TimeoutError, "{place} does not answer: a wrong MAIL_PORT, or a firewall between"),
    (ConnectionRefusedError, "Nothing listens at {place}: a wrong MAIL_SERVER or MAIL_PORT"),
    (ssl.SSLCertVerificationError, "The certificate of {place} is not valid for this name, or not trusted"),
    (
        ssl.SSLError,
        "{place} does not speak TLS this way. Port 465 wants MAIL_USE_SSL=1; ports 587 and 25 want MAIL_USE_TLS=1",
    ),
    (smtplib.SMTPAuthenticationError, "{place} refuses MAIL_USERNAME and MAIL_PASSWORD"),
    (smtplib.SMTPNotSupportedError, "{place} does not offer what is asked: see MAIL_USE_TLS and MAIL_USERNAME"),
    (smtplib.SMTPSenderRefused, "{place} does not accept the sender MAIL_FROM"),
    (smtplib.SMTPRecipientsRefused, "{place} does not accept the recipient"),
    (smtplib.SMTPDataError, "{place} did not accept the message"),
    (
        smtplib.SMTPServerDisconnected,
        "{place} hung up. Port 465 wants MAIL_USE_SSL=1; ports 587 and 25 want MAIL_USE_TLS=1",
    ),
    (ValueError, "This is not an address"),
)
