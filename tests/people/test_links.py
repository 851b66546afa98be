"""What goes by mail: confirming an address, a new password, a new address."""

import pytest
from sqlalchemy import func, select

from elearn.core.db import db
from elearn.core.models import CountedEvent, Job
from elearn.people import events, links, passwords
from elearn.people.models import Token, User, UserState
from elearn.people.rules import ASKED_PER_MAILBOX, CODE_TRIES, FAILURES_HERE
from tests.factories import people as make
from tests.support.letters import code_in, last_letter, letters, link_in

PASSWORD = "the well is deep enough"
HASH = passwords.hashed(PASSWORD)
NEW = "a calm river at noon"
EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture
def mariam(app, frozen_clock):
    """She has just registered."""
    return make.user(
        "Mariam Diallo",
        email="mariam@example.org",
        email_confirmed_at=None,
        state=UserState.UNCONFIRMED,
        password_hash=HASH,
    )


@pytest.fixture
def hers(mariam, browser):
    one = browser(mariam)
    assert one.post("/me/confirm/again").status_code == 303
    return one


@pytest.fixture
def told():
    """Who was told about as confirmed."""
    seen = []

    def note(_sender, user):
        seen.append(user.id)

    events.email_confirmed.connect(note)
    yield seen
    events.email_confirmed.disconnect(note)


def fresh(user: User) -> User:
    db.session.rollback()
    db.session.refresh(user)
    return user


def confirmed(user: User) -> bool:
    return fresh(user).email_confirmed_at is not None


def sign_in(one, email: str, password: str):
    return one.post("/sign-in", data={"email": email, "password": password})


# Confirming by link


def test_opening_the_link_changes_nothing_and_its_button_confirms(mariam, hers, visitor, told):
    link = link_in(last_letter("mariam@example.org"))
    for _scanner in range(2):
        page = visitor.get(link)
        assert page.status_code == 200 and "Confirm the address" in page.text
        visitor.head(link)
    assert not confirmed(mariam)
    assert visitor.post(link).status_code == 303
    assert confirmed(mariam)
    assert (mariam.state, told) == (UserState.ACTIVE, [mariam.id])


def test_a_link_works_once(mariam, hers, visitor, told):
    link = link_in(last_letter("mariam@example.org"))
    visitor.post(link)
    assert (visitor.post(link).status_code, visitor.get(link).status_code) == (410, 410)
    assert "This link is no longer good" in visitor.get(link).text
    assert told == [mariam.id]


def test_a_link_lives_seven_days(frozen_clock, mariam, hers, visitor):
    link = link_in(last_letter("mariam@example.org"))
    frozen_clock(days=7, seconds=1)
    assert (visitor.get(link).status_code, visitor.post(link).status_code) == (410, 410)
    assert not confirmed(mariam)


@pytest.mark.parametrize("token", ["x", "0" * 43, "%D9%A1", "a%00b"])
@pytest.mark.parametrize("page", ["confirm", "reset"])
def test_a_link_that_somebody_made_up_is_over(app, visitor, page, token):
    assert visitor.get(f"/{page}/{token}").status_code in (400, 410)
    data = {"password": NEW, "again": NEW}
    assert visitor.post(f"/{page}/{token}", data=data).status_code in (400, 410)


def test_a_link_for_one_thing_does_not_serve_for_another(mariam, hers, visitor):
    token = link_in(last_letter("mariam@example.org")).rpartition("/")[2]
    assert visitor.post(f"/reset/{token}", data={"password": NEW, "again": NEW}).status_code == 410
    assert fresh(mariam).password_hash == HASH


# Confirming by code


@pytest.mark.parametrize("typed", ["{}", " {} ", "eastern", "spaced"])
def test_the_code_may_be_typed_instead_in_any_digits(mariam, hers, told, typed):
    code = code_in(last_letter("mariam@example.org"))
    given = {"eastern": code.translate(EASTERN), "spaced": f"{code[:3]} {code[3:]}"}.get(typed, typed.format(code))
    assert hers.post("/me/confirm", data={"code": given}).location == "/me/"
    assert confirmed(mariam)
    assert told == [mariam.id]


