"""Questions as a consumer's system asks them: signed, and answered as a list by what the gateway answers with."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from hutong.client import keys
from hutong.core import signatures
from hutong.gateway import lists
from hutong.gateway.config import GatewayConfig
from hutong.gateway.received import Headers, Received
from hutong.gateway.routes import SIGNED
from hutong.gateway.state import Gateway
from hutong.installation.opening import Installation

AUTHORITY = "gateway.demo"
LIFE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class SigningSystem:
    """A system that signs, with the user, device, purpose and matter it names."""

    system: str
    key: keys.Key
    user: str
    device: str
    purpose: str
    matter: str

    def headers(self) -> dict[str, str]:
        """Return the headers that name them."""
        return dict(zip(signatures.CONTEXT, (self.user, self.device, self.purpose, self.matter), strict=True))


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked at a place of the gateway: the body of a POST, or the parameters of a GET."""

    caller: SigningSystem
    method: str
    path: str
    said: Mapping[str, object]


class _Headers:
    """Header fields as the server gives them."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return a field by its name."""
        return self._fields.get(name, default)

    def items(self) -> list[tuple[str, str]]:
        """Return every field by name."""
        return list(self._fields.items())


@dataclass(slots=True)
class _Scope:
    """A request as the server hands it over."""

    method: str
    path: str
    query_string: str
    headers: Headers
    http_version: str = "1.1"
    authority: str | None = AUTHORITY
    client: str = "127.0.0.1:0"


@contextmanager
def gateway(installation: Installation) -> Iterator[Gateway]:
    """Be a gateway without a port in the block, by the installation's clock."""
    settings = installation.settings
    made = Gateway(
        GatewayConfig(
            database_url=installation.database_url,
            keyring_path=installation.keyring_path,
            log_name=settings.log_name,
            log_vkey=installation.log_verifier,
            reply_key_path=installation.reply_key_path,
            authorities=(AUTHORITY,),
            now=installation.clock,
        )
    )
    try:
        yield made
    finally:
        for database in (made.answering, made.loading, made.db):
            database.close()


def ask(gateway: Gateway, questions: Sequence[Question], *, now: datetime) -> list[int]:
    """Sign all questions, have them answered and return the status of each reply, place by place."""
    told = []
    for place in dict.fromkeys((each.method, each.path) for each in questions):
        received = [_received(each, now=now) for each in questions if (each.method, each.path) == place]
        told += [reply.status for reply in lists.answer(gateway, SIGNED[place], received)]
    return told


def key_of(folder: Path, system: str) -> keys.Key:
    """Return the key of a system, made where there is none yet."""
    path = folder / f"{system}.key"
    return keys.load(path) if path.exists() else keys.generate(path)


def _received(question: Question, *, now: datetime) -> Received:
    posted = question.method == "POST"
    body = json.dumps(question.said, ensure_ascii=False).encode() if posted else b""
    query = "" if posted else urlencode(question.said)
    headers = question.caller.headers()
    request = signatures.Request(question.method, AUTHORITY, question.path, query, headers, body)
    created = int(now.timestamp())
    headers |= signatures.sign_request(
        request, key=question.caller.key.private, keyid=question.caller.system, created=created,
        expires=created + LIFE_SECONDS, nonce=secrets.token_bytes(signatures.NONCE_LENGTH),
    )  # fmt: skip
    return Received(_Scope(question.method, question.path, query, _Headers(headers | {"host": AUTHORITY})), now, body)
