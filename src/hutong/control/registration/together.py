"""Many departments, persons and devices of a unit registered at once, from one table: all of them, or none.

What would come of a table is told first: every fault with its cell, or every registration that begins and every one
that changes. Who says that it counts says so of exactly that (`Judged.digest`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from hutong.control.procedures.rules import NotYourRole
from hutong.control.registration import operations, people, rules, sheet
from hutong.control.registration.lifecycle import UNUSED
from hutong.control.registration.models import Registration
from hutong.control.registration.sheet import CellFault, SheetRow
from hutong.control.units import operations as members
from hutong.control.units.rules import Actor
from hutong.core import bounds, canonical
from hutong.core.blanks import says_something
from hutong.core.errors import Conflicting, Invalid, Judging, Problem
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import registers

ORDER = ("department", "user", "device")
"""In which order a table is carried out: a department before who is of it."""


class SheetKindUnknown(Invalid):
    """{value} is no kind of registration: a row is a department, a person or a device."""

    clause = "SX-10-d"
    at = ("kind",)


class CellNotAsked(Invalid):
    """Nothing stands in this column for a row of this kind."""

    clause = "PS-09-1"


class RowTwice(Conflicting):
    """{code} stands in row {other} already."""

    clause = "PS-09-1"
    at = ("code",)


class NotInUse(Conflicting):
    """{code} is registered (registration {no}), but its state is {case_state}."""

    clause = "SX-10-d"
    at = ("code",)


class SheetFaulty(Invalid):
    """{number} cells have to be corrected; nothing was registered."""

    clause = "PS-09-1"
    at = ("file",)


class SheetOutdated(Conflicting):
    """What would come of the table is no longer what was shown."""

    at = ("file",)


@dataclass(frozen=True, slots=True)
class RowChange:
    """What comes of one row: a registration that begins, or the facts of one in use that change."""

    row: SheetRow
    no: str = ""
    """The registration that changes; empty where one begins."""
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Fact → what it says until now, and then; a number of a person masked."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What would come of a table: its faults, all at once, or what begins and what changes."""

    faults: tuple[CellFault, ...]
    new: tuple[RowChange, ...]
    changes: tuple[RowChange, ...]
    same: int
    """Rows that say what is registered already."""

    @property
    def digest(self) -> str:
        """The digest of what would come of it."""
        told = [[each.row.number, each.no, dict(each.row.said)] for each in (*self.new, *self.changes)]
        return canonical.digest({"rows": told, "faults": len(self.faults)})  # never entered: it is of numbers, too


def judge(
    rows: Sequence[SheetRow], *, actor: Actor, now: datetime, keyring: people.Keys, found: Iterable[CellFault] = ()
) -> Judged:
    """Return what would come of rows for the actor's unit, with the faults that reading `found`; raises NotYourRole."""
    if not actor.has_role(rules.APPLICANT):
        raise NotYourRole(role=rules.APPLICANT, officer=actor.name)
    standing = {(each.kind, each.code): each for each in _standing(actor.unit)}
    departments = {code for (kind, code), each in standing.items() if kind == "department" and each.state == "ACTIVE"}
    listed = {row.said["name"] for row in rows if row.kind == "department"}
    faults, new, changes, same = list(found), list[RowChange](), list[RowChange](), 0
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        wrong = _wrong(row, departments | listed, now=now, known=standing.get((row.kind, _code(row))))
        key = (row.kind, _code(row))
        if not wrong and key in seen:
            wrong = [RowTwice(code=key[1], other=seen[key])]
        seen.setdefault(key, row.number)
        known = standing.get(key)
        if not wrong and known is not None and known.state != "ACTIVE":
            state = operations.REGISTRATION.states[known.state].name
            wrong = [NotInUse(code=known.code, no=known.no, case_state=state)]
        faults += [CellFault(row.number, (problem.fields or ("",))[0], problem) for problem in wrong]
        if wrong:
            continue
        if known is None:
            new.append(RowChange(row))
        elif changed := _changed(row, known, keyring=keyring):
            changes.append(RowChange(row, known.no, changed))
        else:
            same += 1
    faults.sort(key=lambda fault: fault.row)
    return Judged(tuple(faults), tuple(new), tuple(changes), same)


