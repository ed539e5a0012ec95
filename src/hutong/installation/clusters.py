"""The embedded database of a data folder: where its cluster lies, and that it is this folder's own.

A cluster may lie outside of the folder: where root puts it for an account that cannot enter, or behind a link. Beside
it stands which folder it belongs to, so that no copy of the folder works on it.
"""

import json
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from hutong.core.errors import Conflicting, Missing
from hutong.db import lasting, postmaster
from hutong.db.embedded import Server
from hutong.installation import identity
from hutong.installation.identity import EMBEDDED, Identity, Location

FORMAT = "hutong-cluster-1"


class DatabaseGone(Missing):
    """The database of {data} was in {cluster}, and is there no more; no other was made in its place."""


class ClusterOfAnother(Conflicting):
    """The database in {cluster} belongs to {original}, not to {data}; nothing was opened."""


class DatabaseStillRuns(Conflicting):
    """Process {process} still runs the database of {data}, from before the folder was moved."""


@dataclass(frozen=True, slots=True)
class Belongs:
    """Whose a cluster is, as it stands beside it."""

    platform: UUID
    instance: UUID
    folder: Location


def reference(cluster: Path) -> Path:
    """Return the file beside a cluster that says which folder it belongs to."""
    real = Path(os.path.realpath(cluster))
    return real.with_name(f"{real.name}.folder.json")


def belongs(cluster: Path) -> Belongs | None:
    """Return whose a cluster is; None where nobody has said it, or it cannot be read."""
    try:
        told = json.loads(reference(cluster).read_bytes())
        return Belongs(UUID(told["platform"]), UUID(told["instance"]), Location(**told["folder"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def claim(cluster: Path, own: Identity) -> None:
    """Say beside a cluster which folder it belongs to; where the folder of the cluster cannot be written it is left."""
    told = Belongs(own.platform, own.instance, own.folder)
    if belongs(cluster) == told:
        return
    content = {
        "format": FORMAT, "platform": str(told.platform), "instance": str(told.instance), "folder": asdict(told.folder),
    }  # fmt: skip
    with suppress(PermissionError):
        lasting.put(reference(cluster), json.dumps(content, ensure_ascii=False).encode(), owner=None)


def check(server: Server, own: Identity | None, *, data: Path, knowingly: bool = False) -> None:
    """See that the server's cluster is there and belongs to the folder `data`; nothing is started or written.

    Of a copy that is opened `knowingly` it may be that of a folder that has lost what it says of itself.
    Raises DatabaseGone, ClusterOfAnother, DatabaseStillRuns and identity.FolderCopied.
    """
    cluster = server.cluster
    if not cluster.exists():
        if (own is not None and own.database == EMBEDDED) or is_elsewhere(server):
            raise DatabaseGone(data=str(data), cluster=str(cluster))
        return
    found = belongs(cluster)
    if found is not None and found.folder != identity.located(data):
        original = Path(found.folder.path)
        if own is not None and own.instance != found.instance:
            raise ClusterOfAnother(cluster=str(cluster), original=str(original), data=str(data))
        if own is None and not knowingly and identity.of_instance(original, found.instance):
            raise identity.FolderCopied(data=str(data), original=str(original))
    _check_stopped(server, data=data, before=own.folder.path if own else None)


def outside(server: Server | None, *, data: Path) -> Path | None:
    """Return where a server's cluster lies, where that is not in the data folder."""
    if server is None:
        return None
    real = Path(os.path.realpath(server.cluster))
    return None if Path(os.path.realpath(data)) in real.parents else real


def is_elsewhere(server: Server) -> bool:
    """Return whether a server's cluster was put elsewhere, whether it is there now or not."""
    return server.cluster.parent != server.folder


def _check_stopped(server: Server, *, data: Path, before: str | None) -> None:
    """See that no process runs the cluster from where the folder lay `before`: what it stands on would not be found.

    Raises DatabaseStillRuns.
    """
    cluster = server.cluster
    process = postmaster.noted(cluster)
    if process is None:
        return
    if postmaster.running(cluster) == process:
        socket = postmaster.socket_folder(cluster)
        runs = socket is not None and socket != server.socket_folder
    else:
        runs = _runs(process, cluster, before=before)
    if runs:
        raise DatabaseStillRuns(process=process, data=str(data))


def _runs(process: int, cluster: Path, *, before: str | None) -> bool:
    """Return whether a process is a PostgreSQL that works in a cluster, or did under the path before."""
    with suppress(OSError):
        if os.path.samefile(f"/proc/{process}/cwd", cluster):
            return True
    try:
        command = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    folder = os.fsencode(before) + b"/" if before else b""
    return bool(folder) and bool(re.match(rb"(.*/)?postgres$", command[0])) and any(
        each.startswith(folder) for each in command[1:]
    )
