"""Requests read into their shapes, strictly: strict JSON, query strings without a name that is unknown or twice."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from hutong.core import labels
from hutong.core.errors import Malformed
from hutong.core.signatures import Request
from hutong.gateway import readings, shapes


class BodyUnreadable(Malformed):
    """The body is not the JSON that is asked for: {fault}."""


class ParameterUnreadable(Malformed):
    """The parameter {name} cannot be read: {fault}."""


class ContentTypeNotTaken(Malformed):
    """A body of type {kind} is not taken here; it has to be {wanted}."""


class ContentCodingNotTaken(Malformed):
    """A body in the coding {coding} is not taken here; it has to be sent as it is."""


T = TypeVar("T")
_decoders: dict[Any, "msgspec.json.Decoder[Any]"] = {}


def body(request: Request, kind: type[T]) -> T:
    """Return a request's body as `kind`; raises ContentTypeNotTaken, ContentCodingNotTaken, BodyUnreadable.

    A body that does not say what it is is read as JSON.
    """
    said = request.headers.get("content-type", shapes.JSON)
    if said != shapes.JSON and not _is_json(said):
        raise ContentTypeNotTaken(kind=said[:100], wanted=shapes.JSON)
    check_coding(request)
    return read(request.body, kind)


def check_coding(request: Request) -> None:
    """Return if a request's body is sent as it is; raises ContentCodingNotTaken."""
    coding = request.headers.get("content-encoding", "identity")
    if coding.lower() not in ("identity", ""):
        raise ContentCodingNotTaken(coding=coding[:100])


def _is_json(said: str) -> bool:
    name, *parameters = [each.strip().lower() for each in said.split(";")]
    return name == shapes.JSON and all(each in ("", "charset=utf-8", 'charset="utf-8"') for each in parameters)


def read(body: bytes, kind: type[T]) -> T:
    """Return `body` as `kind`, strictly: unknown fields, a name twice, other types, what is no UTF-8 are refused."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind, strict=True)
    try:
        given = _decoded(decoder, body, kind)
        if b"\\u0000" in body and _has_nul(msgspec.to_builtins(given)):
            raise BodyUnreadable(fault=labels.both("reading.nul"))
        if b"\\" in body or body.count(b'"') != _quotes(given):
            json.loads(body, object_pairs_hook=_each_once)
        return given
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        nested = isinstance(fault, RecursionError)
        told = labels.both("reading.nested") if nested else readings.told(str(fault))
        raise BodyUnreadable(fault=told) from None


def parameters(query: str, kind: type[T]) -> T:
    """Return a query string as `kind`; a name that is unknown or comes twice is refused."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=20) if query else []
    except ValueError:
        raise ParameterUnreadable(name="?", fault=labels.both("reading.too_many", most=20)) from None
    given = dict(pairs)
    if _has_nul(given):
        raise ParameterUnreadable(name="?", fault=labels.both("reading.nul"))
    names = [name for name, _ in pairs]
    if len(given) != len(names):
        twice = next(name for name in names if names.count(name) > 1)[:100]
        raise ParameterUnreadable(name=twice, fault=labels.both("reading.twice", name=twice))
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as fault:
        name = str(fault).rpartition("$.")[2].rstrip("`") if "$." in str(fault) else "?"
        raise ParameterUnreadable(name=name[:100], fault=readings.told(str(fault))) from None


def check_no_parameters(query: str) -> None:
    """Return where no parameter stands; at a place that takes none, each is unknown. Raises ParameterUnreadable."""
    if query:
        parameters(query, shapes.NothingIn)


def _decoded(decoder: "msgspec.json.Decoder[T]", body: bytes, kind: type[T]) -> T:
    """Return a body as `kind`; a whole number may be written as `1.0` or `1e2`, which JSON Schema has for the same."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as fault:
        if "got `float`" not in str(fault):
            raise
    return msgspec.convert(_whole(msgspec.json.decode(body)), kind, strict=True)


def _whole(given: object) -> object:
    if isinstance(given, float) and given.is_integer():
        return int(given)
    if isinstance(given, dict):
        return {name: _whole(each) for name, each in given.items()}
    return [_whole(each) for each in given] if isinstance(given, list) else given


def _quotes(given: object) -> int:
    """Return how many quotation marks a body has that is read as this and has no name twice; 0 where none can tell.

    Most bodies are long lists of claims, and to count them costs a hundredth of reading them anew.
    """
    if not isinstance(given, shapes.CompareIn):
        return 0
    texts = 3 + 2 * len(given.claims)
    for claim in given.claims:
        texts += len(claim.key) + 2 * len(claim.values)
    return 2 * texts


def _each_once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BodyUnreadable(fault=labels.both("reading.twice", name=twice[:100]))
    return found


def _has_nul(given: object) -> bool:
    """Return whether any text in it has a NUL, which PostgreSQL takes in none."""
    if isinstance(given, str):
        return "\x00" in given
    if isinstance(given, dict):
        return any(_has_nul(key) or _has_nul(value) for key, value in given.items())
    return isinstance(given, list | tuple) and any(map(_has_nul, given))
