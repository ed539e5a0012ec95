"""Programs of officers: an officer with a second factor, a token made as the page makes one, and what is sent by it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from acting import PASSWORD
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client

from hutong.control.units import factors, queries, tokens
from hutong.plane.keys import Keyring
from hutong.web import clock
from hutong.web.api.rooms import ROOM_OF

SECRET = b"12345678901234567890"
SOURCE = "10.0.0.9"
EVERYTHING = dict.fromkeys(ROOM_OF.values(), tokens.ACT)
"""The scope of a token that acts in every room."""


def shown(username: str, ring: Keyring, *, after: int = 0) -> factors.ShownCode:
    """Return the code that an officer's telephone shows now, or so many steps of 30 seconds later."""
    at = clock.real() + timedelta(seconds=30 * after)
    code = TOTP(SECRET, 6, SHA1(), 30).generate(int(at.timestamp())).decode()
    return factors.ShownCode(username=username, code=code, source=SOURCE, keyring=ring, at=at, now=clock.now())


def with_factor(username: str, ring: Keyring) -> None:
    """Give an officer a second factor."""
    factors.put(shown(username, ring), present=PASSWORD, secret=SECRET)


def made(username: str, ring: Keyring, *, scopes: dict[str, str] | None = None, days: int = 30, after: int = 1) -> str:
    """Return a token that an officer made, in every room where nothing else is said; the first needs a factor."""
    if queries.factor(username) is None:
        with_factor(username, ring)
    actor = queries.actor(username, now=clock.now())
    asked = tokens.TokenFacts("每日汇总", scopes or EVERYTHING, days)
    code = shown(username, ring, after=after)
    return tokens.make(asked, rooms=frozenset(ROOM_OF.values()), actor=actor, present=PASSWORD, shown=code)


@dataclass
class Program:
    """A program with a token, or without one."""

    token: str = ""
    language: str = "zh"

    def get(self, path: str, **asked: str) -> Any:
        """Ask for what stands at an address of the API."""
        return self._client.get(f"/api/{path}", asked)

    def send(self, path: str, body: object, **headers: str) -> Any:
        """Send a body to an address of the API."""
        told = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        said = body if isinstance(body, str) else json.dumps(body)
        return self._client.post(f"/api/{path}", said, content_type="application/json", **told)

    def act(self, lifecycle: str, number: str, action: str, **said: object) -> Any:
        """Take a step of a case, as it stands now."""
        at = self.get(f"cases/{lifecycle}/{number}").json()["at"]
        return self.send(f"cases/{lifecycle}/{number}/acts", {"action": action, "at": at, **said})

    @property
    def _client(self) -> Client:
        known = {"HTTP_AUTHORIZATION": f"Bearer {self.token}"} if self.token else {}
        return Client(HTTP_HOST="localhost", REMOTE_ADDR=SOURCE, HTTP_ACCEPT_LANGUAGE=self.language, **known)
