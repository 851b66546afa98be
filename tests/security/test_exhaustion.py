"""Exhaustion: no input that anybody may send takes long, fills the memory or ends in a failure."""

import struct
import time
import zlib

import pytest

from elearn.catalogue.pictures import examine
from elearn.certification.rules import read_code
from elearn.core.i18n import LONGEST_LINE, clean_line
from tests.access_table import OPEN, TABLE
from tests.factories import people as make
from tests.support.browser import Browser
from tests.support.pages import Page
from tests.support.small_course import edited, problems
from tests.test_access import address_of

pytestmark = pytest.mark.one_database
# Composing sorts the marks behind a letter, in a time that grows with the square of their number.
MARKS = "e" + "\u0301\u0323" * 80_000
ENDLESS = {
    "marks": MARKS,
    "an address of marks": f"{MARKS}@example.org",
    "letters": "a" * 300_000,
    "blanks": "\u00a0" * 300_000,
    "dots": "a@" + "x." * 150_000 + "org",
    "digits": "9" * 300_000,
    "brackets": "[" * 300_000,
}
SECONDS = 2  # of this process; without the limits these take minutes and hours


@pytest.fixture
def clock():
    began = time.process_time()
    return lambda: time.process_time() - began


def forms_of(app, academy, browser) -> dict[str, tuple[Browser, set[str]]]:
    """Address of a form: the browser of somebody who may open its page, and the names of its fields."""
    found: dict[str, tuple[Browser, set[str]]] = {}
    people = ("visitor", "amina", "boris", "dawit")
    browsers = {who: browser(None if who == "visitor" else make.persona(who.capitalize())) for who in people}
    for row in (row for row in TABLE if row.method == "GET"):
        who = next((name for name in people if getattr(row, name) is OPEN), "dawit")
        page = browsers[who].get(address_of(row, app, academy))
        for form in Page(page.text).forms if page.mimetype == "text/html" else []:
            fields = set(form.fields) - {"csrf_token", ""}
            if form.method == "post" and fields:
                action = form.action or page.request.path
                found[action] = browsers[who], found.get(action, (None, set()))[1] | fields
    return found


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_text_in_any_field_is_refused_at_once(app, busy_academy, browser, text):
    forms, slow = forms_of(app, busy_academy, browser), []
    assert len(forms) > 15
    for action, (one, fields) in forms.items():
        for three in batched(sorted(fields), 3):
            began = time.process_time()
            answer = one.post(action, data=dict.fromkeys(three, text))
            if time.process_time() - began > SECONDS:
                slow.append((action, three))
            assert answer.status_code < 500, action
    assert slow == []


def batched(names: list[str], number: int) -> list[list[str]]:
    """So many at a time: more would be a form larger than any may be."""
    return [names[at : at + number] for at in range(0, len(names), number)]


def test_a_line_is_cut_before_it_is_composed(clock):
    assert len(clean_line(MARKS)) <= LONGEST_LINE
    assert clock() < SECONDS


def test_so_are_codes_and_searches(visitor, clock):
    assert read_code("\u0301\u0323" * 2000) is None
    assert visitor.get("/courses/", query_string={"q": "\u0301\u0323" * 600}).status_code == 200
    assert visitor.get("/verify/", query_string={"code": "\u0301\u0323" * 600}).status_code in (302, 404)
    assert clock() < SECONDS


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "application/json", "text/plain", "application/zip", ""]
)
def test_only_a_form_with_a_file_may_be_large(visitor, kind):
    assert visitor.post("/sign-in", data=b"a" * 1_100_000, content_type=kind).status_code == 413


def test_what_no_page_of_ours_sends_is_not_read_at_all(visitor):
    answer = visitor.post("/sign-in", data=b"", environ_overrides={"CONTENT_LENGTH": str(10**12)})
    assert answer.status_code == 413


def test_a_hundred_thousand_fields_are_no_form(visitor, clock):
    assert visitor.post("/sign-in", data=b"a=&" * 300_000, content_type=FORM).status_code in (400, 413, 422)
    assert visitor.post("/verify/x", data={f"f{n}": "" for n in range(3000)}, content_type=FILES).status_code == 413
    assert clock() < SECONDS * 2


FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data"


