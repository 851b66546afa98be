"""What the clock deletes and when, the command, and the page that says it."""

import datetime as dt
import html
import os
import re

import pytest
from sqlalchemy import func, select

import config
from elearn.core import audit, clock, privacy, retention
from elearn.core.db import db
from elearn.core.models import Audit, AuditDetail, Job, JobState, Mail
from elearn.core.privacy import Fate
from elearn.core.storage import storage
from elearn.people.models import SignIn, User
from tests.factories import people as make
from tests.test_config import GOOD, configured

DAY = dt.timedelta(days=1)


def ago(**by: float) -> dt.datetime:
    return clock.now() - dt.timedelta(**by)


def mail(key: str, at: dt.datetime, *, sent: bool = True) -> None:
    db.session.add(
        Mail(key=key, to_addr="amina@example.org", lang="en", template="people/reset", subject="A subject",
             body="A body\n", created_at=at, sent_at=at if sent else None)
    )  # fmt: skip


def job(key: str, at: dt.datetime, state: JobState = JobState.DONE, kind: str = "x.do") -> None:
    ended = at if state in (JobState.DONE, JobState.FAILED) else None
    db.session.add(
        Job(kind=kind, key=key, args={}, state=state, run_at=at, attempts=1, created_at=at, finished_at=ended)
    )


@pytest.fixture
def run(fresh_context):
    def carry_out() -> dict[str, int]:
        with fresh_context():
            return retention.run()

    return carry_out


# Each rule


def test_messages_lose_address_and_text_once_they_were_sent(app, run):
    mail("old", ago(days=181))
    mail("new", ago(days=179))
    assert run() == {"mail": 1}
    rows = {row.key: (row.to_addr, row.body, row.subject) for row in db.session.scalars(select(Mail))}
    assert rows == {"old": ("", "", "A subject"), "new": ("amina@example.org", "A body\n", "A subject")}
    assert run() == {}


def test_a_message_that_never_went_out_goes_with_its_order(app, run, do_jobs):
    mail("stuck", ago(days=181), sent=False)
    job("mail:stuck", ago(days=181), JobState.FAILED, "mail.send")
    job("mail:other", ago(days=10), JobState.FAILED, "mail.send")
    assert run() == {"mail": 1}
    assert db.session.scalars(select(Mail)).all() == []
    assert list(db.session.scalars(select(Job.key))) == ["mail:other"]


def test_details_of_the_log_go_and_the_log_stays(app, dawit, run):
    with clock.frozen(ago(days=401)):
        audit.note("blocked", "user", 7, actor=dawit.id, detail={"remark": "old"})
    with clock.frozen(ago(days=399)):
        audit.note("blocked", "user", 7, actor=dawit.id, detail={"remark": "new"})
    before = db.session.scalars(select(Audit.id)).all()
    assert run() == {"audit-details": 1}
    assert [row["remark"] for row in db.session.scalars(select(AuditDetail.detail)) if "remark" in row] == ["new"]
    assert set(before) <= set(db.session.scalars(select(Audit.id)))


def test_jobs_go_once_they_are_done_and_not_when_they_failed(app, run):
    for key, days, state in (
        ("done-old", 31, JobState.DONE),
        ("done-new", 29, JobState.DONE),
        ("failed-old", 31, JobState.FAILED),
        ("waiting-old", 31, JobState.QUEUED),
    ):
        job(key, ago(days=days), state)
    assert run() == {"jobs": 1}
    assert sorted(db.session.scalars(select(Job.key))) == ["done-new", "failed-old", "waiting-old"]


def test_sign_ins_go_ninety_days_after_they_ended(app, amina, run):
    for number, (started, ended) in enumerate([(100, 91), (100, 89), (181, None), (179, None), (1, None)]):
        db.session.add(
            SignIn(user_id=amina.id, token_hash=f"{number:064}", epoch=0, started_at=ago(days=started, hours=1),
                   seen_at=ago(days=started), agent="test", ended_at=ago(days=ended) if ended else None)
        )  # fmt: skip
    assert run() == {"sign-ins": 2}
    assert [row.token_hash[-1] for row in db.session.scalars(select(SignIn).order_by(SignIn.id))] == ["1", "3", "4"]


def test_half_written_files_go_and_what_is_being_written_stays(app, run):
    storage().put(b"kept")
    root = storage().root
    old = [root / "tmpabc", next(root.glob("??")) / "tmpdef"]
    young = [root / "tmpghi"]
    for path in (*old, *young):
        path.write_bytes(b"x")
    long_ago = ago(days=1, minutes=1).timestamp()
    for path in old:
        os.utime(path, (long_ago, long_ago))
    for path in root.rglob("*"):
        if path.is_file() and len(path.name) == 64:
            os.utime(path, (long_ago, long_ago))
    assert run() == {"left-over-files": 2}
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in young)
    assert storage().read("".join(path.name for path in root.rglob("*") if len(path.name) == 64)) == b"kept"


def test_accounts_nobody_uses_are_proposed_and_left_alone(app, dawit, browser, run, fresh_context):
    moment = ago(days=1100)
    make.user("Amina Silent", created_at=moment, last_sign_in_at=moment)
    make.user("Boris Silent", created_at=moment)  # older than what is on record
    make.user("Chloe Busy", created_at=moment, last_sign_in_at=ago(days=3))
    make.user("Idris Blocked", created_at=moment, state="blocked")
    his = browser(dawit)
    with fresh_context():
        assert retention.due()["inactive-accounts"] == 2
    assert run() == {}
    page = his.get("/manage/people?state=inactive").text
    assert "Amina Silent" in page and "Boris Silent" in page
    assert "Chloe Busy" not in page and "Idris Blocked" not in page
    assert db.session.scalar(select(func.count()).where(User.state == "erased")) == 0


