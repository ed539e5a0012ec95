"""A copy of a data folder at the command line: an officer who looks after the platform says what it is to be."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hutong.console import opening
from hutong.core.errors import Refused
from hutong.installation import copies
from hutong.installation.identity import Identity
from hutong.installation.opening import Installation, own_server
from hutong.settings import Settings

if TYPE_CHECKING:
    from hutong.control.units.rules import Actor

ENTITLED = ("operator", "system_admin")
"""Who may say what a copy is to be."""

Who = Callable[[Installation], "Actor"]


class NotEntitledToCopy(Refused):
    """What a copy of the platform is to be is for {role} to say; {by} holds none of these roles."""

    clause = "SX-11-a"


def new(settings: Settings, *, reason: str, who: Who) -> Identity:
    """Make another instance of a copy and return what it is from now on.

    Raises what `copies.check_copy`, `copies.bring_database` and `copies.begin` raise, and NotEntitledToCopy.
    """
    copies.check_copy(settings)
    copies.check_reason(reason)
    server = own_server(settings) if settings.database_url is None else None
    copies.bring_database(settings, server)
    with opening.joined(settings, knowingly=True) as installation:
        return copies.begin(installation, reason=reason, by=_entitled(who(installation)))


def keep(settings: Settings, *, reason: str, who: Who) -> Identity:
    """Let a copy whose original is gone be what that was, and return what it is.

    Raises what `copies.check_only` and `copies.keep` raise, and NotEntitledToCopy.
    """
    copies.check_only(settings)
    copies.check_reason(reason)
    with opening.joined(settings, knowingly=True) as installation:
        return copies.keep(installation, reason=reason, by=_entitled(who(installation)))


def _entitled(actor: "Actor") -> str:
    if not actor.acts_for_all(ENTITLED):
        raise NotEntitledToCopy(role=", ".join(ENTITLED), by=actor.officer)
    return actor.officer
