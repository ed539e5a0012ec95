"""The facts of a record of the log in words: one table says how each is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from hutong.control.procedures.procedure import installed
from hutong.core import canonical
from hutong.core.lifecycle import Lifecycle
from hutong.plane.suspensions import Suspendable
from hutong.web.desk import register
from hutong.web.wording import clauses, facts, labels, procedures, row_filters
from hutong.web.wording.filters import joined, moment
from hutong.web.wording.names import named


@dataclass(frozen=True, slots=True)
class RecordShown:
    """A record, and what its codes are told by."""

    event: str
    record: Mapping[str, Any]
    units: Mapping[str, str]
    """Credit code of a unit → its name."""
    items: Mapping[str, str]
    """Item of the version the record is about → its name."""

    @property
    def life(self) -> Lifecycle | None:
        """The lifecycle of the case it is about: the one it names, else the one whose steps are such events."""
        known = installed()
        if "lifecycle" in self.record:
            found = known.get(self.record["lifecycle"])
        else:
            found = next((each for each in known.values() if each.event == self.event), None)
        return found.life if found else None


Teller = Callable[[Any, RecordShown], str]
"""Returns a value of a fact, which is not None, in the reader's language."""


def told(entered: RecordShown) -> list[tuple[str, str]]:
    """Return every fact of a record: what it is called and what it says, in the reader's language."""
    return [
        (facts.named(fact, event=entered.event), "—" if value is None else TOLD.get(fact, _as_entered)(value, entered))
        for fact, value in entered.record.items()
    ]


NUMBERS = (
    "application", "change", "registration", "handover", "transfer", "case", "grant", "whom", "officer",
    "resource", "key",
)  # fmt: skip
"""Facts that say what a record is about, the nearest first."""
DONE = ("hand", "action", "kind", "role")
"""Facts that say what was done."""


def about(event: str, record: Mapping[str, Any]) -> str:
    """Return on a line what a record is about, and what was done: `GX20260302-0001 受理`."""
    entered = RecordShown(event, record, {}, {})
    number = next((str(record[fact]) for fact in NUMBERS if record.get(fact)), "")
    return " ".join(filter(None, (number, *(TOLD[fact](record[fact], entered) for fact in DONE if record.get(fact)))))


def _as_entered(value: Any, _: RecordShown) -> str:
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return joined(value) or "—"
    return value if isinstance(value, str) else canonical.dumps(value).decode()


def _each(tell: Teller) -> Teller:
    return lambda values, entered: joined(tell(each, entered) for each in values) or "—"


def _in(listed: str) -> Teller:
    return lambda value, _: named(value, listed)


def _meaning(kind: str) -> Teller:
    return lambda value, _: register.meanings(kind).get(str(value), str(value))


def _unit(value: Any, entered: RecordShown) -> str:
    return entered.units.get(value, value) if isinstance(value, str) else _as_entered(value, entered)


def _item(value: Any, entered: RecordShown) -> str:
    return entered.items.get(value, str(value))


def _row_filter(value: Any, entered: RecordShown) -> str:
    return joined(row_filters.words(value, entered.items)) or "—"


def _whom(value: Any, entered: RecordShown) -> str:
    return _unit(value, entered) if entered.record["kind"] == Suspendable.UNIT else str(value)


def _kind(value: Any, entered: RecordShown) -> str:
    if entered.event in ("procedures.handled", "procedures.addressed"):
        return gettext(procedures.HANDLINGS.get(value, value))
    return named(value, KINDS[entered.event]) if entered.event in KINDS else str(value)


def _lifecycle(value: Any, entered: RecordShown) -> str:
    return procedures.said("title", entered.life.title) if entered.life else str(value)


def _state(value: Any, entered: RecordShown) -> str:
    life = entered.life
    return procedures.state(life, value).name if life and value in life.states else str(value)


def _action(value: Any, entered: RecordShown) -> str:
    before = entered.record.get("from_state")
    moves = entered.life.moves if entered.life else ()
    found = next((move for move in moves if move.action == value and before in (None, move.before)), None)
    return procedures.label(found) if found else str(value)


def _hand(value: Any, _: RecordShown) -> str:
    return gettext(procedures.HANDS.get(value, value))


def _moment(value: Any, _: RecordShown) -> str:
    return moment(datetime.fromisoformat(value))


def _milliseconds(value: Any, _: RecordShown) -> str:
    return f"{value / 1000:.1f}"


def _result(value: Any, entered: RecordShown) -> str:
    if not entered.event.startswith("plane."):
        return str(value)
    return gettext("已提供") if value == "OK" else " ".join((gettext("未予提供"), str(value)))


def _profile(value: Any, _: RecordShown) -> str:
    return facts.profile(str(value))


def _clause(value: Any, _: RecordShown) -> str:
    return clauses.on_a_line(value)


KINDS: Mapping[str, str] = {
    **dict.fromkeys(("registration.applied", "registration.moved"), "registration_kind"),
    **dict.fromkeys(("sharing.term_registered", "sharing.term_changed"), "term_kind"),
    **dict.fromkeys(("plane.delivered", "plane.delivery_refused", "plane.delivery_waits"), "delivery_kind"),
    **dict.fromkeys(("plane.suspended", "plane.suspension_lifted"), "suspended_kind"),
    "units.unit_registered": "unit_kind",
    "catalog.change_drafted": "change_kind",
}
"""Event → the list that its `kind` has a name in."""

TOLD: Mapping[str, Teller] = {
    "action": _action,
    "after": _unit,
    "asked_at": _moment,
    "before": _unit,
    "before_at": _moment,
    "clause": _clause,
    "competent": _unit,
    "conditions": _each(_item),
    "consumer": _unit,
    "from_at": _moment,
    "from_state": _state,
    "hand": _hand,
    "items": _each(_item),
    "kind": _kind,
    "latency_us": _milliseconds,
    "lifecycle": _lifecycle,
    "matter": _meaning("matter"),
    "matters": _each(_meaning("matter")),
    "log_until_at": _moment,
    "mode": _in("mode"),
    "unit": _unit,
    "profile": _profile,
    "profiles": _each(_profile),
    "provider": _unit,
    "receiver": _unit,
    "purpose": _meaning("purpose"),
    "record_class": _in("record_class"),
    "result": _result,
    "role": _in("role"),
    "row_filter": _row_filter,
    "seen_fact": lambda value, _: labels.label(str(value), page="registration"),
    "set_ended_at": _moment,
    "to_state": _state,
    "of_unit": _unit,
    "to_unit": _unit,
    "units": _each(_unit),
    "until_at": _moment,
    "whom": _whom,
    "wrapped_at": _moment,
}
"""Fact → how it is told; any other as it was entered."""
