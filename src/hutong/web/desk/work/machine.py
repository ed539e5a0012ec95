"""What is wanting of what the pages stand on: disks, certificate, clock, keys, backups; and of the emergency plans."""

import socket

from django.conf import settings

from hutong.backup import standing
from hutong.control.security import queries as papers
from hutong.control.sharing.home import Wanting
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.db.database import Cur
from hutong.installation import watching
from hutong.plane import registers, rulebook
from hutong.web import clock


def look(cur: Cur, *, actor: Actor) -> Wanting:
    """Return what is wanting now; of systems' old keys too, which are about to end, and of the emergency plans.

    Of plans what the actor looks after.
    """
    now = clock.now()
    seen = watching.look(settings.WATCHED, cur, now=now, clock=clock.real, machine=socket.gethostname())
    days = rulebook.number(cur, "keys.warning_days", day=beijing.day(now))
    backups, keys = standing.wanting(cur, now=clock.real()), registers.ending(cur, now=now, days=days)
    return Wanting([*seen.problems, *backups, *keys], papers.wanting(actor, now=now))
