"""What a first and a second visit cost a browser: requests and bytes on the wire, headers included."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser

from benchmarks.instance import Ready
from benchmarks.server import serving
from tests.support.chromium import launched


@dataclass
class Visit:
    """One page with all that it asked for; pictures of the lesson apart, for a reader may do without."""

    requests: int = 0
    size: int = 0
    pictures: int = 0
    picture_size: int = 0
    _kinds: dict[str, str] = field(default_factory=dict)

    def began(self, told: dict[str, Any]) -> None:
        self._kinds[told["requestId"]] = told["response"]["url"]

    def ended(self, told: dict[str, Any]) -> None:
        url = self._kinds.get(told["requestId"], "")
        if not url.startswith("http") or not told["encodedDataLength"]:
            return  # from the browser's own store
        if "/files/" in url:
            self.pictures += 1
            self.picture_size += int(told["encodedDataLength"])
        else:
            self.requests += 1
            self.size += int(told["encodedDataLength"])


def measure(environment: dict[str, str], ready: Ready) -> dict[str, Visit]:
    """By what is visited, in the order of the table."""
    with serving("wsgi:app", environment) as site, launched() as browser:
        name, _, value = ready.cookie.partition("=")
        cookie = {"name": name, "value": value, "url": site.address}
        catalogue = _visits(browser, site.address, ["/courses/", "/courses/"])
        lessons = _visits(browser, site.address, [ready.lesson, ready.lesson, ready.next_lesson], cookie)
    return {
        "the catalogue, first": catalogue[0],
        "the catalogue, again": catalogue[1],
        "a lesson, first": lessons[0],
        "the lesson, again": lessons[1],
        "the next lesson": lessons[2],
    }


def _visits(browser: Browser, address: str, paths: list[str], cookie: dict[str, str] | None = None) -> list[Visit]:
    context = browser.new_context()
    if cookie:
        context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    visits: list[Visit] = []
    devtools.on("Network.responseReceived", lambda told: visits[-1].began(told))
    devtools.on("Network.loadingFinished", lambda told: visits[-1].ended(told))
    for path in paths:
        visits.append(Visit())
        answer = page.goto(address + path, wait_until="networkidle")
        if answer is None or not answer.ok:
            raise RuntimeError(f"{path} was not answered")
    context.close()
    return visits
