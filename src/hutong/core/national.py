"""The national exchange platform's request headers `gjgxjhpt_*`, bare and bound.

The bare form is the platform's own: Base64(HMAC-SHA256(secret, sid + rid + rtime)). It says who and when, but
neither what nor with which body, so it is refused unless it was switched on for the system. The bound form
adds `gjgxjhpt_nonce` and `gjgxjhpt_sign2`, a MAC over method, path, query, digest and context as well.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hutong.core import content_digest, signatures
from hutong.core.errors import Unidentified
from hutong.core.signature_input import SignatureMalformed
from hutong.core.signatures import (
    LONGEST_LIFE,
    NONCE_LENGTH,
    SKEW,
    Request,
    SignatureExpired,
    SignatureFromFuture,
    SignatureInvalid,
    SignatureMissing,
)

SID, RID, RTIME, SIGN = "gjgxjhpt_sid", "gjgxjhpt_rid", "gjgxjhpt_rtime", "gjgxjhpt_sign"
NONCE, SIGN2 = "gjgxjhpt_nonce", "gjgxjhpt_sign2"
_LONGEST_NAME = 128
_BARE = (SIGN, RTIME, SID, RID)
_BOUND = (SIGN2, RTIME, SID, RID, NONCE)


class BareFormRefused(Unidentified):
    """System {sid} may not use the bare national signature, which binds neither path nor body."""


class NationalHeaders(NamedTuple):
    """What a request says of itself in the national headers. `rtime` is milliseconds since 1970."""

    sid: str
    rid: str
    rtime: int
    mac: bytes
    nonce: bytes
    """Of the bare form the first bytes of its MAC: sent twice within a millisecond, it counts as replayed."""
    bound: bool

    @property
    def nonce_until(self) -> datetime:
        """The moment from which the request would be refused as expired, and its nonce may be forgotten."""
        return _moment(self.rtime) + timedelta(seconds=LONGEST_LIFE + SKEW + 1)


def sign_bare(*, secret: bytes, sid: str, rid: str, rtime: int) -> dict[str, str]:
    """Return the four headers the national platform defines."""
    mac = hmac.digest(secret, f"{sid}{rid}{rtime}".encode(), "sha256")
    return {SID: sid, RID: rid, RTIME: str(rtime), SIGN: base64.b64encode(mac).decode()}


def sign_bound(
    request: Request, *, secret: bytes, sid: str, rid: str, rtime: int, nonce: bytes
) -> dict[str, str]:
    """Return content-digest and the national headers with nonce and bound MAC, to add to `request`.

    The context headers must be in the request. The bare signature is not among them: it would let whoever
    reads the request send another one.
    """
    headers = {
        "content-digest": content_digest.of(request.body),
        SID: sid,
        RID: rid,
        RTIME: str(rtime),
        NONCE: base64.b64encode(nonce).decode(),
    }
    mac = _bound(request, headers, context=signatures.context(request.headers), secret=secret)
    parsed = {**headers, SIGN2: base64.b64encode(mac).decode()}
    parse(parsed)
    return parsed


def parse(headers: Mapping[str, str]) -> NationalHeaders:
    """Return what the headers say; the bound form wherever any header of it is there.

    Raises SignatureMissing, SignatureMalformed.
    """
    bound = SIGN2 in headers or NONCE in headers
    names = _BOUND if bound else _BARE
    encoded, rtime, sid, rid, *nonces = _lines(headers, names)
    mac = _decoded(encoded, name=names[0], length=32)
    # Always thirteen digits (from 2001 to 2286), so that none can move between rid and rtime.
    if len(rtime) != 13 or not rtime.isdigit() or rtime[0] == "0":
        raise SignatureMalformed(header=RTIME)
    return NationalHeaders(
        sid=sid,
        rid=rid,
        rtime=int(rtime),
        mac=mac,
        nonce=_decoded(nonces[0], name=NONCE, length=NONCE_LENGTH) if bound else mac[:NONCE_LENGTH],
        bound=bound,
    )


def check_window(parsed: NationalHeaders, *, now: datetime) -> None:
    """Return if the request is at most 300 seconds old, give or take 60 seconds of skew.

    Raises SignatureFromFuture, SignatureExpired.
    """
    present = now.timestamp() * 1000
    if parsed.rtime > present + SKEW * 1000:
        raise SignatureFromFuture(created=_shown(_moment(parsed.rtime)), now=_shown(now))
    expires = parsed.rtime + LONGEST_LIFE * 1000
    if expires < present - SKEW * 1000:
        raise SignatureExpired(expires=_shown(_moment(expires)), now=_shown(now))


def verify(
    request: Request, parsed: NationalHeaders, *, secret: bytes, bare_allowed: bool = False
) -> tuple[str, str, str, str]:
    """Return the context if the MAC fits headers and body; `parsed` must be of this request's headers.

    A bare request's body is compared with its Content-Digest where it has one. Raises BareFormRefused,
    SignatureMissing, SignatureMalformed, DigestMismatch, SignatureInvalid.
    """
    if parsed.bound or "content-digest" in request.headers:
        signatures.check_digest(request)
    return verify_headers(request, parsed, secret=secret, bare_allowed=bare_allowed)


def verify_headers(
    request: Request, parsed: NationalHeaders, *, secret: bytes, bare_allowed: bool = False
) -> tuple[str, str, str, str]:
    """Return the context if the MAC fits the headers: all that can be known before the body has come.

    The bare form does not cover the context. Raises as `verify`.
    """
    if parsed.bound and "content-digest" not in request.headers:
        raise SignatureMissing(header="content-digest")
    context = signatures.context(request.headers)
    if parsed.bound:
        mac = _bound(request, request.headers, context=context, secret=secret)
    elif bare_allowed:
        mac = hmac.digest(secret, f"{parsed.sid}{parsed.rid}{parsed.rtime}".encode(), "sha256")
    else:
        raise BareFormRefused(sid=parsed.sid)
    if not hmac.compare_digest(mac, parsed.mac):
        raise SignatureInvalid(keyid=parsed.sid)
    return context


def _bound(request: Request, headers: Mapping[str, str], *, context: Sequence[str], secret: bytes) -> bytes:
    """Return the MAC over thirteen lines, each `length:value`; the first names form and version.

    What `parse` has checked is not checked again.
    """
    names = [headers[name] for name in (SID, RID, RTIME, NONCE)]
    place = (request.method, request.path, request.query)
    signatures.check_lines(place, ("method", "path", "query"))
    method, path, query = place
    lines = ("gjgxjhpt-hutong-v1", *names, method, path or "/", query, headers["content-digest"], *context)
    return hmac.digest(secret, "\n".join([f"{len(line)}:{line}" for line in lines]).encode(), "sha256")


def _lines(headers: Mapping[str, str], names: Sequence[str]) -> list[str]:
    """Return what these headers say; raises SignatureMissing, SignatureMalformed."""
    found = [headers.get(name, "") for name in names]
    if not all(found):
        raise SignatureMissing(header=names[found.index("")])
    signatures.check_lines(found, names, longest=_LONGEST_NAME)
    return found


def _decoded(text: str, *, name: str, length: int) -> bytes:
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise SignatureMalformed(header=name) from None
    if len(data) != length or binascii.b2a_base64(data, newline=False).decode() != text:
        raise SignatureMalformed(header=name)
    return data


def _moment(rtime: int) -> datetime:
    return datetime.fromtimestamp(rtime / 1000, UTC)


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
