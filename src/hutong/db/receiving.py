"""A cluster that is put back: its files become those of an embedded server, whole or not at all."""

from collections.abc import Callable
from pathlib import Path

from hutong.db import cluster, postmaster, removing
from hutong.db.embedded import Server


def receive(server: Server, fill: Callable[[Path], None]) -> None:
    """Make the server's cluster of the files that `fill` writes into the folder it is given; one that is there goes.

    It is the server's only once it is whole: who is killed before begins anew. Raises ServerInUse.
    """
    server.folder.mkdir(parents=True, exist_ok=True)
    _disown(server)
    with server.unused():
        _remove(server)
        account = server.account()
        data = server.new_place(account)
        server.lie_in(data)  # first: what a killed one leaves there is found
        new = _beside(data)
        new.mkdir(mode=0o700)
        fill(new)
        account.give_all(new)
        new.rename(data)


def discard(server: Server) -> None:
    """Remove the server's cluster and what was begun of one, wherever it was put; raises ServerInUse.

    One elsewhere that is not known to be its own stays as it is, and the server knows nothing of it any more.
    """
    server.folder.mkdir(parents=True, exist_ok=True)
    _disown(server)
    with server.unused():
        _remove(server)


def _disown(server: Server) -> None:
    """Forget a cluster that is not the server's own, before one is ended or removed by its name."""
    if not removing.is_own(server.folder, server.cluster):
        for name in ("place", cluster.MOVING):
            (server.folder / name).unlink(missing_ok=True)


def _remove(server: Server) -> None:
    data = server.cluster
    for each in (data, _beside(data)):
        removing.remove(each)
    if data.parent != server.folder:
        postmaster.remove(data.parent)
    (server.folder / "place").unlink(missing_ok=True)


def _beside(data: Path) -> Path:
    return data.with_name(f"{data.name}.new")
