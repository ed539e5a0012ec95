"""An installation and how it is opened: its folder, its database, its clock."""

import json
import os
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hutong.audit import retention
from hutong.audit.heads import Heads
from hutong.audit.keyfiles import KeyFiles
from hutong.core.errors import Conflicting, Invalid, Missing
from hutong.core.signed_note import LogSigner
from hutong.db import database, logins, postmaster
from hutong.db.embedded import Server
from hutong.installation import belonging, clusters, identity, keys, schema
from hutong.installation.identity import Identity, Location
from hutong.plane.delivery import spool_folder
from hutong.settings import Clock, Settings, clock

TRAINING = "training.json"
"""Marks a data folder whose clock may be moved."""
RESTORING = "restoring.json"
"""Marks a data folder into which a platform is being put back: until that is done it is none."""


class PlatformMissing(Missing):
    """There is no platform in {data}."""


class RestoreUnfinished(Conflicting):
    """A platform was being put back into {data}, and that was not finished: what is there is none."""


class TrainingClockRefused(Conflicting):
    """A training clock is set, but the database of {data} is not marked as training."""


class DatabaseNotNamed(Invalid):
    """This door was started alone, and HUTONG_DATABASE_URL names no database."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A prepared installation; everything a door needs to open."""

    settings: Settings
    database_url: str
    """The database's address for this process: it has the rights of the door it is, or of commands."""
    clock: Clock
    training: bool
    addresses: Mapping[str, str] = field(default_factory=dict)
    """The address of each login, where this process opened the installation; a door knows its own alone."""
    server: Server | None = None
    """The embedded PostgreSQL, where this process runs or shares one."""
    identity: Identity | None = None
    """Which instance of which platform it is; None where a door was started alone in a folder that says nothing yet."""
    moved_from: Location | None = None
    """Where the data folder lay when it was last opened, where that was elsewhere."""

    def address(self, who: str) -> str:
        """Return the database's address for one of `logins.LOGINS`: where there is one login for all, that of all."""
        return self.addresses.get(who, self.database_url)

    @property
    def separate(self) -> bool:
        """Whether each door logs in as itself, so that evidence is protected from the platform's own processes."""
        return bool(self.addresses)

    @property
    def keyring_path(self) -> Path:
        """File of the root secret from which every resource's keys are derived."""
        return self.settings.keys / keys.KEYRING

    @property
    def log_keys(self) -> KeyFiles:
        """The keys that sign checkpoints, those put away too."""
        return keys.log_files(self.settings)

    @property
    def reply_keys(self) -> KeyFiles:
        """The keys that sign replies, those put away too."""
        return keys.reply_files(self.settings)

    @property
    def log_signer(self) -> LogSigner:
        """The key that signs checkpoints; where it is being changed, the older one."""
        return self.log_keys.signers[0]

    @property
    def log_heads(self) -> Heads:
        """What the log's key has signed, kept beside it in a folder of the signer's."""
        return Heads(self.settings.keys / keys.HEADS)

    @property
    def log_verifier(self) -> str:
        """The public key of the log, for who signs nothing; where it is being changed, the older one's."""
        return self.log_keys.in_use

    @property
    def reply_key_path(self) -> Path:
        """File of the 32-byte seed with which the gateway signs replies."""
        return self.settings.keys / keys.REPLY_SEED

    @property
    def reply_public_key(self) -> str:
        """The gateway's public key as consumers pin it: 32 bytes in Base64."""
        private = Ed25519PrivateKey.from_private_bytes(self.reply_key_path.read_bytes())
        return b64encode(private.public_key().public_bytes_raw()).decode()

    @property
    def web_secret(self) -> str:
        """The secret of sessions and forms."""
        return (self.settings.keys / keys.WEB_SECRET).read_text()


