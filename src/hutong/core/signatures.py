"""Signed requests and replies: the profile `hutong-v1` of HTTP Message Signatures (RFC 9421), Ed25519.

A request covers `COVERED` and may cover more; its parameters are created, expires, nonce, keyid, tag, and alg, which
may be left out. A reply covers its status, its digest and the request's signature, so that it is a receipt for that
very request. docs/profile.md says all of it to who writes a client.

What is written as we write it is read at once; all else that is equal by the standard goes the longer way of
`signature_input`. Headers are given with lower-case names, one value each.
"""

import binascii
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from dryoc.hash import sha256

from hutong.core import content_digest, ed25519, signature_input
from hutong.core.errors import Malformed, Unidentified
from hutong.core.signature_input import ComponentNotThere, SignatureMalformed, SignatureNotBytes

TAG = "hutong-v1"
REPLY_TAG = "hutong-v1-reply"
LONGEST_LIFE = 300
SKEW = 60
NONCE_LENGTH = signature_input.NONCE_LENGTH
CONTEXT = ("hutong-user", "hutong-device", "hutong-purpose", "hutong-matter")
COVERED = ("@method", "@authority", "@path", "@query", "content-digest", *CONTEXT)

_LIST = "(" + " ".join(f'"{name}"' for name in COVERED) + ")"
_INPUT = f"sig1={_LIST};"
ACCEPTED = f'sig1={_LIST};created;expires;alg="ed25519";tag="{TAG}"'
"""What a refusal asks for, as Accept-Signature says it."""
_REPLY_LIST = '("@status" "content-digest" "signature";req;key="sig1")'
_REPLY_ITEMS = ('"@status"', '"content-digest"', '"signature";req;key="{label}"')
_PARAMETERS = ("created", "expires", "nonce", "keyid", "tag")
_REPLY_PARAMETERS = ("created", "keyid", "tag")
_AS_WRITTEN = {"created", "expires", "nonce", "keyid", "alg", "tag"}
_TAG = f'"{TAG}"'
_LINES = ("@method", "@authority", "@path", "@query", *CONTEXT)
_LONGEST_HEADER = 1024
_LONGEST = dict.fromkeys(("@path", "@query", "path", "query"), 8192)
"""Characters of lines that may be longer than a header."""
_KEYID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:/@")


class SignatureMissing(Unidentified):
    """The message is not signed: the header {header} is missing."""


class SignatureInvalid(Unidentified):
    """The signature made with key {keyid} does not fit the message: it was changed, or the key is another."""


class SignatureExpired(Unidentified):
    """The signature expired at {expires}; the clock here says {now}."""


class SignatureFromFuture(Unidentified):
    """The signature says it was created at {created}; the clock here says {now}."""


class SignatureLivesTooLong(Malformed):
    """The signature is meant to live {seconds} seconds; between 1 and 300 are accepted."""


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
    """Components and parameters as they came: they are the last line of what is signed."""
    label: str = "sig1"
    components: tuple[str, ...] | None = None
    """What is covered; None is `COVERED` in its order."""

    @property
    def nonce_until(self) -> datetime:
        """The moment from which the request would be refused as expired, and its nonce may be forgotten."""
        return datetime.fromtimestamp(self.expires + SKEW + 1, UTC)


def sign_request(
    request: Request, *, key: Ed25519PrivateKey, keyid: str, created: int, expires: int, nonce: bytes
) -> dict[str, str]:
    """Return the headers to add to `request`: content-digest, signature-input and signature.

    The context headers must be in the request. Raises SignatureMissing, SignatureMalformed.
    """
    if len(nonce) != NONCE_LENGTH or not _is_keyid(keyid):
        raise SignatureMalformed(header="nonce or keyid")
    parameters = (
        f'{_LIST};created={created};expires={expires};nonce="{_base64(nonce)}";keyid="{keyid}"'
        f';alg="ed25519";tag="{TAG}"'
    )
    digest = content_digest.of(request.body)
    signature = ed25519.sign(key, _base(request, digest, parameters, context=_context(request.headers)))
    return _headers(digest, parameters, signature)


