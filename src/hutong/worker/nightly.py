"""What control does once a day, in a thread with Django: after two in the morning, or when the worker starts.

A pass that comes about within a day says how often it is looked at.

To be imported once Django is set up.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from hutong.control.catalog import passes as versions
from hutong.control.handovers import offices_to_come
from hutong.control.handovers import passes as handovers
from hutong.control.nodes import passes as nodes
from hutong.control.notices import passes as notices
from hutong.control.procedures import passes
from hutong.control.registration import passes as registrations
from hutong.control.security import passes as papers
from hutong.control.signon import operations as signon
from hutong.control.units import answered, deputies, kept_forms, logins, offices, sessions
from hutong.control.units import passes as members
from hutong.core.workdays import Calendar
from hutong.db.database import Database
from hutong.messages import logger
from hutong.settings import Clock
from hutong.worker import running

DAY = timedelta(days=1)
BEGINS = timedelta(hours=18)
"""By the clock of UTC: two in the morning in China, when what belongs to the day before is done."""
LOOK_SECONDS = 60.0
"""How long until it is looked again whether something is to be done."""


@dataclass(frozen=True, slots=True)
class NightlyPass:
    """A pass of control: its code (labels `tasks`), and what it calls with the moment."""

    name: str
    run: Callable[[datetime], object]
    every: timedelta = DAY


def warn_of_offices() -> list[str]:
    """Warn of offices that no unit holds, whose cases wait for nobody, and return them (D-23)."""
    found = offices.lacking()
    if found:
        logger.warning("offices.lacking", offices=found)
    return found


NIGHTLY = (
    NightlyPass("roles_by_date", lambda now: members.roles_by_date(now=now)),
    NightlyPass("end_deputies", lambda now: deputies.end_past(now=now)),
    NightlyPass("forget_failed_logins", lambda now: logins.forget_past(now=now)),
    NightlyPass("forget_sessions", lambda now: sessions.forget_past(now=now)),
    NightlyPass("forget_kept_forms", lambda now: kept_forms.forget_past(now=now)),
    NightlyPass("forget_handed_codes", lambda now: signon.forget_past(now=now)),
    NightlyPass("forget_answered_requests", lambda now: answered.forget_past(now=now)),
    NightlyPass(
        "remind_to_switch",
        lambda now: versions.remind_to_switch(now=now, calendar=Calendar.official()),
    ),
    NightlyPass(
        "bring_rehearsals_near",
        lambda now: papers.bring_rehearsals_near(now=now, calendar=Calendar.official()),
    ),
    NightlyPass(
        "contacts_take_effect",
        lambda now: notices.take_effect(now=now, calendar=Calendar.official()),
    ),
    NightlyPass(
        "handovers_take_effect",
        lambda now: handovers.take_effect(now=now, calendar=Calendar.official()),
    ),
    NightlyPass("offices_pass_on", lambda now: offices_to_come.pass_on(now=now)),
    NightlyPass(
        "server_windows",
        lambda now: nodes.windows(now=now, calendar=Calendar.official()),
        every=timedelta(minutes=10),
    ),
    NightlyPass(
        "server_drifts",
        lambda now: nodes.find_drifts(now=now, calendar=Calendar.official()),
        every=timedelta(minutes=10),
    ),
    NightlyPass("remind_of_protection", lambda now: registrations.remind_of_protection(now=now)),
    NightlyPass("look_at_offices", lambda now: warn_of_offices()),
    NightlyPass("check_turns", lambda now: passes.check_turns(now=now)),
)
"""Every pass of control, in their order."""


def run(
    locks: Database,
    record: Database,
    *,
    clock: Clock,
    stop: threading.Event,
    schedule: tuple[NightlyPass, ...] = NIGHTLY,
) -> None:
    """Run every pass once a day until `stop` is set, whichever worker does; one that fails is tried again soon."""
    while not stop.is_set():
        try:
            once(locks, record, clock=clock, schedule=schedule)
        except Exception:  # a door: a lost database is waited for
            logger.exception("nightly.failed")
        connection.close()
        stop.wait(LOOK_SECONDS)


def once(locks: Database, record: Database, *, clock: Clock, schedule: tuple[NightlyPass, ...] = NIGHTLY) -> None:
    """Run the passes that no worker has done today; one that fails stops no other."""
    for item in schedule:
        running.run(locks, record, task=item.name, every=item.every, begins=BEGINS, work=item.run, clock=clock)
