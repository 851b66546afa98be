"""Files of a course on their way to the reader: the right type, documents to keep, recordings in parts."""

from urllib.parse import quote

import pytest

from elearn.core.storage import storage
from tests.conftest import Browser
from tests.factories.catalogue import publish
from tests.support.course_assets import WHOLE, mp3
from tests.support.small_course import changed, compiled

FILE = "01-only/the-file/file.yaml"


def course(name: str, data: bytes) -> dict[str, bytes]:
    """The small course with a step that hands out this file."""
    found = changed({f"assets/{name}": data})
    step = f"title: {{en: A file, fr: Un fichier}}\nfile: ../../assets/{name}\n"
    module = found["01-only/module.yaml"] + b"  - {id: the-file, kind: file, minutes: 5}\n"
    return {**found, FILE: step.encode(), "01-only/module.yaml": module}


def address(files: dict[str, bytes], name: str) -> str:
    asset = next(one for one in compiled(files).assets if one.path == f"assets/{name}")
    return f"/courses/small-course/files/{asset.sha256[:16]}/{name}"


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.one_database
def test_a_file_comes_as_what_it_is(visitor: Browser, name: str) -> None:
    files = course(name, WHOLE[name])
    publish(files)
    response = visitor.get(address(files, name))
    assert response.status_code == 200
    assert response.data == WHOLE[name]
    assert response.mimetype == next(one.mime for one in compiled(files).assets if one.path == f"assets/{name}")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    document = name.startswith(("note", "budget", "figures", "words"))
    assert response.headers.get("Content-Disposition") == (f'attachment; filename="{name}"' if document else None)
    assert response.headers.get("Accept-Ranges") == (None if document or name.endswith(".vtt") else "bytes")


@pytest.mark.one_database
def test_the_name_of_a_document_may_be_arabic(visitor: Browser) -> None:
    files = course("ميزانية.pdf", WHOLE["note.pdf"])
    publish(files)
    disposition = visitor.get(address(files, "ميزانية.pdf")).headers["Content-Disposition"]
    assert disposition == f"attachment; filename=\".pdf\"; filename*=UTF-8''{quote('ميزانية.pdf')}"


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=0-99", 206, slice(0, 100)),
        ("bytes=500-", 206, slice(500, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=5000-", 416, None),
        ("bytes=0-1,5-6", 416, None),
        ("lines=1-2", 416, None),
    ],
)
@pytest.mark.one_database
def test_a_recording_is_heard_on_from_where_it_stopped(
    visitor: Browser, wanted: str, status: int, part: slice | None
) -> None:
    data = mp3(9)
    files = course("talk.mp3", data)
    publish(files)
    response = visitor.get(address(files, "talk.mp3"), headers={"Range": wanted})
    assert response.status_code == status
    if part is not None:
        assert response.data == data[part]
    if status == 206:
        first = range(len(data))[part or slice(0)].start
        assert response.headers["Content-Range"] == f"bytes {first}-{first + len(response.data) - 1}/{len(data)}"


@pytest.mark.one_database
def test_a_recording_that_has_not_changed_is_not_sent_again(visitor: Browser) -> None:
    files = course("talk.mp3", mp3(9))
    publish(files)
    tag = visitor.get(address(files, "talk.mp3")).headers["ETag"]
    assert visitor.get(address(files, "talk.mp3"), headers={"If-None-Match": tag}).status_code == 304
    resumed = visitor.get(address(files, "talk.mp3"), headers={"Range": "bytes=10-", "If-Range": '"another"'})
    assert (resumed.status_code, len(resumed.data)) == (200, len(mp3(9)))


def test_what_no_text_hands_out_is_not_stored(visitor: Browser) -> None:
    files = {**course("note.pdf", WHOLE["note.pdf"]), "assets/unused.pdf": WHOLE["note.pdf"] + b"\n"}
    publish(files)
    assert {asset.path for asset in compiled(files).assets} == {"assets/bars.svg", "assets/note.pdf"}
    assert storage().read(compiled(files).assets[1].sha256) == WHOLE["note.pdf"]
