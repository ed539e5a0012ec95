"""What the gateway refuses, and what it leaves behind when it does."""

import json
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPResponse

import httpx
import pytest
from gateway_county import CONTEXT, County, Door, claim, now

from hutong.core import beijing, signatures
from hutong.gateway.tick import Bounds


def code(reply: httpx.Response) -> str:
    assert reply.headers["content-type"] == "application/problem+json"
    return str(reply.json()["code"])


def test_refuses_a_replay_across_two_processes(county: County, door: Door) -> None:
    other = county.start(authorities=(door.authority,))
    body = claim()
    headers = door.signed("POST", "/v1/compare", body) | {"host": door.authority}
    assert door.post("/v1/compare", body, headers=headers).status_code == 200
    again = other.post("/v1/compare", body, headers=headers)
    assert (again.status_code, code(again)) == (409, "REPLAYED")
    assert county.entries() == 2  # the refusal of a known caller is remembered too


@pytest.mark.clause("IS-4.2-a")
def test_refuses_a_tampered_body_and_a_tampered_context(door: Door) -> None:
    body = claim()
    headers = door.signed("POST", "/v1/compare", body)
    tampered = door.post("/v1/compare", claim(number=2), headers=headers)
    assert (tampered.status_code, code(tampered)) == (401, "DIGEST_MISMATCH")
    moved = door.post("/v1/compare", body, headers={**headers, "hutong-user": "li"})
    assert (moved.status_code, code(moved)) == (401, "SIGNATURE_INVALID")
    elsewhere = door.post("/v1/query", body, headers=headers)
    assert (elsewhere.status_code, code(elsewhere)) == (401, "SIGNATURE_INVALID")
    assert tampered.json()["entry"]  # the headers were this caller's own: it is told, remembered, and spent
    assert door.county.entries() == 1
    assert code(door.post("/v1/compare", body, headers=headers)) == "REPLAYED"


def test_reads_nobodys_body_but_a_known_callers_and_that_not_for_ever(county: County) -> None:
    door = county.start(body_seconds=0.5)
    body = claim()
    for headers, status, said in (
        ({}, 401, "NOT_SIGNED"),
        (door.signed("POST", "/v1/compare", body), 408, "BODY_TOO_SLOW"),
    ):
        with begun(door, headers, length=len(body), body=body[:5]) as caller:
            reply = HTTPResponse(caller)
            reply.begin()
            assert (reply.status, json.loads(reply.read())["code"]) == (status, said)


@pytest.mark.parametrize("name", ["\x00", "a\x00b"])
def test_refuses_a_nul_where_it_stands(door: Door, name: str) -> None:
    for grant in ("g1", "g" + name):
        body = json.dumps({"grant": grant, "claims": [{"key": ["1"], "values": {"name": name}}]}).encode()
        reply = door.post("/v1/compare", body)
        assert (reply.status_code, code(reply)) == (400, "BODY_UNREADABLE")
    assert code(door.get("/v1/snapshot", "grant=%00")) == "PARAMETER_UNREADABLE"
    assert code(door.get("/v1/snapshot", "&".join(f"a{n}=1" for n in range(30)))) == "PARAMETER_UNREADABLE"
    assert door.county.entries() == 4


@pytest.mark.clause("IS-4.2-a")
def test_refuses_what_is_not_of_its_time(door: Door) -> None:
    assert door.compare(age=50, life=1).status_code == 200  # within the skew
    late = door.compare(age=200, life=60)
    assert (late.status_code, code(late)) == (401, "SIGNATURE_EXPIRED")
    early = door.compare(age=-120)
    assert (early.status_code, code(early)) == (401, "SIGNATURE_FROM_FUTURE")
    long = door.compare(life=301)
    assert (long.status_code, code(long)) == (400, "SIGNATURE_LIVES_TOO_LONG")


@pytest.mark.clause("IS-4.2-a")
def test_refuses_a_request_signed_for_another_platform(door: Door) -> None:
    body = claim()
    headers = door.signed("POST", "/v1/compare", body, authority="other.example")
    reply = door.post("/v1/compare", body, headers={**headers, "host": "other.example"})
    assert (reply.status_code, code(reply)) == (401, "AUTHORITY_NOT_OURS")


