"""Bodies are read strictly: JSON as it is, every name once, and nothing else under its name."""

import json
import re
from functools import partial
from itertools import product

import pytest
from gateway_county import Door, claim

from hutong.core import text
from hutong.gateway import parsing, shapes

ONE = b'{"grant":"g1","claims":[{"key":["330100200001010001"],"values":{"name":"x"}}]}'


TWICE = [
    ONE.replace(b'{"grant"', b'{"grant":"g9","grant"'),
    ONE.replace(b'"values"', b'"key":["1"],"values"'),
    ONE.replace(b'"name":"x"', b'"name":"x","name":"y"'),
    ONE.replace(b'"name":"x"', b'"name":"x", "n\\u0061me" : "y"'),
    ONE.replace(b'"name":"x"', b'"name":"\\"x","name":"x"'),
    ONE[:-1] + b',"claims":[]}',
    ONE[:-1] + b',"claims":[{"key":["1"],"values":{"name":"x"}}]}',
]


def test_refuses_a_name_twice_in_an_object(door: Door) -> None:
    for body in TWICE:
        reply = door.post("/v1/compare", body)
        assert (reply.status_code, reply.json()["code"]) == (400, "BODY_UNREADABLE"), body
    question = b'{"grant":"g2","where":[{"item":"name","value":"x","value":"y"}]}'
    assert door.post("/v1/query", question).json()["code"] == "BODY_UNREADABLE"


FAULTS = {
    b"": "不完整",
    b'{"grant":': "不完整",
    b"{]": "第 1 字节处不是 JSON",
    b"\xff": "第 0 字节处不是 JSON",
    b"[[[[": "类型应为 object，实为 array",
    b'{"grant":"g1"}': "缺少 claims",
    b'{"grant":1}': "类型应为 str，实为 int（位置 $.grant）",
    b'{"grant":"","claims":[]}': "str 的长度应为 >= 1（位置 $.grant）",
    b'{"grant":"g","claims":[]}': "array 的长度应为 >= 1（位置 $.claims）",
    b'{"grant":"g","x":1}': "x 未定义",
    b'{"grant":"\\u0000","claims":[{"key":["1"],"values":{"n":"x"}}]}': "含有空字符（NUL）",
}


@pytest.mark.parametrize("body", FAULTS, ids=ascii)
def test_says_what_cannot_be_read_in_the_readers_language(body: bytes) -> None:
    with pytest.raises(parsing.BodyUnreadable) as raised:
        parsing.read(body, shapes.CompareIn)
    zh, en = (text.say(raised.value, language=each).message for each in ("zh", "en"))
    assert zh == f"请求体不是所要求的 JSON：{FAULTS[body]}。"
    assert not re.search("[一-鿿]", en)
    assert en == str(raised.value)


def test_every_way_of_the_decoder_to_refuse_has_its_words() -> None:
    where = b'{"grant":"g2","where":[{"item":"%s","value":"x"%s}]%s}'
    others = [where % each for each in ((b"1", b"", b""), (b"a", b',"op":"z"', b""), (b"a", b"", b',"limit":0'))]
    others += [b'"\xff"', b'{"grant":"\\ud800"}']
    for body in others:
        with pytest.raises(parsing.BodyUnreadable) as raised:
            parsing.read(body, shapes.QueryIn)
        assert "不合要求" not in text.say(raised.value, language="zh").message, body
    for query in ("grant=g&after=x", "grant=g&after=-1", "after=1", "grant=g&after=1&after=2", "grant=%00&after=1"):
        with pytest.raises(parsing.ParameterUnreadable) as told:
            parsing.parameters(query, shapes.ChangesIn)
        assert "不合要求" not in text.say(told.value, language="zh").message, query


def test_takes_whatever_text_has_no_name_twice(door: Door) -> None:
    values = ["x", 'with "quotes" and \\', '{"name":1,"name":2}', "蒋", "\u2028"]
    for value, written in product(values, (json.dumps, partial(json.dumps, ensure_ascii=False, indent=1))):
        claims = [{"key": ["330100200001010001"], "values": {"name": value, "income": "7"}}] * 2
        assert door.post("/v1/compare", written({"claims": claims, "grant": "g1"}).encode()).status_code == 200


CONTENT = (
    ({"content-type": "text/plain"}, "CONTENT_TYPE_NOT_TAKEN"),
    ({"content-type": "application/xml"}, "CONTENT_TYPE_NOT_TAKEN"),
    ({"content-type": "application/x-www-form-urlencoded"}, "CONTENT_TYPE_NOT_TAKEN"),
    ({"content-type": "application/json; charset=gbk"}, "CONTENT_TYPE_NOT_TAKEN"),
    ({"content-encoding": "gzip"}, "CONTENT_CODING_NOT_TAKEN"),
    ({"content-encoding": "br"}, "CONTENT_CODING_NOT_TAKEN"),
    ({"content-type": "Application/JSON ; charset=UTF-8"}, ""),
    ({"content-encoding": "identity"}, ""),
    ({}, ""),
)


def test_takes_json_as_it_is_and_refuses_other_types_and_codings(door: Door) -> None:
    for headers, told in CONTENT:
        reply = door.post("/v1/compare", claim(), headers=door.signed("POST", "/v1/compare", claim()) | headers)
        assert reply.status_code == (415 if told else 200), headers
        if told:
            assert reply.json()["code"] == told
            assert (reply.headers["accept"], reply.headers["accept-encoding"]) == ("application/json", "identity")
            assert reply.json()["entry"]
            assert "signature" in reply.headers


def test_takes_a_whole_number_however_it_is_written(door: Door) -> None:
    question = b'{"grant":"g2","where":[{"item":"id","value":"330100200001010001"}],"limit":%s}'
    for written, status in ((b"5", 200), (b"5.0", 200), (b"5e0", 200), (b"5.5", 400), (b'"5"', 400), (b"1e400", 400)):
        assert door.post("/v1/query", question % written).status_code == status, written
