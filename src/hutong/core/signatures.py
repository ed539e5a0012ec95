"""Signed requests and replies: the profile `hutong-v1` of HTTP Message Signatures (RFC 9421), Ed25519.

A request covers, in this order, `COVERED`; its parameters, in any order, are created, expires, nonce, keyid,
alg and tag. A reply covers its status, its digest and the request's signature, so that it is a receipt for
that very request. Nothing else is accepted: there is no general structured-field reader here to be confused.

Headers are given with lower-case names, one value each: a door refuses a name that comes twice.
"""

import binascii
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from dryoc.hash import sha256

from hutong.core import ed25519
from hutong.core.errors import Malformed, Unidentified

TAG = "hutong-v1"
REPLY_TAG = "hutong-v1-reply"
LONGEST_LIFE = 300
SKEW = 60
NONCE_LENGTH = 16
CONTEXT = ("hutong-user", "hutong-device", "hutong-purpose", "hutong-matter")
COVERED = ("@method", "@authority", "@path", "@query", "content-digest", *CONTEXT)

_LIST = "(" + " ".join(f'"{name}"' for name in COVERED) + ")"
_INPUT = f"sig1={_LIST};"
_REPLY_LIST = '("@status" "content-digest" "signature";req;key="sig1")'
_REPLY_INPUT = f"sig1={_REPLY_LIST};"
_PARAMETERS = {"created", "expires", "nonce", "keyid", "alg", "tag"}
_REPLY_PARAMETERS = {"created", "keyid", "alg", "tag"}
_LINES = ("@method", "@authority", "@path", "@query", *CONTEXT)
_LONGEST_HEADER = 1024
_LONGEST = dict.fromkeys(("@path", "@query", "path", "query"), 8192)
"""Characters of lines that may be longer than a header."""
_KEYID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:/@")


class SignatureMissing(Unidentified):
    """The message is not signed: the header {header} is missing."""


class SignatureMalformed(Malformed):
    """The signature cannot be read: {reason}."""


class SignatureInvalid(Unidentified):
    """The signature made with key {keyid} does not fit the message: it was changed, or the key is another."""


class SignatureExpired(Unidentified):
    """The signature expired at {expires}; the clock here says {now}."""


class SignatureFromFuture(Unidentified):
    """The signature says it was created at {created}; the clock here says {now}."""


class SignatureLivesTooLong(Malformed):
    """The signature is meant to live {seconds} seconds; between 1 and 300 are accepted."""


class DigestMismatch(Unidentified):
    """The body is not the one that Content-Digest names."""


class Request(NamedTuple):
    """A request as it goes over the wire: path and query percent-encoded, the query without its mark."""

    method: str
    authority: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""


class SignatureInput(NamedTuple):
    """What a request says of its signature; nothing of it is believed before `verify_request`."""

    keyid: str
    created: int
    expires: int
    nonce: bytes
    signature: bytes
    parameters: str
    """The signature parameters as they came: they are the last line of what is signed."""

    @property
    def nonce_until(self) -> datetime:
        """The moment from which the request would be refused as expired, and its nonce may be forgotten."""
        return datetime.fromtimestamp(self.expires + SKEW + 1, UTC)


def content_digest(body: bytes) -> str:
    """Return the Content-Digest of `body`, also of an empty one (RFC 9530)."""
    return digest_header(sha256(body))


def digest_header(digest: bytes) -> str:
    """Return the Content-Digest of a body by its SHA-256, for a reader that hashed it piece by piece."""
    return f"sha-256=:{_encode(digest)}:"


def sign_request(
    request: Request, *, key: Ed25519PrivateKey, keyid: str, created: int, expires: int, nonce: bytes
) -> dict[str, str]:
    """Return the headers to add to `request`: content-digest, signature-input and signature.

    The context headers must be in the request. Raises SignatureMissing, SignatureMalformed.
    """
    if len(nonce) != NONCE_LENGTH or not _is_keyid(keyid):
        raise SignatureMalformed(reason="nonce or keyid")
    parameters = (
        f'{_LIST};created={created};expires={expires};nonce="{_encode(nonce)}";keyid="{keyid}"'
        f';alg="ed25519";tag="{TAG}"'
    )
    digest = content_digest(request.body)
    signature = ed25519.sign(key, _base(request, digest, parameters, context=_context(request.headers)))
    return _headers(digest, parameters, signature)


def parse(headers: Mapping[str, str]) -> SignatureInput:
    """Return what the headers say of the signature; raises SignatureMissing, SignatureMalformed."""
    given, signature = _parameters(headers, prefix=_INPUT, names=_PARAMETERS, tag=TAG)
    nonce = _decode(_quoted(given["nonce"]), NONCE_LENGTH)
    return SignatureInput(
        keyid=_keyid(given["keyid"]),
        created=_seconds(given["created"]),
        expires=_seconds(given["expires"]),
        nonce=nonce,
        signature=signature,
        parameters=headers["signature-input"][5:],
    )