@pytest.mark.clause("IS-4.2-a")
def test_refuses_a_signed_header_that_comes_twice(door: Door) -> None:
    body = claim()
    headers = [*door.signed("POST", "/v1/compare", body).items(), ("Hutong-User", "li")]
    reply = httpx.post(f"{door.url}/v1/compare", content=body, headers=headers)
    assert (reply.status_code, code(reply)) == (401, "HEADER_TWICE")


@pytest.mark.clause("SX-10-d")
def test_refuses_whom_the_grant_does_not_name_and_remembers_it(door: Door) -> None:
    wrong = {
        "DEVICE_NOT_REGISTERED": {"device": "pc2"},
        "USER_NOT_REGISTERED": {"user": "xu"},
        "PURPOSE_NOT_GRANTED": {"purpose": "gossip"},
        "MATTER_NOT_GRANTED": {"matter": "m9"},
    }
    for entries, (expected, context) in enumerate(wrong.items(), 1):
        reply = door.compare(**context)
        assert (reply.status_code, code(reply)) == (403, expected)
        assert reply.json()["entry"]
        assert len(reply.json()["leaf"]) == 64
        assert door.county.entries() == entries


NONE_OF_OURS = [
    b"",
    b"{",
    b"[]",
    b'"text"',
    b"\xff\xfe",
    b'{"grant":"g1"}',
    b'{"grant":"g1","claims":[]}',
    b'{"grant":"g1","claims":[{"key":["1"],"values":{"name":1}}]}',
    b'{"grant":"g1","claims":[{"key":["1"],"values":{"name":"x"}}],"more":1}',
    b'{"grant":"g1","claims":[{"key":["1"],"values":{"name\\n":"x"}}]}',
    b"[" * 100_000,
]


def test_refuses_json_that_is_none_of_ours_and_remembers_it(door: Door) -> None:
    for entries, body in enumerate(NONE_OF_OURS, 1):
        reply = door.post("/v1/compare", body)
        assert (reply.status_code, code(reply)) == (400, "BODY_UNREADABLE"), body[:100]
        assert reply.json()["entry"]
        assert "signature" in reply.headers
        assert door.county.entries() == entries


def test_takes_a_request_that_a_proxy_signed_too_and_tells_the_label_in_its_reply(door: Door) -> None:
    body = claim()
    sent = door.signed("POST", "/v1/compare", body)
    others = 'proxy=("@authority" "x-forwarded-for");created=1;keyid="p"'
    lines = [("signature-input", others), ("signature", "proxy=:AA==:")]
    for before, after in ((lines, []), ([], lines)):
        sent = door.signed("POST", "/v1/compare", body)
        headers = [*before, *sent.items(), *after, ("x-forwarded-for", "10.0.0.1"), ("x-forwarded-for", "10.0.0.2")]
        reply = httpx.post(f"{door.url}/v1/compare", content=body, headers=headers)
        assert reply.status_code == 200, reply.text
    twice = [*sent.items(), ("signature-input", sent["signature-input"]), ("signature", sent["signature"])]
    reply = httpx.post(f"{door.url}/v1/compare", content=body, headers=twice)
    assert (reply.status_code, code(reply)) == (400, "KEY_TWICE")


def test_names_the_component_that_is_wrong_in_the_readers_language(door: Door) -> None:
    sent = door.signed("POST", "/v1/compare", claim()) | {"accept-language": "en"}
    sent["signature-input"] = sent["signature-input"].replace('"@query" ', "")
    reply = door.post("/v1/compare", claim(), headers=sent)
    assert (reply.status_code, code(reply)) == (400, "COMPONENT_NOT_COVERED")
    assert reply.json()["detail"] == "The signature does not cover @query, and has to."
    assert "docs/profile.md" in reply.json()["advice"]


def test_refuses_a_body_past_the_bound(door: Door) -> None:
    reply = door.post("/v1/compare", b" " * ((1 << 20) + 1))
    assert (reply.status_code, code(reply)) == (413, "BODY_TOO_LARGE")


