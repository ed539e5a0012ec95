"""What the gateway says of itself is valid, whole, and what other languages read."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from hutong.gateway import deliveries, openapi, openplaces, problems, routes, shapes

DOCUMENT: dict[str, Any] = json.loads(openapi.document())


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def patterns(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (each for name, each in node.items() if name == "pattern" and isinstance(each, str))
        for each in node.values():
            yield from patterns(each)
    elif isinstance(node, list):
        for each in node:
            yield from patterns(each)


def test_every_place_is_described() -> None:
    described = {(method.upper(), path) for method, path, _ in operations()}
    assert {*routes.SIGNED, ("PUT", f"{deliveries.PLACE}{{key}}")} == {
        (method.upper(), path) for method, path, each in operations() if "security" in each
    }
    assert {("GET", path) for path in openplaces.PLACES} <= described
    for path in ("/log/checkpoint", "/log/tile/{level}/{index}", "/log/tile/entries/{index}.p/{width}"):
        assert ("GET", path) in described


def test_every_operation_has_a_name_of_its_own_and_says_with_which_statuses_it_answers() -> None:
    names = [each["operationId"] for _, _, each in operations()]
    assert len(set(names)) == len(names)
    for _, _, each in operations():
        assert "default" not in each["responses"]
        assert {"200", "400", "404", "405", "503"} <= each["responses"].keys()
        assert ("401" in each["responses"]) == ("security" in each)


def test_what_a_failure_is_told_with_is_a_status_that_is_described() -> None:
    assert {str(status) for status in problems.STATUSES} <= DOCUMENT["components"]["responses"].keys()


def test_a_signed_place_names_every_header_that_is_signed() -> None:
    for _, path, each in operations():
        named = {one["name"] for one in each["parameters"] if one["in"] == "header"}
        signed = {"content-digest", "hutong-user", "hutong-device", "hutong-purpose", "hutong-matter"}
        assert named == (signed if "security" in each else set()), path
    for security in next(each for _, _, each in operations() if "security" in each)["security"]:
        assert security.keys() <= DOCUMENT["components"]["securitySchemes"].keys()


def test_patterns_are_those_of_ecma_262() -> None:
    found = set(patterns(DOCUMENT))
    assert found
    assert [each for each in found if re.search(r"\\[ZA]|\(\?[P<]", each)] == []


@pytest.mark.parametrize("value", ["n\n", "n\n\n", "\nn", "n\u2028", ""])
def test_a_pattern_ends_with_its_value_where_we_read(value: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(value, shapes.Code)
