"""What is done about a case without moving it (P-2): what was done, and what the reader may do, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from hutong.control.orgs import queries as orgs
from hutong.control.orgs.rules import Actor
from hutong.control.procedures import handling, models, queries
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.core.lifecycle import Seat, sits
from hutong.web.wording.procedures import HANDLINGS


@dataclass(frozen=True, slots=True)
class HandlingShown:
    """Something done about a case: what, by whom, whom it concerns, and what was said."""

    number: int
    kind: str
    name: str
    at: datetime
    by_name: str
    org_name: str
    to: str
    words: str
    answered: bool


@dataclass(frozen=True, slots=True)
class Tools:
    """What the reader may do about a case without moving it."""

    take_over: bool
    give_back: bool
    holder: str
    """Who has the case, by name; empty where it is the whole office's."""
    colleagues: tuple[tuple[str, str], ...]
    """Username and name of those the case may be given to."""
    urge: str
    """`urge` for a party of the case, `supervise` for a head or the rescuing office; empty for everybody else."""
    units: tuple[tuple[str, str], ...]
    """Credit code and name of the units that may be consulted."""
    asked: tuple[HandlingShown, ...]
    """Consultations that wait for the reader's unit."""

    @property
    def any(self) -> bool:
        """Whether there is something that the reader may do."""
        return bool(self.take_over or self.give_back or self.colleagues or self.urge or self.units)


def done(lifecycle: str, case: str) -> tuple[HandlingShown, ...]:
    """Return what was done about a case, the first first."""
    rows = queries.handlings(lifecycle, case)
    units = orgs.names()
    answered = {row.about_id for row in rows if row.about_id}
    return tuple(_shown(row, units=units, answered=row.pk in answered) for row in rows)


def tools(
    procedure: Procedure, seen: Seen, rows: Sequence[models.Turn], *, actor: Actor, people: Mapping[str, str]
) -> Tools:
    """Return what `actor` may do about a case whose turns are `rows`."""
    mine = [row for row in rows if sits(Seat(row.role, row.unit), seats=actor.seats)]
    holder = next((row.person for row in mine if row.person), "")
    free = bool(mine) and holder in ("", actor.person)
    units = orgs.names()
    others = [(each.credit_code, each.name) for each in orgs.units() if each.credit_code != actor.org] if mine else []
    asked = [
        _shown(row, units=units, answered=False)
        for row in handling.consultations(actor.org, case=(procedure.life.name, seen.number))
    ]
    return Tools(
        take_over=bool(mine) and not holder,
        give_back=holder == actor.person and bool(holder),
        holder=people.get(holder, holder),
        colleagues=_colleagues(mine, actor=actor) if free else (),
        urge=handling.urges(procedure.life, parties=seen.parties, actor=actor) if rows and not mine else "",
        units=tuple(others),
        asked=tuple(asked),
    )


def _colleagues(rows: Sequence[models.Turn], *, actor: Actor) -> tuple[tuple[str, str], ...]:
    staff = orgs.staff({Seat(row.role, row.unit) for row in rows})
    names = orgs.people({person for people in staff.values() for person in people} - {actor.person})
    return tuple(sorted(names.items(), key=lambda each: each[1]))


def _shown(row: models.Handling, *, units: Mapping[str, str], answered: bool) -> HandlingShown:
    return HandlingShown(
        number=row.pk, kind=row.kind, name=gettext(HANDLINGS[row.kind]), at=row.at, by_name=row.by_name,
        org_name=row.org_name, to=row.to_name or units.get(row.to_unit, ""), words=row.words, answered=answered,
    )  # fmt: skip
