"""OpenAPI 3.1 of the gateway: every place, made from the very structures that requests are read into.

How a request is signed and its reply verified is written in docs/profile.md; the security schemes say it in short.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from hutong.core import content_digest, national, signatures
from hutong.gateway import deliveryshapes, schemas, servershapes, shapes

TILE = "application/octet-stream"
PLAIN = "text/plain"
OPEN = (400, 404, 405, 503)
"""Statuses beside 200 that a place may answer with that anyone may read."""
HANDED_IN = (400, 403, 404, 405, 408, 409, 413, 422, 429, 503)
"""Statuses beside 200 of the place where a witness hands its cosignature in."""
SIGNED = (400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 429, 503)
"""Statuses beside 200 that a signed place may answer with."""
STATUSES = {
    304: "与所持副本一致 / what you hold is what is here",
    400: "请求无法读取 / the request cannot be read",
    401: "无法确认请求方身份 / who asks is not established",
    403: "规则不允许 / a rule says no",
    404: "不存在，或不得知悉 / there is no such thing, or you may not know of it",
    405: "此处不接受该方法 / this method is not taken here",
    408: "请求体未按时收齐 / the body was not there in time",
    409: "与已有的相抵触 / it contradicts what is there",
    410: "已不再保存 / it is kept no longer",
    413: "超过上限 / larger than is taken",
    415: "内容类型或编码不受理 / this type or coding of content is not taken",
    422: "内容不符合规则 / it can be read, but breaks a rule about its content",
    429: "额度或频次已用完 / a quota or budget is used up for now",
    503: "暂时无法办理 / it cannot be done at this moment",
}
"""What each status means; the code in the body says which failure it is."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A place of the gateway as it is described."""

    method: str
    path: str
    operation: str
    """What generated clients call it."""
    tag: str
    summary: str
    answer: type | None = None
    kind: str = shapes.JSON
    """The type of its content; without `answer` there is no more to say of that."""
    body: type | None = None
    query: type | None = None
    file: bool = False
    """Its body is a file, streamed."""
    note: bool = False
    """Its body is a signed note."""

    @property
    def first(self) -> str:
        """The part of a tile's number that is written only where it is more than nothing."""
        return next((name for name in ("millions", "thousands") if f"{{{name}}}" in self.path), "")

    @property
    def signed(self) -> bool:
        """Whether a request there is signed."""
        return self.tag == "signed"


_NUMBER = {"type": "integer", "minimum": 0, "maximum": 63}
_EPOCH = {"type": "integer", "minimum": 1, "maximum": 999_999}
_THREE = {"type": "string", "pattern": "^[0-9]{3}$"}
_X = {"type": "string", "pattern": "^x[0-9]{3}$"}
_FIRST = {"type": "string", "pattern": "^x([1-9][0-9]{2}|0[1-9][0-9]|00[1-9])$"}
_WIDTH = {"type": "integer", "minimum": 1, "maximum": 255}
_KEY = {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,100}$"}
PATH: dict[str, tuple[dict[str, Any], str]] = {
    "epoch": (_EPOCH, "日志期数，自 1 起 / the epoch of the log, from 1 on"),
    "level": (_NUMBER, "层，0 为叶子哈希 / level, 0 for the hashes of leaves"),
    "index": (_THREE, "序号末三位 / the last three digits of the tile's number"),
    "millions": (_X, "x 加三位 / the three digits before those of `thousands`, after an x"),
    "thousands": (_X, "x 加三位 / the three digits before those of `index`, after an x"),
    "width": (_WIDTH, "未满瓦片的宽度 / how many a partial tile has"),
    "key": (_KEY, "批次号，由提供方选定 / the delivery's key, chosen by the provider: sent again, it is taken once"),
}
"""Part of a path → its schema and what it is."""


def _tiles(log: str = "/log", *, prefix: str = "") -> list[Operation]:
    """Return the places of tiles and bundles (C2SP tlog-tiles), whole and partial, of the log or of an epoch of it."""
    found = []
    for plain, below, said in (
        ("tile", f"{log}/tile/{{level}}/", "哈希瓦片 / a tile of hashes, 32 bytes each"),
        ("entries", f"{log}/tile/entries/", "叶子包 / a bundle of leaves, each after its length in two bytes"),
    ):
        name = f"{prefix}{plain.capitalize()}" if prefix else plain
        for size, before in (("", ""), ("Thousands", "{thousands}/"), ("Millions", "{millions}/{thousands}/")):
            for partial, after in (("", ""), ("Partial", ".p/{width}")):
                operation, path = f"{name}{size}{partial}", f"{below}{before}{{index}}{after}"
                found.append(Operation("get", path, operation, "log", said, kind=TILE))
    return found


