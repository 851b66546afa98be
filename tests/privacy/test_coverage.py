"""Every table that says something about a person belongs to a domain's part in that person's rights."""

import pytest
from flask import Flask
from sqlalchemy import Text

from elearn.core import privacy, retention
from elearn.core.db import Base, metadata
from elearn.core.privacy import Fate

pytestmark = pytest.mark.one_database

# Columns that hold a person's number without a foreign key: core knows no people.
LOOSE = {"mail.to_user_id", "audit.actor_id", "audit.on_behalf_id"}

# Columns of words in rows that no UPDATE reaches: what stands there cannot be erased, so it may not be about a person.
WORDS_THAT_STAY = {
    "course_version.reason": "the note to a published version is part of the course's history",
    "draft_revision.note": "the same for a draft",
    "enrolment_event.reason": "a word of a list, or from which version to which somebody was moved",
    "certificate_event.reason": "a word of certification.rules.REASONS",
    "mark_event.reason": "why a mark was given belongs to the answer: what is about a person goes to an erasable row",
    "export_log.purpose": "of the office: who takes out records of others answers for it",
    "version_text.summary": "published",
    "version_text.search_text": "published",
    "version_step_text.html": "published",
    "version_term.definition": "published",
}


def personal_columns() -> set[str]:
    """Every column that points to a person."""
    keys = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "user"
    }
    return keys | LOOSE


def tables_of_a_person() -> set[str]:
    """Tables whose rows are about one person: by `user_id`, and whatever hangs on such a row."""
    owned = {table.name for table in metadata.tables.values() if "user_id" in table.columns} | {"user", "mail"}
    while True:
        further = {
            table.name
            for table in metadata.tables.values()
            for key in table.foreign_keys
            if key.column.table.name in owned - {"user"}
        } - owned
        if not further:
            return owned
        owned |= further


@pytest.fixture
def covered(app: Flask) -> set[str]:
    return {name for holding in privacy.holdings() for name in holding.tables}


def test_whatever_looks_like_a_person_is_known_to_be_one():
    """A column that holds a person's number without saying so would slip through the next test."""
    suspicious = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith(("user_id", "actor_id", "behalf_id", "_by", "author_id", "by_id"))
        and column.name not in ("superseded_by", "submitted_by")
    }
    assert suspicious - personal_columns() == set()


def test_every_column_that_points_to_a_person_belongs_to_a_part(covered):
    forgotten = {name for name in personal_columns() if name not in covered and name.partition(".")[0] not in covered}
    assert forgotten == set()


def test_every_table_about_a_person_belongs_to_a_part(covered):
    assert tables_of_a_person() - covered == set()
    assert {"progress", "response", "certificate_holder", "step_override"} <= tables_of_a_person()


def test_a_part_names_only_what_exists(covered):
    known = set(metadata.tables) | {
        f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns
    }
    assert covered - known == set()


def test_words_in_rows_that_nobody_can_change_are_listed_with_their_reason():
    append_only = {mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_.append_only}
    found = {
        f"{name}.{column.name}"
        for name in append_only
        for column in metadata.tables[name].columns
        if isinstance(column.type, Text)
    }
    assert found == set(WORDS_THAT_STAY)


def test_every_rule_deletes_something_that_a_part_holds(app):
    held = {holding.rule: holding for holding in privacy.holdings() if holding.rule}
    assert {rule.name: rule.holding for rule in retention.rules()} == held


def test_every_time_is_a_setting_or_a_period_of_its_own(app):
    by_days = {rule.name for rule in retention.rules() if rule.period is None}
    assert by_days == set(app.config["RETENTION_DAYS"])


def test_what_stays_is_told_with_its_reason(app):
    for holding in privacy.holdings():
        assert str(holding.what) and str(holding.why)
        assert holding.fate in Fate
    assert {part.domain for part in privacy.parts()} >= {
        "assessment",
        "catalogue",
        "certification",
        "core",
        "learning",
        "people",
        "reporting",
    }
