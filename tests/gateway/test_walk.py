"""One comparison through HTTP, end to end."""

import json

import answering
import gateway_county
from gateway_county import Door

from hutong.core import signatures
from hutong.plane import suspensions
from hutong.plane.suspensions import Suspendable

BODY = """
{"grant": "g1", "claims": [
    {"key": ["330100200001010001"], "values": {"name": "张1", "income": "7"}},
    {"key": ["1"], "values": {"name": "x"}}
]}
""".encode()


def test_answers_a_signed_comparison_with_a_signed_receipt(door: Door) -> None:
    sent = door.signed("POST", "/v1/compare", BODY)
    reply = door.post("/v1/compare", BODY, headers=sent)
    assert reply.status_code == 200, reply.text
    assert reply.json()["verdicts"] == ["10", "-"]
    assert len(reply.json()["leaf"]) == 64
    signatures.verify_reply(
        200,
        dict(reply.headers),
        reply.content,
        request_signature=signatures.parse(sent).signature,
        public_key=door.county.reply_public_key,
    )


def test_a_system_that_reads_its_grants_is_remembered(door: Door) -> None:
    reply = door.get("/v1/grants")
    assert [each["no"] for each in reply.json()["grants"]]
    with door.county.db.transaction() as cur:
        ((record,),) = cur.execute("select record from audit.entry where event = 'plane.grants_read'").fetchall()
    assert json.loads(record) == {"by": "sys-a", "unit": answering.CONSUMER, "grants": len(reply.json()["grants"])}


def test_a_suspension_is_seen_by_the_next_answer_and_told_with_the_grants(door: Door) -> None:
    assert [door.post("/v1/compare", BODY).status_code for _ in range(2)] == [200, 200]  # it is remembered
    with door.county.db.transaction() as cur:
        given = {"reason": "未整改", "clause": "SX-16-a", "now": gateway_county.now(), "by": "chief"}
        id_ = suspensions.suspend(cur, kind=Suspendable.SYSTEM, whom="sys-a", **given)
    refused = door.post("/v1/compare", BODY)
    assert (refused.status_code, refused.json()["code"], "应用系统" in refused.text) == (403, "SERVICE_SUSPENDED", True)
    assert {tuple(each["suspended"]) for each in door.get("/v1/grants").json()["grants"]} == {("system",)}
    with door.county.db.transaction() as cur:
        suspensions.lift(cur, id=id_, verified="已核查", now=gateway_county.now(), by="chief")
    assert door.post("/v1/compare", BODY).status_code == 200
    assert {tuple(each["suspended"]) for each in door.get("/v1/grants").json()["grants"]} == {()}
