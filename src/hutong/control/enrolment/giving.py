"""Whose it is to do by a file what is done about officers: the administrators' own, and founding (SX-11-a)."""

from dataclasses import dataclass
from datetime import datetime

from hutong.control.orgs import powers, queries
from hutong.control.orgs.rules import ADMINISTRATORS, Actor, RoleUnknown
from hutong.control.procedures.rules import NotYourRole
from hutong.core.errors import Refused


class RoleNotFounded(Refused):
    """A file founds the three administrators while there are none; {role} is given by them ({by})."""

    clause = "SX-11-a"


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who carries a file out; nobody is asked yet where a stranger rehearses it."""

    actor: Actor | None
    founding: bool = False

    def gives(self, role: str, *, org: str, username: str) -> None:
        """Refuse to give or take a role that is not theirs; raises RoleNotFounded, and as `powers.check_gives`."""
        if self.founding:
            if role not in powers.GIVEN_BY:
                raise RoleUnknown(role=role)
            if role not in ADMINISTRATORS:
                raise RoleNotFounded(role=role, by=powers.GIVEN_BY[role])
        elif self.actor is not None:
            powers.check_gives(role, org=org, officer=username, actor=self.actor)

    def does(self, act: str, *, org: str, username: str) -> None:
        """Refuse an act about an account that is not theirs; raises as `powers.check_done`."""
        if not self.founding and self.actor is not None:
            powers.check_done(act, org=org, officer=username, actor=self.actor)

    def runs(self) -> None:
        """Refuse what is the operator's alone, of a file as at the desk; raises NotYourRole."""
        if not self.founding and self.actor is not None and not self.actor.has_role("operator"):
            raise NotYourRole(role="operator", officer=self.actor.name)


def called(username: str, *, now: datetime) -> Carrier:
    """Return the officer of this name; nobody where there is none: who carries a file out in the end is asked then."""
    try:
        return Carrier(queries.actor(username, now=now))
    except queries.NoSuchOfficer:
        return Carrier(None)


FOUNDING = Carrier(None, founding=True)
"""Who begins a platform, on which nobody is whose it would be."""
