"""What is wanting of the machine the pages run on, its disks, its certificate, its clock, and of the backups."""

import socket
from collections.abc import Sequence

from django.conf import settings

from hutong.backup import standing
from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.db.database import Cur
from hutong.installation import watching
from hutong.plane import registers, rulebook
from hutong.web import clock


def look(cur: Cur) -> Sequence[Problem]:
    """Return what is wanting now; of systems' old keys too, which are about to end."""
    now = clock.now()
    seen = watching.look(settings.WATCHED, cur, now=now, clock=clock.real, machine=socket.gethostname())
    days = rulebook.number(cur, "keys.warning_days", day=beijing.day(now))
    wanting = [*seen.problems, *standing.wanting(cur, now=clock.real())]
    return [*wanting, *registers.ending(cur, now=now, days=days)]
