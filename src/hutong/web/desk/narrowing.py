"""What a list is narrowed to by words and a state, as its form and the address of the page have it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.http import QueryDict

LONGEST = 100
"""Characters of the words that are looked for."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Words, each of which occurs in what is listed, and its state; empty where all is listed."""

    words: str
    state: str

    @classmethod
    def read(cls, given: QueryDict, *, states: Collection[str]) -> "Narrowed":
        """Return what an address asks for; a state that is none narrows nothing."""
        state = given.get("state", "")
        return cls(given.get("q", "").strip()[:LONGEST], state if state in states else "")

    def kept(self) -> str:
        """Return it as part of an address."""
        return address({"q": self.words, "state": self.state})


def address(fields: Mapping[str, str]) -> str:
    """Return the fields that narrow anything as part of an address."""
    kept = QueryDict(mutable=True)
    kept.update({name: value for name, value in fields.items() if value})
    return kept.urlencode()
