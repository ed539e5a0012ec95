"""A case as its page shows it, whatever its procedure: plain values in the reader's language."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from hutong.control.procedures import handing_in, hands, models, operations, pairs, queries, since
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.rulebook import queries as rulebooks
from hutong.control.units import naming
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core import beijing, lifecycle
from hutong.core.lifecycle import Facts, Hand, Lifecycle, Move, Seat
from hutong.web.desk import acts, attaching, attachments, handlings, history, left_over, outcome
from hutong.web.desk.attachments import AttachmentsShown
from hutong.web.desk.handlings import HandlingShown, Tools
from hutong.web.desk.history import StepShown
from hutong.web.desk.room import CaseKind
from hutong.web.facts import Fact
from hutong.web.forms import Field
from hutong.web.wording import deadlines, procedures
from hutong.web.wording.deadlines import DeadlineShown
from hutong.web.wording.filters import moment
from hutong.web.wording.names import named
from hutong.web.wording.procedures import HANDS, WHY, StateShown


@dataclass(frozen=True, slots=True)
class TurnShown:
    """Whose turn a case is: the step, the role and unit it belongs to, and why it waits at another desk, if so."""

    label: str
    role: str
    unit: str
    stage: str
    why: str
    mine: bool
    """Whether the reader takes it, and not only has to find who does."""
    naming: str
    """Where the reader names a deputy for it; empty where it is not the reader's to do."""
    handler: str
    urged_at: datetime | None
    away: str
    """Why the reader sits there and may not act: `apart`, or `gave` a hand to what is under way; empty otherwise."""

    @property
    def whose(self) -> str:
        """Whose step it is: the unit where it is one unit's, and the role."""
        return f"{self.unit} · {self.role}" if self.unit else self.role

    @property
    def elsewhere(self) -> str:
        """That it waits at another desk than its own, and why; empty where it waits at its own."""
        return procedures.elsewhere(self.label, whose=self.whose, why=self.why) if self.why else ""


@dataclass(frozen=True, slots=True)
class PairShown:
    """A step that one click takes after another: its action, and what both are called together."""

    then: str
    label: str


@dataclass(frozen=True, slots=True)
class MoveShown:
    """A step that the reader may take."""

    action: str
    label: str
    clause: str
    needs_reason: bool
    aftermath: str
    address: str = ""
    """Where the form stands that takes it, where it asks for more than words."""
    hand: str = ""
    """Which hand it is now, where the office asks for several; its code, and its name beside."""
    hand_name: str = ""
    tone: str = ""
    """How its button looks: `danger` where it needs a reason, `plain` where it is optional."""
    officers: int | None = None
    """How many officers give its hands, where they are too few for all of them."""
    answers_hand: bool = False
    """Whether a hand was given before it, with which it may disagree."""
    gave_hand: bool = False
    """Whether the reader has given a hand already, so that somebody else is next."""
    fields: tuple[Field, ...] = ()
    """What the step asks for; what the hand before wrote, or was typed before a refusal, stands in them."""
    open: bool = False
    """Whether its form is open: it waits for its next hand, or was refused."""
    optional: bool = False
    """Whether nobody waits for it: it may be taken, and no hand was given to it."""
    disagrees: bool = False
    """Whether it was ticked, before a refusal, that the hand before is not agreed with."""
    grave: bool = False
    """Whether it is asked for once more, on a page of its own."""
    state_after: str = ""
    """What the case is once it is taken."""
    pairs: tuple[PairShown, ...] = ()
    """What the same click may take after it."""
    unchanged: str = ""
    """Why the case was sent back, where the step would hand it in as it was then; empty where something was changed."""


@dataclass(frozen=True, slots=True)
class HandShown:
    """A hand given to a step inside an office."""

    name: str
    step: str
    verdict: str
    """What it said to the hand before it; the first says nothing to any, nor who gave that one too."""
    tone: str
    reason: str
    basis: str
    opinion: str
    at: datetime
    by_name: str
    by_unit_name: str
    live: bool
    officers: int | None
    """How many officers gave the hands of the step, where they were too few for all of them."""


@dataclass(frozen=True, slots=True)
class CaseShown:
    """Everything a case page shows that every procedure has."""

    number: str
    at: str
    """The state it is shown in, as each form sends it back."""
    title: str
    kind: str
    state: StateShown
    deadline: DeadlineShown | None
    no_limit: str
    turns: tuple[TurnShown, ...]
    mine: bool
    """Whether a step is the reader's."""
    moves: tuple[MoveShown, ...]
    steps: tuple[StepShown, ...]
    sent_back: StepShown | None
    """The last step, where it sent the case back or ended it and says why."""
    hands: tuple[HandShown, ...]
    handlings: tuple[HandlingShown, ...]
    tools: Tools
    attachments: AttachmentsShown
    typed: dict[str, str] = field(default_factory=dict)
    folded: bool = False
    """Whether something was done just now, so that no further step lies open to the second of two clicks."""
    left_over: tuple[Fact, ...] = ()
    """What was typed into a form that the page has no more."""
    again: str = ""
    """What a second click asked for once more, and when it was done; empty where none did."""

    @property
    def awaited(self) -> tuple[MoveShown, ...]:
        """The steps that wait for somebody."""
        return tuple(move for move in self.moves if not move.optional)

    @property
    def others(self) -> tuple[MoveShown, ...]:
        """The steps that may be taken and that nobody waits for."""
        return tuple(move for move in self.moves if move.optional)


