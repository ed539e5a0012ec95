"""Writes of organisations and officers. `by` is the username of who acts."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from hutong.control.orgs import logins, rules
from hutong.control.orgs.models import Deputy, Officer, Organisation
from hutong.control.orgs.queries import NoSuchOfficer, NoSuchOrganisation
from hutong.control.procedures import turns
from hutong.control.recording import record
from hutong.core import identifiers
from hutong.core.errors import Conflicting, Invalid
from hutong.core.lifecycle import Seat


class OrganisationTaken(Conflicting):
    """An organisation with the code {credit_code} or the name {name} is registered already."""


class UsernameTaken(Conflicting):
    """The account {username} is there already."""


class PasswordWeak(Invalid):
    """The password is too easy to guess: {faults}"""


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

    Raises OrganisationTaken, KindUnknown, NoSuchOrganisation, and UnitStopped where its department is.
    """
    identifiers.check_credit_code(credit_code)
    _check(kind=kind, competent=competent)
    try:
        with transaction.atomic():
            if competent:
                require_active(competent)
            Organisation.objects.create(
                credit_code=credit_code, name=name, kind=kind, region_code=region_code, competent_id=competent
            )
            fields = {"org": credit_code, "name": name, "kind": kind, "by": by}
            record("orgs.org_registered", fields, now=now, org=credit_code)
    except IntegrityError:
        raise OrganisationTaken(credit_code=credit_code, name=name) from None
    return credit_code


def change(
    credit_code: str, *, name: str, kind: str, region_code: str, competent: str | None, now: datetime, by: str
) -> list[str]:
    """Change what is registered of a unit and return the fields that became others; none, and nothing is entered.

    Raises NoSuchOrganisation, KindUnknown, OrganisationTaken, and UnitStopped where its new department is.
    """
    _check(kind=kind, competent=competent)
    wanted = {"name": name, "kind": kind, "region_code": region_code, "competent": competent}
    try:
        with transaction.atomic():
            unit = hold(credit_code)
            held = {"name": unit.name, "kind": unit.kind, "region_code": unit.region_code}
            held["competent"] = unit.competent_id
            changed = [field for field in wanted if wanted[field] != held[field]]
            if competent and "competent" in changed:
                require_active(competent)
            if changed:
                unit.name, unit.kind, unit.region_code, unit.competent_id = name, kind, region_code, competent
                unit.save()
                before, after = ({field: values[field] for field in changed} for values in (held, wanted))
                fields = {"org": credit_code, "before": before, "after": after, "by": by}
                record("orgs.org_changed", fields, now=now, org=credit_code)
                turns.reconsider("orgs.unit", credit_code)
    except IntegrityError:
        raise OrganisationTaken(credit_code=credit_code, name=name) from None
    return changed


def hold(credit_code: str) -> Organisation:
    """Return a unit and let nobody change, stop or start it before this transaction ends; raises NoSuchOrganisation."""
    unit = Organisation.objects.select_for_update(no_key=True).filter(pk=credit_code).first()
    if unit is None:
        raise NoSuchOrganisation(org=credit_code)
    return unit


def require_active(*credit_codes: str) -> None:
    """Refuse where one of these units is stopped, and let none be stopped before this transaction ends.

    For every beginning of something that a stopped unit would leave in the air. Raises UnitStopped, NoSuchOrganisation.
    """
    for credit_code in sorted(set(credit_codes)):  # always in this order, so that two never wait for each other
        unit = hold(credit_code)
        if not unit.active:
            raise rules.UnitStopped(unit=unit.name)


def _check(*, kind: str, competent: str | None) -> None:
    if kind not in rules.KINDS:
        raise rules.KindUnknown(kind=kind)
    if competent and not Organisation.objects.filter(pk=competent).exists():
        raise NoSuchOrganisation(org=competent)


