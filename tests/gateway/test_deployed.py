"""Signed requests in a network, and who asked: by the gateway's own HTTPS, and behind nginx and Caddy."""

import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from deployed import Site, kept, named_here, open_gateway
from gateway_county import County, claim, now
from standing import children

import proxies
from certifying import Authority, read, shown, shown_soon
from hutong.client.wire import Context, Refusal
from hutong.core import signatures
from ports import free_port
from proxies import GATEWAY, NAME

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
        assert "HUTONG_GATEWAY_NAMES" in asked(site, wrong, **{"accept-language": "zh"}).json()["advice"]


RULES = {
    "nginx": ("location / {\n        proxy_pass http://127.0.0.1:8001",
              "location /v1/compare { return 403; }\n    location / {\n        proxy_pass http://127.0.0.1:8001"),
    "caddy": ("reverse_proxy 127.0.0.1:8001", "respond /v1/compare* 403\n    reverse_proxy 127.0.0.1:8001"),
}  # fmt: skip
"""Proxy → how the page's configuration is changed so that nobody comes to a place."""


@pytest.mark.parametrize("proxy", RULES)
def test_a_proxys_rule_by_path_holds_however_the_path_is_written(
    proxy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxies.here(proxy)
    before, after = RULES[proxy]
    assert before in proxies.PAGE
    monkeypatch.setattr(proxies, "PAGE", proxies.PAGE.replace(before, after))
    named_here(monkeypatch)
    authority, port = Authority.made(tmp_path), free_port()
    pem, key = authority.certify(GATEWAY, NAME)
    with (
        proxies.PROXIES[proxy](tmp_path, proxies.Behind(pem, key), port=port),
        httpx.Client(verify=authority.context(), base_url=f"https://{GATEWAY}:{port}") as stranger,
    ):
        for written in ("/v1/compare", "/v1/%63ompare", "/%76%31/compare", "/v1//compare", "/v1/x/..%2fcompare"):
            target = httpx.URL(scheme="https", host=GATEWAY, port=port, raw_path=written.encode())
            assert stranger.request("POST", target).status_code in (403, 400), written
        assert stranger.get("/v1/grants").status_code == 502  # what is not forbidden goes on to the gateway


@pytest.mark.full
def test_the_log_names_who_asked_whatever_they_say_of_themselves(site: Site) -> None:
    told = {"X-Forwarded-For": "192.0.2.66", "Forwarded": "for=192.0.2.66"}
    assert asked(site, f"{GATEWAY}:1", source=STRANGER, **told).status_code == 401
    assert sources(site.county) == [STRANGER]


@pytest.mark.full
def test_a_certificate_renewed_behind_its_name_is_read_when_the_door_is_told(
    county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named_here(monkeypatch)
    authority = Authority.made(tmp_path)
    now, later = authority.certify(NAME), authority.certify(GATEWAY, NAME)
    given = tmp_path / "county.pem", tmp_path / "county.key"
    point(given, at=now)
    data, port = tmp_path / "data", free_port()
    kept(county, data, HUTONG_TLS_CERTIFICATE=str(given[0]), HUTONG_TLS_KEY=str(given[1]))
    with open_gateway(county, data, port=port) as process:
        assert shown(port) == read(now[0])
        site = Site(f"https://{NAME}:{port}", port, authority, county)
        renamed = Site(f"https://{GATEWAY}:{port}", port, authority, county)
        assert asked(site, f"{GATEWAY}:{port}").json()["code"] == "AUTHORITY_NOT_OURS"
        point(given, at=later)
        before = {*children(process.pid)}
        process.send_signal(signal.SIGHUP)
        while before & {*children(process.pid)}:
            assert shown_soon(port) in (read(now[0]), read(later[0]))  # the door never closes
        assert shown(port) == read(later[0])
        assert asked(renamed, f"{GATEWAY}:{port}").status_code == 200  # its names are those of the certificate


def point(links: Sequence[Path], *, at: Sequence[Path]) -> None:
    """Let links be those of other files, as programs that renew certificates do."""
    for link, file in zip(links, at, strict=True):
        beside = link.with_suffix(".new")
        beside.symlink_to(file)
        beside.rename(link)


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
