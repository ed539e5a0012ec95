"""Known callers whom the gateway turns away without asking the plane: full, too late, or failing (SX-10-b).

What was refused inside an answer has its entry there. These are entered every few seconds, for each would cost a trip
of its own just when there is no room: the first of a minute singly, and of a flood the number.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from hutong.audit import refusals
from hutong.core.errors import Problem, Unavailable
from hutong.db.database import Database
from hutong.gateway.auth import Call


@dataclass(slots=True)
class _Minute:
    unit: str
    place: str
    singly: list[datetime] = field(default_factory=list)
    more: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    def with_more(self, later: "_Minute") -> "_Minute":
        """Return both together, the later ones after these."""
        moments = [*self.singly, *later.singly]
        singly, beyond = moments[: refusals.SINGLY], moments[refusals.SINGLY :]
        spans = [at for at in (self.first_at, self.last_at, *beyond, later.first_at, later.last_at) if at is not None]
        more = self.more + len(beyond) + later.more
        return _Minute(self.unit, self.place, singly, more, min(spans, default=None), max(spans, default=None))


def is_ours(failure: Problem) -> bool:
    """Whether a failure is the gateway's own word that it cannot now, which no other room has entered."""
    return isinstance(failure, Unavailable) and type(failure).__module__.startswith(f"{__package__}.")


Key = tuple[str, str, datetime]
"""Caller, kind and minute: no more of them than there are registered systems, a few times over."""


class TurnedAway:
    """Those turned away and not entered yet."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._minutes: dict[Key, _Minute] = {}

    def note(self, call: Call, *, code: str, at: datetime) -> None:
        """Note that a caller was turned away."""
        key = (call.caller.system, code, at.replace(second=0, microsecond=0))
        with self._alone:
            minute = self._minutes.setdefault(key, _Minute(call.caller.unit, call.request.path))
            if len(minute.singly) < refusals.SINGLY:
                minute.singly.append(at)
            else:
                minute.more, minute.first_at, minute.last_at = minute.more + 1, minute.first_at or at, at

    def write(self, db: Database) -> int:
        """Enter what was noted, in one transaction, and return how many kinds; where that fails it stays noted."""
        with self._alone:
            due, self._minutes = self._minutes, {}
        try:
            if due:
                _enter(db, due)
        except BaseException:
            with self._alone:
                for key, later in self._minutes.items():
                    due[key] = due[key].with_more(later) if key in due else later
                self._minutes = due
            raise
        return len(due)


def _enter(db: Database, due: dict[Key, _Minute]) -> None:
    with db.transaction() as cur:
        for (system, code, _), minute in due.items():
            record = {"by": system, "unit": minute.unit, "code": code, "place": minute.place}
            for at in minute.singly:
                refusals.enter(cur, "gateway.refused", record, unit=minute.unit, now=at)
            if minute.first_at and minute.last_at:
                spans = minute.first_at, minute.last_at
                refusals.count(cur, "gateway.refused", record, unit=minute.unit, more=minute.more, spans=spans)
