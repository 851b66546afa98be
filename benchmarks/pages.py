"""Requests per second of two pages and of the references, in rounds that go forth and back."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks import references
from benchmarks.instance import Ready
from benchmarks.server import BROWSER, WITHOUT_MIDDLEWARE, clean_environment, requests_per_second, serving

BARE, USUAL, LIST = "bare", "usual", "list"
LESSON, LESSON_PLAIN, CATALOGUE = "lesson", "lesson, not compressed", "catalogue"


@dataclass(frozen=True)
class Pages:
    """Requests per second by what was asked, a number for each round; what the site's worker held afterwards."""

    rounds: dict[str, list[float]]
    memory: int
    ready_after: list[float]


def measure(environment: dict[str, str], ready: Ready, rounds: int, seconds: int, say: Callable[[str], None]) -> Pages:
    """All of it on one database."""
    url = environment.get("DATABASE_URL") or f"sqlite:///{environment['DATA_DIR']}/elearn.sqlite"
    reference = clean_environment(DATABASE_URL=url)
    cookie = references.cookie_of(ready.email)
    found: dict[str, list[float]] = {}
    started = []
    for _ in range(2):
        with serving("wsgi:app", environment) as site:
            started.append(site.ready_after)
    with ExitStack() as stack:
        bare = stack.enter_context(serving("benchmarks.references:bare", reference, *WITHOUT_MIDDLEWARE))
        usual = stack.enter_context(serving("benchmarks.references:usual", reference, *WITHOUT_MIDDLEWARE))
        site = stack.enter_context(serving("wsgi:app", environment))
        started.append(site.ready_after)
        asked = [
            (BARE, f"{bare.address}/", {}),
            (LESSON, site.address + ready.lesson, {**BROWSER, "Cookie": ready.cookie}),
            (USUAL, f"{usual.address}/", {"Cookie": cookie}),
            (LESSON_PLAIN, site.address + ready.lesson, {"Cookie": ready.cookie}),
            (LIST, f"{usual.address}/list", {"Cookie": cookie}),
            (CATALOGUE, f"{site.address}/courses/", BROWSER),
        ]
        for name, address, headers in asked:
            requests_per_second(address, 1, headers)  # warm
            found[name] = []
        for number in range(rounds):
            for name, address, headers in asked if number % 2 == 0 else reversed(asked):
                found[name].append(requests_per_second(address, seconds, headers))
            say(", ".join(f"{name} {speeds[-1]:,.0f}/s" for name, speeds in found.items()))
        return Pages(found, site.worker_memory(), started)
