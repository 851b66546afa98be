"""What a page of HTML holds, as far as rules for all pages ask."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    action: str
    method: str
    fields: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """Read with `Page(html)`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root: dict[str, str] = {}
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.forbidden: list[str] = []
        self.without_alternative: list[str] = []
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.text = ""
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.root = given
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append(int(tag[1]))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "style" or "style" in given or (tag == "script" and "src" not in given):
            self.forbidden.append(self.get_starttag_text() or tag)
        self.forbidden += [name for name in given if name.startswith("on")]
        if tag == "img" and "alt" not in given:
            self.without_alternative.append(self.get_starttag_text() or tag)
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        if tag in ("input", "select", "textarea", "button") and self.forms:
            self.forms[-1].fields.append(given.get("name", ""))
        if tag in ("script", "style"):
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data
