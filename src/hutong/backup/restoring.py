"""A platform comes back: from the second place, the wrapped keys and two passphrases, into a folder that is new.

In this order: what is there is looked at, keys come back, the database's files and its log, PostgreSQL replays that to
its end or to a moment, the instance gets a name of its own. The signer's heads come from the second place, and so what
was signed last is not known for sure: a mark stops the log until two officers begin its next epoch. Where the folder
had its own heads still, they alone decide. Who is killed on the way begins anew; until then the folder is no platform.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from hutong.audit import heads, instance, log
from hutong.audit.heads import Heads, RestoredLog
from hutong.backup import evidence, recovery, timelines, unpacking
from hutong.backup.evidence import ReturnedLog
from hutong.backup.place import BackupPlace, BackupSet
from hutong.backup.timelines import History, Timeline
from hutong.backup.unpacking import Log
from hutong.core import beijing, leaves
from hutong.core.errors import Conflicting, Missing, Refused, Unavailable
from hutong.db import lasting, postmaster, receiving
from hutong.db.embedded import DatabaseDidNotStart, Server
from hutong.installation import identity, keys, opening
from hutong.installation.identity import EMBEDDED, Identity
from hutong.settings import Settings

REPLAY_SECONDS = 24 * 3600.0
"""How long PostgreSQL may take to replay its log."""
_NOT_REACHED = "recovery ended before configured recovery target was reached"
_ITS_OWN = {"keys", *recovery.BESIDE}
"""What a folder may hold that a platform is put back into: its keys, and what was said when it was set up."""
_AUTO = "postgresql.auto.conf"


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


def plan(at: BackupPlace, *, moment: datetime | None, number: int | None, again: bool = True) -> RestorePlan:
    """Return what is put back: the newest set before `moment`, or the one of that number.

    Raises SetMissing, MomentBeforeSets, MomentAfterLog, PostgresOther, PlaceUnreadable and, unless `again`,
    RestoredAlready.
    """
    owner = at.owner()
    restored = [each for each in owner["instances"] if each["restored_from"]]
    if restored and not again:
        last = restored[-1]
        since = beijing.shown(datetime.fromisoformat(last["since"]))
        raise RestoredAlready(since=since, machine=last["machine"], folder=last["folder"])
    at.set(number)  # told first where there is none at all
    sets = [each for each in at.sets() if number in (None, each.number)]
    fitting = [each for each in sets if moment is None or each.ended_at <= moment]
    if not fitting:
        raise MomentBeforeSets(oldest=beijing.shown(sets[0].ended_at), at=beijing.shown(moment))
    chosen, line = _chosen(at, owner, fitting, moment)
    archived = at.archived()
    until = max(chosen.ended_at, archived.at) if archived else chosen.ended_at
    if moment is not None and moment > until:
        raise MomentAfterLog(until=beijing.shown(until), at=beijing.shown(moment))
    if chosen.postgres not in postmaster.programs():
        found = ", ".join(map(str, sorted(postmaster.programs()))) or "-"
        raise PostgresOther(number=chosen.number, wanted=chosen.postgres, found=found)
    return RestorePlan(at, owner, chosen, moment, until, line)


def _chosen(
    at: BackupPlace, owner: Mapping[str, Any], fitting: Sequence[BackupSet], moment: datetime | None
) -> tuple[BackupSet, Timeline]:
    """Return the newest set from which the line goes on that holds a moment, and that line; of no moment the newest.

    A set of a server that was given up is none of a line that left it before; where no other is there, its own line is.
    """
    for chosen in reversed(fitting):
        histories = timelines.known(at.log(chosen.system))
        of_segments = {each.timeline for each in at.segments(chosen.system)}
        wanted = _timeline(owner, histories, moment) or max({chosen.timeline, *histories, *of_segments})
        if (line := timelines.of(histories, wanted)).includes(chosen.timeline, chosen.stop_lsn):
            return chosen, line
    chosen = fitting[-1]
    return chosen, timelines.after(at, chosen)


def _timeline(owner: Mapping[str, Any], histories: Mapping[int, History], moment: datetime | None) -> int | None:
    """Return on which line of the database's log a moment lies; None for the newest there is.

    An instance that was put back has what was before on its line up to where that ended: what the one before it wrote
    after that, until this one began, is on that one's line alone.
    """
    if moment is None:
        return None
    found = [(int((each["restored_from"] or {}).get("timeline", 1)), each) for each in owner["instances"]]
    by_timeline = dict(found)
    for timeline, each in reversed(found):
        if _is_of(timeline, by_timeline, histories, moment):
            return None if each is found[-1][1] else timeline
    return found[0][0]


def _is_of(
    timeline: int, instances: Mapping[int, Mapping[str, Any]], histories: Mapping[int, History], moment: datetime
) -> bool:
    each = instances.get(timeline)
    if each is None or moment >= datetime.fromisoformat(each["since"]):
        return each is not None
    came = each["restored_from"]
    if not came or moment > datetime.fromisoformat(came["at"] or came["until"]):
        return False
    before = histories.get(timeline, ())
    parent = before[-1][0] if before else max((other for other in instances if other < timeline), default=0)
    return _is_of(parent, instances, histories, moment)


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
    number = os.open(mark, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)  # let go of when this process ends, however it ends
        os.ftruncate(number, 0)
        os.write(number, f"{os.getpid()}\n".encode())
        yield
        mark.unlink()
        lasting.sync(data)
    except BlockingIOError:
        raise RestoreRunning(data=str(data)) from None
    finally:
        os.close(number)


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
    found = there.read_text(encoding="utf-8") if there.exists() else content[f"keys/{keys.NAME}"].decode()
    if found != wanted:
        raise KeysOfAnother(found=found, wanted=wanted)
    recovery.put_back(content, settings.data, lost_alone=True)


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
    _forget_replaying(server.cluster)
    return server, log_brought, size


def restore(
    settings: Settings, plan: RestorePlan, content: Mapping[str, bytes], *, by: tuple[str, str],
    told: Callable[[str], object] = str, durable: bool = True,
) -> Restored:  # fmt: skip
    """Put a platform back into the folder of `settings` and return what came back; `content` is the opened copy.

    `by` are the two officers whose passphrases opened it. The folder is a platform when this returns, and not before:
    whoever is killed begins anew. Raises FolderInUse, RestoreRunning, KeysOfAnother, and what `bring_back` raises.
    """
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
            found = evidence.read(settings, server)
            if not own_heads:
                _stop_log(settings, plan, found)
            wanting = evidence.keys_wanting(settings, server)
            restored = Restored(plan, log_brought, found, own_heads, wanting, own, size)
            _enter(server, settings, restored, by=by, now=now)
        finally:
            server.stop()
        return restored


def _ask_to_replay(cluster: Path, plan: RestorePlan) -> None:
    """Have PostgreSQL replay the log that lies in its folder, to its end or to a moment, and go on from there."""
    _forget_replaying(cluster)
    asked = {"restore_command": "exit 1", "hot_standby": "off", "recovery_target_action": "promote"}
    told = plan.timeline.number == 1 or (cluster / "pg_wal" / f"{plan.timeline.number:08X}.history").exists()
    asked["recovery_target_timeline"] = str(plan.timeline.number) if told else "latest"
    if plan.at is not None:
        asked["recovery_target_time"] = plan.at.astimezone(UTC).isoformat()
    auto = cluster / _AUTO
    kept = auto.read_text() if auto.exists() else ""
    auto.write_text(kept + "".join(f"{name} = '{value}' {_OURS}\n" for name, value in asked.items()))
    (cluster / "recovery.signal").touch(0o600)
    owner = (cluster / "PG_VERSION").stat()
    for each in (auto, cluster / "recovery.signal"):
        os.chown(each, owner.st_uid, owner.st_gid)


_OURS = "# of a restore"


def _forget_replaying(cluster: Path) -> None:
    """Take what was asked for the replay out of the cluster's settings again."""
    auto = cluster / _AUTO
    if auto.exists():
        lines = [line for line in auto.read_text().splitlines(keepends=True) if not line.rstrip().endswith(_OURS)]
        auto.write_text("".join(lines))


