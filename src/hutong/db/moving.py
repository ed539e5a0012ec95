"""Moving the embedded server to a newer PostgreSQL by pg_upgrade: the cluster before stays until the new one was open.

Whoever is killed meanwhile loses nothing. pg_upgrade copies, and until the one file that says where the cluster lies
names the new one, the one before is the server's.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from hutong.core.errors import Unavailable
from hutong.db import cluster, postmaster, removing
from hutong.db.embedded import LOGIN, SUPERUSER, Server

MIB = 1 << 20
FORMER = "former"
"""Names the cluster before, until the new one was opened."""

Tell = Callable[[str], object]
"""Is told which part of the work begins: `check`, `make`, `copy`, `switch`."""


class ClusterNotMoved(Unavailable):
    """The database was not moved from PostgreSQL {before} to {after}: {reason}"""


class RoomWanting(Unavailable):
    """To move the database {needed} MiB are wanted on its disk, and {free} MiB are free."""


@dataclass(frozen=True, slots=True)
class ClusterMove:
    """From which major version of PostgreSQL to which, and whose programs these are."""

    before: int
    after: int
    old_programs: Path
    new_programs: Path


def wanted(server: Server) -> ClusterMove | None:
    """Return the move to the newest PostgreSQL that is here; None where the cluster is of that already, or is none.

    Raises DatabaseProgramsMissing, and DatabaseProgramsOther where the programs of the one before are not here.
    """
    before, programs = postmaster.major(server.cluster), postmaster.find_binaries()
    after = postmaster.version(programs)
    if before is None or before >= after:
        return None
    return ClusterMove(before, after, postmaster.binaries_of(server.cluster), programs)


def move(server: Server, planned: ClusterMove, *, tell: Tell) -> None:
    """Move the cluster: checked first, copied, and then put in the place of the one before, which stays beside it.

    The server was stopped cleanly. Raises ServerInUse, RoomWanting, and ClusterNotMoved with what pg_upgrade says;
    then everything is as it was.
    """
    with server.unused():
        old = server.cluster
        new = old.with_name(f"data-{planned.after}")
        _see_room(old)
        cluster.begin_moving(server.folder, new)
        try:
            _make_new(server, planned, old, new, tell=tell)
        except subprocess.CalledProcessError as fault:
            reason = f"{fault.stdout}{fault.stderr}".strip()[-2000:]
            raise ClusterNotMoved(before=planned.before, after=planned.after, reason=reason) from None
        finally:
            cluster.end_moving(server.folder, used=server.cluster)


def _make_new(server: Server, planned: ClusterMove, old: Path, new: Path, *, tell: Tell) -> None:
    account, both = server.account(), (planned.old_programs, planned.new_programs)
    programs = [postmaster.reachable_binaries(each, account=account) for each in both]
    tell("make")
    server.initialise(new, programs[1])
    tell("check")
    _run(server, programs, old, new, "--check")
    tell("copy")
    _run(server, programs, old, new)
    tell("switch")
    _put_former(server, old)
    server.lie_in(new)


def former(server: Server) -> Path | None:
    """Return where the cluster before lies that stays until the new one was opened; None where there is none.

    It lies beside the new one; a file that names another is not believed.
    """
    noted = server.folder / FORMER
    found = server.folder / noted.read_text() if noted.exists() else None
    # Killed before the switch it is the one in use.
    return found if found is not None and removing.beside(found, server.cluster) else None


def settle(server: Server) -> Path | None:
    """Remove the cluster before, once the new one was opened, and return where it was; None where there is none."""
    before = former(server)
    if before is not None:
        removing.remove(before)
    (server.folder / FORMER).unlink(missing_ok=True)
    return before


def count_anew(server: Server) -> None:
    """Let PostgreSQL count what is in the tables, by which it chooses its ways: what it knew is not moved whole."""
    with psycopg.connect(server.superuser_url(LOGIN), autocommit=True) as connection:
        connection.execute("analyze")


def _put_former(server: Server, old: Path) -> None:
    (server.folder / FORMER).write_text(old.name if old.parent == server.folder else str(old))


def _see_room(old: Path) -> None:
    needed = sum(each.lstat().st_size for each in old.rglob("*") if not each.is_dir())
    free = shutil.disk_usage(old).free
    if free < needed:
        raise RoomWanting(needed=-(-needed // MIB), free=free // MIB)


def _run(server: Server, programs: list[Path], old: Path, new: Path, *further: str) -> None:
    """Run pg_upgrade to its end, by the superuser's password; raises CalledProcessError."""
    server.make_socket_folder()
    command: list[str | Path] = [
        programs[1] / "pg_upgrade", "-b", programs[0], "-B", programs[1], "-d", old, "-D", new, "-U", SUPERUSER,
        "--socketdir", server.socket_folder, "--jobs", str(min(os.cpu_count() or 1, 4)), *further,
    ]  # fmt: skip
    server.account().run(command, within=server.socket_folder, environ={"PGPASSWORD": server.superuser_password()})
