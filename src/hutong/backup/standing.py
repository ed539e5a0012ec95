"""How the backups of a platform stand: what is wanting, for every door to tell.

It is read from the database alone: a door has no way to the second place. Moments are those of the machine's own clock.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hutong.audit import backups
from hutong.audit.backups import Archiving, KnownSet
from hutong.backup import (
    alone,
    apart,
    archiving,
    compressing,
    foreign,
    macs,
    nightly,
    ours,
    place,
    reading_back,
    recovery,
    streaming,
    taking,
)
from hutong.core import beijing
from hutong.core.errors import Invalid, Missing, Problem, Unavailable
from hutong.db.database import Cur
from hutong.plane import rulebook

MIB = 1 << 20


class BackupNotSet(Invalid):
    """HUTONG_BACKUP names no backup place: whatever destroys this machine's disk destroys everything."""


class BackupMissing(Missing):
    """There is no backup set yet at the backup place {folder}."""


class BackupOld(Unavailable):
    """The newest backup set, {number}, is of {day}; that is more than {hours} hours ago."""


class BackupUnread(Unavailable):
    """Backup set {number} was not read back for more than {days} days: nobody knows whether it can be read."""


class ArchiveBehind(Unavailable):
    """The backup place is {minutes} minutes behind the database; {mib} MiB of its log wait for it."""


class ArchiverSilent(Unavailable):
    """What brings backups to the backup place has said nothing for {minutes} minutes."""


NOTED: dict[str, type[Problem]] = {
    each.code: each
    for each in (
        place.PlaceAway, apart.PlaceInside, ours.PlaceForeign, place.PlaceTakenOver, alone.PlaceShared,
        place.PlaceOfAnother, place.PlaceUnreadable,
        taking.PlaceFull, taking.PlaceFailing, taking.BackupFailed, streaming.LogNotReceived, archiving.LogHasGap,
        archiving.PlaceOnSameDisk, archiving.PlaceFilling, archiving.PlaceOpen, recovery.RecoveryMissing,
        recovery.RecoveryOutdated, recovery.RecoveryUnreadable, macs.PlaceAltered, foreign.ForeignNotArchived,
        foreign.ForeignArchiveFails,
        reading_back.SegmentWrong, compressing.FrameDamaged, compressing.FrameCut,
    )
}  # fmt: skip
"""What the archiver notes as wanting, by code."""
DAMAGE: dict[str, type[Problem]] = {
    each.code: each
    for each in (
        reading_back.PartMissing, reading_back.PartChanged, reading_back.SetIncomplete, reading_back.SegmentWrong,
        compressing.FrameDamaged, compressing.FrameCut, nightly.LogSegmentMissing, place.PlaceUnreadable,
        macs.PlaceAltered,
    )
}  # fmt: skip
"""What reading a set back may find, by code."""
_OWN = (BackupNotSet, BackupMissing, BackupOld, BackupUnread, ArchiveBehind, ArchiverSilent)
WANTING = tuple(dict.fromkeys((*(each.code for each in _OWN), *NOTED, *DAMAGE)))
"""The code of everything that can be wanting."""
LIMITS = ("hours", "read_days", "behind_minutes")
"""Limits of the rulebook, all under `backup.`."""


def wanting(cur: Cur, *, now: datetime) -> list[Problem]:
    """Return what is wanting of the backups; `now` is the machine's own moment. A platform that trains needs none.

    Raises psycopg.OperationalError where the database is away.
    """
    found = backups.archiving(cur)
    if found is None or found.folder is None:
        return [] if backups.trains(cur) else [BackupNotSet()]
    limit = {name: rulebook.number(cur, f"backup.{name}", day=beijing.day(now)) for name in LIMITS}
    told = [NOTED.get(each["code"], taking.BackupFailed)(**each["facts"]) for each in found.wanting]
    told += _of_archiver(found, now=now, minutes=limit["behind_minutes"])
    if found.embedded:
        told += of_sets(backups.sets(cur, folder=found.folder), folder=found.folder, now=now, limit=limit)
    return told


def _of_archiver(found: Archiving, *, now: datetime, minutes: int) -> list[Problem]:
    longest = timedelta(minutes=minutes)
    if now - found.seen_at > longest:
        return [ArchiverSilent(minutes=_minutes(now - found.seen_at))]
    since = found.received_at or found.began_at
    if found.embedded and now - since > longest:
        return [ArchiveBehind(minutes=_minutes(now - since), mib=found.waiting // MIB)]
    return []


def of_sets(known: Sequence[KnownSet], *, folder: str, now: datetime, limit: dict[str, int]) -> list[Problem]:
    """Return what is wanting of the sets of a place: none, none of late, one unread for long, a damaged one."""
    whole = [each for each in known if each.code is None]
    if not whole:
        found: list[Problem] = [BackupMissing(folder=folder)]
    elif now - whole[-1].ended_at > timedelta(hours=limit["hours"]):
        found = [BackupOld(number=whole[-1].number, day=_day(whole[-1].ended_at), hours=limit["hours"])]
    else:
        found = []
    late = timedelta(days=limit["read_days"] + 1)
    for each in known:
        if each.code in DAMAGE:
            found.append(DAMAGE[each.code](**each.facts or {}))
        elif each.code is None and now - (each.read_back_at or each.ended_at) > late:
            found.append(BackupUnread(number=each.number, days=limit["read_days"]))
    return found


def _day(moment: datetime) -> str:
    return beijing.day(moment).isoformat()


def _minutes(since: timedelta) -> int:
    return int(since.total_seconds() // 60)
