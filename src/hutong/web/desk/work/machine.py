"""What is wanting of the machine the pages run on: its disks, its certificate, its clock."""

import socket
from collections.abc import Sequence

from django.conf import settings

from hutong.core.errors import Problem
from hutong.db.database import Cur
from hutong.installation import watching
from hutong.web import clock


def look(cur: Cur) -> Sequence[Problem]:
    """Return what is wanting now."""
    return watching.look(
        settings.WATCHED, cur, now=clock.now(), clock=clock.real, machine=socket.gethostname()
    ).problems
