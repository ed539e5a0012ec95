"""A lane of the county's past in a process of its own: it is told when a part begins, and says when it is over.

Two processes beside PostgreSQL keep two cores busy. A lane lives no longer than who began it: its line is closed then.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from hutong import settings as settings_room
from hutong.core.errors import Unavailable
from hutong.demo import county as counties
from hutong.demo import past
from hutong.demo.columns import Rows
from hutong.installation import opening
from hutong.installation.joining import join_django
from hutong.installation.opening import Installation

if TYPE_CHECKING:
    from hutong.demo.player import Player


class LaneBroken(Unavailable):
    """A process that prepares the county ended before it was done; its status is {status}."""


class LaneProcess:
    """A lane in another process, begun at once: what it needs is loaded while the county is founded."""

    def __init__(
        self, installation: Installation, *, number: int, of: int, size: past.Size, rows: int, first: datetime
    ) -> None:
        told = {
            "number": number, "of": of, "rows": rows, "begins": first.isoformat(),
            "first": size.first.isoformat(), "until": size.until.isoformat(),
            "applications": size.applications, "deliveries": size.deliveries, "uses": size.uses,
        }  # fmt: skip
        settings = installation.settings
        environ = {
            **os.environ, "HUTONG_DATA": str(settings.data), "HUTONG_DATABASE_URL": installation.database_url,
            "HUTONG_LOG_NAME": settings.log_name, "HUTONG_COUNTY": settings.county,
        }  # fmt: skip
        environ.pop("HUTONG_NOW", None)
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, json.dumps(told)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ, text=True, process_group=0,
        )  # fmt: skip

    def begin(self) -> None:
        """Let it play its next part; raises LaneBroken."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise LaneBroken(status=self._process.wait()) from None

    def end(self) -> None:
        """Wait until it has; raises LaneBroken."""
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise LaneBroken(status=self._process.wait())

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def main(arguments: Sequence[str]) -> None:
    """Play a lane, part by part, a line each."""
    told = json.loads(arguments[0])
    # Whatever else is printed here is no answer.
    line = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    installation = opening.told(settings_room.read(), role="control")
    join_django(installation)
    # Its models can be imported only once Django is set up.
    from hutong.demo import player, playing

    from_date, until_date = (date.fromisoformat(told[name]) for name in ("first", "until"))
    size = past.Size(from_date, until_date, told["applications"], told["deliveries"], told["uses"])
    rows = Rows(people=counties.make_residents(told["rows"]), firms=counties.firms(told["rows"]))
    first, lane = datetime.fromisoformat(told["begins"]), player.Lane(told["number"], told["of"])
    with player.player(installation, lane=lane, size=size, rows=rows, first=first) as own:
        works = [own.publish, *(_part(own, day, hour) for day, hour in playing.parts(past.plan(size)))]
        for work in works:
            if not sys.stdin.readline():
                return
            work()
            print(file=line, flush=True)


def _part(own: "Player", day: past.PastDay, hour: int) -> Callable[[], None]:
    return lambda: own.part(day, hour)


if __name__ == "__main__":
    main(sys.argv[1:])
