"""What travels is compressed, and static files are asked for once."""

import brotli
import pytest
from flask import url_for

pytestmark = pytest.mark.one_database


@pytest.fixture
def stylesheet(app) -> str:
    with app.test_request_context():
        return url_for("static", filename="css/site.css")


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_pages_travel_in_the_coding_that_the_browser_reads(visitor, coding):
    answer = visitor.get("/privacy", headers={"Accept-Encoding": coding})
    assert answer.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert len(answer.data) < len(visitor.get("/privacy").data) / 2


def test_the_address_of_a_static_file_changes_with_it_so_it_is_kept_for_a_year(visitor, stylesheet):
    answer = visitor.get(stylesheet, headers={"Accept-Encoding": "br"})
    assert "v=" in stylesheet
    assert answer.cache_control.max_age == 31_536_000
    assert answer.cache_control.immutable
    assert "no-cache" not in answer.headers["Cache-Control"]
    assert b"--paper" in brotli.decompress(answer.data)


def test_a_static_file_without_a_fingerprint_is_kept_for_an_hour(visitor):
    answer = visitor.get("/static/css/site.css")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_a_static_file_that_has_not_changed_is_not_sent_again(visitor, stylesheet):
    headers = {"Accept-Encoding": "br"}
    tag = visitor.get(stylesheet, headers=headers).headers["ETag"]
    again = visitor.get(stylesheet, headers={**headers, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_static_files_carry_the_security_headers_too(visitor, stylesheet):
    assert visitor.get(stylesheet).headers["X-Content-Type-Options"] == "nosniff"
