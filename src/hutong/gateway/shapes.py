"""The shapes of what goes over the wire, in and out, and the kinds of content it is sent as.

Requests are read into them strictly; the OpenAPI description is made from them.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

JSON = "application/json"
PROBLEM = "application/problem+json"

Code = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z][A-Za-z0-9_]*\Z")]
GrantNo = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=4000)]


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
    leaf: str
    as_of: datetime | None = None
    """The last delivery that reached the version answered from, where none reaches it any more; else null."""


class ChangeOut(Struct, frozen=True):
    """One change: `u` put or `d` deleted; a superseded one has no values."""

    change: int
    op: str
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
    leaf: str
    as_of: datetime | None = None
    """The last delivery that reached the version answered from, where none reaches it any more; else null."""


class RecordOut(Struct, frozen=True):
    """A private record with the salt of its commitment, as the log keeps it."""

    entry: int
    event: str
    record: str
    """Canonical JSON: the very text the commitment is over."""
    parties: list[str]
    """Who may read it, which the commitment is over too: who acted, the other, and further ones by their codes."""
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
    as_of: datetime | None = None
    """The last delivery that reached the version answered from, where none reaches it any more; else null."""


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
