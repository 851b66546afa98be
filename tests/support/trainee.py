"""A trainee with a browser on a line that breaks: what was not acknowledged is sent again, as quiz.js does."""

import json
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from elearn.people.models import User
from elearn.people.service import begin_sign_in

SITE = "academy.example.org"
PATIENCE = 120  # seconds that somebody presses a button again and again
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Pass:
    """What a browser that is signed in sends with each request."""

    cookie: str
    token: str


def signed_in(app: Flask, user: User) -> Pass:
    """Sign somebody in, in the present transaction, without the page."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    secret = secrets.token_hex(20)
    session = {"_user_id": begin_sign_in(user.id, user.epoch, "test"), "_fresh": True, "csrf_token": secret}
    token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(secret)
    return Pass(f"__Host-session={serializer.dumps(session)}", str(token))


@dataclass
class Answer:
    status: int
    location: str
    body: bytes
    again: bool  # an earlier try was not answered, and may have been carried out

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Tally:
    """What the lines of all trainees together brought."""

    answered: int = 0
    lost: int = 0  # requests without an answer
    busy: int = 0  # answered with "try again"


@dataclass
class Browser:
    """One line to the server. `insist` sends until there is an answer that says what became of it."""

    address: str
    pass_: Pass
    tally: Tally
    _line: HTTPConnection | None = None

    def insist(self, method: str, path: str, form: Fields = (), *, json: bool = False) -> Answer:
        """Until an answer that is not 503 has arrived whole."""
        end, again = time.monotonic() + PATIENCE, False
        while time.monotonic() < end:
            answer = self._once(method, path, form, json)
            self.tally.answered += answer is not None
            if answer is not None and answer.status < 500:
                answer.again = again
                return answer
            again = True
            if answer is None:
                self.tally.lost += 1
            elif answer.status == 503:
                self.tally.busy += 1
            else:
                raise AssertionError(f"{method} {path}: {answer.status}\n{answer.text[:2000]}")
            time.sleep(0.02)
        raise AssertionError(f"{method} {path}: no answer in {PATIENCE} seconds")

    def _once(self, method: str, path: str, form: Fields, json: bool) -> Answer | None:
        """One try; None when the line broke before the answer was there whole."""
        headers = {"Host": SITE, "X-Forwarded-Proto": "https", "Cookie": self.pass_.cookie}
        headers["Accept"] = "application/json" if json else "text/html"
        body = None
        if method == "POST":
            headers |= {"X-CSRFToken": self.pass_.token, "Content-Type": "application/x-www-form-urlencoded"}
            body = urlencode(form).encode()
        line = self._line or HTTPConnection(self.address, timeout=60)
        self._line = None
        try:
            line.request(method, path, body, headers)
            reply = line.getresponse()
            content = reply.read()
        except (OSError, HTTPException):
            line.close()
            return None
        if not reply.will_close:
            self._line = line
        return Answer(reply.status, reply.getheader("Location", ""), content, False)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()


@dataclass
class Attempt:
    """What a trainee knows of an attempt: every answer ever sent by its number, and which of them were acknowledged."""

    number: int
    client: str = field(default_factory=lambda: secrets.token_hex(8))
    seq: int = 0
    sent: dict[int, tuple[str, object]] = field(default_factory=dict)  # seq -> (item, value)
    acknowledged: dict[str, list[int]] = field(default_factory=dict)  # item -> the numbers that were kept
    handed_in: bool = False


@dataclass
class Trainee:
    """One person's way through a course with a quiz, pressed through whatever breaks.

    `choices`: for each item of the quiz the answers to choose from, as (fields of the form, what they mean).
    """

    user_id: int
    browser: Browser
    slug: str
    quiz: str
    choices: Mapping[str, Sequence[tuple[Fields, object]]]
    rng: Random
    right: Mapping[str, int]  # which choice is right, by item
    attempts: list[Attempt] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    passed: bool = False

    def go(self, limit: int) -> None:
        """Enrol, answer, hand in, until passed or no attempt is left; then fetch the certificate, twice."""
        self._enrol()
        for _ in range(limit):
            self._take(better=bool(self.attempts))
            if self.passed:
                self._fetch()
                break
        self.browser.close()

    def _enrol(self) -> None:
        path = f"/courses/{self.slug}/enrol"
        form = [("name_latin", f"Trainee {self.user_id}"), ("name_arabic", ""), ("lang", "en")]
        answer = self.browser.insist("POST", path, form)
        # Pressed again after a lost answer: a page says that one is enrolled already.
        assert answer.status == 303 or (answer.again and answer.status == 422), (answer.status, answer.text[:2000])
        if self.rng.random() < 0.1:
            assert self.browser.insist("POST", path, form).status == 422

    def _take(self, *, better: bool) -> None:
        path = f"/courses/{self.slug}/quiz/{self.quiz}"
        answer = self.browser.insist("POST", f"{path}/start")
        assert answer.status == 303, (answer.status, answer.text[:2000])
        attempt = Attempt(int(answer.location.partition("?")[0].rpartition("/")[2]))
        self.attempts.append(attempt)
        path = f"{path}/{attempt.number}"
        assert self.browser.insist("GET", path).status == 200
        items = [item for item in self.choices for _ in range(self.rng.choice((1, 1, 2)))]
        self.rng.shuffle(items)
        for item in items:
            self._answer(path, attempt, item, better)
        answer = self.browser.insist("POST", f"{path}/hand-in")
        assert answer.status == 303 or (answer.again and answer.status == 409), (answer.status, answer.text[:2000])
        attempt.handed_in = True
        if self.rng.random() < 0.1:
            assert self.browser.insist("POST", f"{path}/hand-in").status == 409  # a second click
        result = self.browser.insist("GET", f"{path}/result")
        assert result.status == 200, result.location
        self.passed = bool(self._codes())

    def _answer(self, path: str, attempt: Attempt, item: str, better: bool) -> None:
        sure = self.rng.random() < (0.9 if better else 0.7)
        choice = self.right[item] if sure else self.rng.randrange(len(self.choices[item]))
        fields, value = self.choices[item][choice]
        attempt.seq += 1
        attempt.sent[attempt.seq] = (item, value)
        self._save(path, attempt, item, attempt.seq, fields)
        if self.rng.random() < 0.1:  # an old one that the line delivers late
            seq = self.rng.choice([seq for seq, (of, _) in attempt.sent.items() if of == item])
            old = next(fields for fields, meant in self.choices[item] if meant == attempt.sent[seq][1])
            self._save(path, attempt, item, seq, old)

    def _save(self, path: str, attempt: Attempt, item: str, seq: int, fields: Fields) -> None:
        about = [("item", item), ("client", attempt.client), ("seq", str(seq)), ("lang", "en")]
        answer = self.browser.insist("POST", f"{path}/save", [*fields, *about], json=True)
        assert answer.status == 200, (answer.status, answer.text[:2000])
        told = json.loads(answer.body)
        newest = max(attempt.acknowledged.get(item, [0]))
        assert told["seq"] >= max(seq, newest), (told, seq, newest)
        if told["seq"] == seq:
            attempt.acknowledged.setdefault(item, []).append(seq)

    def _codes(self) -> list[str]:
        page = self.browser.insist("GET", "/me/certificates")
        assert page.status == 200
        return sorted(set(re.findall(r'href="/me/certificates/([^"/]+)"', page.text)))

    def _fetch(self) -> None:
        (code,) = self._codes()
        for _ in range(2):
            answer = self.browser.insist("GET", f"/me/certificates/{code}/pdf")
            assert answer.status == 200 and answer.body.startswith(b"%PDF-"), answer.status
            self.files.append(answer.body)
