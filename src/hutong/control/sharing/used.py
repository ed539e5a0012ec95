"""What is used under a grant and of what limits: numbers alone, never whom it was about (D-25).

Of a grant the plane keeps what was spent on each of some days, and the distinct records of a year. By month uses are
summed for a unit, a resource and a mode, whichever grants they were under: those grants are told with the sums.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from hutong.audit.rollups import Month
from hutong.control.rulebook import queries as rulebooks
from hutong.control.sharing import queries
from hutong.control.sharing.queries import GrantShown
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.counting import COUNTED
from hutong.db import sql
from hutong.plane.definition import Mode
from hutong.plane.grants import NoSuchGrant

statements = sql.load(__package__, "used.sql")

ALIKE = 20
"""Grants alike that are told of by number."""
MONTHS = 12
"""Months that are told of, the one under way included."""


@dataclass(frozen=True, slots=True)
class GrantUse:
    """What was used under a grant, and of what."""

    no: str
    mode: str
    quota: int
    """Claims or questions a day."""
    guesses: int
    """Claims a day about one subject."""
    yearly_records: int
    today: int
    """Claims or questions today."""
    records: int
    """Distinct records that its queries disclosed within the days that are counted."""
    last_day: date | None
    """The last day of use, where that is one of those that are kept."""

    @property
    def compares(self) -> bool:
        """Whether claims about one subject are limited under it."""
        return self.mode == Mode.COMPARE

    @property
    def queries(self) -> bool:
        """Whether distinct records are limited under it."""
        return self.mode == Mode.QUERY


@dataclass(frozen=True, slots=True)
class AlikeGrant:
    """A grant of the same unit on the same resource in the same mode."""

    no: str
    system: str
    from_at: datetime
    until_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class GrantUsePage:
    """One grant with what was used under it, and what was used under it and all alike by month."""

    grant: GrantShown
    use: GrantUse
    days: list[tuple[date, int]]
    """Every day that is kept, the last today, with what was used under the grant."""
    records: list[tuple[date, int]]
    """Every month, with the distinct records that were disclosed under the grant and counted in it."""
    subjects: int
    """Subjects that were claimed about today, and those of them about whom no more may be; both up to COUNTED."""
    used_up: int
    months: list[Month]
    """Uses of its consumer, of its resource, in its mode: under this grant and every one alike."""
    alike: list[AlikeGrant]
    """The other grants whose uses are in `months`, the newest first, at most ALIKE."""
    more_alike: bool
    """Whether there are more than these."""

    @property
    def alone(self) -> bool:
        """Whether the uses by month are this grant's, for there is none alike."""
        return not self.alike

    @property
    def spent(self) -> int:
        """What was used under the grant on all the days that are kept."""
        return sum(spent for _, spent in self.days)

    @property
    def this_month(self) -> Month:
        """The month under way."""
        return self.months[-1]

    @property
    def this_year(self) -> Month:
        """The year under way, summed."""
        found = [each for each in self.months if each.month.year == self.this_month.month.year]
        return Month(found[0].month, sum(each.answered for each in found), sum(each.refused for each in found))


def of_grants(nos: Collection[str], *, today: date) -> dict[str, GrantUse]:
    """Return what was used under these grants, by number, in one statement besides the rulebook's."""
    counted_from = today - timedelta(days=rulebooks.in_force(today).number("query.counted_days") - 1)
    with connection.cursor() as cur:
        cur.execute(statements.of_grants, {"nos": list(nos), "today": today, "counted_from": counted_from})
        names = [column.name for column in cur.description]
        found = [GrantUse(**dict(zip(names, row, strict=True))) for row in cur.fetchall()]
    return {each.no: each for each in found}


def page(no: str, *, actor: Actor, now: datetime) -> GrantUsePage:
    """Return a grant the actor may see, and what was used under it; raises NoSuchGrant."""
    today = beijing.day(now)
    grant = next((each for each in queries.grants(actor, words=no) if each.no == no), None)
    if grant is None:
        raise NoSuchGrant(no=no)
    kept = rulebooks.in_force(today).number("spent.kept_days")
    days = [today - timedelta(days=back) for back in reversed(range(kept))]
    months = [beijing.month(today, ahead=-back) for back in reversed(range(MONTHS))]
    of_it = {"no": no, "consumer": grant.consumer_id, "code": grant.code, "mode": grant.mode}
    with connection.cursor() as cur:
        cur.execute(statements.days, {"no": no, "first": days[0]})
        spent = dict(cur.fetchall())
        cur.execute(statements.guessed, {"no": no, "today": today, "most": COUNTED + 1})
        subjects, used_up = cur.fetchone()
        cur.execute(
            statements.months,
            {
                "months": months, "consumer": grant.consumer_id, "provider": grant.provider_id, "code": grant.code,
                "mode": grant.mode,
            },
        )  # fmt: skip
        by_month = {month: (answered, refused) for month, answered, refused in cur.fetchall()}
        cur.execute(statements.disclosed, {**of_it, "first": months[0]})
        records = dict(cur.fetchall())
        cur.execute(statements.alike, {**of_it, "first": beijing.midnight(months[0]), "most": ALIKE + 2})
        alike = [each for each in (AlikeGrant(*row) for row in cur.fetchall()) if each.no != no]
    return GrantUsePage(
        grant, of_grants([no], today=today)[no], [(day, spent.get(day, 0)) for day in days],
        [(month, records.get(month, 0)) for month in months], subjects, used_up,
        [Month(month, *by_month.get(month, (0, 0))) for month in months], alike[:ALIKE], len(alike) > ALIKE,
    )  # fmt: skip
