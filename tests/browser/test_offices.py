"""The desks of trainer and administrator, and the pages that no journey leads through, in English and in Arabic."""

import pytest

SLUG = "conditional-cash-transfers"
FACES = {"en": {"width": 1280}, "ar": {"width": 390, "dark": True}, "fr": {"width": 320}}


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_trainer_follows_her_people_and_grants_an_attempt(lang, visit, site):
    trainer = visit(lang, **FACES[lang])
    trainer.sign_in("trainer@demo.example", site.password)
    trainer.go("/manage/courses")
    trainer.press(f"main a[href='/manage/courses/{SLUG}/people']")
    trainer.press("tr:has-text('Mariam Demo') a")
    reason = f"The power failed during the examination ({lang})"
    trainer.send({"step": "final-quiz", "attempts": "1", "minutes": "0", "reason": reason})
    assert reason in trainer.text


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_an_administrator_finds_everything_in_order(lang, visit, site):
    administrator = visit(lang, **FACES[lang])
    administrator.sign_in("admin@demo.example", site.password)
    for address in (
        "/manage/",
        "/manage/people?q=mariam",
        "/manage/institutions",
        f"/manage/courses/{SLUG}/trainers",
        "/manage/certificates",
        "/manage/records",
        "/manage/records?country=NE&language=ar",
        "/manage/exports",
        "/manage/jobs",
        "/manage/outbox",
    ):
        administrator.go(address)
    administrator.go("/manage/people?q=mariam")
    administrator.press("main tr:has-text('Mariam Demo') a")
    assert "mariam@demo.example" in administrator.text


@pytest.mark.parametrize("lang", FACES)
def test_the_pages_beside_the_way(lang, visit, site):
    reader = visit(lang, **FACES[lang])
    reader.page.goto("/")
    reader.page.locator(f"form.languages button[value={lang}]").click()
    for address in ("/", "/privacy", "/accessibility", "/verify/", "/reset", "/register"):
        reader.go(address)
    reader.sign_in("trainee@demo.example", site.password)
    for address in ("/me/", "/me/profile", "/me/email", "/me/password", "/me/certificates"):
        reader.go(address)
