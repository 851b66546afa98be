"""Many at once, each with a connection of its own: exactly one wins, the others are told why, nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

from sqlalchemy import func, select

from elearn.assessment import queries
from elearn.assessment.models import Attempt, AttemptItem
from elearn.core.db import db
from elearn.learning.models import Completion, EnrolmentState
from tests.factories import assessment as make
from tests.factories.assessment import QUIZ, RIGHT, SLUG

QUIZ_URL = f"/courses/{SLUG}/quiz/{QUIZ}"
AT_ONCE, THREADS = 100, 20


def at_once(app, browser, user, ask: Callable) -> list:
    """A hundred requests of one person, twenty at a time, each from a browser of its own."""
    browsers = [browser(user) for _ in range(THREADS)]
    db.session.commit()
    started, lock, answers = Barrier(THREADS), Lock(), []

    def work(number: int) -> None:
        started.wait()
        for turn in range(AT_ONCE // THREADS):
            with app.app_context():
                answer = ask(browsers[number], number * (AT_ONCE // THREADS) + turn)
            with lock:
                answers.append(answer)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    db.session.rollback()
    return answers


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_hundred_starts_open_one_attempt(app, amina, browser):
    make.published()
    make.enrol(amina)
    answers = at_once(app, browser, amina, lambda one, _n: one.post(f"{QUIZ_URL}/start"))
    assert [answer.status_code for answer in answers] == [303] * AT_ONCE
    assert {answer.location for answer in answers} == {f"{QUIZ_URL}/1"}
    assert (count(Attempt), count(AttemptItem)) == (1, 4)


def test_a_hundred_hand_ins_count_once(app, amina, browser):
    make.published()
    make.enrol(amina)
    make.start(amina)
    make.save(amina, 1, RIGHT)
    answers = at_once(app, browser, amina, lambda one, _n: one.post(f"{QUIZ_URL}/1/hand-in"))
    codes = [answer.status_code for answer in answers]
    assert (codes.count(303), codes.count(409)) == (1, AT_ONCE - 1)
    assert all("was handed in on" in answer.text for answer in answers if answer.status_code == 409)
    assert count(Completion) == 1
    assert make.place_of(amina).state == EnrolmentState.COMPLETED


def test_whatever_order_the_link_delivers_in_the_newest_answer_stays(app, amina, browser):
    make.published()
    make.enrol(amina)
    attempt_id = make.start(amina).id

    def save(one, number: int):
        data = {"item": "one", "lang": "en", "seq": str(number + 1), "client": "x", "answer-one": "abc"[number % 3]}
        return one.post(f"{QUIZ_URL}/1/save", data=data, headers={"Accept": "application/json"})

    answers = at_once(app, browser, amina, save)
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    response = queries.rows(attempt_id)["one"].response
    assert (response.seq, response.answer) == (AT_ONCE, {"value": "abc"[(AT_ONCE - 1) % 3]})


def test_saving_and_handing_in_at_once_leave_no_answer_acknowledged_and_uncounted(app, amina, browser):
    make.published()
    make.enrol(amina)
    attempt_id = make.start(amina).id

    def either(one, number: int):
        if number == AT_ONCE // 2:
            return one.post(f"{QUIZ_URL}/1/hand-in")
        data = {"item": "one", "lang": "en", "seq": str(number + 1), "client": "x", "answer-one": "abc"[number % 3]}
        answer = one.post(f"{QUIZ_URL}/1/save", data=data, headers={"Accept": "application/json"})
        return answer.json.get("seq", 0) if answer.status_code == 200 else 0

    acknowledged = max(answer for answer in at_once(app, browser, amina, either) if isinstance(answer, int))
    row = queries.rows(attempt_id)["one"]
    assert (row.response.seq if row.response else 0) == acknowledged
    attempt = db.session.get_one(Attempt, attempt_id)
    assert attempt.score == (1.0 if row.answer == "a" else 0.0)
