"""Messages: written in the transaction that causes them, sent once, tried again when the server is not there."""

import datetime as dt
import ssl

import pytest
from sqlalchemy import func, select

from elearn.core import clock, jobs, mail
from elearn.core.db import db, unit_of_work
from elearn.core.models import Job, JobState, Mail
from tests.support.live import free_port

VALUES = {"link": "https://academy.example.org/confirm/x", "code": "123456", "contact": "help@example.org"}


def queue(key: str = "one", to_addr: str = "amina@example.org", lang: str = "en") -> None:
    mail.queue(key=key, to_addr=to_addr, lang=lang, template="people/confirm", to_user_id=7, values=VALUES)


def rows(model) -> int:
    db.session.commit()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def sent_at(key: str = "one") -> dt.datetime | None:
    db.session.commit()
    return db.session.scalar(select(Mail.sent_at).where(Mail.key == key))


def test_a_message_is_sent_once(app, mail_server, do_jobs):
    queue()
    assert do_jobs() == 1
    assert do_jobs() == 0
    (message,) = mail_server
    assert message["To"] == "amina@example.org"
    assert message["From"] == "Wasl Academy <academy@example.org>"
    assert message["Subject"] == "Please confirm your e-mail address"
    assert message["Message-ID"] == "<one@example.org>"
    assert message["Auto-Submitted"] == "auto-generated" and message["Content-Language"] == "en"
    assert {VALUES["link"], "123456"} <= set(message.get_content().splitlines())
    assert sent_at() is not None


@pytest.mark.parametrize("lang", ["ar", "fr"])
def test_it_arrives_in_its_language(app, mail_server, do_jobs, lang):
    queue(lang=lang)
    subject, body = db.session.execute(select(Mail.subject, Mail.body)).one()
    do_jobs()
    (message,) = mail_server
    assert message["Content-Language"] == lang
    assert (message["Subject"], message.get_content().splitlines()) == (subject, body.splitlines())


def test_the_same_key_again_is_the_same_message(app, mail_server, do_jobs):
    queue()
    queue()
    do_jobs()
    queue()
    do_jobs()
    assert len(mail_server) == rows(Mail) == rows(Job) == 1


def test_what_is_undone_sends_nothing(app, mail_server, do_jobs, fresh_context):
    with fresh_context(), pytest.raises(ZeroDivisionError), unit_of_work():
        queue()
        raise ZeroDivisionError
    do_jobs()
    assert mail_server == []


def test_a_server_that_is_not_there_is_tried_again(app, mail_server, frozen_clock, monkeypatch, caplog):
    queue()
    with monkeypatch.context() as patch:
        patch.setitem(app.config, "MAIL_PORT", free_port())
        work(app)
    assert (state(), sent_at(), mail_server) == (JobState.QUEUED, None, [])
    frozen_clock(minutes=1)
    work(app)
    assert (state(), len(mail_server)) == (JobState.DONE, 1)


def test_a_second_try_carries_the_same_id_and_date(app, mail_server, do_jobs, frozen_clock):
    """The server took it, and the connection broke before it said so: the receiver shows it once."""
    queue()
    do_jobs()
    frozen_clock(hours=1)
    db.session.execute(Mail.__table__.update().values(sent_at=None))
    mail_again(app)
    first, second = mail_server
    assert (first["Message-ID"], first["Date"]) == (second["Message-ID"], second["Date"])


def mail_again(app) -> None:
    db.session.commit()
    with app.app_context():
        mail.send({"key": "one"})


def work(app) -> None:
    db.session.commit()
    with app.app_context():
        assert jobs.work_once() is True


def state() -> JobState:
    db.session.commit()
    return db.session.scalars(select(Job.state)).one()


def test_a_message_that_was_sent_or_erased_is_left_alone(app, mail_server, do_jobs):
    queue("sent")
    queue("erased")
    db.session.execute(Mail.__table__.update().where(Mail.key == "sent").values(sent_at=clock.now()))
    db.session.execute(Mail.__table__.delete().where(Mail.key == "erased"))
    assert do_jobs() == 2
    assert mail_server == []


def test_production_without_a_server_takes_nothing_for_sent(app, monkeypatch, caplog):
    monkeypatch.setitem(app.config, "MAIL_OUTBOX_ONLY", False)
    queue()
    db.session.commit()
    with app.app_context():
        assert jobs.work_once()
    assert sent_at() is None
    job = db.session.scalars(select(Job)).one()
    assert job.state == JobState.QUEUED and "MAIL_SERVER" in (job.error or "")


def test_without_a_server_it_stays_in_the_house_and_in_the_outbox(app, do_jobs):
    queue()
    do_jobs()
    assert sent_at() is not None
    assert VALUES["link"] in db.session.scalars(select(Mail.body)).one()


def test_an_address_cannot_add_lines_to_a_message(app, mail_server, caplog):
    queue(to_addr="amina@example.org\nBcc: all@example.org")
    work(app)
    assert (mail_server, state()) == ([], JobState.QUEUED)


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
@pytest.mark.one_database
def test_the_servers_certificate_is_checked(app, monkeypatch, tls, do_jobs):
    contexts = []

    class Server:
        def __init__(self, *_args, context=None, **_more):
            contexts.append(context)

        def __enter__(self):
            return self

        def __exit__(self, *_args):
            pass

        def starttls(self, *, context):
            contexts.append(context)

        def login(self, *given):
            assert given == ("user", "secret")

        def send_message(self, message):
            pass

    settings = {"MAIL_SERVER": "mail.example.org", "MAIL_USERNAME": "user", "MAIL_PASSWORD": "secret"}
    settings |= {"MAIL_USE_SSL": tls == "ssl", "MAIL_USE_TLS": tls == "starttls"}
    for name, value in settings.items():
        monkeypatch.setitem(app.config, name, value)
    monkeypatch.setattr(mail.smtplib, "SMTP", Server)
    monkeypatch.setattr(mail.smtplib, "SMTP_SSL", Server)
    queue()
    do_jobs()
    (context,) = [one for one in contexts if one is not None]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
