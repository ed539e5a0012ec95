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
from outcomes import DONE, came_of

from hutong.core import content_digest, signature_input, signatures
from hutong.core.content_digest import DigestMismatch
from hutong.core.errors import Malformed, Problem
from hutong.core.signature_input import SignatureMalformed
from hutong.core.signatures import (
    Request,
    SignatureExpired,
    SignatureFromFuture,
    SignatureInvalid,
    SignatureLivesTooLong,
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
    message = as_requests(with_header(BARE, "content-digest", content_digest.of(BARE.body)))
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
    with pytest.raises(SignatureMissing, match=name):
        signed(with_header(BARE, name, ""))
    with pytest.raises(SignatureMalformed, match=name):
        check(signed_as(INPUT.replace("sig1", "other"), request=with_header(BARE, name, "x" * 1025)))
    with pytest.raises(SignatureMalformed):
        check(with_header(signed(), name, 'x\n"@method": GET'))


def test_refuses_another_body_digest_key_or_parameter() -> None:
    with pytest.raises(DigestMismatch):
        check(signed()._replace(body=b"other"))
    with pytest.raises(SignatureInvalid):
        check(with_header(signed(), "content-digest", content_digest.of(b"o"))._replace(body=b"o"))
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
NONCE = '"bm5ubm5ubm5ubm5ubm5ubg=="'


@pytest.mark.clause("IS-4.2-a")
@pytest.mark.parametrize(
    ("input_", "told"),
    [
        ("", "TAG_NOT_THERE"),
        ("sig1=()", "TAG_NOT_THERE"),
        ('sig1;tag="hutong-v1"', "TAG_NOT_THERE"),
        (INPUT.replace("sig1=", "sig2="), "LABEL_NOT_THERE sig2"),
        (INPUT.replace('"@query" ', ""), "COMPONENT_NOT_COVERED @query"),
        (INPUT.replace(' "hutong-matter"', ""), "COMPONENT_NOT_COVERED hutong-matter"),
        (INPUT.replace('"@method"', '"@method";req'), 'COMPONENT_NOT_TAKEN "@method";req'),
        (INPUT.replace('"@path"', '"@path" "@scheme"'), 'COMPONENT_NOT_TAKEN "@scheme"'),
        (INPUT.replace('"@path"', '"@path" "@target-uri"'), 'COMPONENT_NOT_TAKEN "@target-uri"'),
        (INPUT.replace('"@path"', '"@path" "signature"'), 'COMPONENT_NOT_TAKEN "signature"'),
        (INPUT.replace('"@path"', '"@path" "Host"'), 'COMPONENT_NOT_TAKEN "Host"'),
        (INPUT.replace('"@path"', '"@path" host'), "COMPONENT_NOT_TAKEN host"),
        (INPUT.replace('"@path"', '"@path" "@path"'), "COMPONENT_TWICE @path"),
        (INPUT + ";x=1", "PARAMETER_NOT_TAKEN x"),
        (INPUT + ";x", "PARAMETER_NOT_TAKEN x"),
        (INPUT + ';tag="hutong-v1"', "KEY_TWICE Signature-Input tag"),
        (INPUT + f", {INPUT}", "KEY_TWICE Signature-Input sig1"),
        (INPUT + f", {INPUT.replace('sig1', 'sig2')}", "TAG_TWICE hutong-v1 sig1, sig2"),
        (INPUT + ";", f"HEADER_UNREADABLE Signature-Input {len(INPUT) + 2}"),
        (INPUT + ",", f"HEADER_UNREADABLE Signature-Input {len(INPUT) + 2}"),
        (INPUT.replace("sig1=(", "sig1(="), "HEADER_UNREADABLE Signature-Input 5"),
        (INPUT.replace('"@method" ', '"@method"'), f"HEADER_UNREADABLE Signature-Input {INPUT.index(' ') + 1}"),
        (INPUT + ";\n=1", f"HEADER_UNREADABLE Signature-Input {len(INPUT) + 2}"),
        (INPUT + ";\u0661=1", f"HEADER_UNREADABLE Signature-Input {len(INPUT) + 2}"),
        (INPUT.replace("ed25519", "hmac-sha256"), 'PARAMETER_MISREAD alg alg="ed25519"'),
        (INPUT.replace('"ed25519"', "ed25519"), 'PARAMETER_MISREAD alg alg="ed25519"'),
        (INPUT.replace("hutong-v1", "hutong-v1-reply"), "TAG_NOT_THERE hutong-v1"),
        (INPUT.replace("created=", "created=-"), "PARAMETER_MISREAD created created=1767225600"),
        (INPUT.replace("created=", "created=0"), "PARAMETER_MISREAD created created=1767225600"),
        (INPUT.replace("created=", "created=99999"), "PARAMETER_MISREAD created created=1767225600"),
        (INPUT.replace(f"created={CREATED}", "created"), "PARAMETER_MISREAD created created=1767225600"),
        (INPUT.replace(f";expires={CREATED + 60}", ""), "PARAMETER_NOT_THERE expires"),
        (INPUT.replace(';keyid="sys-1"', ""), "PARAMETER_NOT_THERE keyid"),
        (INPUT.replace('"sys-1"', "sys-1"), 'PARAMETER_MISREAD keyid keyid="sys-1"'),
        (INPUT.replace("sys-1", ""), 'PARAMETER_MISREAD keyid keyid="sys-1"'),
        (INPUT.replace("sys-1", 'a\\"b'), 'PARAMETER_MISREAD keyid keyid="sys-1"'),
        (INPUT.replace("sys-1", "x" * 129), 'PARAMETER_MISREAD keyid keyid="sys-1"'),
        (INPUT.replace(NONCE, '"short"'), f"PARAMETER_MISREAD nonce nonce={NONCE}"),
        (INPUT.replace(NONCE, f'"{"x" * 129}"'), f"PARAMETER_MISREAD nonce nonce={NONCE}"),
        (INPUT.replace(NONCE, f":{NONCE[1:-1]}:"), f"PARAMETER_MISREAD nonce nonce={NONCE}"),
        (INPUT.replace(NONCE, '"' + 'a\\"' * 8 + '"'), f"PARAMETER_MISREAD nonce nonce={NONCE}"),
        (INPUT + ", x" * 3000, "HEADER_UNREADABLE Signature-Input 8193"),
        (INPUT.replace("sig1", "s" * 65), "SIGNATURE_MALFORMED Signature-Input"),
        (INPUT.replace('"@path"', '"@path" ' + " ".join(f'"x{n}"' for n in range(60))), "COMPONENT_NOT_TAKEN"),
    ],
)
def test_names_what_in_a_signature_input_it_does_not_take(input_: str, told: str) -> None:
    with pytest.raises(Malformed) as raised:
        signatures.parse(with_header(signed(), "signature-input", input_).headers)
    said = " ".join([raised.value.code, *map(str, raised.value.facts.values())])
    assert said.startswith(told)


def signed_as(input_: str, *, request: Request = BARE, signature: str = "{label}={ours}", **extra: str) -> Request:
    """Sign `request` for another's Signature-Input, with a base made here by the letter of RFC 9421."""
    headers = {**request.headers, "content-digest": content_digest.of(request.body), **extra}
    label, _, rest = input_.partition("=")
    derived = {"@method": request.method, "@authority": request.authority.lower(), "@path": request.path,
               "@query": f"?{request.query}", "@request-target": f"{request.path}?{request.query}"}  # fmt: skip
    names = [each.strip('"') for each in rest[1 : rest.index(")")].split()]
    lines = [f'"{name}": {derived.get(name, headers.get(name))}' for name in names]
    exact = "(" + " ".join(f'"{name}"' for name in names) + ")" + rest[rest.index(")") + 1 :].replace("; ", ";")
    base = "\n".join([*lines, f'"@signature-params": {exact}']).encode()
    ours = f":{base64.b64encode(KEY.sign(base)).decode()}:"
    headers |= {"signature-input": input_, "signature": signature.format(label=label, ours=ours)}
    return request._replace(headers=headers)


TURNED = " ".join(f'"{name}"' for name in reversed(signatures.COVERED))
OTHERS = 'proxy=("@authority" "x-of-the-proxy";sf);created=1;keyid="p";alg="rsa-v1_5-sha256";x=?0;y=tok'


@pytest.mark.clause("IS-4.2-a")
@pytest.mark.parametrize(
    "request_",
    [
        signed_as(INPUT.replace("sig1", "hutong")),
        signed_as(INPUT[: INPUT.index("(") + 1] + TURNED + INPUT[INPUT.index(")") :]),
        signed_as(INPUT.replace('"@path"', '"@path" "host" "x-more" "@request-target"'), host="a", **{"x-more": ""}),
        signed_as(INPUT.replace(';alg="ed25519"', "")),
        signed_as(INPUT.replace("(", "(  ").replace(" ", "  ").replace(";", "; ")),
        signed_as(INPUT.replace(NONCE, '"0b6ad5e6-3d52-4f3e-9c6e-6f8f4c3e2a11"')),
        signed_as(INPUT.replace(NONCE, '"bm5ubm5ubm5ubm5ubm5ubh=="')),
        with_header(
            signed_as(INPUT, signature="{label}={ours} ,\tproxy=:AAAA:"), "signature-input", f"{INPUT},  {OTHERS}"
        ),
        with_header(
            signed_as(INPUT, signature="proxy=:AAAA:, {label}={ours}"), "signature-input", f"{OTHERS}, {INPUT}"
        ),
    ],
    ids=["another label", "another order", "more components", "no alg", "blanks", "a UUID as nonce",
         "another Base64 as nonce", "a proxy's after it", "a proxy's before it"],
)  # fmt: skip
def test_takes_what_is_equal_by_the_standard(request_: Request) -> None:
    assert came_of(check, request_) == DONE
    parsed = signatures.parse(request_.headers)
    assert (parsed.keyid, parsed.created, len(parsed.nonce)) == ("sys-1", CREATED, 16)
    for change in ({"method": "GET"}, {"authority": "other.example"}, {"path": "/v1/query"}, {"query": "a=2"}):
        with pytest.raises(SignatureInvalid):
            check(request_._replace(**change))  # type: ignore[arg-type]
    for name in [*signatures.CONTEXT, *({"host", "x-more"} & request_.headers.keys())]:
        with pytest.raises(SignatureInvalid):
            check(with_header(request_, name, "another"))


def test_a_component_that_did_not_come_is_named() -> None:
    request = signed_as(INPUT.replace('"@path"', '"@path" "x-more"'), **{"x-more": "1"})
    with pytest.raises(signature_input.ComponentNotThere, match="x-more"):
        check(with_header(request, "x-more", None))


def test_other_nonces_are_other_bytes_and_the_same_nonce_the_same() -> None:
    found = [signatures.parse(signed_as(INPUT.replace(NONCE, f'"{text}"')).headers).nonce
             for text in ("n" * 16, "n" * 17, "n" * 16, NONCE[1:-1])]  # fmt: skip
    assert found[0] == found[2]
    assert len(set(found)) == 3
    assert found[3] == b"n" * 16


def test_says_what_had_to_be_signed_where_the_signature_does_not_fit() -> None:
    with pytest.raises(SignatureInvalid) as told:
        check(signed()._replace(path="/v1/query"))
    base = told.value.facts["base"].splitlines()
    assert base[2] == '"@path": /v1/query'
    assert base[-1] == f'"@signature-params": {INPUT[5:]}'


@pytest.mark.parametrize("signature", ["", "sig1=", "sig1=::", "sig1=:AAAA:", "sig2=:AAAA:", "sig1=:%%%%:"])
def test_refuses_to_read_any_other_signature(signature: str) -> None:
    with pytest.raises(Malformed):
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
    with pytest.raises(Malformed):
        signatures.verify_reply(200, headers, b"other", request_signature=to, public_key=OTHER_PUBLIC)


def test_a_reply_names_the_label_of_its_request_and_may_have_a_proxys_signature_beside_it() -> None:
    made = {"request_signature": b"s" * 64, "label": "mine"}
    headers = signatures.sign_reply(200, b"answer", **made, key=OTHER, keyid="platform", created=CREATED)
    assert '"signature";req;key="mine"' in headers["signature-input"]
    beside = {"signature-input": f'{OTHERS}, {headers["signature-input"]}',
              "signature": f'proxy=:AAAA:, {headers["signature"]}'}  # fmt: skip
    for each in (headers, headers | beside):
        assert signatures.verify_reply(200, each, b"answer", **made, public_key=OTHER_PUBLIC) == NOW
    with pytest.raises(SignatureMalformed, match="sig1"):
        signatures.verify_reply(200, headers, b"answer", request_signature=b"s" * 64, public_key=OTHER_PUBLIC)


def test_a_request_is_not_taken_for_a_reply() -> None:
    with pytest.raises(SignatureMalformed):
        signatures.verify_reply(200, signed().headers, BARE.body, request_signature=b"", public_key=PUBLIC)