def parse(headers: Mapping[str, str]) -> SignatureInput:
    """Return what the headers say of the signature; raises SignatureMissing, and SignatureMalformed naming what."""
    input_, signature = _field(headers, "signature-input"), _field(headers, "signature")
    parts = input_[len(_INPUT) : _LONGEST_HEADER].split(";")
    given = dict([part.partition("=")[::2] for part in parts])
    if (
        input_.startswith(_INPUT)
        and given.keys() == _AS_WRITTEN
        and len(parts) == len(_AS_WRITTEN)
        and len(input_) <= _LONGEST_HEADER
        and given["alg"] == '"ed25519"'
        and given["tag"] == _TAG
        and signature.startswith("sig1=:")
    ):
        text, label, components, found = input_[5:], "sig1", None, signature[5:]
    else:
        read = signature_input.read(input_, signature, tag=TAG)
        components = signature_input.components(read.items, needed=COVERED)
        signature_input.check_parameters(read.given, needed=_PARAMETERS, free=("alg",))
        given, text, label, found = read.given, read.text, read.label, read.signature
        if given.get("alg", '"ed25519"') != '"ed25519"':
            raise signature_input.misread("alg")
    return SignatureInput(
        keyid=_keyid(given["keyid"]),
        created=signature_input.seconds(given["created"], "created"),
        expires=signature_input.seconds(given["expires"], "expires"),
        nonce=signature_input.nonce(given["nonce"]),
        signature=_decode(found, label=label),
        parameters=text,
        label=label,
        components=components,
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
    """Return the request's Content-Digest, which fits its body.

    Raises SignatureMissing, HeaderUnreadable, KeyTwice, DigestNotThere, DigestMismatch.
    """
    given = _field(request.headers, "content-digest")
    content_digest.check(given, digest=sha256(request.body))
    return given


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
    if parsed.components is None:
        base = _base(request, digest, parsed.parameters, context=signed_for)
    else:
        base = _base_of(request, parsed.components, parsed.parameters)
    _verify(base, parsed.signature, public_key=public_key, keyid=parsed.keyid)
    return signed_for


def sign_reply(
    status: int,
    body: bytes,
    *,
    request_signature: bytes,
    key: Ed25519PrivateKey,
    keyid: str,
    created: int,
    label: str = "sig1",
) -> dict[str, str]:
    """Return the headers to add to the reply to the request that carried `request_signature` under `label`."""
    digest = content_digest.of(body)
    covered = _REPLY_LIST if label == "sig1" else _REPLY_LIST.replace("sig1", label)
    parameters = f'{covered};created={created};keyid="{keyid}";alg="ed25519";tag="{REPLY_TAG}"'
    signature = ed25519.sign(key, _reply_base(status, digest, request_signature, parameters, label=label))
    return _headers(digest, parameters, signature)


def verify_reply(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    request_signature: bytes,
    public_key: bytes,
    label: str = "sig1",
) -> datetime:
    """Return when the reply to that very request was signed, by its own word; others may have signed it beside us.

    Raises SignatureMissing, SignatureMalformed, DigestMismatch, SignatureInvalid.
    """
    input_, signature = _field(headers, "signature-input"), _field(headers, "signature")
    read = signature_input.read(input_, signature, tag=REPLY_TAG)
    signature_input.check_parameters(read.given, needed=_REPLY_PARAMETERS, free=("alg",))
    signature_input.check_items(read.items, wanted=[each.format(label=label) for each in _REPLY_ITEMS])
    if read.given.get("alg", '"ed25519"') != '"ed25519"':
        raise signature_input.misread("alg")
    keyid, created = _keyid(read.given["keyid"]), signature_input.seconds(read.given["created"], "created")
    digest = _field(headers, "content-digest")
    content_digest.check(digest, digest=sha256(body))
    base = _reply_base(status, digest, request_signature, read.text, label=label)
    _verify(base, _decode(read.signature, label=read.label), public_key=public_key, keyid=keyid)
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
        raise SignatureMalformed(header=name)
    return value


def _context(headers: Mapping[str, str]) -> tuple[str, str, str, str]:
    try:
        found = headers[CONTEXT[0]], headers[CONTEXT[1]], headers[CONTEXT[2]], headers[CONTEXT[3]]
    except KeyError as missing:
        raise SignatureMissing(header=missing.args[0]) from None
    if "" in found:
        raise SignatureMissing(header=CONTEXT[found.index("")])
    return found


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


def _base_of(request: Request, components: Sequence[str], parameters: str) -> bytes:
    """Return what is signed where other components are covered, or in another order."""
    target = request.path or "/"
    derived = {
        "@method": request.method,
        "@authority": request.authority.lower(),
        "@path": target,
        "@query": f"?{request.query}",
        "@request-target": f"{target}?{request.query}" if request.query else target,
    }
    lines = []
    for name in components:
        value = derived[name] if name in derived else request.headers.get(name)
        if value is None:
            raise ComponentNotThere(component=name[:100])
        longest = _LONGEST_HEADER if name in CONTEXT else _LONGEST["@path"]
        lines.append(f'"{name}": {check_line(value, name=name, longest=longest)}')
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def _reply_base(status: int, digest: str, request_signature: bytes, parameters: str, *, label: str) -> bytes:
    return (
        f'"@status": {status}\n"content-digest": {digest}\n'
        f'"signature";req;key="{label}": :{_base64(request_signature)}:\n"@signature-params": {parameters}'
    ).encode()


def _headers(digest: str, parameters: str, signature: bytes) -> dict[str, str]:
    return {
        "content-digest": digest,
        "signature-input": f"sig1={parameters}",
        "signature": f"sig1=:{_base64(signature)}:",
    }


def _keyid(value: str) -> str:
    keyid = value[1:-1]
    if value[:1] != '"' or value[-1:] != '"' or not _is_keyid(keyid):
        raise signature_input.misread("keyid")
    return keyid


def _is_keyid(keyid: str) -> bool:
    return 0 < len(keyid) <= 128 and _KEYID.issuperset(keyid)


def _shown(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def _decode(value: str, *, label: str) -> bytes:
    """Return the bytes of a signature, which stand between colons."""
    try:
        data = binascii.a2b_base64(value[1:-1], strict_mode=True)
    except ValueError:
        raise SignatureNotBytes(label=label) from None
    if len(data) != 64 or f":{_base64(data)}:" != value:
        raise SignatureNotBytes(label=label)
    return data


def _verify(base: bytes, signature: bytes, *, public_key: bytes, keyid: str) -> None:
    if not ed25519.verifies(public_key, signature, base):
        raise SignatureInvalid(keyid=keyid, base=base.decode())
