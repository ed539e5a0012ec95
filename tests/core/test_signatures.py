"""The profile hutong-v1: our own round trip, another implementation's, and what hostile callers try."""

import base64
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import http_message_signatures as peer
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import signatures
from hutong.core.errors import Problem
from hutong.core.signatures import (
    DigestMismatch,
    Request,
    SignatureExpired,
    SignatureFromFuture,
    SignatureInvalid,
    SignatureLivesTooLong,
    SignatureMalformed,
    SignatureMissing,
)

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(seed * 32) for seed in (b"a", b"b"))
PUBLIC, OTHER_PUBLIC = (key.public_key().public_bytes_raw() for key in (KEY, OTHER))
NOW = datetime.now(UTC).replace(microsecond=0)  # the other implementation reads the clock itself
CREATED = int(NOW.timestamp())
CONTEXT = {
    "hutong-user": "u-01",
    "hutong-device": "d-01",
    "hutong-purpose": "P03",
    "hutong-matter": "M-2026/7",
}
BARE = Request("POST", "Share.example:8443", "/v1/compare", "a=1&b=%20", CONTEXT, b'{"x":1}')


def signed(request: Request = BARE, **changes: Any) -> Request:
    given_ = {"created": CREATED, "expires": CREATED + 60, "nonce": b"n" * 16, "keyid": "sys-1", **changes}
    added = signatures.sign_request(request, key=KEY, **given_)
    return request._replace(headers={**request.headers, **added})


def check(request: Request, public_key: bytes = PUBLIC) -> None:
    signatures.verify_request(request, signatures.parse(request.headers), public_key=public_key)


def with_header(request: Request, name: str, value: str | None) -> Request:
    headers = {**request.headers, name: value or ""}
    if value is None:
        del headers[name]
    return request._replace(headers=headers)


def as_requests(request: Request) -> requests.PreparedRequest:
    url = f"https://{request.authority}{request.path}?{request.query}"
    return requests.Request(request.method, url, headers=dict(request.headers), data=request.body).prepare()


def peer_class(cls: Any) -> Any:
    keys = peer.MappingKeyResolver(public_keys={"sys-1": KEY.public_key()}, private_keys={"sys-1": KEY})
    return cls(signature_algorithm=peer.algorithms.ED25519, key_resolver=keys)


@pytest.mark.parametrize("body", [b'{"x":1}', b""])
@pytest.mark.parametrize("query", ["", "a=1&b=%20"])
def test_verifies_what_it_signed_and_says_what_it_read(body: bytes, query: str) -> None:
    request = signed(BARE._replace(body=body, query=query))
    parsed = signatures.parse(request.headers)
    check(request)
    assert (parsed.keyid, parsed.created, parsed.expires) == ("sys-1", CREATED, CREATED + 60)
    assert parsed.nonce == b"n" * 16


def test_another_implementation_verifies_ours() -> None:
    now = int(time.time())  # its clock runs on while other tests take their turn
    request = as_requests(signed(created=now, expires=now + 300))
    results = peer_class(peer.HTTPMessageVerifier).verify(request, expect_tag="hutong-v1", body=BARE.body)
    assert [r.parameters["keyid"] for r in results] == ["sys-1"]


def test_verifies_what_another_implementation_signed() -> None:
    message = as_requests(with_header(BARE, "content-digest", signatures.content_digest(BARE.body)))
    peer_class(peer.HTTPMessageSigner).sign(
        message,
        key_id="sys-1",
        created=NOW,
        expires=NOW + timedelta(seconds=60),
        nonce=base64.b64encode(b"n" * 16).decode(),
        label="sig1",
        tag="hutong-v1",
        covered_component_ids=signatures.COVERED,
        use_existing_digest=True,
    )
    check(BARE._replace(headers={name.lower(): value for name, value in message.headers.items()}))


@pytest.mark.parametrize(
    "change",
    [
        {"method": "GET"},
        {"authority": "other.example"},
        {"path": "/v1/query"},
        {"query": "a=2"},
        {"query": ""},
    ],
)
def test_refuses_a_request_that_was_changed(change: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid, match="sys-1"):
        check(signed()._replace(**change))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", signatures.CONTEXT)
