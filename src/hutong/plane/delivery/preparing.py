"""Preparing one block of a delivery: check it, seal it, and put it on disk as PostgreSQL will read it.

A block needs no other, so that blocks can be prepared in several processes. Nothing readable of a sealed or
protected item is in what comes out: values are sealed and faults masked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from hutong.core import normalise
from hutong.plane import sealing, subjects
from hutong.plane.definition import Definition, Holding, Item, Type
from hutong.plane.delivery import binary, marks, quality
from hutong.plane.delivery.blocks import OP, Block
from hutong.plane.delivery.columns import ItemColumn
from hutong.plane.delivery.reading import operations
from hutong.plane.keys import ResourceKeys
from hutong.plane.values import NUMBERS, TEXT

ROWS = pa.schema(
    [("number", pa.int64()), ("k", pa.binary()), ("op", pa.binary()), ("mark", pa.binary()), ("body", pa.binary())]
)
"""Accepted rows; `body` is the columns of `tables.columns` as fields of a binary COPY."""

REJECTED = pa.schema(
    [
        ("number", pa.int64()),
        ("key_digest", pa.binary()),
        ("item", pa.string()),
        ("rule", pa.string()),
        ("reason", pa.string()),
        ("shown", pa.string()),
        ("warn", pa.binary()),
    ]
)
"""Faults of rows; `warn` is a boolean as a binary COPY has it: of a warning, for which no row is rejected (D-21)."""
Rejection = tuple[int, bytes | None, str | None, str, str, str | None, bytes]
REJECTS, WARNS = b"\0", b"\1"


@dataclass(frozen=True, slots=True)
class Work:
    """What is the same for every block of a delivery."""

    definition: Definition
    keys: ResourceKeys
    changes: bool
    today: date | None = None
    """Nobody of whom it tells was born later."""
    form: int = normalise.VERSION
    """The version of the normal form that its store is made with."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What became of a block: `rejected` are the faults of rows that were not accepted, and the warnings of others."""

    file: Path
    """Holds the accepted rows (`ROWS`); there is none where none was accepted."""
    numbers: pa.Int64Array
    """Of the accepted rows, in their order."""
    records: pa.BinaryArray
    """Their record keys."""
    rejected: pa.RecordBatch


def prepare(block: Block, work: Work, file: Path, marked: pa.FixedSizeBinaryArray | None = None) -> Prepared:
    """Check and seal `block` and write its accepted rows to `file`; `marked` are the marks of its rows, if there are.

    Raises OSError where the file cannot be written.
    """
    batch, definition, keys = block.batch, work.definition, work.keys
    ops = batch.column(OP).to_pylist() if work.changes else None
    deleted = None if ops is None else [op == operations.DELETE for op in ops]
    checked = quality.check(batch, definition, deleted=deleted, today=work.today, form=work.form)
    if ops is not None:
        _judge_operations(ops, checked)
    kept = None if all(checked.valid) else pa.array(checked.valid, pa.bool_())

    def of(column: pa.Array) -> pa.Array:
        return column if kept is None else column.filter(kept)

    parts = [of(checked.columns[code].normal).cast(pa.binary()).to_pylist() for code in definition.key]
    records = sealing.record_keys(keys, parts)
    gone = None if deleted is None or not any(deleted) else of(pa.array(deleted, pa.bool_()))
    body = []
    for item in definition.items:
        column = checked.columns[item.code]
        taken, normal = of(column.taken), of(column.normal)
        if gone is not None and not column.key:  # of a deleted record nothing but the key was looked at
            taken, normal = (pc.if_else(gone, pa.scalar(None, pa.string()), one) for one in (taken, normal))
        body += _fields(item, taken, normal, records, keys)
    if subjects.kept(definition):
        body.append(_digests(subjects.of_rows(definition, keys, records, parts)))
    rows = pa.record_batch(
        [
            of(pa.array(block.numbers, pa.int64())),
            pa.array(records, pa.binary()),
            pa.array(["u"] * len(records) if ops is None else of(pa.array(ops, pa.string())), pa.string()).cast(
                pa.binary()
            ),
            of(_marks(batch, checked, work, marked)),
            binary.joined(*body),
        ],
        schema=ROWS,
    )
    if rows.num_rows:
        with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, ROWS) as writer:
            writer.write_batch(rows)
    rejected = rejections(_faulty(block, checked, work))
    return Prepared(file, rows.column("number"), rows.column("k"), rejected)