def show(
    kind: CaseKind, case: Model, *, actor: Actor, now: datetime, typed: dict[str, str] | None = None,
    done: str | None = None,
) -> CaseShown:  # fmt: skip
    """Return a case as `actor` sees it now.

    `typed` is what stood in a form that was refused, `done` what the address says of an act that led
    here, None where none did.
    """
    procedure, actor = kind.procedure, kind.acting(actor)
    life, seen = procedure.life, procedure.seen([case])[0]
    at, rows = since.point(life.name, seen.number, case), queries.turns(life.name, seen.number)
    steps = history.steps(life, seen.number, now=now)
    clock = queries.deadlines(life.name, [seen.number]).get(seen.number)
    state = procedures.state(life, seen.state)
    people = members.people({row.handler for row in rows if row.handler})
    open_to = operations.open_to(procedure, case, actor=actor, now=now)
    moves = tuple(
        replace(
            move,
            address=_address(kind, move, seen.number),
            state_after=_state_after(life, open_to, move.action),
            pairs=tuple(_pairs(procedure, case, open_to, move.action, actor=actor)),
            **_asked(kind, case, move, typed or {}),
        )
        for move in _moves(procedure, seen, open_to, actor=actor, now=now, typed=typed or {})
    )
    tools = handlings.tools(procedure, seen, rows, actor=actor, people=people, typed=typed or {})
    return CaseShown(
        number=seen.number,
        at=str(at),
        title=seen.title,
        kind=procedures.said("title", life.title),
        state=state,
        deadline=deadlines.of_clock(clock, now=now) if clock else None,
        no_limit="" if clock else procedures.no_limit(life, seen.state),
        turns=_turns(life, rows, actor=actor, people=people, gave=_gave(life, seen.number)),
        mine=any(queries.takes(row, actor) for row in rows),
        moves=moves,
        steps=steps,
        sent_back=history.sent_back(life, seen.state, steps),
        hands=tuple(_hand(life, row) for row in queries.hands_given(life.name, seen.number)),
        handlings=handlings.done(life.name, seen.number),
        tools=tools,
        attachments=attachments.part(attaching.allowed(kind, case, actor=actor, steps=open_to), officer=actor.officer),
        typed=typed or {},
        left_over=left_over.facts(
            typed or {}, steps=[move.action for move in moves if not move.gave_hand], acts=tools.acts
        ),
        folded=done not in (None, acts.SAVED),
        again=_again(life, seen.number, officer=actor.officer) if done == acts.AGAIN else "",
    )


def _address(kind: CaseKind, move: MoveShown, number: str) -> str:
    return kind.form_of(move.action, number) or (acts.page_of_step(kind, number, move.action) if move.grave else "")


def _state_after(life: Lifecycle, open_to: Sequence[Move], action: str) -> str:
    return next(procedures.state(life, move.after).name for move in open_to if move.action == action)


def _pairs(
    procedure: Procedure, case: Model, open_to: Sequence[Move], action: str, *, actor: Actor
) -> Iterator[PairShown]:
    first = next(move for move in open_to if move.action == action)
    for then in pairs.offered(procedure, case, first, actor=actor):
        yield PairShown(then.action, procedures.both(procedures.label(first), procedures.label(then)))


def _asked(kind: CaseKind, case: Model, move: MoveShown, typed: dict[str, str]) -> dict[str, Any]:
    """Return what a step asks besides words: what its kind does, and where it hands in again what nobody changed.

    What the kind asks for stands before the words.
    """
    since_then = handing_in.unchanged_since(kind.procedure, case, move.action)
    again = typed if typed.get("action") == move.action else {}
    first = tuple(kind.asks(case, move.action, again))
    if since_then is None:
        return {"fields": (*first, *move.fields)}
    words = gettext("为什么不作修改（可不填，各方会看到）")
    box = Field(
        acts.UNCHANGED, gettext("没有修改，仍按原内容提交"), kind="box", ticked=bool(again.get(acts.UNCHANGED)),
        form=move.action,
    )  # fmt: skip
    why = Field("reason", words, again.get("reason", ""), "long", form=move.action)
    return {"unchanged": since_then.reason, "fields": (*first, *move.fields, box, why)}


def _again(life: Lifecycle, number: str, *, officer: str) -> str:
    """Return what an officer did last in a case, and that a second click did not do it once more."""
    at, what = outcome.last(life, number, officer=officer)
    said = gettext("“%(what)s”已由您于 %(moment)s 办理，没有重复办理。")
    return said % {"what": what, "moment": moment(at)} if what else ""


