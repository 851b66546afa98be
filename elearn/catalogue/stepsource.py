"""One step's folder as its kind sees it, with Markdown whose references are resolved inside the course."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote

from elearn.catalogue import yamlread
from elearn.catalogue.compiled import Asset, GlossaryTerm
from elearn.catalogue.files import ASSETS, Files, Report, resolved
from elearn.catalogue.kinds import Html, Reader
from elearn.core import markup
from elearn.core.markup import Attachment, BadReferenceError, Picture, Rendered, Term, direction


def asset_address(slug: str, asset: Asset) -> str:
    """Where a file is served. Its content is part of the address, so that it may be kept for ever."""
    return f"/courses/{slug}/files/{asset.sha256[:16]}/{asset.path.removeprefix(ASSETS + '/')}"


def step_address(slug: str, step: str) -> str:
    """Where a step is read."""
    return f"/courses/{slug}/learn/{step}"


def _nowhere(target: str) -> str:
    places = f"https://…, mailto:…, #anchor, step:the-id or ../../{ASSETS}/name"
    return f"this link leads nowhere: {target[:80]!r} ({places})"


@dataclass(frozen=True)
class Surroundings:
    """What every step of a course may refer to."""

    slug: str
    languages: tuple[str, ...]
    step_ids: frozenset[str]
    lesson_ids: frozenset[str]
    objective_ids: frozenset[str]
    assets: Mapping[str, Asset | None]  # None: there, and already complained about
    glossary: Mapping[str, GlossaryTerm | None]  # None: likewise


@dataclass(frozen=True)
class References:
    """Implements markup.Resolver for a text in one language that stands in one folder."""

    around: Surroundings
    folder: str
    lang: str
    short: bool = False

    def picture(self, source: str) -> Picture:
        path, asset = self._asset(source, "a picture")
        if asset is None:  # reported where it stands
            return Picture(path, "", 1, 1, 0)
        if asset.width is None or asset.height is None:
            raise BadReferenceError(f"{path} is not a picture: link to it with [words]({source[:80]})")
        return Picture(path, asset_address(self.around.slug, asset), asset.width, asset.height, asset.size)

    def file(self, source: str) -> Attachment:
        if self.short:
            raise BadReferenceError("a file cannot stand in a short text: hand it out in a lesson")
        path, asset = self._asset(source, "a file")
        if asset is None:
            return Attachment(path, "", "application/octet-stream", 0)
        if asset.is_picture:
            raise BadReferenceError(f"{path} is a picture: show it with ![what it says]({source[:80]})")
        return Attachment(path, asset_address(self.around.slug, asset), asset.mime, asset.size)

    def _asset(self, source: str, what: str) -> tuple[str, Asset | None]:
        """The path that a reference means and what stands there."""
        shown = source[:80]
        if "://" in source or source.startswith(("//", "data:")):
            raise BadReferenceError(f"{what} must stand in the course's own folder: {shown}")
        path = resolved(self.folder, unquote(source))
        if path is None:
            raise BadReferenceError(f"the path leads outside the course folder: {shown}")
        if not path.startswith(f"{ASSETS}/") and what == "a file":
            raise BadReferenceError(_nowhere(source))
        if not path.startswith(f"{ASSETS}/"):
            raise BadReferenceError(f"{what[2:]}s stand in {ASSETS}: ../../{ASSETS}/name, not {shown}")
        if path not in self.around.assets:
            raise BadReferenceError(f"there is no such {what[2:]}: {path}")
        return path, self.around.assets[path]

    def link(self, target: str) -> str:
        scheme, _, rest = target.partition(":")
        if scheme != "step":
            raise BadReferenceError(_nowhere(target))
        step, hash_, anchor = rest.partition("#")
        if step not in self.around.step_ids:
            raise BadReferenceError(f"no step of this course has the id {step[:60]!r}")
        return step_address(self.around.slug, step) + hash_ + anchor

    def term(self, key: str) -> Term:
        if key not in self.around.glossary:
            raise BadReferenceError(f"the glossary has no term with the id {key[:60]!r}")
        entry = self.around.glossary[key]
        if entry is None:
            return Term(key, key, "")
        shown, title, definition = entry.text(self.lang, self.around.languages[0])
        if shown != self.lang:
            tag = "div" if definition.startswith("<") else "span"
            definition = f'<{tag} lang="{escape(shown)}" dir="{direction(shown)}">{definition}</{tag}>'
        return Term(key, title, definition)


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
        return self._html(markup.render(text, lang, References(self._around, self.folder, lang)), path, line)

    def inline(self, text: str, *, path: str, line: int, lang: str) -> Html:
        return self._html(
            markup.render_short(text, lang, References(self._around, self.folder, lang, short=True)), path, line
        )

    def attachment(self, reference: str, *, path: str, line: int) -> Attachment | None:
        try:
            return References(self._around, self.folder, self.default_language).file(reference)
        except BadReferenceError as error:
            self.problem(path, line, str(error))
            return None

    def _html(self, rendered: Rendered, path: str, line: int) -> Html:
        for complaint in rendered.complaints:
            if path.endswith(".md"):
                at = line + complaint.line - 1
            else:
                at = markup.line_of(complaint, self._files.text(path) or "", line)
            self.problem(path, at, complaint.message)
        return Html(rendered.html, rendered.pictures, rendered.outline, rendered.files, rendered.terms, rendered.words)
