"""A clock that was ahead and is set back, as whoever verifies a log sees it: what the entry of that covers, no more.

The platform enters that its clock was set back; the leaf of that entry is of the moment the clock was set to. It covers
something only where the log itself shows that the clock had been ahead: within a week before, the moments of two
checkpoints jumped by at least what the clock was set back by. Each jump covers that much once, and nothing where a
witness has seen a checkpoint before it at a later moment. Covered are then

- leaves from the checkpoint before it on, as old as the longest transaction before the moment it was set to, until the
  checkpoints, whose moments never fall, are of a later moment than before it; and
- what was said since the jump of a moment that had not come.

Whatever looks like either is held until it is known whether such an entry comes.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hutong.audit.faults import Findings
from hutong.core import defaults
from hutong.core.leaves import moment

SET_BACK = "audit.clock_set_back"
LONGEST_TRANSACTION = timedelta(minutes=defaults.number("audit.transaction_minutes"))
CLOCKS_APART = timedelta(minutes=1)
"""How far the clocks of two machines may be apart."""
AHEAD_AT_FIRST = timedelta(days=1)
"""By how much a clock may have been ahead from the log's first checkpoint on, where nothing shows it."""
LONGEST_AHEAD = timedelta(days=7)
"""For how long a clock may have been ahead: a longer gap before is none that it jumped over."""
_FIRST = "0001-01-02"


@dataclass(frozen=True, slots=True)
class ClockCorrection:
    """An entry of a clock that was set back: the epoch and position it is at, and the moment it was set to.

    `back` is by how much the checkpoints were ahead of that moment. `covers` says whether the log shows that the clock
    had been ahead: where it does not, the entry covers nothing.
    """

    epoch: int
    entry: int
    at: str
    back: timedelta
    covers: bool


@dataclass(slots=True)
class _Jump:
    number: int
    to_at: str
    left: timedelta
    first: bool

    def bears(self, at: str, by: timedelta, *, until: str) -> bool:
        lasts = _between(self.to_at, until) <= LONGEST_AHEAD
        return lasts and by <= self.left and (not self.first or at <= self.to_at)


@dataclass(slots=True)
class _Doubt:
    """Faults of one kind in one epoch, which an entry may cover that comes later."""

    of: Findings
    what: str
    jump: int
    lowest: str | None = None
    found: Findings = field(default_factory=Findings)

    def settle(self) -> None:
        """Report them: nothing has covered them."""
        self.of.count += self.found.count - len(self.found.faults)
        for fault in self.found.faults:
            self.of.add(fault.what, fault.where)


class ClockCorrections:
    """The clock of a log, over all of its epochs; on a training clock nothing is covered."""

    def __init__(self) -> None:
        self.corrections: list[ClockCorrection] = []
        self._trains = False
        self._signed_at = ""
        self._jumps: list[_Jump] = []
        self._counted = 0
        self._set_to: str | None = None
        self._seen_at = ""
        self._doubts: dict[tuple[int, str, int], _Doubt] = {}
        self._early: dict[tuple[int, str, int], _Doubt] = {}

    def begin(self, *, trains: bool) -> None:
        """Begin with an epoch, which may live on a training clock."""
        if trains or self._trains:
            self._jumps, self._set_to = [], None
        self._trains = trains

    def floor(self, usual: str) -> str:
        """Return from when on leaves may be by now; `usual` is from when on where no clock was set back."""
        return usual if self._set_to is None else min(usual, shifted(self._set_to, -LONGEST_TRANSACTION))

    def covers(self, at: str) -> bool:
        """Return whether a clock was set back so that leaves may be of a moment by now."""
        return self._set_to is not None and at >= shifted(self._set_to, -LONGEST_TRANSACTION)

    def holds(self, at: str) -> bool:
        """Return whether a checkpoint's moment is the one they keep until the clock, which was set back, is past it."""
        return self._set_to is not None and at == self._signed_at

    def jumps_to(self, at: str | None) -> bool:
        """Return whether a checkpoint of a moment would be the first after a jump, or of all."""
        return at is not None and (not self._signed_at or _between(self._signed_at, at) > CLOCKS_APART)

    def signed(self, at: str) -> None:
        """Note the moment of the next checkpoint."""
        _settle(self._early)
        if not self._trains and self.jumps_to(at):
            first = not self._signed_at
            self._counted += 1
            left = AHEAD_AT_FIRST if first else _between(self._signed_at, at)
            self._jumps = [*(each for each in self._jumps if each.left > left), _Jump(self._counted, at, left, first)]
        if at > self._signed_at:
            self._signed_at, self._set_to = at, None

    def seen(self, at: str) -> None:
        """Note when a witness saw the checkpoint that was signed last."""
        self._seen_at = max(self._seen_at, at)

    def set_back(self, at: str, *, epoch: int, entry: int) -> None:
        """Take the entry of a clock that was set back to a moment for what it covers."""
        ahead_of = self._set_to or self._signed_at
        if self._trains or not ahead_of or at < _FIRST or _between(at, self._signed_at) <= CLOCKS_APART:
            return
        by = max(_between(at, ahead_of), timedelta())
        bearing = (each for each in reversed(self._jumps) if each.bears(at, by, until=self._signed_at))
        jump = next(bearing, None)
        if self._seen_at > shifted(at, CLOCKS_APART):
            jump = None
        self.corrections.append(ClockCorrection(epoch, entry, at, _between(at, self._signed_at), jump is not None))
        if jump is None:
            return
        jump.left -= by
        self._set_to = min(at, ahead_of)
        oldest = shifted(self._set_to, -LONGEST_TRANSACTION)
        for doubts in (self._doubts, self._early):
            for key, doubt in list(doubts.items()):
                if doubt.jump >= jump.number and (doubt.lowest is None or doubt.lowest >= oldest):
                    del doubts[key]

    def doubt(self, of: Findings, what: str, where: str, *, at: str | None = None, ahead: int = 0) -> None:
        """Hold a fault until it is known whether an entry covers it; `ahead` is 1 of what the next jump makes."""
        _hold(self._doubts, _Doubt(of, what, self._counted + ahead), where, at)

    def early(self, of: Findings, what: str, where: str, *, at: str) -> None:
        """Hold that a leaf is too old until its checkpoint: the entry that covers it is under the same."""
        _hold(self._early, _Doubt(of, what, self._counted), where, at)

    def end(self) -> None:
        """Report what no entry has covered."""
        _settle(self._early)
        _settle(self._doubts)


def shifted(at: str, by: timedelta) -> str:
    """Return a moment that is later than another, or earlier, as leaves write them."""
    return moment(datetime.fromisoformat(at) + by)


def _between(earlier: str, later: str) -> timedelta:
    return datetime.fromisoformat(later) - datetime.fromisoformat(earlier)


def _hold(doubts: dict[tuple[int, str, int], _Doubt], doubt: _Doubt, where: str, at: str | None) -> None:
    kept = doubts.setdefault((id(doubt.of), doubt.what, doubt.jump), doubt)
    kept.found.add(doubt.what, where)
    if at is not None:
        kept.lowest = min(kept.lowest or at, at)


def _settle(doubts: dict[tuple[int, str, int], _Doubt]) -> None:
    for doubt in doubts.values():
        doubt.settle()
    doubts.clear()
