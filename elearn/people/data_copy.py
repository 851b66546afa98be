"""A copy of everything kept about a person: asked for by them, made by a job, theirs to download for some days."""

import datetime as dt
import json
import secrets
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from elearn.core import audit, clock, jobs, mail, privacy
from elearn.core.access import Person
from elearn.core.db import db, reading, refusing_clash, unit_of_work
from elearn.core.errors import Refused
from elearn.core.i18n import size
from elearn.core.models import Blob
from elearn.core.storage import storage
from elearn.people import queries, rules
from elearn.people.holders import forget_copy
from elearn.people.models import DataCopy, User

MIME = "application/zip"
RULE = "data-copies"


def ask(actor: Person) -> None:
    """Have a copy made; an older one goes. Raises Refused while one is being made, or soon after."""
    moment, found = clock.now(), queries.data_copy(actor.id, lock=True)
    if found is not None:
        if in_preparation(found):
            raise Refused(_("Your copy is being prepared already."))
        if found.ready_at is not None and found.ready_at > moment - rules.COPY_AGAIN:
            raise Refused(_("Your copy is less than an hour old. Please ask for a newer one later."))
        forget_copy(found)
    copy = DataCopy(user_id=actor.id, asked_at=moment)
    with refusing_clash(_("Your copy is being prepared already.")):
        db.session.add(copy)
    # A database may give the number of a copy out again, so it tells neither jobs nor messages apart.
    jobs.enqueue("people.data-copy", {"id": copy.id}, key=f"people.data-copy:{secrets.token_hex(12)}")
    audit.note("asked-for-data", "user", actor.id, actor=actor)


def in_preparation(copy: DataCopy) -> bool:
    """Whether it will still come; a job that was given up is not waited for for ever."""
    return copy.ready_at is None and copy.asked_at > clock.now() - rules.COPY_GIVEN_UP


def good_until(copy: DataCopy) -> dt.datetime | None:
    """Until when it can be downloaded; None while it is not ready."""
    days = dt.timedelta(days=current_app.config["RETENTION_DAYS"][RULE])
    return copy.ready_at + days if copy.ready_at is not None else None


def ready_for(user_id: int) -> DataCopy | None:
    """A person's copy, if it can be downloaded now."""
    copy = queries.data_copy(user_id)
    until = good_until(copy) if copy is not None else None
    return copy if until is not None and until > clock.now() else None


def take(actor: Person, copy: DataCopy) -> BinaryIO:
    """The file, for its owner. Raises Refused when it has gone meanwhile."""
    try:
        file = storage().open(copy.blob_sha or "")
    except (FileNotFoundError, ValueError) as gone:
        raise Refused(_("This copy is no longer there. Please ask for a new one.")) from gone
    audit.note("took-data", "user", actor.id, actor=actor)
    return file


def delete_old(before: dt.datetime) -> int:
    """Delete the copies that were made, or asked for in vain, before a moment; how many."""
    count = 0
    with reading():
        found = list(db.session.scalars(queries.old_copies(before)))
    for copy_id in found:
        with unit_of_work():
            copy = db.session.get(DataCopy, copy_id, with_for_update=True)
            if copy is not None:
                forget_copy(copy)
                count += 1
    return count


# --- making it ------------------------------------------------------------------------------------------------------


@jobs.handler("people.data-copy")
def make(args: dict[str, Any]) -> dict[str, Any] | None:
    """Write the file, then say that it is there. Nothing is done for a copy that is no longer wanted."""
    with reading():
        copy = db.session.get(DataCopy, int(args["id"]))
        if copy is None or copy.ready_at is not None:
            return None
        user_id, lang = copy.user_id, db.session.get_one(User, copy.user_id).lang
    with tempfile.TemporaryFile(prefix="elearn-") as file:
        _write(file, user_id, lang)
        length = file.tell()
        file.seek(0)
        sha256 = storage().put_stream(file)
    with unit_of_work():
        kept = _keep(int(args["id"]), sha256, length)
    if not kept:
        storage().delete(sha256)
    return {"size": length}


def _write(file: BinaryIO, user_id: int, lang: str) -> None:
    """The archive: a text that says what is in it, a JSON file for each domain, and the files of the domains."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with force_locale(lang):
            about = render_template("people/data_copy.txt", lang=lang, made_at=clock.now(), parts=privacy.parts())
        archive.writestr("README.txt", about.strip() + "\n")
        for part in privacy.parts():
            with reading(), archive.open(f"{part.domain}.json", "w", force_zip64=True) as member:
                for piece in _as_json(part.export(user_id)):
                    member.write(piece.encode())
        for part in privacy.parts():
            for name, content in part.files(user_id):
                archive.writestr(name, content)


def _as_json(value: Any, depth: int = 0) -> Iterator[str]:
    """JSON with two blanks a level; iterators are written as lists, item by item."""
    inner = "\n" + "  " * (depth + 1)
    if isinstance(value, Mapping):
        pieces = ((json.dumps(str(key), ensure_ascii=False) + ": ", item) for key, item in value.items())
        yield from _bracketed("{", pieces, "}", inner, depth)
    elif isinstance(value, list | tuple | Iterator):
        yield from _bracketed("[", (("", item) for item in value), "]", inner, depth)
    else:
        yield json.dumps(value, ensure_ascii=False, default=_plain)


def _bracketed(opening: str, pieces: Iterator[tuple[str, Any]], closing: str, inner: str, depth: int) -> Iterator[str]:
    yield opening
    empty = True
    for label, item in pieces:
        yield ("" if empty else ",") + inner + label
        yield from _as_json(item, depth + 1)
        empty = False
    yield closing if empty else inner[:-2] + closing


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime | dt.date) else str(value)


def _keep(copy_id: int, sha256: str, length: int) -> bool:
    """Note the file and write to its owner. False: nobody wants it any more."""
    copy = db.session.get(DataCopy, copy_id, with_for_update=True, populate_existing=True)
    if copy is None or copy.ready_at is not None:
        return copy is not None and copy.blob_sha == sha256
    if db.session.get(Blob, sha256) is None:
        db.session.add(Blob(sha256=sha256, size=length, mime=MIME))
        db.session.flush()
    copy.ready_at, copy.blob_sha, copy.size = clock.now(), sha256, length
    user = db.session.get_one(User, copy.user_id)
    with force_locale(user.lang):
        told = size(length)
    mail.queue(
        key=f"data-copy-{secrets.token_hex(8)}",
        to_addr=user.email or "",
        to_user_id=user.id,
        lang=user.lang,
        template="people/data_ready",
        values={
            "link": f"{current_app.config['BASE_URL']}/me/data",
            "size": told,
            "days": current_app.config["RETENTION_DAYS"][RULE],
        },
    )
    return True
