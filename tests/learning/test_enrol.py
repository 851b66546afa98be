"""Enrolling, leaving, coming back."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from elearn.catalogue.models import Course, CourseState
from elearn.core import clock
from elearn.core.db import db, unit_of_work
from elearn.core.errors import Refused
from elearn.learning import service
from elearn.learning.models import Enrolment, EnrolmentEvent, EnrolmentState, StepProgress
from elearn.learning.queries import enrolment_of
from elearn.people.models import User
from elearn.programmes.models import Offering, OfferingState
from tests.factories import learning as make
from tests.factories import people
from tests.factories.learning import FIRST, SLUG

URL = f"/courses/{SLUG}"
FORM = {"name_latin": "Amina Issoufou", "name_arabic": "أمينة إيسوفو", "lang": "en"}


@pytest.fixture
def course(app):
    return make.published()


@pytest.fixture
def hers(course, amina, browser):
    return browser(amina)


def enrol(one, **changes: str):
    return one.post(f"{URL}/enrol", data=FORM | changes)


def offering() -> Offering:
    return db.session.scalars(select(Offering)).one()


def states(user: User) -> list[tuple[str | None, str]]:
    db.session.commit()
    events = db.session.scalars(
        select(EnrolmentEvent)
        .join(Enrolment, Enrolment.id == EnrolmentEvent.enrolment_id)
        .where(Enrolment.user_id == user.id)
        .order_by(EnrolmentEvent.id)
    )
    return [(event.from_state, event.to_state) for event in events]


def rows(model=Enrolment) -> int:
    db.session.commit()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# Enrolling


def test_amina_sees_how_her_name_will_be_printed_and_enrols(amina, hers):
    page = hers.get(f"{URL}/enrol").text
    assert "This is how your name will be printed" in page
    assert 'value="Amina Issoufou"' in page and 'value="أمينة إيسوفو"' in page
    answer = enrol(hers)
    assert (answer.status_code, answer.location) == (303, f"{URL}/resume")
    place = make.place_of(amina)
    assert (place.state, place.lang, place.studying) == (EnrolmentState.ACTIVE, "en", True)
    assert hers.get(answer.location).location == f"{URL}/learn/{FIRST}"
    assert states(amina) == [(None, "active")]


def test_she_may_correct_it_there(amina, hers):
    enrol(hers, name_latin="Amina Issoufou Abdou", name_arabic="")
    db.session.refresh(amina)
    assert (amina.name_latin, amina.name_arabic) == ("Amina Issoufou Abdou", None)


def test_a_name_without_letters_enrols_nobody(amina, hers):
    assert enrol(hers, name_latin="---").status_code == 422
    assert rows() == 0


@pytest.mark.parametrize(("interface", "offered"), [("fr", "fr"), ("ar", "en")])
def test_the_language_offered_first_is_her_own_if_the_course_has_it(amina, hers, interface, offered):
    amina.lang = interface
    page = hers.get(f"{URL}/enrol").text
    assert f'selected value="{offered}"' in page
    assert 'value="ar"' not in page.partition('name="lang"')[2].partition("</select")[0].partition("<main")[2]


def test_a_language_the_course_does_not_have_is_refused(hers):
    assert enrol(hers, lang="ar").status_code == 422
    assert rows() == 0


def test_a_visitor_signs_in_first(course, visitor):
    assert visitor.get(f"{URL}/enrol").location == f"/sign-in?next={URL}/enrol"


@pytest.mark.parametrize("state", [CourseState.DRAFT, CourseState.RETIRED, None])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_course_that_is_not_published_is_not_there(hers, state, method):
    slug = SLUG
    if state is None:
        slug = "no-such-course"
    else:
        db.session.scalars(select(Course)).one().state = state
    assert hers.open(f"/courses/{slug}/enrol", method=method, data=FORM).status_code == 404
    assert rows() == 0


def test_who_has_not_confirmed_an_address_may_study(course, browser):
    new = people.user(email_confirmed_at=None, state="unconfirmed")
    assert enrol(browser(new)).status_code == 303


# Twice


def test_enrolling_twice_changes_nothing_and_says_so(amina, hers):
    enrol(hers)
    assert hers.get(f"{URL}/enrol").location == f"{URL}/"
    again = enrol(hers, lang="fr", name_latin="Somebody Else")
    assert again.status_code == 422
    assert "You are already enrolled in this course." in again.text
    assert (make.place_of(amina).lang, rows()) == ("en", 1)
    db.session.refresh(amina)
    assert amina.name_latin == "Amina Issoufou"


def test_a_hundred_at_the_same_moment_enrol_her_once(app, course, amina, browser):
    """As when somebody presses a button again and again on a slow line, from two devices."""
    browsers = [browser(amina) for _ in range(20)]
    db.session.commit()
    together = Barrier(20)

    def press(number: int) -> list[tuple[int, bool]]:
        together.wait()
        answers = []
        for _ in range(5):
            with app.app_context():
                answer = enrol(browsers[number])
            answers.append((answer.status_code, "already enrolled" in answer.text))
        return answers

    with ThreadPoolExecutor(20) as pool:
        answers = [one for some in pool.map(press, range(20)) for one in some]
    assert sorted(answers) == [(303, False)] + [(422, True)] * 99
    assert (rows(), states(amina)) == (1, [(None, "active")])


def test_a_hundred_people_at_the_same_moment_take_the_seats_there_are(app, course):
    """Seats are never oversold: ten of a hundred get one, the others are told."""
    offering().seats = 10
    actors = [people.person(people.user()) for _ in range(100)]
    db.session.commit()
    together = Barrier(20)

    def take(number: int) -> list[str]:
        together.wait()
        told = []
        for actor in actors[number::20]:
            with app.app_context():
                try:
                    with unit_of_work():
                        service.enrol(actor, SLUG, "en")
                    told.append("enrolled")
                except Refused as refused:
                    told.append(str(refused))
        return told

    with ThreadPoolExecutor(20) as pool:
        told = [one for some in pool.map(take, range(20)) for one in some]
    assert told.count("enrolled") == 10
    assert told.count("Every seat of this course is taken.") == 90
    assert rows() == 10


# When it is closed


def test_before_it_opens_and_after_it_closes_nobody_enrols(course, amina, hers, frozen_clock):
    amina.created_at = clock.now()
    day, one = dt.timedelta(days=1), offering()
    one.opens_at, one.closes_at = clock.now() + day, clock.now() + 3 * day
    hers = browser_at_that_time(hers, amina)
    assert "not open for enrolment at this time" in enrol(hers).text
    frozen_clock(days=2)
    assert enrol(hers).status_code == 303
    other = people.user()
    frozen_clock(days=2)
    with pytest.raises(Refused):
        service.enrol(people.person(other), SLUG, "en")


def browser_at_that_time(one, user):
    return one.sign_in(user)


@pytest.mark.parametrize("state", [OfferingState.CLOSED, OfferingState.CANCELLED])
def test_nor_when_it_has_ended(course, hers, state):
    offering().state = state
    assert enrol(hers).status_code == 422
    assert rows() == 0


def test_a_seat_is_free_again_when_somebody_leaves(course, amina, boris):
    offering().seats = 1
    make.enrol(amina)
    with pytest.raises(Refused, match="Every seat"):
        make.enrol(boris)
    service.leave(people.person(amina), SLUG)
    make.enrol(boris)
    with pytest.raises(Refused, match="Every seat"):
        make.enrol(amina)


# Leaving and coming back


def test_leaving_is_asked_about_keeps_what_was_done_and_can_be_undone(amina, hers):
    enrol(hers)
    hers.post(f"{URL}/learn/{FIRST}/done")
    assert "Your progress and results are kept" in hers.get(f"{URL}/leave").text
    assert make.place_of(amina).studying
    assert hers.post(f"{URL}/leave").location == f"{URL}/"
    assert make.place_of(amina).state == EnrolmentState.WITHDRAWN
    assert rows(StepProgress) == 1
    assert enrol(hers, lang="fr").status_code == 303
    assert (make.place_of(amina).state, make.place_of(amina).lang) == (EnrolmentState.ACTIVE, "fr")
    assert hers.get(f"{URL}/resume").location == f"{URL}/learn/second-lesson"
    assert (rows(), rows(StepProgress)) == (1, 1)
    assert states(amina) == [(None, "active"), ("active", "withdrawn"), ("withdrawn", "active")]


def test_who_has_left_is_led_to_the_course_page(amina, hers):
    enrol(hers)
    hers.post(f"{URL}/leave")
    assert hers.get(f"{URL}/learn/{FIRST}").location == f"{URL}/"
    for path in ("resume", "leave"):
        assert hers.get(f"{URL}/{path}").status_code == 404
    for path in (f"learn/{FIRST}/done", "leave", "language"):
        assert hers.post(f"{URL}/{path}", data={"lang": "fr"}).status_code == 404
    assert rows(StepProgress) == 0


def test_what_is_completed_is_not_left(amina, hers):
    enrol(hers)
    make.done(amina, FIRST)
    make.done(amina, make.QUIZ, 80)
    answer = hers.post(f"{URL}/leave")
    assert answer.status_code == 422 and "already completed or left" in answer.text
    assert make.place_of(amina).state == EnrolmentState.COMPLETED


def test_whose_last_step_ended_while_they_were_away_completes_on_coming_back(course, amina):
    """A quiz is handed in by the clock after its time, also for somebody who has left."""
    make.enrol(amina)
    make.done(amina, FIRST)
    service.leave(people.person(amina), SLUG)
    make.done(amina, make.QUIZ, 90)
    assert make.place_of(amina).state == EnrolmentState.WITHDRAWN
    make.enrol(amina)
    assert make.place_of(amina).state == EnrolmentState.COMPLETED


# Strangers


def test_nobody_reaches_the_place_of_another(course, amina, boris, browser):
    make.enrol(amina)
    his = browser(boris)
    assert his.get(f"{URL}/resume").status_code == 404
    assert his.post(f"{URL}/leave").status_code == 404
    assert his.post(f"{URL}/learn/{FIRST}/done").status_code == 404
    assert make.place_of(amina).studying
    assert enrolment_of(boris.id, SLUG) is None
