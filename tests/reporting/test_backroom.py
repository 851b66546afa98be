"""Jobs and the outbox: what administrators see of them, and trying a job again."""

import pytest

from elearn.core import clock, jobs, mail
from elearn.core.access import Role
from elearn.core.db import db
from elearn.core.models import Audit, Job, JobState, Mail
from tests.factories import people as make

BASE = "https://academy.example.org"


def _job(key: str, state: JobState, **columns) -> Job:
    made = Job(
        **({"kind": "x.do", "args": {}, "attempts": 1, "run_at": clock.now(), "created_at": clock.now()} | columns),
        key=key,
        state=state,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _mail(key: str, body: str = "Good day.\n", **columns) -> Mail:
    standard = {"to_addr": "amina@example.org", "lang": "en", "template": "people/confirm", "subject": "Please confirm"}
    made = Mail(**(standard | columns), key=key, body=body, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


@pytest.fixture
def demonstration(app, monkeypatch):
    monkeypatch.setitem(app.config, "DEMONSTRATION", True)


# Jobs


def test_failed_jobs_come_first_of_all(browser, dawit):
    _job("mail:letter-1", JobState.FAILED, attempts=6, error="SMTPException: <refused>")
    _job("one-that-waits", JobState.QUEUED)
    page = browser(dawit).get("/manage/jobs").text
    assert "SMTPException: &lt;refused&gt;" in page
    assert "one-that-waits" not in page
    assert "Waiting <bdi>(1)</bdi>" in page
    assert "one-that-waits" in browser(dawit).get("/manage/jobs?state=queued").text
    assert browser(dawit).get("/manage/jobs?state=other").status_code == 200


@pytest.mark.parametrize("state", list(JobState))
def test_a_state_without_jobs_says_so(browser, dawit, state):
    page = browser(dawit).get(f"/manage/jobs?state={state.value}").text
    assert ("No job has failed" if state == JobState.FAILED else "No jobs in this state") in page


def test_a_failed_job_is_tried_again(browser, dawit, do_jobs, monkeypatch):
    done = []
    monkeypatch.setitem(jobs._handlers, "x.do", lambda args: done.append(args))
    job = _job("stuck", JobState.FAILED, attempts=6, error="no route", args={"n": 1})
    response = browser(dawit).post("/manage/jobs/retry", data={"key": "stuck"})
    assert response.status_code == 303
    db.session.refresh(job)
    assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 0, None)
    assert db.session.query(Audit).filter_by(verb="retried", object_id=str(job.id), actor_id=dawit.id).count() == 1
    assert do_jobs() == 1
    assert done == [{"n": 1}]


def test_trying_again_twice_counts_once(browser, dawit):
    _job("stuck", JobState.FAILED)
    one = browser(dawit)
    assert one.post("/manage/jobs/retry", data={"key": "stuck"}).status_code == 303
    assert one.post("/manage/jobs/retry", data={"key": "stuck"}).status_code == 409
    assert db.session.query(Audit).filter_by(verb="retried").count() == 1


@pytest.mark.parametrize("data", [{}, {"key": "none"}])
def test_a_job_that_is_not_there(browser, dawit, data):
    assert browser(dawit).post("/manage/jobs/retry", data=data).status_code == 404


def test_jobs_have_pages_of_constant_cost(browser, dawit, count_statements):
    one = browser(dawit)
    for number in range(10):
        _job(f"job-{number}", JobState.FAILED)
    with count_statements() as before:
        one.get("/manage/jobs")
    for number in range(10, 70):
        _job(f"job-{number}", JobState.FAILED)
    with count_statements() as after:
        page = one.get("/manage/jobs")
    assert len(after) == len(before) == 3
    assert page.text.count("Try again") == 50
    assert "state=failed" in one.get("/manage/jobs?state=failed").text.split('rel="next"')[1][:200]


@pytest.mark.parametrize("address", ["/manage/jobs", "/manage/outbox", "/manage/outbox/letter-1"])
def test_whose_role_is_limited_sees_neither(browser, address):
    _mail("letter-1")
    limited = make.user("Limited Admin")
    make.grant(limited, Role.ADMINISTRATOR, country="NE")
    assert browser(limited).get(address).status_code == 403
    assert browser(limited).post("/manage/jobs/retry", data={"key": "x"}).status_code == 403


# The outbox


def test_in_production_only_recipient_template_and_state_are_shown(browser, dawit):
    _mail("letter-1", f"Open {BASE}/confirm/secret please\n")
    for address in ("/manage/outbox", "/manage/outbox/letter-1"):
        page = browser(dawit).get(address).text
        assert "amina@example.org" in page
        assert "people/confirm" in page
        assert "waiting" in page
        assert "demonstration instance" in page.lower()
        assert "secret" not in page
        assert "Please confirm" not in page


def test_on_a_demonstration_a_message_is_read_and_its_links_followed(demonstration, app, browser, dawit):
    body = (
        f"Dear Amina,\n\n{BASE}/confirm/abc-1.\nor {BASE}, or {BASE}.evil.example/x or https://evil.example/{BASE}\n"
        f'or {BASE}@evil.example or {BASE}1/x\n\n<script>alert(1)</script> {BASE}/x"onclick=y\n'
    )
    _mail("letter-1", body)
    assert 'href="/manage/outbox/letter-1"' in browser(dawit).get("/manage/outbox").text
    page = browser(dawit).get("/manage/outbox/letter-1").text
    text = page[page.index("Dear Amina") :]
    links = [piece.partition('"')[0] for piece in text.split('<a href="')[1:]]
    own = [link for link in links if link.startswith("http")]
    assert set(own) <= {f"{BASE}/confirm/abc-1", BASE, f"{BASE}/x"}
    assert own[0] == f"{BASE}/confirm/abc-1"
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in text


def test_a_real_message_can_be_confirmed_from_the_outbox(demonstration, browser, dawit, do_jobs):
    link = f"{BASE}/confirm/some-token"
    mail.queue(
        key="confirm-1", to_addr="new@example.org", lang="ar", template="people/confirm",
        values={"name": "Amina", "link": link, "code": "123456"},
    )  # fmt: skip
    do_jobs()
    listed = browser(dawit).get("/manage/outbox").text
    assert "kept here" in listed
    page = browser(dawit).get("/manage/outbox/confirm-1").text
    assert f'<a href="{link}">' in page
    assert '<div lang="ar" dir="rtl" class="card">' in page


@pytest.mark.parametrize(
    ("state", "words"), [(JobState.FAILED, ">failed<"), (JobState.RUNNING, "being sent"), (JobState.QUEUED, "waiting")]
)
def test_the_state_of_a_message_is_that_of_its_job(browser, dawit, state, words):
    _mail("letter-1")
    _job("mail:letter-1", state)
    assert words in browser(dawit).get("/manage/outbox").text


def test_with_a_mail_server_messages_are_sent(app, browser, dawit, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_SERVER", "mail.example.org")
    _mail("letter-1").sent_at = clock.now()
    page = browser(dawit).get("/manage/outbox").text
    assert ">sent<" in page
    assert "No mail server" not in page


def test_an_unknown_message(browser, dawit):
    assert browser(dawit).get("/manage/outbox/none").status_code == 404
    assert "No messages yet" in browser(dawit).get("/manage/outbox").text


def test_the_outbox_has_pages_of_constant_cost(browser, dawit, count_statements):
    one = browser(dawit)
    for number in range(10):
        _mail(f"letter-{number}")
    with count_statements() as before:
        one.get("/manage/outbox")
    for number in range(10, 70):
        _mail(f"letter-{number}")
    with count_statements() as after:
        page = one.get("/manage/outbox")
    assert len(after) == len(before) == 2
    assert page.text.count('href="/manage/outbox/letter-') == 50
    assert 'rel="next"' in page.text
