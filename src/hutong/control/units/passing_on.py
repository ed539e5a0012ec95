"""An office given to a unit, or passed on to another with its open cases (D-23)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from hutong.control.procedures import turns
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.rulebook.rules import check_region
from hutong.control.units import deputies, meanwhile, offices, queries
from hutong.control.units.models import Deputy, Office
from hutong.control.units.operations import require_active
from hutong.control.units.rules import OFFICES, Actor
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Judging
from hutong.db import locks


class NoSuchOffice(Invalid):
    """{role} is no office; there are {known}."""

    clause = "D-23"
    at = ("role",)


class OfficeWithoutReason(Invalid):
    """An office is given or passed on for a reason: the decision it follows; none is given."""

    clause = "D-23"
    at = ("reason",)


class OfficeAlreadyTheirs(Conflicting):
    """{unit} holds this office already."""

    at = ("unit",)


@dataclass(frozen=True, slots=True)
class OfficePassed:
    """Between whom an office would be passed on, by name; `before` is empty where a region above holds it."""

    before: str
    after: str
    at: str
    """The state for which it is asked."""
    cases: int
    """Open cases that go with it."""


def may_pass_on(actor: Actor) -> bool:
    """Whether the actor may pass on offices, of some region: for an authority's own unit, never as a deputy."""
    return any(role == "authority" for role, _ in actor.offices)


def between(
    *, role: str, region: str, unit: str, reason: str, actor: Actor, now: datetime, judging: Judging | None = None
) -> OfficePassed:
    """Return between whom `pass_on` would pass an office on, to be asked before it is.

    All that is wrong is told at once, with what reading it found (`judging`), as Faults where there are several.

    Raises NotYourRole, NoSuchOffice, RegionUnreadable, OfficeWithoutReason and NoSuchUnit.
    """
    judging, names = judging or Judging(), queries.names()
    if not actor.answers_for("authority", region=region):
        raise NotYourRole(role="authority", officer=actor.name)
    with judging.of():
        check(role=role, region=region, reason=reason, judging=judging)
    if judging.spared("unit") and unit not in names:
        judging.add(queries.NoSuchUnit(unit=unit), "unit")
    judging.end()
    now_held = offices.current()
    before = now_held.units.get((role, region), "")
    after = offices.Offices({**now_held.units, (role, region): unit})
    cases = turns.count_of_office(role, passed_on=_passed_on(role, before=now_held, after=after))
    return OfficePassed(names.get(before, ""), names[unit], meanwhile.shown(before, now=now), cases)


def _passed_on(role: str, *, before: offices.Offices, after: offices.Offices) -> Callable[[str], bool]:
    """Return what tells of a region whether another unit holds the office there after than before."""
    return lambda region: before.unit_of(role, region=region) != after.unit_of(role, region=region)


def pass_on(
    *, role: str, region: str, unit: str, reason: str, actor: Actor, now: datetime, meant_for: str | None = None
) -> int:
    """Pass an office on as the authority of its region, or of one above it; returns how many open cases went with it.

    Raises NotYourRole, OfficeAlreadyTheirs, and what `give` and `meanwhile.check` raise.
    """
    if not actor.answers_for("authority", region=region):
        raise NotYourRole(role="authority", officer=actor.name)
    about = {"role": role, "region": region or None}
    with transaction.atomic():
        meanwhile.check(
            meanwhile.Thing(role, ("units.office_given",), (about,)), meant_for,
            state=lambda: unit_of_office(role, region), doing="units.office_given", same={**about, "after": unit},
            actor=actor, now=now,
        )  # fmt: skip
        moved = give(role=role, region=region, unit=unit, reason=reason, now=now, by=actor.officer)
    if moved is None:
        raise OfficeAlreadyTheirs(unit=unit)
    return moved


def unit_of_office(role: str, region: str) -> str:
    """Return the unit that holds a region's own office; empty where none does."""
    return offices.current().units.get((role, region), "")


def give(*, role: str, region: str, unit: str, reason: str, now: datetime, by: str) -> int | None:
    """Give a region's office (empty: the whole installation's) to a unit, and its open cases with it.

    Returns how many cases wait for the unit from now on, or None, with nothing entered, where it held the office
    already. No clock changes. Deputies of the unit that held it before end. Raises NoSuchOffice, RegionUnreadable,
    OfficeWithoutReason, UnitStopped and NoSuchUnit.
    """
    check(role=role, region=region, reason=reason)
    with transaction.atomic():
        _one_at_a_time()
        require_active(unit)
        before = offices.current()
        former = before.units.get((role, region))
        if former == unit:
            return None
        # locked before the turns, as `deputies.end` does
        filling_in = list(Deputy.objects.select_for_update().filter(role=role, unit=former, ended_at=None))
        turns.lock(shared=False)
        Office.objects.filter(role=role, region=region, until_at=None).update(until_at=now)
        Office.objects.create(role=role, region=region, unit_id=unit, from_at=now, given_by=by, reason=reason)
        after = offices.current()
        if former and (former, role) not in {(unit_now, each) for (each, _), unit_now in after.units.items()}:
            deputies.end_all(filling_in, now=now, by=by)
        moved = turns.reconsider_office(role, passed_on=_passed_on(role, before=before, after=after))
        fields = {
            "role": role, "region": region or None, "before": former, "after": unit, "reason": reason, "cases": moved,
            "by": by,
        }  # fmt: skip
        record("units.office_given", fields, now=now, unit=unit, counterpart=former)
    return moved


def check(*, role: str, region: str, reason: str, judging: Judging | None = None) -> None:
    """Refuse what is no office, no region or no reason; raises NoSuchOffice, RegionUnreadable and OfficeWithoutReason,
    or Faults of several.

    Of fields that `judging` has something of already nothing more is told.
    """
    before, judging = judging or Judging(), Judging()
    if before.spared("role") and role not in OFFICES:
        judging.add(NoSuchOffice(role=role, known=", ".join(OFFICES)))
    with judging.of("region"):
        check_region(region)
    if before.spared("reason") and is_blank(reason):
        judging.add(OfficeWithoutReason())
    judging.end()


def _one_at_a_time() -> None:
    with connection.cursor() as cur:
        locks.take(cur, "hutong.offices")
