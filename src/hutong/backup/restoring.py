"""A platform comes back: from the second place, the wrapped keys and two passphrases, into a folder that is new.

In this order: what is there is looked at, keys come back, the database's files and its log, PostgreSQL replays that to
its end or to a moment, the instance gets a name of its own. The signer's heads come from the second place, and so what
was signed last is not known for sure: a mark stops the log until two officers begin its next epoch. Where the folder
had its own heads still, they alone decide. Who is killed on the way begins anew; until then the folder is no platform.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from hutong.audit import heads, instance, log
from hutong.audit.heads import Heads, RestoredLog
from hutong.backup import choosing, evidence, place, recovery, unpacking
from hutong.backup.evidence import ReturnedLog
from hutong.backup.files import PlaceUnreadable
from hutong.backup.macs import Macs
from hutong.backup.place import SEGMENT_BYTES, Archived, BackupPlace, BackupSet
from hutong.backup.timelines import Timeline
from hutong.backup.unpacking import Log
from hutong.core import beijing, leaves
from hutong.core.errors import Conflicting, Missing, Refused, Unavailable
from hutong.db import cluster, lasting, lockfile, postmaster, receiving
from hutong.db.embedded import DatabaseDidNotStart, Server
from hutong.installation import identity, keys, opening
from hutong.installation.identity import EMBEDDED, Identity
from hutong.settings import Settings

REPLAY_SECONDS = 24 * 3600.0
"""How long PostgreSQL may take to replay its log."""
_PAGE = 8192
"""Bytes of a page of the database's log."""
_RECORD = 8 * _PAGE
"""Bytes of a record that may be half written: hardly any is longer."""
_NOT_REACHED = "recovery ended before configured recovery target was reached"
_ITS_OWN = {"keys", *recovery.BESIDE}
"""What a folder may hold that a platform is put back into: its keys, and what was said when it was set up."""


class FolderInUse(Conflicting):
    """The folder {data} holds something already ({found}); a platform is put back into a new one."""


class RestoreRunning(Conflicting):
    """Another process is putting a platform back into {data} at this moment."""


class RestoredAlready(Conflicting):
    """This platform was put back on {since} already, on the machine {machine} in {folder}."""


class MomentBeforeSets(Missing):
    """The oldest backup set ended at {oldest}; nothing is kept of {at}."""


class MomentAfterLog(Missing):
    """The backup has what was committed until {until}; what was to be at {at} is not in it."""


class PostgresOther(Unavailable):
    """Backup set {number} is of PostgreSQL {wanted}, whose programs are not here; there are those of {found}."""


class KeysOfAnother(Refused):
    """The keys are those of the log {found}, the backup is that of {wanted}."""


class KeysWanting(Unavailable):
    """The recovery copy lacks the keys {wanting}, under which data are held: those cannot be read."""


