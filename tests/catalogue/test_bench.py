"""The writer's bench: what it shows of a draft, where it leads, and whom it lets in."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client

from elearn.catalogue.bench import view
from elearn.catalogue.bench.app import bench
from elearn.catalogue.bench.live import Live
from elearn.catalogue.bench.server import Guard, server
from elearn.catalogue.draft import Draft
from tests.support.small_course import edited, files

pytestmark = pytest.mark.one_database
LESSON, FRENCH = "01-only/first-lesson/lesson.en.md", "01-only/first-lesson/lesson.fr.md"


def write(root: Path, found: dict[str, bytes]) -> Path:
    for path, data in found.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


class Bench:
    """A bench on a folder, asked without a server."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.folder = folder
        self.live = Live(Draft(folder, app.extensions["step_kinds"]))
        self.app = bench(self.live, app)
        self.client: FlaskClient = self.app.test_client()

    def get(self, path: str, **headers: str) -> str:
        answer = self.client.get(path, headers=headers)
        return answer.get_data(as_text=True)

    def save(self, found: dict[str, bytes]) -> None:
        write(self.folder, found)
        self.live.reading = self.live.draft.read()


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> Bench:
    return Bench(app, write(tmp_path / "small", files()))


def test_the_desk_lists_the_steps_in_the_language_that_is_looked_at(desk: Bench) -> None:
    page = desk.get("/?lang=fr")
    assert "Le seul module" in page and "Compter" in page
    assert re.search(r"Counting again</span>\s*<small>not translated · optional", page)
    assert 'src="/step/first-lesson?lang=fr"' in page
    assert "In order" in page


def test_a_lesson_as_its_reader_sees_it(desk: Bench) -> None:
    page = desk.get("/step/first-lesson?lang=en")
    assert "<h1" in page and "Somebody asks <strong>why</strong>" in page
    assert desk.get("/step/second-lesson?lang=fr").count("not available in this language") == 0
    assert "en français" not in page
    picture = re.search(r'src="(/courses/small-course/files/[^"]+)"', page)
    assert picture
    answer = desk.client.get(picture[1])
    assert (answer.mimetype, answer.data) == ("image/svg+xml", files()["assets/bars.svg"])
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert desk.client.get(picture[1].replace("bars", "other")).status_code == 404


def test_a_page_speaks_the_language_of_the_course_and_the_desk_that_of_the_browser(desk: Bench) -> None:
    accept = {"Accept-Language": "ar"}
    assert '<html lang="fr" dir="ltr">' in desk.get("/step/first-lesson?lang=fr", **accept)
    assert '<html lang="ar" dir="rtl">' in desk.get("/?lang=fr", **accept)


def test_a_quiz_with_its_answers(desk: Bench) -> None:
    page = desk.get("/step/the-check?lang=fr")
    assert "Est-ce bien cela" in page and "C’est cela." in page
    assert page.count('class="item"') == 2
    assert 'type="radio"' in page


def test_the_course_itself(desk: Bench) -> None:
    page = desk.get("/page?lang=fr")
    assert "Compter juste" in page and "Compter les gens sans les oublier." in page
    assert "/step/the-check?lang=fr" in page


def test_links_between_steps_stay_on_the_bench_and_in_the_language(desk: Bench) -> None:
    answer = desk.client.get(
        "/courses/small-course/learn/second-lesson", headers={"Referer": "http://x/step/first-lesson?lang=fr"}
    )
    assert answer.location == "/step/second-lesson?lang=fr"


def test_a_course_with_problems_is_shown_with_them(desk: Bench) -> None:
    desk.save(edited(LESSON, "step:second-lesson", "step:nowhere"))
    page = desk.get("/?lang=en")
    assert "1 problem" in page
    assert f"{LESSON}:19" in page and "no step of this course has the id" in page
    assert "Go to [the next](step:nowhere)" in page
    assert "Somebody asks" in desk.get("/step/first-lesson?lang=en")


