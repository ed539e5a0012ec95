"""How the log fares, as the gateway tells it: looked at no more than once a second, however many ask."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from hutong.audit import waiting
from hutong.audit.waiting import LogState
from hutong.core import text
from hutong.core.labels import Language
from hutong.db.database import Database
from hutong.gateway.shapes import FaultOut, HealthOut, WaitingOut, WarningOut
from hutong.installation.protection import WARNINGS

LIFE_SECONDS = 1.0


class LogWatch:
    """The state of the log, read at most once in `LIFE_SECONDS`; who comes meanwhile waits for whoever reads it."""

    def __init__(self, read: Callable[[], LogState]) -> None:
        self._read = read
        self._reading = threading.Lock()
        self._read_at = float("-inf")
        self._state: LogState | None = None

    def state(self) -> LogState:
        """Return the state of the log; raises psycopg.OperationalError where the database is away."""
        with self._reading:
            if self._state is None or time.monotonic() - self._read_at > LIFE_SECONDS:
                self._state, self._read_at = self._read(), time.monotonic()
            return self._state


def read(db: Database, *, now: datetime) -> LogState:
    """Return the state of the log as of `now`."""
    with db.transaction() as cur:
        return waiting.read(cur, now=now)


def health(state: LogState, *, log_vkey: str, warnings: Sequence[str] = (), language: Language) -> HealthOut:
    """Return what is told of the gateway's health: answering goes on where the log is stopped, and that is told."""
    faults = []
    for problem in state.problems:
        said = text.say(problem, language=language)
        since = state.since_at.isoformat() if state.since_at and problem.code == state.code else None
        faults.append(FaultOut(problem.code, said.message, said.advice, since))
    told = WaitingOut(state.entries, round(state.seconds, 1))
    said_of = {code: text.say(WARNINGS[code](), language=language) for code in warnings}
    wanting = [WarningOut(code, each.message, each.advice) for code, each in said_of.items()]
    return HealthOut("degraded" if faults else "ok", log_vkey, told, faults, wanting)
