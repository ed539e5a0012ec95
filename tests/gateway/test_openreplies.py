"""Open places before browsers and caches: any origin, validators, compression, and nothing of it where it is signed."""

import gzip
import socket
from itertools import product

import http_sf
import httpx
import pytest
from gateway_county import County, Door, claim, now

from hutong.audit import tree
from hutong.core import signatures, tiles
from hutong.gateway import openreplies

OPEN = ("/openapi.json", "/health", "/metrics", "/log/checkpoint", "/log/tile/0/000", "/v1/proof?leaf=x", "/nothing")


def raw(door: Door, *lines: str) -> bytes:
    """Send these lines as a request of their own and return the reply."""
    with socket.create_connection(("127.0.0.1", int(door.url.rpartition(":")[2])), timeout=20) as caller:
        caller.sendall("\r\n".join([*lines, "connection: close", "", ""]).encode())
        return b"".join(iter(lambda: caller.recv(65536), b""))


def test_any_origin_may_read_what_is_open_and_its_refusals(door: Door) -> None:
    for path in OPEN:
        reply = httpx.get(f"{door.url}{path}")
        assert reply.headers["access-control-allow-origin"] == "*"
        assert reply.headers["x-content-type-options"] == "nosniff"
    asked = httpx.options(f"{door.url}/log/checkpoint", headers={"access-control-request-method": "GET"})
    assert (asked.status_code, asked.headers["access-control-allow-methods"], asked.content) == (204, "GET, HEAD", b"")
    for path in ("/v1/compare", "/v1/deliveries/d1", "/v1/changes"):
        refused = httpx.options(f"{door.url}{path}")
        assert refused.status_code == 405
    for reply in (door.compare(), httpx.post(f"{door.url}/v1/compare")):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in reply.headers


def test_what_is_held_is_not_sent_again(county: County, door: Door) -> None:
    door.compare()
    tree.integrate(county.db, now=now(), signer=county.log)
    for path in ("/openapi.json", "/log/checkpoint", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1"):
        url = f"{door.url}{path}"
        first = httpx.get(url)
        tag = first.headers["etag"]
        for given in (tag, f'"x", W/{tag}', "*"):
            held = httpx.get(url, headers={"if-none-match": given})
            assert (held.status_code, held.content, held.headers["etag"]) == (304, b"", tag)
            assert held.headers["cache-control"] == first.headers["cache-control"]
        assert httpx.get(url, headers={"if-none-match": '"x"'}).content == first.content
        assert httpx.head(url).headers["etag"] == tag
    before = httpx.get(f"{door.url}/log/checkpoint").headers["etag"]
    door.compare()
    tree.integrate(county.db, now=now(), signer=county.log)
    assert httpx.get(f"{door.url}/log/checkpoint", headers={"if-none-match": before}).status_code == 200
    assert "etag" not in httpx.get(f"{door.url}/metrics").headers  # nobody may keep it


def test_sends_large_text_compressed_to_who_takes_it(county: County, door: Door) -> None:
    for _ in range(12):
        door.compare()
    tree.integrate(county.db, now=now(), signer=county.log)
    size = int(httpx.get(f"{door.url}/log/checkpoint").text.splitlines()[1])
    for path in ("/openapi.json", f"/log/tile/entries/000.p/{size}"):
        plain = httpx.get(f"{door.url}{path}", headers={"accept-encoding": "identity"})
        small = httpx.get(f"{door.url}{path}", headers={"accept-encoding": "br, gzip;q=0.5"})
        assert (small.headers["content-encoding"], small.content) == ("gzip", plain.content)
        assert int(small.headers["content-length"]) < 0.5 * int(plain.headers["content-length"])
        assert small.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
        assert small.headers["etag"] != plain.headers["etag"]
        assert "content-encoding" not in plain.headers
    assert len(tiles.decode_bundle(plain.content, width=size)) == size
    hashes = httpx.get(f"{door.url}/log/tile/0/000.p/{size}")
    assert "content-encoding" not in hashes.headers


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [("gzip", True), ("", False), ("identity", False), ("*", True), ("gzip;q=0", False), ("gzip; q=0.000, *", False),
     ("br;q=1, x-gzip ; q=0.1", True), ("*;q=0", False), ("GZIP", True), ("gzipped", False)],
)  # fmt: skip
def test_takes_gzip_by_its_name_or_any(accepted: str, taken: bool) -> None:
    assert openreplies.takes_gzip(accepted) is taken


def test_squeezes_to_what_opens_again() -> None:
    assert gzip.decompress(openreplies._squeezed(b"x" * 5000)) == b"x" * 5000


def test_a_refusal_says_its_language_and_varies_by_it(door: Door) -> None:
    chinese = httpx.post(f"{door.url}/v1/compare", content=b"{}")
    english = httpx.post(f"{door.url}/v1/compare", content=b"{}", headers={"accept-language": "en"})
    assert (chinese.headers["content-language"], chinese.headers["vary"]) == ("zh-CN", "Accept-Language")
    assert (english.headers["content-language"], english.headers["vary"]) == ("en", "Accept-Language")
    assert (chinese.json()["title"], english.json()["title"]) == ("请求未签名", "The request is not signed")


def test_a_refusal_of_who_is_not_known_says_how_to_sign(door: Door) -> None:
    stranger = door.signed("POST", "/v1/compare", claim()) | {"hutong-user": "li"}
    for reply in (httpx.post(f"{door.url}/v1/compare"), door.post("/v1/compare", claim(), headers=stranger)):
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"].startswith("Signature ")
        ((covered, wanted),) = http_sf.parse(reply.headers["accept-signature"].encode(), tltype="dictionary").values()
        assert [name for name, _ in covered] == [*signatures.COVERED]
        assert wanted == {"created": True, "expires": True, "alg": "ed25519", "tag": "hutong-v1"}
    base = reply.json()["base"]
    assert '\n"hutong-user": li\n' in base


def test_refuses_a_request_without_host_or_with_two(door: Door) -> None:
    ours = f"host: {door.authority}"
    wrong = ((), (ours, "host: other.example"), (ours, ours), ("host: a b",), ("host: u@a/b",), ("host: ",))
    for path, lines in product(("/health", "/log/checkpoint", "/v1/compare", "/nothing"), wrong):
        reply = raw(door, f"GET {path} HTTP/1.1", *lines)
        assert reply.startswith(b"HTTP/1.1 400"), (lines, reply)
        if b"\r\n\r\n{" in reply:
            assert b"HOST_UNCLEAR" in reply


def test_a_signed_request_names_the_host_of_its_target(door: Door) -> None:
    headers = door.signed("GET", "/v1/grants")
    lines = [f"{name}: {value}" for name, value in headers.items() if name != "host"]
    for target, host, status in (
        ("http://other.example/v1/grants", door.authority, 400),
        (f"http://{door.authority}/v1/grants", door.authority, 200),
    ):
        reply = raw(door, f"GET {target} HTTP/1.1", f"host: {host}", *lines)
        assert reply.startswith(f"HTTP/1.1 {status}".encode()), reply
    assert raw(door, "GET /health HTTP/1.0").startswith(b"HTTP/1.0 200")