@pytest.mark.parametrize("typed", ["12345", "1234567", "abcdef", "²³¹²³¹", ""])
def test_what_is_no_code_is_not_counted_as_a_try(mariam, hers, typed):
    assert hers.post("/me/confirm", data={"code": typed}).status_code == 422
    assert db.session.scalar(select(Token.tries)) == 0


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_message_allows_five_tries_and_they_are_counted(mariam, hers, told):
    code = code_in(last_letter("mariam@example.org"))
    for number in range(1, CODE_TRIES + 1):
        answer = hers.post("/me/confirm", data={"code": wrong(code)})
        assert answer.location == "/me/confirm"
        db.session.rollback()
        assert db.session.scalar(select(Token.tries)) == number
    assert "no longer good" in hers.get("/me/confirm").text
    hers.post("/me/confirm", data={"code": code})
    assert not confirmed(mariam)
    assert told == []


def test_after_that_another_message_helps(mariam, hers):
    code = code_in(last_letter("mariam@example.org"))
    for _ in range(CODE_TRIES):
        hers.post("/me/confirm", data={"code": wrong(code)})
    hers.post("/me/confirm/again")
    hers.post("/me/confirm", data={"code": code_in(last_letter("mariam@example.org"))})
    assert confirmed(mariam)


def test_the_code_of_somebody_else_does_not_serve(mariam, hers, browser):
    other = make.user(email="other@example.org", email_confirmed_at=None, state=UserState.UNCONFIRMED)
    theirs = browser(other)
    theirs.post("/me/confirm/again")
    theirs.post("/me/confirm", data={"code": code_in(last_letter("mariam@example.org"))})
    assert not confirmed(other)


def test_messages_are_not_sent_without_end(mariam, hers, frozen_clock):
    for _ in range(3):
        assert hers.post("/me/confirm/again").status_code == 303
    refused = hers.post("/me/confirm/again")
    assert refused.status_code == 409
    assert "already sent within the hour" in refused.text
    assert len(letters()) == 4


def test_a_confirmed_address_needs_no_message(amina, browser):
    assert "already confirmed" in browser(amina).post("/me/confirm/again").text
    assert letters() == []


# A new password


@pytest.fixture
def reset_link(amina, visitor, do_jobs):
    amina.password_hash = HASH
    assert visitor.post("/reset", data={"email": "AMINA@example.org"}).location == "/reset/sent"
    do_jobs()
    return link_in(last_letter("amina@example.org"))


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_work(amina, browser, count_statements):
    answers, work = [], []
    for email in ("nobody@example.org", "amina@example.org"):
        one = browser()
        with count_statements() as seen:
            answers.append(one.post("/reset", data={"email": email}))
        work.append([" ".join(statement.split()) for statement in seen])
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].data == answers[1].data and answers[0].location == answers[1].location
    assert work[0] == work[1]


def test_only_an_account_gets_a_message(amina, visitor, do_jobs):
    visitor.post("/reset", data={"email": "nobody@example.org"})
    visitor.post("/reset", data={"email": "amina@example.org"})
    do_jobs()
    assert [letter.to_addr for letter in letters()] == ["amina@example.org"]


def test_a_closed_account_gets_none(amina, visitor, do_jobs):
    amina.state = UserState.BLOCKED
    visitor.post("/reset", data={"email": "amina@example.org"})
    do_jobs()
    assert letters() == []


def test_the_link_sets_a_new_password_and_signs_every_device_out(amina, reset_link, browser, visitor):
    phone = browser(amina)
    assert visitor.get(reset_link).status_code == 200
    assert visitor.post(reset_link, data={"password": NEW, "again": NEW}).location == "/sign-in"
    assert phone.get("/me/profile").status_code == 302
    assert sign_in(visitor, "amina@example.org", PASSWORD).status_code == 422
    assert sign_in(visitor, "amina@example.org", NEW).status_code == 303


def test_opening_the_reset_link_changes_nothing(amina, reset_link, browser, visitor):
    phone = browser(amina)
    visitor.get(reset_link)
    assert phone.get("/me/profile").status_code == 200
    assert fresh(amina).password_hash == HASH


def test_the_reset_link_works_once_and_for_two_hours(frozen_clock, amina, reset_link, visitor):
    frozen_clock(hours=2, seconds=1)
    assert visitor.post(reset_link, data={"password": NEW, "again": NEW}).status_code == 410
    frozen_clock(hours=-1)
    assert visitor.post(reset_link, data={"password": NEW, "again": NEW}).status_code == 303
    assert visitor.post(reset_link, data={"password": PASSWORD, "again": PASSWORD}).status_code == 410
    assert visitor.get(reset_link).status_code == 410


