"""OpenAPI 3.1 of the gateway, made from the very structures that requests are read into."""

from functools import cache
from typing import Any

import msgspec

from hutong.core import signatures
from hutong.gateway import shapes

_BODIES: dict[str, tuple[str, type, type]] = {
    "/v1/compare": ("比对:不提供数据,只答是否一致 / compare", shapes.CompareIn, shapes.CompareOut),
    "/v1/query": ("查询:逐页返回授权信息项 / query", shapes.QueryIn, shapes.PageOut),
}
_PARAMETERS: dict[str, tuple[str, type | None, type | None, bool]] = {
    "/v1/snapshot": ("订阅:全量快照 / snapshot", shapes.SnapshotIn, shapes.SnapshotOut, True),
    "/v1/changes": ("订阅:其后的变化 / changes", shapes.ChangesIn, shapes.ChangesOut, True),
    "/v1/grants": ("本系统的授权 / grants of the calling system", None, None, True),
    "/v1/record": ("日志记录与其盐值 / a record for its party", shapes.RecordIn, shapes.RecordOut, True),
    "/v1/proof": ("包含证明 / inclusion proof", shapes.ProofIn, shapes.ProofOut, False),
}


@cache
def document() -> bytes:
    """Return the description as JSON."""
    kinds = [kind for _, *both in _BODIES.values() for kind in both]
    kinds += [kind for _, *both, _ in _PARAMETERS.values() for kind in both if kind]
    _, components = msgspec.json.schema_components(
        [*kinds, shapes.ProblemOut], ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, Any] = {
        path: {
            "post": {
                "summary": summary,
                "parameters": _context(),
                "requestBody": {"required": True, "content": {shapes.JSON: {"schema": _reference(given)}}},
                "responses": _responses(_reference(answered)),
            }
        }
        for path, (summary, given, answered) in _BODIES.items()
    }
    for path, (summary, given, answered, signed) in _PARAMETERS.items():
        parameters = _query(components[given.__name__]) if given else []
        paths[path] = {
            "get": {
                "summary": summary,
                "parameters": parameters + (_context() if signed else []),
                "responses": _responses(_reference(answered) if answered else {"type": "object"}),
            }
        }
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "互通 Hutong",
                "version": "1",
                "description": "签名:RFC 9421,tag=hutong-v1,ed25519;或国家共享平台网关 gjgxjhpt_*(绑定式)。",
            },
            "paths": paths,
            "components": {"schemas": components},
        }
    )


def _reference(kind: type) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _query(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": each}
        for name, each in schema["properties"].items()
    ]


def _context() -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in signatures.CONTEXT
    ]


def _responses(schema: dict[str, Any]) -> dict[str, Any]:
    refused = {
        "description": "拒绝 / refused",
        "content": {shapes.PROBLEM: {"schema": _reference(shapes.ProblemOut)}},
    }
    return {
        "200": {"description": "答复 / answer", "content": {shapes.JSON: {"schema": schema}}},
        "default": refused,
    }
