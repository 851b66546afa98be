"""`flask records …`"""

import datetime as dt
import os
import shutil
from pathlib import Path

import click
from flask.cli import AppGroup

from elearn.core.db import reading, unit_of_work
from elearn.core.errors import Refused
from elearn.core.i18n import LANGUAGES
from elearn.core.tables import Format
from elearn.reporting import queries, service
from elearn.reporting.access import EVERYWHERE
from elearn.reporting.rules import PURPOSE_LONGEST, PURPOSE_SHORTEST, Wanted, good_purpose

records = AppGroup("records", help="Completion records.")


@records.command("export")
@click.argument("outfile", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice([one.value for one in Format]), default="csv", show_default=True)
@click.option("--purpose", required=True, help="What the records are for; stands in the log of exports.")
@click.option("--course", default="", help="The slug of a course.")
@click.option("--country", default="", help="The ISO code of a country.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="First day (UTC).")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="Last day (UTC).")
@click.option("--lang", type=click.Choice(list(LANGUAGES)), default="en", show_default=True, help="Of headings, names.")
@click.option("--sex", is_flag=True, help="Include sex.")
def export(
    outfile: Path,
    kind: str,
    purpose: str,
    course: str,
    country: str,
    since: dt.datetime | None,
    until: dt.datetime | None,
    lang: str,
    sex: bool,
) -> None:
    """Write completion records to OUTFILE, newest first. Who may run this sees everybody's; it is logged."""
    if not good_purpose(purpose.strip()):
        raise click.ClickException(f"--purpose needs {PURPOSE_SHORTEST} to {PURPOSE_LONGEST} characters")
    first, last = since.date() if since else None, until.date() if until else None
    if first and last and last < first:
        raise click.ClickException("--to lies before --from")
    wanted = Wanted(course=course, country=country.upper(), since=first, until=last)
    try:
        with reading():
            _must_exist(wanted)
            taken = service.take_records(None, wanted, Format(kind), lang, sex=sex)
        with unit_of_work():
            export_id = service.record_export(None, purpose, taken)
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    _give(taken, outfile)
    with unit_of_work():
        service.note_outcome(export_id, "written")
    click.echo(f"{taken.spooled.rows} rows written to {outfile}")


def _must_exist(wanted: Wanted) -> None:
    """A misspelt filter must not look like "nobody completed anything"."""
    if wanted.course and wanted.course not in dict(queries.courses("en")):
        raise click.ClickException(f"there is no course {wanted.course!r}")
    if wanted.country and wanted.country not in dict(queries.countries(EVERYWHERE, "en")):
        raise click.ClickException(f"there is no country {wanted.country!r}")


def _give(taken: service.Taken, outfile: Path) -> None:
    """Put the file in its place in one step, readable by its owner only."""
    part = outfile.with_name(outfile.name + ".part")
    with taken.spooled.file as file, open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        shutil.copyfileobj(file, out)
    os.replace(part, outfile)
