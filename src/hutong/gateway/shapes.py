"""The shapes of what goes over the wire, in and out, and the kinds of content it is sent as.

Requests are read into them strictly; the OpenAPI description is made from them.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from hutong.plane.delivery.reading.report import WhatWasRead

JSON = "application/json"
PROBLEM = "application/problem+json"

_MOST = "Most records of a page."
_NO_NUL = {"pattern": "^[^\\u0000]*$"}
"""Seen to by `parsing`, once for a whole body; here for who reads the description."""

Code = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z][A-Za-z0-9_]*\Z")]
GrantNo = Annotated[
    str, Meta(min_length=1, max_length=100, description="The number of the grant.", extra_json_schema=_NO_NUL)
]
Text = Annotated[str, Meta(max_length=4000, extra_json_schema=_NO_NUL)]
SomeText = Annotated[str, Meta(min_length=1, max_length=4000, extra_json_schema=_NO_NUL)]
Cursor = Annotated[
    str,
    Meta(
        max_length=4096,
        description="As the page before gave it; for the first page nothing.",
        extra_json_schema={"pattern": "^[A-Za-z0-9_-]+$"},
    ),
]
LeafHash = Annotated[str, Meta(pattern="^[0-9a-f]{64}\\Z", description="SHA-256 in hexadecimal.")]
Version = Annotated[int, Meta(ge=1, le=2**31 - 1, description="The version of the resource.")]


class ClaimIn(Struct, frozen=True, forbid_unknown_fields=True):
    """One claim: the key values in the order of the definition, and what is said about the record."""

    key: Annotated[tuple[SomeText, ...], Meta(min_length=1, max_length=8)]
    values: Annotated[dict[Code, Text], Meta(min_length=1, max_length=100)]


class CompareIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A comparison: do these claims agree with what is held?"""

    grant: GrantNo
    claims: Annotated[tuple[ClaimIn, ...], Meta(min_length=1, max_length=1000)]


class ConditionIn(Struct, frozen=True, forbid_unknown_fields=True):
    """One condition: an item, a value and how they compare."""

    item: Code
    value: SomeText
    op: Literal["eq", "ge", "lt", "starts"] = "eq"


class QueryIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A query: the granted items of the records that meet all conditions, a page at a time."""

    grant: GrantNo
    where: Annotated[tuple[ConditionIn, ...], Meta(min_length=1, max_length=16)]
    items: Annotated[tuple[Code, ...], Meta(max_length=200)] = ()
    limit: Annotated[int, Meta(ge=1, le=1000, description=_MOST)] = 100
    cursor: Cursor | None = None


class SnapshotIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A page of every record of a subscription; the first has no cursor."""

    grant: GrantNo
    cursor: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=5000, description=_MOST)] = 1000


class ChangesIn(Struct, frozen=True, forbid_unknown_fields=True):
    """The changes of a subscription after `after`."""

    grant: GrantNo
    after: Annotated[int, Meta(ge=0, le=2**62, description="The change that was seen last; 0 for none.")]
    limit: Annotated[int, Meta(ge=1, le=5000, description=_MOST)] = 1000
    version: Version | None = None


class NothingIn(Struct, frozen=True, forbid_unknown_fields=True):
    """No parameter at all."""


class RecordIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Which record."""

    entry: Annotated[int, Meta(ge=1, le=2**62, description="The id of the entry, as its receipt gave it.")]


class DeliveryIn(Struct, frozen=True, forbid_unknown_fields=True):
    """What a provider says it delivers; the file's SHA-256 stands in Content-Digest."""

    resource: Annotated[
        str, Meta(min_length=1, max_length=100, description="The code of the resource.", extra_json_schema=_NO_NUL)
    ]
    kind: Annotated[Literal["snapshot", "changes"], Meta(description="Every record, or what changed.")]
    rows: Annotated[int, Meta(ge=0, le=2**40, description="How many rows the file has.")]
    format: (
        Annotated[str, Meta(max_length=20, description="csv, xlsx, parquet or arrow.", extra_json_schema=_NO_NUL)]
        | None
    ) = None
    version: Version | None = None


class ProofIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Which leaf, in a tree of which size (the newest one if none is named)."""

    leaf: LeafHash
    size: Annotated[int, Meta(ge=1, le=2**62, description="Entries in the tree; the newest if left out.")] | None = None


class PageOut(Struct, frozen=True):
    """Records by item; `cursor` leads to the next page, if there is one."""

    rows: list[dict[str, str | None]]
    cursor: str | None
    entry: int
    leaf: LeafHash
    as_of: datetime | None = None
    """The last delivery that reached the version answered from, where none reaches it any more; else null."""


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
    leaf: LeafHash
    as_of: datetime | None = None
    """The last delivery that reached the version answered from, where none reaches it any more; else null."""


class ChangeOut(Struct, frozen=True):
    """One change: `u` put or `d` deleted; a superseded one has no values."""

    change: int
    op: Annotated[str, Meta(extra_json_schema={"enum": ["u", "d"]})]
    id: str
    values: dict[str, str | None] | None
    superseded: bool
    at: datetime


class ChangesOut(Struct, frozen=True):
    """All changes after `after` up to `complete_to`; ask on from there, until it is `after` itself.

    Under a row filter `changes` may be empty though there are more behind.
    """

    changes: list[ChangeOut]
    after: int
    complete_to: int
    version: int
    kept_from: int
    kept_days: int
    entry: int
    leaf: LeafHash
    as_of: datetime | None = None
    """The last delivery that reached the version answered from, where none reaches it any more; else null."""


class RecordOut(Struct, frozen=True):
    """A private record with the salt of its commitment, as the log keeps it."""

    entry: int
    event: str
    record: str
    """Canonical JSON: the very text the commitment is over."""
    unit: str | None
    """Who acted or asked. Who may read it is under the commitment too, in this order."""
    counterpart: str | None
    """The other party, for a use the provider."""
    others: list[str]
    """Further parties by their codes."""
    salt: str
    leaf: str
    """The public leaf, of whose bytes the leaf hash is made."""


class CosignedOut(Struct, frozen=True):
    """The witnesses whose cosignatures were taken from a checkpoint that was handed in, by their names."""

    witnesses: list[str]


class ProofOut(Struct, frozen=True):
    """An inclusion proof (RFC 9162) with the signed checkpoint it leads to."""

    index: int
    size: int
    hashes: list[LeafHash]
    checkpoint: str


class WaitingOut(Struct, frozen=True):
    """How many entries wait to be placed in the log, and for how long the oldest has."""

    entries: int
    seconds: float


class FaultOut(Struct, frozen=True):
    """What is not as it should be, what to do, and since when it is so, where that is known."""

    code: str
    detail: str
    advice: str
    since_at: str | None


class WarningOut(Struct, frozen=True):
    """What is wanting as the platform is set up, whatever else is well, and what to do."""

    code: str
    detail: str
    advice: str


class LogKeyOut(Struct, frozen=True):
    """A key of the log, as a C2SP verifier key, and from when until when it signs; null where that is open."""

    key: str
    from_at: str | None
    until_at: str | None


class LogKeyChangeOut(Struct, frozen=True):
    """The entry that names a key, with what opens its commitment, and the proof that it is under a checkpoint."""

    index: int
    leaf: str
    salt: str
    record: str
    checkpoint: str | None
    hashes: list[str]


class LogKeysOut(Struct, frozen=True):
    """The keys of the log in their order, and the changes that lead from each to the next."""

    log: str
    keys: list[LogKeyOut]
    changes: list[LogKeyChangeOut]


class ReplyKeyOut(Struct, frozen=True):
    """A key that signs replies: what `keyid` says of it, its 32 bytes in Base64, from when and until when it signs."""

    keyid: str
    key: str
    from_at: datetime | None
    until_at: datetime | None


class ReplyKeysOut(Struct, frozen=True):
    """The keys of replies in their order, and the signed notes in which each says which one follows it."""

    keys: list[ReplyKeyOut]
    statements: list[str]


class HealthOut(Struct, frozen=True):
    """Whether all is as it should be (`ok`, or `degraded`), and the key of the log.

    Two copies of one county have one `platform`, and an `instance` each.
    """

    state: str
    log: str
    waiting: WaitingOut
    faults: list[FaultOut]
    warnings: list[WarningOut]
    platform: str | None = None
    instance: str | None = None


class CompareOut(Struct, frozen=True):
    """One string a claim, one character a value in the order asked: `1` match, `0` mismatch, `-` absent."""

    verdicts: list[Annotated[str, Meta(pattern="^[01-]+\\Z")]]
    entry: int
    leaf: LeafHash
    as_of: datetime | None = None
    """The last delivery that reached the version answered from, where none reaches it any more; else null."""


class GrantOut(Struct, frozen=True):
    """A grant of the calling system, with the names of its resource and of its items in the version it names."""

    no: str
    resource: str
    """Its code."""
    name: str
    names: dict[str, str]
    """Code of an item → its name."""
    provider: str
    consumer: str
    system: str
    mode: Literal["compare", "query", "subscribe"]
    items: list[str]
    conditions: list[str]
    """Items that may be asked by, besides the whole key."""
    need: list[str]
    purpose: str
    matters: list[str]
    users: list[str]
    devices: list[str]
    quota: int
    """Claims or questions a day."""
    guesses: int
    """Claims a day about one subject."""
    yearly_records: int
    """Distinct records a year that queries may disclose."""
    from_at: datetime
    until_at: datetime
    filing_no: str
    state: str
    suspended: list[Literal["unit", "system", "grant"]]
    """Of what a suspension stands; not why."""
    row_filter: dict[str, list[str]]
    """The records it is limited to, all where it names no item."""
    version: int
    first_version: int
    fold_absent: bool
    """A record that is absent is told as one that differs."""
    as_of: datetime | None
    """The last delivery that reached the version, where none does any more."""
    last_day: date | None
    """The last day of the version, where a newer one is there."""


class GrantsOut(Struct, frozen=True):
    """The grants of the calling system."""

    grants: list[GrantOut]


class ReadOut(Struct, frozen=True):
    """How the file of a delivery was read: in sentences, and as numbers and places; nothing of what a cell holds."""

    told: list[str]
    """In the language the request prefers."""
    report: WhatWasRead


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
    base: str | None = None
    """What had to be signed of the request as it came, where the signature does not fit it."""
    read: ReadOut | None = None
    """How the file of a delivery was read until it was refused."""
