"""Who is hit by a grave step, in numbers, before it is taken: grants, units, systems, subscriptions, applications."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from hutong.control.sharing.lifecycle import UNDER_WAY
from hutong.control.sharing.models import Application
from hutong.db import sql
from hutong.plane.suspensions import Suspendable

statements = sql.load(__package__, "hit.sql")


@dataclass(frozen=True, slots=True)
class HitGrants:
    """How many grants in force a step reaches, whose they are, and how many applications are under way."""

    grants: int
    units: int
    systems: int
    subscriptions: int
    applications: int = 0


def of_resource(code: str) -> HitGrants:
    """Return what stands on a resource of the catalogue now."""
    applications = Application.objects.filter(entry__code=code, state__in=UNDER_WAY).count()
    return HitGrants(*_grants({"code": code}), applications)


def of_registered(kind: str, code: str, *, unit: str) -> HitGrants:
    """Return which grants of a unit name one of its systems, users or devices, or somebody of a department of it."""
    return HitGrants(*_grants({"unit": unit, kind: code}))


def of_suspendable(kind: Suspendable, whom: str, *, unit: str) -> HitGrants:
    """Return which grants in force are not served while something of a unit is suspended: a grant, a system, itself."""
    if kind is Suspendable.GRANT:
        return HitGrants(*_grants({"no": whom}))
    if kind is Suspendable.SYSTEM:
        return HitGrants(*_grants({"unit": unit, "system": whom}))
    return HitGrants(*_grants({"unit": unit}, whole=True))


def _grants(asked: Mapping[str, str], *, whole: bool = False) -> tuple[int, int, int, int]:
    nothing = dict.fromkeys(("code", "no", "unit", "system", "department", "user", "device"))
    with connection.cursor() as cur:
        cur.execute(statements.grants, {**nothing, **asked, "whole": whole})
        columns = [column.name for column in cur.description]
        found = dict(zip(columns, cur.fetchone(), strict=True))
    return found["grants"], found["units"], found["systems"], found["subscriptions"]
