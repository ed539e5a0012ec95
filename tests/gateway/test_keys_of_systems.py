"""A system changes its key without a refused question; after its last day the old one is refused, with the reason."""

import secrets
import time
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from gateway_county import CONTEXT, County, Door, claim, now

from hutong.core import beijing, national, signatures
from hutong.plane import registers

DAY = timedelta(days=1)
ONE, TWO = secrets.token_bytes(32), secrets.token_bytes(32)


def renew(county: County, *, ago: timedelta = timedelta(), last: timedelta | None = 30 * DAY, **more: object) -> None:
    """Give the system new credentials as was done some time ago; the old ones are good to a last day from then."""
    at = now() - ago
    day = None if last is None else beijing.day(at + last)
    with county.db.transaction() as cur:
        registers.change_system(
            cur, id="sys-a", now=at, by="clerk", former_day=day, keyring=county.keyring, **more,  # type: ignore[arg-type]
        )  # fmt: skip


def holding(door: Door, key: Ed25519PrivateKey) -> Door:
    """Return the door as a system with another key comes to it."""
    return replace(door, county=replace(door.county, key=key))


@pytest.fixture
def new() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def code(reply: httpx.Response) -> str:
    return str(reply.json().get("code", reply.status_code))


def until(answered: object, ask) -> httpx.Response:
    """Ask until it is answered so: what is known of a system lives two seconds."""
    for _ in range(100):
        reply = ask()
        if code(reply) == str(answered):
            return reply
        time.sleep(0.1)
    raise AssertionError(reply.text)


@pytest.mark.clause("IS-4.1-b")
def test_old_and_new_key_are_answered_side_by_side_and_no_question_is_refused_on_the_way(county, new):
    door = county.start()
    assert door.compare().status_code == 200
    renew(county, public_key=new.public_key().public_bytes_raw())

    told = []

    def ask() -> httpx.Response:
        told.append(door.compare().status_code)
        return holding(door, new).compare()

    until(200, ask)
    told += [door.compare().status_code for _ in range(3)]
    assert set(told) == {200}


@pytest.mark.clause("IS-4.1-b")
def test_after_its_last_day_the_old_key_is_refused_and_the_refusal_says_so(county, new):
    renew(county, ago=3 * DAY, last=DAY, public_key=new.public_key().public_bytes_raw())
    door = county.start()

    reply = door.compare()

    assert (reply.status_code, code(reply)) == (401, "KEY_ENDED")
    assert f"{beijing.day(now() - DAY):%Y-%m-%d} 00:00" in reply.json()["detail"]
    assert holding(door, new).compare().status_code == 200


@pytest.mark.clause("IS-4.1-b")
def test_a_key_in_other_hands_is_taken_away_at_once(county, new):
    renew(county, public_key=new.public_key().public_bytes_raw())
    door = county.start()
    assert door.compare().status_code == 200
    renew(county, last=-2 * DAY)

    until("KEY_ENDED", door.compare)
    assert holding(door, new).compare().status_code == 200


def test_any_other_key_fits_as_little_as_before(county, new):
    renew(county, public_key=new.public_key().public_bytes_raw())
    door = county.start()
    reply = holding(door, Ed25519PrivateKey.generate()).compare()
    assert (reply.status_code, code(reply)) == (401, "SIGNATURE_INVALID")


@pytest.mark.clause("IS-4.1-b")
@pytest.mark.parametrize(("ago", "told"), [(timedelta(), "200"), (3 * DAY, "KEY_ENDED")])
def test_the_secret_of_the_national_profile_is_changed_likewise(county, ago, told):
    profiles = ("rfc9421", "gjgxjhpt")
    renew(county, ago=10 * DAY, last=None, secret=ONE, profiles=profiles)
    renew(county, ago=ago, last=DAY, secret=TWO)
    door = county.start()

    def ask(secret: bytes) -> str:
        body = claim()
        request = signatures.Request("POST", door.authority, "/v1/compare", "", CONTEXT, body)
        signed = national.sign_bound(
            request, secret=secret, sid="sys-a", rid="r1", rtime=int(now().timestamp() * 1000),
            nonce=secrets.token_bytes(16),
        )  # fmt: skip
        return code(door.post("/v1/compare", body, headers=CONTEXT | signed))

    assert [ask(ONE), ask(TWO), ask(secrets.token_bytes(32))] == [told, "200", "SIGNATURE_INVALID"]
