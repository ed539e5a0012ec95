"""What the desk knows of a room: its place in the menu, its addresses, and how its cases are handled."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.urls import URLPattern, reverse

from hutong.control.orgs.rules import Actor
from hutong.control.procedures.likeness import Likeness
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.procedure import Procedure
from hutong.core.workdays import Calendar


class Take(Protocol):
    """Takes one step of one case as a whole transaction, and returns the state the case is in."""

    def __call__(
        self, number: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds
    ) -> str:
        """Take it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of case: its procedure, the address of its page, how a step is taken, and which cases are alike."""

    procedure: Procedure
    address: str
    """Name of the address of a case's page; its one argument is the case's number."""
    take: Take
    alike: Callable[[Collection[str]], Mapping[str, Likeness]] | None = None
    """Returns what makes cases alike (P-4), by number; None where each is decided by itself."""

    def page(self, number: str) -> str:
        """Return the address of a case's page."""
        return reverse(self.address, args=[number])


@dataclass(frozen=True, slots=True)
class Room:
    """A room of the desk: what it is called in the menu (Chinese), where it begins, its addresses and its cases."""

    title: str
    start: str
    """Name of the address the menu leads to."""
    path: str
    urls: tuple[URLPattern, ...]
    kinds: tuple[Kind, ...] = ()