def test_refuses_a_context_that_was_changed_or_is_missing(name: str) -> None:
    with pytest.raises(SignatureInvalid):
        check(with_header(signed(), name, "other"))
    with pytest.raises(SignatureMissing, match=name):
        check(with_header(signed(), name, None))
    with pytest.raises(SignatureMalformed):
        check(with_header(signed(), name, 'x\n"@method": GET'))


def test_refuses_another_body_digest_key_or_parameter() -> None:
    with pytest.raises(DigestMismatch):
        check(signed()._replace(body=b"other"))
    with pytest.raises(SignatureInvalid):
        check(with_header(signed(), "content-digest", signatures.content_digest(b"o"))._replace(body=b"o"))
    with pytest.raises(SignatureInvalid):
        check(signed(), OTHER_PUBLIC)
    for old, new in ((f"expires={CREATED + 60}", f"expires={CREATED + 61}"), ('"sys-1"', '"sys-2"')):
        input_ = signed().headers["signature-input"].replace(old, new)
        with pytest.raises(SignatureInvalid):
            check(with_header(signed(), "signature-input", input_))


@pytest.mark.parametrize("name", ["signature", "signature-input", "content-digest"])
def test_refuses_a_request_without_signature_or_digest(name: str) -> None:
    with pytest.raises(SignatureMissing, match=name):
        check(with_header(signed(), name, None))


INPUT = signed().headers["signature-input"]


@pytest.mark.parametrize(
    "input_",
    [
        "",
        "sig1=()",
        INPUT.replace("sig1=", "sig2="),
        INPUT.replace('"@query" ', ""),
        INPUT.replace('"@method" "@authority"', '"@authority" "@method"'),
        INPUT.replace('"@method"', '"@method";req'),
        INPUT + ";x=1",
        INPUT + ';tag="hutong-v1"',
        INPUT + ", sig2=()",
        INPUT + ";",
        INPUT.replace(";created", "; created"),
        INPUT.replace(';alg="ed25519"', ""),
        INPUT.replace("ed25519", "hmac-sha256"),
        INPUT.replace("hutong-v1", "hutong-v1-reply"),
        INPUT.replace("created=", "created=-"),
        INPUT.replace("created=", "created=0"),
        INPUT.replace("created=", "created=99999"),
        INPUT.replace(f"created={CREATED}", "created="),
        INPUT.replace(f"created={CREATED}", "created=\u0661"),
        INPUT.replace('"sys-1"', "sys-1"),
        INPUT.replace("sys-1", ""),
        INPUT.replace("sys-1", 'a\\"b'),
        INPUT.replace("sys-1", "x" * 129),
        INPUT.replace("bm5u", "bm5"),
        INPUT.replace("bg==", "bh=="),  # the same bytes in another spelling
        INPUT.replace("bg==", ""),
        INPUT + "x" * 5000,
    ],
)
def test_refuses_to_read_any_other_signature_input(input_: str) -> None:
    with pytest.raises(SignatureMalformed):
        signatures.parse(with_header(signed(), "signature-input", input_).headers)


@pytest.mark.parametrize(
    ("input_", "reason"),
    [
        (INPUT.replace('"@query" ', ""), "the covered components"),
        (INPUT + ";x=1", "parameter x"),
        (INPUT.replace(';alg="ed25519"', ""), "parameter alg is missing"),
        (INPUT + ';tag="hutong-v1"', "a parameter comes twice"),
        (INPUT + ";\n=1", "signature-input"),
        (INPUT + ";\u0661=1", "signature-input"),
    ],
)
def test_says_what_in_a_signature_input_it_does_not_read(input_: str, reason: str) -> None:
    with pytest.raises(SignatureMalformed) as told:
        signatures.parse(with_header(signed(), "signature-input", input_).headers)
    assert told.value.facts == {"reason": reason}


@pytest.mark.parametrize("signature", ["", "sig1=", "sig1=::", "sig1=:AAAA:", "sig2=:AAAA:", "sig1=:%%%%:"])
def test_refuses_to_read_any_other_signature(signature: str) -> None:
    with pytest.raises(SignatureMalformed):
        signatures.parse(with_header(signed(), "signature", signature).headers)


