"""Whatever a hostile system sends in any field of any place, it is answered or refused by name, and so is the next."""

import json
import random
from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlencode

import httpx
import pytest
from gateway_county import Door

from hostile_values import VALUES
from hutong.core import canonical

COMPARE = {"grant": "g1", "claims": [{"key": ["330100200001010001"], "values": {"name": "张1"}}]}
QUERY = {"grant": "g2", "where": [{"item": "id", "value": "330100200001010001", "op": "eq"}], "limit": 5, "cursor": "x"}
TARGETS = {
    "/v1/snapshot": {"grant": "g3", "cursor": "x", "limit": "5"},
    "/v1/changes": {"grant": "g3", "after": "0", "limit": "5", "version": "1"},
    "/v1/record": {"entry": "1"},
}
DELIVERY = {"resource": "307001/000001", "kind": "snapshot", "rows": "1", "format": "csv", "version": "1"}
DECLARED = {200, 202, 400, 403, 404, 409, 410, 413, 415, 422, 429}
"""Statuses a known caller may be told; a 5xx is a fault of ours."""


@pytest.fixture(params=[6, pytest.param(len(VALUES), marks=[pytest.mark.full, pytest.mark.timeout(1800)])])
def values(request: pytest.FixtureRequest) -> Sequence[str]:
    """What is sent: others in each test, or every value there is."""
    return random.Random(request.node.name).sample(VALUES, request.param)


def places(given: object, value: str) -> Iterator[object]:
    """Yield the body with `value` in the place of each text, number and name in it."""
    if isinstance(given, dict):
        for name, inner in given.items():
            yield {value: inner, **{other: each for other, each in given.items() if other != name}}
            yield from ({**given, name: each} for each in places(inner, value))
    elif isinstance(given, list):
        yield from ([each] for each in places(given[0], value))
    else:
        yield value


@pytest.mark.parametrize(("path", "body"), [("/v1/compare", COMPARE), ("/v1/query", QUERY)])
def test_no_value_in_a_body_is_a_fault(door: Door, path: str, body: dict[str, object], values: Sequence[str]) -> None:
    for value in values:
        for sent in places(body, value):
            reply = door.post(path, json.dumps(sent, ensure_ascii=len(value) % 2 == 0).encode())
            assert reply.status_code in DECLARED, (sent, reply.text)
            assert reply.json().get("entry"), reply.text  # whoever asked, it is in the log
    assert door.get("/v1/grants").status_code == 200
    readable(door)


@pytest.mark.parametrize("path", TARGETS)
def test_no_value_in_a_query_is_a_fault(door: Door, path: str, values: Sequence[str]) -> None:
    for value in values:
        for name in TARGETS[path]:
            query = urlencode({**TARGETS[path], name: value})
            if len(query) <= 8192:  # what is signed
                reply = door.get(path, query)
                assert reply.status_code in DECLARED, (name, value, reply.text)
    readable(door)


def test_no_value_in_a_delivery_is_a_fault(door: Door, values: Sequence[str]) -> None:
    content = b"id,name\n1,2\n"
    for value in values:
        if len(value) > 1000:
            continue
        for name in ("", *DELIVERY):
            path = f"/v1/deliveries/{quote(value if not name else 'k', safe='')}"
            query = urlencode({**DELIVERY, **({name: value} if name else {})})
            headers = door.signed("PUT", path, content, query=query)
            reply = httpx.put(f"{door.url}{path}?{query}", content=content, headers=headers, timeout=30)
            assert reply.status_code in DECLARED | {401}, (name, value, reply.text)
    readable(door)


OPEN = ("/v1/proof?leaf={}", "/v1/proof?leaf=" + "0" * 64 + "&size={}", "/log/tile/{}", "/log/{}", "/{}")


@pytest.mark.parametrize("path", OPEN)
def test_no_value_in_an_open_place_is_a_fault(door: Door, path: str, values: Sequence[str]) -> None:
    for value in values:
        if len(value) < 5000:
            reply = httpx.get(door.url + path.format(quote(value, safe="")), timeout=30)
            assert reply.status_code in DECLARED, (value, reply.text)


def readable(door: Door) -> None:
    """See that every record of the log is read back and is the one its leaf was made for."""
    with door.county.db.transaction() as cur:
        for (record,) in cur.execute("select record from audit.entry").fetchall():
            assert canonical.dumps(canonical.loads(record)) == record.encode()
