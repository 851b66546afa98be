"""Outside of the machine of docs/operations.md: whoever comes to it through nginx, at a browser or with bare HTTP."""

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPResponse, HTTPSConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.support.chromium import launched
from tests.support.machine import Machine
from tests.support.visit import Visit

HOST = "academy.example.org"
PUBLIC_KEY = f"""openssl x509 -in /etc/letsencrypt/live/{HOST}/fullchain.pem -pubkey -noout \\
  | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | openssl base64"""


@contextmanager
def browsing(machine: Machine) -> Iterator[Callable[..., Visit]]:
    """`visit("en")` opens a real browser's window, for which the name leads here and this one certificate is good."""
    key = machine.run(PUBLIC_KEY).strip()
    places = f"MAP {HOST}:443 127.0.0.1:{machine.https}, MAP {HOST}:80 127.0.0.1:{machine.http}"
    with launched(f"--host-resolver-rules={places}", f"--ignore-certificate-errors-spki-list={key}") as browser:
        yield lambda lang, **options: Visit(browser, f"https://{HOST}", lang, **options)


class Client:
    """Somebody who knows no more than HTTP, at an address of this machine's own."""

    def __init__(self, machine: Machine, address: str = "127.0.0.1") -> None:
        self.machine, self.address = machine, address
        self.trusted = ssl.create_default_context(
            cafile=str(machine.file(f"/etc/letsencrypt/live/{HOST}/fullchain.pem"))
        )
        self.cookies: SimpleCookie = SimpleCookie()
        self.body = b""

    @property
    def text(self) -> str:
        """The page that was answered."""
        return self.body.decode(errors="replace")

    def connect(self, receiving: int | None = None) -> ssl.SSLSocket:
        """A connection through TLS; `receiving` bytes wait on this side before the other has to."""
        plain = socket.socket()
        if receiving is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receiving)
        plain.settimeout(60)
        plain.bind((self.address, 0))
        plain.connect(("127.0.0.1", self.machine.https))
        return self.trusted.wrap_socket(plain, server_hostname=HOST)

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> HTTPResponse:
        """One request; `self.body` is what it is answered."""
        connection = HTTPSConnection(HOST, timeout=60)
        connection.sock = self.connect()
        given = {"Host": HOST, "Cookie": "; ".join(f"{c.key}={c.value}" for c in self.cookies.values())}
        if body is not None:
            given |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}"}
        connection.request(method, path, body, given | {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        self.body = answer.read()
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

    def send(self, path: str, *, status: int = 303, headers: dict[str, Any] | None = None, **fields: str) -> None:
        """Fill in the form of the page that is shown."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.text)
        assert token is not None, self.text
        answer = self.ask("POST", path, urlencode({"csrf_token": token[1], **fields}), **(headers or {}))
        assert answer.status == status, (path, answer.status, self.text)
