"""The national headers: the bare form only where allowed, the bound form for everything."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from hutong.core import content_digest, national
from hutong.core.content_digest import DigestMismatch
from hutong.core.national import BareFormRefused
from hutong.core.signatures import (
    Request,
    SignatureExpired,
    SignatureFromFuture,
    SignatureInvalid,
    SignatureMalformed,
    SignatureMissing,
)

SECRET = b"secret of the system"
RTIME = 1_790_000_000_123
NOW = datetime.fromtimestamp(1_790_000_000, UTC)
CONTEXT = {"hutong-user": "u", "hutong-device": "d", "hutong-purpose": "P03", "hutong-matter": "m"}
PLAIN = Request("POST", "share.example", "/v1/compare", "a=1", CONTEXT, b"{}")


def bare() -> Request:
    added = national.sign_bare(secret=SECRET, sid="S1", rid="R1", rtime=RTIME)
    return PLAIN._replace(headers={**CONTEXT, **added})


def bound(request: Request = PLAIN) -> Request:
    added = national.sign_bound(request, secret=SECRET, sid="S1", rid="R1", rtime=RTIME, nonce=b"n" * 16)
    return request._replace(headers={**request.headers, **added})


def check(request: Request, *, bare_allowed: bool = False, secret: bytes = SECRET) -> None:
    parsed = national.parse(request.headers)
    national.verify(request, parsed, secret=secret, bare_allowed=bare_allowed)


def with_header(request: Request, name: str, value: str) -> Request:
    return request._replace(headers={**request.headers, name: value})


def without(request: Request, name: str) -> Request:
    return request._replace(headers={n: v for n, v in request.headers.items() if n != name})


def test_the_bare_signature_is_the_one_of_the_national_platform() -> None:
    mac = hmac.new(SECRET, b"S1R11790000000123", hashlib.sha256).digest()
    assert bare().headers[national.SIGN] == base64.b64encode(mac).decode()
    check(bare(), bare_allowed=True)
    parsed = national.parse(bare().headers)
    assert (parsed.sid, parsed.rid, parsed.rtime, parsed.bound) == ("S1", "R1", RTIME, False)
    assert parsed.nonce == mac[:16]


def test_the_bare_form_is_refused_unless_it_was_allowed() -> None:
    with pytest.raises(BareFormRefused, match="S1"):
        check(bare())


def test_the_bare_form_checks_secret_moment_and_a_digest_that_is_there() -> None:
    with pytest.raises(SignatureInvalid):
        check(bare(), bare_allowed=True, secret=b"other")
    with pytest.raises(SignatureInvalid):
        check(with_header(bare(), national.RTIME, str(RTIME + 1)), bare_allowed=True)
    with pytest.raises(DigestMismatch):
        check(with_header(bare(), "content-digest", content_digest.of(b"o")), bare_allowed=True)


def test_the_bound_form_is_verified_and_carries_no_bare_signature() -> None:
    check(bound())
    assert national.SIGN not in bound().headers
    parsed = national.parse(bound().headers)
    assert (parsed.nonce, parsed.bound) == (b"n" * 16, True)


def test_the_bound_form_binds_everything() -> None:
    changed = [
        bound()._replace(method="GET"),
        bound()._replace(path="/v1/query"),
        bound()._replace(query="a=2"),
        with_header(bound(), "content-digest", content_digest.of(b"o"))._replace(body=b"o"),
        with_header(bound(), national.SID, "S2"),
        with_header(bound(), national.RID, "R2"),
        with_header(bound(), national.RTIME, str(RTIME + 1)),
        with_header(bound(), national.NONCE, base64.b64encode(b"m" * 16).decode()),
        *(with_header(bound(), name, "other") for name in CONTEXT),
    ]
    for request in changed:
        with pytest.raises(SignatureInvalid):
            check(request, bare_allowed=True)
    with pytest.raises(DigestMismatch):
        check(bound()._replace(body=b"other"), bare_allowed=True)


def test_values_cannot_move_from_one_line_to_the_next() -> None:
    request = bound(with_header(PLAIN, "hutong-user", "uu"))
    moved = with_header(with_header(request, "hutong-user", "u"), "hutong-device", "ud")
    with pytest.raises(SignatureInvalid):
        check(moved)
    with pytest.raises(SignatureMissing):
        check(with_header(request, "hutong-user", ""))
    with pytest.raises(SignatureMalformed):
        check(with_header(bound(), "hutong-user", "u\n1:d"))


def test_a_bad_bound_signature_never_falls_back_to_the_bare_one() -> None:
    both = bound()._replace(headers={**bare().headers, **bound().headers})
    check(both)
    wrong = base64.b64encode(b"x" * 32).decode()
    with pytest.raises(SignatureInvalid):
        check(with_header(both, national.SIGN2, wrong), bare_allowed=True)
    with pytest.raises(SignatureMissing):
        check(without(both, national.SIGN2), bare_allowed=True)


@pytest.mark.parametrize(
    "name",
    [national.SID, national.RID, national.RTIME, national.NONCE, national.SIGN2, "content-digest", *CONTEXT],
)
def test_refuses_a_bound_request_that_lacks_a_header(name: str) -> None:
    with pytest.raises(SignatureMissing):
        check(without(bound(), name))


@pytest.mark.parametrize(
    "rtime", ["1", "01790000000123", "0790000000123", "17900000001234", "-790000000123", "x" * 13]
)
def test_refuses_a_moment_that_is_not_thirteen_digits(rtime: str) -> None:
    with pytest.raises(SignatureMalformed):
        national.parse(with_header(bare(), national.RTIME, rtime).headers)


@pytest.mark.parametrize("mac", ["AAAA", "%%%%", "\u4e2d", "A" * 43 + "B", "A" * 500])
def test_refuses_a_mac_that_is_none(mac: str) -> None:
    with pytest.raises(SignatureMalformed):
        national.parse(with_header(bare(), national.SIGN, mac).headers)


def test_accepts_a_request_of_its_time_and_sixty_seconds_of_skew() -> None:
    parsed = national.parse(bound().headers)
    for seconds in (-59, 0, 360):
        national.check_window(parsed, now=NOW + timedelta(seconds=seconds))
    with pytest.raises(SignatureFromFuture):
        national.check_window(parsed, now=NOW - timedelta(seconds=60))
    with pytest.raises(SignatureExpired):
        national.check_window(parsed, now=NOW + timedelta(seconds=361))
    assert parsed.nonce_until > NOW + timedelta(seconds=361)