def test_what_cannot_be_shown_says_so(desk: Bench) -> None:
    desk.save({"course.yaml": b"\xff\xfe\x00: ["})
    assert "Nothing to show yet" in desk.get("/page")
    assert desk.client.get("/step/first-lesson").status_code == 404
    assert "course.yaml:1" in desk.get("/")


def test_text_of_a_file_is_text_and_nothing_else(desk: Bench) -> None:
    desk.save(edited("course.yaml", "theme: cash-transfers", "theme: <script>alert(1)</script>"))
    page = desk.get("/")
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_nothing_on_a_page_needs_more_than_the_policy_allows(desk: Bench) -> None:
    for path in ("/", "/page", "/step/first-lesson", "/step/the-check"):
        answer = desk.client.get(path)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        page = answer.get_data(as_text=True)
        assert not re.search(r"\sstyle=|<style|<script(?![^>]*src=)|\son\w+=", page)


def test_the_instance_is_out_of_reach(desk: Bench) -> None:
    for path in ("/sign-in", "/courses/", "/healthz", "/me/", "/manage/people"):
        assert desk.client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("## One of them {#one}", ("one of them",)),
        ("A **bold** word and [a link with words](https://example.org/x) here", ("a link with words",)),
        ("| Niger | a long cell of it |", ("a long cell of it",)),
        ("![Two bars side by side](../../assets/bars.svg)", ("two bars side by side",)),
        ("---", ()),
        ("كم يُدفع لكل أسرة؟", ("كم يُدفع لكل أسرة".replace("ُ", " "),)),
    ],
)
def test_the_words_by_which_a_place_is_found(line: str, words: tuple[str, ...]) -> None:
    assert view.places([line], 1) == words


def test_a_place_without_words_is_looked_for_above() -> None:
    assert view.places(["First words", "", "Second words", "---", "after"], 4) == ("second words", "first words")


@pytest.fixture
def guarded() -> Client:
    def application(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"here"]

    return Client(Guard(application, 8100))


@pytest.mark.parametrize(
    ("host", "address", "status"),
    [
        ("127.0.0.1:8100", "127.0.0.1", 200),
        ("localhost:8100", "127.0.0.1", 200),
        ("evil.example:8100", "127.0.0.1", 403),
        ("127.0.0.1", "127.0.0.1", 403),
        ("127.0.0.1:8101", "127.0.0.1", 403),
        ("127.0.0.1:8100", "192.0.2.7", 403),
        ("", "127.0.0.1", 403),
    ],
)
def test_who_is_let_in(guarded: Client, host: str, address: str, status: int) -> None:
    asked = {"HTTP_HOST": host, "REMOTE_ADDR": address}
    assert guarded.get("/", environ_overrides=asked).status_code == status


def test_a_preview_is_only_looked_at(guarded: Client) -> None:
    asked = {"HTTP_HOST": "127.0.0.1:8100", "REMOTE_ADDR": "127.0.0.1"}
    assert guarded.post("/", environ_overrides=asked).status_code == 405


@pytest.fixture
def following(app: Flask, tmp_path: Path) -> Iterator[Live]:
    folder = write(tmp_path / "small", files())
    live = Live(Draft(folder, app.extensions["step_kinds"]))
    thread = threading.Thread(target=live.follow)
    thread.start()
    yield live
    live.end()
    thread.join(5)
    assert not thread.is_alive()


def test_a_save_is_news(following: Live) -> None:
    assert following.wait(1, 0.01) == 1
    folder = following.draft.place
    write(folder, edited(LESSON, "step:second-lesson", "step:nowhere"))
    assert following.wait(1, 10) == 2
    assert len(following.reading.problems) == 1


def test_a_port_that_is_taken_is_said(app: Flask, tmp_path: Path, command) -> None:
    folder = write(tmp_path / "small", files())
    listening, _live = server(folder, app, 0)
    try:
        assert listening.host == "127.0.0.1"
        result = command("courses", "preview", folder, "--port", listening.port)
        assert result.exit_code == 1
        assert f"port {listening.port} cannot be had" in result.stderr
    finally:
        listening.server_close()
