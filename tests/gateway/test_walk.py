"""One comparison through HTTP, end to end."""

import json

import answering
from gateway_county import Door

from hutong.core import signatures

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
    assert json.loads(record) == {"by": "sys-a", "org": answering.CONSUMER, "grants": len(reply.json()["grants"])}
