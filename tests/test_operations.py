"""docs/operations.md, carried out: every command in it, in its order, and people who use the site meanwhile.

What cannot be real here stands in tests/support/machine.py.
"""

import ast
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from email.message import EmailMessage
from http.client import HTTPResponse, RemoteDisconnected
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import make_url

from tests.conftest import SERVER
from tests.support.inbox import Inbox
from tests.support.journey import PASSWORD as TRAVELLERS_PASSWORD
from tests.support.journey import check_certificate, export_records, journey
from tests.support.live import free_port
from tests.support.machine import ROOT, Machine
from tests.support.outside import HOST, Client, browsing

DOCUMENT = ROOT / "docs/operations.md"
DEPLOY = ROOT / "docs/deploy"
PASSWORD = "an officer of two hours"
TRAVELLER = "traveller@example.org"
SLOW_LINES = 8  # and four threads
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
def inbox() -> Iterator[tuple[str, Inbox]]:
    """A mail server, for processes other than this one: its address, and what it received."""
    kept = Inbox()
    port = free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"127.0.0.1:{port}", kept
    controller.stop()


@pytest.fixture
def machine(request, tmp_path) -> Iterator[Machine]:
    server = request.config.stash.get(SERVER, "")
    one = Machine(tmp_path, str(make_url(server).query.get("host") or "") if server else None)
    yield one
    one.stop()


@pytest.mark.long
@pytest.mark.one_database
def test_every_command_of_the_document_works(machine, inbox):
    """In the order of the document; a trainee comes in between, and what she earns outlives all that follows."""
    address, mails = inbox
    settings = machine.file("/etc/elearn/elearn.env")
    has_nginx = shutil.which("nginx", path=machine.environment["PATH"].partition(":")[2]) is not None
    assert has_nginx or not os.environ.get("REQUIRE_NGINX"), "REQUIRE_NGINX is set, and no nginx was found"
    earned = None
    for heading, blocks in sections().items():
        if heading == "nginx" and not has_nginx:
            continue
        if heading == "PostgreSQL" and not machine.environment["PGHOST"]:
            continue
        for commands in blocks:
            said = machine.run(commands, given=f"{PASSWORD}\n{PASSWORD}\n")
            if "sudo editor" in commands:
                host, _, port = address.partition(":")
                edit(settings, MAIL_SERVER=host, MAIL_PORT=port, PORT=str(machine.port), WEB_THREADS="2")
            if "/readyz" in commands:
                assert "database: ok\nmigrations: ok\nstorage: ok\n" in said
            if "manifest.json" in commands:
                assert '"format": 1' in said
        if heading == "The address of certificates" and has_nginx:
            code = study_through_nginx(machine, mails)
            what_nginx_sees_to(machine)
            slow_lines_hold_nobody_up(machine)
            earned = what_stands(machine, code)
        elif earned is not None:
            assert what_stands(machine, code) == earned, f"something else after {heading}"
        if heading == "Logs":
            only_json(said)
    assert mails.messages[0]["To"] == f"officer@{HOST}"
    assert machine.run("elearn db current").strip().endswith("(head)")
    if not has_nginx:
        pytest.skip("no nginx: all but that section was carried out")


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


# Through nginx


def study_through_nginx(machine: Machine, mails: Inbox) -> str:
    """The whole journey in a real browser, with mail that arrives; the code of the certificate."""
    with browsing(machine) as visit:
        reader = visit("en")
        reader.page.goto(f"http://{HOST}/courses/?theme=cash-transfers")
        assert reader.page.url == f"https://{HOST}/courses/?theme=cash-transfers"
        journey(reader, TRAVELLER, lambda: code_in(mails.to(TRAVELLER)))
        found = check_certificate(reader, visit("en"))
        cookies = reader.page.context.cookies()
        assert any("session" in cookie["name"] for cookie in cookies)
        assert all(cookie["secure"] for cookie in cookies)
        administrator = visit("en")
        administrator.sign_in(f"officer@{HOST}", PASSWORD)
        export_records(administrator)
    return found


def code_in(mail: EmailMessage) -> str:
    """What a mail tells to type. It names the site as people know it, not as the processes are reached."""
    text = mail.get_content()
    assert set(re.findall(r"https?://[^/\s]+", text)) == {f"https://{HOST}"}
    code = re.search(r"\b\d{6}\b", text)
    assert code is not None, text
    return code[0]


