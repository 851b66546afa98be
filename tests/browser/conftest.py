"""A demonstration instance, started as `make run` starts it, and browsers to visit it with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.support.live import free_port, running
from tests.support.tour import Tour
from tests.support.two_versions import Publish, publishing
from tests.support.visit import Visit

PASSWORD = "a plain password for tests"


@dataclass(frozen=True)
class Site:
    address: str
    publish: Publish
    password: str = PASSWORD


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The instance; one for each worker."""
    folder = tmp_path_factory.mktemp("demonstration")
    environment = {"DATA_DIR": str(folder / "data"), "DEMO_PASSWORD": PASSWORD, "WEB_CONCURRENCY": "1"}
    with running(["-m", "elearn.demonstration"], free_port(), environment, folder / "log") as address:
        yield Site(address, publishing(environment, folder / "ruled"))


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Visit]]:
    """`visit("ar", phone=True)` opens a window of its own; all are closed with the test."""
    opened: list[Visit] = []

    def open_one(lang: str, **options: bool) -> Visit:
        opened.append(Visit(chromium, site.address, lang, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture(scope="session")
def _tour(chromium: Browser, site: Site) -> Iterator[Tour]:
    tour = Tour(chromium, site.address, site.password)
    tour.prepare()
    tour.by_rules(site.publish)
    yield tour
    tour.close()


@pytest.fixture
def tour(_tour: Tour) -> Iterator[Tour]:
    """Every page of the site in the states in which people meet it; afterwards everybody reads English again."""
    yield _tour
    _tour.rest()
