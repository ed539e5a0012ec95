"""Accounts of officers by an enrolment file: made, moved, renamed and stopped, with their roles, by those who may."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from hutong.control.enrolment.enrolled import EnrolledOfficer, EnrolledRole, Listed, Outcome
from hutong.control.enrolment.giving import Carrier
from hutong.control.units import operations, postings, queries, rules
from hutong.control.units.rules import ADMINISTRATORS, Days
from hutong.core import beijing, passwords
from hutong.core.errors import Invalid

_NO_LONGER = "登记文件不再列出"
"""Why a role was taken, as the log has it."""
_ELSEWHERE = "登记文件改列单位"
"""Why an officer moved, as the log has it."""


class FirstOfficerUnlisted(Invalid):
    """The platform has no officer yet: {username} is to be an active system_admin of the file, with {role} beside."""

    clause = "SX-11-a"


def check_founders(entries: Sequence[Listed], *, username: str, today: date) -> None:
    """Refuse to begin where the file does not list the three administrators; the officer who begins is one of them.

    Raises FirstOfficerUnlisted (SX-11-a, 三员).
    """
    officers = [entry for _, entry in entries if isinstance(entry, EnrolledOfficer) and entry.state != "stopped"]
    assigned = {officer.username: _on(officer.roles or (), day=today) for officer in officers}
    missing = set(ADMINISTRATORS).difference(*assigned.values())
    if missing or "system_admin" not in assigned.get(username, set()):
        others = [role for role in ADMINISTRATORS if role != "system_admin"]
        raise FirstOfficerUnlisted(username=username, role=", ".join(others))


def carry_out(officer: EnrolledOfficer, *, now: datetime, by: str, carrier: Carrier) -> Outcome:
    """Make an account, or change it to what the file says, as far as the carrier may (`units.powers`).

    Raises NotYourRole, OwnAccount, RoleNotFounded, and what the operations raise.
    """
    unit, username = queries.code_of(officer.unit), officer.username
    known = queries.account(username, now=now)
    if known is None:
        roles = _days(officer.roles or (), now=now)
        carrier.does("add", unit=unit, username=username)
        for role in sorted(roles):
            carrier.gives(role, unit=unit, username=username)
        made = _new_officer(officer, unit=unit, roles=roles, now=now, by=by)
        return Outcome("officers", username, officer.name, "new", password=made)
    if known.unit != unit:
        carrier.does("move", unit=known.unit, username=username)
    if known.name != officer.name:
        carrier.does("rename", unit=known.unit, username=username)
    changed = []
    given: Mapping[str, Days] = known.given
    if postings.move(username=username, unit=unit, reason=_ELSEWHERE, now=now, by=by):
        changed, given = ["unit"], {}
    if postings.rename(username=username, name=officer.name, now=now, by=by):
        changed.append("name")
    if officer.roles is not None:
        roles = _days(officer.roles, now=now)
        changed += _roles(roles, username=username, unit=unit, given=given, now=now, by=by, carrier=carrier)
    if officer.state is not None and (officer.state == "active") != known.active:
        carrier.does("start" if officer.state == "active" else "stop", unit=unit, username=username)
        operations.set_active(username=username, active=not known.active, now=now, by=by)
        changed.append("state")
    return Outcome("officers", username, officer.name, "changed" if changed else "same", tuple(changed))


def _roles(
    roles: Mapping[str, Days | None], *, username: str, unit: str, given: Mapping[str, Days], now: datetime, by: str,
    carrier: Carrier,
) -> list[str]:  # fmt: skip
    """Give and take the roles in which the file differs from those `given`, and return what changed."""
    today, changed = Days(beijing.day(now)), []
    rules.check_terms({role: days or given.get(role) or today for role, days in roles.items()})
    for role in sorted(given.keys() - roles.keys()):
        carrier.gives(role, unit=unit, username=username)
        operations.take_role(username=username, role=role, reason=_NO_LONGER, now=now, by=by)
        changed.append(f"-{role}")
    for role, days in sorted(roles.items(), key=lambda each: (each[0] not in given, each[0])):
        if role not in given or days not in (None, given[role]):
            carrier.gives(role, unit=unit, username=username)
        if operations.give_role(username=username, role=role, days=days, now=now, by=by):
            changed.append(f"~{role}" if role in given else f"+{role}")
    return changed


def _new_officer(
    officer: EnrolledOfficer, *, unit: str, roles: dict[str, Days | None], now: datetime, by: str
) -> str | None:
    """Add an officer as the file has it, all or nothing, and return the password that was made, if one was."""
    made, username = None if officer.password else passwords.new(), officer.username
    with transaction.atomic():
        operations.add_officer(
            username=username, password=officer.password or made or "", name=officer.name, unit=unit,
            roles=[role for role, days in roles.items() if days is None], now=now, by=by,
            given_out=made is not None,
        )  # fmt: skip
        for role, days in roles.items():
            operations.give_role(username=username, role=role, days=days, now=now, by=by)
        if officer.state == "stopped":
            operations.set_active(username=username, active=False, now=now, by=by)
    return made


def _days(roles: Iterable[str | EnrolledRole], *, now: datetime) -> dict[str, Days | None]:
    """Return the days of each role; none where the file tells none. Without a first day it counts from today."""
    told: dict[str, Days | None] = {}
    for each in map(_role, roles):
        dated = each.from_date or each.until_date
        told[each.role] = Days(each.from_date or beijing.day(now), each.until_date) if dated else None
    return told


def _on(roles: Iterable[str | EnrolledRole], *, day: date) -> set[str]:
    """Return those of the roles of the file that count on a day."""
    return {each.role for each in map(_role, roles) if (each.from_date or day) <= day <= (each.until_date or day)}


def _role(given: str | EnrolledRole) -> EnrolledRole:
    return EnrolledRole(given) if isinstance(given, str) else given
