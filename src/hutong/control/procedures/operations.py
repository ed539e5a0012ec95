"""The step: one transaction of lock, rule, grounds, what also happens, clocks, step, turns and one entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from hutong.audit import log
from hutong.control.calendars import operations as calendars
from hutong.control.calendars.queries import calendar as whole_calendar
from hutong.control.procedures import clocks, handing_in, hands, models, queries, rules, since, turns, unfinished
from hutong.control.procedures.procedure import Actor, Also, Procedure, Seen, Taking
from hutong.control.recording import bearer, record
from hutong.control.rulebook import queries as rulebooks
from hutong.control.rulebook.queries import Rulebook
from hutong.core import beijing, lifecycle
from hutong.core.lifecycle import Move, Seat, StepRefusal
from hutong.core.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a step rests on, in words: reason, legal basis, and an officer's opinion where hands are asked for."""

    reason: str = ""
    basis: str = ""
    opinion: str = ""
    agrees: bool = True
    """Of a hand that reviews or signs: whether it agrees."""
    more: Mapping[str, str] = field(default_factory=dict)
    """What a step of its room asks for besides, by the name of its field."""


def locked(procedure: Procedure, number: str) -> Model:
    """Return a case that nobody else moves before this transaction ends; raises NoSuchCase."""
    case = procedure.cases([number]).select_for_update(of=("self",)).first()
    if case is None:
        raise rules.NoSuchCase(title=procedure.life.title, case=number)
    return case


def put_on_desks(procedure: Procedure, case: Model) -> None:
    """Write the turns of a case that was made, or whose facts were changed.

    To be called in the transaction that does so; the entry is the room's.
    """
    turns.lock(shared=True)
    turns.write(procedure, procedure.seen([case]))


def edited(procedure: Procedure, case: Model, *, actor: Actor, now: datetime) -> None:
    """Write down who edited what a case says, and put it on the desks anew, in the caller's transaction.

    The entry is the room's.
    """
    models.Handling.objects.create(
        lifecycle=procedure.life.name, case=procedure.number_of(case), kind=since.EDIT, at=now, by=actor.officer,
        by_name=actor.name, by_unit_name=actor.unit_name,
    )  # fmt: skip
    put_on_desks(procedure, case)


def begin(procedure: Procedure, case: Model, *, now: datetime, calendar: Calendar) -> None:
    """Write the first turns of a case that was made, and begin its clocks.

    To be called in the transaction that made it; the entry is the room's. `calendar` holds the packaged years.
    """
    calendars.lock(shared=True)
    turns.lock(shared=True)
    (seen,) = procedure.seen([case])
    rulebook = rulebooks.in_force(beijing.day(now), region=seen.region)
    clocks.go_on(procedure, seen, step=None, now=now, rulebook=rulebook, calendar=whole_calendar(calendar))
    turns.write(procedure, [seen])


