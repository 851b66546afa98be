"""Who reaches what: every endpoint and method, for everybody, in one table. What is missing here fails test_access.

Amina studies the course of the address; Boris teaches it; Chloe teaches another; Dawit administers. Strangers to an
object get 404 (HIDDEN), members without the right get 403 (FORBIDDEN). Names in addresses come from the academy of the
tests (`slug`, `step`, `code` …: see `address_of` in test_access); `values={…}` says otherwise.
"""

from tests.support.access import AWAY, FORBIDDEN, HIDDEN, OPEN, SIGN_IN, Row

# fmt: off
TABLE = [
    #   endpoint                             method  visitor     Amina       Boris       Chloe       Dawit
    Row("home.accessibility",                "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("home.choose_data_saver",            "POST", OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("home.choose_language",              "POST", OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("home.course",                       "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("home.front",                        "GET",  OPEN,       AWAY,       AWAY,       AWAY,       AWAY),
    Row("home.healthz",                      "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("home.help",                         "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("home.help_page",                    "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN, values={"role": "trainee"}),
    Row("home.manage",                       "GET",  SIGN_IN,    FORBIDDEN,  OPEN,       OPEN,       OPEN),
    Row("home.my_learning",                  "GET",  SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("home.privacy",                      "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),

    Row("catalogue.asset",                   "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("catalogue.courses",                 "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("catalogue.preview",                 "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),

    Row("people.accept_institution",         "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("people.ask_reset",                  "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.ask_reset",                  "POST", OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.change_email",               "GET",  SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.change_email",               "POST", SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.change_password",            "GET",  SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.change_password",            "POST", SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.change_person",              "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN, values={"what": "block"}),
    Row("people.confirm",                    "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.confirm",                    "POST", OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.confirm_address",            "GET",  SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.confirm_address",            "POST", SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.confirm_again",              "POST", SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.end_role",                   "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("people.grant_role",                 "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("people.manage_institutions",        "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("people.manage_people",              "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("people.manage_person",              "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("people.merge_institution",          "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("people.profile",                    "GET",  SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.profile",                    "POST", SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.register",                   "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.register",                   "POST", OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.registered",                 "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.reject_institution",         "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("people.reset",                      "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.reset",                      "POST", OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.reset_sent",                 "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.sign_in",                    "GET",  OPEN,       AWAY,       AWAY,       AWAY,       AWAY),
    Row("people.sign_in",                    "POST", OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.sign_out",                   "POST", SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("people.sign_out_everywhere",        "POST", SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),

    Row("learning.choose_language",          "POST", SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("learning.enrol",                    "GET",  SIGN_IN,    AWAY,       OPEN,       OPEN,       OPEN),
    Row("learning.enrol",                    "POST", SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("learning.leave",                    "GET",  SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("learning.leave",                    "POST", SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("learning.lesson",                   "GET",  SIGN_IN,    OPEN,       AWAY,       AWAY,       AWAY),
    Row("learning.manage_course",            "GET",  SIGN_IN,    FORBIDDEN,  OPEN,       HIDDEN,     OPEN),
    Row("learning.manage_courses",           "GET",  SIGN_IN,    FORBIDDEN,  OPEN,       OPEN,       OPEN),
    Row("learning.manage_trainers",          "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("learning.manage_trainers",          "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("learning.mark_done",                "POST", SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("learning.remove_trainer",           "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("learning.resume",                   "GET",  SIGN_IN,    AWAY,       HIDDEN,     HIDDEN,     HIDDEN),

    Row("assessment.answer",                 "POST", SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("assessment.attempt",                "GET",  SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("assessment.hand_in",                "POST", SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("assessment.manage_person",          "GET",  SIGN_IN,    FORBIDDEN,  OPEN,       HIDDEN,     OPEN),
    Row("assessment.manage_person",          "POST", SIGN_IN,    FORBIDDEN,  OPEN,       HIDDEN,     OPEN),
    Row("assessment.quiz",                   "GET",  SIGN_IN,    OPEN,       AWAY,       AWAY,       AWAY),
    Row("assessment.result",                 "GET",  SIGN_IN,    AWAY,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("assessment.review",                 "GET",  SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("assessment.save",                   "POST", SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("assessment.start",                  "POST", SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),

    Row("certification.choose_languages",    "POST", SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("certification.compare",             "POST", OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("certification.manage",              "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("certification.manage_one",          "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("certification.mine",                "GET",  SIGN_IN,    OPEN,       OPEN,       OPEN,       OPEN),
    Row("certification.pdf",                 "GET",  SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     OPEN),
    Row("certification.reissue",             "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("certification.revoke",              "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("certification.show",                "GET",  SIGN_IN,    OPEN,       HIDDEN,     HIDDEN,     HIDDEN),
    Row("certification.verify",              "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),
    Row("certification.verify_form",         "GET",  OPEN,       OPEN,       OPEN,       OPEN,       OPEN),

    Row("reporting.after_export",            "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  AWAY),
    Row("reporting.export",                  "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("reporting.exports",                 "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("reporting.records",                 "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),

    Row("core_manage.jobs",                  "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("core_manage.message",               "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("core_manage.outbox",                "GET",  SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN),
    Row("core_manage.retry_job",             "POST", SIGN_IN,    FORBIDDEN,  FORBIDDEN,  FORBIDDEN,  OPEN, data={"key": "broken"}),
]
# fmt: on

__all__ = ["AWAY", "FORBIDDEN", "HIDDEN", "OPEN", "SIGN_IN", "TABLE", "Row"]
