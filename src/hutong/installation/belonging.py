"""That a data folder and a database belong together: each says of which platform and which instance it is.

What is settled once is asked each time the platform is opened, before anything is changed: a folder that was copied
does not work on the original's database, and one whose database is not named makes no empty one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hutong.audit import instance, log
from hutong.core.errors import Conflicting, Invalid, Missing
from hutong.db import database, rights
from hutong.installation import identity, keys
from hutong.installation.identity import EMBEDDED, FolderState, Identity, Location
from hutong.settings import Settings

_ADDRESS = ("service", "host", "hostaddr", "port", "dbname")
"""What of a database's address says where it is; who logs in, and with what, is kept nowhere."""


class DatabaseOfAnother(Conflicting):
    """The database {database} belongs to instance {found}, and {data} is another; nothing was changed."""


class DatabaseStrange(Conflicting):
    """There is no platform in the database {database}; that of {data} was {kept}."""


class DatabaseLeftOut(Invalid):
    """The database of {data} is {kept}, and HUTONG_DATABASE_URL does not name it; no other was made."""


class IdentityLost(Missing):
    """{data} says no more which instance it is (identity.json is missing), and its database says {found}."""


def address(url: str | None) -> str:
    """Return where a database is, without who logs in: `EMBEDDED` where none is named."""
    if url is None:
        return EMBEDDED
    return make_conninfo("", **{name: part for name, part in conninfo_to_dict(url).items() if name in _ADDRESS})


def check_named(settings: Settings, own: Identity | None) -> None:
    """See that a foreign database is named where the platform's is one; raises DatabaseLeftOut."""
    if settings.database_url is None and own is not None and own.database not in (None, EMBEDDED):
        raise DatabaseLeftOut(data=str(settings.data), kept=own.database)


def check(url: str, settings: Settings, *, role: str | None = None, knowingly: bool = False) -> None:
    """See that the database belongs to the data folder, or to nobody yet; nothing is changed.

    `role` is that of the door that looks; without one it is the owner who does. Of a copy that is opened `knowingly` it
    has to be of the same platform. Raises DatabaseOfAnother, DatabaseStrange and IdentityLost.
    """
    with database.connection(url, role=role) as connection, connection.cursor() as cur:
        # Where nobody may be the owner yet, nothing of ours has been made.
        found = instance.read_unmade(cur) if role or rights.become_owner(cur) else None
    own, named = identity.read(settings.data), address(settings.database_url)  # after: it is written before
    if found is None:
        if own is not None and own.database is not None:
            raise DatabaseStrange(database=named, data=str(settings.data), kept=own.database)
        return
    platform = own.platform if own else identity.platform_of(first_verifier(settings))
    if knowingly and found.platform == platform:
        return
    if own is None and found.platform == platform:
        raise IdentityLost(data=str(settings.data), found=str(found.instance))
    if own is None or (own.platform, own.instance) != (found.platform, found.instance):
        raise DatabaseOfAnother(database=named, found=str(found.instance), data=str(settings.data))


def settle(owner: str, url: str, settings: Settings, *, now: datetime) -> tuple[Identity, Location | None]:
    """Have folder and database say that they belong together, and return what the folder is and where it lay before.

    The second only where the folder was moved, which is entered in the log. `owner` is the owner's address, `url` that
    of commands.
    """
    data = settings.data
    with alone(data):
        own = identity.read(data)
        before = own or identity.begin(data, verifier=first_verifier(settings))
        after = replace(before, folder=identity.located(data), database=address(settings.database_url))
        moved = before.folder if identity.state(before, after.folder)[0] is FolderState.MOVED else None
        if before.database is None:
            identity.write(data, replace(after, database=None))  # first: whose database has a row has the file
            with database.connection(owner, role="owner") as connection, connection.cursor() as cur:
                instance.begin(cur, platform=after.platform, instance=after.instance, now=now)
        elif moved is not None:
            with database.connection(url, role="control") as connection, connection.cursor() as cur:
                log.append(cur, [log.LogEntry("platform.moved", now, _moved(moved, after.folder))])
        if after != own:
            identity.write(data, after)
        return after, moved


def first_verifier(settings: Settings) -> str:
    """Return the first public key of the folder's log, which all copies of a platform have."""
    return (settings.keys / keys.VERIFIER).read_text(encoding="utf-8")


def _moved(before: Location, after: Location) -> dict[str, str]:
    return {
        "from_folder": before.path, "from_machine": before.host, "to_folder": after.path, "to_machine": after.host,
        "by": log.PLATFORM,
    }  # fmt: skip


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Be the only one to make or write what is the folder's own in the block; others wait for its end."""
    folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