def check_window(parsed: SignatureInput, *, now: datetime) -> None:
    """Return if the signature is of its time, give or take 60 seconds of skew.

    Raises SignatureLivesTooLong, SignatureFromFuture, SignatureExpired.
    """
    seconds = parsed.expires - parsed.created
    if not 0 < seconds <= LONGEST_LIFE:
        raise SignatureLivesTooLong(seconds=seconds)
    moment = now.timestamp()
    if parsed.created > moment + SKEW:
        raise SignatureFromFuture(created=_shown(parsed.created), now=_shown(moment))
    if parsed.expires < moment - SKEW:
        raise SignatureExpired(expires=_shown(parsed.expires), now=_shown(moment))


def check_digest(request: Request) -> str:
    """Return the request's Content-Digest, which fits its body; raises SignatureMissing, DigestMismatch."""
    digest = request.headers.get("content-digest")
    if digest is None:
        raise SignatureMissing(header="content-digest")
    if digest != content_digest(request.body):
        raise DigestMismatch
    return digest


def verify_request(request: Request, parsed: SignatureInput, *, public_key: bytes) -> tuple[str, str, str, str]:
    """Return the context if body and signature fit the request; time is for `check_window`, the nonce for the plane.

    Raises SignatureMissing, SignatureMalformed, DigestMismatch, SignatureInvalid.
    """
    check_digest(request)
    return verify_headers(request, parsed, public_key=public_key)


def verify_headers(request: Request, parsed: SignatureInput, *, public_key: bytes) -> tuple[str, str, str, str]:
    """Return the context if the signature fits the headers: all that can be known before the body has come.

    The reader of the body compares it with the signed Content-Digest. Raises as `verify_request`.
    """
    digest = request.headers.get("content-digest")
    if digest is None:
        raise SignatureMissing(header="content-digest")
    signed_for = _context(request.headers)
    base = _base(request, digest, parsed.parameters, context=signed_for)
    _verify(base, parsed.signature, public_key=public_key, keyid=parsed.keyid)
    return signed_for


def sign_reply(
    status: int, body: bytes, *, request_signature: bytes, key: Ed25519PrivateKey, keyid: str, created: int
) -> dict[str, str]:
    """Return the headers to add to the reply to the request that carried `request_signature`."""
    digest = content_digest(body)
    parameters = f'{_REPLY_LIST};created={created};keyid="{keyid}";alg="ed25519";tag="{REPLY_TAG}"'
    signature = ed25519.sign(key, _reply_base(status, digest, request_signature, parameters))
    return _headers(digest, parameters, signature)


def verify_reply(
    status: int, headers: Mapping[str, str], body: bytes, *, request_signature: bytes, public_key: bytes
) -> datetime:
    """Return when the reply to that very request was signed, by its own word.

    Raises SignatureMissing, SignatureMalformed, DigestMismatch, SignatureInvalid.
    """
    given, signature = _parameters(headers, prefix=_REPLY_INPUT, names=_REPLY_PARAMETERS, tag=REPLY_TAG)
    keyid, created = _keyid(given["keyid"]), _seconds(given["created"])
    digest = content_digest(body)
    if "content-digest" not in headers:
        raise SignatureMissing(header="content-digest")
    if headers["content-digest"] != digest:
        raise DigestMismatch
    base = _reply_base(status, digest, request_signature, headers["signature-input"][5:])
    _verify(base, signature, public_key=public_key, keyid=keyid)
    return datetime.fromtimestamp(created, UTC)


def context(headers: Mapping[str, str]) -> tuple[str, str, str, str]:
    """Return user, device, purpose and matter as the headers give them; raises SignatureMissing, SignatureMalformed."""
    found = _context(headers)
    check_lines(found, CONTEXT)
    return found


def check_lines(values: Sequence[str], names: Sequence[str], *, longest: int = _LONGEST_HEADER) -> None:
    """Return if `check_line` takes each of these values; raises what it raises of the first it does not take.

    To check all of them at once costs no more than to check two of them singly.
    """
    whole = "\n".join(values)
    if (
        max(map(len, values)) <= longest
        and whole.isascii()
        and whole.count("\n") == len(values) - 1
        and whole.replace("\n", "").isprintable()
        and " \n" not in whole
        and "\n " not in whole
        and whole[:1] != " "
        and whole[-1:] != " "
    ):
        return
    for value, name in zip(values, names, strict=True):
        check_line(value, name=name, longest=_LONGEST.get(name, longest))


