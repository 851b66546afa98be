"""What of the site can be written to from outside: every form of every page, filled in as an attacker would.

Nothing here names a page or a field: what is added to the site is attacked by itself.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

TEXTS = ("text", "search", "textarea")


@dataclass
class Control:
    """One field: `kind` is the type of an input, else the element's name; `values` what it offers."""

    name: str
    kind: str
    value: str = ""
    values: list[str] = field(default_factory=list)


@dataclass
class SentForm:
    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        return any(control.kind in TEXTS for control in self.controls)

    def filled(self, write: Callable[[Control], str]) -> dict[str, str]:
        """The fields as they would be sent, each with what `write` puts into it."""
        return {control.name: write(control) for control in self.controls if control.name != "csrf_token"}


class Forms(HTMLParser):
    """The forms of a page: `Forms(html, address).found`."""

    def __init__(self, html: str, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[SentForm] = []
        self._form: SentForm | None = None
        self._select: Control | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.address, given.get("action", ""))
            self._form = SentForm(action, given.get("method", "get").lower())
            self.found.append(self._form)
        elif tag == "option" and self._select is not None:
            self._select.values.append(given.get("value", ""))
            if "selected" in given:
                self._select.value = given.get("value", "")
        elif tag in ("input", "select", "textarea", "button") and self._form and given.get("name"):
            kind = given.get("type", "text") if tag == "input" else tag
            control = Control(given["name"], kind, given.get("value", ""))
            self._form.controls.append(control)
            self._select = control if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None


MARK = "mark-me"
PRODUCT = str(7919 * 7907)
# Closes an attribute and a tag, opens one, brings an attribute where none was quoted, and asks two kinds of engines to
# multiply.
PAYLOAD = f"Zed\"'><{MARK} on{MARK}=1>{{{{7919*7907}}}}${{7919*7907}}<%=7919*7907%>"
ADDRESS = f"o'{MARK}=on@example.org"  # what an e-mail address may hold of it
LINK = f"javascript:alert(7919*7907)//{MARK}"


class Effects(HTMLParser):
    """What of a payload became more than text on a page: `Effects(html).found`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = [f"a product: {PRODUCT}"] if PRODUCT in html else []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        text = self.get_starttag_text() or tag
        if MARK in tag or any(MARK in name for name, _value in attrs):
            self.found.append(text)
        for name, value in attrs:
            leads = name in ("href", "src", "action", "formaction", "data-href", "xlink:href")
            if leads and re.match(r"\s*(javascript|data:text|vbscript)", value or "", re.IGNORECASE):
                self.found.append(text)
            if name == "srcdoc" or name.startswith("on") or name == "style":
                self.found.append(text)

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.found.append(f"<!--{data}-->")


def writes(password: str) -> Iterator[Callable[[Control], str]]:
    """Ways to fill in a form: wrong everywhere; then right enough to be stored, with the payload in its texts."""
    yield lambda control: LINK if control.kind == "hidden" else PAYLOAD
    right = {"email": ADDRESS, "password": password, "tel": "000000", "number": "1", "checkbox": "y"}

    def plausible(control: Control) -> str:
        if control.kind in TEXTS:
            return PAYLOAD
        if control.kind == "select":
            return control.value or next((value for value in control.values if value), "")
        return right.get(control.kind, control.value)

    yield plausible
