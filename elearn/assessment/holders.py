"""A person's rights over their attempts: what is given out about them, and what erasing takes away."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from elearn.assessment import queries
from elearn.assessment.models import Attempt, Response
from elearn.core.db import db
from elearn.core.privacy import Fate, Holding
from elearn.learning.models import Enrolment, StepOverride

HOLDINGS = (
    Holding(
        what=_l("What you wrote in your own words as an answer, and the devices your answers came from"),
        why=_l("To mark your work, and so that an older answer never replaces a newer one."),
        tables=("response",),
        fate=Fate.ERASED,
    ),
    Holding(
        what=_l("Why more attempts or more time were granted to you"),
        why=_l("So that another trainer understands it."),
        tables=("step_override",),
        fate=Fate.ERASED,
    ),
    Holding(
        what=_l("Attempts at quizzes: what was drawn, which options and numbers were answered, points and marks"),
        why=_l("To find out which questions are fair, and to account for the results."),
        tables=("attempt", "attempt_item", "response", "mark_event"),
        fate=Fate.NAMELESS,
    ),
)


def export(user_id: int) -> list[dict[str, Any]]:
    """Every attempt of a person with its answers and marks."""
    return [
        {
            "course": course,
            "quiz": step,
            "number": attempt.number,
            "language": attempt.lang,
            "started_at": attempt.started_at.isoformat(),
            "submitted_at": attempt.submitted_at.isoformat() if attempt.submitted_at else None,
            "points": attempt.score,
            "of": attempt.max_score,
            "passed": attempt.passed,
            "answers": [
                {
                    "item": response.item_key,
                    "answer": response.answer["value"],
                    "saved_at": response.saved_at.isoformat(),
                    "points": response.mark,
                }
                for response in responses
            ],
        }
        for course, step, attempt, responses in queries.attempts_of_person(user_id)
    ]


def erase(user_id: int) -> None:
    """Forget what was written, the devices that answered and why something was granted.

    Scores, ticked options and numbers stay, of nobody by name.
    """
    mine = select(Enrolment.id).where(Enrolment.user_id == user_id)
    attempts = select(Attempt.id).where(Attempt.enrolment_id.in_(mine))
    db.session.execute(update(Response).where(Response.attempt_id.in_(attempts)).values(client_key=""))
    for quiz in db.session.scalars(
        select(Response.version_step_id).where(Response.attempt_id.in_(attempts)).distinct()
    ):
        written = [item.id for item in queries.content(quiz).quiz.items if item.type.written]
        db.session.execute(
            update(Response)
            .where(Response.attempt_id.in_(attempts), Response.version_step_id == quiz, Response.item_key.in_(written))
            .values(answer={"value": None})
        )
    db.session.execute(update(StepOverride).where(StepOverride.enrolment_id.in_(mine)).values(reason=""))
