"""What programs find in the rooms of the desk: each kind of case there, from which addresses and description are made.

Every kind can be read and acted on. A room whose cases are made by programs, or listed for them, adds its line here.
"""

from hutong.web.api import applications, contacts, entries, handovers, plans, registrations, servers, work
from hutong.web.api.offered import ProgramKind
from hutong.web.desk.rooms import KINDS, ROOMS

MADE: tuple[ProgramKind, ...] = (
    *applications.OFFERED,
    *entries.OFFERED,
    *registrations.OFFERED,
    *contacts.OFFERED,
    *handovers.OFFERED,
    *work.OFFERED,
    *servers.OFFERED,
    *plans.OFFERED,
)
"""The kinds of which the API knows how they are made or listed, room by room in the order of the desk."""
_MADE = {each.kind.procedure.life.name: each for each in MADE}

OFFERED: dict[str, ProgramKind] = {name: _MADE.get(name, ProgramKind(kind)) for name, kind in KINDS.items()}
"""Every kind of case by the name of its lifecycle."""
ROOM_OF: dict[str, str] = {kind.procedure.life.name: room.start for room in ROOMS for kind in room.kinds}
"""The room of every kind of case: what a token's scope names."""
