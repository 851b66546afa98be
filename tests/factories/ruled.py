"""People in a course with rules: an order, prerequisites, days, optional steps that count."""

from collections.abc import Mapping

from elearn.catalogue.service import Published
from elearn.learning import queries, service
from elearn.learning.models import Enrolment
from elearn.learning.queries import Place
from elearn.people.models import User
from tests.factories import learning
from tests.factories.catalogue import publish
from tests.factories.people import person
from tests.support import ruled_course
from tests.support.ruled_course import SLUG

URL = f"/courses/{SLUG}"
LESSONS = {key: f"{URL}/learn/{key}" for key in ("begin", "read-on", "extra")}
FILE = f"{URL}/file/plan"
QUIZ = f"{URL}/quiz/the-check"


def published(files: Mapping[str, bytes]) -> Published:
    return publish(files)


def ordered() -> Published:
    """Every required step waits for the one before it."""
    return publish(ruled_course.files("order: ordered\n"))


def enrol(user: User, lang: str = "en") -> Enrolment:
    return service.enrol(person(user), SLUG, lang)


def place_of(user: User) -> Place:
    place = queries.enrolment_of(user.id, SLUG)
    assert place is not None
    return place


def enrolment_of(user: User) -> Enrolment:
    return learning.enrolment_of(user, SLUG)


def done(user: User, *keys: str) -> None:
    """Each step done, as the domains above tell it."""
    for key in keys:
        service.mark_step_done(
            enrolment_of(user), learning.step_id(key), service.Evidence("read" if key != "the-check" else "quiz:1")
        )
