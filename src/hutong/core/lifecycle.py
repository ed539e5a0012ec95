"""What every procedure is made of, and the one reader of it (architecture 3.10).

A `Lifecycle` is a literal that a lawyer can read: the states a case can be in, the moves between them with actor, clause
and condition, the clocks that run meanwhile. Who may act, what is open and which clock begins is read from that literal
by the functions here, and from nothing else. Nothing here knows a database, a moment or a room.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

STUCK = "stuck"
"""The condition every procedure knows: a step is late, or nobody is left who may take it."""
TIME = "time"
"""The role of a move that nobody takes: it happens once its condition has come about."""


class Tone(StrEnum):
    """How a state is shown."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    QUIET = "quiet"


class Counting(StrEnum):
    """How a clock counts from its event to its day."""

    WORKING_DAYS = "working_days"
    """So many working days after the event."""
    HOURS = "hours"
    """So many hours by the clock on the wall, days off included."""
    LEAD = "lead"
    """Told so many working days ahead of a day that the case names (D-7)."""
    ORDER = "order"
    """The day that an order set; the case names it."""


class Hand(StrEnum):
    """The hands a grave step may pass through inside one office, in this order (P-2)."""

    DRAFT = "draft"
    """拟办"""
    REVIEW = "review"
    """审核"""
    SIGN = "sign"
    """签发"""


class StepRefusal(StrEnum):
    """Why a step may not be taken."""

    NOT_DECLARED = "not_declared"
    """The table has no such move from this state."""
    CONDITION = "condition"
    """There is such a move, but its condition does not hold."""
    SEAT = "seat"
    """The step belongs to another role, or to the same role in another unit."""
    APART = "apart"
    """The officer has decided on the other side of this case (D-24)."""


@dataclass(frozen=True, slots=True)
class State:
    """What a case can be: its Chinese name, how it is shown, and why a step that waits in it has no limit, if so."""

    name: str
    tone: Tone = Tone.PLAIN
    no_limit: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed step from `before` to `after`, taken in `role` by `clause`.

    A step that several roles may take has a line for each of them.
    """

    action: str
    label: str
    before: str
    after: str
    role: str
    clause: str
    when: tuple[str, ...] = ()
    """Conditions, all of which must hold; words of `Lifecycle.conditions`."""
    reason: bool = False
    basis: bool = False
    """Whether a reason, and whether a legal basis, must be given."""
    optional: bool = False
    """It may be taken and waits for nobody."""
    grave: bool = False
    """It opens, refuses, takes back, withdraws, revokes, suspends, releases, purges or ends."""
    hands: tuple[Hand, ...] = ()
    """Hands in order inside the office, where the rulebook switches them on; the step counts at the last."""
    aftermath: str = ""
    """Of a move that ends a case: what becomes of what was opened or promised."""
    otherwise: tuple[str, str] = ("", "")
    """A condition, and what is told where that holds in the place of the aftermath."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit that runs while a case is in one of `states`.

    It begins when the case enters one of them, stands still in the states of `pauses` (state → reason) and goes on where
    it stood, and ends when the case is in any other state.
    """

    name: str
    event: str
    """What it counts from, in Chinese words."""
    counting: Counting
    limit: str
    """The limit's name in the rulebook; empty for ORDER."""
    states: tuple[str, ...]
    clause: str
    when: tuple[str, ...] = ()
    """Conditions under which it begins."""
    pauses: Mapping[str, str] = field(default_factory=dict)
    date: str = ""
    """Of LEAD and ORDER: the name of the case's date that it looks at."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Two sets of actions: in one case nobody takes an action of both (D-24).

    An action that several sides may take is named with the role it is taken in: `return by authority`.
    """

    one: frozenset[str]
    other: frozenset[str]
    clause: str = "D-24"

    def against(self, action: str) -> frozenset[str]:
        """Return the actions whose takers may not take `action`; each is named as the table has it."""
        return (self.other if action in self.one else frozenset()) | (self.one if action in self.other else frozenset())


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Everything that is read of one procedure."""

    name: str
    """Its name in tables, entries and addresses, e.g. `sharing.application`."""
    title: str
    """What a case of it is called, in Chinese."""
    start: str
    states: Mapping[str, State]
    moves: tuple[Move, ...]
    clocks: tuple[Clock, ...] = ()
    conditions: Mapping[str, str] = field(default_factory=dict)
    """Condition → what it says, in Chinese."""
    homes: Mapping[str, str] = field(default_factory=dict)
    """Role → the party of the case in whose unit it is held; a role that is not here is the party of its own name: the
    unit that holds the office (D-23)."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """Role → the office that acts where the case has no such party."""
    apart: tuple[Apart, ...] = ()
    writing: frozenset[str] = frozenset()
    """What is done about a case without a step and counts as acting for a side, e.g. `draft`; words of `apart`."""
    editable: frozenset[str] = frozenset()
    """States in which what the case says may be changed by those who wrote it."""
    paired: tuple[tuple[str, str], ...] = ()
    """Two actions that one officer may take by one click, one after the other: the first only takes up what the second
    decides. Each stays a step of its own."""
    rescuer: str = "authority"
    """The office on whose desk a case waits when nobody is left who may act, and which may end what is stuck."""


@dataclass(frozen=True, slots=True, order=True)
class Seat:
    """Where somebody sits: a role, and the unit it is held in.

    Without a unit it is the role for the whole installation, as purges ask for it; of a case's step it says that no unit
    holds the office, and nobody sits there.
    """

    role: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """A move that is open and waits for somebody, and whose it is."""

    move: Move
    seat: Seat
    waits_at: Seat
    """Where it waits: the seat itself, or the rescuer's where nobody there may act."""
    why: str = ""
    """Why it waits elsewhere: `no_office`, `unit_stopped`, `nobody_there`, `all_apart`, `all_gave`; else empty."""
    away: Set[str] = frozenset()
    """Who sits at the seat and may not take the move: kept apart from it, or by having given a hand to it."""


