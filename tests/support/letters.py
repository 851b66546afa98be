"""Reading the messages that the application has written."""

import re

from sqlalchemy import select

from elearn.core.db import db
from elearn.core.models import Mail


def letters(to: str | None = None) -> list[Mail]:
    """Every message, or those to one address, the oldest first."""
    db.session.commit()
    every = select(Mail).order_by(Mail.id)
    return list(db.session.scalars(every if to is None else every.where(Mail.to_addr == to)))


def last_letter(to: str) -> Mail:
    found = letters(to)
    assert found, f"no message to {to}"
    return found[-1]


def link_in(letter: Mail) -> str:
    """The path of the one link of a message."""
    (path,) = re.findall(r"https://academy\.example\.org(/\S+)", letter.body)
    return str(path)


def code_in(letter: Mail) -> str:
    (code,) = re.findall(r"^\d{6}$", letter.body, re.MULTILINE)
    return str(code)
