"""What the server acknowledged is there after kill -9."""

import os
import signal
import subprocess
import sys
from textwrap import dedent

from elearn.assessment import queries
from elearn.core.db import db
from tests.factories import assessment as make
from tests.factories.assessment import QUIZ, SLUG

# A server of its own: it answers one request, says what it answered, and would live on for a minute.
SERVER = """
    import sys, time
    from pathlib import Path
    from tests.support.browser import Browser
    from tests.support.databases import application
    from elearn.core.db import db
    from elearn.people.models import User

    app = application(Path(sys.argv[1]), sys.argv[2])
    with app.app_context():
        user = db.session.query(User).filter_by(email="amina@example.org").one()
        db.session.info["writing"] = True
        one = Browser(app, app.response_class, use_cookies=True).sign_in(user)
        data = {"item": "one", "lang": "en", "seq": "1", "client": "x", "answer-one": "c"}
        print(one.post(sys.argv[3], data=data, headers={"Accept": "application/json"}).status_code, flush=True)
    time.sleep(60)
"""


def test_an_acknowledged_answer_survives_a_power_cut(app, database, amina):
    make.published()
    make.enrol(amina)
    attempt_id = make.start(amina).id
    db.session.commit()
    server = subprocess.Popen(
        [
            sys.executable,
            "-c",
            dedent(SERVER),
            str(database.folder),
            database.url,
            f"/courses/{SLUG}/quiz/{QUIZ}/1/save",
        ],
        stdout=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(make.ROOT)},
        text=True,
    )
    assert server.stdout is not None
    answered = server.stdout.readline().strip()
    server.send_signal(signal.SIGKILL)
    server.communicate()
    assert (answered, server.returncode) == ("200", -signal.SIGKILL)
    assert queries.rows(attempt_id)["one"].answer == "c"
