"""One entry of the log, on the transaction that Django has open; under a token, one beside it that says so."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from hutong.audit import log, refusals
from hutong.db import database


@dataclass(frozen=True, slots=True)
class Bearer:
    """A program that acts for an officer by a token: the token's number, the officer and the officer's unit."""

    token: str
    officer: str
    unit: str


_bearer: ContextVar[Bearer | None] = ContextVar("bearer", default=None)


@contextmanager
def under(bearer: Bearer) -> Iterator[None]:
    """Let what is done inside be done under a token: each of its entries is said to be, by an entry beside it."""
    before = _bearer.set(bearer)
    try:
        yield
    finally:
        _bearer.reset(before)


def bearer() -> Bearer | None:
    """Return under which token something is done now; None where a person does it, at a page or a command."""
    return _bearer.get()


def record(
    event: str,
    fields: Mapping[str, object],
    *,
    now: datetime,
    unit: str | None = None,
    counterpart: str | None = None,
    others: Iterable[str | None] = (),
) -> None:
    """Append one entry; its parties are `unit`, `counterpart` and the units among `others`.

    If it cannot be written the caller's transaction fails with it. An empty `unit` is none: an examiner is of none.
    Under a token an entry beside it names the token, and this entry by the hash of its leaf (SX-11-a).
    """
    with database.joined(connection) as cur:
        further = tuple(unit for unit in others if unit)
        (receipt,) = log.append(cur, [log.LogEntry(event, now, fields, unit or None, counterpart, further)])
        if (by := bearer()) is not None:
            told = {"by": by.officer, "unit": by.unit, "token": by.token, "event": event}
            log.append(cur, [log.LogEntry("auth.token_acted", now, {**told, "leaf": receipt.leaf_hash.hex()}, by.unit)])


def list_exported(
    name: str, *, filters: Mapping[str, str], rows: int | None, by: str, unit: str, now: datetime
) -> None:
    """Enter, in a transaction of its own, that somebody takes out a list as a file, before the file is handed out.

    `filters` is what the list is narrowed to, `rows` how many it has, counted up to one more than a workbook takes;
    None where they were not counted.
    """
    facts = {"by": by, "unit": unit, "list": name, "filters": dict(filters), "rows": rows}
    with transaction.atomic():
        record("audit.list_exported", facts, now=now, unit=unit)


def refused(codes: Iterable[str], *, place: str, by: str, unit: str | None, now: datetime) -> None:
    """Enter, in a transaction of its own, what an officer was refused and where; of a flood the number."""
    with transaction.atomic(), database.joined(connection) as cur:
        for code in codes:
            fields = {"by": by, "unit": unit, "code": code, "place": place}
            refusals.enter(cur, "desk.refused", fields, unit=unit, now=now)