PLACES: tuple[Operation, ...] = (
    Operation("post", "/v1/compare", "compare", "signed", "比对：只答是否一致 / compare: is it so, yes or no",
          shapes.CompareOut, body=shapes.CompareIn),
    Operation("post", "/v1/query", "query", "signed", "查询：逐页返回信息项 / query: items, a page at a time",
          shapes.PageOut, body=shapes.QueryIn),
    Operation("get", "/v1/snapshot", "snapshot", "signed", "订阅：全量快照 / subscribe: every record, a page at a time",
          shapes.SnapshotOut, query=shapes.SnapshotIn),
    Operation("get", "/v1/changes", "changes", "signed", "订阅：其后的变化 / subscribe: what changed after a change",
          shapes.ChangesOut, query=shapes.ChangesIn),
    Operation("get", "/v1/grants", "grants", "signed", "本系统的授权 / the calling system's grants", shapes.GrantsOut),
    Operation("get", "/v1/record", "record", "signed", "日志记录与其盐值 / a record of the log, for its party",
          shapes.RecordOut, query=shapes.RecordIn),
    Operation("post", "/v1/server-facts", "serverFacts", "signed",
          "前置机报送：心跳、摘要、中断 / a front-end server tells that it runs, what it declares, an outage",
          servershapes.ServerFactsOut, body=servershapes.ServerFactsIn),
    Operation("put", "/v1/deliveries/{key}", "deliver", "signed", "交付：送交数据 / deliver the rows of a resource",
          deliveryshapes.DeliveryOut, query=shapes.DeliveryIn, file=True),
    Operation("get", "/v1/proof", "proof", "log", "包含证明 / the proof that a leaf is in the log",
          shapes.ProofOut, query=shapes.ProofIn),
    Operation("get", "/log/checkpoint", "checkpoint", "log",
          "签名检查点，附已有的联署 / the signed checkpoint with the cosignatures it has", kind=PLAIN),
    Operation("get", "/log/checkpoint/cosigned", "cosigned", "log",
          "联署足数的最新检查点 / the newest checkpoint that enough witnesses have cosigned", kind=PLAIN),
    Operation("get", "/v1/reply-keys", "replyKeys", "platform",
          "答复公钥及其接续声明 / the keys that sign replies, and what each says of the next", shapes.ReplyKeysOut),
    Operation("get", "/log/keys", "logKeys", "log",
          "日志公钥及其接续证明 / the log's keys, and the proof that each follows the one before", shapes.LogKeysOut),
    Operation("post", "/log/cosignatures", "cosign", "log",
          "见证方交回联署的检查点 / a witness hands in what it cosigned", shapes.CosignedOut, note=True),
    *_tiles(),
    Operation("get", "/log/epoch/{epoch}/checkpoint", "epochCheckpoint", "log",
          "某一期日志的签名检查点 / the signed checkpoint of an epoch of the log", kind=PLAIN),
    Operation("get", "/log/epoch/{epoch}/keys", "epochKeys", "log",
          "某一期日志的公钥 / the keys of an epoch of the log", shapes.LogKeysOut),
    *_tiles("/log/epoch/{epoch}", prefix="epoch"),
    Operation("get", "/health", "health", "platform", "运行状况 / whether the gateway is well", shapes.HealthOut),
    Operation("get", "/metrics", "metrics", "platform", "计量 / measures, as Prometheus reads them", kind=PLAIN),
    Operation("get", "/openapi.json", "description", "platform", "本说明 / this description"),
)  # fmt: skip
"""Every place."""

_TAGS = {
    "log": "日志，任何人可读 / the evidence log, open to everybody (C2SP tlog-tiles)",
    "platform": "平台自身 / the gateway itself",
    "signed": "须签名的服务 / what a registered system asks for, signed as docs/profile.md says",
}
_DESCRIPTION = (
    "登记系统按 RFC 9421（Ed25519，标签 hutong-v1）签名，或使用国家共享平台网关请求头（绑定式）；"
    "答复均签名，并绑定请求的签名。接入规范见 docs/profile.md。 / "
    "Registered systems sign by RFC 9421 (Ed25519, tag hutong-v1), or with the headers of the national gateway in "
    "their bound form; replies are signed over the request's own signature. The profile is docs/profile.md. Refusals "
    "are problem+json (RFC 9457) with stable codes, told in Chinese or English by Accept-Language."
)
_INPUT = (
    f"RFC 9421. At least these components, in any order: {' '.join(signatures.COVERED)}. Parameters: created, expires "
    f"(1 to {signatures.LONGEST_LIFE} s later; clocks may be {signatures.SKEW} s apart), nonce (never used before), "
    f"keyid (the system's id), tag \"{signatures.TAG}\"; alg, where it is named, \"ed25519\"."
)
_SIGNATURE = (
    "RFC 9421. 64 bytes of Ed25519 under the label of Signature-Input, made with the private half of the key that the "
    "system is registered with."
)
_NATIONAL = "The national gateway's header, in the bound form; see docs/profile.md."
_DIGEST = {
    "name": "content-digest",
    "in": "header",
    "required": True,
    "description": "RFC 9530: sha-256 of the body, of an empty one too.",
    "schema": {"type": "string", "pattern": "(^|[, ])sha-256=:[A-Za-z0-9+/]{43}=:"},
    "example": content_digest.of(b""),
}
_CONTEXT = {
    "hutong-user": "在何人名下使用 / the user it is asked for, as registered",
    "hutong-device": "所用设备 / the device, as registered",
    "hutong-purpose": "用途，按授权所载 / the purpose the grant is for",
    "hutong-matter": "事项，按授权所载 / the matter the grant is for",
}
_CONTEXT_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 1024, "pattern": "^[!-~]([ -~]*[!-~])?$"}


