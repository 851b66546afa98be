"""The files of one course as the compiler sees them: a mapping of paths to bytes, checked before anything is read."""

import posixpath
from collections.abc import Callable, Iterable, Mapping

from elearn.catalogue.encodings import Undecided, decode
from elearn.catalogue.sizes import MAX_FILES, MAX_TOTAL, too_large
from elearn.catalogue.yamlread import Problem, Reader, read_mapping

MAX_PATH = 200
ASSETS = "assets"
NOTES_TO_WRITERS = ("README.md", "REVIEW.md")

Report = Callable[[Problem], None]


def _nowhere(_note: Problem) -> None:
    """Where notes go that nobody wants."""


def hidden(path: str) -> bool:
    """Files of programs, such as `.git`: nobody's text, so they are not even read."""
    return any(part.startswith(".") and part != ".." for part in path.split("/"))


def ignored(path: str) -> bool:
    """Files that belong to the writers and not to the course."""
    return hidden(path) or path.rsplit("/", 1)[-1] in NOTES_TO_WRITERS


def misnamed(path: str) -> str:
    """What is wrong with a path inside a course folder; '' when nothing is."""
    if path.startswith("/") or "\\" in path or ":" in path.split("/")[0]:
        return "a path inside the course folder is relative and uses /"
    if any(part in ("", ".", "..") for part in path.split("/")):
        return "the path leads outside the course folder or is not in its simplest form"
    if not path.isprintable() or len(path) > MAX_PATH:
        return f"a path holds only printable characters, at most {MAX_PATH}"
    return ""


class Files:
    """The course's files without those that are ignored, misnamed or too large, each of which was reported."""

    def __init__(
        self, files: Mapping[str, bytes], report: Report, unread: Iterable[str] = (), note: Report = _nowhere
    ) -> None:
        self._report = report
        self._note = note
        self._bytes: dict[str, bytes] = {}
        self._texts: dict[str, str | None] = {}
        # There, reported, and not to be complained about as missing.
        self._refused = {path for path in unread if not misnamed(path)}
        total = 0
        for path in sorted(files, key=str):
            data = files[path]
            if ignored(path):
                continue
            wrong = misnamed(path)
            if wrong:
                shown = path.encode("ascii", "backslashreplace").decode()[:MAX_PATH]
                report(Problem(shown, 1, wrong))
                continue
            total += len(data)
            if reason := too_large(path, len(data)):
                report(Problem(path, 1, reason))
                self._refused.add(path)
            else:
                self._bytes[path] = data
        if len(self._bytes) > MAX_FILES:
            report(Problem("course.yaml", 1, f"more than {MAX_FILES:,} files"))
            self._bytes = dict(list(self._bytes.items())[:MAX_FILES])
        if total > MAX_TOTAL:
            report(Problem("course.yaml", 1, f"the course is larger than {MAX_TOTAL // 1_000_000} MB"))
        self.paths = sorted({*self._bytes, *self._refused})  # also of files that were refused

    def __contains__(self, path: object) -> bool:
        return path in self._bytes or path in self._refused

    def read(self, path: str) -> bytes | None:
        """The bytes; None when missing or refused."""
        return self._bytes.get(path)

    def below(self, folder: str) -> dict[str, list[str]]:
        """What stands directly in a folder: names of files under '', and per subfolder the paths inside it."""
        start = f"{folder}/" if folder else ""
        found: dict[str, list[str]] = {"": []}
        for path in self.paths:
            if path.startswith(start):
                name, _, rest = path[len(start) :].partition("/")
                found.setdefault(name, []).append(rest) if rest else found[""].append(name)
        return found

    def text(self, path: str) -> str | None:
        """A file's text with plain line ends; None, and a problem once, when it is missing or no text."""
        if path not in self._texts:
            self._texts[path] = self._decode(path)
        return self._texts[path]

    def _decode(self, path: str) -> str | None:
        data = self._bytes.get(path)
        if data is None:
            if path not in self._refused:
                self._report(Problem(path, 1, "this file is missing"))
            return None
        try:
            text, note = decode(data, _language_of(path))
        except Undecided as problem:
            self._report(Problem(path, problem.line, str(problem)))
            return None
        if note:
            self._note(Problem(path, 1, note))
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def yaml(self, path: str, languages: Iterable[str]) -> Reader | None:
        """A YAML mapping; None, and problems, when there is none."""
        text = self.text(path)
        return None if text is None else read_mapping(text, path, self._report, languages)


def _language_of(path: str) -> str:
    """The language that a file's name promises, as in lesson.ar.md; '' where it promises none."""
    parts = path.rsplit("/", 1)[-1].split(".")
    return parts[-2] if len(parts) == 3 else ""


def resolved(folder: str, reference: str) -> str | None:
    """The path that a relative reference from a folder means; None when it leads outside the course."""
    path = posixpath.normpath(posixpath.join(folder, reference))
    return None if reference.startswith("/") or misnamed(path) else path
