"""The verdicts of comparisons: what is claimed beside what is held, for whole lists, a statement for each resource.

A sheet is the claims of one question with the digests of the records they are about. Sheets are read in groups, and
what a question tried where that is limited comes out beside its verdicts (`mismatches`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from hutong.audit.subjects import gathered
from hutong.core import normalise
from hutong.db import arrays, trips
from hutong.plane import filters, sealing, subjects
from hutong.plane.answer import asking, mismatches, selects, unmatched
from hutong.plane.answer.asking import Asking
from hutong.plane.answer.limits import Want
from hutong.plane.answer.mismatches import MissedValue, Settlement, Tried, TriedValue
from hutong.plane.answer.rounds import AnswerSummary
from hutong.plane.answer.unmatched import ClaimedRecord
from hutong.plane.definition import Definition, Holding, Item
from hutong.plane.grants import Grant
from hutong.plane.keys import Keyring, ResourceKeys
from hutong.plane.tables import Store


class Verdict(StrEnum):
    """What is said about one value. ABSENT: no such record, or nothing held in this item."""

    MATCH = "match"
    MISMATCH = "mismatch"
    ABSENT = "absent"


class Claim(NamedTuple):
    """What somebody says about one record: key values in the definition's order, and values by item."""

    key: tuple[str, ...]
    values: Mapping[str, str]


EVENT = "plane.compared"
"""The event that a comparison is entered as."""


class Sheet(NamedTuple):
    """The claims of one question with the digests of the records they are about."""

    asking: Asking
    grant: Grant
    store: Store
    keys: ResourceKeys
    claims: tuple[Claim, ...]
    records: list[bytes]
    subjects: list[bytes]
    parts: list[bytes]
    """Of each claim the part of its key that counts by itself (`unmatched.parts`), where there is one."""

    @property
    def limited(self) -> bool:
        """Whether what does not match is counted."""
        return self.store.definition.compared_within_limits

    def want(self, claims: int | None = None) -> Want:
        """What a comparison, or its first `claims`, spends: every claim counts for the quota and for its record."""
        records = self.records[:claims]
        claimed = {records[0]: 1} if len(records) == 1 else Counter(records)
        return Want(self.grant, len(records), claimed)

    def told(self) -> AnswerSummary:
        return AnswerSummary(EVENT, asking.digest(self.keys, self.records), {}, gathered(self.subjects))


class ClaimedItem(NamedTuple):
    """The claims about one item: their numbers in the group, and the claimed values as they would be stored.

    `remembered` are the digests by which those are remembered that do not match; there are none of a declared list.
    """

    item: str
    places: list[int]
    said: Sequence[bytes | str | None]
    remembered: Sequence[bytes]


class Claimed(NamedTuple):
    """What the claims of a group say, item by item, and the digests by which the parts of their keys are kept."""

    items: Sequence[ClaimedItem]
    parts: Sequence[bytes]


def sheets(askings: Sequence[Asking], claims: Sequence[tuple[Claim, ...]]) -> list[Sheet]:
    """Return a sheet for every question that still stands; record keys are made for a whole resource."""
    by_resource: dict[str, list[int]] = {}
    for place, each in enumerate(askings):
        if each.problem is None and each.store is not None:
            by_resource.setdefault(each.store.relation, []).append(place)
    made: list[Sheet | None] = [None] * len(askings)
    for places in by_resource.values():
        store, keys = askings[places[0]].store, askings[places[0]].keys
        assert store is not None
        assert keys is not None
        rows = [claim.key for place in places for claim in claims[place]]
        columns = _key_columns(store.definition, rows, form=store.normaliser_version)
        records = sealing.record_keys(keys, columns)
        named = subjects.of_rows(store.definition, keys, records, columns)
        parts = unmatched.parts(store.definition, columns)
        at = 0
        for place in places:
            own_claims = claims[place]
            grant = askings[place].grant
            assert grant is not None
            own = slice(at, at := at + len(own_claims))
            made[place] = Sheet(askings[place], grant, store, keys, own_claims, records[own], named[own], parts[own])
    return [sheet for sheet in made if sheet]


def record_keys(
    store: Store, keys: ResourceKeys, rows: Sequence[tuple[str, ...]]
) -> tuple[list[bytes], list[bytes]]:
    """Return the digest of each record named by `rows` of key values, in the definition's order, and whom it is about.

    Whether a record is held changes neither.
    """
    columns = _key_columns(store.definition, rows, form=store.normaliser_version)
    records = sealing.record_keys(keys, columns)
    return records, subjects.of_rows(store.definition, keys, records, columns)


