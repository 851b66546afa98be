"""`flask courses new` and `preview`: beginning a course, and looking at it while it is written."""

import threading
from pathlib import Path

import click
from flask import current_app

from elearn.catalogue.cli import courses
from elearn.catalogue.folder import courses_in


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
    threading.Thread(target=live.follow, name="following the draft", daemon=True).start()
    click.echo(f"{place}: http://{HOST}:{listening.port}/ shows it until Ctrl-C", err=True)
    try:
        listening.serve_forever()
    except KeyboardInterrupt:
        click.echo(err=True)
    finally:
        live.end()
        listening.server_close()
