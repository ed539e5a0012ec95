"""What is done about a case without moving it (P-2): 分办, 转办, 催办, 督办, 会签.

Each is an entry; none stops a clock. One that a page asks for says what state it was `meant_for`: each raises
StateChanged and AlreadyDone, as `since.check` does.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from hutong.control.procedures import models, operations, queries, rules, since, turns
from hutong.control.procedures.procedure import Actor, Procedure
from hutong.control.recording import record
from hutong.core import text
from hutong.core.blanks import is_blank
from hutong.core.counting import COUNTED
from hutong.core.errors import Conflicting, Invalid, Missing, Refused
from hutong.core.lifecycle import Lifecycle, Parties, Seat, office, sits

_NO_SEAT = Seat("")
"""Of what is said to nobody."""
HEAD = "unit_head"
"""单位负责人: gives cases to officers, takes them back, and supervises."""


class MayNotUrge(Refused):
    """{title} {case} is urged by its parties, and supervised by the authority or the head of an office."""


class OwnUnitConsulted(Invalid):
    """Another unit is consulted, not the own one."""


class NotYetSubmitted(Conflicting):
    """{title} {case} has not been submitted yet; others are consulted on what was."""


class NoSuchConsultation(Missing):
    """There is no consultation {number} on {title} {case} that waits for your unit."""


class AdministratorsHaveNoOpinion(Refused):
    """{officer} administers or audits the platform; what the unit thinks is said by who takes part in its business."""

    clause = "SX-11-a"


def take_over(
    procedure: Procedure, number: str, *, actor: Actor, now: datetime, handler: str = "", words: str = "",
    meant_for: str | None = None,
) -> None:  # fmt: skip
    """Take a case that waits at one of the actor's desks (领办): one nobody has, or its `handler`'s, saying why.

    Raises NothingWaits, NotOfThisOffice, NothingToDoThere, GroundsMissing, and TakenByAnother where somebody else than
    `handler` has it.
    """
    with transaction.atomic():
        rows = _at_desk(procedure, number, actor, doing="take", meant_for=meant_for)
        other = next((row.handler for row in rows if row.handler not in ("", actor.officer)), "")
        if other not in ("", handler):
            raise _taken(procedure, number, other)
        if other and is_blank(words):
            raise rules.GroundsMissing(action="领办", fields="reason")
        _give(_able(procedure, rows, actor.officer, name=actor.name), actor.officer)
        _note(
            procedure.life.name, number, "take", actor=actor, now=now, to_officer=actor.officer, to_name=actor.name,
            words=words, desk=_desk(rows), told=other,
        )  # fmt: skip


def give(
    procedure: Procedure, number: str, *, to_officer: str, to_name: str, to_seats: Collection[Seat], actor: Actor,
    now: datetime, words: str = "", heads: Collection[Seat] = (), meant_for: str | None = None, told: str | None = None,
) -> None:  # fmt: skip
    """Give a case to another officer of the same desk (分办), or pass on a case that one has (转办).

    `to_seats` is where the other sits, `told` what one without a seat at that desk is called, where that is not the
    name; `heads` where the officers sit whose head the actor is: there a head gives without sitting at the desk. Raises
    NothingWaits, NotOfThisOffice where either has no seat at that desk, NothingToDoThere where the other may not act,
    and TakenByAnother where the case is with somebody else and the actor is not the head there.
    """
    with transaction.atomic():
        seats = {*actor.seats, *heads}
        rows = _at_desk(procedure, number, actor, doing="give", meant_for=meant_for, seats=seats)
        others = [row for row in rows if row.handler not in ("", actor.officer)]
        other = next((row.handler for row in others if not sits(Seat(row.role, row.unit), seats=heads)), None)
        if other is not None:
            raise _taken(procedure, number, other)
        theirs = [row for row in rows if sits(Seat(row.role, row.unit), seats=to_seats)]
        if not theirs:
            raise rules.NotOfThisOffice(title=procedure.life.title, case=number, officer=told or to_name)
        _give(_able(procedure, theirs, to_officer, name=to_name), to_officer)
        before = next((row.handler for row in others if row in theirs and row.handler != to_officer), "")
        _note(
            procedure.life.name, number, "give", actor=actor, now=now, to_officer=to_officer, to_name=to_name,
            words=words, desk=_desk(theirs), told=before,
        )  # fmt: skip


def give_back(
    procedure: Procedure, number: str, *, actor: Actor, now: datetime, meant_for: str | None = None
) -> None:
    """Return a case that the actor has to the whole office."""
    with transaction.atomic():
        there = _at_desk(procedure, number, actor, doing="give_back", meant_for=meant_for)
        rows = [row for row in there if row.handler == actor.officer]
        if not rows:
            raise rules.NothingWaits(title=procedure.life.title, case=number)
        _give(rows, "")
        told = _giver(procedure.life.name, number, actor.officer)
        _note(procedure.life.name, number, "give_back", actor=actor, now=now, desk=_desk(rows), told=told)


def return_all(officer: str, *, seats: Collection[Seat], words: str, actor: Actor, now: datetime) -> int:
    """Return every case that an officer has at these seats' desks to the whole office; returns how many those are.

    For an officer who sits there no more: `actor` decided that, and `words` say why. To be called in the transaction of
    that decision, before the seats are reconsidered.
    """
    turns.lock(shared=False)
    desks = {"role__in": {each.role for each in seats}, "unit__in": {"", *(each.unit for each in seats)}}
    theirs = models.Turn.objects.filter(handler=officer, **desks)
    cases = sorted(set(theirs.filter(leads=True).values_list("lifecycle", "case")))
    for lifecycle, case in cases:
        rows = list(theirs.filter(lifecycle=lifecycle, case=case).order_by("pk"))
        _give(rows, "")
        told = _giver(lifecycle, case, officer)
        _note(lifecycle, case, "give_back", actor=actor, now=now, words=words, desk=_desk(rows), told=told)
    return len(cases)


def urge(
    procedure: Procedure, number: str, *, actor: Actor, now: datetime, words: str, meant_for: str | None = None
) -> None:
    """Urge whoever's turn a case is (催办), or supervise it (督办), as `urges` has it.

    Raises MayNotUrge and NothingWaits.
    """
    with transaction.atomic():
        case = operations.locked(procedure, number)
        (seen,) = procedure.seen([case])
        how, place = _pressing(procedure.life, parties=seen.parties, actor=actor)
        if place is None:
            raise MayNotUrge(title=procedure.life.title, case=number)
        since.check(procedure, case, meant_for, doing=how, actor=actor)
        rows = models.Turn.objects.filter(lifecycle=procedure.life.name, case=number)
        if not rows.update(urged_at=now):
            raise rules.NothingWaits(title=procedure.life.title, case=number)
        _note(procedure.life.name, number, how, actor=actor, now=now, words=words, place=place)


def consult(
    procedure: Procedure, number: str, *, unit: str, actor: Actor, now: datetime, words: str,
    meant_for: str | None = None,
) -> int:  # fmt: skip
    """Ask another unit what it thinks of a case (会签) and return the consultation's number; no clock stops.

    Raises NothingWaits, NotOfThisOffice where the actor sits at no desk of the case, OwnUnitConsulted, and
    NotYetSubmitted while the case is still being prepared.
    """
    if unit == actor.unit:
        raise OwnUnitConsulted
    with transaction.atomic():
        rows = _at_desk(procedure, number, actor, doing="consult", meant_for=meant_for)
        if rows[0].state == procedure.life.start:
            raise NotYetSubmitted(title=procedure.life.title, case=number)
        place = Seat(rows[0].role, rows[0].unit)
        return _note(
            procedure.life.name, number, "consult", actor=actor, now=now, to_unit=unit, words=words, place=place
        )


def answer(
    procedure: Procedure, number: str, *, about: int, actor: Actor, now: datetime, words: str,
    meant_for: str | None = None,
) -> None:  # fmt: skip
    """Answer a consultation of the actor's unit.

    Raises AdministratorsHaveNoOpinion, and NoSuchConsultation, also where it was answered.
    """
    if not takes_part(actor):
        raise AdministratorsHaveNoOpinion(officer=actor.name)
    with transaction.atomic():
        since.check(procedure, operations.locked(procedure, number), meant_for, doing="answer", actor=actor)
        asked = models.Handling.objects.filter(
            pk=about, lifecycle=procedure.life.name, case=number, kind="consult", to_unit=actor.unit, answered=False
        ).first()
        if asked is None:
            raise NoSuchConsultation(title=procedure.life.title, case=number, number=about)
        asked.answered = True
        asked.save(update_fields=["answered"])
        _note(
            procedure.life.name, number, "answer", actor=actor, now=now, to_officer=asked.by, to_name=asked.by_name,
            to_unit=asked.by_unit, words=words, about=asked, place=Seat(asked.role, asked.unit),
        )  # fmt: skip


def urges(life: Lifecycle, *, parties: Parties, actor: Actor) -> str:
    """Return how the actor presses for a case: a party urges, the rescuing office or a head of a party supervises.

    Nothing for everybody else.
    """
    return _pressing(life, parties=parties, actor=actor)[0]


def _pressing(life: Lifecycle, *, parties: Parties, actor: Actor) -> tuple[str, Seat | None]:
    """Return how the actor presses for a case, and the seat for which: the office's, or one of the party's own."""
    rescuer = office(life.rescuer, parties=parties)
    own = (role for role, party in life.homes.items() if parties[party] == actor.unit)
    party = next((Seat(role, actor.unit) for role in own), None) if takes_part(actor) else None
    head = party is not None and any(seat.role == HEAD for seat in actor.seats)
    if not head and sits(rescuer, seats=actor.seats):
        return "supervise", rescuer
    return ("" if party is None else "supervise" if head else "urge"), party


def takes_part(actor: Actor) -> bool:
    """Whether somebody has a part in a unit's business: the three administrators of the platform have none (三员)."""
    return any(seat.role not in text.ADMINISTRATORS for seat in actor.seats)


