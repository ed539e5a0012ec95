"""Article 7 at the gateway, where systems use what is shared: what is asked there and what is answered there."""

import json

import answering
import httpx
import pytest
from answering import person
from gateway_county import Door

from hutong.plane import grants

NEWS = b"".join(
    [
        b"id,name,income,street,born,children\n",
        *(f"{person(n)['id']},李{n},{n}.00,新街,2000-01-01,1\n".encode() for n in range(20)),
    ]
)


def compared(gate: Door, *values: dict, number: int = 1) -> list[str]:
    """Return the verdicts of claims about one person as the gateway writes them."""
    claims = [{"key": [person(number)["id"]], "values": each} for each in values]
    reply = gate.post("/v1/compare", json.dumps({"grant": "g1", "claims": claims}).encode())
    return reply.json()["verdicts"] if reply.status_code == 200 else [reply.json()["code"]]


def queried(gate: Door, *where: tuple, **more: object) -> dict:
    """Return what the gateway answers to a query."""
    conditions = [dict(zip(("item", "value", "op"), each, strict=False)) for each in where]
    return gate.post("/v1/query", json.dumps({"grant": "g2", "where": conditions, **more}).encode()).json()


QUERY = "resource=people&kind=snapshot&rows=20&format=csv"


def deliver(gate: Door, body: bytes, *, key: str = "d1", sent: bytes = b"") -> httpx.Response:
    """Hand in a file as the provider's system does; what is `sent` may be another than what was signed."""
    headers = gate.signed("PUT", f"/v1/deliveries/{key}", body, query=QUERY)
    address = f"{gate.url}/v1/deliveries/{key}?{QUERY}"
    return httpx.put(address, content=sent or body, headers=headers, timeout=60)


@pytest.mark.clause("SX-07-d", "SP-03-e")
def test_the_gateway_tells_of_each_value_whether_it_is_the_one_that_is_held(gate: Door):
    right = {"name": "张1", "income": "1001.50"}
    assert compared(gate, right, {**right, "income": "1"}, {**right, "name": "李四"}) == ["11", "10", "01"]
    assert compared(gate, right, number=999) == ["--"]


@pytest.mark.clause("SX-07-b", "SX-11-b")
def test_the_gateway_answers_a_query_by_its_conditions_with_the_items_asked_for_page_by_page(gate: Door):
    with gate.county.db.transaction() as cur:
        cur.execute("update plane.access_grant set conditions = '{born,street}' where no = 'g2'")
    born = ("born", "2000-01-17", "ge"), ("born", "2001-01-01", "lt")
    found = queried(gate, born[0], ("born", "2000-01-19", "lt"), items=["name"])
    assert sorted(found["rows"], key=str) == [{"name": "张16"}, {"name": "张17"}]
    names, cursor = [], None
    for size in (3, 1):
        page = queried(gate, *born, limit=3, **({"cursor": cursor} if cursor else {}))
        assert len(page["rows"]) == size
        names, cursor = names + [row["name"] for row in page["rows"]], page["cursor"]
    assert (sorted(names), cursor) == (["张16", "张17", "张18", "张19"], None)
    elsewhere = queried(gate, *born, limit=3)["cursor"]
    assert queried(gate, ("street", "文一路"), limit=3, cursor=elsewhere).get("code") == "CURSOR_ELSEWHERE"


@pytest.mark.clause("SX-07-a", "SX-07-c", "HN-05-b")
def test_a_subscriber_gets_all_records_of_the_gateway_and_then_the_changes_after_them(gate: Door):
    snapshot = gate.get("/v1/snapshot", "grant=g3").json()
    assert sorted(row["values"]["name"] for row in snapshot.get("rows", [])) == sorted(f"张{n}" for n in range(20))
    assert {frozenset(row["values"]) for row in snapshot["rows"]} == {frozenset({"name", "street", "born"})}
    last = snapshot["change"]
    assert gate.get("/v1/changes", f"grant=g3&after={last}").json().get("changes") == []
    later = gate.get("/v1/changes", f"grant=g3&after={last - 2}").json()
    assert [change["change"] for change in later.get("changes", [])] == [last - 1, last]
    assert later["complete_to"] == last


@pytest.mark.clause("SX-03", "SX-09", "SX-10-d", "IS-4.2-a")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"state": "stopped"}, "SYSTEM_STOPPED"), ({"mlps_until": "2026-01-01"}, "PROTECTION_LAPSED")],
)
def test_a_system_that_was_stopped_or_is_not_protected_any_more_gets_nothing_at_any_place(own: Door, changes, refusal):
    places = {
        "compare": lambda: own.compare(),
        "grants": lambda: own.get("/v1/grants"),
        "record": lambda: own.get("/v1/record", "entry=1"),
        "delivery": lambda: deliver(own, NEWS),
    }
    assert own.get("/v1/grants").status_code == 200
    with own.county.db.transaction() as cur:
        for column, value in changes.items():
            cur.execute(f"update plane.system set {column} = %s where id = 'sys-a'", (value,))
    assert {place: ask().json().get("code") for place, ask in places.items()} == dict.fromkeys(places, refusal)


@pytest.mark.clause("IS-3.1", "SX-11-b")
def test_a_system_reads_its_own_grants_and_not_those_of_its_units_other_systems(gate: Door):
    answering.opened(gate.county.db, answering.a_grant("g9", system="sys-b"))
    assert [grant["no"] for grant in gate.get("/v1/grants").json()["grants"]] == ["g1", "g2", "g3"]


@pytest.mark.clause("SX-04-f", "SX-06-a", "SX-06-b", "HN-07", "SP-03-b")
def test_a_providers_system_delivers_its_own_units_published_data_and_what_it_signed(own: Door):
    def given(statement: str, value: str) -> None:
        with own.county.db.transaction() as cur:
            cur.execute(statement, (value,))

    given("update plane.system set unit = %s where id = 'sys-a'", answering.PROVIDER)
    given("update plane.resource set provider = %s", answering.STRANGER)
    came = [deliver(own, NEWS).json().get("code")]
    given("update plane.resource set provider = %s", answering.PROVIDER)
    came.append(deliver(own, NEWS, key="d2", sent=NEWS.replace(b"19.00", b"18.00")).json().get("code"))
    came.append(deliver(own, NEWS, key="d3").json().get("state"))
    with own.county.db.transaction() as cur:
        grants.withdraw(cur, code="people", reason="依据已废止", now=answering.NOW, by="chief")
    came.append(deliver(own, NEWS, key="d4").json().get("code"))
    assert came == ["NOT_YOURS_TO_DELIVER", "DIGEST_MISMATCH", "loaded", "DELIVERY_TO_WITHDRAWN"]
