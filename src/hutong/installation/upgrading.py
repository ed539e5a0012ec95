"""The way from one version of the software to the next: what it will do, doing it, and its entry in the log (0086)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from hutong.audit import upgrades
from hutong.core import versions
from hutong.core.errors import Conflicting, Refused
from hutong.db import database, lockfile, moving, postmaster
from hutong.db.embedded import Server
from hutong.db.moving import ClusterMove
from hutong.installation import clusters, opening, schema
from hutong.installation.opening import Installation, Reached

if TYPE_CHECKING:
    from hutong.control.units.rules import Actor


LOCK = "upgrade.lock"
"""File of a data folder that is locked while its platform is upgraded."""
ENTITLED = ("operator", "system_admin")
"""Roles, for the whole installation, in whose name a platform is upgraded."""


class UpgradeRunning(Conflicting):
    """Another process upgrades the platform in {data} at this moment."""


class NotEntitledToUpgrade(Refused):
    """A platform is upgraded by {role}; {by} holds none of these roles. Nothing was changed."""

    clause = "SX-11-a"


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Be the only one to upgrade the platform in a folder in the block; raises UpgradeRunning."""
    with lockfile.locked(data / LOCK, refused=UpgradeRunning(data=str(data))):
        yield


def entitled(by: "Actor") -> str:
    """Return the login name of who may have a platform upgraded; raises NotEntitledToUpgrade."""
    if not by.acts_for_all(ENTITLED):
        raise NotEntitledToUpgrade(role=", ".join(ENTITLED), by=by.officer)
    return by.officer


@dataclass(frozen=True, slots=True)
class Plan:
    """What an upgrade will do."""

    from_version: str | None
    """None where the database is empty, or was never made to its end: then it is made."""
    to_version: str
    migrations: tuple[str, ...]
    """Of audit, plane and the queue, in their order."""
    django: bool
    """Whether tables of the pages change."""
    rights: bool
    """Whether rights change."""
    from_postgres: int
    """Major version of the PostgreSQL that ran the database when an upgrade last ended."""
    postgres: int
    """That which runs it: another, where an upgrade was broken off between a move and its entry."""
    move: ClusterMove | None
    """To a newer PostgreSQL, where it is the embedded one and a newer is here."""

    @property
    def schema(self) -> bool:
        """Whether anything in the database changes."""
        return self.from_version != self.to_version or bool(self.migrations) or self.django or self.rights

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do."""
        return not self.schema and self.move is None and self.from_postgres == self.postgres


def plan(reached: Reached) -> Plan:
    """Return what an upgrade of this database will do; nothing is changed. Raises what `schema.look` raises."""
    state = schema.look(reached.owner_url)
    version = state.version
    if version is not None and versions.newer(version, than=versions.own()):  # made by a newer one, and all the same
        version = versions.own()
    runs = postgres(reached)
    return Plan(
        from_version=version,
        to_version=versions.own(),
        migrations=state.missing,
        django=not state.django,
        rights=not state.rights,
        from_postgres=runs if version is None else _entered_postgres(reached, runs),
        postgres=runs,
        move=None if reached.server is None else moving.wanted(reached.server),
    )


def postgres(reached: Reached) -> int:
    """Return the major version of the PostgreSQL that runs the database."""
    with psycopg.connect(reached.owner_url) as connection:
        return connection.info.server_version // 10_000


def _entered_postgres(reached: Reached, runs: int) -> int:
    """Return the major version from which an upgrade starts: `runs`, or the one before a move that was not entered."""
    before = None if reached.server is None else moving.former(reached.server)
    if before is None:
        return runs
    with database.connection(reached.owner_url, role="owner") as connection, connection.cursor() as cur:
        entered = upgrades.postgres(cur)
    return runs if entered == runs else postmaster.major(before) or runs


def carry_out(reached: Reached) -> Installation:
    """Bring the schema up to this version and return the installation; doors may be open meanwhile.

    It may be begun again wherever it was broken off. Raises SchemaNotMigrated and SchemaBusy.
    """
    schema.migrate(reached.owner_url)
    installation = reached.installation()
    opening.make_months(installation)
    return installation


def enter(
    installation: Installation, reached: Reached, planned: Plan, *, backup_set: int | None, by: str | None
) -> Sequence[str]:
    """Note and enter an upgrade that was carried out, and return the names of all migrations that came with it.

    Of a database that was just made only the version is noted. `by` is the officer who was named.
    """
    now = installation.clock()
    if planned.from_version is None:
        schema.note_version(reached.owner_url, now=now)
        return ()
    with database.connection(reached.owner_url, role="owner") as connection, connection.cursor() as cur:
        migrations = upgrades.unnoted(cur)
        upgrades.enter(
            cur, from_version=planned.from_version, to_version=planned.to_version,
            postgres=(planned.from_postgres, connection.info.server_version // 10_000), migrations=migrations,
            backup_set=backup_set, by=by, now=now,
        )  # fmt: skip
    return migrations


def settle(server: Server) -> Path | None:
    """Let the cluster before a move go, now that the new one was opened, and return where it was.

    None where the database was not moved.
    """
    former = moving.settle(server)
    if former is not None:
        clusters.reference(former).unlink(missing_ok=True)
        moving.count_anew(server)
    return former
