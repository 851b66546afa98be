"""The trainer's desk: who is in the course, how far, and one attempt more for whom the rule was not fair."""

import pytest

SLUG = "conditional-cash-transfers"


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_trainer_follows_her_people_and_grants_an_attempt(lang, visit, site):
    trainer = visit(lang, width=1280 if lang == "en" else 390)
    trainer.sign_in("trainer@demo.example", site.password)
    trainer.go("/manage/courses")
    trainer.press(f"main a[href='/manage/courses/{SLUG}/people']")
    trainer.press("tr:has-text('Mariam Demo') a")
    reason = f"The power failed during the examination ({lang})"
    trainer.send({"step": "final-quiz", "attempts": "1", "minutes": "0", "reason": reason})
    assert reason in trainer.text