@pytest.mark.parametrize(("password", "again"), [("short", "short"), (NEW, NEW + "x"), ("1234567890", "1234567890")])
def test_a_weak_or_mistyped_new_password_is_explained(amina, reset_link, visitor, password, again):
    assert visitor.post(reset_link, data={"password": password, "again": again}).status_code == 422
    assert visitor.post(reset_link, data={"password": NEW, "again": NEW}).status_code == 303


def test_who_waits_out_too_many_failures_may_set_a_new_password(amina, reset_link, browser):
    for _ in range(FAILURES_HERE):
        sign_in(browser(), "amina@example.org", "not this one")
    assert sign_in(browser(), "amina@example.org", PASSWORD).status_code == 429
    browser().post(reset_link, data={"password": NEW, "again": NEW})
    assert sign_in(browser(), "amina@example.org", NEW).status_code == 303


def test_a_reset_confirms_the_address_it_was_sent_to(mariam, visitor, do_jobs, told):
    visitor.post("/reset", data={"email": "mariam@example.org"})
    do_jobs()
    visitor.post(link_in(last_letter("mariam@example.org")), data={"password": NEW, "again": NEW})
    assert confirmed(mariam) and told == [mariam.id]


def test_a_link_in_a_mailbox_that_is_no_longer_theirs_is_worth_nothing(amina, reset_link, visitor):
    amina.email, amina.email_norm = "amina@new.example.org", "amina@new.example.org"
    assert visitor.post(reset_link, data={"password": NEW, "again": NEW}).status_code == 410
    assert fresh(amina).password_hash == HASH


def test_a_link_from_before_the_account_was_blocked_is_worth_nothing(amina, reset_link, visitor):
    amina.state = UserState.BLOCKED
    assert visitor.post(reset_link, data={"password": NEW, "again": NEW}).status_code == 410
    assert fresh(amina).password_hash == HASH


def test_links_are_not_asked_for_without_end(amina, browser, do_jobs, frozen_clock):
    for number in range(ASKED_PER_MAILBOX + 1):
        code = browser().post("/reset", data={"email": "amina@example.org"}).status_code
        assert code == (303 if number < ASKED_PER_MAILBOX else 429)
    do_jobs()
    assert len(letters()) == 4
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == "people.reset")) == 8


# A new address


@pytest.fixture
def changing(amina, browser):
    """Amina's browser, after she has asked to change her address."""
    amina.password_hash = HASH
    one = browser(amina)
    assert ask_change(one).location == "/me/confirm"
    return one


def ask_change(one, email: str = "Amina@New.example.org", password: str = PASSWORD):
    return one.post("/me/email", data={"email": email, "present_password": password})


def test_the_old_address_stays_until_the_new_one_is_confirmed_and_is_warned(amina, changing, visitor):
    warning = last_letter("amina@example.org")
    assert warning.template == "people/email_change_warning"
    assert "/confirm/" not in warning.body
    assert fresh(amina).email == "amina@example.org"
    assert visitor.post(link_in(last_letter("Amina@New.example.org"))).status_code == 303
    assert (fresh(amina).email, amina.email_norm) == ("Amina@New.example.org", "amina@new.example.org")
    assert amina.email_confirmed_at is not None
    assert sign_in(visitor, "amina@example.org", PASSWORD).status_code == 422
    assert sign_in(visitor, "amina@new.example.org", PASSWORD).status_code == 303


def test_people_are_found_by_the_new_address_then(amina, changing, dawit, browser, visitor):
    visitor.post(link_in(last_letter("Amina@New.example.org")))
    found = browser(dawit).get("/manage/people?q=new.example").text
    assert "Amina Issoufou" in found


def test_the_code_of_the_new_address_serves_too(amina, changing):
    changing.post("/me/confirm", data={"code": code_in(last_letter("Amina@New.example.org"))})
    assert fresh(amina).email == "Amina@New.example.org"


def test_the_link_is_good_for_one_day(frozen_clock, amina, changing, visitor):
    frozen_clock(days=1, seconds=1)
    assert visitor.post(link_in(last_letter("Amina@New.example.org"))).status_code == 410
    assert fresh(amina).email == "amina@example.org"


