"""A front-end server signs as a system of its unit and tells that it runs, what it declares, and an outage."""

import json

import pytest
from gateway_county import Door, now

from hutong.plane import front_ends

DIGEST = "a7" * 32


def test_what_a_server_tells_is_kept_under_the_system_that_signed_it(door: Door) -> None:
    outage = {"from_at": "2026-03-01T08:00:00+08:00", "until_at": "2026-03-01T09:00:00+08:00", "words": "断电"}
    for told in ({}, {"digest": DIGEST}, {"outage": outage}):
        reply = door.post("/v1/server-facts", json.dumps(told).encode())
        assert reply.status_code == 200, reply.text
    with door.county.db.transaction() as cur:
        heard = front_ends.heard(cur, systems=["sys-a"])["sys-a"]
        (kept,) = front_ends.outages(cur, system="sys-a", limit=5)
    assert heard.digest == DIGEST and abs((now() - heard.heard_at).total_seconds()) < 60
    assert kept.words == "断电"


@pytest.mark.parametrize(
    "told",
    [
        {"digest": "a7"}, {"outage": {"from_at": "2026-03-01T08:00:00", "words": "x"}}, {"password": "x"},
        {"outage": {"from_at": "2026-03-01T08:00:00+08:00", "words": ""}},
        {"outage": {"from_at": "2026-03-01T08:00:00+08:00", "until_at": "2026-03-01T07:00:00+08:00", "words": "x"}},
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_and_the_refusal_entered(door: Door, told: dict[str, object]) -> None:
    reply = door.post("/v1/server-facts", json.dumps(told).encode())
    assert reply.status_code in (400, 422), reply.text
    assert reply.json()["entry"]


def test_nobody_tells_anything_without_a_signature(door: Door) -> None:
    sent = door.signed("POST", "/v1/server-facts", b"{}")
    reply = door.post("/v1/server-facts", b'{"digest": null}', headers=sent)
    assert reply.status_code in (400, 401), reply.text
