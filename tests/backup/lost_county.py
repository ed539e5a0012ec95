"""A county that was lost: its second place, its recovery copy and two passphrases are all that is left of it."""

import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import answering
import psycopg
from remembering import usage

from hutong.audit import log, tree
from hutong.backup import compressing, place, recovery, restoring, taking
from hutong.backup.macs import Macs
from hutong.backup.place import Archived, BackupPlace, Owner
from hutong.backup.programs import Source
from hutong.backup.recovery import Cost, Officer
from hutong.db import lasting, postmaster, receiving
from hutong.db.database import Database
from hutong.installation import opening
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring
from hutong.settings import Settings, read

ONE, OTHER = Officer("li.operator", "correct horse battery"), Officer("chen.auditor", "主席台上有一盏绿灯一直亮着")
LOG = "log.qinghe.example/hutong"
CHEAP = Cost(n=2)


def real() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Lost:
    """What is left, and what is known to have been there."""

    root: Path
    """The second place."""
    moments: tuple[datetime, ...]
    """When so many entries were signed: after each of `sizes`."""
    sizes: tuple[int, ...]
    vkey: str
    keys: Path
    """The folder of keys as it was, for who still has that."""

    @property
    def place(self) -> BackupPlace:
        return place.find(self.root)

    @property
    def written(self) -> BackupPlace:
        """The place as the platform itself writes to it, by its keys."""
        return replace(self.place, macs=Macs.of_copy(self.opened()))

    def copied(self, to: Path) -> "Lost":
        """Return another second place with the same in it, to be spoilt."""
        shutil.copytree(self.root, to)
        return replace(self, root=to)

    def opened(self) -> dict[str, bytes]:
        """Return the keys, by both passphrases."""
        return recovery.opened(recovery.read(self.place.folder / recovery.FILE), passphrases=dict([ONE, OTHER]))

    def restored(
        self, data: Path, *, moment: datetime | None = None, number: int | None = None,
        told: Callable[[str], object] = str,
    ) -> restoring.Restored:  # fmt: skip
        """Put the county back into a folder."""
        found = restoring.plan(self.place, moment=moment, number=number)
        by = (ONE.name, OTHER.name)
        return restoring.restore(settings(data), found, self.opened(), by=by, told=told, durable=False)


def settings(data: Path) -> Settings:
    return read({}, data=data)


def owner(installation: Installation) -> Owner:
    assert installation.identity is not None
    return Owner(
        str(installation.identity.platform), str(installation.identity.instance), "青禾县", LOG, "m1",
        str(installation.settings.data), Macs.of(Keyring.load(installation.keyring_path)),
    )  # fmt: skip


def enter(installation: Installation, count: int) -> int:
    """Enter so many uses, have them signed, and return the size of the log."""
    with closing(Database(installation.database_url, role="plane", size=1)) as db, db.transaction() as cur:
        log.append(cur, [usage(n, at=installation.clock()) for n in range(count)])
    return sign(installation)


def sign(installation: Installation) -> int:
    """Have what waits signed, and return the size of the log's epoch."""
    url = installation.address("worker")
    with closing(Database(url, role="logkeeper", size=1)) as db:
        given = {"signer": installation.log_keys, "heads": installation.log_heads}
        tree.integrate(db, now=installation.clock(), **given)
        with db.transaction() as cur:
            ((size,),) = cur.execute("select size from audit.checkpoint order by epoch desc, size desc limit 1")
            return int(size)


