"""Reading YAML with a line for every complaint: a mapping is asked for its keys; what nobody asked for is unknown.

Aliases are refused (a course needs none, and they are how a small file becomes a large one).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import yaml
from yaml.reader import Reader as Unprintable

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it is there: ten times faster
# What YAML forbids, and the line breaks that only YAML knows: an editor would count other lines.
ODD = re.compile(f"{Unprintable.NON_PRINTABLE.pattern}|[\x85\u2028\u2029]")
MAX_BYTES = 500_000
MAX_DEPTH = 20
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?\Z")
IDENTIFIER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong in a course folder, at a line a writer can open."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Reader:
    """One YAML mapping. Every getter notes its key as known; `done()` reports the keys nobody asked for."""

    def __init__(self, node: yaml.MappingNode, path: str, report: Callable[[Problem], None], languages: Iterable[str]):
        self.node = node
        self.path = path
        self.line: int = node.start_mark.line + 1
        self.languages = tuple(languages)
        self._report = report
        self._known: set[str] = set()
        self._values: dict[str, yaml.Node] = {}
        self._keys: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                report(Problem(path, line, "a key must be plain text"))
            elif key.value in self._values:
                report(Problem(path, line, f"'{key.value}' stands twice"))
            else:
                self._values[key.value] = value
                self._keys[key.value] = line

    def line_of(self, key: str) -> int:
        """The line of a key, or of the mapping where the key is missing."""
        return self._keys.get(key, self.line)

    def names(self) -> list[str]:
        """The keys that stand there, whatever they are."""
        return list(self._values)

    def has(self, key: str) -> bool:
        """Whether the key stands there with a value; notes it as known."""
        self._known.add(key)
        node = self._values.get(key)
        return node is not None and not (isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null"))

    def holds_mapping(self, key: str) -> bool:
        """Whether a key holds a mapping, where a plain text may stand as well."""
        return self.has(key) and isinstance(self._values[key], yaml.MappingNode)

    def problem(self, message: str, key: str | None = None) -> None:
        """Report a problem at a key, or at the mapping itself."""
        self._report(Problem(self.path, self.line_of(key) if key else self.line, message))

    def _node(self, key: str, required: bool) -> yaml.Node | None:
        if self.has(key):
            return self._values[key]
        if required:
            self.problem(f"'{key}' is missing")
        return None

    def text(self, key: str, *, required: bool = True, longest: int = 2000) -> str:
        """A plain text; '' when it is missing."""
        node = self._node(key, required)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.problem(f"'{key}' must be a text", key)
            return ""
        value: str = node.value.strip()
        if not value and required:
            self.problem(f"'{key}' is empty", key)
        if len(value) > longest:
            self.problem(f"'{key}' is longer than {longest} characters", key)
            return ""
        return value

    def unquoted(self, key: str, what: str, *, required: bool) -> str:
        """What is no text, as it was written; '' when it is missing, or written as a text."""
        value = self.text(key, required=required)
        if self.has(key) and getattr(self._values[key], "style", None):
            self.problem(f"'{key}' must be {what}, without quotation marks: {value!r}", key)
            return ""
        return value

    def identifier(self, key: str = "id", *, required: bool = True) -> str:
        """An id: lower-case Latin letters, digits and single hyphens, at most 60."""
        value = self.text(key, required=required or self.has(key), longest=60)
        if value and not IDENTIFIER.match(value):
            self.problem(f"'{key}' may hold only lower-case letters a-z, digits and single hyphens: {value!r}", key)
            return ""
        return value

    def choice(self, key: str, allowed: Iterable[str], *, default: str | None = None) -> str:
        """One of a few words; the default (or '') when missing or not one of them."""
        value = self.text(key, required=default is None or self.has(key))
        names = tuple(allowed)
        if value and value not in names:
            self.problem(f"'{key}' must be one of {', '.join(names)}: {value!r}", key)
            return default or ""
        return value or default or ""

    def number(self, key: str, *, low: float, high: float, required: bool = False) -> float | None:
        """A number between two bounds; None when missing or wrong."""
        value = self.unquoted(key, "a number", required=required)
        if not value:
            return None
        if not NUMBER.match(value):
            self.problem(f"'{key}' must be a number{in_digits(value)}: {value!r}", key)
            return None
        number = float(value)
        if not low <= number <= high:
            self.problem(f"'{key}' must be between {low:g} and {high:g}: {value}", key)
            return None
        return number

    def whole(self, key: str, *, low: int, high: int, required: bool = False) -> int | None:
        """A whole number between two bounds; None when missing or wrong."""
        number = self.number(key, low=low, high=high, required=required)
        if number is None:
            return None
        if number != int(number):
            self.problem(f"'{key}' must be a whole number", key)
            return None
        return int(number)

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """true or false."""
        value = self.unquoted(key, "true or false", required=default is None)
        if not value:
            return bool(default)
        if value not in ("true", "false"):
            self.problem(f"'{key}' must be true or false: {value!r}", key)
            return bool(default)
        return value == "true"

    def mapping(self, key: str, *, required: bool = True) -> "Reader | None":
        """A mapping below this one."""
        node = self._node(key, required)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            self.problem(f"'{key}' must be a mapping", key)
            return None
        return Reader(node, self.path, self._report, self.languages)

    def texts(self, key: str, *, required: bool = True, longest: int = 4000) -> dict[str, str]:
        """A text per language, `{en: …, ar: …, fr: …}`; the course's default language (the first) must be there."""
        inner = self.mapping(key, required=required)
        if inner is None:
            return {}
        found = {
            lang: inner.text(lang, required=lang == self.languages[0], longest=longest)
            for lang in self.languages
            if inner.has(lang) or lang == self.languages[0]
        }
        inner.done("is not a language of this course")
        return {lang: text for lang, text in found.items() if text}

    def sequence(self, key: str, *, required: bool = True) -> "list[Reader]":
        """A list of mappings."""
        found = []
        for node in self._sequence(key, required):
            if isinstance(node, yaml.MappingNode):
                found.append(Reader(node, self.path, self._report, self.languages))
            else:
                self._report(Problem(self.path, node.start_mark.line + 1, f"each entry of '{key}' must be a mapping"))
        return found

    def words(self, key: str, *, required: bool = True) -> list[tuple[str, int]]:
        """A list of plain texts, each with its line."""
        found = []
        for node in self._sequence(key, required):
            if isinstance(node, yaml.ScalarNode) and node.value.strip() and not node.tag.endswith(":null"):
                found.append((node.value.strip(), node.start_mark.line + 1))
            else:
                self._report(Problem(self.path, node.start_mark.line + 1, f"each entry of '{key}' must be a text"))
        return found

    def _sequence(self, key: str, required: bool) -> list[yaml.Node]:
        node = self._node(key, required)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.problem(f"'{key}' must be a list", key)
            return []
        if not node.value and required:
            self.problem(f"'{key}' is empty", key)
        return list(node.value)

    def done(self, complaint: str = "is not a known key") -> None:
        """Report every key that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                self.problem(f"'{key}' {complaint}", key)


def _advice(what: str, line: str) -> str:
    """What to do about the two mistakes that everybody makes, in whose words YAML says little."""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return " (indent by blanks: YAML knows no tabs)"
    if what.startswith("mapping values are not allowed"):
        return ' (a text with a colon and a blank in it stands in quotation marks: title: "Cash: for whom?")'
    return ""


def in_digits(value: str) -> str:
    """A hint for whoever wrote a number in the digits of another script."""
    other = any(sign.isdecimal() and not sign.isascii() for sign in value)
    return ", written with the digits 0 to 9" if other else ""


def read_mapping(
    text: str, path: str, report: Callable[[Problem], None], languages: Iterable[str], *, first_line: int = 1
) -> Reader | None:
    """The mapping that a YAML text holds; None, with a problem reported, where it holds something else.

    `first_line` is the line of `path` on which `text` begins (front matter begins on line 2).
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        report(Problem(path, first_line, f"the file is larger than {MAX_BYTES // 1000} kB"))
        return None
    last_line = first_line + text.count("\n")
    padded = "\n" * (first_line - 1) + text
    odd = ODD.search(padded)
    if odd:
        line = padded.count("\n", 0, odd.start()) + 1
        report(Problem(path, line, f"a control character or an odd line break (U+{ord(odd[0]):04X})"))
        return None
    try:
        depth = 0
        for event in yaml.parse(padded, Loader=LOADER):
            line = first_line if event.start_mark is None else event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                report(Problem(path, line, "anchors and aliases (& and *) are not allowed"))
                return None
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    report(Problem(path, line, f"nested deeper than {MAX_DEPTH} levels"))
                    return None
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
        node = yaml.compose(padded, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line if mark is None else min(mark.line + 1, last_line)
        what, wrong = error.problem or error.context or "", padded.split("\n")[line - 1]
        report(Problem(path, line, f"not valid YAML: {what}{_advice(what, wrong)}"))
        return None
    except yaml.YAMLError as error:
        report(Problem(path, first_line, f"not valid YAML: {str(error).splitlines()[0]}"))
        return None
    if not isinstance(node, yaml.MappingNode):
        report(Problem(path, first_line, "must be a mapping of keys and values: lines such as 'title: …'"))
        return None
    return Reader(node, path, report, languages)
