"""The county's past, played in the order of the training clock: each day is closed under a signed checkpoint.

Nothing is written past an operation, and nothing is used but by signed questions.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from hutong.audit import retention, tree
from hutong.db import logins
from hutong.db.database import Database
from hutong.demo.clock import Moving
from hutong.demo.past import PastDay
from hutong.demo.player import Player
from hutong.installation.opening import Installation
from hutong.plane import grants

Tell = Callable[[PastDay, float], None]
"""Is told each day that was closed, and the share of all days by then."""


def parts(days: Sequence[PastDay]) -> Iterator[tuple[PastDay, int]]:
    """Yield every day and hour at which something happens, in their order: each lane plays them all."""
    for day in days:
        for hour in day.parts:
            yield day, hour


class Other(Protocol):
    """A lane in another process."""

    def begin(self) -> None:
        """Let it play its next part."""

    def end(self) -> None:
        """Wait until it has; raises LaneBroken."""


@dataclass(frozen=True, slots=True)
class Together:
    """All lanes, which begin a part together and end it together."""

    own: Player
    others: Sequence[Other]

    def do(self, work: Callable[[Player], None]) -> None:
        """Let every lane do its next part; this one does `work`."""
        for other in self.others:
            other.begin()
        work(self.own)
        for other in self.others:
            other.end()


def play(
    installation: Installation, own: Player, *, others: Sequence[Other], days: Sequence[PastDay], tell: Tell
) -> None:
    """Play every part of every day in all lanes at once, and close each day; at the end something is left open."""
    lanes = Together(own, others)
    lanes.do(Player.publish)
    last = [day for day in days if day.working][-1]
    with databases(installation) as (keeper, worker):
        for day, hour in parts(days):
            lanes.do(partial(Player.part, day=day, hour=hour))
            if hour != day.parts[-1]:
                continue
            if day is last:
                own.leave_open()
            now = Moving(own.clock()).turn(day.day, hour=18)
            close(installation, keeper, worker, now=now)
            tell(day, (days.index(day) + 1) / len(days))


def close(installation: Installation, keeper: Database, worker: Database, *, now: datetime) -> None:
    """End a day: what is past ends, what was entered is placed and signed."""
    grants.expire(worker, now=now)
    with worker.transaction() as cur:
        retention.settle_subjects(cur)
    while tree.integrate(keeper, now=now, signer=installation.log_keys, heads=installation.log_heads):
        pass


@contextmanager
def databases(installation: Installation) -> Iterator[tuple[Database, Database]]:
    """Open the database as who places entries and as who does what time does, for the block."""
    with ExitStack() as stack:
        url = installation.address(logins.WORKER)
        keeper, worker = (Database(url, role=role, size=1) for role in ("logkeeper", "worker"))
        stack.callback(keeper.close)
        stack.callback(worker.close)
        yield keeper, worker
