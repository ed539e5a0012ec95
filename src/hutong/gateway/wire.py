"""What goes over the wire: strict JSON in, compact JSON out, failures as `problem+json` (RFC 9457)."""

from datetime import datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta, Struct

from hutong.core import statuses, text
from hutong.core.errors import Malformed, Missing, Problem, TooLarge, Unavailable


class MethodNotAllowed(Malformed):
    """{method} is not taken here, only {allowed}."""


JSON = "application/json"
PROBLEM = "application/problem+json"

Code = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z][A-Za-z0-9_]*\Z")]
GrantNo = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=4000)]


class BodyTooSlow(Malformed):
    """The body was not there after {seconds} seconds, or came too slowly."""


class BodyUnreadable(Malformed):
    """The body is not the JSON that is asked for: {fault}."""


class ParameterUnreadable(Malformed):
    """The parameter {name} cannot be read: {fault}."""


class BodyTooLarge(TooLarge):
    """The body is larger than the {limit} bytes taken here."""


class NoSuchPlace(Missing):
    """There is nothing at {path}."""


class WentWrong(Unavailable):
    """Something unexpected went wrong here; it has been logged as {incident}."""


class ClaimIn(Struct, frozen=True, forbid_unknown_fields=True):
    """One claim: the key values in the order of the definition, and what is said about the record."""

    key: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=8)]
    values: Annotated[dict[Code, Text], Meta(min_length=1, max_length=100)]


class CompareIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A comparison: do these claims agree with what is held?"""

    grant: GrantNo
    claims: Annotated[tuple[ClaimIn, ...], Meta(min_length=1, max_length=1000)]


class ConditionIn(Struct, frozen=True, forbid_unknown_fields=True):
    """One condition: an item, a value and how they compare."""

    item: Code
    value: Text
    op: Annotated[str, Meta(pattern="^(eq|ge|lt|starts)\\Z")] = "eq"


class QueryIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A query: the granted items of the records that meet all conditions, a page at a time."""

    grant: GrantNo
    where: Annotated[tuple[ConditionIn, ...], Meta(min_length=1, max_length=16)]
    items: Annotated[tuple[Code, ...], Meta(max_length=200)] = ()
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    cursor: Annotated[str, Meta(max_length=4096)] | None = None


class SnapshotIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A page of every record of a subscription; the first has no cursor."""

    grant: GrantNo
    cursor: Annotated[str, Meta(max_length=4096)] | None = None
    limit: Annotated[int, Meta(ge=1, le=5000)] = 1000


class ChangesIn(Struct, frozen=True, forbid_unknown_fields=True):
    """The changes of a subscription after `after`."""

    grant: GrantNo
    after: Annotated[int, Meta(ge=0, le=2**62)]
    limit: Annotated[int, Meta(ge=1, le=5000)] = 1000
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class RecordIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Which record."""

    entry: Annotated[int, Meta(ge=1, le=2**62)]


class DeliveryIn(Struct, frozen=True, forbid_unknown_fields=True):
    """What a provider says it delivers; the file's SHA-256 stands in Content-Digest."""

    resource: Annotated[str, Meta(min_length=1, max_length=100)]
    kind: Annotated[str, Meta(pattern="^(snapshot|changes)\\Z")]
    rows: Annotated[int, Meta(ge=0, le=2**40)]
    format: Annotated[str, Meta(max_length=20)] | None = None
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class ProofIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Which leaf, in a tree of which size (the newest one if none is named)."""

    leaf: Annotated[str, Meta(pattern="^[0-9a-f]{64}\\Z")]
    size: Annotated[int, Meta(ge=1, le=2**62)] | None = None


class PageOut(Struct, frozen=True):
    """Records by item; `cursor` leads to the next page, if there is one."""

    rows: list[dict[str, str | None]]
    cursor: str | None
    entry: int
    leaf: str


class RowOut(Struct, frozen=True):
    """One record: its id under this grant, and its values."""

    id: str
    values: dict[str, str | None]


class SnapshotOut(Struct, frozen=True):
    """A page of records; after the last page follow the changes after `change`."""

    rows: list[RowOut]
    change: int
    version: int
    cursor: str | None
    kept_from: int
    kept_days: int
    entry: int
    leaf: str


class ChangeOut(Struct, frozen=True):
    """One change: `u` put or `d` deleted; a superseded one has no values."""

    change: int
    op: str
    id: str
    values: dict[str, str | None] | None
    superseded: bool
    at: datetime


class ChangesOut(Struct, frozen=True):
    """All changes after `after` up to `complete_to`; ask on from there."""

    changes: list[ChangeOut]
    after: int
    complete_to: int
    version: int
    kept_from: int
    kept_days: int
    entry: int
    leaf: str


class RecordOut(Struct, frozen=True):
    """A private record with the salt of its commitment, as the log keeps it."""

    entry: int
    event: str
    record: str
    """Canonical JSON: the very text the commitment is over."""
    salt: str
    leaf: str
    """The public leaf, of whose bytes the leaf hash is made."""


class ProofOut(Struct, frozen=True):
    """An inclusion proof (RFC 9162) with the signed checkpoint it leads to."""

    index: int
    size: int
    hashes: list[str]
    checkpoint: str


class CompareOut(Struct, frozen=True):
    """One string a claim, one character a value in the order asked: `1` match, `0` mismatch, `-` absent."""

    verdicts: list[str]
    entry: int
    leaf: str


class ProblemOut(Struct, frozen=True, omit_defaults=True):
    """RFC 9457, with code, clause of the regulations, what to do next, and the entry where one was made."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    clause: str | None = None
    advice: str = ""
    entry: int | None = None
    leaf: str | None = None


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


def status(problem: Problem) -> int:
    """Return the HTTP status of a problem: that of its kind, but for the one that HTTP has a number of its own for."""
    return 405 if isinstance(problem, MethodNotAllowed) else statuses.of(problem)


def language(accepted: str) -> text.Language:
    """Return the language an Accept-Language header prefers, Chinese when it says nothing of either."""
    best: text.Language = "zh"
    weight = 0.0
    for part in accepted.lower().split(",")[:20]:
        tag, _, rest = part.strip().partition(";")
        name = tag.split("-")[0]
        try:
            quality = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            continue
        if quality > weight:
            if name == "zh":
                best, weight = "zh", quality
            elif name == "en":
                best, weight = "en", quality
    return best


def problem(failure: Problem, *, accepted: str = "") -> tuple[int, bytes]:
    """Return status and body that tell `failure` to its reader."""
    code = status(failure)
    said = text.say(failure, language=language(accepted))
    leaf = failure.facts.get("leaf")
    body = ProblemOut(
        type=f"urn:hutong:problem:{failure.code}",
        title=failure.code,
        status=code,
        detail=said.message,
        code=failure.code,
        clause=failure.clause,
        advice=said.advice,
        entry=failure.facts.get("entry"),
        leaf=leaf.hex() if isinstance(leaf, bytes) else leaf,
    )
    return code, msgspec.json.encode(body)
