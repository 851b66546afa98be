"""One step's folder as its kind sees it, with Markdown whose pictures and links are resolved inside the course."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from elearn.catalogue import yamlread
from elearn.catalogue.compiled import Asset
from elearn.catalogue.files import ASSETS, Files, Report, resolved
from elearn.catalogue.kinds import Html, Reader
from elearn.core import markup
from elearn.core.markup import BadReferenceError, Picture, Rendered


def asset_address(slug: str, asset: Asset) -> str:
    """Where a picture is served. Its content is part of the address, so that it may be kept for ever."""
    return f"/courses/{slug}/files/{asset.sha256[:16]}/{asset.path.removeprefix(ASSETS + '/')}"


def step_address(slug: str, step: str) -> str:
    """Where a step is read."""
    return f"/courses/{slug}/learn/{step}"


@dataclass(frozen=True)
class Surroundings:
    """What every step of a course may refer to."""

    slug: str
    languages: tuple[str, ...]
    step_ids: frozenset[str]
    lesson_ids: frozenset[str]
    objective_ids: frozenset[str]
    assets: Mapping[str, Asset | None]  # None: there, and already complained about


class StepFolder:
    """Implements kinds.StepSource."""

    def __init__(self, step: str, folder: str, around: Surroundings, files: Files, report: Report) -> None:
        self.id = step
        self.folder = folder
        self.languages = around.languages
        self.default_language = around.languages[0]
        self.step_ids = around.step_ids
        self.lesson_ids = around.lesson_ids
        self.objective_ids = around.objective_ids
        self._around = around
        self._files = files
        self._report = report

    def names(self) -> tuple[str, ...]:
        return tuple(self._files.below(self.folder)[""])

    def text(self, name: str) -> str | None:
        return self._files.text(f"{self.folder}/{name}")

    def yaml(self, name: str) -> Reader | None:
        return self._files.yaml(f"{self.folder}/{name}", self.languages)

    def problem(self, path: str, line: int, message: str) -> None:
        self._report(yamlread.Problem(path, line, message))

    def markdown(self, text: str, *, path: str, line: int, lang: str) -> Html:
        return self._html(markup.render(text, lang, self), path, line)

    def inline(self, text: str, *, path: str, line: int, lang: str) -> Html:
        return self._html(markup.render_short(text, lang, self), path, line)

    def _html(self, rendered: Rendered, path: str, line: int) -> Html:
        for complaint in rendered.complaints:
            if path.endswith(".md"):
                at = line + complaint.line - 1
            else:
                at = markup.line_of(complaint, self._files.text(path) or "", line)
            self.problem(path, at, complaint.message)
        return Html(rendered.html, rendered.pictures, rendered.outline)

    def picture(self, source: str) -> Picture:
        """Implements markup.Resolver."""
        shown = source[:80]
        if "://" in source or source.startswith(("//", "data:")):
            raise BadReferenceError(f"a picture must stand in the course's own folder: {shown}")
        path = resolved(self.folder, unquote(source))
        if path is None:
            raise BadReferenceError(f"the path leads outside the course folder: {shown}")
        if not path.startswith(f"{ASSETS}/"):
            raise BadReferenceError(f"pictures stand in {ASSETS}: ../../{ASSETS}/name.svg, not {shown}")
        if path not in self._around.assets:
            raise BadReferenceError(f"there is no such picture: {path}")
        asset = self._around.assets[path]
        if asset is None:  # reported where it stands
            return Picture(path, "", 1, 1, 0)
        return Picture(path, asset_address(self._around.slug, asset), asset.width, asset.height, asset.size)

    def link(self, target: str) -> str:
        """Implements markup.Resolver."""
        scheme, _, rest = target.partition(":")
        if scheme != "step":
            raise BadReferenceError(
                f"this link leads nowhere: {target[:80]!r} (https://…, mailto:…, #anchor or step:the-id)"
            )
        step, hash_, anchor = rest.partition("#")
        if step not in self._around.step_ids:
            raise BadReferenceError(f"no step of this course has the id {step[:60]!r}")
        return step_address(self._around.slug, step) + hash_ + anchor
