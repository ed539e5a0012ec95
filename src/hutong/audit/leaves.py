"""The public leaf of an entry, with its commitment (`core.leaves`): all that stays when the record is gone."""

from collections.abc import Iterable
from datetime import datetime

from hutong.audit.events import Event
from hutong.core.leaves import moment


def parties(unit: str | None, counterpart: str | None, others: Iterable[str] = ()) -> tuple[str, ...]:
    """Return who may read an entry: who acted, the other, then further ones by their codes."""
    return tuple(each for each in dict.fromkeys((unit, counterpart, *sorted(others))) if each is not None)


def leaf(event: Event, *, at: datetime, commitment: bytes) -> bytes:
    """Return the public leaf: canonical JSON of moment, class, commitment, event and version."""
    # Written out, for it is on the hot path; a test holds it to canonical.dumps.
    return b'{"at":"%b%b%b%b' % (
        moment(at).encode(),
        event.leaf_class,
        commitment.hex().encode(),
        event.leaf_event,
    )
