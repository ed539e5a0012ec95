"""Writes of units and officers. `by` is the username of the officer who acts."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from hutong.audit import log
from hutong.control.procedures import handling, turns
from hutong.control.procedures.models import CalendarAddress
from hutong.control.recording import record
from hutong.control.units import competence, ended_tokens, kept_forms, logins, rules, sessions
from hutong.control.units.models import Deputy, GivenPassword, Officer, Posting, RoleAssignment, Unit
from hutong.control.units.queries import MARKED, NoSuchOfficer, NoSuchUnit
from hutong.control.units.rules import Actor, Days
from hutong.core import beijing, identifiers
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Missing
from hutong.core.lifecycle import Seat
from hutong.db import locks

OVER = "期限届满"
"""Why a role ended whose last day is over, as the log has it."""


class UnitTaken(Conflicting):
    """A unit with the code {credit_code} or the name {name} is registered already."""


class UsernameTaken(Conflicting):
    """The account {username} is there already."""


class UsernameUnfit(Invalid):
    """An account is called by letters, digits and . _ @ + -, beginning with a letter or digit; {username} is not."""


class NameUnfit(Invalid):
    """A person's name has 1 to 100 characters that can be read; {name} does not."""


class RoleNotAssigned(Missing):
    """{officer} does not have the role {role}."""


class PasswordIsName(Invalid):
    """The password is the name of the account {username}."""

    clause = "SX-11-a"


class PasswordWeak(Invalid):
    """The password is too easy to guess."""


class PasswordSame(Invalid):
    """The new password of {username} is the present one."""

    clause = "SX-11-a"


def register(
    *,
    credit_code: str,
    name: str,
    kind: str = "organ",
    region_code: str = "",
    competent: str | None = None,
    now: datetime,
    by: str,
) -> str:
    """Register a unit (SX-03) and return its code.

    Raises UnitTaken, KindUnknown, NoSuchUnit, and UnitStopped where its department is.
    """
    identifiers.check_credit_code(credit_code)
    _check(kind=kind, competent=competent)
    try:
        with transaction.atomic():
            if competent:
                require_active(competent)
            Unit.objects.create(credit_code=credit_code, name=name, kind=kind, region_code=region_code)
            competence.become(credit_code, department=competent, day=beijing.day(now))
            fields = {"unit": credit_code, "name": name, "kind": kind, "competent": competent, "by": by}
            record("units.unit_registered", fields, now=now, unit=credit_code)
    except IntegrityError:
        raise UnitTaken(credit_code=credit_code, name=name) from None
    return credit_code


def change(
    credit_code: str, *, name: str, kind: str, region_code: str, competent: str | None, now: datetime, by: str
) -> list[str]:
    """Change what is registered of a unit; return the names of the changed fields, none where nothing is entered.

    Raises NoSuchUnit, KindUnknown, UnitTaken, and UnitStopped where its new department is.
    """
    _check(kind=kind, competent=competent)
    wanted = {"name": name, "kind": kind, "region_code": region_code, "competent": competent}
    try:
        with transaction.atomic():
            unit = lock_unit(credit_code)
            former: dict[str, str | None] = {"name": unit.name, "kind": unit.kind, "region_code": unit.region_code}
            former["competent"] = competence.department(credit_code)
            changed = [field for field in wanted if wanted[field] != former[field]]
            if competent and "competent" in changed:
                require_active(competent)
            if changed:
                unit.name, unit.kind, unit.region_code = name, kind, region_code
                unit.save()
                if "competent" in changed:
                    competence.become(credit_code, department=competent, day=beijing.day(now))
                before, after = ({field: values[field] for field in changed} for values in (former, wanted))
                fields = {"unit": credit_code, "before": before, "after": after, "by": by}
                record("units.unit_changed", fields, now=now, unit=credit_code)
                turns.reconsider("units.unit", credit_code)
    except IntegrityError:
        raise UnitTaken(credit_code=credit_code, name=name) from None
    return changed