def _key_columns(definition: Definition, rows: Sequence[tuple[str, ...]], *, form: int) -> list[list[bytes]]:
    return [
        _encoded(normalise.column(column, type=definition.item(code).type, form=form))
        for code, column in zip(definition.key, zip(*rows, strict=True), strict=True)
    ]


class GroupTried(NamedTuple):
    """What the sheets of a group tried where that is limited: in the order of their claims, item by item."""

    sheets: Sequence[Sheet]
    claimed: Claimed
    records: Sequence[bytes]
    missed: Sequence[tuple[int, int, int]]
    """What does not match: the claim's place in the group, the item's in `claimed`, and the place in its columns."""

    def each(self) -> Iterator[tuple[Sheet, list[int], list[ClaimedRecord]]]:
        """Yield each sheet with the places of its claims that have a value that does not match, and their records."""
        misses = Counter(place for place, _, _ in self.missed)
        parts = self.claimed.parts or [b""] * len(self.records)
        for sheet, start in _starts(self.sheets):
            places = range(start, start + len(sheet.claims))
            records = [
                ClaimedRecord(self.records[place], parts[place], misses.get(place, 0) < len(claim.values))
                for place, claim in zip(places, sheet.claims, strict=True)
            ]
            yield sheet, [place - start for place in places if place in misses], records


class ListVerdicts(NamedTuple):
    """The verdicts of questions, by their asking, and what was tried where that is limited."""

    verdicts: "VerdictsOf"
    tried: list[GroupTried]

    def settlement(self, sheets: Sequence[Sheet]) -> Settlement:
        """Return what all these questions claim, as it is counted and remembered."""
        what = Settlement()
        claims = {id(sheet): (missed, records) for group in self.tried for sheet, missed, records in group.each()}
        for sheet in sheets:
            if (tried := claims.get(id(sheet))) is not None:
                what.add(sheet.grant.consumer, len(sheet.claims), tried[0])
                what.records.add((sheet.grant.consumer, sheet.grant.code), tried[1])
        for group in self.tried:
            units = [sheet.grant.consumer for sheet in group.sheets for _ in sheet.claims]
            code, items = group.sheets[0].grant.code, group.claimed.items
            for place, column, number in group.missed:
                item, remembered = items[column].item, items[column].remembered
                if remembered:
                    what.missed.append(MissedValue(remembered[number], group.records[place], units[place], code, item))
            what.claimed += [value for each in items for value in each.remembered]
        return what

    def each_tried(self) -> dict[int, Tried]:
        """Return what each question tried, by its asking, value by value."""
        found: dict[int, Tried] = {}
        for group in self.tried:
            values: list[list[TriedValue]] = [[] for _ in group.records]
            starts = [start for sheet, start in _starts(group.sheets) for _ in sheet.claims]
            missed = {(column, number) for _, column, number in group.missed}
            for column, (item, places, _, remembered) in enumerate(group.claimed.items):
                for number, (place, value) in enumerate(zip(places, remembered, strict=bool(remembered))):
                    tried = place - starts[place], item, value, group.records[place], (column, number) in missed
                    values[place].append(TriedValue(*tried))
            at = iter(values)
            for sheet, places, records in group.each():
                own = [value for _ in sheet.claims for value in next(at)]
                grant = sheet.grant
                found[id(sheet.asking)] = Tried(grant.consumer, grant.code, len(sheet.claims), places, own, records)
        return found


def _starts(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, int]]:
    """Yield each sheet with the place of its first claim among all."""
    at = 0
    for sheet in sheets:
        yield sheet, at
        at += len(sheet.claims)


VerdictsOf = dict[int, list[dict[str, Verdict]]]


def groups(sheets: Sequence[Sheet]) -> list[list[Sheet]]:
    """Return the sheets that are read together: of one resource, each row filter by itself."""
    together: dict[tuple[str, str], list[Sheet]] = {}
    for sheet in sheets:
        together.setdefault((sheet.store.relation, sheet.grant.read_alone), []).append(sheet)
    return list(together.values())


def _asked(group: Sequence[Sheet]) -> list[str]:
    return list(dict.fromkeys(code for sheet in group for code in sheet.asking.items))


def reading(group: Sequence[Sheet]) -> trips.Statement:
    """Return the statement that reads what the claims of a group are compared with; the grant's row filter is in it."""
    keys = list(dict.fromkeys(k for sheet in group for k in sheet.records))
    inside = filters.inside(group[0].grant.row_filter, group[0].store, group[0].keys)
    given = {"keys": arrays.blobs(keys), **filters.values(inside)}
    return selects.digests(group[0].store, _asked(group), inside), given


