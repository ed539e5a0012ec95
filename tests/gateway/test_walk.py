"""One comparison through HTTP, end to end."""

from conftest import Door

from hutong.core import signatures


def test_answers_a_signed_comparison_with_a_signed_receipt(door: Door) -> None:
    sent = door.signed(
        "POST",
        "/v1/compare",
        body
        := b'{"grant":"g1","claims":[{"key":["330100200001010001"],"values":{"name":"\xe5\xbc\xa01","income":"7"}},{"key":["1"],"values":{"name":"x"}}]}',
    )
    reply = door.post("/v1/compare", body, headers=sent)
    assert reply.status_code == 200, reply.text
    answer = reply.json()
    assert answer["verdicts"] == ["10", "-"]
    assert len(answer["leaf"]) == 64
    signature = signatures.parse(sent).signature
    signatures.verify_reply(
        200,
        dict(reply.headers),
        reply.content,
        request_signature=signature,
        public_key=door.county.reply_public_key,
    )