def what_stands(machine: Machine, code: str) -> tuple[bytes, list[str]]:
    """What the traveller has: the bytes of the certificate, and what its public page says in three languages."""
    holder, stranger = Client(machine), Client(machine)
    holder.get("/sign-in")
    holder.send("/sign-in", email=TRAVELLER, password=TRAVELLERS_PASSWORD)
    holder.get(f"/me/certificates/{code}/pdf")
    assert holder.body.startswith(b"%PDF-")
    told = []
    for lang in ("en", "fr", "ar"):
        stranger.get(f"/verify/{code}?lang={lang}")
        told.append(stranger.text.partition("<main")[2].partition("</main>")[0])
    return holder.body, told


def what_nginx_sees_to(machine: Machine) -> None:
    """What the site alone would not, or could not, know."""
    stranger = Client(machine)
    assert stranger.get("/courses/").headers["Strict-Transport-Security"]
    assert stranger.ask("GET", "/metrics").status == 404  # from this machine nginx lets it through, the site does not
    for path in ("/metrics", "/readyz"):
        assert Client(machine, "127.0.0.9").ask("GET", path).status == 403
    assert stranger.ask("POST", "/sign-in", "x" * 17_000_000).status == 413
    with pytest.raises(RemoteDisconnected):
        stranger.ask("GET", "/", Host="evil.example")
    who_asks_is_known(machine)
    stranger.ask("GET", "/reset/secret-of-a-link?x=secret-of-a-link")
    stranger.get("/healthz")  # the line before is written
    log = machine.file("/var/log/nginx/elearn.log").read_text()
    assert '"GET /reset/<token>" ' in log
    assert not any(word in log for word in ("secret-of-a-link", "theme=", "6.6."))


def who_asks_is_known(machine: Machine) -> None:
    """Limits, records and nginx's log go by the address that nginx sees, whatever the client claims to be."""
    with closing(sqlite3.connect(machine.file("/var/lib/elearn/elearn.sqlite"))) as connection:
        for address, times in (("127.0.0.7", 3), ("127.0.0.8", 2)):
            guesser = Client(machine, address)
            guesser.get("/sign-in")
            for number in range(times):  # other accounts each time; and, if a claim were believed, other addresses
                claim = f"6.6.{number}.6"
                guesser.send(
                    "/sign-in",
                    status=422,
                    headers={"X_Forwarded_For": claim, "X_Forwarded_Host": "evil.example", "Forwarded": f"for={claim}"},
                    email=f"nobody{number}@example.org",
                    password=f"not this {address}",
                )
                assert "evil.example" not in guesser.text
            assert f"\n{address} [" in machine.file("/var/log/nginx/elearn.log").read_text()
        counted = "SELECT count(*) FROM counted_event WHERE kind = 'failure-address' GROUP BY key ORDER BY 1"
        assert connection.execute(counted).fetchall() == [(2,), (3,)]
        assert connection.execute("SELECT DISTINCT ip FROM audit_detail WHERE ip <> ''").fetchall() == [("127.0.0.1",)]


def slow_lines_hold_nobody_up(machine: Machine) -> None:
    """More slow lines than the site has threads: nginx takes what they send, and gives them what they ask for."""
    stranger = Client(machine)
    path, large = large_file(machine)
    with ExitStack() as slow:
        for _ in range(SLOW_LINES):
            sender = slow.enter_context(stranger.connect())
            sender.sendall(f"POST /sign-in HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 900000\r\n\r\n".encode())
            sender.sendall(b"x" * 100_000)
        readers = [slow.enter_context(stranger.connect(receiving=4096)) for _ in range(SLOW_LINES)]
        for reader in readers:
            reader.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        began = time.monotonic()
        with ThreadPoolExecutor(SLOW_LINES) as others:  # at once, so that every process has its share of them
            list(others.map(lambda _: Client(machine).get("/sign-in"), range(SLOW_LINES)))
        assert time.monotonic() - began < 15
        for reader in readers[:2]:
            answer = HTTPResponse(reader)
            answer.begin()
            assert answer.read() == large


def large_file(machine: Machine) -> tuple[str, bytes]:
    """The address and the content of a picture as no course may have it: larger than what sockets hold."""
    content = random.Random(5).randbytes(16_000_000)
    name = hashlib.sha256(content).hexdigest()
    stored = machine.file(f"/var/lib/elearn/blobs/{name[:2]}/{name}")
    stored.parent.mkdir(exist_ok=True)
    stored.write_bytes(content)
    with closing(sqlite3.connect(machine.file("/var/lib/elearn/elearn.sqlite"))) as connection, connection:
        slug, version = connection.execute("SELECT slug, published_version_id FROM course").fetchone()
        connection.execute("INSERT INTO blob (sha256, size, mime) VALUES (?, ?, 'image/png')", (name, len(content)))
        connection.execute(
            "INSERT INTO version_asset (version_id, path, blob_sha) VALUES (?, 'assets/large.png', ?)", (version, name)
        )
    return f"/courses/{slug}/files/{name[:16]}/large.png", content


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