def rejections(found: Sequence[Rejection]) -> pa.RecordBatch:
    """Return rejections as a batch."""
    columns = list(zip(*found, strict=True)) or [()] * len(REJECTED)
    arrays = [pa.array(column, type) for column, type in zip(columns, REJECTED.types, strict=True)]
    return pa.record_batch(arrays, schema=REJECTED)


def _judge_operations(ops: list[str | None], checked: quality.Checked) -> None:
    for row, op in enumerate(ops):
        if op not in (operations.PUT, operations.DELETE):
            shown = operations.told(op, sound=checked.valid[row]) if op else None
            checked.valid[row] = False
            checked.faults.append(quality.Breach(row, OP, "operation", quality.OperationUnknown.code, shown))


def _marks(
    batch: pa.RecordBatch, checked: quality.Checked, work: Work, marked: pa.FixedSizeBinaryArray | None
) -> pa.BinaryArray:
    """Return the marks; a row that was warned of has none."""
    found = (marks.marks(work.keys, batch, work.definition) if marked is None else marked).cast(pa.binary())
    if not (warned := {fault.row for fault in checked.faults if fault.warn}):
        return found
    return pc.if_else([row in warned for row in range(len(found))], pa.scalar(None, pa.binary()), found)


def _fields(
    item: Item, taken: pa.StringArray, normal: pa.StringArray, records: list[bytes], keys: ResourceKeys
) -> list[pa.BinaryArray]:
    own = _own_field(item, taken, normal, records, keys)
    return [own, _blind(item, normal, keys)] if item.has_blind_index else [own]


def _own_field(
    item: Item, taken: pa.StringArray, normal: pa.StringArray, records: list[bytes], keys: ResourceKeys
) -> pa.BinaryArray:
    if item.holding is Holding.PLAIN:
        return binary.field(_plain(item, taken, normal))
    normal = normal.cast(pa.binary())
    if item.holding is Holding.SEALED:
        return _digests(sealing.seal_column(keys, item.code, records, normal.to_pylist()))
    written = (taken.cast(pa.binary()) if item.type in TEXT else normal).to_pylist()
    return binary.field(pa.array(sealing.protect_column(keys, item.code, records, written), pa.binary()))


def _blind(item: Item, normal: pa.StringArray, keys: ResourceKeys) -> pa.BinaryArray:
    coded = normal.cast(pa.binary()).dictionary_encode()
    blind = _digests(sealing.blind_column(keys, item.code, coded.dictionary.to_pylist()))
    return pc.fill_null(blind.take(coded.indices), binary.NULL)


def _digests(values: Sequence[bytes | None]) -> pa.BinaryArray:
    return binary.field(pa.array(values, pa.binary()))


def _plain(item: Item, taken: pa.StringArray, normal: pa.StringArray) -> pa.Array:
    if item.type in TEXT:
        return taken
    if item.type in NUMBERS:
        return binary.numbers(normal)
    return binary.days(normal) if item.type is Type.DATE else normal


def _faulty(block: Block, checked: quality.Checked, work: Work) -> list[Rejection]:
    found: list[Rejection] = [
        (one.number, None, None, "row", one.reason, one.shown, REJECTS) for one in block.unreadable
    ]
    key = [checked.columns[code] for code in work.definition.key]
    for fault in checked.faults:
        if checked.valid[fault.row] != fault.warn:
            continue
        record, kind = (None, WARNS) if fault.warn else (_record(key, fault.row, work.keys), REJECTS)
        found.append((block.numbers[fault.row], record, fault.item, fault.rule, fault.reason, fault.shown, kind))
    return found


def _record(key: Sequence[ItemColumn], row: int, keys: ResourceKeys) -> bytes | None:
    parts = [column.normal[row].as_py() for column in key]
    return None if None in parts else sealing.record_key(keys, parts)
