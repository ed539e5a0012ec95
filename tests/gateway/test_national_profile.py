"""The national gateway's profile: bound by default, bare only where it is switched on."""

import secrets
import time

import httpx
from gateway_county import CONTEXT, County, Door, claim, now

from hutong.core import canonical, national, signatures
from hutong.plane import registers

SECRET = secrets.token_bytes(32)


def switched_on(county: County, *profiles: str) -> Door:
    with county.db.transaction() as cur:
        registers.change_system(
            cur, id="sys-a", secret=SECRET, keyring=county.keyring, profiles=profiles, now=now(), by="clerk"
        )
    return county.start()


def bare() -> dict[str, str]:
    rtime = int(now().timestamp() * 1000)
    return CONTEXT | national.sign_bare(secret=SECRET, sid="sys-a", rid="r1", rtime=rtime)


def bound(door: Door, body: bytes, *, secret: bytes = SECRET) -> dict[str, str]:
    request = signatures.Request("POST", door.authority, "/v1/compare", "", CONTEXT, body)
    rtime = int(now().timestamp() * 1000)
    return CONTEXT | national.sign_bound(
        request, secret=secret, sid="sys-a", rid="r1", rtime=rtime, nonce=secrets.token_bytes(16)
    )


def code(reply: httpx.Response) -> str:
    return str(reply.json()["code"])


def profiles_in(county: County) -> list[str]:
    with county.db.transaction() as cur:
        rows = cur.execute("select record from audit.entry where class = 'usage' order by id").fetchall()
    return [canonical.loads(row[0])["profile"] for row in rows]


def test_takes_the_bound_form_and_its_entries_say_so(county: County) -> None:
    door = switched_on(county, "rfc9421", "gjgxjhpt")
    body = claim()
    headers = bound(door, body)
    assert door.post("/v1/compare", body, headers=headers).json()["verdicts"] == ["1"]
    assert code(door.post("/v1/compare", body, headers=headers)) == "REPLAYED"
    assert code(door.post("/v1/compare", claim(number=2), headers=bound(door, body))) == "DIGEST_MISMATCH"
    moved = bound(door, body) | {"hutong-matter": "m2"}
    assert code(door.post("/v1/compare", body, headers=moved)) == "SIGNATURE_INVALID"
    other = bound(door, body, secret=b"y" * 32)
    assert code(door.post("/v1/compare", body, headers=other)) == "SIGNATURE_INVALID"
    assert profiles_in(county) == ["gjgxjhpt"] * 3  # answered, replayed, another body


def test_refuses_the_bare_form_unless_it_is_switched_on(county: County) -> None:
    door = switched_on(county, "rfc9421", "gjgxjhpt")
    assert code(door.post("/v1/compare", claim(), headers=bare())) == "BARE_FORM_REFUSED"
    with county.db.transaction() as cur:
        registers.change_system(
            cur, id="sys-a", profiles=("rfc9421", "gjgxjhpt-bare"), now=now(), by="clerk", keyring=county.keyring
        )
    time.sleep(2.5)  # what is known of a system lives two seconds
    assert door.post("/v1/compare", claim(), headers=bare()).status_code == 200
    assert profiles_in(county) == ["gjgxjhpt-bare"]


def test_refuses_a_caller_whose_registration_changed_since_it_was_looked_up(county: County) -> None:
    door, told = county.start(), []
    until = time.monotonic() + 60
    # On a busy machine what is known may have been read again meanwhile: then the change is known, and it is answered.
    while 401 not in told and time.monotonic() < until:
        assert door.compare().status_code == 200
        with county.db.transaction() as cur:
            cur.execute("update plane.system set revision = revision + 1 where id = 'sys-a'")
        reply = door.compare()
        told.append(reply.status_code)
    assert (told.count(200) + 1, told[-1], code(reply)) == (len(told), 401, "SYSTEM_CHANGED")