def check_line(value: str, *, name: str, longest: int = _LONGEST_HEADER) -> str:
    """Return `value` if it is printable ASCII without outer blanks: it is a line of what is signed."""
    if len(value) > longest or not (value.isascii() and value.isprintable()) or value != value.strip():
        raise SignatureMalformed(reason=name)
    return value


def _context(headers: Mapping[str, str]) -> tuple[str, str, str, str]:
    try:
        return headers[CONTEXT[0]], headers[CONTEXT[1]], headers[CONTEXT[2]], headers[CONTEXT[3]]
    except KeyError as missing:
        raise SignatureMissing(header=missing.args[0]) from None


def _field(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if value is None:
        raise SignatureMissing(header=name)
    return value


def _base(request: Request, digest: str, parameters: str, *, context: tuple[str, str, str, str]) -> bytes:
    user, device, purpose, matter = context
    method, authority, path, query = request.method, request.authority.lower(), request.path, request.query
    check_lines((method, authority, path, query, *context), _LINES)
    return (
        f'"@method": {method}\n"@authority": {authority}\n"@path": {path or "/"}\n"@query": ?{query}\n'
        f'"content-digest": {digest}\n"hutong-user": {user}\n"hutong-device": {device}\n'
        f'"hutong-purpose": {purpose}\n"hutong-matter": {matter}\n"@signature-params": {parameters}'
    ).encode()


def _reply_base(status: int, digest: str, request_signature: bytes, parameters: str) -> bytes:
    return (
        f'"@status": {status}\n"content-digest": {digest}\n'
        f'"signature";req;key="sig1": :{_encode(request_signature)}:\n"@signature-params": {parameters}'
    ).encode()


def _headers(digest: str, parameters: str, signature: bytes) -> dict[str, str]:
    return {
        "content-digest": digest,
        "signature-input": f"sig1={parameters}",
        "signature": f"sig1=:{_encode(signature)}:",
    }


def _parameters(
    headers: Mapping[str, str], *, prefix: str, names: Set[str], tag: str
) -> tuple[dict[str, str], bytes]:
    """Return parameters and signature; `_seconds` and the functions beside it check the others."""
    input_, signature = _field(headers, "signature-input"), _field(headers, "signature")
    parts = input_[len(prefix) : _LONGEST_HEADER].split(";")
    given = dict([part.partition("=")[::2] for part in parts])
    if (
        not input_.startswith(prefix)
        or len(parts) != len(names)
        or given.keys() != names
        or len(input_) > _LONGEST_HEADER
    ):
        raise SignatureMalformed(reason=_misread(input_, given, prefix=prefix, names=names))
    if given["alg"] != '"ed25519"' or given["tag"] != f'"{tag}"':
        raise SignatureMalformed(reason="alg or tag")
    if not signature.startswith("sig1=:") or not signature.endswith(":"):
        raise SignatureMalformed(reason="signature")
    return given, _decode(signature[6:-1], 64)


def _misread(input_: str, given: Mapping[str, str], *, prefix: str, names: Set[str]) -> str:
    """Return what in a signature-input is not as it should be."""
    if len(input_) > _LONGEST_HEADER or not (input_.isascii() and input_.isprintable()):
        return "signature-input"
    if not input_.startswith(prefix):
        return "the covered components"
    if other := given.keys() - names:
        return f"parameter {min(other)[:20]}"
    if missing := names - given.keys():
        return f"parameter {min(missing)} is missing"
    return "a parameter comes twice"


def _quoted(value: str) -> str:
    if len(value) < 3 or value[0] != '"' or value[-1] != '"':
        raise SignatureMalformed(reason="a text without quotes")
    return value[1:-1]


def _keyid(value: str) -> str:
    keyid = _quoted(value)
    if not _is_keyid(keyid):
        raise SignatureMalformed(reason="keyid")
    return keyid


def _is_keyid(keyid: str) -> bool:
    return 0 < len(keyid) <= 128 and _KEYID.issuperset(keyid)


def _seconds(value: str) -> int:
    if len(value) > 11 or not (value.isascii() and value.isdigit()) or value[0] == "0":
        raise SignatureMalformed(reason="created or expires")
    return int(value)


def _shown(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _encode(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def _decode(text: str, length: int) -> bytes:
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise SignatureMalformed(reason="base64") from None
    if len(data) != length or _encode(data) != text:
        raise SignatureMalformed(reason="base64")
    return data


def _verify(base: bytes, signature: bytes, *, public_key: bytes, keyid: str) -> None:
    if not ed25519.verifies(public_key, signature, base):
        raise SignatureInvalid(keyid=keyid)