@cache
def document() -> bytes:
    """Return the description as JSON."""
    kinds = {kind for each in PLACES for kind in (each.answer, each.body, each.query) if kind}
    found = schemas.of([*sorted(kinds, key=lambda kind: kind.__name__), shapes.ProblemOut])
    paths: dict[str, Any] = {}
    for place in PLACES:
        paths.setdefault(place.path, {})[place.method] = _operation(place, found)
    queries = {each.query.__name__ for each in PLACES if each.query}
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "互通 Hutong",
                "version": "1",
                "description": _DESCRIPTION,
                "contact": {"name": "平台运维单位 / the platform's operator"},
                "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            },
            "servers": [{"url": "/"}],
            "tags": [{"name": name, "description": said} for name, said in _TAGS.items()],
            "paths": paths,
            "components": {
                "schemas": {name: schema for name, schema in found.items() if name not in queries},
                "securitySchemes": _schemes(),
                "responses": {str(status): _refusal(status) for status in STATUSES if status != 304},
                "headers": _HEADERS,
            },
        }
    )


def _operation(place: Operation, found: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": place.operation,
        "tags": [place.tag],
        "summary": place.summary,
        "description": _told(place),
        "parameters": [*_in_path(place), *(schemas.query(found[place.query.__name__]) if place.query else [])],
    }
    if place.body or place.file or place.note:
        kind = {shapes.JSON: {"schema": schemas.reference(place.body)}} if place.body else {TILE: {}}
        kind = {PLAIN: {"schema": {"type": "string"}}} if place.note else kind
        told["requestBody"] = {"required": True, "content": kind}
    if place.signed:
        told["parameters"] += [_DIGEST, *_context()]
        told["security"] = [
            {"Signature": [], "SignatureInput": []},
            {name: [] for name in _national()},
        ]
    told["responses"] = {"200": _answer(place)}
    statuses = SIGNED if place.signed else HANDED_IN if place.note else OPEN
    told["responses"] |= {str(status): _see(status) for status in statuses}
    return told


def _told(place: Operation) -> str:
    kind = place.answer or place.query or place.body
    return (kind.__doc__ if kind else None) or place.summary


def _in_path(place: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _FIRST if name == place.first else schema,
            "description": said,
        }
        for name, (schema, said) in PATH.items()
        if f"{{{name}}}" in place.path
    ]


def _context() -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "required": True, "schema": _CONTEXT_SCHEMA, "description": _CONTEXT[name]}
        for name in signatures.CONTEXT
    ]


def _national() -> Sequence[str]:
    return (national.SID, national.RID, national.RTIME, national.NONCE, national.SIGN2)


def _schemes() -> dict[str, Any]:
    named = {"SignatureInput": ("Signature-Input", _INPUT), "Signature": ("Signature", _SIGNATURE)}
    named |= {name: (name, _NATIONAL) for name in _national()}
    return {
        scheme: {"type": "apiKey", "in": "header", "name": name, "description": said}
        for scheme, (name, said) in named.items()
    }


def _answer(place: Operation) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if place.answer:
        schema = schemas.reference(place.answer)
    elif place.kind == shapes.JSON:
        schema = {"type": "object"}
    elif place.kind == PLAIN:
        schema = {"type": "string"}
    content = {place.kind: {"schema": schema} if schema else {}}
    found: dict[str, Any] = {"description": "答复 / the answer", "content": content}
    if place.signed:
        found["headers"] = {name: _header(name) for name in ("Content-Digest", "Signature-Input", "Signature")}
    return found


def _refusal(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": STATUSES[status],
        "content": {shapes.PROBLEM: {"schema": schemas.reference(shapes.ProblemOut)}},
    }
    return found


def _see(status: int) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{status}"}


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


_HEADERS: dict[str, Any] = {
    "Content-Digest": {"required": True, "schema": {"type": "string"}, "description": "RFC 9530: sha-256 of the body."},
    "Signature-Input": {
        "required": True,
        "schema": {"type": "string"},
        "description": "RFC 9421: sig1 covers @status, content-digest and the request's own signature "
        f"(\"signature\";req); keyid is the log's name, tag {signatures.REPLY_TAG}.",
    },
    "Signature": {
        "required": True,
        "schema": {"type": "string"},
        "description": "RFC 9421: Ed25519 of the platform's reply key, which is pinned and never fetched.",
    },
}
