"""One signed request and its verified reply."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx

from hutong.client.keys import Key
from hutong.client.replykeys import ReplyKeyring
from hutong.core import signatures, text
from hutong.core.errors import Problem, Refused, Unavailable, Unidentified
from hutong.core.labels import Language

LIFE_SECONDS = 60

# A platform refuses these before it knows who asks, so it has nobody to sign for; from 500 on it is in trouble.
_BEFORE_A_CALLER_IS_KNOWN = {400, 401, 408, 413}


class Refusal(Refused):
    """The platform refused: {detail}"""

    verified = True
    """Whether the platform's signature says so."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.facts["status"])

    @property
    def retry_after(self) -> int | None:
        """After how many seconds to ask again, where the platform says so (RFC 9110, 10.2.3)."""
        known: int | None = self.facts.get("retry_after")
        return known


class UnverifiedRefusal(Refusal):
    """Refused, but without the platform's signature, so by anyone on the way: {detail}"""

    verified = False


class PlatformOutOfReach(Unavailable):
    """The platform at {url} cannot be reached: {fault}."""


class ReplyNotTrusted(Unidentified):
    """The reply does not carry the platform's signature over this very request: {fault}"""


@dataclass(frozen=True, slots=True)
class Context:
    """Who uses what for which purpose; ASCII codes, asserted by the signing system."""

    user: str
    device: str
    purpose: str
    matter: str

    def headers(self) -> dict[str, str]:
        """Return the context headers."""
        return dict(zip(signatures.CONTEXT, (self.user, self.device, self.purpose, self.matter), strict=True))


def real_clock() -> datetime:
    """Return the moment it is."""
    return datetime.now(UTC)


