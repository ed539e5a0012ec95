"""What the public pages ask: the first page, one published resource, and the head of the evidence log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from psycopg import Cursor

from hutong.audit import epochs, keychain
from hutong.audit.epochs import Epoch
from hutong.control.catalog import queries, rules
from hutong.control.catalog.models import Version
from hutong.control.rulebook import queries as rulebooks
from hutong.control.rulebook.queries import Rulebook
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.db import sql
from hutong.db.database import joined

statements = sql.load(__package__, "portal.sql")


@dataclass(frozen=True, slots=True)
class LogHead:
    """The newest checkpoint of the evidence log."""

    size: int
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class KnownEpoch:
    """An epoch of the log: its number, its name and its public key, empty if unknown."""

    number: int
    name: str
    vkey: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The newest checkpoint, if there is one, the epoch it is of, and those before."""

    head: LogHead | None
    written: KnownEpoch
    before: list[KnownEpoch]


@dataclass(frozen=True, slots=True)
class Overview:
    """The platform in numbers; `head` is missing until the first entry is placed."""

    resources: int
    providers: int
    records: int
    head: LogHead | None


@dataclass(frozen=True, slots=True)
class FirstPage:
    """Where the catalogue begins, how much it has, and the platform in numbers."""

    entries: list[Version]
    count: int
    overview: Overview


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """A published resource: what is said of it, what the platform holds, and how it is applied for."""

    version: Version
    stored: dict | None
    """Rows and moment of the newest data; None where there are none."""
    applied_for: bool
    """Whether an application may be drafted of it."""
    book: Rulebook
    """By which rules an application of the reader's unit goes; for the public, one in the county."""


def first_page(*, entries: int) -> FirstPage:
    """Return what the first page shows, and so many of the published entries."""
    with transaction.atomic(), joined(connection) as cur:
        row = cur.execute(statements.overview).fetchone()
        assert row is not None
        resources, providers, records = row
        overview = Overview(resources, providers, records, _head(cur))
    return FirstPage(queries.search(limit=entries), queries.found(), overview)


def resource(code: str, *, reader: Actor | None, day: date) -> ResourcePage:
    """Return a resource that is published, as its page shows it; raises NoSuchEntry."""
    version = queries.published(code)
    unit = members.registered(reader.unit) if reader else None
    return ResourcePage(
        version,
        queries.stored(code),
        applied_for=rules.may_be_applied_for(version),
        book=rulebooks.in_force(day, unit.region_code if unit else ""),
    )


def evidence(*, name: str, vkeys: Sequence[str]) -> Evidence:
    """Return the log as anyone may verify it; `name` is that of its first epoch, `vkeys` are the keys it has had."""
    with transaction.atomic(), joined(connection) as cur:
        *before, written = epochs.every(cur)
        earlier = [_known(cur, each, name, vkeys) for each in before]
        return Evidence(_head(cur), _known(cur, written, name, vkeys), earlier)


def _known(cur: Cursor, epoch: Epoch, name: str, vkeys: Sequence[str]) -> KnownEpoch:
    vkey = str(keychain.published(cur, epoch, vkeys=vkeys).newest) if vkeys else ""
    return KnownEpoch(epoch.number, epoch.origin(name), vkey)


def _head(cur: Cursor) -> LogHead | None:
    row = cur.execute(statements.head).fetchone()
    return None if row is None else LogHead(*row)
