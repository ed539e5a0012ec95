"""What the API knows of a kind of case: how one is made and changed, what that says, and which list has them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.http import QueryDict

from hutong.control.units.rules import Actor
from hutong.web.desk.room import CaseKind
from hutong.web.lists.listing import Listing


class Make(Protocol):
    """Makes a case of what a form says, as the page of the form does, and returns its number."""

    def __call__(self, form: QueryDict, /, *, actor: Actor, now: datetime) -> str:
        """Make it."""


class Amend(Protocol):
    """Changes what a case says to what a form says, as the page of the form does."""

    def __call__(self, form: QueryDict, number: str, /, *, actor: Actor, now: datetime) -> None:
        """Change it."""


@dataclass(frozen=True, slots=True)
class ProgramKind:
    """A kind of case as programs have it."""

    kind: CaseKind
    make: Make | None = None
    """None where none is made by itself: it comes with another."""
    amend: Amend | None = None
    """None where what it says stands as it was made."""
    fields: tuple[str, ...] = ()
    """What the body of a new one may say; of a change the same."""
    listing: Listing[Any] | None = None
    """The list of the desk whose rows they are; None where there is none of all."""
    columns: tuple[str, ...] = ()
    """What a case says besides the fields of its form that have columns, by the names of its columns."""

    def says(self, case: Any, *, actor: Actor) -> dict[str, Any]:
        """Return what a case says, as plain values; what is not filled in completely to who may edit it alone."""
        there = {field.attname for field in case._meta.concrete_fields}
        told = {name: _plain(getattr(case, name)) for name in (*self.fields, *self.columns) if name in there}
        kept = getattr(case, "unfinished", None)
        if kept is not None and self.kind.editable(case, actor=actor):
            told["unfinished"] = kept
        return told


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
