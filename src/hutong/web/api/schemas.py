"""The JSON Schemas of what the API takes and answers."""

from collections.abc import Mapping
from typing import Any

from hutong.web.api.cases import FIELDS
from hutong.web.api.rooms import OFFERED

TEXT: Mapping[str, Any] = {"type": "string"}
YES: Mapping[str, Any] = {"type": "boolean"}
WHOLE: Mapping[str, Any] = {"type": "integer"}
OR_NOTHING: Mapping[str, Any] = {"type": ["string", "null"]}


def record(**fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that has all of these fields."""
    return {"type": "object", "properties": fields, "required": sorted(fields)}


def many(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "items": item}


STATE = record(code=TEXT, name=TEXT)
DEADLINE = {"anyOf": [record(day=TEXT, late=YES, amount=TEXT, how=TEXT), {"type": "null"}]}
TURN = record(
    lifecycle=TEXT, number=TEXT, kind=TEXT, title=TEXT, state=STATE, action=TEXT, label=TEXT, clause=TEXT, role=TEXT,
    unit=TEXT, mine=YES, handler=TEXT, deadline=DEADLINE,
)  # fmt: skip
TURNS = record(turns=many(TURN), next=OR_NOTHING)
MOVE = record(
    action=TEXT, label=TEXT, clause=TEXT, state_after=TEXT, hand=TEXT,
    fields=many(record(name=TEXT, label=TEXT, required=YES)), then=many(record(action=TEXT, label=TEXT)), grave=YES,
    by_token=YES,
)  # fmt: skip
STEP = record(label=TEXT, state=STATE, at=TEXT, by=TEXT, unit=TEXT, clause=TEXT, reason=TEXT, basis=TEXT)
HANDLING = record(number=WHOLE, act=TEXT, name=TEXT, at=TEXT, by=TEXT, unit=TEXT, to=TEXT, words=TEXT)
CASE = record(
    lifecycle=TEXT, number=TEXT, kind=TEXT, title=TEXT, state=STATE, at=TEXT, deadline=DEADLINE,
    turns=many(record(label=TEXT, whose=TEXT, why=TEXT, mine=YES, handler=TEXT)), steps_open=many(MOVE),
    acts_open=many(TEXT), steps=many(STEP), handlings=many(HANDLING),
    says={"type": "object"},
)  # fmt: skip
DONE = {**CASE, "properties": {**CASE["properties"], "repeated": YES}, "required": [*CASE["required"], "repeated"]}
ACT = {
    "type": "object", "properties": {name: {"type": ["string", "boolean", "integer"]} for name in sorted(FIELDS)},
    "additionalProperties": False,
}  # fmt: skip
LISTED = record(lifecycle=TEXT, number=TEXT, title=TEXT, state=STATE, since=TEXT)
LIST = record(cases=many(LISTED), count={"type": ["integer", "null"]}, next=OR_NOTHING)
SAID: Mapping[str, Any] = {"type": ["string", "boolean", "integer", "array", "object"]}


def saying() -> dict[str, Any]:
    """Return the schema of what a new case may say, kind by kind: the fields of its form on the desk."""
    return {
        "anyOf": [
            {
                "title": lifecycle, "type": "object", "additionalProperties": False,
                "properties": dict.fromkeys(each.fields, SAID),
            }
            for lifecycle, each in OFFERED.items()
            if each.fields
        ]
    }  # fmt: skip


FAULT = record(fields=many(TEXT), detail=TEXT, advice=TEXT, code=TEXT, clause=OR_NOTHING)
PROBLEM = record(
    type=TEXT, title=TEXT, status=WHOLE, detail=TEXT, code=TEXT, clause=OR_NOTHING, advice=TEXT, errors=many(FAULT)
)
