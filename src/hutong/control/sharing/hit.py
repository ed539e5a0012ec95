"""Who is hit by a grave step, in numbers, before it is taken: grants, units, systems, subscriptions, applications."""

from dataclasses import dataclass

from django.db import connection

from hutong.control.sharing.lifecycle import UNDER_WAY
from hutong.control.sharing.models import Application
from hutong.db import sql

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
    return HitGrants(*_grants(code=code), applications)


def of_registered(kind: str, code: str, *, unit: str) -> HitGrants:
    """Return which grants of a unit name one of its systems, users or devices."""
    return HitGrants(*_grants(unit=unit, **{kind: code}))


def _grants(**asked: str) -> tuple[int, int, int, int]:
    nothing = dict.fromkeys(("code", "unit", "system", "user", "device"))
    with connection.cursor() as cur:
        cur.execute(statements.grants, {**nothing, **asked})
        columns = [column.name for column in cur.description]
        found = dict(zip(columns, cur.fetchone(), strict=True))
    return found["grants"], found["units"], found["systems"], found["subscriptions"]