def test_refuses_an_unreadable_parameter(door: Door) -> None:
    assert code(door.get("/v1/changes", "grant=g3&after=x")) == "PARAMETER_UNREADABLE"
    assert code(door.get("/v1/changes", "grant=g3&after=1&after=2")) == "PARAMETER_UNREADABLE"
    assert code(door.get("/v1/changes", "grant=g3&after=1&more=2")) == "PARAMETER_UNREADABLE"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/grants"), ("POST", "/v1/compare"), ("POST", "/v1/query"), ("GET", "/v1/record")]
)
def test_no_place_takes_a_parameter_it_does_not_name(door: Door, method: str, path: str) -> None:
    body = claim() if method == "POST" else b""
    headers = door.signed(method, path, body, query="x=1")
    reply = httpx.request(method, f"{door.url}{path}?x=1", content=body or None, headers=headers)
    assert (reply.status_code, code(reply)) == (400, "PARAMETER_UNREADABLE")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/grants"), ("POST", "/v1/compare"), ("PUT", "/v1/deliveries/k")]
)
def test_what_is_not_signed_is_refused_by_its_host_first_as_what_is_signed_is(door: Door, method, path) -> None:
    elsewhere = httpx.request(method, f"{door.url}{path}", headers={"host": "evil.example"})
    assert (elsewhere.status_code, code(elsewhere)) == (401, "AUTHORITY_NOT_OURS")
    assert code(httpx.request(method, f"{door.url}{path}")) == "NOT_SIGNED"


def test_who_has_spent_what_there_is_of_a_day_is_told_when_the_next_begins(county_apart: County) -> None:
    with county_apart.db.transaction() as cur:
        cur.execute("update plane.access_grant set guesses = 1")
    door = county_apart.start()
    assert "retry-after" not in door.compare("另一人").headers
    reply = door.compare("再一人")
    assert (reply.status_code, code(reply)) == (429, "GUESSES_SPENT")
    left = (beijing.midnight(beijing.day(now()) + timedelta(days=1)) - now()).total_seconds()
    assert 0 <= int(reply.headers["retry-after"]) - left < 60 or left < 60


def test_tells_the_refusal_in_chinese_first_and_in_english_where_asked(door: Door) -> None:
    path = "/v1/compare"
    chinese = httpx.post(f"{door.url}{path}", content=b"{}")
    english = httpx.post(f"{door.url}{path}", content=b"{}", headers={"accept-language": "en;q=0.9, fr"})
    assert chinese.json()["detail"] == "请求未签名。"
    assert english.json()["detail"] == "The request is not signed."
    assert english.json()["advice"]
    assert english.json()["type"] == "urn:hutong:problem:NOT_SIGNED"


def test_answers_nothing_when_its_entry_cannot_be_written(county: County, door: Door) -> None:
    assert door.compare().status_code == 200
    with county.db.transaction() as cur:
        cur.execute("alter table audit.entry add constraint full_disk check (id < 0) not valid")
    reply = door.compare()
    assert reply.status_code == 503
    assert "verdicts" not in reply.text
    assert "Traceback" not in reply.text
    assert county.entries() == 1


def test_says_at_once_that_it_is_full(county: County) -> None:
    import threading

    door = county.start(bounds=Bounds(waiting=1, weight=1, seconds=30))
    assert door.compare().status_code == 200
    replies: list[httpx.Response] = []
    from hutong.plane import grants

    with county.db.transaction() as cur:
        grants.lock_out_answers(cur)  # answers wait for this
        asking = [threading.Thread(target=lambda: replies.append(door.compare())) for _ in range(8)]
        for thread in asking:
            thread.start()
        for _ in range(100):
            if len(replies) == 6:
                break
            threading.Event().wait(0.1)
        assert [code(reply) for reply in replies] == ["GATEWAY_FULL"] * 6
        assert {reply.headers["retry-after"] for reply in replies} == {"1"}
    for thread in asking:
        thread.join()
    assert sorted(reply.status_code for reply in replies) == [200, 200] + [503] * 6