def test_more_than_a_portion_is_done_in_several_transactions(app, run, monkeypatch):
    monkeypatch.setattr(retention, "PORTION", 10)
    for number in range(25):
        job(f"old-{number}", ago(days=31))
    assert run() == {"jobs": 25}


# The settings


def test_every_time_can_be_set_by_the_environment(tmp_path):
    changed = configured(**GOOD, DATA_DIR=str(tmp_path), RETAIN_MAIL_DAYS="30", RETAIN_UNUSED_ACCOUNTS_DAYS="0")
    assert changed["RETENTION_DAYS"] == config.RETENTION_DAYS | {"mail": 30, "unused-accounts": 0}


@pytest.mark.parametrize("value", ["0", "-1", "soon"])
def test_a_time_that_is_none_is_refused(tmp_path, value):
    with pytest.raises(config.BadConfiguration, match="RETAIN_MAIL_DAYS"):
        configured(**GOOD, DATA_DIR=str(tmp_path), RETAIN_MAIL_DAYS=value)


def test_a_rule_may_be_switched_off(app, run, monkeypatch, visitor, fresh_context):
    make.user("Mariam Diallo", state="unconfirmed", created_at=ago(days=900))
    days = app.config["RETENTION_DAYS"]
    monkeypatch.setitem(app.config, "RETENTION_DAYS", days | {"unused-accounts": 0, "inactive-accounts": 0})
    with fresh_context():
        assert not {"unused-accounts", "inactive-accounts"} & set(retention.due())
    assert run() == {}
    assert "never confirmed" not in visitor.get("/privacy/data").text


# The command


def test_the_dry_run_counts_and_changes_nothing(app, command):
    job("old", ago(days=31))
    told = command("retention", "--dry-run")
    assert told.exit_code == 0
    assert re.search(r"^jobs +30 d +1 due$", told.output, re.MULTILINE)
    assert re.search(r"^mail +180 d +0 due$", told.output, re.MULTILINE)
    assert re.search(r"^inactive-accounts +1095 d +0 proposed, nothing is done$", told.output, re.MULTILINE)
    assert len(told.output.splitlines()) == len(retention.rules())
    assert db.session.scalars(select(Job.key)).all() == ["old"]
    assert db.session.scalars(select(Audit)).all() == []


def test_the_command_does_what_the_dry_run_said_and_notes_it(app, command):
    job("old", ago(days=31))
    assert re.search(r"^jobs +30 d +1 done$", command("retention").output, re.MULTILINE)
    assert db.session.scalars(select(Job.key)).all() == []
    (entry,) = db.session.scalars(select(Audit))
    assert (entry.verb, entry.actor_id) == ("retention", None)
    assert db.session.scalars(select(AuditDetail.detail)).all() == [{"jobs": 1}]


# The sweep


def test_the_worker_does_it_once_a_day(app, later):
    job("one", ago(days=31))
    later(minutes=0)
    assert db.session.scalars(select(Job.key)).all() == []
    job("two", ago(days=31))
    with clock.frozen(clock.now()):
        later(minutes=0)
    assert db.session.scalars(select(Job.key)).all() == ["two"]
    later(days=1)
    assert db.session.scalars(select(Job.key)).all() == []


def test_several_workers_begin_a_day_once(app):
    db.session.commit()
    with app.app_context():
        assert [retention._is_first_of_the_day() for _ in range(3)] == [True, False, False]


def test_a_rule_that_fails_keeps_no_other_from_its_work(app, run, monkeypatch):
    job("old", ago(days=31))
    mail("old", ago(days=181))
    broken = retention._rules["jobs"]
    monkeypatch.setitem(retention._rules, "jobs", type(broken)(**{**vars(broken), "carry_out": lambda _before: 1 / 0}))
    assert run() == {"mail": 1}


def test_nothing_to_do_asks_for_no_lock_and_leaves_no_note(app, fresh_context, count_statements):
    with fresh_context():
        retention.run()
    with count_statements() as seen, fresh_context():
        retention.run(promptly=True)
    assert not [one for one in seen if not one.lstrip().upper().startswith("SELECT")]
    assert db.session.scalars(select(Audit)).all() == []


# The page


def test_the_page_says_what_the_rules_do(app, visitor):
    page = visitor.get("/privacy/data").text
    for rule in retention.rules():
        assert str(rule.holding.what) in page
        with app.test_request_context():
            assert rule.said in page
    assert "180 days after it was written" in page


def test_it_says_what_each_part_holds_and_why(app, visitor):
    page = html.unescape(visitor.get("/privacy/data").text)
    until, afterwards = page.partition("Kept until you are erased")[2].split("Kept without your name", 1)
    for holding in privacy.holdings():
        if not holding.rule:
            where = until if holding.fate is Fate.ERASED else afterwards
            assert str(holding.what) in where and str(holding.why) in where


def test_it_follows_the_settings(app, visitor, monkeypatch):
    monkeypatch.setitem(app.config, "RETENTION_DAYS", app.config["RETENTION_DAYS"] | {"mail": 45})
    page = visitor.get("/privacy/data").text
    assert "45 days after it was written" in page and "180 days" not in page


def test_it_is_found_from_the_foot_of_every_page_and_the_notice(visitor):
    assert 'href="/privacy/data"' in visitor.get("/privacy").text.partition("<main")[2].partition("</main>")[0]
    assert 'href="/privacy/data"' in visitor.get("/accessibility").text.partition("<footer")[2]
