"""Deputies: an officer of one unit who fills in where nobody is left who may act (D-24)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from hutong.audit import log
from hutong.control.procedures import turns
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.units import meanwhile, naming, offices
from hutong.control.units.models import Deputy, Officer
from hutong.control.units.operations import beside, lock_unit, locked
from hutong.control.units.queries import NoSuchOfficer
from hutong.control.units.rules import ADMINISTERING, Actor, Days, check_roles
from hutong.core import beijing
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Judging, Missing, Refused
from hutong.core.lifecycle import Seat


class DeputyNamed(Conflicting):
    """{officer} fills in there already."""

    at = ("officer",)


class UnitWithoutOffice(Invalid):
    """{unit} does not hold the office {role}; a deputy of an office fills in where it is held."""

    clause = "D-23"


class DeputyFromThere(Invalid):
    """{officer} belongs to that unit; a deputy comes from elsewhere."""

    clause = "D-24"
    at = ("officer",)


class DeputyDayPast(Invalid):
    """A deputy fills in until a day that is still to come; {day} is not."""

    at = ("until_date",)


class DeputyOfAdministrator(Refused):
    """Nobody fills in as {role}: who administers or audits does so in person, and another is given the role."""

    clause = "SX-11-a"


class DeputyWithoutReason(Invalid):
    """A deputy is named for a reason; none is given."""

    clause = "D-24"
    at = ("reason",)


class DeputyNotNamed(Missing):
    """There is no deputy with the number {number} who fills in now."""


class DeputyOfOneself(Refused):
    """{officer} cannot name the own person as a deputy."""

    clause = "D-24"
    at = ("officer",)


@dataclass(frozen=True, slots=True)
class EndedDeputy:
    """Who filled in until now, and where: the officer, the seat, and the name of the unit whose seat it is."""

    name: str
    seat: Seat
    unit_name: str


def name(
    *, role: str, unit: str, username: str, until_date: date, reason: str, actor: Actor, now: datetime,
    judging: Judging | None = None, meant_for: str | None = None,
) -> int:  # fmt: skip
    """Let an officer fill in for a unit's officers in a role; returns the deputy's number.

    The authority of the unit's region names deputies, of an office that of the office's region; none of its officers
    names the own person (D-24). A deputy for an office is one for the unit that holds it (D-23). Roles that one
    person may not have together may not meet in a deputy either (SX-11-a), and a deputy comes from another unit: who
    drafts there does not also approve. What is wrong with officer, day and reason is told at once, with what reading
    them found (`judging`), as Faults where there are several. Raises NotYourRole, DeputyWithoutReason,
    DeputyOfAdministrator, DeputyOfOneself, DayFarOff, DeputyDayPast, UnitWithoutOffice, DeputyFromThere, DeputyNamed,
    RoleUnknown, RolesNotSeparated, NoSuchOfficer, NoSuchUnit and what `meanwhile.check` does.
    """
    naming.check(actor)
    judging = judging or Judging()
    with judging.of("role"):
        check_roles([role])
    if judging.spared("reason") and is_blank(reason):
        judging.add(DeputyWithoutReason())
    if username == actor.officer:
        judging.add(DeputyOfOneself(officer=actor.name))
    if judging.spared("until_date"):
        with judging.of("until_date"):
            beijing.check(until_date, field="until_date")
            if until_date < beijing.day(now):
                raise DeputyDayPast(day=f"{until_date}")
    if judging.spared("officer") and not Officer.objects.filter(user__username=username).exists():
        judging.add(NoSuchOfficer(username=username), "officer")
    judging.end()
    try:
        with transaction.atomic():
            about = {"role": role, "unit": unit, "officer": username, "until_date": f"{until_date}"}
            _check_named(about, meant_for, actor=actor, now=now)
            there = lock_unit(unit)
            held = offices.of_units([unit])
            _check_answers(actor, Seat(role, unit), region=there.region_code, held=held)
            officer = locked(username)
            if not (officer.active and officer.unit.active):
                raise NoSuchOfficer(username=username)
            check_roles(sorted({role, *beside(officer, days=Days(beijing.day(now), until_date))}))
            if role in ADMINISTERING:
                raise DeputyOfAdministrator(role=role)
            if not naming.is_there(Seat(role, unit), held=held):
                raise UnitWithoutOffice(role=role, unit=there.name)
            if officer.unit_id == unit:
                raise DeputyFromThere(officer=officer.name)
            _end_past(Deputy.objects.filter(role=role, unit=unit, officer=officer), now=now)
            made = Deputy.objects.create(
                role=role, unit_id=unit, officer=officer, reason=reason, named_by=actor.officer, from_at=now,
                until_date=until_date,
            )  # fmt: skip
            fields = {**about, "reason": reason, "by": actor.officer}
            record("units.deputy_named", fields, now=now, unit=unit, counterpart=officer.unit_id)
            turns.reconsider_seats([Seat(role, unit)])
    except IntegrityError:
        raise DeputyNamed(officer=username) from None
    return int(made.pk)


def end(number: int, *, actor: Actor, now: datetime, meant_for: str | None = None) -> EndedDeputy:
    """End a deputyship at once, and return whose it was; raises NotYourRole, DeputyNotNamed and what `meanwhile.check`
    does.
    """
    naming.check(actor)
    with transaction.atomic():
        found = Deputy.objects.select_for_update(of=("self",)).filter(pk=number).first()
        if found is None:
            raise DeputyNotNamed(number=number)
        seat = Seat(found.role, found.unit_id)
        _check_answers(actor, seat, region=found.unit.region_code, held=offices.of_units([found.unit_id]))
        about = {"role": found.role, "unit": found.unit_id, "officer": found.officer.user.username}
        meanwhile.check(
            _thing(about), meant_for, state=lambda: naming.standing(found), doing="units.deputy_ended", same=about,
            actor=actor, now=now,
        )  # fmt: skip
        if found.ended_at is not None:
            raise DeputyNotNamed(number=number)
        _end(found, by=actor.officer, now=now)
    return EndedDeputy(found.officer.name, seat, found.unit.name)


def _check_named(about: Mapping[str, object], meant_for: str | None, *, actor: Actor, now: datetime) -> None:
    """Refuse to name a deputy whom the same form has named before; raises what `meanwhile.check` does."""
    meanwhile.check(
        _thing({name: about[name] for name in ("role", "unit", "officer")}), meant_for, state=lambda: None,
        doing="units.deputy_named", same=about, actor=actor, now=now,
    )  # fmt: skip


def _thing(about: Mapping[str, object]) -> meanwhile.Thing:
    return meanwhile.Thing(f"{about['officer']}", ("units.deputy_named", "units.deputy_ended"), (about,))


def end_past(*, now: datetime) -> int:
    """End the deputies whose last day is over; returns how many."""
    with transaction.atomic():
        return _end_past(Deputy.objects.all(), now=now)


def _end_past(among: QuerySet[Deputy], *, now: datetime) -> int:
    past = among.select_for_update().filter(ended_at__isnull=True, until_date__lt=beijing.day(now))
    ended = list(past.order_by("pk"))
    for found in ended:
        _end(found, by=log.PLATFORM, now=now)
    return len(ended)


def end_there(officer: Officer, *, unit: str, by: str, now: datetime) -> None:
    """End, in the caller's transaction, an officer's deputyships at a unit, which is the officer's own from now on."""
    for found in Deputy.objects.filter(officer=officer, unit=unit, ended_at__isnull=True).order_by("pk"):
        _end(found, by=by, now=now)


def end_all(found: Iterable[Deputy], *, now: datetime, by: str) -> None:
    """End these deputies, which the caller's transaction has locked: the office they filled in for was passed on."""
    for each in found:
        _end(each, by=by, now=now)


def _end(found: Deputy, *, by: str, now: datetime) -> None:
    found.ended_at = now
    found.save(update_fields=["ended_at"])
    officer: Officer = found.officer
    fields = {"role": found.role, "unit": found.unit_id, "officer": officer.user.username, "by": by}
    record("units.deputy_ended", fields, now=now, unit=found.unit_id, counterpart=officer.unit_id)
    turns.reconsider_seats([Seat(found.role, found.unit_id)])


def _check_answers(actor: Actor, seat: Seat, *, region: str, held: naming.Held) -> None:
    if not naming.answers(actor, seat, region=region, held=held):
        raise NotYourRole(role="authority", officer=actor.name)
