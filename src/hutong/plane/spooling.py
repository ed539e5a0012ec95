"""Preparing a delivery: parse, check, seal, and keep the result on disk until it is copied.

Nothing readable of a sealed or protected item is in the spool: values are sealed and faults masked before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from hutong.plane import quality, reading, sealing, tables
from hutong.plane.definition import Definition, Holding, Item, Type
from hutong.plane.keys import ResourceKeys

_REJECTED = pa.schema(
    [
        ("number", pa.int64()),
        ("key_digest", pa.string()),
        ("item", pa.string()),
        ("rule", pa.string()),
        ("reason", pa.string()),
        ("shown", pa.string()),
    ]
)
_Rejection = tuple[int, str | None, str | None, str, str, str | None]


@dataclass(slots=True)
class Spool:
    """A delivery ready to be copied, in files of `folder`, and its counts."""

    folder: Path
    sent: int = 0
    accepted: int = 0
    rejected: int = 0
    warned: int = 0
    repeated: dict[int, int] = field(default_factory=dict)
    """Rows whose record stands in an earlier row, with that row."""

    def rows(self) -> Iterator[bytes]:
        """Yield the accepted rows as COPY-ready CSV: k, op, item columns."""
        for batch in _stored(self.folder / "rows"):
            if self.repeated:
                keep = [number not in self.repeated for number in batch.column("number").to_pylist()]
                batch = batch.filter(pa.array(keep, pa.bool_()))
            yield _csv(batch.drop_columns(["number"]))

    def faults(self) -> Iterator[bytes]:
        """Yield the rejected rows as COPY-ready CSV in the order of `_REJECTED`."""
        for batch in _stored(self.folder / "rejected"):
            yield _csv(batch)

    def spared(self) -> Iterator[bytes]:
        """Yield the keys of rejected rows as COPY-ready CSV: their records stay as they are."""
        for batch in _stored(self.folder / "rejected"):
            yield _csv(batch.select(["key_digest"]).filter(pc.is_valid(batch.column("key_digest"))))


def prepare(
    folder: Path,
    blocks: Iterator[reading.Block],
    *,
    definition: Definition,
    keys: ResourceKeys,
    changes: bool,
    progress: Callable[[int], None],
) -> Spool:
    """Check and seal every block into files of `folder`; returns them with their counts."""
    spool = Spool(folder)
    records: list[pa.Array] = []
    numbers: list[pa.Array] = []
    schema = pa.schema(
        [("number", pa.int64()), ("k", pa.string()), ("op", pa.string())]
        + [(name, pa.string()) for name, _ in tables.columns(definition)]
    )
    with _writer(folder / "rows", schema) as rows, _writer(folder / "rejected", _REJECTED) as rejected:
        for block in blocks:
            spool.sent += block.batch.num_rows + len(block.unreadable)
            batch, kept, faults = _sealed(block, spool, definition=definition, keys=keys, changes=changes)
            if batch.num_rows:
                rows.write_batch(batch.cast(schema) if batch.schema != schema else batch)
                records.append(kept)
                numbers.append(batch.column("number"))
            if faults:
                rejected.write_batch(_rejections(faults))
            progress(spool.sent)
        _reject_repeated(spool, records, numbers, rejected)
    spool.rejected = spool.sent - spool.accepted
    return spool


def _sealed(
    block: reading.Block, spool: Spool, *, definition: Definition, keys: ResourceKeys, changes: bool
) -> tuple[pa.RecordBatch, pa.Array, list[_Rejection]]:
    """Return the accepted rows sealed, their record keys, and the rejections."""
    batch, count = block.batch, block.batch.num_rows
    ops = batch.column(reading.OP).to_pylist() if changes else ["u"] * count
    checked = quality.check(batch, definition, deleted=[op == "d" for op in ops] if changes else None)
    valid, faults = checked.valid, checked.faults
    normals = {code: column.normal.to_pylist() for code, column in checked.columns.items()}
    for row, op in enumerate(ops):
        if op not in ("u", "d"):
            valid[row] = False
            shown = None if op is None else op[:20].replace("\x00", "\u2400")
            faults.append(quality.Fault(row, reading.OP, "operation", quality.OperationUnknown.code, shown))
    numbers = block.numbers
    everything = all(valid)
    chosen = range(count) if everything else [row for row in range(count) if valid[row]]

    def of(values: list[str | None]) -> list[str | None]:
        return values if everything else [values[row] for row in chosen]

    parts = [of(normals[code]) for code in definition.key]
    records = sealing.record_keys(keys, parts)  # type: ignore[arg-type]  # no part of a valid key is None
    found: dict[str, pa.Array] = {
        "number": pa.array([numbers[row] for row in chosen], pa.int64()),
        "k": _hex(records),
        "op": pa.array([ops[row] for row in chosen], pa.string()),
    }
    mask = pa.array(valid, pa.bool_())
    gone = [row for row, op in enumerate(of(ops)) if op == "d"]
    for item in definition.items:
        delivered = batch.column(item.code) if everything else batch.column(item.code).filter(mask)
        normal = of(normals[item.code])
        if gone and item.code not in definition.key:  # of a deleted record nothing but the key was looked at
            delivered, normal = _emptied(delivered.to_pylist(), gone), _emptied(normal, gone).to_pylist()
        found.update(_columns(item, delivered, normal, records, keys))
    spool.accepted += len(chosen)
    spool.warned += sum(1 for fault in faults if fault.warn)
    rejections = _faulty(faults, valid, normals, numbers, definition=definition, keys=keys)
    rejections += [(one.number, None, None, "row", one.reason, one.shown) for one in block.unreadable]
    return pa.record_batch(found), pa.array(records, pa.binary()), rejections


def _emptied(values: list[str | None], rows: list[int]) -> pa.Array:
    for row in rows:
        values[row] = None
    return pa.array(values, pa.string())


def _columns(
    item: Item, delivered: pa.Array, normal: list[str | None], records: list[bytes], keys: ResourceKeys
) -> dict[str, pa.Array]:
    name = tables.item_column(item)
    if item.holding is Holding.SEALED:
        return {name: _hex(sealing.seal_column(keys, item.code, records, normal))}
    text = item.type in (Type.STRING, Type.MEMO)
    if item.holding is Holding.PLAIN:
        return {name: delivered if text else pa.array(normal, pa.string())}
    values = delivered.to_pylist() if text else normal
    return {
        name: _hex(sealing.protect_column(keys, item.code, records, values)),
        tables.condition_column(item): _hex(sealing.blind_column(keys, item.code, normal)),
    }


def _faulty(
    faults: list[quality.Fault],
    valid: list[bool],
    normal: dict[str, list[str | None]],
    numbers: Sequence[int],
    *,
    definition: Definition,
    keys: ResourceKeys,
) -> list[_Rejection]:
    rejections: list[_Rejection] = []
    for fault in faults:
        if valid[fault.row] or fault.warn:
            continue
        parts = [normal[code][fault.row] for code in definition.key]
        known = [part for part in parts if part is not None]
        digest = "\\x" + sealing.record_key(keys, known).hex() if len(known) == len(parts) else None
        rejections.append((numbers[fault.row], digest, fault.item, fault.rule, fault.reason, fault.shown))
    return rejections


def _reject_repeated(
    spool: Spool, records: list[pa.Array], numbers: list[pa.Array], rejected: pa.ipc.RecordBatchFileWriter
) -> None:
    """Reject every row whose record stands in an earlier accepted row."""
    if not records:
        return
    every = pa.chunked_array(records)
    if len(pc.unique(every)) == len(every):
        return
    first: dict[bytes, int] = {}
    faults: list[_Rejection] = []
    for chunk, named in zip(records, numbers, strict=True):
        for record, number in zip(chunk.to_pylist(), named.to_pylist(), strict=True):
            earlier = first.setdefault(record, number)
            if earlier != number:
                spool.repeated[number] = earlier
                reason = quality.KeyRepeated.code
                faults.append((number, "\\x" + record.hex(), None, "key", reason, str(earlier)))
    spool.accepted -= len(faults)
    rejected.write_batch(_rejections(faults))


def _rejections(faults: list[_Rejection]) -> pa.RecordBatch:
    return pa.record_batch(
        [pa.array(column, type) for column, type in zip(zip(*faults, strict=True), _REJECTED.types, strict=True)],
        schema=_REJECTED,
    )


def _hex(values: "list[bytes] | list[bytes | None]") -> pa.Array:
    return pa.array([None if value is None else "\\x" + value.hex() for value in values], pa.string())


def _csv(batch: pa.RecordBatch) -> bytes:
    out = pa.BufferOutputStream()
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="all_valid")
    arrow_csv.write_csv(batch, out, options)
    data: bytes = out.getvalue().to_pybytes()
    return data


def _writer(path: Path, schema: pa.Schema) -> pa.ipc.RecordBatchFileWriter:
    return pa.ipc.new_file(str(path), schema)


def _stored(path: Path) -> Iterator[pa.RecordBatch]:
    with pa.OSFile(str(path)) as source:
        file = pa.ipc.open_file(source)
        for index in range(file.num_record_batches):
            yield file.get_batch(index)