@given(st.text(max_size=60), st.text(max_size=60), st.integers(0, len(INPUT)))
def test_whatever_comes_is_answered_with_a_problem(text: str, signature: str, at: int) -> None:
    for headers in (
        {"signature-input": text, "signature": signature},
        {**signed().headers, "signature-input": INPUT[:at] + text + INPUT[at + len(text) :]},
    ):
        try:
            check(BARE._replace(headers=headers))
        except Problem:
            continue
        assert headers["signature-input"] == INPUT


def test_signs_nothing_it_would_not_read() -> None:
    for change in ({"nonce": b"short"}, {"keyid": 'a"b'}, {"keyid": ""}):
        with pytest.raises(SignatureMalformed):
            signed(**change)


def test_accepts_a_signature_of_its_time_and_sixty_seconds_of_skew() -> None:
    parsed = signatures.parse(signed(expires=CREATED + 300).headers)
    for seconds in (-60, 0, 300, 360):
        signatures.check_window(parsed, now=NOW + timedelta(seconds=seconds))
    with pytest.raises(SignatureFromFuture):
        signatures.check_window(parsed, now=NOW - timedelta(seconds=61))
    with pytest.raises(SignatureExpired):
        signatures.check_window(parsed, now=NOW + timedelta(seconds=361))
    assert parsed.nonce_until == NOW + timedelta(seconds=361)


@pytest.mark.parametrize("life", [301, 0, -1])
def test_refuses_a_life_of_more_than_three_hundred_seconds_or_none(life: int) -> None:
    with pytest.raises(SignatureLivesTooLong):
        signatures.check_window(signatures.parse(signed(expires=CREATED + life).headers), now=NOW)


def reply(body: bytes = b"answer", status: int = 200) -> tuple[dict[str, str], bytes]:
    to = signatures.parse(signed().headers).signature
    return signatures.sign_reply(
        status, body, request_signature=to, key=OTHER, keyid="platform", created=CREATED
    ), to


def test_a_reply_is_verified_against_its_request() -> None:
    headers, to = reply()
    assert (
        signatures.verify_reply(200, headers, b"answer", request_signature=to, public_key=OTHER_PUBLIC) == NOW
    )


def test_another_implementation_verifies_our_reply() -> None:
    headers, _ = reply()
    response = requests.Response()
    response.status_code, response.request = 200, as_requests(signed())
    response.headers.update(headers)
    keys = peer.MappingKeyResolver(public_keys={"platform": OTHER.public_key()}, private_keys={})
    verifier = peer.HTTPMessageVerifier(signature_algorithm=peer.algorithms.ED25519, key_resolver=keys)
    results = verifier.verify(response, expect_tag="hutong-v1-reply", body=b"answer")
    assert [r.parameters["keyid"] for r in results] == ["platform"]


def test_refuses_a_reply_that_was_changed_or_is_of_another_request() -> None:
    headers, to = reply()
    for status, body, request, key, problem in (
        (201, b"answer", to, OTHER_PUBLIC, SignatureInvalid),
        (200, b"other", to, OTHER_PUBLIC, DigestMismatch),
        (200, b"answer", b"x" * 64, OTHER_PUBLIC, SignatureInvalid),
        (200, b"answer", to, PUBLIC, SignatureInvalid),
    ):
        with pytest.raises(problem):
            signatures.verify_reply(status, headers, body, request_signature=request, public_key=key)
    for name in headers:
        rest = {other: value for other, value in headers.items() if other != name}
        with pytest.raises(SignatureMissing):
            signatures.verify_reply(200, rest, b"answer", request_signature=to, public_key=OTHER_PUBLIC)


@pytest.mark.parametrize("keyid", ["\ud800", "é", "a b", ""])
def test_refuses_a_reply_whose_parameters_cannot_be_read(keyid: str) -> None:
    headers, to = reply()
    headers["signature-input"] = headers["signature-input"].replace("platform", keyid)
    with pytest.raises(SignatureMalformed):
        signatures.verify_reply(200, headers, b"other", request_signature=to, public_key=OTHER_PUBLIC)


def test_a_request_is_not_taken_for_a_reply() -> None:
    with pytest.raises(SignatureMalformed):
        signatures.verify_reply(200, signed().headers, BARE.body, request_signature=b"", public_key=PUBLIC)