def prepare_folder(settings: Settings) -> Settings:
    """Make the folder and the keys that are not there yet, and return the settings under the log's own name.

    What is there stays as it is; what killed processes left in the spool goes. The log keeps the name it was first
    given; raises LogNamed where it is to be called otherwise, RestoreUnfinished where half a platform is there.
    """
    check_whole(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    with belonging.alone(settings.data):  # two that begin at once make one set of keys
        keys.make(settings)
        settings.spool.mkdir(mode=0o700, exist_ok=True)
        spool_folder.sweep(settings.spool)
        return keys.named(settings)


@dataclass(frozen=True, slots=True)
class Reached:
    """An installation's database that answers, its schema as it was found."""

    settings: Settings
    addresses: Mapping[str, str]
    server: Server | None

    @property
    def url(self) -> str:
        """The address for commands."""
        return self.addresses.get(logins.COMMAND) or str(self.settings.database_url)

    @property
    def owner_url(self) -> str:
        """The address of the owner, who migrates."""
        return self.addresses.get(logins.OWNER, self.url)

    def installation(self, *, training: bool = False) -> Installation:
        """Return the installation, once its schema is as this version wants it; raises TrainingClockRefused."""
        with_clock, is_training = _clock(self.settings, training=training)
        return Installation(
            settings=self.settings, database_url=self.url, clock=with_clock, training=is_training,
            addresses=self.addresses, server=self.server,
        )  # fmt: skip


@contextmanager
def reached(settings: Settings, *, knowingly: bool = False) -> Iterator[Reached]:
    """Start the embedded PostgreSQL where no other is named, and hand over the database as it is.

    Before anything is made it is seen that folder and database are no copies: raises what `identity.check`,
    `clusters.check` and those of `belonging` raise. A copy is opened `knowingly` for what `copies` makes of it.
    """
    own = identity.read(settings.data) if knowingly else identity.check(settings.data)
    belonging.check_named(settings, own)
    settings = prepare_folder(settings)
    server = None
    if settings.database_url is None:
        server = own_server(settings)
        clusters.check(server, own, data=settings.data, knowingly=knowingly)
        server.start()
    try:
        addresses = _addresses(settings, server)
        found = Reached(_with_folder(settings, server), addresses, server)
        belonging.check(found.owner_url, settings, knowingly=knowingly)
        yield found
    finally:
        if server is not None:
            server.stop()


@contextmanager
def opened(
    settings: Settings, *, training: bool = False, begins: bool = True, knowingly: bool = False
) -> Iterator[Installation]:
    """Open the installation: start the embedded PostgreSQL where no other is named, make what is empty, hand it over.

    `training` marks a new installation as one whose clock may be moved (architecture 3.8). A database of an older
    version is refused (DatabaseOlder), as is that of a newer one (DatabaseNewer): `hutong upgrade` alone migrates what
    is there (0086). Where none `begins` one that was never made is refused (PlatformMissing). Raises what `reached`
    raises; a copy that is opened `knowingly` says nothing of itself yet.
    """
    with reached(settings, knowingly=knowingly) as found:
        training = training or (settings.data / TRAINING).exists()
        state = schema.expect_current(found.owner_url)
        if state.version is None and not begins:
            raise PlatformMissing(data=settings.data)
        installation = found.installation(training=training)
        if state.version is None:
            _make(found, installation)
        if training:
            schema.allow_training(found.owner_url)
        make_months(installation)
        yield installation if knowingly else _settled(found, installation)


def _make(found: Reached, installation: Installation) -> None:
    """Make the schema of an empty database, and give rights; who begins at once with another waits for what they made.
    """
    with belonging.alone(found.settings.data):
        if schema.expect_current(found.owner_url).version is None:
            schema.migrate(found.owner_url)
            schema.note_version(found.owner_url, now=installation.clock())


def _settled(found: Reached, installation: Installation) -> Installation:
    """Return the installation whose folder, database and cluster say that they belong together."""
    own, moved_from = belonging.settle(found.owner_url, found.url, found.settings, now=installation.clock())
    if installation.server is not None:
        with belonging.alone(found.settings.data):
            clusters.claim(installation.server.cluster, own)
    return replace(installation, identity=own, moved_from=moved_from)


def _with_folder(settings: Settings, server: Server | None) -> Settings:
    """Return the settings with the folder of the embedded database, wherever that had to be made."""
    return settings if server is None else replace(settings, database_folder=server.cluster)


def make_months(installation: Installation) -> None:
    """Make the months entries are about to lie in, before the first of them is written."""
    url = installation.address(logins.WORKER)
    with database.connection(url, role="worker") as connection, connection.cursor() as cur:
        retention.ensure_months(cur, now=installation.clock())


def own_server(settings: Settings, *, durable: bool = True, patience_seconds: float = 600) -> Server:
    """Return the embedded PostgreSQL of an installation, not started.

    Where root starts the platform, doors run as users of their own, who reach its socket by their group.
    """
    group = postmaster.group(postmaster.SOCKET_GROUP) if os.geteuid() == 0 else None
    return Server(settings.data / "postgres", group=group, durable=durable, patience_seconds=patience_seconds)


def check_whole(settings: Settings) -> None:
    """Return unless a platform is being put back into the folder; raises RestoreUnfinished."""
    if (settings.data / RESTORING).exists():
        raise RestoreUnfinished(data=str(settings.data))


def own_clock(settings: Settings) -> Clock:
    """Return the clock of the platform in a folder: the machine's, or its training clock."""
    return _clock(settings, training=False)[0]


def _addresses(settings: Settings, server: Server | None) -> dict[str, str]:
    """Return the address of each login; none where the database is named with one login for all."""
    if server is None:
        assert settings.database_url is not None
        if not logins.names_nobody(settings.database_url):
            return {}
    with belonging.alone(settings.data):
        passwords = keys.logins(settings)
    if server is not None:
        return server.admit(passwords)
    return logins.addresses(str(settings.database_url), passwords)


def told(settings: Settings, *, role: str) -> Installation:
    """Return the installation a parent process has opened: nothing is started, prepared or migrated.

    It acts in `role`. Raises DatabaseNotNamed, LogNamed and, where the database is of an older version, DatabaseOlder;
    of a data folder that is a copy, or is not the database's, what `identity.check` and `belonging.check` raise.
    """
    own = identity.check(settings.data)
    check_whole(settings)
    settings = keys.named(settings)
    if settings.database_url is None:
        raise DatabaseNotNamed
    schema.expect_no_older(settings.database_url, role=role)
    with suppress(psycopg.OperationalError):  # a door waits for its database
        belonging.check(settings.database_url, settings, role=role)
    with_clock, training = _clock(settings, training=False)
    return Installation(
        settings=settings, database_url=settings.database_url, clock=with_clock, training=training, identity=own
    )


def clock_of(settings: Settings) -> Clock:
    """Return the clock of an installation that was opened before: the real one, or its training clock."""
    return _clock(replace(settings, now=None), training=False)[0]


def _clock(settings: Settings, *, training: bool) -> tuple[Clock, bool]:
    mark = settings.data / TRAINING
    if mark.exists():
        return clock(shift=timedelta(seconds=json.loads(mark.read_text())["shift_seconds"])), True
    if not training:
        if settings.now is not None:
            raise TrainingClockRefused(data=str(settings.data))
        return clock(), False
    start = settings.now or datetime.now(UTC)
    mark.write_text(json.dumps({"shift_seconds": (start - datetime.now(UTC)).total_seconds()}))
    return clock(starting=start), True
