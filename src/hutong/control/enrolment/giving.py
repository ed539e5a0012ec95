"""Whose it is to give roles by an enrolment file: nobody's to give the own person one (SX-11-a)."""

from collections.abc import Callable
from datetime import datetime

from hutong.control.orgs import powers, queries
from hutong.control.orgs.rules import Actor

Gives = Callable[[str, str, str], None]
"""Refuses a role in a unit for a person, where it is not the officer's to give or take."""


def called(username: str, *, now: datetime) -> Actor | None:
    """Return the officer of this name; None where nobody is: who carries a file out in the end is asked then."""
    try:
        return queries.actor(username, now=now)
    except queries.NoSuchOfficer:
        return None


def giver(actor: Actor | None) -> Gives:
    """Return what refuses roles that an officer may not give by a file: to the own person none (SX-11-a).

    An operator gives all others, anybody else those that are theirs by `powers`.
    """
    if actor is None:
        return gives_any

    def gives(role: str, org: str, username: str) -> None:
        if username == actor.person:
            raise powers.OwnAccount(person=actor.name)
        if not actor.holds("operator"):
            powers.check_gives(role, org=org, person=username, actor=actor)

    return gives


def gives_any(role: str, org: str, username: str) -> None:
    """Refuse nothing: where a platform begins there is nobody yet whose it would be."""