def lock_unit(credit_code: str) -> Unit:
    """Return a unit and let nobody change, stop or start it before this transaction ends; raises NoSuchUnit."""
    unit = Unit.objects.select_for_update(no_key=True).filter(pk=credit_code).first()
    if unit is None:
        raise NoSuchUnit(unit=credit_code)
    return unit


def require_active(*credit_codes: str) -> None:
    """Refuse where one of these units is stopped, and let none be stopped before this transaction ends.

    To be called wherever something begins that a stopped unit could not finish. Raises UnitStopped, NoSuchUnit.
    """
    for credit_code in sorted(set(credit_codes)):  # always in this order, so that two never wait for each other
        unit = lock_unit(credit_code)
        if not unit.active:
            raise rules.UnitStopped(unit=unit.name)


def _check(*, kind: str, competent: str | None) -> None:
    if kind not in rules.KINDS:
        raise rules.KindUnknown(kind=kind)
    if competent and not Unit.objects.filter(pk=competent).exists():
        raise NoSuchUnit(unit=competent)


def add_officer(
    *, username: str, password: str, name: str, unit: str, roles: Sequence[str], now: datetime, by: str,
    given_out: bool = False,
) -> str:  # fmt: skip
    """Give a person an account, a unit and, from today on, roles (SX-11-a), and return the username.

    A password that is `given_out` was made by another: the officer changes it before anything else.
    Raises RoleUnknown, RolesNotSeparated, NoSuchUnit, UnitStopped, PasswordWeak and UsernameTaken.
    """
    rules.check_roles(roles)
    if not Unit.objects.filter(pk=unit).exists():
        raise NoSuchUnit(unit=unit)
    _check_password(password, username=username)
    try:
        with transaction.atomic():
            require_active(unit)
            _claim_name(username)
            user = User.objects.create_user(username=username, password=password)
            officer = Officer.objects.create(user=user, unit_id=unit, name=name)
            if given_out:
                GivenPassword.objects.create(officer=officer, given_by=by, given_at=now)
            fields = {"unit": unit, "officer": username, "name": name, "by": by}
            record("units.officer_added", fields, now=now, unit=unit)
            Posting.objects.create(officer=officer, unit_id=unit, from_at=now)
            for role in sorted(set(roles)):
                _give(officer, role, days=Days(beijing.day(now)), now=now, by=by)
            reconsider(unit, roles)
    except IntegrityError:
        raise UsernameTaken(username=username) from None
    return username


def _claim_name(username: str) -> None:
    """Refuse an account that is there already, whatever letters are capital, until this transaction ends.

    Two that differ in that alone would be taken for each other, in the log above all. Raises UsernameTaken.
    """
    with connection.cursor() as cur:
        locks.take(cur, f"hutong.account.{username.casefold()}")
    found = User.objects.filter(username__iexact=username).values_list("username", flat=True).first()
    if found is not None or username.casefold() == log.PLATFORM:
        raise UsernameTaken(username=found or log.PLATFORM)


def set_password(*, username: str, password: str, now: datetime, by: str, own_session: str = "") -> None:
    """Give an officer another password, where theirs is lost; it ends their logins, all but the one named.

    One that another gives (`by`) is given out, and changed by its officer before anything else.
    Raises NoSuchOfficer and PasswordWeak.
    """
    _check_password(password, username=username)
    with transaction.atomic():
        officer = Officer.objects.select_for_update().select_related("user").filter(user__username=username).first()
        if officer is None:
            raise NoSuchOfficer(username=username)
        officer.user.set_password(password)
        officer.user.save(update_fields=["password"])
        if by == username:
            GivenPassword.objects.filter(officer=officer).delete()
        else:
            GivenPassword.objects.update_or_create(officer=officer, defaults={"given_by": by, "given_at": now})
        fields = {"officer": username, "change": "password", "by": by}
        record("auth.changed", fields, now=now, unit=officer.unit_id)
        sessions.end_all(username=username, now=now, by=by, but=own_session)


