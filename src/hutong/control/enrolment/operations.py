"""An enrolment carried out: each entry made, changed or left through the operations, rehearsed before anything is kept.

A rehearsal runs the very operations in one transaction that is rolled back, so it refuses what they would refuse.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from hutong.control.enrolment import registering
from hutong.control.enrolment.entries import (
    Entry,
    Fault,
    Listed,
    Office,
    Officer,
    Outcome,
    Person,
    Place,
    Role,
    System,
    Term,
    Unit,
    identity,
)
from hutong.control.enrolment.file import FieldMissing
from hutong.control.enrolment.giving import Gives, called, giver, gives_any
from hutong.control.orgs import factors, offices, operations, passing_on, postings, queries, rules
from hutong.control.orgs.rules import Actor, Days, counting
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.sharing import stopping, terms
from hutong.core import beijing, passwords
from hutong.core.errors import Conflicting, Invalid, Problem
from hutong.plane.keys import Keyring

ENTITLED = ("operator", "system_admin")
"""Roles that enrol, and help officers who lost a password or a second factor (SX-11-a)."""
_NO_LONGER = "登记文件不再列出"
"""Why a role was taken, as the log has it."""
_ELSEWHERE = "登记文件改列单位"
"""Why an officer moved, as the log has it."""
_FIRST = "登记文件首次确定"
"""Why an office was given that no unit held before, where the file does not say."""
_FIELD = {
    "CREDIT_CODE_MISSHAPED": "credit_code",
    "CREDIT_CODE_CHECK_FAILED": "credit_code",
    "ORGANISATION_TAKEN": "name",
    "KIND_UNKNOWN": "kind",
    "NO_SUCH_ORGANISATION": "org",
    "ROLE_UNKNOWN": "roles",
    "ROLES_NOT_SEPARATED": "roles",
    "ROLE_DAYS_WRONG": "roles",
    "OWN_ACCOUNT": "roles",
    "NOT_YOUR_ROLE": "roles",
    "NAME_UNFIT": "name",
    "DAY_FAR_OFF": "roles",
    "NO_SUCH_OFFICE": "role",
    "OFFICE_WITHOUT_REASON": "reason",
    "FIELD_MISSING": "roles",
    "UNIT_STOPPED": "org",
    "STOP_WITHOUT_REASON": "reason",
    "UNIT_STILL_COMPETENT": "state",
    "UNIT_STILL_PROVIDES": "state",
    "UNIT_STILL_APPLIES": "state",
    "UNIT_HOLDS_OFFICE": "state",
    "PASSWORD_WEAK": "password_file",
    "PROTECTION_TOO_LOW": "mlps_level",
    "PROTECTION_EXPIRED": "mlps_until",
    "CREDENTIALS_FAULTY": "public_key, secret_file, profiles",
}
"""Code of a refusal → the field it is about."""


class FirstOfficerUnlisted(Invalid):
    """The platform has no officer yet, and the file lists no active {username} in the role {role}."""

    clause = "SX-11-a"


class PlatformBegun(Conflicting):
    """The platform has its officers by now: who enrols is one of them."""


class VouchedWithoutReason(Invalid):
    """Acting at the server without a password needs a reason; none is given."""

    clause = "SX-11-a"


def rehearse(
    entries: Iterable[Listed], *, keyring: Keyring, now: datetime, by: str
) -> tuple[list[Outcome], list[Fault]]:
    """Return what `enrol` would do and what it would refuse, and leave everything as it was.

    What fails only because the file's own unit does is no fault of its own but hangs on that unit's.
    """
    outcomes: list[Outcome] = []
    faults: list[Fault] = []
    hanging: list[Counter[str]] = []
    faulty: dict[str, int] = {}
    """Credit code or name of a unit that fails → the fault it hangs on."""
    with transaction.atomic():
        gives = giver(called(by, now=now)) if begun() else gives_any
        for place, entry in _in_order(entries):
            try:
                carried = _carry_out(entry, keyring=keyring, now=now, by=by, gives=gives)
                outcomes.append(replace(carried, password=None))
            except Problem as problem:
                missing = problem.facts["org"] if problem.code == "NO_SUCH_ORGANISATION" else ""
                on = faulty.get(missing, len(faults))
                if on == len(faults):
                    faults.append(Fault(_pointed(place, problem), problem))
                    hanging.append(Counter())
                else:
                    hanging[on][place.section] += 1
                if isinstance(entry, Unit):
                    faulty |= {entry.credit_code: on, entry.name: on}
        transaction.set_rollback(True)
    return outcomes, [replace(fault, hanging=tuple(on.items())) for fault, on in zip(faults, hanging, strict=True)]


def enrol(entries: Iterable[Listed], *, keyring: Keyring, now: datetime, actor: Actor) -> Iterator[Outcome]:
    """Carry out entry by entry, and yield what became of each once it is committed.

    Each change is a transaction of its own with its entry in the log; what an operation refuses is raised, and what
    came before it stays. Done again it changes nothing. Raises NotYourRole.
    """
    check_entitled(actor)
    gives = giver(actor)
    for _, entry in _in_order(entries):
        yield _carry_out(entry, keyring=keyring, now=now, by=actor.person, gives=gives)


def begin(entries: Sequence[Listed], *, username: str, keyring: Keyring, now: datetime) -> Iterator[Outcome]:
    """Enrol on a platform that has no officer yet, as the officer of this name whom the entries themselves list.

    The first entry says who begins and that no password was asked. Raises FirstOfficerUnlisted and PlatformBegun, else
    as `enrol`.
    """
    first = next((entry for _, entry in entries if isinstance(entry, Officer) and entry.username == username), None)
    held = counting(_held(first, day=beijing.day(now)), offices=_given(entries, first.org)) if first else frozenset()
    if first is None or first.state == "stopped" or held.isdisjoint(ENTITLED):
        raise FirstOfficerUnlisted(username=username, role=", ".join(ENTITLED))
    with transaction.atomic():
        if begun():
            raise PlatformBegun
        record("orgs.platform_begun", {"person": username, "name": first.name, "by": username}, now=now)
    ordered = _in_order(entries)
    units = [each for each in ordered if isinstance(each[1], Unit | Office)]
    begins = [each for each in ordered if each[1] is first]
    # who begins comes before the other officers: broken off, somebody is there who may go on
    for _, entry in units + begins + [each for each in ordered if each not in units + begins]:
        yield _carry_out(entry, keyring=keyring, now=now, by=username, gives=gives_any)


def _held(officer: Officer, *, day: date) -> set[str]:
    """Return the roles that an officer of the file has on a day."""
    named = [Role(role) if isinstance(role, str) else role for role in officer.roles]
    return {
        each.role for each in named if (each.from_date or day) <= day <= (each.until_date or day)
    }


def _given(entries: Sequence[Listed], org: str) -> set[tuple[str, str]]:
    """Return the offices that the file gives to a unit, which it names by code or name: role and region."""
    codes = {entry.name: entry.credit_code for _, entry in entries if isinstance(entry, Unit)}
    listed = [entry for _, entry in entries if isinstance(entry, Office)]
    return {(each.role, each.region) for each in listed if codes.get(each.unit, each.unit) == codes.get(org, org)}


def begun() -> bool:
    """Whether the platform has an officer."""
    return queries.has_officers()


def check_entitled(actor: Actor) -> None:
    """Refuse who may not enrol; raises NotYourRole."""
    if not any(actor.holds(role) for role in ENTITLED):
        raise NotYourRole(role=", ".join(ENTITLED), person=actor.name)


def vouch(username: str, *, reason: str, source: str, now: datetime) -> Actor:
    """Return the officer whom the one at the server says to be, without a password, and enter that and why.

    For the night in which nobody entitled has a password that works: it is in the log for the auditor. Raises
    VouchedWithoutReason, NoSuchOfficer and NotYourRole.
    """
    if not reason.strip():
        raise VouchedWithoutReason
    actor = queries.actor(username, now=now)
    check_entitled(actor)
    with transaction.atomic():
        fields = {"person": username, "org": actor.org, "source": source, "reason": reason.strip(), "by": username}
        record("auth.vouched", fields, now=now, org=actor.org)
    return actor


def _carry_out(entry: Entry, *, keyring: Keyring, now: datetime, by: str, gives: Gives) -> Outcome:
    match entry:
        case Unit():
            return _unit(entry, now=now, by=by)
        case Office():
            return _office(entry, now=now, by=by)
        case Officer():
            return _officer(entry, now=now, by=by, gives=gives)
        case System():
            return registering.system(entry, keyring=keyring, now=now, by=by)
        case Term():
            return _term(entry, now=now, by=by)
        case Person():
            return registering.person(entry, now=now, by=by)
    return registering.device(entry, now=now, by=by)


def _in_order(entries: Iterable[Listed]) -> list[Listed]:
    """Return units before all that names them, a competent department before its units, and stopped after others.

    A unit is stopped once nothing names it any more: after all units that go on, after its office was passed on, and
    before its department.
    """
    listed = list(entries)
    units = [each for each in listed if isinstance(each[1], Unit)]
    ordered: list[Listed] = []
    while units:
        waiting = {known for _, unit in units for known in (unit.credit_code, unit.name)}  # type: ignore[union-attr]
        ready = [each for each in units if each[1].competent not in waiting] or units  # type: ignore[union-attr]
        ordered += ready
        units = [each for each in units if each not in ready]
    stopped = [each for each in ordered if isinstance(each[1], Unit) and each[1].state == "stopped"]
    going_on = [each for each in ordered if each not in stopped]
    offices = [each for each in listed if isinstance(each[1], Office)]
    others = [each for each in listed if not isinstance(each[1], Unit | Office)]
    return going_on + offices + stopped[::-1] + others


def _pointed(place: Place, problem: Problem) -> Place:
    named = _FIELD.get(problem.code, "")
    if named == "org":
        named = {"units": "competent", "offices": "unit"}.get(place.section, named)
    return replace(place, field=named)


def _unit(unit: Unit, *, now: datetime, by: str) -> Outcome:
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


def _move_unit(unit: Unit, *, active: bool, now: datetime, by: str) -> bool:
    """Stop or start a unit that is `active` or not, where the file says so, and return whether it did."""
    if unit.state is None or (unit.state == "active") == active:
        return False
    if active:
        stopping.stop(unit.credit_code, reason=unit.reason, now=now, by=by)
    else:
        stopping.start(unit.credit_code, now=now, by=by)
    return True


def _office(office: Office, *, now: datetime, by: str) -> Outcome:
    unit = queries.code_of(office.unit)
    held_by = offices.now_held().units.get((office.role, office.region))
    reason = office.reason or ("" if held_by else _FIRST)
    given = None
    if held_by != unit:
        given = passing_on.give(role=office.role, region=office.region, unit=unit, reason=reason, now=now, by=by)
    what = "same" if given is None else "changed" if held_by else "new"
    return Outcome("offices", identity(office), queries.names()[unit], what, ("unit",) * (what == "changed"))


def _officer(officer: Officer, *, now: datetime, by: str, gives: Gives) -> Outcome:
    org, username = queries.code_of(officer.org), officer.username
    roles = _days(officer.roles, now=now)
    known = queries.account(username, now=now)
    if known is None:
        for role in sorted(roles):
            gives(role, org, username)
        made = _new_officer(officer, org=org, roles=roles, now=now, by=by)
        return Outcome("officers", username, officer.name, "new", password=made)
    changed = []
    if postings.move(username=username, org=org, reason=_ELSEWHERE, now=now, by=by):
        changed.append("org")
        known = replace(known, given={}, roles=frozenset())
    if postings.rename(username=username, name=officer.name, now=now, by=by):
        changed.append("name")
    today = Days(beijing.day(now))
    rules.check_terms({role: days or known.given.get(role) or today for role, days in roles.items()})
    for role in sorted(known.given.keys() - roles.keys()):
        gives(role, org, username)
        operations.take_role(username=username, role=role, reason=_NO_LONGER, now=now, by=by)
        changed.append(f"-{role}")
    for role, days in sorted(roles.items(), key=lambda each: (each[0] not in known.given, each[0])):
        if role not in known.given or days not in (None, known.given[role]):
            gives(role, org, username)
        if operations.give_role(username=username, role=role, days=days, now=now, by=by):
            changed.append(f"~{role}" if role in known.given else f"+{role}")
    if officer.state is not None and (officer.state == "active") != known.active:
        operations.set_active(username=username, active=not known.active, now=now, by=by)
        changed.append("state")
    return Outcome("officers", username, officer.name, "changed" if changed else "same", tuple(changed))


def _new_officer(
    officer: Officer, *, org: str, roles: dict[str, Days | None], now: datetime, by: str
) -> str | None:
    """Add an officer with the roles of the file, all or nothing, and return the password that was made, if one was."""
    if not roles:
        raise FieldMissing(field="roles")
    made, username = None if officer.password else passwords.new(), officer.username
    with transaction.atomic():
        operations.add_officer(
            username=username, password=officer.password or made or "", name=officer.name, org=org,
            roles=[role for role, days in roles.items() if days is None], now=now, by=by,
        )  # fmt: skip
        for role, days in roles.items():
            operations.give_role(username=username, role=role, days=days, now=now, by=by)
        if officer.state == "stopped":
            operations.set_active(username=username, active=False, now=now, by=by)
    return made


def _days(roles: Iterable[str | Role], *, now: datetime) -> dict[str, Days | None]:
    """Return the days of each role; none where the file tells none. Without a first day it counts from today."""
    told: dict[str, Days | None] = {}
    for each in roles:
        dated = isinstance(each, Role) and (each.from_date or each.until_date)
        role = each.role if isinstance(each, Role) else each
        told[role] = Days(each.from_date or beijing.day(now), each.until_date) if dated else None  # type: ignore[union-attr]
    return told


def _term(term: Term, *, now: datetime, by: str) -> Outcome:
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


def renew_password(*, username: str, now: datetime, actor: Actor) -> str:
    """Give an officer who lost theirs a new password and return it; it is nowhere else.

    Raises NotYourRole and NoSuchOfficer.
    """
    check_entitled(actor)
    made = passwords.new()
    operations.set_password(username=username, password=made, now=now, by=actor.person)
    return made


def reset_factor(*, username: str, now: datetime, actor: Actor) -> None:
    """Take away the second factor of an officer who lost it; raises NotYourRole and FactorMissing."""
    check_entitled(actor)
    factors.reset(username=username, now=now, by=actor.person)
