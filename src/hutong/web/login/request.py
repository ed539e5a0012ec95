"""The request of an officer who has come in: the one that every page of the desk is given."""

from django.http import HttpRequest

from hutong.control.units.rules import Actor
from hutong.core.errors import Problem


class PageRequest(HttpRequest):
    """A request, and who asks: `entrance.officers` sets `actor` before a page sees it, and what was kept for it."""

    actor: Actor
    refused: Problem | None
    """What refused the form that the page shows again; None where none was."""
    typed: bool
    """Whether `POST` has what was typed into a form that is shown again, though the page is only read."""
    kept: object
    """What was kept for the page, `gone` where it is not there any more; None where nothing was asked for."""


def known(request: HttpRequest) -> Actor | None:
    """Return the officer who reads a page that anyone may read; None where it is somebody else."""
    found: Actor | None = getattr(request, "actor", None)
    return found