Parties = Mapping[str, str | None]
"""Party, or office → its unit; None where the case has no such party, or no unit holds the office."""
Facts = Mapping[str, bool]
"""Condition → whether it holds."""
Acted = Mapping[str, Set[str]]
"""Action, and action with its role as `names` has both → the officers who have taken it in this case."""
NOBODY: Acted = MappingProxyType({})


def find(life: Lifecycle, state: str, action: str, *, facts: Facts) -> Move | None:
    """Return the move that `action` is from `state` now; None where the table has none or its condition fails."""
    return next((move for move in open_moves(life, state, facts=facts) if move.action == action), None)


def open_moves(life: Lifecycle, state: str, *, facts: Facts) -> list[Move]:
    """Return the moves from `state` whose conditions hold, in the order of the table."""
    return [move for move in life.moves if move.before == state and all_true(move.when, facts=facts)]


def taken_from(life: Lifecycle, action: str) -> list[str]:
    """Return the states that an action leads from, in the order of the table."""
    return list(dict.fromkeys(move.before for move in life.moves if move.action == action))


def takers(life: Lifecycle, *actions: str) -> list[str]:
    """Return the roles that may take one of these actions in some state, in the order of the table; of all, without any."""
    meant = [move for move in life.moves if not actions or move.action in actions]
    return list(dict.fromkeys(move.role for move in meant if move.role != TIME))


def all_true(words: Iterable[str], *, facts: Facts) -> bool:
    """Return whether every condition holds; a word that `facts` does not know is a fault of the room (KeyError)."""
    return all(facts[word] for word in words)


def seat(life: Lifecycle, move: Move, *, parties: Parties) -> Seat:
    """Return whose step a move is. A party that the case lacks leaves its step to the office named in `instead`."""
    party = life.homes.get(move.role)
    if party is None:
        return office(move.role, parties=parties)
    unit = parties[party]
    return office(life.instead.get(move.role, life.rescuer), parties=parties) if unit is None else Seat(move.role, unit)


def office(role: str, *, parties: Parties) -> Seat:
    """Return the seat of an office: in the unit that holds it for this case, or in none."""
    return Seat(role, parties.get(role) or "")


def sits(place: Seat, *, seats: Collection[Seat]) -> bool:
    """Return whether somebody with these seats sits at `place`: in the same role, in the same unit."""
    return place in seats


def in_role(action: str, role: str) -> str:
    """Return how `Apart` names an action that is taken in this role."""
    return f"{action} by {role}"


def names(life: Lifecycle, action: str, *, before: str) -> list[str]:
    """Return the names an action counts by when it is taken from a state: its own, and its own with each role."""
    meant = [move for move in life.moves if (move.action, move.before) == (action, before)]
    return [action, *dict.fromkeys(in_role(action, move.role) for move in meant)]


def kept_apart(life: Lifecycle, action: str, *, acted: Acted, role: str = "") -> set[str]:
    """Return the officers who may not take `action`, for they have acted on the other side of the case (D-24).

    `role` is the one it would be taken in, where that makes a difference.
    """
    named = (action, in_role(action, role))
    against = [other for apart in life.apart for name in named for other in apart.against(name)]
    return {officer for other in against for officer in acted.get(other, ())}