class LogBroken(Unavailable):
    """The database's log at the backup place is broken at {segment}; what was committed after it did not come back."""


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What will be put back: which set, until which moment, of which line of the database's log."""

    place: BackupPlace
    owner: Mapping[str, Any]
    chosen: BackupSet
    at: datetime | None
    """The moment asked for; None for all there is."""
    until: datetime
    """Up to when all that was committed is at the second place."""
    timeline: Timeline
    """The line of the database's log that is replayed."""
    archived: Archived | None = None
    """How far the log had come, as the platform last noted it."""
    number: int | None = None
    """The set that was asked for; None for whichever fits."""
    doubts: tuple[PlaceUnreadable, ...] = ()
    """Files of the place that cannot be read, or that the platform did not write: they are left out."""

    def lacks(self, reached: int) -> str | None:
        """Return the segment at which the log ends too early where it was replayed up to a position; None where not.

        The position that was noted may lie within a record that was being written, where it is a page's first.
        """
        noted = self.archived
        if noted is None or self.at is not None or not noted.system:
            return None
        whole = reached >= noted.received or (noted.received % _PAGE == 0 and noted.received - reached < _RECORD)
        if whole and (noted.system, noted.timeline) == (self.chosen.system, self.timeline.number):
            return None
        return place.segment_name(self.timeline.number, reached // SEGMENT_BYTES)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what was not."""

    plan: RestorePlan
    log: Log
    evidence: ReturnedLog
    own_heads: bool
    """Whether the folder had its own heads still: then they decide whether the log goes on."""
    keys_wanting: tuple[str, ...]
    """Ids of keys under which rows are held, and which the recovery copy does not have."""
    identity: Identity
    bytes: int = field(default=0)

    @property
    def unreachable(self) -> str | None:
        """Where the database's log is broken, so that what came after is not there; None where it is whole."""
        return self.log.broken_at

    @property
    def until(self) -> datetime:
        """Up to when all that was committed came back."""
        if self.unreachable is None:
            return self.plan.at or self.plan.until
        return max(self.plan.chosen.ended_at, self.evidence.committed_at or self.plan.chosen.ended_at)


def plan(at: BackupPlace, *, moment: datetime | None, number: int | None, again: bool = True) -> RestorePlan:
    """Return what would be put back: the newest set before `moment`, or the one of that number.

    Who owns the place may have written it; `believed` says what of it the platform did.

    Raises SetMissing, MomentBeforeSets, MomentAfterLog, PostgresOther, PlaceUnreadable and, unless `again`,
    RestoredAlready.
    """
    owner = at.owner()
    restored = [each for each in owner["instances"] if each["restored_from"]]
    if restored and not again:
        last = restored[-1]
        since = beijing.shown(datetime.fromisoformat(last["since"]))
        raise RestoredAlready(since=since, machine=last["machine"], folder=last["folder"])
    doubts = list(at.unreadable())
    if doubts and not any(number in (None, each.number) for each in at.sets()):
        raise doubts[0]
    at.set(number)  # told first where there is none at all
    sets = [each for each in at.sets() if number in (None, each.number)]
    fitting = [each for each in sets if moment is None or each.ended_at <= moment]
    if not fitting:
        raise MomentBeforeSets(oldest=beijing.shown(sets[0].ended_at), at=beijing.shown(moment))
    chosen, line = choosing.choose(at, owner, fitting, moment)
    archived = None
    try:
        archived = at.archived()
    except PlaceUnreadable as problem:
        doubts.append(problem)
    until = max(chosen.ended_at, archived.at) if archived else chosen.ended_at
    if moment is not None and moment > until:
        raise MomentAfterLog(until=beijing.shown(until), at=beijing.shown(moment))
    if chosen.postgres not in postmaster.programs():
        found = ", ".join(map(str, sorted(postmaster.programs()))) or "-"
        raise PostgresOther(number=chosen.number, wanted=chosen.postgres, found=found)
    return RestorePlan(at, owner, chosen, moment, until, line, archived, number, tuple(doubts))


def believed(seems: RestorePlan, content: Mapping[str, bytes]) -> RestorePlan:
    """Return the plan of what the platform itself wrote to the place, as the keys of the opened copy tell.

    Raises as `plan`, PlaceAltered for what all hangs on, and KeyFileUnreadable.
    """
    at = replace(seems.place, macs=Macs.of_copy(content))
    return plan(at, moment=seems.at, number=seems.number)


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Be the only one to put a platform into the folder in the block; until its end nobody opens what is there.

    What one that was killed left of a database goes. Raises FolderInUse, before anything is changed, and
    RestoreRunning.
    """
    data, mark = settings.data, settings.data / opening.RESTORING
    if not mark.exists() and data.exists():
        strange = sorted(each.name for each in data.iterdir() if each.name not in _ITS_OWN)
        if strange:
            raise FolderInUse(data=str(data), found=", ".join(strange[:5]))
    data.mkdir(parents=True, exist_ok=True)
    with lockfile.locked(mark, refused=RestoreRunning(data=str(data))) as number:
        os.ftruncate(number, 0)
        os.write(number, f"{os.getpid()}\n".encode())
        yield
        mark.unlink()
        lasting.sync(data)


def under_way(mark: Path) -> bool:
    """Return whether the process that put this mark into a folder is still at work there."""
    with mark.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def put_keys_back(settings: Settings, content: Mapping[str, bytes], plan: RestorePlan) -> None:
    """Write the keys of a recovery copy that was opened; those that are in the folder stay as they are.

    Raises KeysOfAnother.
    """
    wanted = plan.owner["log_name"]
    there = settings.keys / keys.NAME
    found = there.read_text(encoding="utf-8") if there.exists() else _log_name(content)
    if found != wanted:
        raise KeysOfAnother(found=found, wanted=wanted)
    recovery.put_back(content, settings.data, lost_alone=True)


def check_keys(data: Path, content: Mapping[str, bytes]) -> None:
    """See that the keys of an opened copy are those of the platform in a folder; raises KeysOfAnother.

    Which platform it is was told by the key of its log.
    """
    own = identity.read(data)
    verifiers = [each.decode("utf-8", "replace").strip() for name, each in content.items() if name.endswith(".vkey")]
    if own is None or own.platform not in {identity.platform_of(each) for each in verifiers}:
        raise KeysOfAnother(found=_log_name(content), wanted=str(own.platform) if own else "-")


def _log_name(content: Mapping[str, bytes]) -> str:
    """Return what the log of an opened copy is called."""
    return content.get(f"keys/{keys.NAME}", b"-").decode("utf-8", "replace")


def bring_back(
    settings: Settings, plan: RestorePlan, *, told: Callable[[str], object] = str, durable: bool = True
) -> tuple[Server, Log, int]:
    """Make the database of a set and the log that follows it, and return its server, running, and what was brought.

    It answers once PostgreSQL has replayed the log. `told` is called with the name of each step as it begins. Raises
    what unpacking raises, DatabaseDidNotStart, MomentAfterLog.
    """
    server = opening.own_server(settings, durable=durable, patience_seconds=REPLAY_SECONDS)
    brought: list[tuple[int, Log]] = []

    def fill(new: Path) -> None:
        told("unpack")
        size = unpacking.unpack(plan.chosen, new)
        told("log")
        brought.append((size, unpacking.bring_log(plan.place, plan.chosen, line=plan.timeline, to=new / "pg_wal")))
        _ask_to_replay(new, plan)

    receiving.receive(server, fill)
    ((size, log_brought),) = brought
    told("replay")
    try:
        server.start()
    except DatabaseDidNotStart as fault:
        if _NOT_REACHED not in str(fault.facts["reason"]):
            raise
        # Nothing was committed after the moment that was asked for, so all there is is what was then.
        _ask_to_replay(server.cluster, replace(plan, at=None))
        server.start()
    cluster.configure(server.cluster, then={})
    if log_brought.broken_at is None and (ends := plan.lacks(evidence.reached(server))) is not None:
        log_brought = replace(log_brought, broken_at=ends)
    return server, log_brought, size


def restore(
    settings: Settings, plan: RestorePlan, content: Mapping[str, bytes], *, by: tuple[str, str],
    told: Callable[[str], object] = str, durable: bool = True,
) -> Restored:  # fmt: skip
    """Put a platform back into the folder of `settings` and return what came back; `content` is the opened copy.

    `by` are the two officers whose passphrases opened it. The folder is a platform when this returns, and not before:
    whoever is killed begins anew. Raises FolderInUse, RestoreRunning, KeysOfAnother, and what `believed` and
    `bring_back` raise.
    """
    plan = believed(plan, content)
    with alone(settings):
        own_heads = evidence.has_own_heads(settings)
        told("keys")
        put_keys_back(settings, content, plan)
        settings, now = keys.named(settings), opening.own_clock(settings)()
        if not own_heads:
            evidence.copy_heads(settings, plan.place, until=beijing.shown(plan.until))
        server, log_brought, size = bring_back(settings, plan, told=told, durable=durable)
        try:
            told("evidence")
            own = _name(settings, plan, server, now=now)
            found = evidence.read(settings, server, plan.archived)
            wanting = evidence.keys_wanting(settings, server)
            restored = Restored(plan, log_brought, found, own_heads, wanting, own, size)
            if not own_heads:
                _stop_log(settings, restored)
            _enter(server, settings, restored, by=by, now=now)
        finally:
            server.stop()
        return restored


def _ask_to_replay(data: Path, plan: RestorePlan) -> None:
    """Have PostgreSQL replay the log that lies in its folder, to its end or to a moment, and go on from there.

    What the set said of how a server runs is not believed: every command it could be given is empty.
    """
    asked = {
        "restore_command": "exit 1", "archive_cleanup_command": "", "recovery_end_command": "", "hot_standby": "off",
        "recovery_target_action": "promote",
    }  # fmt: skip
    told = plan.timeline.number == 1 or (data / "pg_wal" / f"{plan.timeline.number:08X}.history").exists()
    asked["recovery_target_timeline"] = str(plan.timeline.number) if told else "latest"
    if plan.at is not None:
        asked["recovery_target_time"] = plan.at.astimezone(UTC).isoformat()
    cluster.configure(data, then=asked)
    signal = data / "recovery.signal"
    lasting.put(signal, b"", owner=(data / "PG_VERSION").stat())


def _name(settings: Settings, plan: RestorePlan, server: Server, *, now: datetime) -> Identity:
    """Give what came back a name of its own, in the folder and in the database, and return it."""
    platform = UUID(plan.owner["platform"])
    own = Identity(platform, uuid4(), identity.located(settings.data), EMBEDDED)
    with evidence.as_owner(server) as cur:
        if not instance.pass_on(cur, platform=own.platform, instance=own.instance, now=now):
            instance.begin(cur, platform=own.platform, instance=own.instance, now=now)
    identity.write(settings.data, own)
    return own


def _stop_log(settings: Settings, restored: Restored) -> None:
    """Stop the log, of the epochs there are, until two officers begin the next."""
    found, until = restored.evidence, beijing.shown(restored.until)
    came_back = RestoredLog(epoch=found.epoch, ahead=heads.ahead(), until=until, lost=found.lost)
    Heads(settings.keys / keys.HEADS).note_restored(came_back)


def _enter(server: Server, settings: Settings, restored: Restored, *, by: tuple[str, str], now: datetime) -> None:
    """Enter in the log what was put back, from where and up to when, and what is known to be lost."""
    plan, found = restored.plan, restored.evidence
    record = {
        "set": plan.chosen.number, "set_ended_at": leaves.moment(plan.chosen.ended_at),
        "asked_at": plan.at and leaves.moment(plan.at), "log_until_at": leaves.moment(restored.until),
        "log_broken_at": restored.unreachable, "signed_size": found.signed, "stored_size": found.stored,
        "lost": found.lost, "instance": str(restored.identity.instance), "keepers": [*by], "by": log.PLATFORM,
    }  # fmt: skip
    with evidence.as_owner(server) as cur:
        cur.execute(evidence.statements.as_control)
        log.append(cur, [log.LogEntry("backup.restored", now, record)])


def restored_from(restored: Restored) -> dict[str, Any]:
    """Return what the second place is told of where an instance came from."""
    plan = restored.plan
    return {
        "set": plan.chosen.number, "at": plan.at and plan.at.isoformat(), "until": restored.until.isoformat(),
        "timeline": restored.evidence.timeline, "lost": restored.evidence.lost,
    }  # fmt: skip
