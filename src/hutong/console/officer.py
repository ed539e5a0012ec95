"""An officer at the command line, who says by password who they are. Django is set up first (`opening.joined`)."""

from collections.abc import Callable
from datetime import UTC, datetime

from hutong.control.orgs import factors, logins, rules
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring

ENTITLED = ("operator", "authority", "auditor")
"""Roles that may propose a purge, confirm another's, and place and lift holds."""
SOURCE = "console"
"""Where a login at the command line came from, as the log has it."""


def entitled(installation: Installation, *, username: str, password: str, ask: Callable[[], str]) -> str:
    """Return the officer whose name and password these are; the login is entered, and so is one that failed.

    Who has a second factor is asked for a code. Raises LoginRefused, LoginBlocked, CodeWrong, FactorNeeded,
    NoSuchOfficer, and NotYourRole where the officer may neither purge nor hold.
    """
    now, factor_roles = installation.clock(), installation.settings.factor_roles
    login = logins.enter(username=username, password=password, source=SOURCE, now=now, factor_roles=factor_roles)
    if login.halfway:
        keyring, at = Keyring.load(installation.keyring_path), datetime.now(UTC)
        shown = factors.Shown(username=username, code=ask(), source=SOURCE, keyring=keyring, at=at, now=now)
        factors.login(shown, org=login.actor.org)
    if not login.actor.roles & set(ENTITLED):
        raise rules.NotYourRole(role=", ".join(ENTITLED), person=login.actor.name)
    return login.actor.person
