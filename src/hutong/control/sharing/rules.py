"""Who may take which step, and by when: predicates over plain values."""

from dataclasses import dataclass
from datetime import date

from hutong.control.orgs.rules import Actor
from hutong.control.sharing.lifecycle import MOVES, OPTIONAL, Move
from hutong.core import workdays
from hutong.core.errors import Conflicting, Invalid, Refused


class ApplicationCannotMove(Conflicting):
    """Application {no} is in state {state}; the step {action} is not allowed from there."""

    clause = "SX-08-b"


class ApplicationNotEditable(Conflicting):
    """Application {no} is in state {state} and cannot be edited."""


class ApplicationIncomplete(Invalid):
    """The application lacks {fields}."""

    clause = "SX-08-a"


class LimitTooWide(Invalid):
    """The application asks for {what} of {asked}; at most {most} can be granted."""

    clause = "SX-08-d"


class RefusalWithoutGrounds(Invalid):
    """A refusal needs both a reason and its legal basis; a return for supplement needs a reason."""

    clause = "B.1.6"


class ResourceNotShared(Refused):
    """{code} is not shared: {basis}"""


class ProviderHasNotAgreed(Refused):
    """The provider has not agreed yet; conditional sharing is confirmed after its reply."""

    clause = "SX-08-c"


class ProviderNotAsked(Refused):
    """{code} is shared conditionally: it goes to the provider before it is confirmed."""

    clause = "SX-08-c"


MOST_QUOTA = 10_000_000
"""Claims or questions a day under one grant."""
MOST_GUESSES = 100
"""Claims a day about one data subject: more would make comparing an oracle (architecture 3.4)."""
MOST_DAYS = 5 * 366
"""Longest a grant runs before it is applied for again."""


def check_limits(*, quota: int, guesses: int, days: int) -> None:
    """Refuse an application that asks for more than any grant gives; raises LimitTooWide."""
    asked_for = {"quota": (quota, MOST_QUOTA), "guesses": (guesses, MOST_GUESSES), "days": (days, MOST_DAYS)}
    for what, (asked, most) in asked_for.items():
        if not 0 < asked <= most:
            raise LimitTooWide(what=what, asked=asked, most=most)


@dataclass(frozen=True, slots=True)
class Parties:
    """The organisations an application is between; `competent` is None where the consumer is under none."""

    consumer: str
    competent: str | None
    provider: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose step it is: a role, and the organisation it is held in, None where any holder may take it."""

    role: str
    org: str | None

    def is_of(self, actor: Actor) -> bool:
        """Whether it is the actor's."""
        return actor.holds(self.role) and self.org in (None, actor.org)


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline and how it was reached; `day` is None where there is none or it cannot be computed yet (D-20)."""

    day: date | None = None
    zh: str = ""
    en: str = ""
    days: int | None = None


def may(move: Move, *, actor: Actor, parties: Parties) -> bool:
    """Whether the actor may take this move: the role, held in the organisation the step belongs to."""
    return holder(move, parties=parties).is_of(actor)


def holder(move: Move, *, parties: Parties) -> Turn:
    """Return who takes this move.

    A unit under no department has its applications endorsed by the e-government authority (SX-08-a).
    """
    if move.role == "competent" and parties.competent is None:
        return Turn("authority", None)
    org = {
        "consumer": parties.consumer,
        "competent": parties.competent,
        "provider_editor": parties.provider,
        "provider_approver": parties.provider,
    }.get(move.role)
    return Turn(move.role, org)


def is_applicant(actor: Actor, *, parties: Parties) -> bool:
    """Whether the actor writes the application: the consumer's role, held in the unit that applies."""
    return Turn("consumer", parties.consumer).is_of(actor)


def turn(
    state: str, *, parties: Parties, conditional: bool, agreed: bool, withdrawn: bool = False
) -> Turn | None:
    """Return whose step it is; None where nothing is left to be done, or only what its parties may do if they like."""
    ahead = [m for m in MOVES if m.before == state and m.action not in OPTIONAL]
    facts = {"conditional": conditional, "agreed": agreed, "withdrawn": withdrawn}
    fitting = sorted((m for m in ahead if fits(m, **facts)), key=lambda m: m.reason)
    return holder(fitting[0], parties=parties) if fitting else None


def open_to(
    state: str, *, actor: Actor, parties: Parties, conditional: bool, agreed: bool, withdrawn: bool = False
) -> list[Move]:
    """Return the moves the actor may take now."""
    allowed = [m for m in MOVES if m.before == state and may(m, actor=actor, parties=parties)]
    return [m for m in allowed if fits(m, conditional=conditional, agreed=agreed, withdrawn=withdrawn)]


def fits(move: Move, *, conditional: bool, agreed: bool, withdrawn: bool = False) -> bool:
    """Whether the move fits the resource and its sharing type: conditional goes by way of the provider, and once only.

    Where the resource was withdrawn from the catalogue an application is ended, and nothing else.
    """
    if withdrawn or move.action == "end":
        return withdrawn and move.action in ("end", *OPTIONAL)
    if move.before == "COMPLIANCE_CHECK" and move.action in ("pass_on", "confirm"):
        return conditional == (move.action == "pass_on")
    if move.before == "PROVIDER_REPLY" and move.action in ("agree", "confirm"):
        return agreed == (move.action == "confirm")
    return True


def sees(actor: Actor, *, parties: Parties) -> bool:
    """Whether the actor may read the application: its parties, the authority, the operator, the auditor."""
    return bool(actor.roles & {"authority", "operator", "auditor"}) or actor.org in (
        parties.consumer, parties.competent, parties.provider,
    )  # fmt: skip


def due(move: Move, *, day: date, supplied: bool, calendar: workdays.Calendar) -> Due:
    """Return the deadline a move sets; a year whose calendar is not loaded leaves it empty and says so (D-20)."""
    days = move.limit if supplied or move.limit_unsupplied is None else move.limit_unsupplied
    if days is None:
        return Due()
    try:
        deadline = workdays.add_workdays(day, days, calendar=calendar)
    except workdays.YearNotLoaded as problem:
        year = problem.facts["year"]
        return Due(
            None,
            f"{year}年工作日历尚未载入，期限（{days}个工作日）待载入后计算。",
            f"The calendar of {year} is not loaded; the deadline ({days} working days) is computed when it is.",
            days,
        )
    return Due(deadline.day, deadline.explanation.zh, deadline.explanation.en, days)


def check_grounds(move: Move, *, reason: str, basis: str) -> None:
    """Refuse a refusal without reason and legal basis, and a return without a reason."""
    if (move.reason and not reason.strip()) or (move.basis and not basis.strip()):
        raise RefusalWithoutGrounds()


def overdue(day: date | None, *, today: date) -> bool:
    """Whether a deadline has passed: the day itself is still in time."""
    return day is not None and today > day