def claimed(keyring: Keyring, group: Sequence[Sheet]) -> Claimed:
    """Return, item by item, which claims say something about it, and what that is in the form in which it is held."""
    records = [k for sheet in group for k in sheet.records]
    claims = [claim.values for sheet in group for claim in sheet.claims]
    units = [sheet.grant.consumer for sheet in group for _ in sheet.claims] if group[0].limited else []
    definition, form, keys = group[0].store.definition, group[0].store.normaliser_version, group[0].keys
    found = []
    for code in _asked(group):
        item = definition.item(code)
        places = [place for place, values in enumerate(claims) if code in values]
        plain = normalise.column([claims[place][code] for place in places], type=item.type, form=form)
        said = _comparable(keys, item, [records[p] for p in places], plain)
        remembered: Sequence[bytes] = ()
        if units and not mismatches.listed(item):
            of = [units[place] for place in places]
            remembered = mismatches.values(keyring, keys, consumers=of, item=code, plain=_encoded(plain))
        found.append(ClaimedItem(code, places, said, remembered))
    counted = [part for sheet in group for part in sheet.parts] if units else []
    parts = mismatches.values(keyring, keys, consumers=units, item=_PART, plain=counted) if counted else ()
    return Claimed(found, parts)


_PART = ""
"""What parts of a key are digested for; no item has this code."""


def compared(
    groups: Sequence[Sequence[Sheet]], claimed: Sequence[Claimed], read: Sequence[list[trips.Row]]
) -> ListVerdicts:
    """Return the verdicts of all questions: of groups, what is claimed in each and what was read for it."""
    found = ListVerdicts({}, [])
    for group, mine, rows in zip(groups, claimed, read, strict=True):
        _verdicts(group, mine, rows, found)
    return found


def _verdicts(
    group: Sequence[Sheet], claimed: Claimed, rows: Sequence[trips.Row], compared: ListVerdicts
) -> None:
    """Compare item by item. Whether a record is there changes neither what is computed nor how often."""
    absent = [
        Verdict.MISMATCH if sheet.grant.fold_absent else Verdict.ABSENT
        for sheet in group
        for _ in sheet.claims
    ]
    nothing = (None,) * (len(claimed.items) + 1)
    by_key = {row[0]: row for row in rows}
    records = [k for sheet in group for k in sheet.records]
    stored = [by_key.get(k, nothing) for k in records]
    told: list[dict[str, Verdict]] = [{} for _ in stored]
    missed: list[tuple[int, int, int]] = []
    definition, form = group[0].store.definition, group[0].store.normaliser_version
    for column, (code, places, said, _) in enumerate(claimed.items):
        there = [stored[place][column + 1] for place in places]
        if definition.item(code).holding is Holding.PLAIN:
            there = _renormalised(there, type=definition.item(code).type, form=form)
        for number, (place, mine, theirs) in enumerate(zip(places, said, there, strict=True)):
            if mine == theirs:
                told[place][code] = Verdict.MATCH
            else:
                told[place][code] = absent[place] if theirs is None else Verdict.MISMATCH
                missed.append((place, column, number))
    by_question = iter(told)
    for sheet in group:
        compared.verdicts[id(sheet.asking)] = [_in_order(next(by_question), claim) for claim in sheet.claims]
    if group[0].limited:
        compared.tried.append(GroupTried(group, claimed, records, missed))


def _in_order(told: dict[str, Verdict], claim: Claim) -> dict[str, Verdict]:
    return {code: told[code] for code in claim.values}


def _comparable(
    keys: ResourceKeys, item: Item, records: Sequence[bytes], plain: Sequence[str | None]
) -> Sequence[bytes | str | None]:
    if item.holding is Holding.SEALED:
        return sealing.seal_column(keys, item.code, records, _encoded(plain))
    if item.holding is Holding.PROTECTED:
        return sealing.blind_column(keys, item.code, _encoded(plain))
    return plain


def _encoded(values: Sequence[str | None]) -> list[bytes]:
    return [str.encode(value) for value in values]  # type: ignore[arg-type]  # what is claimed is never None


def _renormalised(values: Sequence[bytes | str | None], *, type: str, form: int) -> list[bytes | str | None]:
    # A record that is not held costs as much as one that is: the empty text is digested and compared in its place.
    texts = normalise.column([str(value or "") for value in values], type=type, form=form)
    return [None if value is None else text for value, text in zip(values, texts, strict=True)]

