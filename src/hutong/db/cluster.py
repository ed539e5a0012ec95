"""A cluster of PostgreSQL as files: made empty, and the small files beside it."""

import os
from collections.abc import Mapping
from pathlib import Path

from hutong.db import lasting, postmaster, removing
from hutong.db.postmaster import SystemAccount

MOVING = "moving"
"""Names, beside a cluster, the one that is being made of it for another PostgreSQL."""


def initialise(
    new: Path, *, binaries: Path, account: SystemAccount, beside: Path, durable: bool, superuser: str, password: str
) -> None:
    """Make an empty cluster in the folder `new`, with checksums and passwords; what is there goes first.

    `beside` is a folder of the account's, where a file holds the password for a moment. Raises CalledProcessError.
    """
    postmaster.remove(new)
    new.mkdir(mode=0o700)
    account.give(new)
    told = beside / "initdb.password"
    told.unlink(missing_ok=True)
    with open(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password + "\n")
    account.give(told)
    modern = postmaster.version(binaries) >= 17
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if modern else []
    try:
        account.run(
            [
                binaries / "initdb", "-D", new, "-U", superuser, f"--pwfile={told}", "--encoding=UTF8",
                "--auth=scram-sha-256", "--data-checksums", *locale, f"--locale={'C' if modern else 'C.UTF-8'}",
                *([] if durable else ["--no-sync"]),
            ]
        )  # fmt: skip
    finally:
        told.unlink()


def begin_moving(folder: Path, new: Path) -> None:
    """Note in a server's folder that its cluster is being moved to `new`."""
    lasting.put(folder / MOVING, str(new).encode(), owner=None)


def end_moving(folder: Path, *, used: Path) -> None:
    """End what a move that failed or was killed left: processes, and the new cluster unless that is `used` by now.

    The new one lies beside that; of any other nothing is ended or removed.
    """
    noted = folder / MOVING
    if not noted.exists():
        return
    new = Path(noted.read_text())
    if new == used or removing.beside(new, used):
        postmaster.end_all(new)
        postmaster.end(used, patience_seconds=30)
    if removing.beside(new, used):
        removing.remove(new)
    noted.unlink()


def configure(folder: Path, *, then: Mapping[str, str]) -> None:
    """Write all that tells a server on these files what to run and whom to let in; what was there before is gone.

    It is what a cluster of ours begins with: whoever comes by the socket says a password, and all else is told at the
    start. `then` are settings beside that; their values have no quotation mark.
    """
    told = {
        "postgresql.conf": "",
        "postgresql.auto.conf": "".join(f"{name} = '{value}'\n" for name, value in then.items()),
        "pg_hba.conf": "local all all scram-sha-256\nlocal replication all scram-sha-256\n",
        "pg_ident.conf": "",
    }
    whose = (folder / "PG_VERSION").stat()
    for name, content in told.items():
        lasting.put(folder / name, content.encode(), owner=whose)