def register(
    rows: Sequence[SheetRow], *, seen: str, actor: Actor, now: datetime, calendar: Calendar, keyring: people.Keys,
    found: Iterable[CellFault] = (),
) -> Judged:  # fmt: skip
    """Register and change what a table says, all of it in one transaction, and return what came of it (SX-10-d).

    `seen` is the digest of what was shown before; saying so means that the unit accepts the rules of use. `found` are
    the faults that reading found. Raises
    NotYourRole, UnitStopped, SheetFaulty, SheetOutdated, and what `operations.apply` and `operations.take` raise.
    """
    with transaction.atomic():
        members.require_active(actor.unit)
        judged = judge(rows, actor=actor, now=now, keyring=keyring, found=found)
        if judged.faults:
            raise SheetFaulty(number=len(judged.faults))
        if judged.digest != seen:
            raise SheetOutdated
        for each in sorted(judged.new, key=lambda each: ORDER.index(each.row.kind)):
            no = operations.apply(each.row.kind, facts=_facts(each.row), actor=actor, now=now, keyring=keyring)
            operations.take(no, "accept_rules", actor=actor, now=now, calendar=calendar)
        for each in judged.changes:
            _correct(each, actor=actor, now=now, keyring=keyring)
    return judged


def _standing(unit: str) -> Iterable[Registration]:
    found = Registration.objects.filter(unit=unit, kind__in=ORDER).exclude(state__in=UNUSED).exclude(code="")
    return found.prefetch_related("numbers")


def _code(row: SheetRow) -> str:
    return row.said["name"] if row.kind == "department" else row.said["code"]


def _facts(row: SheetRow) -> dict[str, object]:
    return {name: row.said[name] for name in sheet.ASKED[row.kind]}


def _wrong(
    row: SheetRow, departments: set[str], *, now: datetime, known: Registration | None
) -> list[Problem]:
    """Return what is wrong with the cells of a row by themselves."""
    if not row.kind:
        return [SheetKindUnknown(value=row.said["kind"][:40])]
    judging, facts = Judging(), _facts(row)
    for name, cell in facts.items():
        with judging.of(name):
            bounds.check(str(cell), field=name)
    rules.check(row.kind, rules.identified(row.kind, facts), judging=judging)
    there = known is not None and people.have_identity(known) if people.asked(row.kind) else False
    people.check(row.kind, facts, now=now, judging=judging, there=there)
    department = row.said["department"]
    if "department" in facts and department and department not in departments and judging.spared("department"):
        judging.add(rules.DepartmentUnknown(department=department[:40]))
    for name in sheet.COLUMNS:
        if name not in ("kind", *facts) and says_something(row.said[name]) and not _is_own_name(row, name):
            judging.add(CellNotAsked(), name)
    return judging.found


def _is_own_name(row: SheetRow, name: str) -> bool:
    """Whether a department's row only says its name once more."""
    return row.kind == "department" and row.said[name] == row.said["name"]


def _changed(row: SheetRow, known: Registration, *, keyring: people.Keys) -> dict[str, tuple[str, str]]:
    facts = {name: str(cell) for name, cell in _facts(row).items() if name not in people.NUMBERS}
    said = {name: (getattr(known, name), cell) for name, cell in facts.items() if getattr(known, name) != cell}
    if not people.asked(row.kind):
        return said
    shown, numbers = people.shown(known), people.normal(row.said)
    changed = people.differing(known, row.said, keyring=keyring)
    return said | {name: (shown.get(name, ""), people.masked(name, numbers[name])) for name in changed}


def _correct(change: RowChange, *, actor: Actor, now: datetime, keyring: people.Keys) -> None:
    """Change the facts of one person or device in use; its entry names them and says none of them."""
    found = Registration.objects.select_for_update().get(no=change.no)
    told = {name: after for name, (_, after) in change.changed.items() if name not in people.NUMBERS}
    place = {"id": found.code, "unit": found.unit_id}
    with database.joined(connection) as cur:
        if "name" in told:
            registers.rename(cur, kind=found.kind, name=told["name"], **place)
        if "department" in told and found.kind == "user":
            registers.set_department(cur, department=told["department"], now=now, by=actor.officer, **place)
    found.written_by = sorted({*found.written_by, actor.officer})
    numbers = people.keep(found, change.row.said, keyring=keyring)
    operations.rewrite(found, told, changed=[*told, *numbers], now=now, by=actor.officer)
