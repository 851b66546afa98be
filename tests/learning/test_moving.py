"""Moving people to a new version: what comes along, what is completed by it, who is not moved, who may."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from elearn.assessment.models import Attempt
from elearn.catalogue.events import studying
from elearn.catalogue.models import Course
from elearn.certification.models import Certificate
from elearn.core.db import db, unit_of_work
from elearn.core.errors import Refused
from elearn.core.models import Audit, AuditDetail
from elearn.learning import moving, queries, service, trainers
from elearn.learning.events import course_completed
from elearn.learning.models import Completion, EnrolmentEvent, EnrolmentState, StepProgress
from elearn.learning.moving import Moved
from tests.factories import people
from tests.factories import ruled as make
from tests.factories.ruled import LESSONS, QUIZ, SLUG, URL
from tests.support import ruled_course
from tests.support.ruled_course import BEGIN, CHECK, EXTRA, PLAN, READ_ON

VERSIONS = f"/manage/courses/{SLUG}/versions"
ALL = f"{VERSIONS}/2/move"


def next_version():
    """Another structure: a lesson is new, the optional one is gone, the plan comes sooner, the check takes longer."""
    found = ruled_course.files("order: ordered\n")
    lines = {key: line for key, line in ruled_course.STEP_LINES.items() if key != EXTRA}
    lines = {PLAN: lines.pop(PLAN), **lines, "news": "{id: news, kind: lesson, minutes: 25}"}
    lines[CHECK] = lines[CHECK].replace("minutes: 10", "minutes: 12")
    found[ruled_course.MODULE] = ruled_course.module(lines)
    for lang in ("en", "ar", "fr"):
        del found[f"01-only/extra/lesson.{lang}.md"]
    found["01-only/news/lesson.en.md"] = ruled_course.lesson("What is new")
    return make.published(found)


def without_the_plan():
    """Another structure, which asks for less: whoever lacks only the plan has done it all."""
    lines = {key: line for key, line in ruled_course.STEP_LINES.items() if key != PLAN}
    found = ruled_course.files()
    del found["01-only/plan/file.yaml"], found["assets/plan.csv"]
    return make.published({**found, ruled_course.MODULE: ruled_course.module(lines)})


def without_the_check():
    lines = {key: line for key, line in ruled_course.STEP_LINES.items() if key != CHECK}
    found = ruled_course.files()
    del found["01-only/the-check/quiz.yaml"]
    found["course.yaml"] = found["course.yaml"].replace(b"completion: {result: the-check}\n", b"")
    return make.published({**found, ruled_course.MODULE: ruled_course.module(lines)})


def course() -> Course:
    return db.session.scalars(select(Course).where(Course.slug == SLUG)).one()


def number_of(user) -> int:
    db.session.commit()
    return queries.newer_version(make.enrolment_of(user))[0]


def move(number: int = 2, user=None, actor=None) -> Moved:
    return moving.move(actor, course(), number, user.id if user else None)


def rows(model) -> int:
    db.session.commit()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def first(app, boris, dawit):
    """The course as it was, taught by Boris."""
    make.published(ruled_course.files())
    trainers.add(people.person(dawit), course(), boris.email)


# What comes along


def test_what_is_done_stays_done_and_the_rest_is_the_new_course(first, amina, browser):
    make.enrol(amina)
    make.done(amina, BEGIN, EXTRA)
    next_version()
    assert number_of(amina) == 1
    assert move() == Moved(1, 0)
    assert number_of(amina) == 2
    page = browser(amina).get(LESSONS[BEGIN]).text
    assert "1 of 5 steps done" in page and "What is new" in page and "More to read" not in page
    assert rows(StepProgress) == 2  # also of the step that is gone


def test_what_is_done_stays_open_where_the_new_order_closes_the_rest(first, amina, browser):
    make.enrol(amina)
    make.done(amina, READ_ON)
    next_version()
    move()
    hers = browser(amina)
    assert hers.get(LESSONS[READ_ON]).status_code == 200
    assert hers.get(LESSONS[BEGIN]).status_code == 403
    assert hers.get(f"{URL}/resume").location == make.FILE


def test_the_best_score_stays(first, amina):
    make.enrol(amina)
    service.mark_step_done(make.enrolment_of(amina), make.learning.step_id(CHECK), service.Evidence("quiz:1", 80))
    next_version()
    move()
    service.mark_step_done(make.enrolment_of(amina), make.learning.step_id(CHECK), service.Evidence("quiz:2", 60))
    db.session.commit()
    assert db.session.scalars(select(StepProgress.score)).one() == 80


def test_an_attempt_that_is_open_is_finished_with_its_questions_and_counts(first, amina, browser):
    make.enrol(amina)
    hers = browser(amina)
    hers.post(f"{QUIZ}/start")
    db.session.commit()
    pinned = db.session.scalars(select(Attempt.version_step_id)).one()
    next_version()
    move()
    assert "Attempt 1 is open" in hers.get(QUIZ).text  # although the new order closes the step
    assert hers.post(f"{QUIZ}/start").location == f"{QUIZ}/1"
    hers.post(f"{QUIZ}/1", data={"item": "one", "answer-one": "true", "go": "review"})
    assert hers.post(f"{QUIZ}/1/hand-in").status_code == 303
    db.session.commit()
    progress = db.session.scalars(select(StepProgress)).one()
    assert (progress.step_id, progress.state, progress.score) == (make.learning.step_id(CHECK), "done", 100)
    assert db.session.scalars(select(Attempt.version_step_id)).all() == [pinned]
    assert hers.get(QUIZ).status_code == 200


def test_so_is_one_at_a_quiz_that_is_gone(first, amina, browser):
    make.enrol(amina)
    hers = browser(amina)
    hers.post(f"{QUIZ}/start")
    without_the_check()
    move()
    assert hers.get(QUIZ).location == f"{QUIZ}/1"
    assert hers.get(f"{QUIZ}/1").status_code == 200
    assert hers.post(f"{QUIZ}/1/hand-in").location == f"{QUIZ}/1/result"
    assert hers.get(f"{QUIZ}/1/result").status_code == 200
    assert hers.get(QUIZ).status_code == 404
    assert hers.post(f"{QUIZ}/start").status_code == 404


def test_a_result_leads_to_no_step_that_is_gone(first, amina, browser):
    make.enrol(amina)
    hers = browser(amina)
    hers.post(f"{QUIZ}/start")
    hers.post(f"{QUIZ}/1/hand-in")
    assert f'href="{LESSONS[BEGIN]}"' in hers.get(f"{QUIZ}/1/result").text
    lines = {key: line for key, line in ruled_course.STEP_LINES.items() if key != BEGIN}
    found = ruled_course.files()
    for lang in ("en", "ar", "fr"):
        del found[f"01-only/begin/lesson.{lang}.md"]
    found["01-only/the-check/quiz.yaml"] = found["01-only/the-check/quiz.yaml"].replace(b"    reread: [begin]\n", b"")
    make.published({**found, ruled_course.MODULE: ruled_course.module(lines)})
    move()
    page = hers.get(f"{QUIZ}/1/result")
    assert page.status_code == 200
    assert LESSONS[BEGIN] not in page.text and "Read again:" not in page.text


def test_the_history_says_who_did_it_and_from_where_to_where(first, amina, boris):
    make.enrol(amina)
    next_version()
    move(actor=people.person(boris))
    db.session.commit()
    last = db.session.scalars(select(EnrolmentEvent).order_by(EnrolmentEvent.id.desc())).first()
    assert (last.from_state, last.to_state, last.actor_id) == ("active", "active", boris.id)
    assert last.reason == "version 1 to version 2"
    note = db.session.scalars(select(Audit).where(Audit.verb == "moved-to-version")).one()
    assert (note.actor_id, note.object_type, note.object_id) == (boris.id, "course", str(course().id))
    detail = db.session.scalars(select(AuditDetail.detail).where(AuditDetail.audit_id == note.id)).one()
    assert detail == {"course": SLUG, "version": 2, "people": 1, "completed": 0}


# Completion


def test_whoever_fulfils_the_new_rule_completes_in_the_usual_way(first, amina, chloe):
    told = []
    make.enrol(amina)
    make.enrol(chloe)
    make.done(amina, BEGIN, READ_ON, CHECK)
    make.done(chloe, BEGIN)
    without_the_plan()
    with course_completed.connected_to(lambda _sender, completion, **_more: told.append(completion.enrolment_id)):
        assert move() == Moved(2, 1)
    assert told == [make.place_of(amina).enrolment_id]
    db.session.commit()
    completion = db.session.scalars(select(Completion)).one()
    assert completion.version_id == make.place_of(amina).version_id
    assert rows(Certificate) == 1
    assert make.place_of(amina).state == EnrolmentState.COMPLETED
    assert make.place_of(chloe).state == EnrolmentState.ACTIVE
    states = select(EnrolmentEvent.from_state, EnrolmentEvent.to_state).where(
        EnrolmentEvent.enrolment_id == completion.enrolment_id
    )
    assert db.session.execute(states.order_by(EnrolmentEvent.id)).all() == [
        (None, "active"),
        ("active", "active"),
        ("active", "completed"),
    ]


def test_the_outlook_says_the_same_before_and_writes_nothing(first, amina, chloe):
    make.enrol(amina)
    make.enrol(chloe)
    make.done(amina, BEGIN, READ_ON, CHECK)
    without_the_plan()
    before = rows(EnrolmentEvent)
    assert moving.outlook(course(), moving.target(course())) == {1: Moved(2, 1)}
    assert moving.outlook(course(), moving.target(course()), chloe.id) == {1: Moved(1, 0)}
    assert rows(EnrolmentEvent) == before and rows(Completion) == 0
    assert number_of(amina) == number_of(chloe) == 1


# Whom, and whereto


def test_one_person_alone(first, amina, chloe):
    make.enrol(amina)
    make.enrol(chloe)
    next_version()
    assert move(user=amina) == Moved(1, 0)
    assert (number_of(amina), number_of(chloe)) == (2, 1)
    assert db.session.scalars(select(Audit.object_type).where(Audit.verb == "moved-to-version")).one() == "enrolment"
    assert move() == Moved(1, 0)
    assert number_of(chloe) == 2


def test_completed_and_left_stay_where_they_are(first, amina, chloe, dawit):
    for one in (amina, chloe, dawit):
        make.enrol(one)
    make.done(amina, *ruled_course.REQUIRED)
    service.leave(people.person(chloe), SLUG)
    next_version()
    assert move() == Moved(1, 0)
    assert (number_of(amina), number_of(chloe), number_of(dawit)) == (1, 1, 2)
    make.enrol(chloe)  # coming back, to what was left
    assert number_of(chloe) == 1
    assert move(user=chloe) == Moved(1, 0)


def test_over_several_versions_at_once(first, amina, chloe):
    make.enrol(amina)
    next_version()
    make.enrol(chloe)
    without_the_plan()
    assert moving.outlook(course(), moving.target(course())) == {2: Moved(1, 0), 1: Moved(1, 0)}
    assert move(3) == Moved(2, 0)
    assert number_of(amina) == number_of(chloe) == 3


def test_to_the_structure_behind_a_correction(first, amina):
    make.enrol(amina)
    next_version()
    found = ruled_course.files("order: ordered\n")
    files = {**found, "01-only/begin/lesson.en.md": ruled_course.lesson("How to begin well")}
    make.published(files)  # structure 3: as the first, in order
    make.published({**files, "01-only/begin/lesson.en.md": ruled_course.lesson("How to begin better")})
    assert moving.target(course()).number == 3
    move(3)
    assert number_of(amina) == 3
    assert make.place_of(amina).shown_version_id == course().published_version_id


@pytest.mark.parametrize("number", [0, 1, 3])
def test_nobody_is_moved_back_or_to_another_than_the_newest(first, amina, number):
    make.enrol(amina)
    next_version()
    with pytest.raises(Refused, match="Another version was published meanwhile"):
        move(number)
    move()
    with pytest.raises(Refused, match="Nobody is left to move"):
        move()
    assert number_of(amina) == 2


def test_pressed_by_many_at_the_same_moment_it_happens_once(app, first, amina, boris):
    make.enrol(amina)
    make.done(amina, BEGIN, READ_ON, CHECK)
    without_the_plan()
    actor = people.person(boris)
    db.session.commit()
    together = Barrier(6)

    def press(_number: int) -> str:
        together.wait()
        with app.app_context():
            try:
                with unit_of_work():
                    return str(moving.move(actor, course(), 2).people)
            except Refused as refused:
                return str(refused)

    with ThreadPoolExecutor(6) as pool:
        told = sorted(pool.map(press, range(6)))
    assert told == ["1"] + ["Nobody is left to move. Nothing was changed."] * 5
    assert rows(Completion) == 1


def test_the_catalogue_is_told_who_studies_which_version(first, amina, chloe, dawit):
    for one in (amina, chloe):
        make.enrol(one)
    old = make.place_of(amina).version_id
    new = next_version().version_id
    make.enrol(dawit)
    move(user=chloe)
    db.session.commit()
    ((_receiver, found),) = studying.send("test", slug=SLUG)
    assert found == {old: 1, new: 2}


# The trainer's pages


def test_boris_sees_the_versions_and_how_many_are_on_each(first, amina, chloe, boris, browser):
    make.enrol(amina)
    make.enrol(chloe)
    make.done(amina, *ruled_course.REQUIRED)
    next_version()
    his = browser(boris)
    page = his.get(VERSIONS).text
    newest, oldest = page.split('<th scope="row" class="num">')[1:]
    assert "new version" in newest and "newest" in newest and "by the command line" in newest
    assert [cell.split("<")[0] for cell in oldest.split('<td class="num">')[1:]] == ["1", "1", "0"]
    assert f'href="{ALL}"' in page and "1 person studies an older version" in page
    assert f'href="{VERSIONS}"' in his.get(f"/manage/courses/{SLUG}/people").text


def test_corrections_are_told_from_versions(first, boris, browser):
    files = ruled_course.files()
    make.published({**files, "01-only/begin/lesson.en.md": ruled_course.lesson("How to begin well")})
    page = browser(boris).get(VERSIONS).text
    assert "correction of version 1" in page and "Move all" not in page


def test_the_page_says_what_changes_before_anything_is_done(first, amina, boris, browser):
    make.enrol(amina)
    next_version()
    page = browser(boris).get(ALL).text
    assert "What changes from version 1 to version 2" in page and "It concerns 1 person." in page
    for words in ("New steps:", "What is new", "no longer part of the course", "More to read", "in another place",
                  "12 min instead of 10 min", "now done one after the other", "82 min instead of 60 min"):  # fmt: skip
        assert words in page, words
    assert number_of(amina) == 1


def test_then_the_button_does_it(first, amina, chloe, boris, browser):
    make.enrol(amina)
    make.enrol(chloe)
    next_version()
    his = browser(boris)
    answer = his.post(ALL)
    assert (answer.status_code, answer.location) == (303, VERSIONS)
    assert "2 people now study version 2." in his.get(VERSIONS).text
    assert number_of(amina) == number_of(chloe) == 2
    assert "Nobody is left to move" in his.get(ALL).text
    assert his.post(ALL).status_code == 422


def test_one_person_is_moved_from_her_own_page(first, amina, chloe, boris, browser):
    make.enrol(amina)
    make.enrol(chloe)
    next_version()
    his, page = browser(boris), f"/manage/courses/{SLUG}/people/{amina.public_id}"
    assert f'href="{page}/move/2"' in his.get(page).text
    assert "Amina Issoufou" in his.get(f"{page}/move/2").text
    assert his.post(f"{page}/move/2").location == page
    assert (number_of(amina), number_of(chloe)) == (2, 1)
    assert "/move/" not in his.get(page).text


def test_what_was_looked_at_is_what_happens(first, amina, boris, browser):
    """A version that is published between the page and its button is looked at first."""
    make.enrol(amina)
    next_version()
    his = browser(boris)
    his.get(ALL)
    without_the_plan()
    answer = his.post(ALL)
    assert answer.status_code == 422 and "Another version was published meanwhile" in answer.text
    assert "What changes from version 1 to version 3" in answer.text
    assert his.get(ALL).status_code == 404
    assert number_of(amina) == 1


def test_only_those_who_train_the_course(first, amina, chloe, dawit, browser):
    make.enrol(amina)
    next_version()
    other = people.trainer()
    mine = f"/manage/courses/{SLUG}/people/{amina.public_id}/move/2"
    for one, status in ((browser(amina), 403), (browser(other), 404)):
        for path in (VERSIONS, ALL, mine):
            assert one.get(path).status_code == status
        for path in (ALL, mine):
            assert one.post(path).status_code == status
    assert number_of(amina) == 1
    stranger = f"/manage/courses/{SLUG}/people/{chloe.public_id}/move/2"
    assert browser(dawit).get(stranger).status_code == 404
    assert browser(dawit).post(ALL).status_code == 303


@pytest.mark.parametrize("path", [VERSIONS, ALL])
def test_the_pages_cost_the_same_however_many_people_there_are(first, boris, browser, count_statements, path):
    for _ in range(3):
        make.enrol(people.user())
    next_version()
    his = browser(boris)
    his.get(path)
    with count_statements() as few:
        his.get(path)
    for _ in range(9):
        user = people.user()
        make.enrol(user)
        make.enrolment_of(user).version_id = make.enrolment_of(user).version_id - 1
        make.done(user, BEGIN)
    with count_statements() as many:
        his.get(path)
    assert len(few) == len(many), many


def test_moving_costs_the_same_too(first, boris, browser, count_statements):
    his = browser(boris)

    def moved(people_moved: int, version) -> int:
        for _ in range(people_moved):
            user = people.user()
            make.enrol(user)
            make.done(user, BEGIN)
        version()
        number = moving.target(course()).number
        his.get(f"{VERSIONS}/{number}/move")
        with count_statements() as seen:
            assert his.post(f"{VERSIONS}/{number}/move").status_code == 303
        return len(seen)

    assert moved(3, next_version) == moved(12, without_the_plan)


# The command


def test_the_command_moves_one_or_all(first, amina, chloe, command):
    make.enrol(amina)
    make.enrol(chloe)
    make.done(amina, BEGIN, READ_ON, CHECK)
    without_the_plan()
    done = command("courses", "move", SLUG, "--person", amina.email.upper())
    assert (done.exit_code, done.stdout) == (
        0, f"{SLUG}: 1 person moved to version 2, 1 of them completed the course by it\n"
    )  # fmt: skip
    assert (number_of(amina), number_of(chloe)) == (2, 1)
    assert command("courses", "move", SLUG, "--all").stdout == f"{SLUG}: 1 person moved to version 2\n"
    assert number_of(chloe) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((SLUG,), "say either --all or --person EMAIL"),
        ((SLUG, "--all", "--person", "x@example.org"), "say either --all or --person EMAIL"),
        (("no-such-course", "--all"), "there is no course 'no-such-course'"),
        ((SLUG, "--person", "nobody@example.org"), "nobody has an account with the address nobody@example.org"),
        ((SLUG, "--all"), "Nobody is left to move"),
    ],
)
def test_the_command_says_why_it_did_nothing(first, command, arguments, said):
    done = command("courses", "move", *arguments)
    assert done.exit_code != 0 and said in done.stderr
