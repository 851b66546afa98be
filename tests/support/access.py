"""What becomes of a request, in the five words of the access table."""

from dataclasses import dataclass, field
from enum import StrEnum

from werkzeug.test import TestResponse


class Answer(StrEnum):
    """OPEN: the view ran (what it found in the form is another test's matter). AWAY: the page leads elsewhere."""

    OPEN = "open"
    AWAY = "elsewhere"
    SIGN_IN = "sign in first"
    FORBIDDEN = "403"
    HIDDEN = "404"


OPEN, AWAY, SIGN_IN, FORBIDDEN, HIDDEN = Answer


@dataclass(frozen=True)
class Row:
    """One endpoint and method, and its answer to each of five people.

    `values` fills the address where the academy's own names (`slug`, `step` …) are not meant; `data` is the form.
    The answers are for the form as it is sent: one that is refused for what it says still passed the gate.
    """

    endpoint: str
    method: str
    visitor: Answer
    amina: Answer
    boris: Answer
    chloe: Answer
    dawit: Answer
    values: dict[str, object] = field(default_factory=dict)
    data: dict[str, object] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"


def answer_of(response: TestResponse) -> Answer:
    """Classify an answer. A failure (5xx) or a wrong method is none of the five."""
    if response.status_code in (302, 303) and response.location.startswith("/sign-in"):
        return Answer.SIGN_IN
    if response.status_code == 401:
        return Answer.SIGN_IN
    if response.status_code == 403:
        return Answer.FORBIDDEN
    if response.status_code == 404:
        return Answer.HIDDEN
    if response.request.method == "GET" and response.status_code in (301, 302, 303):
        return Answer.AWAY
    assert response.status_code < 500 and response.status_code != 405, response.status
    return Answer.OPEN
