"""An officer at the command line, who says by password who they are. Django is set up first (`opening.joined`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from hutong.audit.lifecycle import HOLD, PURGE
from hutong.core import lifecycle
from hutong.core.lifecycle import Seat
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring

ENTITLED = tuple(dict.fromkeys([*lifecycle.takers(PURGE), *lifecycle.takers(HOLD)]))
"""Roles that take a step of a purge or of a hold; which step is whose, those say themselves."""
SOURCE = "console"
"""Where a login at the command line came from, as the log has it."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts at the command line, and where they sit."""

    person: str
    seats: frozenset[Seat]


def entitled(installation: Installation, *, username: str, password: str, ask: Callable[[], str]) -> Officer:
    """Return the officer whose name and password these are; the login is entered, and so is one that failed.

    Who has a second factor is asked for a code. Raises LoginRefused, LoginBlocked, CodeWrong, FactorNeeded,
    NoSuchOfficer, and NotYourRole where the officer may neither purge nor hold.
    """
    # Django's models ask for its settings, which are there once the installation is joined.
    from hutong.control.orgs import factors, logins

    # As above.
    from hutong.control.procedures.rules import NotYourRole

    now, factor_roles = installation.clock(), installation.settings.factor_roles
    login = logins.enter(username=username, password=password, source=SOURCE, now=now, factor_roles=factor_roles)
    if login.halfway:
        keyring, at = Keyring.load(installation.keyring_path), datetime.now(UTC)
        shown = factors.Shown(username=username, code=ask(), source=SOURCE, keyring=keyring, at=at, now=now)
        factors.login(shown, org=login.actor.org)
    if not login.actor.roles & set(ENTITLED):
        raise NotYourRole(role=", ".join(ENTITLED), person=login.actor.name)
    return Officer(login.actor.person, frozenset(Seat(role, login.actor.org) for role in login.actor.roles))