def take(
    procedure: Procedure,
    case: Model,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    calendar: Calendar,
    grounds: Grounds | None = None,
    also: Also | None = None,
    more: dict[str, object] | None = None,
    looked_at: bool = False,
    follows: bool = False,
    at: datetime | None = None,
    meant_for: str | None = None,
    remark: str = "",
) -> models.Step | None:
    """Take one step of a case that `locked` returned, in the caller's transaction; `calendar` holds the packaged years.

    Returns the step, or None where the office's rulebook asks for more hands and this was not the last. `also` is done
    before the case moves, `more` stands in the entry beside the fields of every step. Where other cases look at what
    the step changes (`looked_at`), they are reconsidered with it. A step that comes with another case's (`follows`) is
    taken whoever has this case in hand. What is written down later than it happened was done `at` a moment before
    `now`: the step and its limits go by that one, rights and the entry by `now`. `meant_for` is what state a page had,
    a `remark` stands with it. Raises what `since.check` and `also` do, CaseCannotMove, ConditionNotMet, NotYourRole,
    OtherSideTaken (D-24), GivenToAnother, GraveByToken, GroundsMissing and HandsOneAfterTheOther.
    """
    grounds, at = grounds or Grounds(), at or now
    with transaction.atomic():
        calendars.lock(shared=True)
        turns.lock(shared=not looked_at)
        since.check(procedure, case, meant_for, doing=action, actor=actor)
        seen, waiting = procedure.seen([case])[0], queries.turns(procedure.life.name, procedure.number_of(case))
        rulebook = rulebooks.in_force(beijing.day(now), region=seen.region)
        move = _decided(procedure, seen, action, actor=actor, waiting=waiting, now=now)
        if not follows:
            _check_taker(procedure, seen, move, actor=actor, waiting=waiting)
        unfinished.check(procedure, case, move)
        rules.check_grounds(move, reason=grounds.reason, basis=grounds.basis)
        order = hands_left(procedure, seen, move, rulebook=rulebook, now=now)
        if order.hands and not hands.give(
            procedure, seen, move, order=order, actor=actor, now=now, reason=grounds.reason, basis=grounds.basis,
            agrees=grounds.agrees, opinion=grounds.opinion,
        ):  # fmt: skip
            turns.write(procedure, [seen])
            return None
        hands.clear(procedure.life.name, seen.number)
        said = handing_in.handed_in(procedure, case, move)
        if also and action in also:
            also[action](case, Taking(move, actor, now, grounds.reason, grounds.basis))
        step = _moved(procedure, case, seen, move, actor=actor, now=at, grounds=grounds, remark=remark, said=said)
        after = replace(seen, state=move.after, entered_at=at)
        if also and action in also:  # nothing else can have changed a fact meanwhile
            (after,) = procedure.seen([case])
        clocks.go_on(procedure, after, step=step, now=at, rulebook=rulebook, calendar=whole_calendar(calendar))
        turns.write(procedure, [after])
        _record(procedure, seen, move, actor=actor, now=now, grounds=grounds, more=more or {})
        if looked_at:
            turns.reconsider(procedure.life.name, seen.number)
    return step


def carry(
    procedure: Procedure, case: Model, action: str, *, actor: Actor, seat: Seat, now: datetime, grounds: Grounds,
    also: Also, more: dict[str, object],
) -> models.Step:  # fmt: skip
    """Take a step that the operator's file lists, or that comes with another fact, in the caller's transaction.

    Whether the actor may was decided there, so neither the step's own seat nor hands are asked for; history names the
    `seat` that the actor has. Only for a case in which no limit runs or begins.

    Raises CaseCannotMove, ConditionNotMet, GroundsMissing, and what `also` raises.
    """
    with transaction.atomic():
        turns.lock(shared=True)
        seen = procedure.seen([case])[0]
        life, facts = procedure.life, {**seen.facts, lifecycle.STUCK: False}
        move = lifecycle.find(life, seen.state, action, facts=facts)
        if move is None:
            declared = seen.state in lifecycle.taken_from(life, action)
            raise rules.refused(
                life, StepRefusal.CONDITION if declared else StepRefusal.NOT_DECLARED, case=seen.number,
                state=seen.state,
                action=action, parties=seen.parties, facts=facts, officer=actor.name,
            )  # fmt: skip
        limited = {state for clock in life.clocks for state in (*clock.states, *clock.pauses)}
        assert limited.isdisjoint({move.before, move.after}), f"{action} of {seen.number} has a limit"
        rules.check_grounds(move, reason=grounds.reason, basis=grounds.basis)
        if action in also:
            also[action](case, Taking(move, actor, now, grounds.reason, grounds.basis))
        step = _moved(procedure, case, seen, move, actor=actor, now=now, grounds=grounds, seat=seat)
        turns.write(procedure, procedure.seen([case]))
        _record(procedure, seen, move, actor=actor, now=now, grounds=grounds, more=more)
    return step


@dataclass(frozen=True, slots=True)
class _Time:
    """Who takes what nobody takes: the platform, by its clock."""

    officer: str = log.PLATFORM
    name: str = ""
    unit: str = ""
    unit_name: str = ""
    seats: frozenset[Seat] = frozenset()
    deputises: frozenset[Seat] = frozenset()


