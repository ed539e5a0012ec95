"""A delivery prepared: its blocks checked and sealed, on disk until they are copied.

Rows whose mark is held already are only counted. What lies in the spool is what `preparing` puts there: nothing
readable of a sealed or protected item.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from hutong.plane import tables
from hutong.plane.delivery import binary, marks, preparing, quality, sealers
from hutong.plane.delivery.blocks import Block
from hutong.plane.delivery.marks import KnownRows
from hutong.plane.delivery.preparing import Prepared, Work

_GROUP = 16
_GROUP_BYTES = 48 << 20
"""So many blocks, or bytes of them, are looked up among what is known at a time."""


@dataclass(slots=True)
class Spool:
    """A delivery ready to be copied, and its counts."""

    faulty: Path
    """Holds the rejections."""
    columns: int
    """Fields of the item columns of a row."""
    form: int
    """The version of the normal form it was prepared in."""
    sent: int = 0
    accepted: int = 0
    fresh: int = 0
    """Rows that are in the spool; the other accepted ones are held already as they came."""
    repeated: set[int] = field(default_factory=set)
    """Numbers of rows whose record stands in an earlier row."""
    known: KnownRows | None = None
    files: list[Path] = field(default_factory=list)
    """Hold the fresh rows, a block each."""
    found: list[pa.Array] = field(default_factory=list)
    """Where in `known` the rows stand that are held already."""

    @property
    def rejected(self) -> int:
        """The rows that were not accepted."""
        return self.sent - self.accepted

    def rows(self) -> Iterator[memoryview]:
        """Yield the fresh rows as a binary COPY of k, op, mark and item columns."""
        for batch in self._kept():
            before = [binary.field(batch.column(name)) for name in ("k", "op", "mark")]
            yield from self._copied(before, batch)

    def numbered(self, first: int) -> Iterator[memoryview]:
        """Yield the fresh rows as a binary COPY of k, change (from `first` on), delivered and item columns."""
        for batch in self._kept():
            change = binary.integers(range(first, first + batch.num_rows))
            first += batch.num_rows
            delivered = pc.binary_join_element_wise(change.cast(pa.binary()), batch.column("mark"), b"")
            yield from self._copied([binary.field(one) for one in (batch.column("k"), change, delivered)], batch)

    def faults(self) -> Iterator[memoryview]:
        """Yield the rejections as a binary COPY in the order of `preparing.REJECTED`."""
        for batch in _stored(self.faulty):
            number, *rest = batch.columns
            fields = [binary.field(one) for one in (binary.integers(number.to_pylist()), *rest)]
            yield binary.rows(len(fields), fields)

    def missing(self) -> Iterator[memoryview]:
        """Yield the record keys that are held and did not come again as they are, as a binary COPY."""
        if self.known is not None:
            keys = pa.array(marks.missing(self.known, self.found), pa.binary())
            yield binary.rows(1, [binary.field(keys)])

    def _kept(self) -> Iterator[pa.RecordBatch]:
        for batch in chain.from_iterable(map(_stored, self.files)):
            if self.repeated:
                keep = [number not in self.repeated for number in batch.column("number").to_pylist()]
                batch = batch.filter(pa.array(keep, pa.bool_()))
            if batch.num_rows:
                yield batch

    def _copied(self, before: list[pa.BinaryArray], batch: pa.RecordBatch) -> Iterator[memoryview]:
        yield binary.rows(len(before) + self.columns, [*before, batch.column("body")])


def prepare(
    folder: Path,
    blocks: Iterable[Block],
    *,
    work: Work,
    known: KnownRows | None = None,
    processes: int = 0,
    progress: Callable[[int], None],
) -> Spool:
    """Check and seal every block into files of `folder`; returns them with their counts.

    A row `known` holds as it comes is neither checked nor sealed again. `processes` are started to help; with
    none all is done here.
    """
    spool = Spool(folder / "rejected", len(tables.columns(work.definition)), work.form, known=known)
    records: list[pa.Array] = []
    numbers: list[pa.Array] = []
    with ExitStack() as stack:
        rejected = stack.enter_context(pa.ipc.new_file(str(spool.faulty), preparing.REJECTED))
        given = _unknown(blocks, spool, work, records, numbers)
        # Where rows are known, perhaps none has to be prepared.
        prepared = sealers.prepared(given, work, folder, processes=processes, at_once=known is None)
        for done in stack.enter_context(closing(prepared)):
            _keep(done, spool, rejected)
            records.append(done.records)
            numbers.append(done.numbers)
            progress(spool.sent)
        _reject_repeated(spool, records, numbers, rejected)
    return spool


def _keep(done: Prepared, spool: Spool, rejected: pa.ipc.RecordBatchFileWriter) -> None:
    spool.accepted += len(done.numbers)
    spool.fresh += len(done.numbers)
    if len(done.numbers):
        spool.files.append(done.file)
    if done.rejected.num_rows:
        rejected.write_batch(done.rejected)


def _unknown(
    blocks: Iterable[Block], spool: Spool, work: Work, records: list[pa.Array], numbers: list[pa.Array]
) -> Iterator[tuple[Block, pa.FixedSizeBinaryArray | None]]:
    """Yield the blocks without the rows that are held already, with the marks of the others if they are made."""
    if spool.known is None:
        for block in blocks:
            spool.sent += block.batch.num_rows + len(block.unreadable)
            yield block, None
        return
    for group in _groups(blocks):
        spool.sent += sum(block.batch.num_rows + len(block.unreadable) for block in group)
        marked = [marks.marks(work.keys, block.batch, work.definition) for block in group]
        places = spool.known.find(pa.concat_arrays(marked))
        at = 0
        for block, made in zip(group, marked, strict=True):
            place = places.slice(at, len(made))
            at += len(made)
            fresh, known = pc.is_null(place), place.drop_null()
            every = pa.array(block.numbers, pa.int64())
            spool.accepted += len(known)
            spool.found.append(known)
            records.append(spool.known.records.take(known).cast(pa.binary()))
            numbers.append(every.filter(pc.invert(fresh)))
            if pc.any(fresh).as_py() or block.unreadable:
                rest = Block(block.batch.filter(fresh), every.filter(fresh).to_pylist(), block.unreadable)
                yield rest, made.filter(fresh)


def _groups(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    group: list[Block] = []
    for block in blocks:
        group.append(block)
        if len(group) == _GROUP or sum(one.batch.nbytes for one in group) > _GROUP_BYTES:
            yield group
            group = []
    if group:
        yield group


def _reject_repeated(
    spool: Spool, records: list[pa.Array], numbers: list[pa.Array], rejected: pa.ipc.RecordBatchFileWriter
) -> None:
    """Reject every row whose record stands in an earlier accepted row."""
    if _distinct(records):
        return
    every = pa.table({"k": pa.chunked_array(records, pa.binary()), "number": pa.chunked_array(numbers, pa.int64())})
    counted = every.group_by("k").aggregate([("number", "min"), ("number", "count")])
    several = counted.filter(pc.greater(counted["number_count"], 1))
    first = dict(zip(several["k"].to_pylist(), several["number_min"].to_pylist(), strict=True))
    some = every.filter(pc.is_in(every["k"], value_set=several["k"])).sort_by("number")
    found: list[preparing.Rejection] = []
    for record, number in zip(some["k"].to_pylist(), some["number"].to_pylist(), strict=True):
        if number != first[record]:
            spool.repeated.add(number)
            found.append((number, record, None, "key", quality.KeyRepeated.code, str(first[record]), preparing.REJECTS))
    spool.accepted -= len(found)
    rejected.write_batch(preparing.rejections(found))


def _distinct(records: list[pa.Array]) -> bool:
    """Return whether no two keys begin with the same eight bytes, which as good as never two different ones do."""
    starts = [pc.binary_slice(one, 0, 8).cast(pa.binary(8)).view(pa.int64()) for one in records]
    every = pa.chunked_array(starts, pa.int64())
    return len(every.unique()) == len(every)


def _stored(path: Path) -> Iterator[pa.RecordBatch]:
    with pa.OSFile(str(path)) as source:
        file = pa.ipc.open_file(source)
        for index in range(file.num_record_batches):
            yield file.get_batch(index)
