"""Reads of the log on pages: reading leaves an entry too, so each is a transaction (SX-10-b)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from hutong.audit import reading, searching
from hutong.audit.reading import LARGEST_PAGE, Record
from hutong.audit.searching import Asked
from hutong.control.orgs.rules import Actor
from hutong.core import canonical
from hutong.db import database


@dataclass(frozen=True, slots=True)
class Use:
    """One record as a page shows it: a use, or for the auditor what is remembered of another class."""

    entry_id: int
    placed: int | None
    at: datetime
    event: str
    org: str | None
    record: dict
    counterpart: str | None = None
    leaf: bytes = b""
    salt: bytes = b""
    record_class: str = ""


def page(
    *, actor: Actor, now: datetime, before: int | None = None, asked: Asked | None = None
) -> tuple[list[Use], int | None]:
    """Return records the actor's unit is a party of (all, for the auditor), the newest first; uses, if nothing is said.

    Raises ClassNotYours.
    """
    with transaction.atomic(), database.joined(connection) as cur:
        found = searching.page(cur, asked or Asked(), reader=_reader(actor), now=now, before=before, limit=50)
    return [_use(record) for record in found.records], found.before


def counted(*, actor: Actor, asked: Asked) -> int:
    """Return how many records `page` has on all its pages; exact up to `searching.COUNTED`."""
    with transaction.atomic(), database.joined(connection) as cur:
        return searching.count(cur, asked, reader=_reader(actor))


def every(*, actor: Actor, asked: Asked, now: datetime) -> Iterator[Use]:
    """Yield every record that `page` has on its pages; each part of them is read and entered as it is yielded."""
    before: int | None = None
    while True:
        with transaction.atomic(), database.joined(connection) as cur:
            found = searching.page(
                cur, asked, reader=_reader(actor), now=now, before=before, limit=LARGEST_PAGE
            )
        yield from (_use(record) for record in found.records)
        before = found.before
        if before is None:
            return


def one(number: int, *, actor: Actor, now: datetime) -> Use:
    """Return one record the actor may read, and enter that it was read; raises NoSuchRecord."""
    with transaction.atomic(), database.joined(connection) as cur:
        return _use(reading.read(cur, entry_id=number, reader=_reader(actor), now=now))


def _reader(actor: Actor) -> reading.Reader:
    return reading.Reader(by=actor.person, org=actor.org, auditor=actor.holds("auditor"))


def _use(record: Record) -> Use:
    return Use(
        record.entry_id, record.seq, record.at, record.event, record.org, canonical.loads(record.record),
        record.counterpart, record.leaf, record.salt, record.record_class,
    )  # fmt: skip
