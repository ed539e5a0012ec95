"""An enrolment carried out: each entry made, changed or left through the operations, rehearsed before anything is kept.

A rehearsal runs the very operations in one transaction that is rolled back, so it refuses what they would refuse.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction

from hutong.control.enrolment import accounts, registering
from hutong.control.enrolment.enrolled import (
    Enrolled,
    EnrolledOffice,
    EnrolledOfficer,
    EnrolledSystem,
    EnrolledTerm,
    EnrolledUnit,
    EnrolledUser,
    EnrolmentFault,
    FilePosition,
    Listed,
    Outcome,
    identity,
)
from hutong.control.enrolment.giving import FOUNDING, Carrier, called
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.registration import listing
from hutong.control.sharing import stopping, terms
from hutong.control.units import offices, operations, passing_on, queries
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.errors import Conflicting, Problem
from hutong.db import locks
from hutong.plane.keys import Keyring

ENTITLED = listing.FILED_BY
"""Roles that enrol units, systems, users, devices and terms; of officers each does what is theirs (SX-11-a), and of
what is registered the operator alone gives other credentials and ends a lock."""
_FIRST = "登记文件首次确定"
"""Why an office was given that no unit held before, where the file does not say."""
_FIELD = {
    "CREDIT_CODE_MISSHAPED": "credit_code",
    "CREDIT_CODE_CHECK_FAILED": "credit_code",
    "UNIT_TAKEN": "name",
    "KIND_UNKNOWN": "kind",
    "NO_SUCH_UNIT": "unit",
    "ROLE_UNKNOWN": "roles",
    "ROLES_NOT_SEPARATED": "roles",
    "ROLE_DAYS_WRONG": "roles",
    "OWN_ACCOUNT": "roles",
    "NOT_YOUR_ROLE": "roles",
    "ROLE_NOT_FOUNDED": "roles",
    "NAME_UNFIT": "name",
    "DAY_FAR_OFF": "roles",
    "NO_SUCH_OFFICE": "role",
    "OFFICE_WITHOUT_REASON": "reason",
    "FIELD_MISSING": "roles",
    "UNIT_STOPPED": "unit",
    "STOP_WITHOUT_REASON": "reason",
    "UNIT_STILL_COMPETENT": "state",
    "UNIT_STILL_PROVIDES": "state",
    "UNIT_STILL_APPLIES": "state",
    "UNIT_HAS_OFFICE": "state",
    "PASSWORD_WEAK": "password_file",
    "PROTECTION_TOO_LOW": "mlps_level",
    "PROTECTION_EXPIRED": "mlps_until",
    "CREDENTIALS_FAULTY": "public_key, secret_file, profiles",
}
"""Code of a refusal → the field it is about."""


class PlatformBegun(Conflicting):
    """The platform has its officers by now: who enrols is one of them."""


def rehearse(
    entries: Iterable[Listed], *, keyring: Keyring, now: datetime, by: str
) -> tuple[list[Outcome], list[EnrolmentFault]]:
    """Return what `enrol` would do and what it would refuse, and leave everything as it was.

    What fails only because the file's own unit does is no fault of its own but hangs on that unit's.
    """
    outcomes: list[Outcome] = []
    faults: list[EnrolmentFault] = []
    hanging: list[Counter[str]] = []
    faulty: dict[str, int] = {}
    """Credit code or name of a unit that fails → the fault it hangs on."""
    with transaction.atomic():
        carrier = called(by, now=now) if begun() else FOUNDING
        for place, entry in _in_order(entries):
            try:
                carried = _carry_out(entry, keyring=keyring, now=now, by=by, carrier=carrier)
                outcomes.append(replace(carried, password=None))
            except Problem as problem:
                missing = problem.facts["unit"] if problem.code == "NO_SUCH_UNIT" else ""
                on = faulty.get(missing, len(faults))
                if on == len(faults):
                    faults.append(EnrolmentFault(_pointed(place, problem), problem))
                    hanging.append(Counter())
                else:
                    hanging[on][place.section] += 1
                if isinstance(entry, EnrolledUnit):
                    faulty |= {entry.credit_code: on, entry.name: on}
        transaction.set_rollback(True)
    return outcomes, [replace(fault, hanging=tuple(on.items())) for fault, on in zip(faults, hanging, strict=True)]


def enrol(entries: Iterable[Listed], *, keyring: Keyring, now: datetime, actor: Actor) -> Iterator[Outcome]:
    """Carry out entry by entry, and yield what became of each once it is committed.

    Each change is a transaction of its own with its entry in the log; what an operation refuses is raised, and what
    came before it stays. Done again it changes nothing. Raises NotYourRole.
    """
    check_entitled(actor)
    carrier = Carrier(actor)
    for _, entry in _in_order(entries):
        yield _carry_out(entry, keyring=keyring, now=now, by=actor.officer, carrier=carrier)


def begin(entries: Sequence[Listed], *, username: str, keyring: Keyring, now: datetime) -> Iterator[Outcome]:
    """Found a platform that has no officer yet: its units, its offices and the three administrators, all or nothing.

    It is done by the system administrator of this name whom the entries themselves list, who then enrols the systems
    and what else there is. The first entry says who begins and that no password was asked. Of two at once the second
    finds it begun. Raises FirstOfficerUnlisted, PlatformBegun and RoleNotFounded, else as `enrol`.
    """
    accounts.check_founders(entries, username=username, today=beijing.day(now))
    ordered = _in_order(entries)
    founded = [entry for _, entry in ordered if isinstance(entry, EnrolledUnit | EnrolledOffice | EnrolledOfficer)]
    first = next(entry for entry in founded if isinstance(entry, EnrolledOfficer) and entry.username == username)
    with transaction.atomic():
        _lock_founding()
        if begun():
            raise PlatformBegun
        record("units.platform_begun", {"officer": username, "name": first.name, "by": username}, now=now)
        outcomes = [
            _carry_out(entry, keyring=keyring, now=now, by=username, carrier=FOUNDING) for entry in founded
        ]
    yield from outcomes
    for _, entry in ordered:
        if not isinstance(entry, EnrolledUnit | EnrolledOffice | EnrolledOfficer):
            yield _carry_out(entry, keyring=keyring, now=now, by=username, carrier=FOUNDING)


def begun() -> bool:
    """Whether the platform has an officer."""
    return queries.has_officers()


def _lock_founding() -> None:
    """Let nobody else found the platform before this transaction ends."""
    with connection.cursor() as cur:
        locks.take(cur, "hutong.founding")


def check_entitled(actor: Actor) -> None:
    """Refuse who may not enrol: a file is about all regions, so the operator of one brings none; raises NotYourRole."""
    if not (actor.has_role("system_admin") or actor.answers_for("operator", region="")):
        raise NotYourRole(role=", ".join(ENTITLED), officer=actor.name)


def _carry_out(entry: Enrolled, *, keyring: Keyring, now: datetime, by: str, carrier: Carrier) -> Outcome:
    match entry:
        case EnrolledUnit():
            return _unit(entry, now=now, by=by)
        case EnrolledOffice():
            return _office(entry, now=now, by=by)
        case EnrolledOfficer():
            return accounts.carry_out(entry, now=now, by=by, carrier=carrier)
        case EnrolledSystem():
            return registering.system(entry, keyring=keyring, now=now, by=by, carrier=carrier)
        case EnrolledTerm():
            return _term(entry, now=now, by=by)
        case EnrolledUser():
            return registering.user(entry, now=now, by=by, carrier=carrier)
    return registering.device(entry, now=now, by=by, carrier=carrier)


def _in_order(entries: Iterable[Listed]) -> list[Listed]:
    """Return units before all that names them, a competent department before its units, and stopped after others.

    A unit is stopped once nothing names it any more: after all units that go on, after its office was passed on, and
    before its department.
    """
    listed = list(entries)
    units = [each for each in listed if isinstance(each[1], EnrolledUnit)]
    ordered: list[Listed] = []
    while units:
        waiting = {known for _, unit in units for known in (unit.credit_code, unit.name)}  # type: ignore[union-attr]
        ready = [each for each in units if each[1].competent not in waiting] or units  # type: ignore[union-attr]
        ordered += ready
        units = [each for each in units if each not in ready]
    stopped = [each for each in ordered if isinstance(each[1], EnrolledUnit) and each[1].state == "stopped"]
    going_on = [each for each in ordered if each not in stopped]
    offices = [each for each in listed if isinstance(each[1], EnrolledOffice)]
    others = [each for each in listed if not isinstance(each[1], EnrolledUnit | EnrolledOffice)]
    return going_on + offices + stopped[::-1] + others


def _pointed(place: FilePosition, problem: Problem) -> FilePosition:
    named = _FIELD.get(problem.code, "")
    if named == "roles" and place.section != "officers":
        named = ""
    if named == "unit":
        named = {"units": "competent", "offices": "unit"}.get(place.section, named)
    return replace(place, field=named)


def _unit(unit: EnrolledUnit, *, now: datetime, by: str) -> Outcome:
    wanted = {
        "name": unit.name,
        "kind": unit.kind,
        "region_code": unit.region_code,
        "competent": queries.code_of(unit.competent) if unit.competent else None,
    }
    known = queries.registered(unit.credit_code)
    if known is None:
        operations.register(credit_code=unit.credit_code, **wanted, now=now, by=by)  # type: ignore[arg-type]
        _move_unit(unit, active=True, now=now, by=by)
        return Outcome("units", unit.credit_code, unit.name, "new")
    changed = operations.change(unit.credit_code, **wanted, now=now, by=by)  # type: ignore[arg-type]
    changed += ["state"] * _move_unit(unit, active=known.active, now=now, by=by)
    return Outcome("units", unit.credit_code, unit.name, "changed" if changed else "same", tuple(changed))


def _move_unit(unit: EnrolledUnit, *, active: bool, now: datetime, by: str) -> bool:
    """Stop or start a unit that is `active` or not, where the file says so, and return whether it did."""
    if unit.state is None or (unit.state == "active") == active:
        return False
    if active:
        stopping.stop(unit.credit_code, reason=unit.reason, now=now, by=by)
    else:
        stopping.start(unit.credit_code, now=now, by=by)
    return True


def _office(office: EnrolledOffice, *, now: datetime, by: str) -> Outcome:
    unit = queries.code_of(office.unit)
    current = offices.current().units.get((office.role, office.region))
    reason = office.reason or ("" if current else _FIRST)
    given = None
    if current != unit:
        given = passing_on.give(role=office.role, region=office.region, unit=unit, reason=reason, now=now, by=by)
    what = "same" if given is None else "changed" if current else "new"
    return Outcome("offices", identity(office), queries.names()[unit], what, ("unit",) * (what == "changed"))


def _term(term: EnrolledTerm, *, now: datetime, by: str) -> Outcome:
    section = f"{term.kind}s"
    active = None if term.state is None else term.state == "active"
    there = terms.known(term.kind, code=term.code)
    if not there:
        terms.register(term.kind, code=term.code, name=term.name, name_en=term.name_en, now=now, by=by)
    changed = terms.change(
        term.kind, code=term.code, name=term.name, name_en=term.name_en, active=active, now=now, by=by
    )
    told = tuple("state" if field == "active" else field for field in changed)
    what = ("changed" if told else "same") if there else "new"
    return Outcome(section, term.code, term.name, what, told if there else ())
