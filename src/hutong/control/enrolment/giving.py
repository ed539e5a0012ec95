"""Who may administer officers by a file: each administrator as at the desk, and a founder (SX-11-a)."""

from dataclasses import dataclass
from datetime import datetime

from hutong.control.procedures.rules import NotYourRole
from hutong.control.units import powers, queries
from hutong.control.units.rules import ADMINISTRATORS, Actor, RoleUnknown
from hutong.core.errors import Refused


class RoleNotFounded(Refused):
    """A file founds the three administrators while there are none; {role} is given by them ({by})."""

    clause = "SX-11-a"


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who carries a file out; nobody is asked yet where a stranger rehearses it."""

    actor: Actor | None
    founding: bool = False

    def gives(self, role: str, *, unit: str, username: str) -> None:
        """Refuse to give or take a role to a carrier whose task it is not.

        Raises RoleNotFounded, and as `powers.check_gives`.
        """
        if self.founding:
            if role not in powers.GIVEN_BY:
                raise RoleUnknown(role=role)
            if role not in ADMINISTRATORS:
                raise RoleNotFounded(role=role, by=powers.GIVEN_BY[role])
        elif self.actor is not None:
            powers.check_gives(role, unit=unit, officer=username, actor=self.actor)

    def does(self, act: str, *, unit: str, username: str) -> None:
        """Refuse an act about an account to a carrier whose task it is not; raises as `powers.check_done`."""
        if not self.founding and self.actor is not None:
            powers.check_done(act, unit=unit, officer=username, actor=self.actor)

    def runs(self) -> None:
        """Refuse to anybody else what only the operator may do, by a file as at the desk; raises NotYourRole."""
        if self.founding or self.actor is None:
            return
        if not self.actor.answers_for("operator", region=""):
            raise NotYourRole(role="operator", officer=self.actor.name)


def called(username: str, *, now: datetime) -> Carrier:
    """Return the officer of this name, or nobody: who carries a file out in the end is asked for a password then."""
    try:
        return Carrier(queries.actor(username, now=now))
    except queries.NoSuchOfficer:
        return Carrier(None)


FOUNDING = Carrier(None, founding=True)
"""Who founds a platform on which there is no administrator yet."""
