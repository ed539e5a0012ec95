"""The competent department (主管部门) of a unit, which endorses its applications: from a day until another (D-23)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from hutong.control.procedures.queries import by_number
from hutong.control.units.models import Competence
from hutong.core.counting import COUNTED


@dataclass(frozen=True, slots=True)
class Department:
    """A department that a unit had or has, from a day until another, on which it has it no more."""

    unit: str
    unit_name: str
    code: str
    name: str
    from_date: date
    ended_date: date | None
    id: int


def departments(units: Collection[str]) -> dict[str, str]:
    """Return the department that each of these units has now; those without one are left out."""
    rows = Competence.objects.filter(unit__in=list(units), ended_date=None)
    return dict(rows.values_list("unit_id", "department_id"))


def department(unit: str) -> str | None:
    """Return the department that a unit has now."""
    return departments([unit]).get(unit)


def department_on(day: date, *, unit: str) -> str | None:
    """Return the department that a unit had at the end of a day."""
    open_then = Q(ended_date=None) | Q(ended_date__gt=day)
    found = Competence.objects.filter(open_then, unit=unit, from_date__lte=day).order_by("-pk")
    return found.values_list("department_id", flat=True).first()


def under(department: str) -> list[str]:
    """Return the units whose applications a department endorses now."""
    return list(Competence.objects.filter(department=department, ended_date=None).values_list("unit_id", flat=True))


def history(
    unit: str = "", *, words: str = "", now: bool | None = None, after: int | None = None, oldest: bool = False,
    limit: int | None = None,
) -> list[Department]:  # fmt: skip
    """Return departments that units have or had, the last given first; those that follow the one with number `after`.

    `unit` asks for one unit's alone. Every word of `words` occurs in the name of unit or department. `now` asks for the
    present departments alone (True) or for the past ones (False).
    """
    rows = by_number(_fitting(unit, words, now), after=after, oldest=oldest).select_related("unit", "department")
    return [
        Department(
            row.unit_id, row.unit.name, row.department_id, row.department.name, row.from_date, row.ended_date, row.pk
        )
        for row in rows[:limit]
    ]  # fmt: skip


def counted(*, words: str = "", now: bool | None = None, most: int = COUNTED + 1) -> int:
    """Return how many `history` has, counted up to `most`."""
    return _fitting("", words, now)[:most].count()


def _fitting(unit: str, words: str, now: bool | None) -> QuerySet[Competence]:
    found = Competence.objects.filter(unit=unit) if unit else Competence.objects.all()
    for word in words.split():
        found = found.filter(Q(unit__name__icontains=word) | Q(department__name__icontains=word))
    return found if now is None else found.filter(ended_date__isnull=now)


def become(unit: str, *, department: str | None, day: date) -> None:
    """Let a unit have another department, or none, from a day on; part of the caller's transaction, which enters it."""
    Competence.objects.filter(unit=unit, ended_date=None).update(ended_date=day)
    if department:
        Competence.objects.create(unit_id=unit, department_id=department, from_date=day)
