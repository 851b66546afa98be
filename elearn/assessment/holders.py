"""A person's rights over their attempts: what is given out about them, and what erasing takes away."""

from typing import Any

from sqlalchemy import select, update

from elearn.assessment import queries
from elearn.assessment.models import Attempt, Response
from elearn.core.db import db
from elearn.learning.models import Enrolment, StepOverride


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
    """Forget the devices that answered and why something was granted; scores and answers stay, of nobody by name."""
    mine = select(Enrolment.id).where(Enrolment.user_id == user_id)
    attempts = select(Attempt.id).where(Attempt.enrolment_id.in_(mine))
    db.session.execute(update(Response).where(Response.attempt_id.in_(attempts)).values(client_key=""))
    db.session.execute(update(StepOverride).where(StepOverride.enrolment_id.in_(mine)).values(reason=""))