def _turns(
    life: Lifecycle, rows: Collection[models.Turn], *, actor: Actor, people: dict[str, str], gave: Collection[str]
) -> tuple[TurnShown, ...]:
    units = members.names()
    offered = naming.offered(actor, {Seat(row.of_role, row.of_unit) for row in rows if row.why})
    shown, told = [], set()
    for row in rows:
        if (row.of_role, row.of_unit) in told:
            continue
        told.add((row.of_role, row.of_unit))
        shown.append(
            TurnShown(
                label=procedures.said("action", row.label),
                role=named(row.of_role, "role"),
                unit=units.get(row.of_unit, ""),
                stage=gettext(HANDS[row.stage]) if row.stage else "",
                why=gettext(WHY[row.why]) if row.why else "",
                mine=queries.takes(row, actor),
                naming=_naming(row) if row.why and Seat(row.of_role, row.of_unit) in offered else "",
                handler=people.get(row.handler, row.handler),
                urged_at=row.urged_at,
                away=("gave" if actor.officer in gave else "apart") if actor.officer in row.away else "",
            )
        )
    return tuple(shown)


def _gave(life: Lifecycle, number: str) -> set[str]:
    """Return who has given a hand to what is under way."""
    under_way = hands.under_way(life.name, [number])[number]
    return {each.by for given in under_way.values() for each in given}


def _naming(row: models.Turn) -> str:
    return f"{reverse('deputies')}?{urlencode({'seat': f'{row.of_role} {row.of_unit}'})}#name"


def _moves(
    procedure: Procedure, seen: Seen, open_to: Sequence[Move], *, actor: Actor, now: datetime, typed: dict[str, str]
) -> Iterator[MoveShown]:
    rulebook = rulebooks.in_force(beijing.day(now), region=seen.region)
    under_way = hands.under_way(procedure.life.name, [seen.number])[seen.number]
    for move in sorted(open_to, key=lambda each: not under_way.get(each.action)):  # what waits for its next hand first
        given = under_way.get(move.action, [])
        order = operations.hands_left(procedure, seen, move, given=given, rulebook=rulebook, now=now)
        given = given if order.hands else []
        shown = _move(move, order=order, given=given, actor=actor, typed=typed, facts=seen.facts)
        # Where one step waits for its next hand, no other invites to be taken.
        yield replace(shown, tone=shown.tone or "plain") if under_way and not given else shown


def _move(
    move: Move, *, order: hands.HandsLeft, given: list[hands.GivenHand], actor: Actor, typed: dict[str, str],
    facts: Facts,
) -> MoveShown:  # fmt: skip
    hand = order.hands[0] if order.hands else None
    again = typed if typed.get("action") == move.action else {}
    follows = lifecycle.aftermath(move, facts=facts)
    return MoveShown(
        action=move.action,
        label=procedures.label(move),
        clause=move.clause,
        needs_reason=move.reason,
        tone="danger" if move.reason else "plain" if move.optional else "",
        aftermath=gettext(follows) if follows else "",
        hand=str(hand or ""),
        hand_name=gettext(HANDS[hand]) if hand else "",
        officers=order.officers,
        answers_hand=bool(given),
        disagrees=again.get("agrees") == "no",
        gave_hand=bool(order.hands) and actor.officer not in order.givers,
        fields=tuple(_fields(move, again, hand=hand, last=given[-1] if given else None)),
        open=bool(given or again),
        optional=move.optional and not given,
        grave=move.grave,
    )


def _fields(move: Move, typed: dict[str, str], *, hand: Hand | None, last: hands.GivenHand | None) -> Iterator[Field]:
    if move.reason:
        reason = typed.get("reason") or (last.reason if last else "")
        label = gettext("理由（必填，各方会看到）")
        yield Field("reason", label, reason, "long", required=True, form=move.action)
    if move.basis:
        basis = typed.get("basis") or (last.basis if last else "")
        yield Field("basis", gettext("法律依据（必填）"), basis, required=True, form=move.action)
    if hand:
        yield Field("opinion", gettext("意见"), typed.get("opinion", ""), "long", form=move.action)


def _hand(life: Lifecycle, row: models.HandGiven) -> HandShown:
    verdict, tone = procedures.VERDICTS[(row.hand, row.agrees)]
    if row.officers == 1 or (row.officers and row.hand == Hand.REVIEW):
        verdict = ""  # nobody's hand came before it
    return HandShown(
        name=gettext(HANDS[row.hand]), step=procedures.step(life, row.action, before=row.state),
        verdict=gettext(verdict) if verdict else "", tone=tone, reason=row.reason, basis=row.basis,
        opinion=row.opinion, at=row.at, by_name=row.by_name, by_unit_name=row.by_unit_name, live=row.live,
        officers=row.officers,
    )  # fmt: skip
