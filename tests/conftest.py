"""What every test may ask for: a database as new, the application, people and their browsers, a clock at rest."""

import datetime as dt
import os
import shutil
import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from click.testing import Result
from flask import Flask
from hypothesis import settings
from playwright.sync_api import Browser as Chromium

from elearn.core import clock, jobs
from elearn.core.db import begin_writing, db
from elearn.people.models import User
from tests.factories import people as make
from tests.factories.academy import Academy, BusyAcademy, found_academy, found_busy_academy
from tests.support import postgres
from tests.support.browser import Browser
from tests.support.chromium import launched
from tests.support.databases import AS_NEW, Database, Postgresql, Sqlite, new_postgresql_database
from tests.support.inbox import Inbox
from tests.support.live import free_port
from tests.support.statements import statements

DATABASES = ("sqlite", "postgresql")
WORLDS: dict[str, Callable[[], object]] = {"busy_academy": found_busy_academy, "academy": found_academy}
SERVER = pytest.StashKey[str]()
CLUSTER = pytest.StashKey[postgres.Cluster]()
settings.register_profile("elearn", deadline=None)  # a busy machine is no mistake: hangs have tests of their own
settings.load_profile("elearn")
MISSING = (
    "NO POSTGRESQL: its half of the tests is skipped. Install one (apt-get install postgresql), "
    "or name one: TEST_DATABASE_URL=postgresql://superuser@host/ make test"
)
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 4_000_000_000  # bytes free; a run uses a tenth of it


# The databases


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=(*DATABASES, "all"), default="sqlite", help="run on this database, or on all (make test)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Keep folders in memory where there is enough; start the one PostgreSQL of a run, before its workers."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
        # SQLite waits for the disk at every commit, as it must in production; nothing here outlives the run.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    given = getattr(config, "workerinput", {}).get("postgresql")
    if given is not None:
        config.stash[SERVER] = given
    elif config.getoption("--database") != "sqlite" and not config.getoption("collectonly"):
        config.stash[SERVER] = os.environ.get("TEST_DATABASE_URL") or _own_server(config)


def _own_server(config: pytest.Config) -> str:
    binaries = postgres.find_binaries()
    if binaries is None:
        if os.environ.get("REQUIRE_POSTGRES"):
            raise pytest.UsageError("REQUIRE_POSTGRES is set, and no PostgreSQL was found")
        return ""
    config.stash[CLUSTER] = postgres.Cluster(binaries)
    return config.stash[CLUSTER].url("postgres")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["postgresql"] = node.config.stash.get(SERVER, "")