def add_officer(
    *, username: str, password: str, name: str, org: str, roles: Sequence[str], now: datetime, by: str
) -> str:
    """Give a person an account, an organisation and roles (SX-11-a), and return the username.

    Raises RoleUnknown, RolesNotSeparated, NoSuchOrganisation, UnitStopped, PasswordWeak and UsernameTaken.
    """
    rules.check_roles(roles)
    if not Organisation.objects.filter(pk=org).exists():
        raise NoSuchOrganisation(org=org)
    _check_password(password)
    try:
        with transaction.atomic():
            require_active(org)
            user = User.objects.create_user(username=username, password=password)
            Officer.objects.create(user=user, org_id=org, name=name, roles=sorted(set(roles)))
            for role in sorted(set(roles)):
                fields = {"org": org, "person": username, "role": role, "by": by}
                record("orgs.role_given", fields, now=now, org=org)
            reconsider(org, roles)
    except IntegrityError:
        raise UsernameTaken(username=username) from None
    return username


def set_password(*, username: str, password: str, now: datetime, by: str) -> None:
    """Give an officer another password, where theirs is lost; it ends their sessions.

    Raises NoSuchOfficer and PasswordWeak.
    """
    _check_password(password)
    with transaction.atomic():
        officer = Officer.objects.select_for_update().select_related("user").filter(user__username=username).first()
        if officer is None:
            raise NoSuchOfficer(username=username)
        officer.user.set_password(password)
        officer.user.save(update_fields=["password"])
        fields = {"person": username, "change": "password", "by": by}
        record("auth.changed", fields, now=now, org=officer.org_id)


def change_password(*, username: str, present: str, password: str, source: str, now: datetime) -> None:
    """Give an officer who knows the present password the one they chose; it ends their other sessions.

    Trying counts as trying to log in. Raises LoginBlocked, NoSuchOfficer, PasswordWrong and PasswordWeak.
    """
    logins.prove_password(username=username, present=present, source=source, now=now)
    set_password(username=username, password=password, now=now, by=username)


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
        fields = {"person": username, "change": "active" if active else "stopped", "by": by}
        record("auth.changed", fields, now=now, org=officer.org_id)
        reconsider(officer.org_id, officer.roles, officers=[officer])


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as fault:
        raise PasswordWeak(faults=" ".join(fault.messages)) from None


def give_role(*, username: str, role: str, now: datetime, by: str) -> None:
    """Give an officer one role more (SX-11-a); raises NoSuchOfficer, RoleUnknown, RolesNotSeparated."""
    with transaction.atomic():
        officer = locked(username)
        roles = sorted({*officer.roles, role})
        rules.check_roles(sorted({*roles, *filled_in(officer)}))
        if roles == officer.roles:
            return
        officer.roles = roles
        officer.save(update_fields=["roles"])
        fields = {"org": officer.org_id, "person": username, "role": role, "by": by}
        record("orgs.role_given", fields, now=now, org=officer.org_id)
        reconsider(officer.org_id, [role])


def take_role(*, username: str, role: str, reason: str, now: datetime, by: str) -> None:
    """Take a role from an officer; it counts from the next click."""
    with transaction.atomic():
        officer = locked(username)
        if role not in officer.roles:
            raise NoSuchOfficer(username=username)
        officer.roles = [held for held in officer.roles if held != role]
        officer.save(update_fields=["roles"])
        fields = {"org": officer.org_id, "person": username, "role": role, "reason": reason, "by": by}
        record("orgs.role_taken", fields, now=now, org=officer.org_id)
        reconsider(officer.org_id, [role])


def reconsider(org: str, roles: Collection[str], *, officers: Iterable[Officer] = ()) -> None:
    """Let the desks know that who may act in these roles in a unit has changed; `officers` may be deputies elsewhere.

    To be called at the end of the transaction that changes it.
    """
    seats = {Seat(role, unit) for role in roles for unit in (org, "")}
    filled = Deputy.objects.filter(officer__in=officers, ended_at__isnull=True).values_list("role", "unit_id")
    turns.reconsider_seats(seats | {Seat(role, unit or "") for role, unit in filled})


def filled_in(officer: Officer) -> set[str]:
    """Return the roles in which an officer fills in for others, in whichever unit."""
    return set(Deputy.objects.filter(officer=officer, ended_at__isnull=True).values_list("role", flat=True))


def locked(username: str) -> Officer:
    """Return an officer, locked for the rest of the transaction; raises NoSuchOfficer."""
    officer = Officer.objects.select_for_update().filter(user__username=username).first()
    if officer is None:
        raise NoSuchOfficer(username=username)
    return officer
