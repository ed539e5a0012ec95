"""Requests read into their shapes, strictly: strict JSON, query strings without a name that is unknown or twice."""

from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from hutong.core.errors import Malformed


class BodyUnreadable(Malformed):
    """The body is not the JSON that is asked for: {fault}."""


class ParameterUnreadable(Malformed):
    """The parameter {name} cannot be read: {fault}."""


T = TypeVar("T")
_decoders: dict[Any, "msgspec.json.Decoder[Any]"] = {}


def read(body: bytes, kind: type[T]) -> T:
    """Return `body` as `kind`, strictly: unknown fields, other types, bytes that are no UTF-8 are refused."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind, strict=True)
    try:
        given: T = decoder.decode(body)
        if b"\\u0000" in body and _has_nul(msgspec.to_builtins(given)):
            raise BodyUnreadable(fault="NUL")
        return given
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BodyUnreadable(fault=str(fault) or "nested too deeply") from None


def parameters(query: str, kind: type[T]) -> T:
    """Return a query string as `kind`; a name that is unknown or comes twice is refused."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=20) if query else []
    except ValueError:
        raise ParameterUnreadable(name="?", fault="more than 20") from None
    given = dict(pairs)
    if _has_nul(given):
        raise ParameterUnreadable(name="?", fault="NUL")
    if len(given) != len(pairs):
        raise ParameterUnreadable(name="?", fault="a name comes twice")
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as fault:
        raise ParameterUnreadable(name=str(fault).rpartition("$.")[2].rstrip("`"), fault=str(fault)) from None


def _has_nul(given: object) -> bool:
    """Return whether any text in it has a NUL, which PostgreSQL takes in none."""
    if isinstance(given, str):
        return "\x00" in given
    if isinstance(given, dict):
        return any(_has_nul(key) or _has_nul(value) for key, value in given.items())
    return isinstance(given, list | tuple) and any(map(_has_nul, given))