def come_about(
    procedure: Procedure, case: Model, action: str, *, holds: str, now: datetime, calendar: Calendar,
    more: dict[str, object] | None = None,
) -> models.Step:  # fmt: skip
    """Let happen what nobody takes, in the caller's transaction, now that its condition `holds` has come about.

    Its limits begin, its turns are written and it is entered with what is `more`, as any step. Raises CaseCannotMove.
    """
    with transaction.atomic():
        calendars.lock(shared=True)
        turns.lock(shared=True)
        seen = procedure.seen([case])[0]
        facts = {**seen.facts, lifecycle.STUCK: False, holds: True}
        move, time = lifecycle.find(procedure.life, seen.state, action, facts=facts), _Time()
        if move is None or move.role != lifecycle.TIME:
            raise rules.refused(
                procedure.life, StepRefusal.NOT_DECLARED, case=seen.number, state=seen.state, action=action,
                parties=seen.parties, facts=facts, officer=time.officer,
            )  # fmt: skip
        rulebook = rulebooks.in_force(beijing.day(now), region=seen.region)
        step = _moved(procedure, case, seen, move, actor=time, now=now, grounds=Grounds())
        after = replace(seen, state=move.after, entered_at=now)
        clocks.go_on(procedure, after, step=step, now=now, rulebook=rulebook, calendar=whole_calendar(calendar))
        turns.write(procedure, [after])
        _record(procedure, seen, move, actor=time, now=now, grounds=Grounds(), more=more or {})
    return step


def open_to(procedure: Procedure, case: Model, *, actor: Actor, now: datetime) -> list[Move]:
    """Return the steps that the actor may take now: none where another has what waits at that desk."""
    seen = procedure.seen([case])[0]
    waiting = queries.turns(procedure.life.name, seen.number)
    asked = _asked(procedure, seen, actor=actor, waiting=waiting, now=now)
    found, handlers = lifecycle.open_to(procedure.life, seen.state, **asked), queries.handlers(waiting)
    return [move for move in found if _handler(procedure, seen, move, handlers=handlers) in ("", actor.officer)]


def may(procedure: Procedure, case: Model, action: str, *, actor: Actor, now: datetime) -> bool:
    """Whether the actor may take this step now."""
    return any(move.action == action for move in open_to(procedure, case, actor=actor, now=now))


def is_grave(procedure: Procedure, case: Model, action: str, *, actor: Actor, now: datetime) -> bool:
    """Whether the actor may take this step now and it is a grave one, which is asked once more before it is taken."""
    life = procedure.life
    if not any(move.grave for move in life.moves if move.action == action):
        return False
    return any(move.grave for move in open_to(procedure, case, actor=actor, now=now) if move.action == action)


def check_grounds(
    procedure: Procedure, case: Model, action: str, *, grounds: Grounds, actor: Actor, now: datetime
) -> None:
    """Refuse what is typed for a step that the actor may take now and lacks what it needs; raises GroundsMissing."""
    for move in open_to(procedure, case, actor=actor, now=now):
        if move.action == action:
            rules.check_grounds(move, reason=grounds.reason, basis=grounds.basis)


def check_changed(procedure: Procedure, case: Model, action: str, *, actor: Actor, now: datetime) -> None:
    """Refuse a step that the actor may take now and that hands in unchanged what was sent back.

    Raises UnchangedSinceReturn.
    """
    if handing_in.unchanged_since(procedure, case, action) and may(procedure, case, action, actor=actor, now=now):
        handing_in.check(procedure, case, action)


def hands_left(
    procedure: Procedure, seen: Seen, move: Move, *, rulebook: Rulebook, now: datetime,
    given: Sequence[hands.GivenHand] | None = None,
) -> hands.HandsLeft:  # fmt: skip
    """Return the hands that a step of a case still asks for, and who may give the next (P-2).

    Those `given` are read where it asks for any and they are not known already.
    """
    asked = hands.asked_for(procedure.life, move, rulebook=rulebook)
    if not asked:
        return hands.HandsLeft()
    if given is None:
        given = hands.given(procedure.life.name, seen.number, move.action)
    own = lifecycle.seat(procedure.life, move, parties=seen.parties)
    acted = turns.who_acted(procedure.life, [seen])[seen.number]
    apart = lifecycle.kept_apart(procedure.life, move.action, role=move.role, acted=acted)
    return hands.left(move, asked, given=given, able=procedure.staff({own}, now=now)[own] - apart)


