"""Structured fields (RFC 9651) as signatures and digests use them: dictionaries of inner lists and of bytes.

Values stay as they were written, quotes and colons included: what is taken of them further on has one spelling only.
"""

import re
from typing import NamedTuple, NoReturn

from hutong.core.errors import Malformed

LONGEST = 8192
"""Characters of a field; longer ones are not read."""
_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_BARE = re.compile(
    r'"(?:[ !#-\[\]-~]|\\["\\])*"'  # a text
    r"|:[A-Za-z0-9+/=]*:"  # bytes
    r"|\?[01]"
    r"|@?-?[0-9]{1,15}(?:\.[0-9]{1,3})?"  # a number or a moment
    r"|[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*"  # a token
)
_BLANKS = re.compile(" *")
_BETWEEN = re.compile("[ \t]*")


class HeaderUnreadable(Malformed):
    """The header {header} cannot be read as a structured field (RFC 9651) from character {at} on."""


class KeyTwice(Malformed):
    """The header {header} has {key} twice."""


class Component(NamedTuple):
    """A value as it was written, with its parameters."""

    value: str
    parameters: dict[str, str]

    def __str__(self) -> str:
        return self.value + written(self.parameters)


class FieldMember(NamedTuple):
    """What stands under a key of a dictionary: an inner list (`items`) or else one value, with its parameters."""

    items: tuple[Component, ...] | None
    value: str
    parameters: dict[str, str]

    def __str__(self) -> str:
        found = self.value if self.items is None else "(" + " ".join(map(str, self.items)) + ")"
        return found + written(self.parameters)


def written(parameters: dict[str, str]) -> str:
    """Return parameters as they stand behind a value; one without a value is true."""
    return "".join([f";{name}={value}" if value != "?1" else f";{name}" for name, value in parameters.items()])


def dictionary(text: str, *, header: str) -> dict[str, FieldMember]:
    """Return a dictionary field by its keys; raises HeaderUnreadable, KeyTwice where the standard takes the last."""
    reader = _Reader(text, header)
    found: dict[str, FieldMember] = {}
    while not reader.ended:
        key = reader.key()
        if key in found:
            raise KeyTwice(header=header, key=key[:100])
        found[key] = reader.member()
        reader.skip(_BETWEEN)
        if reader.ended:
            break
        reader.take(",")
        reader.skip(_BETWEEN)
        if reader.ended:
            reader.unreadable()
    return found


class _Reader:
    """A place in a field."""

    def __init__(self, text: str, header: str) -> None:
        self._text = text
        self._header = header
        self._at = 0
        if len(text) > LONGEST:
            self._at = LONGEST
            self.unreadable()

    @property
    def ended(self) -> bool:
        return self._at == len(self._text)

    def unreadable(self) -> NoReturn:
        raise HeaderUnreadable(header=self._header, at=self._at + 1)

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def take(self, what: str) -> None:
        if not self.takes(what):
            self.unreadable()

    def takes(self, what: str) -> bool:
        """Whether the next character is this one; it is passed then."""
        found = self._text.startswith(what, self._at)
        self._at += len(what) if found else 0
        return found

    def key(self) -> str:
        return self._matched(_KEY)

    def member(self) -> FieldMember:
        if not self.takes("="):
            return FieldMember(None, "?1", self.parameters())
        if not self.takes("("):
            return FieldMember(None, self._matched(_BARE), self.parameters())
        items: list[Component] = []
        self.skip(_BLANKS)
        while not self.takes(")"):
            items.append(Component(self._matched(_BARE), self.parameters()))
            before = self._at
            self.skip(_BLANKS)
            if self._at == before and not self._text.startswith(")", self._at):
                self.unreadable()
        return FieldMember(tuple(items), "", self.parameters())

    def parameters(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while self.takes(";"):
            self.skip(_BLANKS)
            name = self.key()
            if name in found:
                raise KeyTwice(header=self._header, key=name[:100])
            found[name] = self._matched(_BARE) if self.takes("=") else "?1"
        return found

    def _matched(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            self.unreadable()
        self._at = match.end()
        return match[0]