@pytest.mark.parametrize("way", ["link", "code"])
def test_an_address_that_was_taken_meanwhile_is_refused(amina, changing, visitor, way):
    letter = last_letter("Amina@New.example.org")
    make.user(email="amina@new.example.org")
    if way == "link":
        answer = visitor.post(link_in(letter))
    else:
        answer = changing.post("/me/confirm", data={"code": code_in(letter)})
    assert answer.status_code == 422
    assert "belongs to another account by now" in answer.text
    assert fresh(amina).email == "amina@example.org"


def test_nobody_learns_that_an_address_is_in_use(amina, boris, browser):
    amina.password_hash = HASH
    hers = browser(amina)
    free, taken = ask_change(hers), ask_change(hers, "boris@example.org")
    assert (free.status_code, free.location, free.data) == (taken.status_code, taken.location, taken.data)
    assert last_letter("boris@example.org").template == "people/address_in_use"
    for _ in range(2):
        ask_change(hers, "boris@example.org")
    refused = ask_change(hers, "boris@example.org")
    assert "already sent within the hour" in refused.text


def test_confirming_by_code_cannot_take_an_address_in_use(amina, boris, browser, visitor):
    amina.password_hash = HASH
    hers = browser(amina)
    ask_change(hers, "boris@example.org")
    hers.post("/me/confirm", data={"code": "000000"})
    assert fresh(amina).email == "amina@example.org"


def test_changing_needs_the_present_password_and_wrong_ones_are_counted(amina, browser, visitor):
    amina.password_hash = HASH
    hers = browser(amina)
    for _ in range(FAILURES_HERE):
        answer = ask_change(hers, password="not this one")
        assert answer.status_code == 422 and "This is not your present password." in answer.text
    assert ask_change(hers).status_code == 429
    assert letters() == []
    assert sign_in(visitor, "amina@example.org", PASSWORD).status_code == 429


def test_ones_own_address_is_no_change(amina, browser):
    amina.password_hash = HASH
    assert "the address of your account already" in ask_change(browser(amina), "AMINA@example.org").text


def test_an_old_confirmation_does_not_confirm_a_new_address(mariam, hers, visitor):
    old = link_in(last_letter("mariam@example.org"))
    mariam.email, mariam.email_norm = "mariam@new.example.org", "mariam@new.example.org"
    answer = visitor.post(old)
    assert answer.status_code == 422
    assert "no longer yours" in answer.text
    assert not confirmed(mariam)


# Changing the password


def change_password(one, present: str = PASSWORD, new: str = NEW):
    return one.post("/me/password", data={"present_password": present, "password": new, "again": new})


def test_a_new_password_ends_every_other_device(amina, browser):
    amina.password_hash = HASH
    desk, phone = browser(amina), browser(amina)
    assert change_password(desk).location == "/me/profile"
    page = desk.get("/me/profile")
    assert page.status_code == 200 and "Every other device is signed out." in page.text
    assert phone.get("/me/profile").status_code == 302
    assert sign_in(phone, "amina@example.org", PASSWORD).status_code == 422
    assert sign_in(phone, "amina@example.org", NEW).status_code == 303


def test_it_takes_the_present_one(amina, browser):
    amina.password_hash = HASH
    assert "This is not your present password." in change_password(browser(amina), "not this one").text
    assert db.session.scalar(select(func.count()).where(CountedEvent.kind == "failure")) == 1
    assert fresh(amina).password_hash == HASH


def test_ones_own_name_is_no_password(amina, browser):
    amina.password_hash = HASH
    assert "too easy to guess" in change_password(browser(amina), new="Amina Issoufou").text


# Sweeping


def test_used_links_are_forgotten_after_a_while(amina, reset_link, frozen_clock, sweep):
    sweep()
    assert db.session.scalar(select(func.count()).select_from(Token)) == 1
    frozen_clock(days=400)
    sweep()
    assert db.session.scalar(select(func.count()).select_from(Token)) == 0


def test_what_a_link_says_goes_into_no_log_of_ours(amina, reset_link):
    token = reset_link.rpartition("/")[2]
    assert links.queries.token_hash(token) == db.session.scalar(select(Token.hash))
    assert token != db.session.scalar(select(Token.hash))


def test_its_owner_is_told_of_a_new_password(amina, reset_link, browser):
    amina.password_hash = HASH
    change_password(browser(amina))
    told = last_letter("amina@example.org")
    assert told.template == "people/password_changed"
    assert "academy@example.org" in told.body and "/reset/" not in told.body
