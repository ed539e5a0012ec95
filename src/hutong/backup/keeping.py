"""Who keeps the keys: two officers of the platform, for whom they are wrapped, and who may have that done."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from hutong.audit import log
from hutong.backup import recovery
from hutong.backup.recovery import Cost, Officer
from hutong.control.units.rules import Actor
from hutong.core import leaves
from hutong.core.errors import Refused
from hutong.db.database import Cur

KEEPERS = ("operator", "authority", "system_admin", "security_admin", "auditor")
"""Roles, for the whole installation, whose officers may keep the keys."""
ENTITLED = ("operator", "authority", "system_admin")
"""Roles that may have the keys wrapped."""


class NotEntitledToWrap(Refused):
    """The keys are wrapped by {role}; {by} holds none of these roles."""

    clause = "SX-11-c"


class NoKeeper(Refused):
    """The keys are kept by officers who are {role}; {officer} holds none of these roles."""

    clause = "SX-11-c"


def check(by: Actor, keepers: Sequence[Actor]) -> None:
    """See that `by` may have the keys wrapped, and for these officers.

    Raises NotEntitledToWrap, recovery.OfficersNotTwo and NoKeeper.
    """
    if not by.acts_for_all(ENTITLED):
        raise NotEntitledToWrap(role=", ".join(ENTITLED), by=by.officer)
    if len({each.officer for each in keepers}) != 2:
        raise recovery.OfficersNotTwo
    for each in keepers:
        if not each.acts_for_all(KEEPERS):
            raise NoKeeper(role=", ".join(KEEPERS), officer=each.officer)


def wrap(
    cur: Cur, data: Path, *, keepers: Sequence[Officer], files: Sequence[Path], platform: str, by: Actor,
    now: datetime, cost: Cost = recovery.USUAL,
) -> None:  # fmt: skip
    """Wrap the keys of a data folder for two officers into each of `files`, and enter that; `check` was asked before.

    A file that was there is replaced, at every moment whole. Raises what `recovery.wrap` raises.
    """
    copy = recovery.wrap(data, officers=keepers, platform=platform, now=now, cost=cost)
    record = {
        "keepers": [each.name for each in keepers], "wrapped_at": leaves.moment(now),
        "files": [str(path) for path in files], "by": by.officer,
    }  # fmt: skip
    log.append(cur, [log.LogEntry("backup.keys_wrapped", now, record)])
    for path in files:
        recovery.write(path, copy)
