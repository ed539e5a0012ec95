"""Numbers of cases: a prefix, the day, and a place in the order of that day."""

from datetime import datetime

from django.db import connection
from django.db.models.functions import Length

from hutong.control.procedures.procedure import Procedure
from hutong.core import beijing
from hutong.db import locks


def following(procedure: Procedure, prefix: str, *, now: datetime) -> str:
    """Return the next number of the day, e.g. GX20260302-0007; a lock keeps two from taking the same.

    To be called in the transaction that uses it: until that ends nobody else is given one with this prefix.
    """
    start = f"{prefix}{beijing.day(now):%Y%m%d}-"
    with connection.cursor() as cur:
        locks.take(cur, f"hutong.number.{prefix}")
    taken = procedure.model._default_manager.filter(**{f"{procedure.number}__startswith": start})
    latest = taken.order_by(Length(procedure.number).desc(), f"-{procedure.number}")  # 10000 comes after 9999
    last = latest.values_list(procedure.number, flat=True).first()
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:04}"
