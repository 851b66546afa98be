"""docs/operations.md, carried out: every command in it, in its order, and people who use the site meanwhile.

What cannot be real here stands in tests/support/machine.py.
"""

import ast
import json
import os
import re
import shutil
import socket
import sqlite3
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection, RemoteDisconnected
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import make_url

from tests.conftest import SERVER
from tests.support.inbox import Inbox
from tests.support.live import free_port
from tests.support.machine import ROOT, Machine

DOCUMENT = ROOT / "docs/operations.md"
DEPLOY = ROOT / "docs/deploy"
HOST = "academy.example.org"
PASSWORD = "an officer of two hours"
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sections() -> dict[str, list[str]]:
    """By heading, its commands."""
    parts = re.split(r"^## (.+)$", DOCUMENT.read_text(), flags=re.MULTILINE)
    return {
        heading: [commands for _, commands in FENCE.findall(text)]
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
    }


@pytest.fixture
def inbox() -> Iterator[tuple[str, list[EmailMessage]]]:
    """A mail server, for processes other than this one; its address."""
    kept = Inbox()
    port = free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"127.0.0.1:{port}", kept.messages
    controller.stop()


@pytest.fixture
def machine(request, tmp_path) -> Iterator[Machine]:
    server = request.config.stash.get(SERVER, "")
    one = Machine(tmp_path, str(make_url(server).query.get("host") or "") if server else None)
    yield one
    one.stop()


class Client:
    """Somebody's browser, which knows no more than HTTP; every name leads to this machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.trusted = ssl.create_default_context(
            cafile=str(machine.file(f"/etc/letsencrypt/live/{HOST}/fullchain.pem"))
        )
        self.cookies: SimpleCookie = SimpleCookie()
        self.text = ""

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> HTTPResponse:
        """One request over https; `self.text` is the page."""
        connection = HTTPSConnection(HOST, timeout=60)
        plain = socket.create_connection(("127.0.0.1", self.machine.https), timeout=60)
        connection.sock = self.trusted.wrap_socket(plain, server_hostname=HOST)
        given = {"Host": HOST, "Cookie": "; ".join(f"{c.key}={c.value}" for c in self.cookies.values())}
        if body is not None:
            given |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}"}
        connection.request(method, path, body, given | {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        self.text = answer.read().decode(errors="replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(line)
        connection.close()
        return answer

    def get(self, path: str) -> HTTPResponse:
        answer = self.ask("GET", path)
        while answer.status in (301, 302, 303, 307, 308):
            location = urlsplit(answer.headers["Location"])
            assert location.netloc in ("", HOST) and location.scheme in ("", "https")
            answer = self.ask("GET", location.path + (f"?{location.query}" if location.query else ""))
        assert answer.status == 200, (path, answer.status, self.text)
        return answer

    def send(self, path: str, **fields: str) -> HTTPResponse:
        """Fill in the form of the page that is shown, and go where it leads."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.text)
        assert token is not None, self.text
        answer = self.ask("POST", path, urlencode({"csrf_token": token[1], **fields}))
        assert answer.status in (302, 303), (path, answer.status, self.text)
        return self.get(answer.headers["Location"].removeprefix(f"https://{HOST}"))


@pytest.mark.one_database
def test_every_command_of_the_document_works(machine, inbox):
    address, messages = inbox
    settings = machine.file("/etc/elearn/elearn.env")
    for heading, blocks in sections().items():
        if heading == "nginx" and not shutil.which("nginx", path=machine.environment["PATH"].partition(":")[2]):
            assert not os.environ.get("REQUIRE_POSTGRES"), "nothing is skipped there, and no nginx was found"
            continue
        if heading == "PostgreSQL" and not machine.environment["PGHOST"]:
            continue
        for commands in blocks:
            said = machine.run(commands, given=f"{PASSWORD}\n{PASSWORD}\n")
            if "sudo editor" in commands:
                edit(
                    settings,
                    MAIL_SERVER=address.partition(":")[0],
                    MAIL_PORT=address.partition(":")[2],
                    PORT=str(machine.port),
                )
            if "/readyz" in commands:
                assert "database: ok\nmigrations: ok\nstorage: ok\n" in said
            if "manifest.json" in commands:
                assert '"format": 1' in said
        if heading == "nginx":
            study_through_nginx(machine)
        if heading == "Logs":
            only_json(said)
    assert messages[0]["To"] == f"officer@{HOST}"
    assert machine.run("elearn db current").strip().endswith("(head)")


def edit(settings: Path, **values: str) -> None:
    """What `editor` is for: the officer's own values, and no TLS to the mail server of this test."""
    lines = [line for line in settings.read_text().splitlines() if line.partition("=")[0] not in values]
    settings.write_text(
        "\n".join([*lines, *(f"{name}={value}" for name, value in values.items()), "MAIL_USE_TLS=0", ""])
    )


def only_json(log: str) -> None:
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert len(lines) > 10
    assert [line for line in log.splitlines() if not line.startswith(("{", "no errors"))] == []
    assert "traveller" not in log and "Tayeb" not in log
    assert any(line.get("template") == "/courses/<slug>/learn/<step>" and line["statements"] for line in lines)


