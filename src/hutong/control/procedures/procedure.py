"""What a room says about its procedure beside the lifecycle: where its cases lie, and their state and facts."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol

from django.apps import AppConfig, apps
from django.db.models import Model, QuerySet

from hutong.core.lifecycle import Acted, Facts, Lifecycle, Move, Parties, Seat


class Actor(Protocol):
    """The officer who acts: known by name, sitting at the seats of the own unit and at those filled in for."""

    @property
    def officer(self) -> str:
        """The username."""

    @property
    def name(self) -> str:
        """The name as it is shown and kept."""

    @property
    def unit(self) -> str:
        """The officer's own unit."""

    @property
    def unit_name(self) -> str:
        """The unit's name."""

    @property
    def seats(self) -> frozenset[Seat]:
        """Where the officer sits, as a deputy too."""

    @property
    def deputises(self) -> frozenset[Seat]:
        """Those of the seats that are another unit's."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The state and facts of one case now, for the reader of its lifecycle and for whoever is to act."""

    number: str
    title: str
    state: str
    entered_at: datetime
    parties: Parties
    facts: Facts
    """Each condition of the lifecycle but `stuck`, which the mechanism finds out itself."""
    dates: Mapping[str, date] = field(default_factory=dict)
    acted: Acted = field(default_factory=dict)
    """Who wrote it, by the words of `Lifecycle.writing`; who took a step the mechanism knows itself."""
    region: str = ""
    unit: str = ""
    """The party whose case it is: first party of its entries."""
    counterpart: str | None = None


class Staff(Protocol):
    """Who sits at each of some seats: active officers of active units, and deputies."""

    def __call__(self, seats: Collection[Seat], *, now: datetime | None = None) -> Mapping[Seat, frozenset[str]]:
        """Return them by the days of their roles; without `now` as the last pass has it, which the turns go by."""


Stopped = Callable[[Collection[str]], frozenset[str]]
"""Returns which of these units are stopped."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A lifecycle and where its cases lie. `number` is the column a case is known by."""

    life: Lifecycle
    model: type[Model]
    number: str
    event: str
    """The event that each step enters."""
    number_field: str
    """The field of that event which holds the case's number."""
    seen: Callable[[Sequence[Model]], list[Seen]]
    """Returns the state and facts of cases, in order: in a bounded number of statements, however many they are."""
    concerned: Callable[[str, str], QuerySet]
    """Returns the cases whose conditions look at something, e.g. ("catalog.entry", its code); none where none does."""
    staff: Staff
    stopped: Stopped
    of_offices: bool = False
    """Whether its cases are read by the officers of offices alone, and by nobody else of their units."""

    def cases(self, numbers: Iterable[str]) -> QuerySet:
        """Return the cases with these numbers."""
        return self.model._default_manager.filter(**{f"{self.number}__in": list(numbers)})

    def number_of(self, case: Model) -> str:
        """Return what a case is known by."""
        return str(getattr(case, self.number))


def nothing(model: type[Model]) -> Callable[[str, str], QuerySet]:
    """Return what finds no case of a model: for those whose conditions look at nothing that changes elsewhere."""
    return lambda about, key: model._default_manager.none()


class ProceduresApp(AppConfig):
    """A Django app with procedures: being installed is all it takes for its cases to be kept on the desks."""

    default_auto_field = "django.db.models.BigAutoField"

    def procedures(self) -> tuple[Procedure, ...]:
        """Return the procedures of this room."""
        return ()


@cache
def installed() -> Mapping[str, Procedure]:
    """Return the procedures of every room there is, by the name of their lifecycle; looked up once."""
    rooms = [room for room in apps.get_app_configs() if isinstance(room, ProceduresApp)]
    return {procedure.life.name: procedure for room in rooms for procedure in room.procedures()}


@dataclass(frozen=True, slots=True)
class Taking:
    """A step that is being taken: the move, by whom, when, and on what grounds."""

    move: Move
    actor: Actor
    now: datetime
    reason: str
    basis: str


Also = Mapping[str, Callable[[Any, Taking], None]]
"""Action → what else happens with it, in the same transaction, before the case moves."""