def test_a_compressed_body_is_not_unpacked(visitor):
    bomb = zlib.compress(b"a=" + b"a" * 50_000_000, 9)
    for encoding in ("gzip", "deflate", "br"):
        answer = visitor.post("/sign-in", data=bomb, content_type=FORM, headers={"Content-Encoding": encoding})
        assert answer.status_code in (400, 413, 422)


@pytest.mark.parametrize("size", [300_001, 3_000_000])
def test_a_file_larger_than_any_certificate_is_not_compared(busy_academy, visitor, size):
    """Whether or not it begins as one."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="certificate.pdf"\r\n\r\n%PDF-1.7\n'
    body = head + b"\0" * size + b"\r\n--x--\r\n"
    answer = visitor.post(f"/verify/{busy_academy.certificate}", data=body, content_type=f"{FILES}; boundary=x")
    assert answer.status_code == 422 and "larger than any certificate" in answer.text


def png(side: int) -> bytes:
    """A black square in as few bytes as it takes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0" * (side * (side // 8 + 1)), 9)
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_that_unpacks_to_a_gigabyte_is_not_unpacked(clock):
    complaints: list[str] = []
    for side in (12_000, 30_000):
        bomb = png(side)
        assert len(bomb) < 300_000  # small enough to be looked at
        began = clock()
        assert examine("assets/bomb.png", bomb, lambda line, text: complaints.append(text)) is None
        assert clock() - began < SECONDS
    assert "too many pixels" in complaints[0] and len(complaints) == 2


@pytest.mark.parametrize(
    "bomb",
    [
        "title: &a [x, x]\nsummary: [*a, *a, *a]",
        "title: " + "{a: " * 100 + "1" + "}" * 100,
        "title: " + "[" * 5_000,
        "title: " + "x" * 600_000,
        "title: {en: !!python/object/apply:os.system ['true']}",
    ],
    ids=["references", "depth", "brackets", "length", "objects"],
)
def test_a_course_cannot_unfold_itself(bomb, clock):
    found = problems(edited("course.yaml", "title: {en: Counting fairly, fr: Compter juste}", bomb))
    assert found and found[0].startswith("course.yaml:")
    assert clock() < SECONDS


def test_a_drawing_cannot_unfold_itself_either(clock):
    """Entities are how a small XML becomes a large one; a DOCTYPE, where they stand, is refused."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 100}">' for n in range(10))
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>&e9;</title></svg>'
    svg = f"<!DOCTYPE svg [{entities}]>{drawing}"
    complaints = []
    assert examine("assets/bomb.svg", svg.encode(), lambda line, text: complaints.append(text)) is None
    assert any("DOCTYPE" in text for text in complaints)
    assert clock() < SECONDS


NUMBERS = ["9" * 25, "9" * 5000, "-1", "1e999999", "²", "٣", "0x10", "1" * 16]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda text: text[:12])
def test_no_number_is_too_large_to_be_answered(busy_academy, amina, dawit, browser, number):
    hers, his = browser(amina), browser(dawit)
    quiz = f"/courses/{busy_academy.slug}/quiz/{busy_academy.quiz}"
    asked = [
        hers.get(f"{quiz}/{number}"),
        hers.post(f"{quiz}/{number}/hand-in"),
        hers.get(f"{quiz}/1?item={number}"),
        hers.post(f"{quiz}/1", data={"at": number, "seq": number, "item": number}),
        hers.post(f"{quiz}/1/save", data={"seq": number}),
        his.post(f"/manage/people/{busy_academy.amina}/roles/{number}/end"),
        his.post(f"/manage/people/{busy_academy.amina}/roles", data={"role": "trainer", "institution": number}),
        his.post(f"/manage/institutions/{busy_academy.proposed}/merge", data={"into": number}),
        his.get("/manage/people", query_string={"after": number}),
        hers.post("/me/confirm", data={"code": number}),
        hers.post("/data-saver", data={"on": number}),
    ]
    assert [answer.request.url for answer in asked if answer.status_code >= 500] == []


@pytest.mark.parametrize(
    "name", ["endpoint", "_external", "_scheme", "_method", "_anchor", "filename", "values", "self"]
)
def test_no_name_in_an_address_is_taken_for_one_of_ours(app, busy_academy, browser, name):
    administrator = browser(make.persona("Dawit"))
    for row in (row for row in TABLE if row.method == "GET"):
        answer = administrator.get(address_of(row, app, busy_academy), query_string={name: "javascript", "after": ""})
        assert answer.status_code < 500, row
        assert "javascript:" not in (answer.location or ""), row
