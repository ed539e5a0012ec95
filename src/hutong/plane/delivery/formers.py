"""Bringing what was delivered to the former versions as well, in the transaction that merged it (P-6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from psycopg import Cursor

from hutong.plane import carrying, tables, versions
from hutong.plane.delivery import applying, store_sql
from hutong.plane.delivery.applying import RowCounts
from hutong.plane.tables import Store

W = TypeVar("W")
"""What a delivery waits with."""


@dataclass(frozen=True, slots=True)
class Brought:
    """The former versions a delivery was brought to, with what it changed, and those that stand still from it on."""

    reached: Mapping[int, RowCounts]
    stopped: tuple[int, ...]


def bring(
    cur: Cursor,
    newest: Store,
    *,
    numbers: Sequence[int],
    key_id: str,
    snapshot: bool,
    whole: bool,
    now: datetime,
    must_wait: Callable[[Store, RowCounts], W | None],
) -> Brought | W:
    """Bring the delivery that was merged into `newest` to its versions `numbers`, as far as it can be carried there.

    It is carried where the pure rule says so (`carrying.hindrances`) and both are sealed with the same key under the
    same normal form, or where the `whole` of a snapshot arrived, with which the former version comes to the normal form
    of the newest; another version stands still and says so. What was delivered lies in the tables `arriving` and
    `spared`; rows that were rejected are rejected for all versions. Each version is asked whether the delivery must
    wait, since a former one may hold records that the newer one does not; if it must, the caller undoes what was
    written.
    """
    code = newest.definition.code
    reached: dict[int, RowCounts] = {}
    stopped: list[int] = []
    for number in numbers:
        former = tables.version(cur, code=code, version=number)
        same = former.normaliser_version == newest.normaliser_version
        alike = former.key_id == key_id and (same or whole)
        if alike and not carrying.hindrances(former.definition, newest=newest.definition):
            applying.forget(cur)
            listing = store_sql.changed_former(former, newest=newest, snapshot=snapshot)
            changes = applying.compare(cur, former, listing)
            waits = must_wait(former, changes)
            if waits is not None:
                return waits
            applying.apply(cur, former, changes, now=now)
            if not same:
                versions.seal_anew(cur, code=code, version=number, form=newest.normaliser_version)
            reached[number] = changes
        else:
            stopped.append(number)
    versions.stop(cur, code=code, versions=stopped, now=now)
    return Brought(reached, tuple(stopped))