def study_through_nginx(machine: Machine) -> None:
    """A trainee's way to a lesson, and what nginx adds to it."""
    reader = Client(machine)
    assert reader.get("/courses/").headers["Strict-Transport-Security"]
    course = re.search(r'href="(/courses/[\w-]+/)"', reader.text)
    assert course is not None
    reader.get("/register")
    reader.send(
        "/register",
        email="traveller@example.org",
        password="traveller of three languages",
        name_latin="Traveller Tayeb",
        country="NE",
        lang="en",
        privacy="y",
    )
    reader.get("/sign-in")
    reader.send("/sign-in", email="traveller@example.org", password="traveller of three languages")
    assert all(cookie["secure"] and cookie["httponly"] for cookie in reader.cookies.values() if "session" in cookie.key)
    reader.get(f"{course[1]}enrol")
    reader.send(f"{course[1]}enrol", name_latin="Traveller Tayeb", name_arabic="", lang="en")
    reader.get(course[1])
    lesson = re.search(rf'href="({course[1]}learn/[\w-]+)"', reader.text)
    assert lesson is not None
    reader.get(lesson[1])
    reader.send(f"{lesson[1]}/done")
    reader.get("/me/")
    assert "Traveller Tayeb" in reader.text or course[1] in reader.text

    what_nginx_sees_to(machine, Client(machine))


def what_nginx_sees_to(machine: Machine, stranger: Client) -> None:
    """What the site alone would not, or could not, know."""
    assert stranger.ask("GET", "/metrics").status == 404  # from this machine nginx lets it through, the site does not
    assert stranger.ask("POST", "/sign-in", "x" * 17_000_000).status == 413
    with pytest.raises(RemoteDisconnected):
        stranger.ask("GET", "/", Host="evil.example")
    plain = HTTPConnection("127.0.0.1", machine.http, timeout=60)
    plain.request("GET", "/courses/?theme=x", headers={"Host": HOST})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{HOST}/courses/?theme=x")
    plain.close()

    stranger.get("/sign-in")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', stranger.text)
    assert token is not None
    for number in range(3):  # three accounts; and, if a claim were believed, from three addresses
        wrong = urlencode({"csrf_token": token[1], "email": f"nobody{number}@example.org", "password": "not this"})
        claim = f"6.6.{number}.6"
        claimed = {"X_Forwarded_For": claim, "X_Forwarded_Host": "evil.example", "Forwarded": f"for={claim}"}
        assert stranger.ask("POST", "/sign-in", wrong, **claimed).status == 422
        assert "evil.example" not in stranger.text
    with closing(sqlite3.connect(machine.file("/var/lib/elearn/elearn.sqlite"))) as connection:
        counted = connection.execute("SELECT count(*) FROM counted_event GROUP BY kind, key ORDER BY 1").fetchall()
    assert counted[-1] == (3,)  # those of one address

    stranger.ask("GET", "/reset/secret-of-a-link?x=secret-of-a-link")
    stranger.get("/healthz")  # the line before is written
    log = machine.file("/var/log/nginx/elearn.log").read_text()
    assert '"GET /reset/<token>" ' in log
    assert not any(word in log for word in ("secret-of-a-link", "theme=x", "6.6."))


# What the document and its files say


def test_the_document_shows_no_command_that_is_not_carried_out():
    kinds = {kind for kind, _ in FENCE.findall(DOCUMENT.read_text())}
    assert kinds == {"sh"}
    assert sum(len(blocks) for blocks in sections().values()) > 12
    assert re.findall(r"^    \S", DOCUMENT.read_text(), re.MULTILINE) == []


def test_its_list_of_contents_and_links_lead_somewhere():
    text = DOCUMENT.read_text()
    anchors = {heading.lower().replace(" ", "-") for heading in sections()}
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) == anchors
    for path in re.findall(r"\]\((?!#)([^)]+)\)", text):
        assert (DOCUMENT.parent / path).exists()
    for name in re.findall(r"/opt/elearn/docs/deploy/([\w.-]+)", text):
        assert (DEPLOY / name).exists()


def test_every_setting_is_explained():
    table = next(part for part in re.split(r"^## ", DOCUMENT.read_text(), flags=re.MULTILINE) if part[:8] == "Settings")
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", table)) - {"_FILE"}
    assert read_settings() - told == set()
    assert told - read_settings() == set()


def read_settings() -> set[str]:
    """The names that the program looks up in its environment."""
    found = set()
    for path in (ROOT / "config.py", *(ROOT / "elearn").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = ast.unparse(node.func)
                own = path.name == "config.py" and called.startswith("_") and str(node.args[0].value).isupper()
                if own or called in ("os.environ.get", "os.environ.setdefault"):
                    found.add(str(node.args[0].value))
    from config import RETENTION_DAYS

    return found | {f"RETAIN_{name.upper().replace('-', '_')}_DAYS" for name in RETENTION_DAYS}


def test_nginx_hides_every_link_that_carries_a_secret(app):
    masked = re.search(r"\(\?<elearn_link>([^)]+)\)", (DEPLOY / "nginx.conf").read_text())
    assert masked is not None
    prefixes = {rule.rule.partition("<")[0] for rule in app.url_map.iter_rules() if "token" in rule.arguments}
    assert set(masked[1].split("|")) == prefixes


@pytest.mark.parametrize(
    "unit", sorted(path.name for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
)
def test_systemd_understands_the_units(unit, tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return  # a machine without systemd
    for path in DEPLOY.iterdir():
        if path.suffix in (".service", ".timer"):
            text = (
                path.read_text()
                .replace("/opt/elearn/.venv", f"{ROOT}/.venv")
                .replace("/usr/local/bin/elearn", "/bin/true")
            )
            (tmp_path / path.name).write_text(text)
    done = subprocess.run([analyze, "verify", "--man=no", str(tmp_path / unit)], capture_output=True, text=True)
    own = [line for line in done.stderr.splitlines() if unit in line]
    assert own == [] and done.returncode == 0, done.stderr


def test_the_command_is_a_sound_script():
    assert os.access(DEPLOY / "elearn", os.X_OK)
    assert subprocess.run(["sh", "-n", str(DEPLOY / "elearn")]).returncode == 0
