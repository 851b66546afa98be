"""Other sites: nobody is led there by an address of ours, and no mail or page names a host that somebody made up."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.access_table import TABLE
from tests.factories import people as make
from tests.support.letters import letters
from tests.test_access import address_of

pytestmark = pytest.mark.one_database
PASSWORD = "the well is deep enough"
EVIL = "evil.example"
TARGETS = [
    f"https://{EVIL}/",
    f"//{EVIL}/",
    f"///{EVIL}",
    f"/\\{EVIL}/",
    f"/\t/{EVIL}/",
    f"\\\\{EVIL}",
    f"/%09/{EVIL}",
    f"javascript:alert(1)//{EVIL}",
    f"https:{EVIL}",
    f"/a\r\nLocation: https://{EVIL}/",
    f"@{EVIL}",
]
NAMES = ("next", "url", "to", "redirect", "return", "kept", "go", "at", "anchor", "lang", "step")


def said_to_be(host: str, application: Any) -> Any:
    """The application, asked under another name by somebody who sends the right cookies all the same."""
    return lambda environ, start: application({**environ, "HTTP_HOST": host, "HTTP_X_FORWARDED_HOST": EVIL}, start)


def leads_out(location: str) -> bool:
    """Whether a browser would leave the site, as browsers read addresses: backslashes are slashes, tabs are nothing."""
    read = "".join(sign for sign in location if sign not in "\t\r\n").replace("\\", "/").strip()
    return bool(urlsplit(read).scheme or read.startswith("//") or not read.startswith("/"))


@pytest.mark.parametrize("target", TARGETS[:5])
def test_no_address_leads_to_another_site(app, busy_academy, browser, target):
    one, redirected = browser(make.persona("Dawit")), 0
    hers, visitor = browser(make.persona("Amina")), browser()
    for row in TABLE:
        if row.endpoint.startswith("people.sign_out"):
            continue
        address = address_of(row, app, busy_academy)
        sent = dict.fromkeys(NAMES, target)
        for person in (visitor, hers, one):
            answer = person.open(
                address, method=row.method, query_string=sent, data=sent if row.method == "POST" else None
            )
            if answer.location is not None:
                assert not leads_out(answer.location), (row, answer.location)
                redirected += 1
    assert redirected > 30


@pytest.mark.parametrize("target", TARGETS)
def test_signing_in_leads_nowhere_else_either(amina, visitor, target):
    sent = {"email": "amina@example.org", "password": PASSWORD, "next": target}
    assert not leads_out(visitor.post("/sign-in", data=sent).location)


@pytest.mark.parametrize(
    "address",
    ["/verify", "/courses", "/me", "//verify", "/courses//water-points", "/manage/people/", "//evil.example/.."],
)
@pytest.mark.parametrize("host", [EVIL, f"academy.example.org@{EVIL}", f"{EVIL}:443"])
def test_another_spelling_of_an_address_leads_to_a_path(visitor, address, host):
    answer = visitor.get(address, headers={"Host": host})
    assert answer.status_code in (302, 308, 400, 404)
    assert answer.location is None or not leads_out(answer.location)


@pytest.mark.parametrize(
    "header", ["Host", "X-Forwarded-Host", "X-Host", "Forwarded", "X-Forwarded-Server", "X-Original-URL"]
)
def test_no_page_repeats_a_host_that_somebody_made_up(app, busy_academy, browser, header):
    headers = {header: f"host={EVIL}" if header == "Forwarded" else EVIL}
    for row in (row for row in TABLE if row.method == "GET"):
        for one in (browser(), browser(make.persona("Dawit"))):
            answer = one.get(address_of(row, app, busy_academy), headers=headers)
            assert answer.status_code < 500
            assert EVIL.encode() not in answer.data and EVIL not in str(answer.headers), row


@pytest.mark.parametrize("host", [EVIL, f"academy.example.org:{EVIL}", f"academy.example.org@{EVIL}", ""])
def test_mails_name_the_address_of_the_site_whatever_the_request_says(
    app, amina, visitor, browser, do_jobs, monkeypatch, host
):
    """The link for a new password must not lead to whoever asked for it in somebody else's name."""
    monkeypatch.setattr(app, "wsgi_app", said_to_be(host, app.wsgi_app))
    visitor.post("/reset", data={"email": "amina@example.org"})
    form = {"name_latin": "Somebody", "country": "NE", "preferred_lang": "en", "privacy": "y", "password": PASSWORD}
    browser().post("/register", data=form | {"email": "new@example.org"})
    browser(amina).post("/me/email", data={"email": "b@example.org", "present_password": PASSWORD})
    do_jobs()
    written = letters()
    assert len(written) == 4
    for letter in written:
        assert EVIL not in letter.body
        assert "://" not in letter.body or "https://academy.example.org/" in letter.body
