"""The request of an officer who has come in: the one that every page of the desk is given."""

from django.http import HttpRequest

from hutong.control.units.rules import Actor


class PageRequest(HttpRequest):
    """A request, and who asks: `entrance.officers` sets `actor` before a page sees it."""

    actor: Actor


def known(request: HttpRequest) -> Actor | None:
    """Return the officer who reads a page that anyone may read; None where it is somebody else."""
    found: Actor | None = getattr(request, "actor", None)
    return found
