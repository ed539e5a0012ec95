"""Letting records go at the command line: one officer proposes, another confirms, each by password (W13)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from hutong.audit import purges, retention
from hutong.audit.events import RecordClass
from hutong.audit.purges import Purge
from hutong.core import beijing
from hutong.db.database import Database
from hutong.installation.joining import join_django
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring

ENTITLED = ("operator", "authority", "auditor")
"""Roles that may propose a purge, confirm another's, and place and lift holds."""
SOURCE = "console"
"""Where a login at the command line came from, as the log has it."""


def propose(installation: Installation, *, record_class: RecordClass, before: date, person: str) -> Purge:
    """Ask that records of a class from before a day (Beijing time) be purged; raises KeptLonger, UnderHold."""
    moment = beijing.midnight(before)
    with owner(installation) as db:
        number = retention.request(db, record_class=record_class, before=moment, by=person, now=installation.clock())
    return show(installation, number)


def show(installation: Installation, number: int) -> Purge:
    """Return a purge as it stands; raises NoSuchPurge."""
    with owner(installation) as db, db.transaction() as cur:
        return purges.read(cur, purge=number)


def confirm(installation: Installation, *, number: int, person: str) -> Purge:
    """Approve what another person proposed, purge, and return it with its certificate.

    One that was approved, but stopped by a hold that has been lifted since, goes on. Raises what `approve` and
    `purge` raise.
    """
    with owner(installation) as db:
        with db.transaction() as cur:
            asked = purges.read(cur, purge=number)
        if asked.approved_by is None:
            retention.approve(db, purge=number, by=person, now=installation.clock())
        return retention.purge(db, purge=number, by=person, now=installation.clock())


def entitled(installation: Installation, *, username: str, password: str, ask: Callable[[], str]) -> str:
    """Return the officer whose name and password these are; the login is entered, and so is one that failed.

    Who has a second factor is asked for a code. Raises LoginRefused, LoginBlocked, CodeWrong, FactorNeeded,
    NoSuchOfficer, and NotYourRole where the officer may neither purge nor hold.
    """
    join_django(installation)
    from django.contrib import auth

    from hutong.control.orgs import factors, operations, queries, rules
    from hutong.web.login.entrance import LoginRefused

    now = installation.clock()
    operations.claim_attempt(username=username, source=SOURCE, now=now)
    if auth.authenticate(username=username, password=password) is None:
        operations.note_failure(username=username, source=SOURCE, reason=LoginRefused.code, now=now)
        raise LoginRefused
    try:
        actor = queries.actor(username)
    except queries.NoSuchOfficer:
        operations.note_failure(username=username, source=SOURCE, reason=queries.NoSuchOfficer.code, now=now)
        raise
    if queries.factor(username) is not None:
        keyring, at = Keyring.load(installation.keyring_path), datetime.now(UTC)
        shown = factors.Shown(username=username, code=ask(), source=SOURCE, keyring=keyring, at=at, now=now)
        factors.login(shown, org=actor.org)
    elif rules.must_set_factor(actor, roles=installation.settings.factor_roles):
        operations.note_failure(username=username, source=SOURCE, reason=factors.FactorNeeded.code, now=now)
        raise factors.FactorNeeded(username=username)
    else:
        operations.note_login(username=username, org=actor.org, source=SOURCE, now=now)
    if not actor.roles & set(ENTITLED):
        raise rules.NotYourRole(role=", ".join(ENTITLED), person=actor.name)
    return actor.person


@contextmanager
def owner(installation: Installation) -> Iterator[Database]:
    """Open the database as its owner, who alone may delete what is remembered."""
    db = Database(installation.database_url, role="owner", size=1)
    try:
        yield db
    finally:
        db.close()
