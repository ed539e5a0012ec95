"""Who may see and write an application, what it may ask for, and what is so of it for its procedure."""

from hutong.control.orgs.rules import Actor
from hutong.core.errors import Conflicting, Invalid, Refused
from hutong.core.lifecycle import Facts, Parties, Seat, sits


class ApplicationNotEditable(Conflicting):
    """Application {no} is in state {state} and cannot be edited."""


class ApplicationIncomplete(Invalid):
    """The application lacks {fields}."""

    clause = "SX-08-a"


class LimitTooWide(Invalid):
    """The application asks for {what} of {asked}; at most {most} can be granted."""

    clause = "SX-08-d"


class ResourceNotShared(Refused):
    """{code} is not shared: {basis}"""


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


EVERYWHERE = frozenset({"authority", "operator", "auditor"})
"""Roles that see every application and grant."""


def facts(*, conditional: bool, held: bool, withdrawn: bool) -> Facts:
    """Return the conditions of the lifecycle that hold of an application's resource."""
    return {
        "listed": not withdrawn, "withdrawn": withdrawn, "conditional": conditional,
        "unconditional": not conditional, "held": held, "not_held": not held,
    }  # fmt: skip


def is_applicant(actor: Actor, *, consumer: str) -> bool:
    """Whether the actor writes the application: the consumer's role, held in the unit that applies."""
    return sits(Seat("consumer", consumer), seats=actor.seats)


def sees(actor: Actor, *, parties: Parties) -> bool:
    """Whether the actor may read the application: its parties, the authority, the operator, the auditor."""
    units = {seat.unit for seat in actor.seats} | {actor.org}
    return bool(actor.roles & EVERYWHERE) or not units.isdisjoint(unit for unit in parties.values() if unit)
