"""The competent department (主管部门) of a unit, which endorses its applications: from a day until another (D-23)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from hutong.control.orgs.models import Competence


@dataclass(frozen=True, slots=True)
class Department:
    """A department that a unit had or has, from a day until another, on which it has it no more."""

    unit_name: str
    code: str
    name: str
    from_date: date
    until_date: date | None


def departments(units: Collection[str]) -> dict[str, str]:
    """Return the department that each of these units has now; those without one are left out."""
    rows = Competence.objects.filter(unit__in=list(units), until_date=None)
    return dict(rows.values_list("unit_id", "department_id"))


def department(unit: str) -> str | None:
    """Return the department that a unit has now."""
    return departments([unit]).get(unit)


def department_on(day: date, *, unit: str) -> str | None:
    """Return the department that a unit had at the end of a day."""
    open_then = Q(until_date=None) | Q(until_date__gt=day)
    found = Competence.objects.filter(open_then, unit=unit, from_date__lte=day).order_by("-pk")
    return found.values_list("department_id", flat=True).first()


def under(department: str) -> list[str]:
    """Return the units whose applications a department endorses now."""
    return list(Competence.objects.filter(department=department, until_date=None).values_list("unit_id", flat=True))


def history(unit: str = "") -> list[Department]:
    """Return every department that a unit ever had, or each unit without one named, the newest first."""
    rows = Competence.objects.select_related("unit", "department").order_by("unit__name", "-pk")
    return [
        Department(row.unit.name, row.department_id, row.department.name, row.from_date, row.until_date)
        for row in (rows.filter(unit=unit) if unit else rows)
    ]


def become(unit: str, *, department: str | None, day: date) -> None:
    """Let a unit have another department, or none, from a day on; part of the caller's transaction, which enters it."""
    Competence.objects.filter(unit=unit, until_date=None).update(until_date=day)
    if department:
        Competence.objects.create(unit_id=unit, department_id=department, from_date=day)
