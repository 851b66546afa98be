"""Whatever happens to the bytes of a course, the compiler answers: with the course or with problems."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.source import compile
from elearn.catalogue.yamlread import Problem
from tests.support.small_course import KINDS, files

pytestmark = pytest.mark.one_database
PATHS = sorted(files())
SIGNS = [
    *(b"\x00", b"\xff", b"---\n", b"&a", b"*a", b"{", b"[", b"\n- ", b": ", b"'", b'"', b"|", b"<", b"!!! ", b"[^1]"),
    *(b"](", b"\n\n\n", b"\t", b"\r", b"%", b"{#", b"step:", b"```\n", b"1e309", b"~", b"\xc2\x85", b"\xe2\x80\xa8"),
    *(b"\xe2\x80\xae", b"\xd9\x80"),
]

cuts = st.tuples(
    st.sampled_from(PATHS),
    st.integers(0, 900),
    st.integers(0, 60),
    st.one_of(st.sampled_from(SIGNS), st.binary(max_size=12)),
)


def holds(found: dict[str, bytes]) -> None:
    result = compile(found, KINDS)
    if isinstance(result, CompiledCourse):
        assert result.steps and len(result.content_hash) == 64 and len(result.structure) == 64
        return
    assert result and result == sorted(result)
    for problem in result:
        assert isinstance(problem, Problem) and problem.line >= 1 and problem.message
        assert problem.line <= found.get(problem.path, b"").count(b"\n") + found.get(problem.path, b"").count(b"\r") + 1


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(cuts, min_size=1, max_size=4))
def test_edited_bytes(edits: list[tuple[str, int, int, bytes]]) -> None:
    found = files()
    for path, at, length, new in edits:
        data = found[path]
        at = min(at, len(data))
        found[path] = data[:at] + new + data[at + length :]
    holds(found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sets(st.sampled_from(PATHS), min_size=1),
    st.dictionaries(st.text(max_size=20), st.binary(max_size=50), max_size=3),
)
def test_lost_and_stray_files(lost: set[str], stray: dict[str, bytes]) -> None:
    holds({**{path: data for path, data in files().items() if path not in lost}, **stray})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(PATHS),
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))),
)
def test_replaced_files(path: str, data: bytes) -> None:
    holds({**files(), path: data})
