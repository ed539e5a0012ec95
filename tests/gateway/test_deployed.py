"""Signed requests in a network, and who asked: by the gateway's own HTTPS, and behind nginx and Caddy."""

import json
import os
import time

import httpx
import pytest
from deployed import Site
from gateway_county import County, claim, now

from hutong.client.wire import Context, Refusal
from hutong.core import signatures
from proxies import GATEWAY

STRANGER = "127.0.0.9"
"""From where somebody asks who is no proxy of ours."""
CONTEXT = Context("wang", "pc1", "aid", "m1")


def test_our_client_asks_and_verifies_under_the_public_name(site: Site) -> None:
    for at in (site.at, f"HTTPS://{GATEWAY.upper()}:{site.port}", f"{site.at}/"):  # signed as it is sent
        client = site.client(at)
        body = json.loads(claim())
        assert client.post("/v1/compare", body, context=CONTEXT)["verdicts"] == ["1"]
        assert len(client.get("/v1/changes", {"grant": "g3", "after": 0, "limit": 5}, context=CONTEXT)["changes"]) == 5
        with pytest.raises(Refusal, match="g9") as refused:
            client.post("/v1/compare", {**body, "grant": "g9"}, context=CONTEXT)
        assert (refused.value.verified, refused.value.facts["code"]) == (True, "GRANT_UNKNOWN")
        client.close()


def asked(site: Site, authority: str, *, source: str = "127.0.0.1", **headers: str) -> httpx.Response:
    """Ask one comparison, signed for an authority and sent to it."""
    body, context = claim(), CONTEXT.headers()
    request = signatures.Request("POST", authority, "/v1/compare", "", context, body)
    created = int(now().timestamp())
    signed = signatures.sign_request(
        request, key=site.county.key, keyid="sys-a", created=created, expires=created + 60, nonce=os.urandom(16)
    )
    with httpx.Client(transport=site.transport(source=source), headers={"accept-language": "en", **headers}) as client:
        told = {**context, **signed, "host": authority}
        return client.post(f"{site.at}/v1/compare", content=body, headers=told)


def test_signed_for_another_name_it_is_refused_and_the_advice_names_the_setting(site: Site) -> None:
    assert asked(site, f"{GATEWAY}:{site.port}").status_code == 200
    for wrong in (GATEWAY, f"{GATEWAY}:1"):
        reply = asked(site, wrong)
        assert (reply.status_code, reply.json()["code"]) == (401, "AUTHORITY_NOT_OURS"), wrong
        assert wrong in reply.json()["detail"]
        assert "HUTONG_GATEWAY_NAMES" in reply.json()["advice"]


def test_the_log_names_who_asked_whatever_they_say_of_themselves(site: Site) -> None:
    told = {"X-Forwarded-For": "192.0.2.66", "Forwarded": "for=192.0.2.66"}
    assert asked(site, f"{GATEWAY}:1", source=STRANGER, **told).status_code == 401
    assert sources(site.county) == [STRANGER]


def sources(county: County) -> list[str]:
    """Return from where strangers were refused, once that is entered."""
    for _ in range(300):
        with county.db.transaction() as cur:
            found = cur.execute(
                "select record::json ->> 'source' from audit.entry where event = 'plane.unknown_refused'"
            ).fetchall()
        if found:
            return [source for (source,) in found]
        time.sleep(0.1)
    raise AssertionError("no refusal of a stranger was entered")
