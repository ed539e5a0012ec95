"""Canonical JSON (RFC 8785): one value has one text, so that it can be hashed and signed.

Accepted are str, int, bool, None, list, tuple, dict with str keys, and StrEnum as its text. There are no
floats: an amount or a measure travels as text, so that no rounding can change what was signed.
"""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any, NoReturn

from hutong.core.errors import Malformed

LARGEST = 2**53 - 1
"""The largest integer every JSON reader keeps exactly (RFC 7493)."""


class NotCanonical(Malformed):
    """This value has no canonical JSON form: {reason}."""


class NotJson(Malformed):
    """This text cannot be read as JSON: {reason}."""


def dumps(value: object) -> bytes:
    """Return the canonical JSON of `value` as UTF-8.

    Raises NotCanonical for floats, integers beyond 2^53 - 1, keys that are no text, lone surrogates and any
    other type.
    """
    try:
        return _ENCODER.encode(_ordered(value)).encode()
    except UnicodeEncodeError:
        raise NotCanonical(reason="lone surrogate") from None
    except RecursionError:
        raise NotCanonical(reason="nested too deeply") from None


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical JSON of `value`, in hexadecimal; raises NotCanonical."""
    return sha256(dumps(value)).hexdigest()


def digest_of_facts(facts: Mapping[str, object]) -> str:
    """Return the digest of what somebody said, with days and moments as ISO 8601 writes them; raises NotCanonical."""
    return digest({name: each.isoformat() if isinstance(each, date) else each for name, each in facts.items()})


def loads(text: str | bytes) -> Any:
    """Return the value of a JSON text; the text need not be canonical.

    Raises NotJson for what `dumps` could not have written: floats, large integers, repeated keys, NaN.
    """
    try:
        return _DECODER.decode(text if isinstance(text, str) else text.decode())
    except UnicodeDecodeError:
        raise NotJson(reason="not UTF-8") from None
    except RecursionError:
        raise NotJson(reason="nested too deeply") from None
    except ValueError as error:
        raise NotJson(reason=str(error)) from None


def _ordered(value: object) -> object:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if isinstance(value, dict):
        # A record is mostly text, and this is on the hot path.
        return {key: part if type(part := value[key]) is str else _ordered(part) for key in _keys(value)}
    if isinstance(value, list | tuple):
        return [_ordered(part) for part in value]
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        if -LARGEST <= value <= LARGEST:
            return value
        raise NotCanonical(reason="integer beyond 2^53 - 1")
    raise NotCanonical(reason=f"type {kind.__name__}")


def _keys(value: dict[Any, object]) -> list[str]:
    try:
        ascii_only = "".join(value).isascii()
    except TypeError:
        raise NotCanonical(reason="a key that is no text") from None
    # UTF-16 order differs from Python's only beyond ASCII (RFC 8785, section 3.2.3).
    return sorted(value) if ascii_only else sorted(value, key=_utf16)


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _integer(digits: str) -> int:
    if len(digits) > 17 or not -LARGEST <= (value := int(digits)) <= LARGEST:
        raise ValueError("integer beyond 2^53 - 1")
    return value


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"a number that is no integer: {text[:40]}")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse
)
