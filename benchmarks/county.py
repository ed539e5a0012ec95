"""What is measured with: residents who do not exist, and one resource that is shared with one agency."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from hutong.demo import county, resources
from hutong.plane.definition import Definition, Mode
from hutong.plane.grants import Grant

PROVIDER, CONSUMER = (made_unit.credit_code for made_unit in county.made_units()[:2])
SYSTEM, GRANT = "bench-system", "bench-grant"
CONTEXT = {
    "hutong-user": "wang",
    "hutong-device": "pc1",
    "hutong-purpose": "aid",
    "hutong-matter": "m1",
}
ITEMS = ("name", "birth_date")
"""What a claim is about: two items of the register of residents, sealed as its key is."""


LIMITS = "street"
"""The item a grant may be limited by, where that is measured."""


def definition(code: str, *, suite: str = "international", limited: bool = False) -> Definition:
    """Return the demonstration county's register of residents under a code of its own.

    With `limited`, grants may be limited by the street.
    """
    made = resources.residents(provider=PROVIDER)
    items = tuple(replace(item, filter=limited and item.code == LIMITS) for item in made.items)
    return replace(made, code=code, suite=suite, items=items)


def people(count: int) -> pa.Table:
    """Return residents with the columns of the register, in its order."""
    made = county.make_residents(count, seed=7)
    return made.select([item.code for item in definition("any").items])


def write(table: pa.Table, path: Path) -> Path:
    """Write a delivery file (CSV)."""
    return county.write_csv(table, path)


def grant(code: str, no: str, *, now: datetime, streets: Sequence[str] = ()) -> Grant:
    """Return a grant to compare as often as a benchmark does, for residents of `streets` alone where any are named."""
    return Grant(
        no=no,
        code=code,
        provider=PROVIDER,
        consumer=CONSUMER,
        system=SYSTEM,
        mode=Mode.COMPARE,
        items=ITEMS,
        conditions=(),
        need=(),
        purpose=CONTEXT["hutong-purpose"],
        matters=(CONTEXT["hutong-matter"],),
        users=(CONTEXT["hutong-user"],),
        devices=(CONTEXT["hutong-device"],),
        fold_absent=True,
        quota=2**31 - 1,
        guesses=2**31 - 1,
        from_at=now - timedelta(days=1),
        until_at=now + timedelta(days=30),
        filing_no="bench",
        row_filter={LIMITS: streets} if streets else {},
    )


MLPS_UNTIL = date(2099, 12, 31)
