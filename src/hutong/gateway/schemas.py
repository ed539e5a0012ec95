"""The shapes as JSON Schema (2020-12) that other languages' validators read: patterns as ECMA-262 has them."""

from collections.abc import Iterable
from typing import Any

import msgspec


def of(kinds: Iterable[type]) -> dict[str, Any]:
    """Return the schema of every one of these shapes, and of what they are made of, by its name."""
    _, found = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    return {name: _readable(schema) for name, schema in found.items()}


def reference(kind: type) -> dict[str, str]:
    """Return the reference to a shape."""
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def query(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters of a query that is read into this shape: what may be left out is never null there."""
    required = schema.get("required", ())
    found = []
    for name, each in schema["properties"].items():
        kind = _never_null(each)
        said = {"description": kind.pop("description")} if "description" in kind else {}
        found.append({"name": name, "in": "query", "required": name in required, **said, "schema": kind})
    return found


def _readable(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_readable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _readable(each) for name, each in schema.items()}
    if isinstance(pattern := found.get("pattern"), str):
        # Where we read, `$` would take a line's end behind the value; ECMA-262 has no other way to say the end.
        found["pattern"] = pattern.replace(r"\Z", "$")
    return found


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    found = {name: each for name, each in schema.items() if (name, each) != ("default", None)}
    (kind,) = [each for each in found.pop("anyOf", [{}]) if each != {"type": "null"}]
    return found | kind
