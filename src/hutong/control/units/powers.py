"""Who administers officers: two literal tables, and what they let an actor do (SX-11-a)."""

from collections.abc import Collection, Mapping

from hutong.control import recording
from hutong.control.procedures.rules import NotYourRole
from hutong.control.units.rules import Actor, RoleUnknown
from hutong.core.errors import Refused

GIVEN_BY: Mapping[str, str] = {
    "provider_editor": "unit_admin",
    "provider_approver": "unit_admin",
    "consumer": "unit_admin",
    "competent": "unit_admin",
    "unit_head": "unit_admin",
    "authority": "security_admin",
    "operator": "security_admin",
    "government": "security_admin",
    "unit_admin": "security_admin",
    "system_admin": "security_admin",
    "security_admin": "security_admin",
    "auditor": "security_admin",
    "examiner": "security_admin",
}
"""Role → whose it is to give and take it: a unit's own are the unit's, offices and administrators are not."""

DONE_BY: Mapping[str, tuple[str, ...]] = {
    "add": ("unit_admin", "system_admin"),
    "rename": ("unit_admin", "system_admin"),
    "stop": ("unit_admin", "system_admin"),
    "start": ("unit_admin", "system_admin"),
    "move": ("system_admin",),
    "password": ("unit_admin", "system_admin"),
    "second_factor": ("system_admin",),
    "unlock": ("unit_admin", "system_admin"),
    "end_sessions": ("unit_admin", "system_admin"),
    "end_tokens": ("unit_admin", "system_admin"),
}
"""What is done about an account → whose it is; a unit's administrator does it in the own unit only."""

SECRET = ("password", "unlock")
"""Acts by which one comes in as another: a unit's administrator does them for who has no role but the unit's own."""

SEEING = ("unit_admin", "system_admin", "security_admin", "auditor")
"""Roles that see officers with their postings and roles: a unit's administrator those of the own unit."""


class NotByToken(Refused):
    """No token does this: an officer does it at the page."""

    clause = "SX-11-a"


class OwnAccount(Refused):
    """{officer} administers other people's accounts, not the own one, and gives the own person no role."""

    clause = "SX-11-a"


class NotTheUnitsAlone(Refused):
    """{officer} is also {role}, which is not the unit's to give; the system administrator does this."""

    clause = "SX-11-a"


def check_done(act: str, *, unit: str, officer: str, actor: Actor, roles: Collection[str] = ()) -> None:
    """Refuse an act about an officer's account to an actor whose task it is not, or whose own account it is.

    `roles` are those the officer has or will have: a unit's administrator does not come to a password of an office or
    of another administrator. Raises NotByToken, NotYourRole, OwnAccount and
    NotTheUnitsAlone.
    """
    _check(DONE_BY[act], unit=unit, officer=officer, actor=actor)
    if (beyond := _beyond(act, actor=actor, roles=roles)) is not None:
        raise NotTheUnitsAlone(officer=officer, role=beyond)


def check_gives(role: str, *, unit: str, officer: str, actor: Actor) -> None:
    """Refuse the giving or taking of a role to an actor whose task it is not.

    Raises RoleUnknown, NotByToken, NotYourRole and OwnAccount.
    """
    if role not in GIVEN_BY:
        raise RoleUnknown(role=role)
    _check((GIVEN_BY[role],), unit=unit, officer=officer, actor=actor)


def acts(*, unit: str, officer: str, actor: Actor, roles: Collection[str] = ()) -> list[str]:
    """Return what the actor may do about the account of an officer with these roles; nothing about the own one."""
    if officer == actor.officer:
        return []
    theirs = [act for act, whose in DONE_BY.items() if _has(whose, unit=unit, actor=actor)]
    return [act for act in theirs if _beyond(act, actor=actor, roles=roles) is None]


def gives(*, unit: str, officer: str, actor: Actor) -> list[str]:
    """Return the roles that the actor may give an officer of a unit and take; none to the own person."""
    return [role for role, by in GIVEN_BY.items() if officer != actor.officer and _has((by,), unit=unit, actor=actor)]


def beyond_units(roles: Collection[str]) -> list[str]:
    """Return those of some roles that are not a unit's to give: offices, and administrators."""
    return [role for role in sorted(roles) if GIVEN_BY.get(role) != "unit_admin"]


def may_add(actor: Actor) -> bool:
    """Whether the actor may add officers, somewhere."""
    return any(actor.has_role(role) for role in DONE_BY["add"])


def sees(actor: Actor) -> str | None:
    """Return the code of the unit whose officers the actor sees; empty for all units, None for none."""
    if any(actor.has_role(role) for role in SEEING if role != "unit_admin"):
        return ""
    return actor.unit if actor.has_role("unit_admin") else None


def seen(actor: Actor) -> str:
    """Return the unit whose officers the actor sees, empty for all; raises NotYourRole where none."""
    unit = sees(actor)
    if unit is None:
        raise NotYourRole(role=", ".join(SEEING), officer=actor.name)
    return unit


def refuse_token() -> None:
    """Refuse to a program that acts by a token what is about accounts, passwords or tokens; raises NotByToken."""
    if recording.bearer() is not None:
        raise NotByToken


def _check(roles: tuple[str, ...], *, unit: str, officer: str, actor: Actor) -> None:
    refuse_token()
    if not _has(roles, unit=unit, actor=actor):
        raise NotYourRole(role=", ".join(roles), officer=actor.name)
    if officer == actor.officer:
        raise OwnAccount(officer=actor.name)


def _beyond(act: str, *, actor: Actor, roles: Collection[str]) -> str | None:
    """Return a role of an officer because of which an act is not the unit's administrator's; None where there is none.

    Who is the platform's system administrator may do it all the same.
    """
    if act not in SECRET or any(actor.has_role(role) for role in DONE_BY[act] if role != "unit_admin"):
        return None
    return next(iter(beyond_units(roles)), None)


def _has(roles: tuple[str, ...], *, unit: str, actor: Actor) -> bool:
    return any(actor.has_role(role) and (role != "unit_admin" or actor.unit == unit) for role in roles)
