"""Requests signed beforehand, in parallel processes, as the bytes that go over the wire."""

import json
import os
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks import county
from hutong.core import national, signatures

LIFE_SECONDS = 300
PATH = "/v1/compare"

Claim = tuple[str, str, str]
"""Resident number, name, birth date."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs for which gateway: with a private key (RFC 9421) or a secret (the bound national form)."""

    authority: str
    grant: str
    key: bytes | None = None
    secret: bytes | None = None


def sign(claims: Sequence[Claim], *, signer: Signer) -> list[bytes]:
    """Return one request a claim, signed at this moment."""
    parts = 2 * (os.cpu_count() or 1)
    step = max(1, -(-len(claims) // parts))
    with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:
        shares = pool.map(_sign, [(claims[at : at + step], signer) for at in range(0, len(claims), step)])
        return [request for share in shares for request in share]


def _sign(share: tuple[Sequence[Claim], Signer]) -> list[bytes]:
    claims, signer = share
    key = Ed25519PrivateKey.from_private_bytes(signer.key) if signer.key else None
    return [_request(claim, signer, key) for claim in claims]


def _request(claim: Claim, signer: Signer, key: Ed25519PrivateKey | None) -> bytes:
    number, name, born = claim
    claimed = {"key": [number], "values": {"name": name, "birth_date": born}}
    body = json.dumps({"grant": signer.grant, "claims": [claimed]}, ensure_ascii=False).encode()
    request = signatures.Request("POST", signer.authority, PATH, "", county.CONTEXT, body)
    nonce, now = secrets.token_bytes(16), time.time()
    if key is not None:
        headers = signatures.sign_request(
            request,
            key=key,
            keyid=county.SYSTEM,
            created=int(now),
            expires=int(now) + LIFE_SECONDS,
            nonce=nonce,
        )
    else:
        assert signer.secret is not None
        headers = national.sign_bound(
            request, secret=signer.secret, sid=county.SYSTEM, rid="bench", rtime=int(now * 1000), nonce=nonce
        )
    lines = [f"POST {PATH} HTTP/1.1", f"host: {signer.authority}", "content-type: application/json"]
    lines += [f"{name}: {value}" for name, value in {**county.CONTEXT, **headers}.items()]
    lines += [f"content-length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body