class OpenConnection:
    """The line to the open places of a platform, which anyone may read."""

    def __init__(
        self, base_url: str, *, language: Language = "zh", transport: httpx.BaseTransport | None = None
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._language = language
        self._http = httpx.Client(
            timeout=30, transport=transport, headers={"accept-language": language}, follow_redirects=False
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def open_get(self, path: str, facts: Mapping[str, object] | None = None) -> bytes:
        """Return the content of an open place, unsigned; raises UnverifiedRefusal, PlatformOutOfReach."""
        reply = self._send("GET", path, _query(facts or {}), b"", {})
        if reply.status_code != 200:
            raise self._refusal(reply, verified=False)
        return reply.content

    def open_post(self, path: str, content: str) -> bytes:
        """Return the reply to a text that is handed in at an open place; raises as open_get."""
        reply = self._send("POST", path, "", content.encode(), {"content-type": "text/plain; charset=utf-8"})
        if reply.status_code != 200:
            raise self._refusal(reply, verified=False)
        return reply.content

    def _send(self, method: str, path: str, query: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        url = f"{self._base_url}{path}" + (f"?{query}" if query else "")
        given = {**({"content-type": "application/json"} if body else {}), **headers}
        try:
            return self._http.request(method, url, content=body or None, headers=given)
        except httpx.TransportError as fault:
            raise PlatformOutOfReach(url=self._base_url, fault=str(fault)) from None

    def _refusal(self, reply: httpx.Response, *, verified: bool) -> Refusal:
        """Return what a refusing reply says, as a problem; advice it does not bring is the code's own."""
        told = _told(reply)
        own = text.table().get(str(told.get("code")), {}).get(f"do_{self._language}")
        facts = {name: told.get(name) for name in ("code", "detail", "clause", "entry", "leaf")}
        kind = Refusal if verified else UnverifiedRefusal
        given = {"status": reply.status_code, "advice": told.get("advice") or own, "retry_after": _again(reply)}
        return kind(**given, **facts)


class PlatformConnection(OpenConnection):
    """The line to one platform: signs what goes out, verifies what comes back."""

    def __init__(
        self,
        base_url: str,
        *,
        keyid: str,
        key: Key,
        platform_key: str,
        now: Callable[[], datetime] = real_clock,
        language: Language = "zh",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(base_url, language=language, transport=transport)
        self._keyid = keyid
        self._key = key
        self._platform = ReplyKeyring(platform_key)
        self._now = now

    def post(self, path: str, content: Mapping[str, object], *, context: Context) -> Any:
        """Return the verified reply to a signed POST.

        Raises Refusal, which is signed too unless it is an UnverifiedRefusal: one from before the platform knew
        who asks, or in trouble; PlatformOutOfReach; ReplyNotTrusted for any other reply without its signature.
        """
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return self._ask("POST", path, "", body, context)

    def get(self, path: str, facts: Mapping[str, object], *, context: Context) -> Any:
        """Return the verified reply to a signed GET; raises as post."""
        return self._ask("GET", path, _query(facts), b"", context)

    def _ask(self, method: str, path: str, query: str, body: bytes, context: Context) -> Any:
        headers = context.headers()
        authority = httpx.URL(self._base_url).netloc.decode("ascii")  # as it is sent: no usual port, no capitals
        request = signatures.Request(method, authority, path, query, headers, body)
        created = int(self._now().timestamp())
        headers |= signatures.sign_request(
            request,
            key=self._key.private,
            keyid=self._keyid,
            created=created,
            expires=created + LIFE_SECONDS,
            nonce=secrets.token_bytes(signatures.NONCE_LENGTH),
        )
        headers["accept-signature"] = self._platform.accepted
        reply = self._send(method, path, query, body, headers)
        if "signature" not in reply.headers and _may_be_unsigned(reply):
            raise self._refusal(reply, verified=False)
        self._verify(reply, signatures.parse(headers).signature)
        if reply.status_code != 200:
            raise self._refusal(reply, verified=True)
        return json.loads(reply.content)

    def _verify(self, reply: httpx.Response, signature: bytes) -> None:
        try:
            self._verify_by(self._platform.trusted(now=self._now()), reply, signature)
        except Problem as fault:
            if not self._platform.follow(self._statements()):
                raise ReplyNotTrusted(fault=str(fault)) from None
        else:
            return
        try:
            self._verify_by(self._platform.trusted(now=self._now()), reply, signature)
        except Problem as fault:
            raise ReplyNotTrusted(fault=str(fault)) from None

    def _verify_by(self, trusted: Sequence[bytes], reply: httpx.Response, signature: bytes) -> None:
        """Return if one of the trusted keys, of which the last is asked last, signed this very reply."""
        *others, last = trusted
        for key in (*others, last):
            try:
                signatures.verify_reply(
                    reply.status_code, dict(reply.headers), reply.content, request_signature=signature, public_key=key
                )
            except signatures.SignatureInvalid:
                if key is last:
                    raise
            else:
                return

    def _statements(self) -> list[str]:
        """Return what the platform's reply keys say of one another; nothing where it cannot be had."""
        with suppress(Refusal, PlatformOutOfReach, ValueError, KeyError, TypeError):
            return [str(each) for each in json.loads(self.open_get("/v1/reply-keys"))["statements"]]
        return []


def _told(reply: httpx.Response) -> dict[str, Any]:
    with suppress(ValueError):
        if isinstance(told := json.loads(reply.content), dict):
            return told
    return {"code": "HTTP", "detail": f"HTTP {reply.status_code}"}


def _again(reply: httpx.Response) -> int | None:
    """Return after how many seconds to ask again; a date, which our gateway does not write, is left to the reader."""
    said = reply.headers.get("retry-after", "").strip()
    return int(said) if said.isascii() and said.isdigit() else None


def _may_be_unsigned(reply: httpx.Response) -> bool:
    early = reply.status_code in _BEFORE_A_CALLER_IS_KNOWN or reply.status_code >= 500
    return early or (reply.status_code == 403 and _told(reply).get("code") == "PROFILE_NOT_ENABLED")


def _query(facts: Mapping[str, object]) -> str:
    return urlencode({name: str(value) for name, value in facts.items() if value is not None})
