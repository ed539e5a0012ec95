"""A copy of a data folder that somebody knowingly opens: as a second platform beside the original, or as the only one.

A second one is another instance: it has a database of its own, nobody is logged in to it, and its signer signs nothing
until two officers begin an epoch of the log of its own. Nothing of the original is written.
"""

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from hutong.audit import epochs, heads, instance, log
from hutong.audit.heads import RestoredLog
from hutong.core import beijing
from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Unavailable
from hutong.db import database, lasting, logins, postmaster
from hutong.db.embedded import Server
from hutong.installation import address, belonging, clusters, identity, keys
from hutong.installation.identity import FolderState, Identity
from hutong.installation.opening import Installation
from hutong.settings import Settings


class NoCopy(Conflicting):
    """{data} is no copy: it lies where it was last opened, and goes on as it is."""


class CopyWithoutReason(Invalid):
    """A copy is opened for a reason, which is entered in the log; none is given."""


class CopiedWhileRunning(Conflicting):
    """The database in {cluster} was not shut down when it was copied: such a copy cannot be relied on."""


class OriginalRuns(Conflicting):
    """Process {process} runs the original's database in {cluster}, which is to be copied first."""


class OriginalsDatabase(Conflicting):
    """HUTONG_DATABASE_URL names {database}, which is the original's database and no copy of it."""


class DatabaseNotCopied(Unavailable):
    """The database in {cluster} could not be copied: {reason}"""


def check_copy(settings: Settings) -> Identity | None:
    """Return what a folder says of itself that is a copy, or has lost its identity; raises NoCopy.

    A folder that was moved needs no word from anybody and is no copy either.
    """
    own = identity.read(settings.data)
    if own is None:
        return None
    if identity.state(own, identity.located(settings.data))[0] in (FolderState.STAYED, FolderState.MOVED):
        raise NoCopy(data=str(settings.data))
    return own


def check_only(settings: Settings) -> None:
    """See that a copy may be the only one: its original is not there; raises NoCopy and identity.FolderCopied."""
    own = check_copy(settings)
    if own is not None and (original := identity.state(own, identity.located(settings.data))[1]) is not None:
        raise identity.FolderCopied(data=str(settings.data), original=str(original))


def bring_database(settings: Settings, server: Server | None) -> None:
    """Give a copy a database of its own: the cluster of the original, where that lies outside the folder, is copied.

    Of a foreign database its administrator makes a copy. Raises OriginalsDatabase, OriginalRuns, CopiedWhileRunning,
    DatabaseNotCopied and clusters.DatabaseGone.
    """
    own = identity.read(settings.data)
    if server is None:
        named = belonging.address(settings.database_url)
        if own is not None and own.database == named:
            raise OriginalsDatabase(database=named)
        return
    cluster = Path(os.path.realpath(server.cluster))
    if not cluster.exists():
        raise clusters.DatabaseGone(data=str(settings.data), cluster=str(cluster))
    if clusters.outside(server, data=settings.data) is None or _is_its_own(cluster, settings):
        if postmaster.noted(cluster) is not None:
            raise CopiedWhileRunning(cluster=str(cluster))
        return
    _copy(cluster, settings)


def _is_its_own(cluster: Path, settings: Settings) -> bool:
    """Return whether a cluster outside the folder was brought there for this folder, which was not opened since."""
    found = clusters.belongs(cluster)
    return found is not None and found.folder == identity.located(settings.data)


def _copy(cluster: Path, settings: Settings) -> None:
    if (process := postmaster.noted(cluster)) is not None:
        raise OriginalRuns(process=process, cluster=str(cluster))
    folder = settings.data / "postgres"
    account = Server(folder).account()
    to = folder if postmaster.can_enter(settings.data, account=account) else postmaster.shared_for(folder.resolve())
    new = (settings.data / "postgres.new" if to == folder else to) / "data.new"
    postmaster.remove(new)
    new.parent.mkdir(exist_ok=True)
    control = (cluster / "global" / "pg_control").read_bytes()
    done = subprocess.run(["cp", "-a", cluster, new], check=False, capture_output=True, text=True)  # noqa: S607
    if done.returncode:
        postmaster.remove(new)
        raise DatabaseNotCopied(cluster=str(cluster), reason=done.stderr.strip()[-500:])
    if postmaster.noted(cluster) is not None or (cluster / "global" / "pg_control").read_bytes() != control:
        postmaster.remove(new)  # it was started meanwhile
        raise CopiedWhileRunning(cluster=str(cluster))
    if (found := clusters.belongs(cluster)) is not None:  # so that it is not copied again, should this be broken off
        clusters.claim(to / "data", Identity(found.platform, found.instance, identity.located(settings.data)))
    _put_in_place(new, to, folder, settings)