def test_says_that_it_is_full_of_bytes_before_it_reads_more(county: County) -> None:
    door = county.start(waiting_bytes=2000, body_bytes=2000, body_seconds=5)
    small, large = claim(), claim() + b" " * 1500
    assert [door.post("/v1/compare", large).status_code for _ in range(3)] == [200] * 3  # the room is given back
    headers = door.signed("POST", "/v1/compare", large)
    with begun(door, headers, length=len(large), body=large[:5]) as slow:
        time.sleep(0.3)
        with begun(door, door.signed("POST", "/v1/compare", large), length=len(large)) as second:
            reply = HTTPResponse(second)
            reply.begin()
            told = json.loads(reply.read())
            assert (reply.status, told["code"], reply.headers["retry-after"]) == (503, "GATEWAY_FULL", "1")
            assert reply.headers["signature"]
        assert door.post("/v1/compare", small).status_code == 200
        assert door.get("/v1/grants").status_code == 200
        pieces = httpx.post(f"{door.url}/v1/compare", content=iter([large[:700], large[700:]]),
                            headers=door.signed("POST", "/v1/compare", large))  # fmt: skip
        assert (pieces.status_code, code(pieces)) == (503, "GATEWAY_FULL")
        stranger = door.signed("POST", "/v1/compare", small) | {"hutong-user": "li"}
        assert door.post("/v1/compare", small, headers=stranger).status_code == 401
        slow.sendall(large[5:])
        reply = HTTPResponse(slow)
        reply.begin()
        assert reply.status == 200
    assert door.post("/v1/compare", large).status_code == 200


@contextmanager
def begun(door: Door, headers: dict[str, str], *, length: int, body: bytes = b"") -> Iterator[socket.socket]:
    """Send the head of a request and what is given of its body, which is to be `length` bytes."""
    with socket.create_connection(("127.0.0.1", int(door.authority.rpartition(":")[2])), timeout=20) as caller:
        lines = [f"host: {door.authority}", f"content-length: {length}"]
        lines += [f"{name}: {value}" for name, value in headers.items() if name != "host"]
        caller.sendall("\r\n".join(["POST /v1/compare HTTP/1.1", *lines, "", ""]).encode() + body)
        yield caller


def test_finishes_what_it_took_when_it_is_stopped(county: County) -> None:
    import threading

    from hutong.plane import grants

    door = county.start()
    assert door.compare().status_code == 200
    replies: list[httpx.Response] = []
    with county.db.transaction() as cur:
        grants.lock_out_answers(cur)
        asking = threading.Thread(target=lambda: replies.append(door.compare()))
        asking.start()
        taken = (
            "select count(*) from pg_locks where locktype = 'advisory' and not granted "
            "and database = (select oid from pg_database where datname = current_database())"
        )
        while not cur.execute(taken).fetchone()[0]:
            threading.Event().wait(0.05)
        door.process.terminate()
        threading.Event().wait(0.5)
    asking.join()
    assert [reply.status_code for reply in replies] == [200]
    assert county.entries() == 2


def test_refuses_the_national_form_where_it_is_not_switched_on(door: Door) -> None:
    from hutong.core import national

    headers = dict(CONTEXT)
    headers |= national.sign_bare(secret=b"x" * 32, sid="sys-a", rid="r1", rtime=int(now().timestamp() * 1000))
    reply = door.post("/v1/compare", claim(), headers=headers)
    assert (reply.status_code, code(reply)) == (401, "CALLER_UNKNOWN")


def test_signs_a_refusal_over_the_request_it_answers(door: Door) -> None:
    body = claim(grant="nothing")
    sent = door.signed("POST", "/v1/compare", body, nonce=secrets.token_bytes(16))
    reply = door.post("/v1/compare", body, headers=sent)
    assert (reply.status_code, code(reply)) == (404, "GRANT_UNKNOWN")
    signatures.verify_reply(
        404,
        dict(reply.headers),
        reply.content,
        request_signature=signatures.parse(sent).signature,
        public_key=door.county.reply_public_key,
    )


def test_signs_that_it_is_full_for_whom_it_knows(county: County) -> None:
    door = county.start(bounds=Bounds(waiting=0))
    sent = door.signed("POST", "/v1/compare", claim())
    reply = door.post("/v1/compare", claim(), headers=sent)
    assert (reply.status_code, code(reply)) == (503, "GATEWAY_FULL")
    signatures.verify_reply(
        503,
        dict(reply.headers),
        reply.content,
        request_signature=signatures.parse(sent).signature,
        public_key=county.reply_public_key,
    )
    stranger = door.post("/v1/compare", claim(), headers={**sent, "hutong-user": "li"})
    assert (stranger.status_code, code(stranger)) == (401, "SIGNATURE_INVALID")  # and takes nobody's place
