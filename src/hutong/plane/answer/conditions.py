"""What a query may be asked by: the whole key, or items that the catalogue declares and the grant covers.

A condition selects: it is an equality, or a range that the catalogue declares, bounded on both sides (D-25).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from hutong.core import canonical, labels, normalise
from hutong.core.errors import Invalid, Refused
from hutong.plane import sealing, tables
from hutong.plane.answer.selects import Op
from hutong.plane.definition import Holding
from hutong.plane.grants import Grant
from hutong.plane.keys import ResourceKeys
from hutong.plane.tables import Store


class ConditionMissing(Invalid):
    """A query names its conditions: the whole key ({key}), or items of the grant's conditions."""


class ConditionNotGranted(Refused):
    """Grant {grant} does not allow to ask by {items}."""

    clause = "SX-11-b"


class RangeNotDeclared(Refused):
    """{items} cannot be asked for by a range: the catalogue declares none."""

    clause = "SX-07-e"


class RangeOpen(Invalid):
    """A range of {item} has both ends, once "ge" and once "lt"; one end alone selects nothing."""

    clause = "SX-07-e"


class ConditionNotPossible(Invalid):
    """{item} cannot be asked by "{op}"; it is kept encrypted or is no text, and can be asked by "eq"."""


class ConditionUnreadable(Invalid):
    """The value given for {item} cannot be read as {kind}."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; several hold together."""

    item: str
    value: str
    op: Op = Op.EQUALS


def encoded(value: object) -> bytes:
    """Return what was asked as canonical JSON; raises ConditionUnreadable."""
    try:
        return canonical.dumps(value)
    except UnicodeEncodeError:
        raise ConditionUnreadable(item="?", kind=labels.both("reading.kind_unicode")) from None


def by_key(where: Sequence[Condition], store: Store) -> bool:
    """Return whether one record is asked for by its whole key."""
    named = [c.item for c in where if c.op is Op.EQUALS]
    return len(named) == len(where) and sorted(named) == sorted(store.definition.key)


def check(where: Sequence[Condition], grant: Grant, store: Store) -> None:
    """Return if a query may be asked by these conditions.

    Raises ConditionMissing and ConditionNotGranted.
    """
    if not where:
        raise ConditionMissing(key=", ".join(store.definition.key))
    declared = {item.code for item in store.definition.items if item.condition}
    allowed = declared & set(grant.conditions) & set(grant.items)
    if wrong := [c.item for c in where if c.item not in allowed]:
        raise ConditionNotGranted(grant=grant.no, items=", ".join(wrong))


def check_ranges(where: Sequence[Condition], store: Store) -> None:
    """Return if every range is declared by the catalogue and has both ends; raises RangeNotDeclared and RangeOpen."""
    ranges = [c for c in where if c.op is not Op.EQUALS]
    if wrong := [c.item for c in ranges if not store.definition.item(c.item).ranged]:
        raise RangeNotDeclared(items=", ".join(wrong))
    for item in {c.item for c in ranges if c.op is not Op.STARTS}:
        if sorted(c.op for c in ranges if c.item == item and c.op is not Op.STARTS) != [Op.AT_LEAST, Op.BELOW]:
            raise RangeOpen(item=item)


_KINDS = {"text": "reading.kind_text", "numeric": "reading.kind_number", "date": "reading.kind_date"}
"""Type of a column → the code of what a value of it is called."""


def value(condition: Condition, store: Store, keys: ResourceKeys) -> Any:
    """Return what a condition is tested with; raises ConditionNotPossible and ConditionUnreadable."""
    item = store.definition.item(condition.item)
    kind = tables.column_type(item)
    form = store.normaliser_version
    text = normalise.normalise(condition.value, type=item.type, form=form)
    if condition.op is not Op.EQUALS and item.holding is not Holding.PLAIN:
        raise ConditionNotPossible(item=item.code, op=str(condition.op))
    if condition.op is Op.STARTS and kind != "text":
        raise ConditionNotPossible(item=item.code, op=str(condition.op))
    if item.holding is Holding.PROTECTED:
        return [sealing.blind(keys, item.code, text)]
    if "\0" in condition.value or not condition.value:
        raise ConditionUnreadable(item=item.code, kind=labels.both(_KINDS["text"]))
    if kind == "text":
        ways = normalise.writings(condition.value, type=item.type, form=form)
        return ways if condition.op is Op.EQUALS else condition.value
    try:
        read: Any = date.fromisoformat(text) if kind == "date" else _decimal(text)
    except (ValueError, InvalidOperation):
        raise ConditionUnreadable(item=item.code, kind=labels.both(_KINDS[kind])) from None
    return [read] if condition.op is Op.EQUALS else read


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > 1000:
        raise ValueError(text)
    return number