def decide(
    life: Lifecycle,
    state: str,
    action: str,
    *,
    officer: str,
    seats: Collection[Seat],
    parties: Parties,
    facts: Facts,
    acted: Acted,
) -> Move | StepRefusal:
    """Return the move that an officer takes with `action`, or why there is none. Every right to act is decided here."""
    meant = [move for move in open_moves(life, state, facts=facts) if move.action == action]
    if not meant:
        return StepRefusal.CONDITION if state in taken_from(life, action) else StepRefusal.NOT_DECLARED
    move = next((each for each in meant if sits(seat(life, each, parties=parties), seats=seats)), None)
    if move is None:
        return StepRefusal.SEAT
    if officer in kept_apart(life, action, role=move.role, acted=acted):
        return StepRefusal.APART
    return move


def open_to(
    life: Lifecycle,
    state: str,
    *,
    officer: str,
    seats: Collection[Seat],
    parties: Parties,
    facts: Facts,
    acted: Acted,
) -> list[Move]:
    """Return the moves that an officer may take now, in the order of the table."""
    asked = {"officer": officer, "seats": seats, "parties": parties, "facts": facts, "acted": acted}
    return [
        move
        for move in open_moves(life, state, facts=facts)
        if decide(life, state, move.action, **asked) == move  # type: ignore[arg-type]
    ]


def turns(
    life: Lifecycle,
    state: str,
    *,
    parties: Parties,
    facts: Facts,
    acted: Acted,
    staff: Mapping[Seat, Set[str]],
    stopped: Set[str],
    gave: Acted = NOBODY,
) -> list[OpenTurn]:
    """Return every move that is open and awaited, whose it is, and where it waits.

    What is optional is awaited once a hand was given to it.

    `staff` says who sits at each seat now, deputies among them; `stopped` names the parties' units that are stopped,
    `gave` who has given a hand to a step under way, of whom none gives the next (P-2). Where nobody is left who may
    act, the case waits on the rescuer's desk with the reason.
    """
    found = []
    rescuer = office(life.rescuer, parties=parties)
    for move in open_moves(life, state, facts=facts):
        if move.role == TIME or (move.optional and not gave.get(move.action)):
            continue
        own = seat(life, move, parties=parties)
        there = staff.get(own, frozenset())
        free = there - kept_apart(life, move.action, role=move.role, acted=acted)
        able = free - gave.get(move.action, frozenset())
        if not there:
            why = "no_office" if not own.unit else "unit_stopped" if own.unit in stopped else "nobody_there"
        elif not free:
            why = "all_apart"
        else:
            why = "" if able else "all_gave"
        found.append(OpenTurn(move, own, rescuer if why else own, why, there - able))
    return found


@dataclass(frozen=True, slots=True)
class Ticking:
    """What entering a state does to the clocks of a case, each by its name."""

    begins: tuple[Clock, ...]
    pauses: tuple[Clock, ...]
    goes_on: tuple[Clock, ...]
    ends: tuple[Clock, ...]


def ticking(life: Lifecycle, state: str, *, facts: Facts, running: Set[str], paused: Set[str]) -> Ticking:
    """Return what the clocks do when a case enters `state`; `running` and `paused` are the names of those there."""
    begins, pauses, goes_on, ends = [], [], [], []
    for clock in life.clocks:
        if state in clock.states:
            if clock.name in paused:
                goes_on.append(clock)
            elif clock.name not in running and all_true(clock.when, facts=facts):
                begins.append(clock)
        elif state in clock.pauses:
            if clock.name in running:
                pauses.append(clock)
        elif clock.name in running or clock.name in paused:
            ends.append(clock)
    return Ticking(tuple(begins), tuple(pauses), tuple(goes_on), tuple(ends))


def aftermath(move: Move, *, facts: Facts) -> str:
    """Return what becomes of what was opened or promised, as the facts of the case have it."""
    condition, words = move.otherwise
    return words if condition and facts[condition] else move.aftermath


def ends(life: Lifecycle) -> frozenset[str]:
    """Return the states from which no move leads."""
    return frozenset(life.states) - {move.before for move in life.moves}


def waiting_states(life: Lifecycle) -> frozenset[str]:
    """Return the states in which some step waits for somebody."""
    return frozenset(move.before for move in life.moves if not move.optional and move.role != TIME)