def _name(settings: Settings, plan: RestorePlan, server: Server, *, now: datetime) -> Identity:
    """Give what came back a name of its own, in the folder and in the database, and return it."""
    platform = UUID(plan.owner["platform"])
    own = Identity(platform, uuid4(), identity.located(settings.data), EMBEDDED)
    with evidence.as_owner(server) as cur:
        if not instance.pass_on(cur, platform=own.platform, instance=own.instance, now=now):
            instance.begin(cur, platform=own.platform, instance=own.instance, now=now)
    identity.write(settings.data, own)
    return own


def _stop_log(settings: Settings, plan: RestorePlan, found: ReturnedLog) -> None:
    """Stop the log, of the epochs there are, until two officers begin the next."""
    until = beijing.shown(plan.at or plan.until)
    came_back = RestoredLog(epoch=found.epoch, ahead=heads.ahead(), until=until, lost=found.lost)
    Heads(settings.keys / keys.HEADS).note_restored(came_back)


def _enter(server: Server, settings: Settings, restored: Restored, *, by: tuple[str, str], now: datetime) -> None:
    """Enter in the log what was put back, from where and up to when, and what is known to be lost."""
    plan, found = restored.plan, restored.evidence
    record = {
        "set": plan.chosen.number, "set_ended_at": leaves.moment(plan.chosen.ended_at),
        "asked_at": plan.at and leaves.moment(plan.at), "log_until_at": leaves.moment(plan.until),
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
        "set": plan.chosen.number, "at": plan.at and plan.at.isoformat(), "until": plan.until.isoformat(),
        "timeline": restored.evidence.timeline, "lost": restored.evidence.lost,
    }  # fmt: skip
