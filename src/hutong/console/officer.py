"""Who acts at the command line says so by password or by key file. Django is set up first (`opening.joined`)."""

from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection, transaction

from hutong.client import keys
from hutong.control.units import factors, logins, queries, vouching
from hutong.control.units.rules import Actor
from hutong.core.errors import Unidentified
from hutong.db import database
from hutong.installation.opening import Installation
from hutong.plane import registers
from hutong.plane.keys import Keyring

SOURCE = "console"
"""Where a login at the command line came from, as the log has it."""


class SystemNotProven(Unidentified):
    """The key file is not that of the registered system {system}, or the system has been stopped."""


def login(
    installation: Installation, *, username: str, password: str, ask: Callable[[], str], given_out: bool = False
) -> Actor:
    """Return the officer of a login name and password; the login is entered, and a failed one is, too.

    Who has a second factor is asked for a code. What the officer may do, the operations say. A password that was made
    by another opens nothing but its change: that alone takes one that is `given_out`. Raises LoginRefused,
    LoginBlocked, CodeWrong, FactorNeeded, NoSuchOfficer and PasswordGivenOut.
    """
    now, factor_roles = installation.clock(), installation.settings.factor_roles
    entered = logins.enter(username=username, password=password, source=SOURCE, now=now, factor_roles=factor_roles)
    if entered.halfway:
        keyring, at = Keyring.load(installation.keyring_path), datetime.now(UTC)
        shown = factors.ShownCode(username=username, code=ask(), source=SOURCE, keyring=keyring, at=at, now=now)
        factors.login(shown, unit=entered.actor.unit)
    if not given_out and queries.password_given(username):
        raise logins.PasswordGivenOut(username=username)
    return entered.actor


def vouched(installation: Installation, *, username: str, reason: str) -> Actor:
    """Return the administrator whose login is given at the server's terminal; raises what `vouching.vouch` raises."""
    return vouching.vouch(username, reason=reason, source=SOURCE, now=installation.clock())


def system(name: str, *, key_file: Path | None) -> registers.System:
    """Return the active registered system whose key is in the file (SX-09).

    Raises SystemNotProven, NotRegistered and ClientKeyUnreadable.
    """
    if key_file is None:
        raise SystemNotProven(system=name)
    public = b64decode(keys.load(key_file).public)
    with transaction.atomic(), database.joined(connection) as cur:
        found = registers.system(cur, id=name)
    if found.state != "active" or found.public_key != public:
        raise SystemNotProven(system=name)
    return found
