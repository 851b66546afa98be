"""How long things are kept: the rules by which the clock deletes, carried out daily, and told to everybody.

A rule says what it deletes, when and why in words; the public page is written from the same rules, so that it cannot
say anything else. Days come from RETENTION_DAYS of the configuration, where 0 means: not by the clock.
"""

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from elearn.core import audit, clock, jobs, settings
from elearn.core.db import db, reading, refusing_clash, unit_of_work
from elearn.core.errors import Refused
from elearn.core.models import Setting
from elearn.core.privacy import Holding

log = logging.getLogger(__name__)
PORTION = 1000
LAST_RUN = "retention_last_run"
Before = dt.datetime
Condition = Callable[[Before], ColumnElement[bool]]


@dataclass(frozen=True)
class Rule:
    """What is kept no longer than a time. `due` counts what has stood since before a moment, `carry_out` ends it.

    Without `carry_out` nothing is done: the rule only proposes. `period` is for rules whose time is not a setting.
    `promptly`: looked at every minute, not once a day. The holding says what it is and why it is kept.
    """

    holding: Holding
    how_long: Callable[[int], str]  # from the number of days; of minutes, where a `period` is shorter than a day
    due: Callable[[Before], int]
    carry_out: Callable[[Before], int] | None
    period: dt.timedelta | None = None
    promptly: bool = False

    @property
    def name(self) -> str:
        return self.holding.rule

    @property
    def time(self) -> dt.timedelta | None:
        """How long it keeps; None: the clock leaves it alone."""
        if self.period is not None:
            return self.period
        days = current_app.config["RETENTION_DAYS"][self.name]
        return dt.timedelta(days=days) if days else None

    @property
    def said(self) -> str:
        """How long it keeps, in the reader's words; '' when the clock leaves it alone."""
        time = self.time
        if time is None:
            return ""
        return self.how_long(time.days or int(time.total_seconds() // 60))


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> None:
    """Add a rule. Called once for each."""
    _rules[rule.name] = rule


def rules() -> tuple[Rule, ...]:
    """Every rule, in a stable order."""
    return tuple(_rules[name] for name in sorted(_rules))


def deleting(
    key: InstrumentedAttribute[Any], condition: Condition
) -> tuple[Callable[[Before], int], Callable[[Before], int]]:
    """`due` and `carry_out` of a rule that deletes rows, a portion in each transaction. `key`: the primary key."""
    return _counting(key, condition), lambda before: in_portions(
        lambda: db.session.execute(
            delete(key.class_)
            .where(key.in_(select(key).where(condition(before)).limit(PORTION)))
            .execution_options(synchronize_session=False)
        )
    )


def emptying(
    key: InstrumentedAttribute[Any], condition: Condition, **values: object
) -> tuple[Callable[[Before], int], Callable[[Before], int]]:
    """The same for a rule that empties columns; afterwards the condition must not hold any more."""
    return _counting(key, condition), lambda before: in_portions(
        lambda: db.session.execute(
            update(key.class_)
            .where(key.in_(select(key).where(condition(before)).limit(PORTION)))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    )


def _counting(key: InstrumentedAttribute[Any], condition: Condition) -> Callable[[Before], int]:
    return lambda before: db.session.scalar(select(func.count(key)).where(condition(before))) or 0


def in_portions(step: Callable[[], Any]) -> int:
    """Repeat a statement, each time in a transaction of its own, until it finds less than a portion; how many rows."""
    total = 0
    while True:
        with unit_of_work():
            count = int(step().rowcount)
        total += count
        if count < PORTION:
            return total


def due() -> dict[str, int]:
    """What every rule would do now: rows by the name of the rule. Reads only."""
    with reading():
        return {rule.name: rule.due(clock.now() - rule.time) for rule in rules() if rule.time is not None}


def run(*, promptly: bool = False) -> dict[str, int]:
    """Carry out what is due; what was done, by the name of the rule. To be called outside any transaction.

    `promptly`: only the rules that do not wait for their day. One that fails does not keep the others from their work.
    """
    done: dict[str, int] = {}
    for rule in rules():
        if rule.time is None or rule.carry_out is None or (promptly and not rule.promptly):
            continue
        before = clock.now() - rule.time
        try:
            with reading():  # nobody's lock is asked for when there is nothing to do
                waiting = rule.due(before)
            if waiting and (count := rule.carry_out(before)):
                done[rule.name] = count
        except Exception:
            log.exception("the retention rule %s failed", rule.name)
    if done and not promptly:
        with unit_of_work():
            audit.note("retention", "instance", "", actor=None, detail=done)
    return done


@jobs.every_tick
def sweep() -> None:
    """Every minute what does not wait, once a day everything."""
    run(promptly=True)
    if _is_first_of_the_day():
        run()


def _is_first_of_the_day() -> bool:
    """Whether nobody has begun with this day (UTC) yet; several workers may ask."""
    today = clock.now().date().isoformat()
    with reading():
        if settings.get(LAST_RUN) == today:
            return False
    mine = False
    with suppress(Refused), unit_of_work(), refusing_clash("another worker began at the same moment"):
        row = db.session.get(Setting, LAST_RUN, with_for_update=True, populate_existing=True)
        if row is None or row.value != today:
            settings.put(LAST_RUN, today)
            mine = True
    return mine