def _put_in_place(new: Path, to: Path, folder: Path, settings: Settings) -> None:
    """Let the copied cluster be that of the folder, instead of the file or the link that led to the original's."""
    passwords = (folder / "passwords.json").read_bytes()
    if folder.is_symlink():
        folder.unlink()
        folder.mkdir()
        lasting.put(folder / "passwords.json", passwords, owner=None)
    if (folder / "data").is_symlink():
        (folder / "data").unlink()
    own, beside = to / "data", folder / "place.new"
    new.rename(own)
    if to == folder:
        (folder / "place").unlink(missing_ok=True)
        shutil.rmtree(settings.data / "postgres.new", ignore_errors=True)
    else:
        beside.write_text(str(own))
        beside.replace(folder / "place")


def begin(installation: Installation, *, reason: str, by: str) -> Identity:
    """Make the copy that was opened another instance, by an officer's word, and return what it is from now on.

    First its signer stops, for what the original signs from now on is not known here. Raises CopyWithoutReason.
    """
    check_reason(reason)
    settings, now = installation.settings, installation.clock()
    before = _before(installation)
    after = replace(identity.anew(before, settings.data), database=belonging.address(_named(installation)))
    with database.connection(installation.database_url, role="retention") as connection, connection.cursor() as cur:
        epoch = epochs.current(cur).number
    until = beijing.shown(now)
    installation.log_heads.note_restored(RestoredLog(epoch=epoch, ahead=heads.ahead(), until=until, lost=0))
    _pass_on(installation, after, now=now)
    record = {
        "instance": str(after.instance), "from_instance": str(before.instance), "from_folder": before.folder.path,
        "from_machine": before.folder.host, "to_folder": after.folder.path, "reason": reason, "by": by,
    }  # fmt: skip
    _enter(installation, "platform.copied", record, now=now)
    keys.renew_web_secret(settings)  # who is logged in to the original is not logged in here
    (settings.data / address.FILE).unlink(missing_ok=True)  # where the original's doors are
    _say(installation, after)
    return after


def keep(installation: Installation, *, reason: str, by: str) -> Identity:
    """Let the copy that was opened be the instance its original was, which an officer says is gone; return what it is.

    Raises CopyWithoutReason.
    """
    check_reason(reason)
    before, now = _before(installation), installation.clock()
    folder, named = identity.located(installation.settings.data), belonging.address(_named(installation))
    after = replace(before, folder=folder, database=named)
    _pass_on(installation, after, now=now)
    record = {
        "instance": str(after.instance), "from_folder": before.folder.path, "from_machine": before.folder.host,
        "to_folder": after.folder.path, "to_machine": after.folder.host, "reason": reason, "by": by,
    }  # fmt: skip
    _enter(installation, "platform.kept", record, now=now)
    _say(installation, after)
    return after


def check_reason(reason: str) -> None:
    """See that a reason is given; raises CopyWithoutReason."""
    if is_blank(reason):
        raise CopyWithoutReason


def _before(installation: Installation) -> Identity:
    """Return what the copy was a copy of: by its folder, or where that has lost its identity by its database."""
    if (own := identity.read(installation.settings.data)) is not None:
        return own
    with database.connection(installation.database_url, role="control") as connection, connection.cursor() as cur:
        found = instance.read(cur)
    here = identity.located(installation.settings.data)
    if found is None:
        return identity.begin(installation.settings.data, verifier=belonging.first_verifier(installation.settings))
    return Identity(found.platform, found.instance, here)


def _named(installation: Installation) -> str | None:
    return None if installation.server is not None else installation.settings.database_url


def _pass_on(installation: Installation, after: Identity, *, now: datetime) -> None:
    owner, told = installation.address(logins.OWNER), {"platform": after.platform, "instance": after.instance}
    with database.connection(owner, role="owner") as connection, connection.cursor() as cur:
        found = instance.read(cur)
        if found is None:
            instance.begin(cur, **told, now=now)
        elif found.instance != after.instance:
            instance.pass_on(cur, **told, now=now)


def _enter(installation: Installation, event: str, record: dict[str, str], *, now: datetime) -> None:
    with database.connection(installation.database_url, role="control") as connection, connection.cursor() as cur:
        log.append(cur, [log.LogEntry(event, now, record)])


def _say(installation: Installation, after: Identity) -> None:
    """Have folder and cluster say what they are from now on: last, so that what is broken off is still a copy."""
    if installation.server is not None:
        clusters.claim(installation.server.cluster, after)
    identity.write(installation.settings.data, after)
