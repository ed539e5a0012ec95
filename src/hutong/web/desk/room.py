"""What the desk knows of a room: its place in the menu, its addresses, and how its cases are handled."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from django.db.models import Model
from django.http import QueryDict
from django.urls import URLPattern, reverse
from django.utils.http import RFC3986_SUBDELIMS

from hutong.control.procedures.likeness import Likeness
from hutong.control.procedures.operations import Grounds
from hutong.control.procedures.procedure import Procedure
from hutong.control.units.rules import Actor
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar
from hutong.web.forms import Field

_PLACE = "GX0000-PLACE"
"""Stands in an address where a number is to stand."""
_AS_IS = f"{RFC3986_SUBDELIMS}/~:@"
"""What `reverse` does not quote."""


class Take(Protocol):
    """Takes one step of one case as a whole transaction, and returns the state the case is in."""

    def __call__(
        self, number: str, action: str, /, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
        meant_for: str,
    ) -> str:  # fmt: skip
        """Take it, as it was meant for the state that a page showed (`since.point`)."""


class TakeRecorded(Protocol):
    """Takes a step that asks for more than words, from what its own form says; raises what reading that does."""

    def __call__(self, number: str, form: QueryDict, /, *, actor: Actor, now: datetime, calendar: Calendar) -> None:
        """Take it."""


class Find(Protocol):
    """Returns the case with a number as an officer may see it; raises the room's Missing otherwise."""

    def __call__(self, number: str, /, *, actor: Actor) -> Model:
        """Find it."""


class Editable(Protocol):
    """Returns whether an officer may change now what a case says."""

    def __call__(self, case: Any, /, *, actor: Actor) -> bool:
        """Ask."""


@dataclass(frozen=True, slots=True)
class CaseKind:
    """One kind of case: its procedure, its page, who sees and edits a case, how a step is taken, which are alike."""

    procedure: Procedure
    address: str
    """Name of the address of a case's page; its one argument is the case's number."""
    take: Take
    find: Find
    editable: Editable
    alike: Callable[[Collection[str]], Mapping[str, Likeness]] | None = None
    """Returns what makes cases alike (P-4), by number; None where each is decided by itself."""
    consequences: Callable[[Any, str], Sequence[str]] = lambda case, action: ()
    """Returns what a grave step would do, in words and numbers beside the lifecycle's own."""
    asks: Callable[[Any, str, Mapping[str, str]], Sequence[Field]] = lambda case, action, typed: ()
    """Returns what a step asks for besides words, with what was typed (`acts.MORE`)."""
    asking: frozenset[str] = frozenset()
    """Steps that ask for such fields."""
    judges: Callable[[Any, str, Mapping[str, str], Judging], None] = lambda case, action, typed, judging: None
    """Keeps what is wrong with what was typed into such fields, where a form is refused before its step is tried."""
    forms: Mapping[str, str] = field(default_factory=dict)
    """Step that asks for more than words → name of the address of its own form; its one argument is the number."""
    acting: Callable[[Actor], Actor] = lambda actor: actor
    """Returns as whom an officer acts in such cases, where a room gives seats of its own."""
    recorded: Mapping[str, TakeRecorded] = field(default_factory=dict)
    """The same steps → what takes one from what its form says."""

    def page(self, number: str) -> str:
        """Return the address of a case's page."""
        return reverse(self.address, args=[number])

    def form_of(self, action: str, number: str) -> str:
        """Return the address of a step's own form; empty where it has none."""
        return reverse(self.forms[action], args=[number]) if action in self.forms else ""

    def pages(self) -> Callable[[str], str]:
        """Return what gives the address of each of many cases; how their addresses are built is looked up once."""
        before, _, after = reverse(self.address, args=[_PLACE]).partition(_PLACE)
        return lambda number: f"{before}{quote(number, safe=_AS_IS)}{after}"


@dataclass(frozen=True, slots=True)
class Room:
    """A room of the desk: what it is called in the menu (Chinese), where it begins, its addresses and its cases."""

    title: str
    start: str
    """Name of the address the menu leads to."""
    path: str
    urls: tuple[URLPattern, ...]
    kinds: tuple[CaseKind, ...] = ()
    stands: Callable[[Actor], bool] = lambda actor: True
    """Whether it stands in an officer's menu."""
    wider: str = ""
    """What it is called in the menu of who finds more in it than its title says (Chinese)."""
    is_wider: Callable[[Actor], bool] = lambda actor: False
    """Whether an officer does."""