def lose(
    data: Path, root: Path, *, rows: Callable[[Installation], object] = repr, starting: datetime | None = None
) -> Lost:
    """Let a county live: a set, then the log of what comes after; and lose it. One `starting` then trains."""
    root.mkdir()
    given = {"HUTONG_LOG_NAME": LOG} | ({"HUTONG_NOW": starting.isoformat()} if starting else {})
    with opening.opened(read(given, data=data), training=starting is not None) as installation:
        source = source_of(installation)
        at = place.begin(root, owner(installation), now=real())
        rows(installation)
        sizes, moments = [enter(installation, 5)], [real()]
        found = taking.take(
            at, source, head=None, hutong="0.1.0", lock=data / "backup.lock", clock=real, part_bytes=8 << 20
        )
        received = Receiving(source, at, found.system)
        for count in (7, 11):
            sizes.append(enter(installation, count))
            moments.append(real())
            time.sleep(0.01)
            with psycopg.connect(source.url, autocommit=True) as connection:
                connection.execute("select pg_switch_wal()")
        received.end(installation, size=sizes[-1])
        vkey = installation.log_verifier
        keep(installation, at)
    assert installation.server is not None
    shutil.move(data / "keys", root.parent / "keys.kept")
    receiving.discard(installation.server)
    shutil.rmtree(data)
    return Lost(root, tuple(moments), tuple(sizes), vkey, root.parent / "keys.kept")


def source_of(installation: Installation) -> Source:
    """Return the platform's own cluster, with the programs of its major."""
    assert installation.server is not None
    major = postmaster.major(installation.server.cluster)
    assert major is not None
    return Source(installation.server.superuser_url(), postmaster.programs()[major])


def keep(installation: Installation, at: BackupPlace) -> None:
    """Bring the signer's heads to the place, and the keys, wrapped for two officers."""
    for head in installation.log_heads.folder.iterdir():
        lasting.put(at.heads / head.name, head.read_bytes(), owner=None)
    log_name = installation.settings.log_name
    copy = recovery.wrap(installation.settings.data, officers=[ONE, OTHER], platform=log_name, now=real(), cost=CHEAP)
    recovery.write(at.folder / recovery.FILE, copy)


class Receiving:
    """The database's log, received beside what is written."""

    def __init__(self, source: Source, at: BackupPlace, system: str) -> None:
        self._at, self._folder, self._url, self._system = at, at.log(system), source.url, system
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with psycopg.connect(source.url, autocommit=True) as connection:
            connection.execute("select pg_create_physical_replication_slot('hutong_test', true)")
        asked = [f"--directory={self._folder}", "--slot=hutong_test", "--synchronous", "--no-loop"]
        self._process = source.begin("pg_receivewal", asked, stderr=subprocess.DEVNULL)

    def end(self, installation: Installation, *, size: int = 0) -> None:
        """Wait until all that was committed is here, and end; so many entries were signed by then."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            ((now,),) = connection.execute("select pg_current_wal_flush_lsn()").fetchall()
            asked = "select coalesce(flush_lsn >= %s::pg_lsn, false) from pg_stat_replication"
            while (True,) not in connection.execute(asked, [now]).fetchall():
                time.sleep(0.02)
            asked = "select ('x' || left(pg_walfile_name(%s::pg_lsn), 8))::bit(32)::int"
            ((timeline,),) = connection.execute(asked, [now]).fetchall()
        at = real()
        self._process.terminate()
        self._process.wait()
        for segment in self._folder.iterdir():
            if len(segment.name) == 24:
                compressor = compressing.compressor()
                content = compressor.compress(segment.read_bytes()) + compressor.flush()
                lasting.put(segment.with_name(f"{segment.name}.zst"), content, owner=None)
                segment.unlink()
        self._at.note_archived(Archived(place.lsn(now), at, self._system, timeline, 1, size))


def people(installation: Installation) -> None:
    """Hold some records and open a grant to compare them: what a drill tries an answer on."""
    assert installation.server is not None
    ring = Keyring.load(installation.keyring_path)
    before, answering.KEYRING, answering.NOW = (answering.KEYRING, answering.NOW), ring, installation.clock()
    try:
        with closing(Database(installation.server.superuser_url("hutong"), role="owner", size=1)) as db:
            answering.establish(db)
            answering.supply(db, [answering.person(number) for number in range(20)])
            with db.transaction() as cur:
                cur.execute("update plane.store set key_id = %s", [ring.current])
                cur.execute("update plane.system set mlps_until = '2036-01-01'")
            answering.opened(db, answering.a_grant(until_at=datetime(2036, 1, 1, tzinfo=UTC)))
    finally:
        answering.KEYRING, answering.NOW = before
