"""Bringing what was delivered to the former versions as well, in the transaction that merged it (P-6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from hutong.plane import carrying, tables, versions
from hutong.plane.delivery import applying, statements
from hutong.plane.tables import Held


@dataclass(frozen=True, slots=True)
class Brought:
    """The former versions that a delivery was brought to, and those that stand still from it on."""

    reached: tuple[int, ...] = ()
    stopped: tuple[int, ...] = ()


def bring(cur: Cursor, newest: Held, *, numbers: Sequence[int], key_id: str, snapshot: bool, now: datetime) -> Brought:
    """Bring the delivery that was merged into `newest` to its versions `numbers`, as far as it can be carried there.

    It is carried where the pure rule says so (`carrying.hindrances`) and both are sealed with the same key under the
    same normal form; another version stands still and says so. What was delivered lies in the tables `arriving` and
    `spared`; rows that were rejected are rejected for all versions.
    """
    code, reached, stopped = newest.definition.code, [], []
    for number in numbers:
        former = tables.version(cur, code=code, version=number)
        alike = (former.key_id, former.normaliser_version) == (key_id, newest.normaliser_version)
        if alike and not carrying.hindrances(former.definition, newest=newest.definition):
            listing = statements.changed_former(former, newest=newest, snapshot=snapshot)
            applying.apply(cur, former, applying.compare(cur, former, listing), now=now)
            reached.append(number)
        else:
            stopped.append(number)
    versions.stop(cur, code=code, versions=stopped, now=now)
    return Brought(tuple(reached), tuple(stopped))