def consulted(lifecycle: str, case: str, *, actor: Actor) -> bool:
    """Whether the actor's unit was asked what it thinks of a case, and the actor so may read it."""
    asked = models.Handling.objects.filter(lifecycle=lifecycle, case=case, kind="consult", to_unit=actor.unit)
    return takes_part(actor) and bool(asked.exists())


def consultations(
    actor: Actor, *, lifecycle: str = "", words: str = "", after: int | None = None, oldest: bool = False,
    limit: int = queries.PAGE, case: str = "",
) -> list[models.Handling]:  # fmt: skip
    """Return the consultations that wait for the actor's unit, the newest first: those that follow the one `after`.

    `lifecycle` and `case` narrow them to a procedure and one of its cases; every word is in the question, the number of
    the case, or the name of who asks.
    """
    found = _waiting_for(actor, lifecycle, words)
    found = found.filter(case=case) if case else found
    return list(queries.by_number(found, after=after, oldest=oldest)[:limit])


def consultations_counted(
    actor: Actor, *, lifecycle: str = "", words: str = "", most: int = COUNTED + 1
) -> int:
    """Return how many `consultations` there are, counted up to `most`."""
    return int(_waiting_for(actor, lifecycle, words)[:most].count())


def _waiting_for(actor: Actor, lifecycle: str, words: str) -> QuerySet[models.Handling]:
    if not takes_part(actor):
        return models.Handling.objects.none()
    found = models.Handling.objects.filter(kind="consult", to_unit=actor.unit, answered=False)
    for word in words.split():
        found = found.filter(
            Q(words__icontains=word) | Q(case__icontains=word) | Q(by_name__icontains=word)
            | Q(by_unit_name__icontains=word)
        )  # fmt: skip
    return found.filter(lifecycle=lifecycle) if lifecycle else found