def change_password(
    *, username: str, present: str, password: str, source: str, now: datetime, own_session: str = ""
) -> None:
    """Give an officer who knows the present password the one they chose; it ends their other sessions.

    Trying counts as trying to log in. Raises LoginBlocked, NoSuchOfficer, PasswordWrong, PasswordSame, PasswordWeak.
    """
    logins.prove_password(username=username, present=present, source=source, now=now)
    choose_password(username=username, password=password, now=now, own_session=own_session)


def choose_password(*, username: str, password: str, now: datetime, own_session: str = "") -> None:
    """Give an officer who has just shown the present password another of their choice (SX-11-a).

    Raises NoSuchOfficer, PasswordSame and PasswordWeak.
    """
    user = User.objects.filter(username=username).first()
    if user is not None and user.check_password(password):
        raise PasswordSame(username=username)
    set_password(username=username, password=password, now=now, by=username, own_session=own_session)


def set_active(*, username: str, active: bool, now: datetime, by: str) -> None:
    """Stop an officer's account, or let it in again; stopped, it counts from the next click (SX-11-a).

    Raises NoSuchOfficer.
    """
    with transaction.atomic():
        officer = locked(username)
        if officer.active == active:
            return
        officer.active = active
        officer.save(update_fields=["active"])
        fields = {"officer": username, "change": "active" if active else "stopped", "by": by}
        record("auth.changed", fields, now=now, unit=officer.unit_id)
        if not active:
            sessions.end_all(username=username, now=now, by=by)
            kept_forms.forget_all(username)
            CalendarAddress.objects.filter(officer=username).delete()
        reconsider(officer.unit_id, roles_of(officer), officers=[officer])


def check_name(name: str) -> None:
    """Refuse what is no person's name; raises NameUnfit."""
    if is_blank(name) or len(name) > 100 or not name.isprintable():
        raise NameUnfit(name=name[:100])


