"""What control does once a day, in a thread with Django: after two in the morning, or when the worker starts.

To be imported once Django is set up.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from hutong.control.orgs import deputies, logins, offices
from hutong.control.orgs import passes as orgs
from hutong.control.procedures import passes
from hutong.core import beijing
from hutong.logs import log
from hutong.settings import Clock

BEGINS = timedelta(hours=2)
"""After midnight in China: what belongs to the day before is done by then."""
AGAIN_SECONDS = 600
"""How long until it is looked again whether something is to be done, also after a failure."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass of control: its name, and what it calls with the moment."""

    name: str
    run: Callable[[datetime], object]


def warn_of_offices() -> list[str]:
    """Warn of offices that no unit holds, whose cases wait for nobody, and return them (D-23)."""
    found = offices.lacking()
    if found:
        log.warning("offices.lacking", offices=found)
    return found


NIGHTLY = (
    Pass("begin and end roles by their days", lambda now: orgs.roles_by_date(now=now)),
    Pass("end deputies whose last day is over", lambda now: deputies.end_past(now=now)),
    Pass("forget failed logins that count no more", lambda now: logins.forget_past(now=now)),
    Pass("look whether every office is held", lambda now: warn_of_offices()),
    Pass("compare whose turn it is with the facts", lambda now: passes.check_turns(now=now)),
)
"""Every pass of control, in their order."""


def run(*, clock: Clock, stop: threading.Event, schedule: tuple[Pass, ...] = NIGHTLY) -> None:
    """Run every pass once a day until `stop` is set; one that fails is logged, and tried again a little later."""
    done: dict[str, date] = {}
    while not stop.is_set():
        once(clock(), done=done, schedule=schedule)
        connection.close()
        stop.wait(AGAIN_SECONDS)


def once(now: datetime, *, done: dict[str, date], schedule: tuple[Pass, ...] = NIGHTLY) -> None:
    """Run the passes not yet done today; `done` is the day each was done last, and is kept up."""
    today = beijing.day(now - BEGINS)
    for item in schedule:
        if done.get(item.name) == today:
            continue
        try:
            log.info("nightly.done", item=item.name, result=item.run(now))
            done[item.name] = today
        except Exception:  # a door: one failing pass must not stop the others
            log.exception("nightly.failed", item=item.name)
