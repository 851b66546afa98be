"""`flask certificates …`"""

import hashlib
from pathlib import Path

import click
from flask.cli import AppGroup

from elearn.certification import claims, queries, rules, service
from elearn.certification.rules import Status
from elearn.core.db import reading, unit_of_work

certificates = AppGroup("certificates", help="Certificates.")


@certificates.command("verify")
@click.argument("code")
@click.option("--file", "paper", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A PDF to compare.")
def verify(code: str, paper: Path | None) -> None:
    """Say what the certificate of CODE claims and whether it stands. Exit status 1: it does not."""
    read = rules.read_code(code)
    with reading():
        record = queries.by_code(read) if read else None
        if record is None:
            raise click.ClickException("no certificate has this code")
        shown = claims.shown(record, "en")
        issued_file = record.file.blob_sha if record.file else ""
        status, sentence = record.status, shown.sentence
    for label, value in _lines(shown):
        click.echo(f"{label}: {value}")
    click.echo(_plain(sentence))
    if paper is not None:
        same = hashlib.sha256(paper.read_bytes()).hexdigest() == issued_file
        click.echo("The file is the one that was issued." if same else "The file is NOT the one that was issued.")
        if not same:
            raise SystemExit(1)
    if status != Status.VALID:
        raise SystemExit(1)


def _lines(shown: claims.Shown) -> list[tuple[str, str]]:
    data = shown.data
    names = [name for name in (data.name_latin, data.name_arabic) if name]
    return [
        ("Certificate", shown.kind),
        ("Holder", "holder erased" if shown.erased else " / ".join(names)),
        ("Course", shown.course.text),
        *((label, _plain(value)) for label, value in shown.facts),
        ("Serial number", data.serial),
        ("Address", data.address),
    ]


def _plain(text: str) -> str:
    return text.translate({ord(mark): None for mark in "\u2068\u2069"}).replace("\u00a0", " ")


@certificates.command("issue")
def issue() -> None:
    """Issue what was earned and could not be issued yet, for example before VERIFY_URL was declared."""
    last, total = 0, 0
    while True:
        with unit_of_work():
            seen, made = service.issue_after(last)
        if not seen:
            break
        last, total = seen, total + made
    click.echo(f"{total} certificates issued")