def check_username(username: str) -> None:
    """Refuse what nobody could log in by; raises UsernameUnfit."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,149}", username):
        raise UsernameUnfit(username=username[:150])


def _check_password(password: str, *, username: str) -> None:
    if password.strip().casefold() == username.casefold():
        raise PasswordIsName(username=username)
    try:
        validate_password(password, User(username=username))
    except ValidationError as fault:
        raise PasswordWeak(faults=" ".join(fault.messages)) from None


def give_role(*, username: str, role: str, days: Days | None = None, now: datetime, by: str) -> bool:
    """Give an officer one role more (SX-11-a), and return whether anything changed.

    Without `days` it counts from today on, without a last day. A role that the officer has already gets the new days,
    but keeps its first day once that has come. A role whose last day is over is ended and given anew, even where the
    pass after midnight has not come yet. Raises NoSuchOfficer, DayFarOff, RoleDaysWrong, RoleUnknown and
    RolesNotSeparated.
    """
    today = beijing.day(now)
    told = days or Days(today)
    rules.check_days(told, today=today)
    with transaction.atomic():
        officer = locked(username)
        known = officer.assignments.filter(role=role, ended_at__isnull=True).first()
        if known is not None and known.until_date is not None and known.until_date < today:
            end_roles(officer, [known], reason=OVER, now=now, by=log.PLATFORM)
            known = None
        if known is not None and known.from_date <= today:
            told = Days(known.from_date, told.until_date)
        if known is not None and (days is None or told == Days(known.from_date, known.until_date)):
            return False
        rules.check_roles(sorted({role, *beside(officer, days=told)}))
        _give(officer, role, days=told, now=now, by=by, known=known)
        reconsider(officer.unit_id, [role])
    return True


def _give(
    officer: Officer, role: str, *, days: Days, now: datetime, by: str, known: RoleAssignment | None = None
) -> None:
    """Write a role down, or the other days of one that is `known`, with its entry."""
    assignment = known or RoleAssignment(officer=officer, role=role, unit_id=officer.unit_id)
    assignment.from_date, assignment.until_date, assignment.given_by, assignment.given_at = (
        days.from_date,
        days.until_date,
        by,
        now,
    )
    if assignment.begun_at is None and days.from_date <= beijing.day(now):
        assignment.begun_at = now
    assignment.save()
    record("units.role_given", {**_told(assignment), "by": by}, now=now, unit=assignment.unit_id)


def take_role(*, username: str, role: str, reason: str, now: datetime, by: str) -> None:
    """Take a role from an officer, also one whose first day is still to come; it counts from the next click.

    Raises NoSuchOfficer and RoleNotAssigned.
    """
    with transaction.atomic():
        officer = locked(username)
        assignment = officer.assignments.filter(role=role, ended_at__isnull=True).first()
        if assignment is None:
            raise RoleNotAssigned(officer=officer.name, role=role)
        end_roles(officer, [assignment], reason=reason, now=now, by=by)


def end_roles(
    officer: Officer, assignments: Sequence[RoleAssignment], *, reason: str, now: datetime, by: str
) -> None:
    """End roles of an officer's present unit, each with its entry; cases in hand there go back to the desk.

    In the caller's transaction, which has the officer locked.
    """
    for each in assignments:
        each.ended_at, each.ended_by, each.reason = now, by, reason
        each.save(update_fields=["ended_at", "ended_by", "reason"])
        record("units.role_taken", {**_told(each), "reason": reason, "by": by}, now=now, unit=each.unit_id)
    ended_tokens.end_all(username=officer.user.username, reason=ended_tokens.ROLE, now=now, by=by)
    seats = {Seat(each.role, each.unit_id) for each in assignments}
    actor = _acting(by, unit=officer.unit)
    handling.return_all(officer.user.username, seats=seats, words=reason, actor=actor, now=now)
    reconsider(officer.unit_id, {each.role for each in assignments})


def _acting(by: str, *, unit: Unit) -> Actor:
    """Return, without seats, who decided something about an officer of a unit: an officer, or the platform itself."""
    found = Officer.objects.select_related("unit").filter(user__username=by).first()
    name, unit = (found.name, found.unit) if found else (by, unit)
    return Actor(by, name, unit.pk, unit.name, frozenset())


def _told(assignment: RoleAssignment) -> dict[str, object]:
    until = assignment.until_date
    return {
        "unit": assignment.unit_id, "officer": assignment.officer.user.username, "role": assignment.role,
        "from_date": f"{assignment.from_date}", "until_date": until and f"{until}",
    }  # fmt: skip


def reconsider(unit: str, roles: Collection[str], *, officers: Iterable[Officer] = ()) -> None:
    """Let the desks know that who may act in these roles in a unit has changed; `officers` may be deputies elsewhere.

    To be called at the end of the transaction that changes it.
    """
    seats = {Seat(role, unit) for role in roles}
    filled = Deputy.objects.filter(officer__in=officers, ended_at__isnull=True).values_list("role", "unit_id")
    turns.reconsider_seats(seats | {Seat(role, unit) for role, unit in filled})


def roles_of(officer: Officer) -> set[str]:
    """Return the roles of an officer that stand in the turns."""
    return set(officer.assignments.filter(MARKED).values_list("role", flat=True))


def beside(officer: Officer, *, days: Days) -> set[str]:
    """Return the roles that an officer has or fills in for on one of these days at least."""
    assignments = officer.assignments.filter(ended_at__isnull=True).values_list("role", "from_date", "until_date")
    filled = officer.deputises.filter(ended_at__isnull=True).values_list("role", "from_at", "until_date")
    terms = [(role, Days(first, last)) for role, first, last in assignments]
    terms += [(role, Days(beijing.day(from_at), last)) for role, from_at, last in filled]
    return {role for role, term in terms if term.meet(days)}


def locked(username: str) -> Officer:
    """Return an officer, locked for the rest of the transaction; raises NoSuchOfficer."""
    officer = Officer.objects.select_for_update().filter(user__username=username).first()
    if officer is None:
        raise NoSuchOfficer(username=username)
    return officer
