"""`flask courses stamp`: writing down what each translation was made from."""

from pathlib import Path

import click

from elearn.catalogue.cli import courses
from elearn.catalogue.reading import places, say
from elearn.catalogue.sheet import LANGUAGES
from elearn.catalogue.stamp import stamp_folder


@courses.command("stamp")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--lang", "languages", multiple=True, type=click.Choice(LANGUAGES), help="Only this language.")
def stamp(directory: Path, paths: tuple[str, ...], languages: tuple[str, ...]) -> None:
    """Note in translations.yaml that the translations say what their source says now.

    All of DIR, a course or a folder of courses; or only what a PATH names: a folder, a file, or a part of a YAML file
    such as quiz.yaml#items/the-id.
    """
    count = 0
    named = False
    for place in places(directory):
        inside = [name for path in paths if (name := _inside(place, path)) is not None]
        if paths and not inside:
            continue
        done = stamp_folder(place, inside, languages)
        for problem in done.problems:
            say(place, problem)
        if done.problems:
            raise SystemExit(1)
        named = named or done.found
        for unit, lang in done.anew:
            click.echo(f"{place}/{unit}: {lang}")
        count += len(done.anew)
    if paths and not named:
        raise click.UsageError(f"nothing in {directory} is called {', '.join(paths)}")
    click.echo(f"stamped: {count}", err=True)


def _inside(place: Path, path: str) -> str | None:
    """A path as the course calls it: given from where one stands, or from inside the course."""
    file, hash_, part = path.partition("#")
    given = Path(file)
    if not given.is_absolute() and (place / given).exists():
        given = place / given
    try:
        name = given.resolve().relative_to(place.resolve()).as_posix()
    except ValueError:
        return None
    return name + hash_ + part