def _at_desk(
    procedure: Procedure, number: str, actor: Actor, *, doing: str, meant_for: str | None,
    seats: Collection[Seat] | None = None,
) -> list[models.Turn]:  # fmt: skip
    case: Model = operations.locked(procedure, number)
    since.check(procedure, case, meant_for, doing=doing, actor=actor)
    rows = queries.turns(procedure.life.name, procedure.number_of(case))
    if not rows:
        raise rules.NothingWaits(title=procedure.life.title, case=number)
    mine = [row for row in rows if sits(Seat(row.role, row.unit), seats=actor.seats if seats is None else seats)]
    if not mine:
        raise rules.NotOfThisOffice(title=procedure.life.title, case=number, officer=actor.name)
    return mine


def _taken(procedure: Procedure, number: str, officer: str) -> rules.TakenByAnother:
    name = queries.name_of(procedure.life.name, number, officer)
    return rules.TakenByAnother(title=procedure.life.title, case=number, handler=name)


def _able(procedure: Procedure, rows: list[models.Turn], officer: str, *, name: str) -> list[models.Turn]:
    """Return those of the turns of a case that an officer may take; raises NothingToDoThere where there is none."""
    able = [row for row in rows if officer not in row.away]
    if not able:
        raise rules.NothingToDoThere(title=procedure.life.title, case=rows[0].case, officer=name)
    return able


def _desk(rows: Sequence[models.Turn]) -> Seat:
    return Seat(rows[0].role, rows[0].unit)


def _giver(lifecycle: str, case: str, officer: str) -> str:
    """Return who gave a case to the officer who has it; empty where that one took it."""
    came = models.Handling.objects.filter(
        lifecycle=lifecycle, case=case, kind__in=("give", "take"), to_officer=officer
    ).order_by("pk").last()  # fmt: skip
    return came.by if came is not None and came.kind == "give" else ""


def _give(rows: list[models.Turn], officer: str) -> None:
    models.Turn.objects.filter(pk__in=[row.pk for row in rows]).update(handler=officer)


def _note(
    lifecycle: str, number: str, kind: str, *, actor: Actor, now: datetime, to_officer: str = "",
    to_name: str = "", to_unit: str = "", words: str = "", about: models.Handling | None = None,
    place: Seat = _NO_SEAT, desk: Seat = _NO_SEAT, told: str = "",
) -> int:  # fmt: skip
    """Keep and enter what was done: said for a `place`, or done at a `desk`, of which `told` learns as well."""
    seat = desk if place is _NO_SEAT else place
    made = models.Handling.objects.create(
        lifecycle=lifecycle, case=number, kind=kind, at=now, by=actor.officer, by_name=actor.name,
        by_unit_name=actor.unit_name, to_officer=to_officer, to_name=to_name, to_unit=to_unit, words=words, about=about,
        by_unit=actor.unit, role=seat.role, unit=seat.unit, told_officer=told,
    )  # fmt: skip
    fields = {
        "lifecycle": lifecycle, "case": number, "kind": kind, "to_officer": to_officer or None,
        "to_unit": to_unit or None, "words": words or None, "about": about and about.pk, "by": actor.officer,
    }  # fmt: skip
    event = "procedures.handled"
    if place is not _NO_SEAT:
        event = "procedures.addressed"
        fields |= {"role": place.role or None, "of_unit": place.unit or None}
    record(event, fields, now=now, unit=actor.unit, counterpart=to_unit or None)
    return int(made.pk)
