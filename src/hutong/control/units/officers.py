"""What administrators do about officers (人员管理); `powers` says which administrator may do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from hutong.control.units import factors, logins, meanwhile, operations, postings, powers, queries, roster, sessions
from hutong.control.units.models import Officer
from hutong.control.units.rules import Actor, Days
from hutong.core import passwords
from hutong.core.errors import Judging

_CHANGED, _AUTH = "units.officer_changed", "auth.changed"
ENTERED: dict[str, tuple[str, dict[str, object]]] = {
    "rename": (_CHANGED, {}), "move": (_CHANGED, {}), "give": ("units.role_given", {}),
    "take": ("units.role_taken", {}), "stop": (_AUTH, {"change": "stopped"}), "start": (_AUTH, {"change": "active"}),
    "password": (_AUTH, {"change": "password"}), "second_factor": (_AUTH, {"change": "second_factor_removed"}),
    "unlock": (_AUTH, {"change": "unlocked"}), "end_sessions": ("auth.session_ended", {}),
}  # fmt: skip
"""What is done about an officer → the event that it enters, and what that says."""


@contextmanager
def meant(
    username: str, act: str, meant_for: str, *, role: str = "", actor: Actor, now: datetime
) -> Iterator[None]:
    """Open a transaction for what a page asks to be done about an officer (of `ENTERED`), as it was meant for a state.

    Raises NoSuchOfficer, and what `powers` and `meanwhile.check` do. A password that was made anew is shown once, so
    that the second of two clicks makes another.
    """
    event, said = ENTERED[act]
    thing = meanwhile.Thing(
        username, tuple(sorted({event for event, _ in ENTERED.values()})), ({"officer": username},)
    )
    same = {"officer": username, **said, **({"role": role} if role else {})}
    with transaction.atomic():
        unit = roster.unit_of(username)
        if act in ("give", "take"):
            powers.check_gives(role, unit=unit, officer=username, actor=actor)
        else:
            powers.check_done(act, unit=unit, officer=username, actor=actor, roles=roster.open_roles(username))
        try:
            meanwhile.check(
                thing, meant_for, state=lambda: roster.state_of(username), doing=event, same=same, actor=actor, now=now
            )
        except meanwhile.DoneAlready:
            if act != "password":
                raise
        yield


def add(
    *, username: str, name: str, unit: str, actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Give a person an account in a unit, without any role, and return the password made; it is nowhere else.

    What is wrong with account and name is told at once, with what reading them found (`judging`), as Faults where there
    are several. Raises NotYourRole, UsernameUnfit, NameUnfit, NoSuchUnit, UnitStopped, UsernameTaken, and
    DoneAlready where the same form has added the officer already.
    """
    judging = judging or Judging()
    if judging.spared("unit") and unit not in queries.names():
        judging.add(queries.NoSuchUnit(unit=unit), "unit")
    elif judging.spared("unit"):
        powers.check_done("add", unit=unit, officer=username, actor=actor)
    if judging.spared("username"):
        with judging.of("username"):
            operations.check_username(username)
    if judging.spared("name"):
        with judging.of("name"):
            operations.check_name(name)
    judging.end()
    made = passwords.new()
    with transaction.atomic():
        about = {"officer": username, "unit": unit}
        meanwhile.check(
            meanwhile.Thing(username, ("units.officer_added",), (about,)), meant_for, state=lambda: None,
            doing="units.officer_added", same={**about, "name": name}, actor=actor, now=now,
        )  # fmt: skip
        operations.add_officer(
            username=username, password=made, name=name, unit=unit, roles=(), now=now, by=actor.officer,
            given_out=True,
        )  # fmt: skip
    return made


def rename(*, username: str, name: str, reason: str, actor: Actor, now: datetime) -> bool:
    """Rename an officer, and return whether the name changed; raises as `postings.rename`, and NotYourRole."""
    with _of("rename", username, actor=actor):
        return postings.rename(username=username, name=name, reason=reason, now=now, by=actor.officer)


def move(*, username: str, unit: str, reason: str, actor: Actor, now: datetime) -> bool:
    """Move an officer to another unit, and return whether it was another; raises as `postings.move`."""
    with transaction.atomic():
        operations.require_active(unit)  # units before officers, as everywhere
        with _of("move", username, actor=actor):
            return postings.move(username=username, unit=unit, reason=reason, now=now, by=actor.officer)


def set_active(*, username: str, active: bool, actor: Actor, now: datetime) -> None:
    """Stop an account, or let it in again; raises NotYourRole, OwnAccount and NoSuchOfficer."""
    with _of("start" if active else "stop", username, actor=actor):
        operations.set_active(username=username, active=active, now=now, by=actor.officer)


def give(*, username: str, role: str, days: Days, actor: Actor, now: datetime) -> bool:
    """Give an officer a role for these days, and return whether anything changed.

    Raises as `operations.give_role`, and NotYourRole and OwnAccount: nobody gives the own person a role (SX-11-a).
    """
    with _role_of(role, username, actor=actor):
        return operations.give_role(username=username, role=role, days=days, now=now, by=actor.officer)


def take(*, username: str, role: str, reason: str, actor: Actor, now: datetime) -> None:
    """Take a role from an officer, saying why; raises as `operations.take_role`, and NotYourRole and OwnAccount."""
    with _role_of(role, username, actor=actor):
        operations.take_role(username=username, role=role, reason=reason, now=now, by=actor.officer)


def renew_password(*, username: str, actor: Actor, now: datetime) -> str:
    """Give an officer who lost theirs a new password and return it; it is nowhere else.

    Raises NotYourRole, OwnAccount and NoSuchOfficer.
    """
    with _of("password", username, actor=actor):
        made = passwords.new()
        operations.set_password(username=username, password=made, now=now, by=actor.officer)
        return made


def reset_factor(*, username: str, actor: Actor, now: datetime) -> None:
    """Take away the second factor of who lost it; raises FactorMissing, NotYourRole, OwnAccount and NoSuchOfficer."""
    with _of("second_factor", username, actor=actor):
        factors.reset(username=username, now=now, by=actor.officer)


def unlock(*, username: str, actor: Actor, now: datetime) -> None:
    """Let an account try to log in again at once; raises NotYourRole, OwnAccount and NoSuchOfficer."""
    with _of("unlock", username, actor=actor):
        logins.unlock(username=username, now=now, by=actor.officer)


def end_sessions(*, username: str, actor: Actor, now: datetime) -> None:
    """End every login of an officer that stands; raises NotYourRole, OwnAccount and NoSuchOfficer."""
    with _of("end_sessions", username, actor=actor):
        sessions.end_all(username=username, now=now, by=actor.officer)


@contextmanager
def _of(act: str, username: str, *, actor: Actor) -> Iterator[Officer]:
    """Open a transaction and lock in it an officer about whom the actor may do this."""
    with transaction.atomic():
        officer = operations.locked(username)
        roles = roster.open_roles(username)
        powers.check_done(act, unit=officer.unit_id, officer=username, actor=actor, roles=roles)
        yield officer


@contextmanager
def _role_of(role: str, username: str, *, actor: Actor) -> Iterator[Officer]:
    with transaction.atomic():
        officer = operations.locked(username)
        powers.check_gives(role, unit=officer.unit_id, officer=username, actor=actor)
        yield officer
