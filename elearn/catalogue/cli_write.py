"""`flask courses new` and `preview`: beginning a course, and looking at it while it is written."""

import threading
from pathlib import Path

import click
from flask import current_app

from elearn.catalogue.cli import courses
from elearn.catalogue.export import write_folder
from elearn.catalogue.folder import courses_in
from elearn.catalogue.sheet import LANGUAGES
from elearn.catalogue.skeleton import skeleton
from elearn.catalogue.stamp import stamp_folder
from elearn.catalogue.yamlread import IDENTIFIER
from elearn.core.errors import Refused


@courses.command("new")
@click.argument("slug")
@click.option("--languages", default="en,ar,fr", show_default=True, help="The one you write first comes first.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="The folder in which the folder SLUG is made; the present one when left out.",
)
def new(slug: str, languages: str, into: Path) -> None:
    """Write a course to begin with: every file, every element and every type of question once, with remarks."""
    langs = [lang.strip() for lang in languages.split(",") if lang.strip()]
    if not IDENTIFIER.match(slug) or len(slug) > 60:
        raise click.BadParameter(
            "only lower-case letters a-z, digits and single hyphens, at most 60", param_hint="SLUG"
        )
    if not langs or not set(langs) <= set(LANGUAGES):
        raise click.BadParameter(f"some of {', '.join(LANGUAGES)}, with commas between", param_hint="--languages")
    target = into / slug
    try:
        write_folder(skeleton(slug, langs), target)
        stamp_folder(target)
    except (Refused, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{target}: in order, and ready to be written anew", err=True)
    click.echo(f"  flask courses preview {target}", err=True)
    click.echo(f"  flask courses check {target} --watch", err=True)


@courses.command("preview")
@click.argument("directory", type=click.Path(exists=True, path_type=Path), metavar="DIR")
@click.option(
    "--port", default=8100, show_default=True, type=click.IntRange(0, 65535), help="0 takes any that is free."
)
def preview(directory: Path, port: int) -> None:
    """Show a course as its readers will see it, beside what is wrong with it. Nothing is published.

    Open the address that is printed in a browser of this machine: the page follows every save. Ctrl-C ends it.
    """
    from elearn.catalogue.bench.server import HOST, server  # nobody else needs a second web server in the process

    found = courses_in(directory)
    if len(found) > 1:
        names = ", ".join(str(place) for place in found)
        raise click.ClickException(f"there are several courses in {directory}; name one of them: {names}")
    place = found[0] if found else directory
    try:
        listening, live = server(place, current_app._get_current_object(), port)  # type: ignore[attr-defined]
    except OSError as error:
        raise click.ClickException(f"port {port} cannot be had: {error.strerror}. Try --port 0") from error
    try:
        threading.Thread(target=live.follow, name="following the draft", daemon=True).start()
        click.echo(f"{place}: http://{HOST}:{listening.port}/ shows it until Ctrl-C", err=True)
        listening.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        live.end()
        listening.server_close()
    click.echo(err=True)  # below the ^C that the terminal shows
