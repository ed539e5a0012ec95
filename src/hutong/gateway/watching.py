"""How log and machine fare, as the gateway tells it: looked at no more than once a second, however many ask."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hutong.audit import instance, waiting
from hutong.audit.instance import Instance
from hutong.audit.waiting import LogState
from hutong.backup import standing
from hutong.core import text
from hutong.core.errors import Problem
from hutong.core.labels import Language
from hutong.db.database import Database
from hutong.gateway.shapes import FaultOut, HealthOut, WaitingOut, WarningOut
from hutong.installation.protection import WARNINGS
from hutong.installation.watching import MachineState, Watched, look
from hutong.settings import Clock

LIFE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class DoorState:
    """How the log fares, and the machine."""

    log: LogState
    seen: MachineState
    instance: Instance | None = None
    """Whose the database is; None where nobody has said it."""
    backups: Sequence[Problem] = ()
    """What is wanting of the backups."""


class StateWatch:
    """What is told, read at most once in `LIFE_SECONDS`; who comes meanwhile waits for whoever reads it."""

    def __init__(self, read: Callable[[], DoorState]) -> None:
        self._read = read
        self._reading = threading.Lock()
        self._read_at = float("-inf")
        self._state: DoorState | None = None

    def state(self) -> DoorState:
        """Return the state of log and machine; raises psycopg.OperationalError where the database is away."""
        with self._reading:
            if self._state is None or time.monotonic() - self._read_at > LIFE_SECONDS:
                self._state, self._read_at = self._read(), time.monotonic()
            return self._state


def read(db: Database, watched: Watched, *, now: datetime, clock: Clock) -> DoorState:
    """Return the state of the log as of `now`, and what the machine is found in by its own `clock`."""
    with db.transaction() as cur:
        log = waiting.read(cur, now=now)
        seen = look(watched, cur, now=now, clock=clock, machine=socket.gethostname())
        return DoorState(log, seen, instance.read(cur), standing.wanting(cur, now=clock()))


def health(state: DoorState, *, log_vkey: str, warnings: Sequence[str] = (), language: Language) -> HealthOut:
    """Return what is told of the gateway's health: answering goes on where the log is stopped, and that is told."""
    faults, log = [], state.log
    for problem in log.problems:
        said = text.say(problem, language=language)
        since = log.since_at.isoformat() if log.since_at and problem.code == log.code else None
        faults.append(FaultOut(problem.code, said.message, said.advice, since))
    told = WaitingOut(log.entries, round(log.seconds, 1))
    problems = [*(WARNINGS[code]() for code in warnings), *state.seen.problems, *state.backups]
    said_of = [(each.code, text.say(each, language=language)) for each in problems]
    wanting = [WarningOut(code, each.message, each.advice) for code, each in said_of]
    own = state.instance
    named = (str(own.platform), str(own.instance)) if own else (None, None)
    return HealthOut("degraded" if faults else "ok", log_vkey, told, faults, wanting, *named)
