"""An instance takes its backup place back, or over, from another one that wrote there and is out of use now.

What that one wrote is put aside whole, beside the place, and can be restored from there: the place begins anew, so that
the logs of two databases never lie in one folder.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from hutong.audit import log
from hutong.backup import apart, place, recovery, taking
from hutong.backup.place import BackupPlace, Owner, PlaceAway, PlaceOfAnother
from hutong.control.units.rules import Actor
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Refused
from hutong.db.database import Cur

ENTITLED = ("operator", "system_admin")
"""Roles, for the whole installation, whose officers may say so."""


class PlaceOwn(Conflicting):
    """The backup place {folder} is this instance's own; nothing was changed."""


class TakeOverUnexplained(Invalid):
    """Why the backup place is taken over has to be said."""


class NotEntitledToTakeOver(Refused):
    """A backup place is taken over by {role}; {by} holds none of these roles."""

    clause = "SX-11-a"


def take_over(cur: Cur, root: Path, owner: Owner, *, reason: str, by: Actor, real: datetime, now: datetime) -> Path:
    """Begin the place anew for this instance and return where what was there lies from now on; it is entered.

    `cur` acts as `control`; `real` is the machine's moment, `now` the platform's. The keys' recovery copy goes along.
    Raises TakeOverUnexplained, NotEntitledToTakeOver, PlaceOwn, PlaceAway, PlaceInside, PlaceOfAnother,
    PlaceUnreadable, PlaceFull and PlaceFailing.
    """
    if is_blank(reason):
        raise TakeOverUnexplained
    if not any(seat.role in ENTITLED for seat in by.platform_seats):
        raise NotEntitledToTakeOver(role=", ".join(ENTITLED), by=by.officer)
    at = BackupPlace(root / place.named(owner.platform), owner.macs)
    if not (at.folder / "platform.json").exists():
        raise PlaceAway(folder=str(root))
    before = at.owner()
    if before["platform"] != owner.platform:
        raise PlaceOfAnother(folder=str(at.folder), platform=before["platform"])
    if before["instance"] == owner.instance:
        raise PlaceOwn(folder=str(at.folder))
    apart.check(root, Path(owner.folder))
    aside = root / f"former-{at.folder.name}-{real.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    last = before["instances"][-1]
    record = {
        "folder": str(at.folder), "to_folder": str(aside), "from_machine": last["machine"],
        "instance": before["instance"], "reason": reason, "by": by.officer,
    }  # fmt: skip
    log.append(cur, [log.LogEntry("backup.place_taken_over", now, record)])
    with taking.writing(at):
        _begin_anew(at, aside, owner, before["instances"], now=real)
    return aside


def _begin_anew(
    at: BackupPlace, aside: Path, owner: Owner, instances: list[dict[str, object]], *, now: datetime
) -> None:
    """Put the place aside and begin another; who is killed between the two begins it with `hutong backup --anew`."""
    at.folder.rename(aside)
    place.begin(at.folder.parent, owner, now=now)
    told = at.owner()
    at.put("platform.json", told | {"instances": [*instances, *told["instances"]]})
    if (aside / recovery.FILE).exists():
        shutil.copy2(aside / recovery.FILE, at.folder / recovery.FILE)
