"""Reads of the log on pages: reading leaves an entry too, so each is a transaction (SX-10-b)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import connection, transaction
from psycopg import Cursor

from hutong.audit import checkpoint, proofs, reading, searching
from hutong.audit.events import RecordClass
from hutong.audit.reading import Record
from hutong.audit.searching import RecordFilters
from hutong.audit.subjects import gathered, parts
from hutong.control.recording import list_exported
from hutong.control.units.rules import Actor, Examined
from hutong.core import canonical, merkle
from hutong.core.counting import COUNTED
from hutong.core.errors import Refused
from hutong.db import database
from hutong.plane import subjects, tables
from hutong.plane.keys import Keyring

SHOWN = 50
"""Records on a page."""


class OutOfScope(Refused):
    """{unit} is not among the units that are examined."""

    clause = "SX-11-a"


@dataclass(frozen=True, slots=True)
class UseShown:
    """One record as a page shows it: a use, or for the auditor what is remembered of another class."""

    entry_id: int
    placed: int | None
    at: datetime
    event: str
    unit: str | None
    record: dict
    counterpart: str | None = None
    leaf: bytes = b""
    salt: bytes = b""
    record_class: str = ""
    parties: tuple[str, ...] = ()


def page(
    *, actor: Actor, now: datetime, before: int | None = None, asked: RecordFilters | None = None, limit: int = SHOWN
) -> tuple[list[UseShown], int | None]:
    """Return records the actor's unit is a party of (all, for the auditor), the newest first; uses, if nothing is said.

    Raises ClassNotYours.
    """
    with transaction.atomic(), database.joined(connection) as cur:
        asked = _within(asked or RecordFilters(), actor)
        reader = _reader(actor, asked.record_class)
        found = searching.page(cur, asked, reader=reader, now=now, before=before, limit=limit)
    return [_use(record) for record in found.records], found.before


def counted(*, actor: Actor, asked: RecordFilters, most: int = COUNTED + 1) -> int:
    """Return how many records `page` has on all its pages, counted up to `most`."""
    with transaction.atomic(), database.joined(connection) as cur:
        asked = _within(asked, actor)
        return searching.count(cur, asked, reader=_reader(actor, asked.record_class), most=most)


def one(number: int, *, actor: Actor, now: datetime) -> UseShown:
    """Return one record the actor may read, and enter that it was read; raises NoSuchRecord."""
    with transaction.atomic(), database.joined(connection) as cur:
        if actor.examined is not None:
            return _of_examiner(cur, number, actor=actor, examined=actor.examined, now=now)
        try:
            return _use(reading.read(cur, entry_id=number, reader=_reader(actor), now=now))
        except reading.NoSuchRecord:
            if RecordClass.SECURITY not in classes(actor):
                raise
        found = reading.read(cur, entry_id=number, reader=_reader(actor, RecordClass.SECURITY), now=now)
        if found.record_class != RecordClass.SECURITY:
            raise reading.NoSuchRecord(number=number)
        return _use(found)


@dataclass(frozen=True, slots=True)
class RecordProof:
    """That a record's leaf stands at `index` of the log of `size` entries, and the checkpoint that says so."""

    index: int
    size: int
    hashes: tuple[str, ...]
    """The hashes that lead from the leaf to the root, in hexadecimal digits."""
    root: str
    checkpoint: str
    """The signed note of the tree."""
    at: datetime


def proven(number: int, *, actor: Actor, now: datetime) -> tuple[UseShown, RecordProof | None]:
    """Return one record the actor may read, with its proof; None while no checkpoint covers it.

    That it was read is entered. Raises NoSuchRecord.
    """
    found = one(number, actor=actor, now=now)
    leaf_hash = merkle.leaf_hash(found.leaf)
    with transaction.atomic(), database.joined(connection) as cur:
        epoch = proofs.epoch_of(cur, leaf_hash=leaf_hash)
        head = checkpoint.newest(cur, epoch=epoch.number)
        if found.placed is None or head is None or found.placed - epoch.first_seq >= head.size:
            return found, None
        proof = proofs.inclusion(cur, leaf_hash=leaf_hash, size=head.size, epoch=epoch)
    # What the page says of the log is seen for itself, here as with everybody who asks for the proof.
    merkle.verify_inclusion(
        leaf=leaf_hash, index=proof.index, size=proof.size, proof=proof.hashes, expected_root=head.root
    )
    hashes = tuple(each.hex() for each in proof.hashes)
    return found, RecordProof(proof.index, proof.size, hashes, head.root.hex(), head.note, head.at)


@dataclass(frozen=True, slots=True)
class SubjectFilters:
    """Which uses are looked for: of a subject, by an identifier or by the digests that stand for it on the next page.

    Where both are given the identifier counts. `filters` also says as the key of which resource it may be.
    """

    identifier: str = field(repr=False)
    about: bytes
    filters: reading.UseFilters


@dataclass(frozen=True, slots=True)
class UsesOf:
    """A page of the uses of a subject; `digests` stand for it where the next page is asked for."""

    uses: list[UseShown]
    before: int | None
    count: int
    digests: bytes


def digests(identifier: str, *, resource: str | None, keyring: Keyring) -> bytes:
    """Return all digests a subject can have by what somebody types: a resident number, a credit code, or a key.

    With a `resource` it is looked for as the key of that resource too; the values of a key of several items stand
    with ";" between them. Where versions have different keys, it is looked for as the key of every one of them. Raises
    ResourceUnknown.
    """
    found = subjects.everywhere(keyring, identifier)
    if resource:
        with transaction.atomic(), database.joined(connection) as cur:
            versions = tables.every_version(cur, code=resource)
        for definition in versions:
            values = re.split("[;；]", identifier) if len(definition.key) > 1 else [identifier]
            if len(values) == len(definition.key) and not subjects.naming(definition):
                found += subjects.of_record(keyring, definition, values)
    return gathered(found)


