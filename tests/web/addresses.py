"""Every address of the pages, as the platform itself has them: its name, an example, and what answers it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter
from django.utils import translation

from hutong.web.login.kept_pages import Rules

OPEN = frozenset({
    "", "language", "login", "login_code", "logout", "home", "catalog", "resource", "evidence", "help", "contact",
    "help-page", "calendar-feed", "signon_begin", "signon_back", "release", "releases", "release-body",
})  # fmt: skip
"""Names of the addresses that are answered to whoever asks: all others are of officers who came in."""
AS_KIND = {"kind": "system", "lifecycle": "sharing.application", "form": "csv"}
"""Parts of addresses that are one of a few words → one of them."""


@dataclass(frozen=True)
class Address:
    """An address: its name, an example of it, and what answers."""

    name: str
    path: str
    view: Callable[..., object]

    @property
    def forms(self) -> Rules | None:
        """What is so of its forms; None where it is not of officers alone."""
        return getattr(self.view, "forms", None)


def every(language: str = "zh") -> list[Address]:
    """Return each address once; those without a name are asked for by no officer."""
    with translation.override(language):
        return [*_below(get_resolver().url_patterns, {})]


def _below(patterns: list[URLPattern | URLResolver], before: dict[str, object]) -> Iterator[Address]:
    for each in patterns:
        given = {**before, **getattr(each.pattern, "converters", {})}
        if isinstance(each, URLResolver):
            yield from _below(each.url_patterns, given)
        elif each.name:
            yield Address(each.name, reverse(each.name, kwargs=_parts(given)), each.callback)


def _parts(given: dict[str, object]) -> dict[str, object]:
    return {
        name: 1 if isinstance(converter, IntConverter) else AS_KIND.get(name, "1") for name, converter in given.items()
    }