def _decided(
    procedure: Procedure, seen: Seen, action: str, *, actor: Actor, waiting: Sequence[models.Turn], now: datetime
) -> Move:
    asked = _asked(procedure, seen, actor=actor, waiting=waiting, now=now)
    found = lifecycle.decide(procedure.life, seen.state, action, **asked)
    if isinstance(found, StepRefusal):
        raise rules.refused(
            procedure.life, found, case=seen.number, state=seen.state, action=action, parties=seen.parties,
            facts=asked["facts"], officer=actor.name,
        )  # fmt: skip
    own = lifecycle.seat(procedure.life, found, parties=seen.parties)
    # Asked once more, for the seat may have ended since the request began.
    if actor.officer not in procedure.staff({own}, now=now)[own]:
        raise rules.NotYourRole(role=own.role, officer=actor.name)
    return found


def _handler(procedure: Procedure, seen: Seen, move: Move, *, handlers: Mapping[Seat, str]) -> str:
    return handlers.get(lifecycle.seat(procedure.life, move, parties=seen.parties), "")


def _check_taker(
    procedure: Procedure, seen: Seen, move: Move, *, actor: Actor, waiting: Sequence[models.Turn]
) -> None:
    """Refuse a step in a case that another officer of that desk has in hand (P-2), and to a token a grave one.

    Of a grave step no page has asked a person once more (SX-11-a).
    """
    if move.grave and bearer() is not None:
        raise rules.GraveByToken(title=procedure.life.title, case=seen.number, action=move.label)
    handler = _handler(procedure, seen, move, handlers=queries.handlers(waiting))
    if handler not in ("", actor.officer):
        name = queries.name_of(procedure.life.name, seen.number, handler)
        raise rules.GivenToAnother(
            title=procedure.life.title, case=seen.number, handler=name, officer=actor.name, action=move.label
        )


def _asked(
    procedure: Procedure, seen: Seen, *, actor: Actor, waiting: Sequence[models.Turn], now: datetime
) -> dict[str, Any]:
    stuck = queries.is_stuck(waiting, now=now)
    return {
        "officer": actor.officer, "seats": actor.seats, "parties": seen.parties,
        "facts": {**seen.facts, lifecycle.STUCK: stuck},
        "acted": turns.who_acted(procedure.life, [seen])[seen.number],
    }  # fmt: skip


def _moved(
    procedure: Procedure, case: Model, seen: Seen, move: Move, *, actor: Actor, now: datetime, grounds: Grounds,
    seat: Seat | None = None, remark: str = "", said: str = "",
) -> models.Step:  # fmt: skip
    case.state, case.entered_at = move.after, now
    case.save()
    own = seat or lifecycle.seat(procedure.life, move, parties=seen.parties)
    said = said or handing_in.sent_back(procedure, case, move)
    return _keep(procedure, seen, move, own, actor=actor, now=now, grounds=grounds, remark=remark, said=said)


def _keep(
    procedure: Procedure, seen: Seen, move: Move, own: Seat, *, actor: Actor, now: datetime, grounds: Grounds,
    remark: str, said: str,
) -> models.Step:  # fmt: skip
    follows = lifecycle.aftermath(move, facts=seen.facts)
    aftermath = f"{follows}\n{remark}" if remark else follows
    kept: models.Step = models.Step.objects.create(
        lifecycle=procedure.life.name, case=seen.number, action=move.action, from_state=move.before,
        to_state=move.after, at=now, by=actor.officer, by_name=actor.name, by_unit=actor.unit,
        by_unit_name=actor.unit_name, role=own.role, unit=own.unit, deputy=own in actor.deputises, clause=move.clause,
        reason=grounds.reason, basis=grounds.basis, aftermath=aftermath, said=said,
    )  # fmt: skip
    return kept


def _record(
    procedure: Procedure, seen: Seen, move: Move, *, actor: Actor, now: datetime, grounds: Grounds,
    more: dict[str, object],
) -> None:  # fmt: skip
    fields = {
        procedure.number_field: seen.number, "action": move.action, "from_state": move.before, "to_state": move.after,
        "reason": grounds.reason or None, "basis": grounds.basis or None, "clause": move.clause, "by": actor.officer,
        **more,
    }  # fmt: skip
    life = procedure.life
    unseen = move.before == life.start and move.after in lifecycle.ends(life)  # what was never handed in has no readers
    record(
        procedure.event, fields, now=now, unit=seen.unit or actor.unit,
        counterpart=None if unseen else seen.counterpart,
        others=(actor.unit,) if unseen else (actor.unit, *seen.parties.values()),
    )  # fmt: skip