def pytest_unconfigure(config: pytest.Config) -> None:
    if CLUSTER in config.stash:
        config.stash[CLUSTER].stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: else one worker is still at it when the others have nothing left to do."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash.get(SERVER, None) == "":
        terminalreporter.write_line(MISSING, red=True, bold=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a database, however indirectly, runs on each of those chosen."""
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        names = DATABASES if chosen == "all" else (chosen,)
        if metafunc.definition.get_closest_marker("one_database"):
            names = names[:1]
        metafunc.parametrize("database", names, indirect=True)


@pytest.fixture(scope="session")
def _databases() -> Iterator[dict[str, Database]]:
    opened: dict[str, Database] = {}
    yield opened
    for one in opened.values():
        one.close()


@pytest.fixture
def database(
    request: pytest.FixtureRequest, _databases: dict[str, Database], tmp_path_factory: pytest.TempPathFactory
) -> Database:
    """The database of this test, as it was after the migrations."""
    name = request.param
    if name not in _databases:
        folder = tmp_path_factory.mktemp("instance") / name
        if name == "sqlite":
            _databases[name] = Sqlite(folder)
        else:
            _databases[name] = Postgresql(folder, empty_postgresql(request.config, "elearn_test"))
    one = _databases[name]
    world = next((world for world in WORLDS if world in request.fixturenames), AS_NEW)
    if not one.knows(world):
        one.reset()
        with one.app.app_context(), clock.frozen(make.JOINED):  # before the day on which tests let the clock stand
            one.remember(world, WORLDS[world]())
    one.reset(world)
    return one


def empty_postgresql(config: pytest.Config, name: str) -> str:
    """The address of a new, empty database of this worker; skips where there is no server."""
    if not config.stash.get(SERVER, ""):
        pytest.skip("no PostgreSQL")
    return new_postgresql_database(config.stash[SERVER], f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")


# The application


@pytest.fixture
def app(database: Database) -> Iterator[Flask]:
    """The application, in a context of the test's own whose session writes.

    What the test arranges becomes real when a browser, a job or a command begins; each of those has a context and a
    session of its own.
    """
    with database.app.app_context():
        begin_writing()
        yield database.app


@pytest.fixture
def browser(app: Flask) -> Callable[..., Browser]:
    """`browser()` is a visitor's, `browser(amina)` hers, signed in."""

    def open_one(user: User | None = None) -> Browser:
        one = Browser(app, app.response_class, use_cookies=True)
        return one.sign_in(user) if user is not None else one

    return open_one


@pytest.fixture
def visitor(browser: Callable[..., Browser]) -> Browser:
    """The browser of somebody who is not signed in."""
    return browser()


@pytest.fixture
def fresh_context(app: Flask) -> Callable[[], AbstractContextManager[object]]:
    """`with fresh_context(): service.x(…)` for what opens its own transaction (`reading()`, `unit_of_work()`)."""

    def context() -> AbstractContextManager[object]:
        db.session.commit()
        return app.app_context()

    return context


@pytest.fixture
def do_jobs(app: Flask) -> Callable[[], int]:
    """Carry out every job that is due, as the worker does; returns how many. A job that fails, fails the test."""

    def work() -> int:
        db.session.commit()
        done = 0
        with app.app_context(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(jobs, "_failed", _fail)
            while jobs.work_once():
                done += 1
        return done

    return work


def _fail(_job: int, _attempts: int, error: str) -> None:
    raise AssertionError(f"a job failed: {error}")


@pytest.fixture
def command(app: Flask) -> Callable[..., Result]:
    """`command("courses", "check")` runs `flask courses check`; the result has `exit_code`, `stdout`, `stderr`."""

    def run(*args: object, **kwargs: Any) -> Result:
        db.session.commit()
        with app.app_context():
            return app.test_cli_runner().invoke(args=[str(arg) for arg in args], **kwargs)

    return run


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with count_statements() as seen: amina.get(…)`, then `len(seen)`."""

    def counting() -> AbstractContextManager[list[str]]:
        db.session.commit()
        return statements(app)

    return counting


# People. Amina studies, Boris teaches her, Chloe teaches somebody else, Dawit administers.


@pytest.fixture
def amina(app: Flask) -> User:
    return make.persona("Amina")


@pytest.fixture
def boris(app: Flask) -> User:
    return make.persona("Boris")


@pytest.fixture
def chloe(app: Flask) -> User:
    return make.persona("Chloe")


@pytest.fixture
def dawit(app: Flask) -> User:
    return make.persona("Dawit")


@pytest.fixture
def academy(app: Flask, database: Database) -> Academy:
    """Start from a small academy at work: two published courses and their people; see its factory."""
    about = database.worlds["academy"]
    assert isinstance(about, Academy)
    return about


@pytest.fixture
def busy_academy(app: Flask, database: Database) -> BusyAcademy:
    """The same after some weeks: attempts, a certificate, a proposed institution, mail, a failed job."""
    about = database.worlds["busy_academy"]
    assert isinstance(about, BusyAcademy)
    return about


# The world around


@pytest.fixture
def frozen_clock() -> Iterator[Callable[..., dt.datetime]]:
    """The clock stands at noon, 21 November 2026, UTC; `frozen_clock(days=2)` moves it on and tells the new time.

    In this thread: a thread that the test starts sees the real time.
    """
    moment = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    token = clock._frozen.set(moment)

    def move(**by: float) -> dt.datetime:
        clock._frozen.set(clock.now() + dt.timedelta(**by))
        return clock.now()

    yield move
    clock._frozen.reset(token)


@pytest.fixture(autouse=True)
def no_mail_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sends mail (but to the `mail_server` fixture) or leaves this machine."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)

    def no_mail(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a test tried to send mail")

    monkeypatch.setattr(socket.socket, "connect", local_only)
    monkeypatch.setattr(smtplib.SMTP, "connect", no_mail)


@pytest.fixture
def mail_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EmailMessage]]:
    """A mail server on this machine, to which the application sends; the list fills with what it received."""
    monkeypatch.undo()
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    for name, value in {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": controller.port, "MAIL_USE_TLS": False}.items():
        monkeypatch.setitem(app.config, name, value)
    yield inbox.messages
    controller.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The one real browser of a worker: Playwright allows no second beside it."""
    with launched() as one:
        yield one


@pytest.fixture
def courses_folder() -> Path:
    """The shipped courses."""
    return Path(__file__).parent.parent / "courses"
