"""Two worlds that pages and records start from: a small academy, and the same after some weeks.

Boris teaches *Counting water points* (three languages, two modules), in which Amina is enrolled. Chloe teaches *Budgets
on one page* (English only), in which Faysal is enrolled. Dawit administers. In the busy one Amina has also completed
Chloe's course, handed in the check of her own, and has its final quiz open.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Select, select

from elearn.assessment import queries as quizzes
from elearn.assessment import service as assessment
from elearn.catalogue.models import Course, VersionAsset
from elearn.core import clock
from elearn.core.db import db, unit_of_work
from elearn.core.models import Job, JobState, Mail
from elearn.learning import service as learning
from elearn.learning import trainers
from elearn.learning.queries import enrolment_of
from elearn.people import institutions
from elearn.people.models import Institution, InstitutionStatus, RoleGrant, User
from tests.factories import people as make
from tests.factories.catalogue import publish
from tests.factories.certificates import certificate

T = TypeVar("T")
COURSES = Path(__file__).parent / "courses"


@dataclass(frozen=True)
class Academy:
    """Names of what is there; rows are looked up where they are needed."""

    slug: str = "water-points"
    lessons: tuple[str, ...] = ("why-count", "how-to-count", "what-to-report")
    check: str = "check-counting"
    quiz: str = "final"
    other_slug: str = "short-budgets"
    faysal: str = "faysal@example.org"


def found_academy() -> Academy:
    """Make it, in the present application context."""
    academy = Academy()
    with unit_of_work():
        people = {name: make.persona(name) for name in make.PERSONAS}
        faysal = make.user("Faysal Demir", email=academy.faysal, country="TR")
        _teach(academy.slug, people["Boris"], people["Amina"], people["Dawit"])
        _teach(academy.other_slug, people["Chloe"], faysal, people["Dawit"])
    return academy


def _teach(slug: str, trainer: User, trainee: User, administrator: User) -> None:
    publish(COURSES / slug)
    course = db.session.execute(select(Course).where(Course.slug == slug)).scalar_one()
    trainers.add(make.person(administrator), course, trainer.email or "")
    learning.enrol(make.person(trainee), slug, "en")


@dataclass(frozen=True)
class BusyAcademy(Academy):
    """And what is there beside; `certificate` is Amina's."""

    certificate: str = ""
    amina: str = ""
    grant: int = 0
    asset: str = ""
    proposed: str = ""
    mail: str = ""
    job: str = ""


def found_busy_academy() -> BusyAcademy:
    """Make it, in the present application context."""
    academy = found_academy()
    with unit_of_work():
        amina, boris = make.persona("Amina"), make.persona("Boris")
        learning.enrol(make.person(amina), academy.other_slug, "en")
        made = certificate(amina, academy.other_slug)
        _attempt(amina, academy.slug, academy.check)
        assessment.hand_in(make.person(amina), academy.slug, academy.check, 1)
        _attempt(amina, academy.slug, academy.quiz)
        institutions.affiliate(amina, None, "Ministry of Water")
        db.session.add(
            Mail(key="letter", to_addr="amina@example.org", lang="en", template="x", subject="A letter", body="Text",
                 created_at=clock.now())
        )  # fmt: skip
        db.session.add(
            Job(kind="mail.send", key="broken", args={}, state=JobState.FAILED, run_at=clock.now(), attempts=6,
                error="refused", created_at=clock.now())
        )  # fmt: skip
        db.session.flush()
        return BusyAcademy(
            certificate=made.code,
            amina=amina.public_id,
            grant=_only(select(RoleGrant.id).where(RoleGrant.user_id == boris.id)),
            asset=_only(select(VersionAsset.blob_sha).limit(1)),
            proposed=_only(select(Institution.code).where(Institution.status == InstitutionStatus.PROPOSED)),
            mail="letter",
            job="broken",
        )


def _attempt(user: User, slug: str, step: str) -> None:
    place = enrolment_of(user.id, slug)
    assert place is not None
    content = quizzes.shown(place.shown_version_id, step)
    assert content is not None
    assessment.start(place, content, "en")


def _only(query: Select[tuple[T]]) -> T:
    return db.session.execute(query).scalar_one()
