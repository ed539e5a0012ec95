"""What is to happen in the county's past: a plan, day by day on the training clock, the same for the same size."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hutong.core.workdays import Calendar
from hutong.demo import ways
from hutong.demo.description import DemoUnit, Resource, resources, units
from hutong.demo.ways import Way
from hutong.plane.definition import Mode

HOURS = (10, 15)
"""The hours of a working day at which something happens."""
EAGER_DAYS = 2
"""Applications of the first days go all their way on the day, so that there is something to use from then on."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much happens, and on which days: from `first`, the last excluded."""

    first: date
    until: date
    applications: int = 300
    deliveries: int = 100
    uses: int = 22_500
    resources: int = 1000
    """How many of the county's resources there are, counted from the first."""

    @property
    def listed(self) -> tuple[Resource, ...]:
        """The resources that are published."""
        return resources()[: self.resources]

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=number) for number in range((self.until - self.first).days)]


@dataclass(slots=True)
class PastCase:
    """An application to be made: by whom, on what, and the way it goes."""

    unit: DemoUnit
    resource: Resource
    mode: Mode
    way: Way
    pace: int
    """Working days from one step to the next; 0: all on one day."""
    grant_days: int
    turns: list[tuple[str, str]]
    no: str = ""
    number: int = 0
    """Its place among all of them, which says at which hour it is taken up, and in which lane."""
    state: str = "DRAFT"
    until_at: datetime | None = None
    """When what it asks for ends; known once it is written down."""
    due: int = 0
    """Working day on which the next step is taken, counted from the first."""

    @property
    def at_a_turn(self) -> bool:
        """Whether something else than the straight step comes next."""
        return any(state == self.state for state, _ in self.turns)


@dataclass(slots=True)
class PastDay:
    """What happens on a day."""

    day: date
    working: bool
    number: int
    """Which working day it is, or was last."""
    new: list[PastCase] = field(default_factory=list)
    deliveries: list[tuple[int, Resource]] = field(default_factory=list)
    """Each with its number."""
    uses: int = 0

    @property
    def parts(self) -> tuple[int, ...]:
        """Return the hours at which something happens: of a day off the last alone."""
        return HOURS if self.working else HOURS[-1:]

    @property
    def minute(self) -> int:
        """Return the minute of these hours: another each day."""
        return self.day.toordinal() * 7 % 60


def plan(size: Size, *, seed: int = 1) -> list[PastDay]:
    """Return the days of the county's past in their order."""
    draw = random.Random(f"past {seed}")  # noqa: S311 - a county, no secret
    days = _days(size)
    working = [each for each in days if each.working]
    supplied = [each for each in size.listed if each.delivered]
    first = [(working[0], each) for each in supplied]
    later = [(day, draw.choice(supplied)) for day in _spread(working[1:], size.deliveries - len(supplied))]
    for number, (day, resource) in enumerate([*first, *later]):
        day.deliveries.append((number, resource))
    other = _ways(draw)
    eager = size.applications // 10
    at_first = [working[number % EAGER_DAYS] for number in range(eager)]
    for number, day in enumerate([*at_first, *_spread(working[EAGER_DAYS:], size.applications - eager)]):
        early = number < eager
        way, pace = (ways.WAYS[0], 0) if early else (next(other), draw.choice((1, 1, 2)))
        day.new.append(_case(draw, day, size.listed, way=way, pace=pace, number=number))
    return days


def _spread(days: Sequence[PastDay], count: int) -> list[PastDay]:
    """Return `count` days in their order, as evenly as it goes; none where the count is not above zero."""
    return [days[number * len(days) // count] for number in range(count)]


def _days(size: Size) -> list[PastDay]:
    calendar = Calendar.official()
    days, number = [], -1
    for each in size.days:
        working = calendar.is_workday(each)
        number += working
        days.append(PastDay(each, working, number))
    weights = [4 if each.working else 1 for each in days]
    for day, weight in zip(days, weights, strict=True):
        day.uses = -(-size.uses * weight // sum(weights))
    return days


def _case(
    draw: random.Random, day: PastDay, listed: Sequence[Resource], *, way: Way, pace: int, number: int
) -> PastCase:
    unit = draw.choice(units())
    resource = draw.choice([each for each in listed if each.unit != unit.code])
    mode = draw.choice([mode for mode in Mode if resource.offered(mode)])
    grant_days = draw.choice((20, 40, 180, 365, 365))
    if not resource.delivered and number % 2:
        way = ways.UNSUPPLIED
    return PastCase(unit, resource, mode, way, pace, grant_days, list(way.turns), number=number, due=day.number)


def _ways(draw: random.Random) -> Iterator[Way]:
    """Yield ways without end, of every hundred as many as their shares say."""
    while True:
        hundred = [way for way in ways.WAYS for _ in range(way.share)]
        draw.shuffle(hundred)
        yield from hundred


def login(code: str) -> str:
    """Return what the logins of a unit's officers begin with."""
    return next(each.login for each in units() if each.code == code)


def due(cases: Sequence[PastCase], *, day: PastDay, hour: int) -> list[PastCase]:
    """Return the cases with which something is done at an hour of a working day."""
    return [each for each in cases if each.due <= day.number and HOURS[each.number % len(HOURS)] == hour]