def of_subject(
    wanted: SubjectFilters, *, actor: Actor, now: datetime, keyring: Keyring, before: int | None = None
) -> UsesOf:
    """Return the newest uses that were about a subject, wherever they were; that it was looked for is entered.

    Raises OnlyAuditor (SX-10-b) and ResourceUnknown.
    """
    check_looks_up(actor)
    about = _about(wanted, keyring=keyring)
    return _of_subject(about, actor=actor, now=now, filters=wanted.filters, before=before)


def _about(wanted: SubjectFilters, *, keyring: Keyring) -> bytes:
    if not wanted.identifier:
        return wanted.about
    return digests(wanted.identifier, resource=wanted.filters.resource, keyring=keyring)


def _of_subject(
    about: bytes, *, actor: Actor, now: datetime, filters: reading.UseFilters, before: int | None
) -> UsesOf:
    with transaction.atomic(), database.joined(connection) as cur:
        found = reading.of_subject(
            cur, digests=parts(about), reader=_reader(actor), now=now, filters=filters, before=before, limit=SHOWN
        )
    return UsesOf([_use(record) for record in found.records], found.before, found.count, about)


def exported_of_subject(
    wanted: SubjectFilters, *, actor: Actor, now: datetime, keyring: Keyring
) -> Iterator[UseShown]:
    """Enter that the uses of a subject are taken out as a file, and return all that `of_subject` has on its pages.

    The entry does not say whose they are. Each part of them is read and entered when it is needed. Raises
    OnlyAuditor and ResourceUnknown.
    """
    check_looks_up(actor)
    about = _about(wanted, keyring=keyring)
    list_exported("subject", filters={}, rows=None, by=actor.officer, unit=actor.unit, now=now)
    return _every_of_subject(about, actor=actor, now=now, filters=wanted.filters)


def _every_of_subject(
    about: bytes, *, actor: Actor, now: datetime, filters: reading.UseFilters
) -> Iterator[UseShown]:
    before: int | None = None
    while True:
        found = _of_subject(about, actor=actor, now=now, filters=filters, before=before)
        yield from found.uses
        before = found.before
        if before is None:
            return


@dataclass(frozen=True, slots=True)
class LogScope:
    """What of the log an officer reads."""

    classes: list[RecordClass]
    by_subject: bool
    """Whether the uses of one subject are looked up."""


def scope(actor: Actor) -> LogScope:
    """Return what of the log an officer reads."""
    return LogScope(classes(actor), looks_up(actor))


def reads_several(actor: Actor) -> bool:
    """Whether an officer reads more of the log than uses."""
    return len(classes(actor)) > 1


def looks_up(actor: Actor) -> bool:
    """Whether an officer looks up the uses of a subject: the auditor alone does (SX-10-b)."""
    return actor.has_role("auditor")


def check_looks_up(actor: Actor) -> None:
    """Refuse whoever looks up no subjects; raises OnlyAuditor."""
    if not looks_up(actor):
        raise reading.OnlyAuditor


def classes(actor: Actor) -> list[RecordClass]:
    """Return the classes of records an officer reads: uses, the security administrator what security is about too."""
    if actor.examined is not None:
        return [each for each in RecordClass if each in actor.examined.classes]
    if actor.has_role("auditor"):
        return [*RecordClass]
    return [RecordClass.USAGE, *([RecordClass.SECURITY] if actor.has_role("security_admin") else [])]


def _reader(actor: Actor, record_class: str = RecordClass.USAGE) -> reading.Reader:
    """Return the reader an officer is: of uses as a party to them, of another class as one who may read all of it."""
    if actor.examined is not None:  # narrowed to its units by `_within`
        if record_class not in actor.examined.classes:
            raise searching.ClassNotYours(record_class=record_class)
        return reading.Reader(by=actor.officer, unit=None, auditor=True)
    whole = actor.has_role("auditor") or (record_class != RecordClass.USAGE and record_class in classes(actor))
    return reading.Reader(by=actor.officer, unit=actor.unit, auditor=whole)


def _within(asked: RecordFilters, actor: Actor) -> RecordFilters:
    """Return what an examiner asks for as far as its scope goes: one of its units, the first where none is said.

    Raises OutOfScope; what anybody else asks for stays as it is.
    """
    if actor.examined is None:
        return asked
    unit = asked.unit or min(actor.examined.units, default="")
    if unit not in actor.examined.units:
        raise OutOfScope(unit=unit)
    return replace(asked, unit=unit)


def _of_examiner(cur: Cursor, number: int, *, actor: Actor, examined: Examined, now: datetime) -> UseShown:
    """Return one record of an examiner's scope, and enter that it was read; raises NoSuchRecord of any other."""
    reader = reading.Reader(by=actor.officer, unit=None, auditor=True)
    found = reading.read(cur, entry_id=number, reader=reader, now=now)
    if found.record_class not in examined.classes or examined.units.isdisjoint(found.parties):
        raise reading.NoSuchRecord(number=number)
    return _use(found)


def _use(record: Record) -> UseShown:
    return UseShown(
        record.entry_id, record.seq, record.at, record.event, record.unit, canonical.loads(record.record),
        record.counterpart, record.leaf, record.salt, record.record_class, record.parties,
    )  # fmt: skip
