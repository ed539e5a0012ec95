"""A new epoch of the log at the command line: one officer requests it, another approves, each by password."""

from hutong.audit import beginning, epochs, keychain
from hutong.audit.beginning import EpochRequest, Keys
from hutong.audit.epochs import Epoch
from hutong.console import opening
from hutong.control.units.rules import Actor
from hutong.installation.opening import Installation


def request(installation: Installation, *, reason: str, by: Actor) -> int:
    """Ask that the next epoch begin and return the request's number; raises what `beginning.request` raises."""
    with opening.database(installation, role="retention") as db:
        return beginning.request(
            db, keys=_keys(installation), reason=reason, by=by.officer, seats=by.platform_seats,
            now=installation.clock(),
        )  # fmt: skip


def show(installation: Installation, number: int) -> EpochRequest:
    """Return a request as it stands; raises NoSuchEpochRequest."""
    with opening.database(installation, role="retention") as db, db.transaction() as cur:
        return beginning.read(cur, request=number)


def approve(installation: Installation, *, number: int, by: Actor) -> Epoch:
    """Approve what another person requested and return the epoch that begins; raises what its approval raises."""
    with opening.database(installation, role="retention") as db:
        return beginning.approve(
            db, keys=_keys(installation), request=number, by=by.officer, seats=by.platform_seats,
            now=installation.clock(), trains=installation.training,
        )  # fmt: skip


def drop(installation: Installation, *, number: int, reason: str, by: Actor) -> None:
    """End a request that was not approved; raises what `beginning.drop` raises."""
    with opening.database(installation, role="retention") as db:
        now = installation.clock()
        beginning.drop(db, request=number, reason=reason, by=by.officer, seats=by.platform_seats, now=now)


def verifier(installation: Installation) -> str:
    """Return the log's public key under the name of the epoch that is written, as others pin it."""
    with opening.database(installation, role="retention") as db, db.transaction() as cur:
        keys, heads = installation.log_keys, installation.log_heads
        return str(keychain.of(cur, epochs.current(cur), keys=keys, heads=heads).chain.newest)


def _keys(installation: Installation) -> Keys:
    return Keys(installation.log_keys, installation.log_heads)
