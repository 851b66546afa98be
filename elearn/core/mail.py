"""Mail: written in its recipient's language in the transaction that causes it, sent afterwards by a job.

With `MAIL_OUTBOX_ONLY` (a demonstration) and no `MAIL_SERVER` nothing leaves the house: messages stay in the outbox.
Otherwise a missing server lets the job fail, so that an administrator sees it and nothing is taken for sent.
"""

import logging
import re
import smtplib
import ssl
import time
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from sqlalchemy import select, update

from elearn.core import clock, jobs
from elearn.core.db import db, reading, refusing_clash, unit_of_work
from elearn.core.errors import Refused
from elearn.core.models import Mail
from elearn.core.outages import unavailable

log = logging.getLogger(__name__)
NOTING_SECONDS = (1, 2, 4, 8)  # pauses, while the database does not let us note that a message was sent
# What lets somebody act in the recipient's name: the end of a link, and a code on a line of its own.
_SECRETS = re.compile(r"(?<=/)[\w-]{43}$|^[0-9]{6}$", re.MULTILINE | re.ASCII)


def queue(
    *, key: str, to_addr: str, lang: str, template: str, to_user_id: int | None = None, values: dict[str, Any]
) -> None:
    """Write a message and ask for its sending. `template`: `mail/<name>.txt`, its first line is the subject.

    The same key again is the same message: nothing is added.
    """
    if db.session.execute(select(Mail.id).where(Mail.key == key)).first() is not None:
        return
    with force_locale(lang):
        subject, _, body = render_template(f"mail/{template}.txt", lang=lang, **values).strip().partition("\n")
    with suppress(Refused), refusing_clash("written by somebody else at the same moment"):
        db.session.add(
            Mail(
                key=key,
                to_user_id=to_user_id,
                to_addr=to_addr,
                lang=lang,
                template=template,
                subject=" ".join(subject.split()),
                body=body.strip() + "\n",
                created_at=clock.now(),
            )
        )
    jobs.enqueue("mail.send", {"key": key}, key=f"mail:{key}")


@jobs.handler("mail.send")
def send(args: dict[str, Any]) -> dict[str, Any] | None:
    """Send one message, once; a message that is gone (erased) or sent is left alone."""
    with reading():
        mail = db.session.execute(select(Mail).where(Mail.key == args["key"])).scalar_one_or_none()
        if mail is None or mail.sent_at is not None:
            return None
        message, body = _message(mail), mail.body
    if current_app.config["MAIL_SERVER"]:
        _deliver(message)
        body = _SECRETS.sub("…", body)  # elsewhere the database keeps only hashes of them
    elif not current_app.config["MAIL_OUTBOX_ONLY"]:
        raise RuntimeError("MAIL_SERVER is not set, so this message waits; set it, then retry the job")
    _note_sent(args["key"], body)
    return None


def _note_sent(key: str, body: str) -> None:
    """What is not noted is sent again: a database that is busy is asked several times."""
    for pause in (*NOTING_SECONDS, None):
        try:
            with unit_of_work():
                db.session.execute(update(Mail).where(Mail.key == key).values(sent_at=clock.now(), body=body))
            return
        except Exception as failure:
            if pause is None or not unavailable(failure, reading=False):
                raise
            time.sleep(pause)


def _message(mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = Address(addr_spec=mail.to_addr)
    message["Subject"] = mail.subject
    message["Date"] = formatdate(mail.created_at.timestamp())
    # The same id at every try: a receiver that got it twice shows it once.
    message["Message-ID"] = f"<{mail.key}@{current_app.config['MAIL_FROM'].rpartition('@')[2].strip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    message["Content-Language"] = mail.lang  # after the content, which begins with clearing such headers
    return message


def _deliver(message: EmailMessage) -> None:
    config = current_app.config
    host, port, trusted = config["MAIL_SERVER"], config["MAIL_PORT"], ssl.create_default_context()
    direct = smtplib.SMTP_SSL(host, port, timeout=20, context=trusted) if config["MAIL_USE_SSL"] else None
    taken = False
    try:
        with direct or smtplib.SMTP(host, port, timeout=20) as smtp:
            if direct is None and config["MAIL_USE_TLS"]:
                smtp.starttls(context=trusted)
            if config["MAIL_USERNAME"]:
                smtp.login(config["MAIL_USERNAME"], config["MAIL_PASSWORD"])
            smtp.send_message(message)
            taken = True
    except (OSError, smtplib.SMTPException):
        if not taken:
            raise
        log.warning("the mail server took the message and then parted badly", exc_info=True)


def send_test(to_addr: str) -> None:
    """Send a message to this address now, without queue and outbox. What goes wrong is raised as it is."""
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = Address(addr_spec=to_addr)
    message["Subject"] = f"A test from {current_app.config['INSTANCE_NAMES']['en']}"
    message["Date"] = formatdate(clock.now().timestamp())
    message["Message-ID"] = make_msgid(domain=current_app.config["MAIL_FROM"].rpartition("@")[2].strip(">"))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"This message was sent by `flask mail test` on {current_app.config['BASE_URL']}.\n")
    _deliver(message)
