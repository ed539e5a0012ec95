"""What keeps the clock of the machine a worker runs on, looked at beside all else, and noted for the doors."""

import socket
import threading
from collections.abc import Sequence

from hutong.audit import machines
from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.installation.watching import ClockApart, ClockUnkept
from hutong.messages import logger
from hutong.plane import rulebook
from hutong.settings import Clock
from hutong.worker import timesources

LOOK_SECONDS = 30.0
"""How often the system and the time servers are asked."""


def run(
    db: Database, *, clock: Clock, own_clock: Clock, servers: Sequence[str], stop: threading.Event
) -> None:
    """Look again and again until `stop` is set; what is found is noted by the platform's `clock`.

    `own_clock` is the machine's, whatever a training clock says.
    """
    told: list[str] = []
    while not stop.is_set():
        try:
            codes = [each.code for each in once(db, clock=clock, own_clock=own_clock, servers=servers)]
        except Exception:  # a door: a lost database is waited for
            logger.exception("machine.not_noted")
        else:
            if codes != told:
                logger.warning("machine.wanting", codes=codes)
            told = codes
        stop.wait(LOOK_SECONDS)


def once(db: Database, *, clock: Clock, own_clock: Clock, servers: Sequence[str]) -> list[Problem]:
    """Look once, note what is wanting of this machine's clock, and return it."""
    name = socket.gethostname()
    offsets = {server: offset for server in servers if (offset := _asked(server, own_clock)) is not None}
    now = clock()
    with db.transaction() as cur:
        most = rulebook.number(cur, "watch.clock_seconds", day=beijing.day(now))
        found = _found(offsets, most=most, name=name)
        machines.note(cur, found, machine=name, looked_for=(ClockApart, ClockUnkept), now=now)
    return found


def _found(offsets: dict[str, float], *, most: int, name: str) -> list[Problem]:
    if not offsets:
        return [] if timesources.kept_by_system() else [ClockUnkept(machine=name)]
    server = max(offsets, key=lambda each: abs(offsets[each]))
    if abs(offsets[server]) <= most:
        return []
    return [ClockApart(machine=name, seconds=round(offsets[server]), source=server)]


def _asked(server: str, clock: Clock) -> float | None:
    try:
        return timesources.apart(server, clock=clock)
    except (OSError, ValueError, timesources.NoTime) as fault:
        logger.info("time_server.silent", server=server, reason=str(fault))
        return None
