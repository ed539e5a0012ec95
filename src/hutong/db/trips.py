"""Several statements in one trip to PostgreSQL, each prepared once for every connection (libpq's pipeline mode).

An answer is a handful of statements, and under load a trip costs more than what it asks for: two processes are woken
for it. So statements that do not wait for each other's rows travel together, what nobody waits for travels with the
commit, and what is read last does too: its rows come back first, and are used while the rest is written. Written on
psycopg's own `pq`: its pipeline() costs as much processor time as the trips it saves.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import Connection, Cursor, abc
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

Row = tuple[Any, ...]
Statement = tuple[str, Mapping[str, Any]]
"""A statement with `%(name)b` (binary) or `%(name)s` for its parameters, and their values."""

MOST_PREPARED = 500
"""Statements one connection keeps prepared; those that come after are planned each time."""

_Call = tuple[bytes, Sequence[Any], tuple[int, ...], Sequence[Format]]
"""A statement as it is sent: text, parameters, their types and formats."""

_Part = tuple[bytes, tuple[int, ...]] | None
"""What a result is of: text and types of a statement that was prepared, or None for one that was run."""

_UNPREPARED = ("26000", "0A000")
"""A prepared statement is there no more, or its columns have changed: all are prepared anew."""

_BEGIN: Statement = ("begin", {})
_COMMIT: Statement = ("commit", {})
_PLACE = re.compile(r"%\((\w+)\)([sbt])|%%")
_FORMATS = {"s": PyFormat.AUTO, "b": PyFormat.BINARY, "t": PyFormat.TEXT}


@dataclass(slots=True)
class _ConnectionState:
    """What is kept of one connection."""

    prepared: dict[tuple[bytes, tuple[int, ...]], bytes] = field(default_factory=dict)
    left: list[Statement] | None = None
    """What goes with the commit; None where the commit is somebody else's."""
    last: "_Trip | None" = None
    """The trip that commits, once it is on its way."""


_lines: "WeakKeyDictionary[Connection[Any], _ConnectionState]" = WeakKeyDictionary()
_numbers = itertools.count()


def together(cur: Cursor[Any], statements: Iterable[Statement]) -> list[list[Row]]:
    """Run statements in order, in one trip and in the cursor's transaction; returns the rows of each.

    Each statement sees what those before it did, and waits where they wait. Raises psycopg.Error as `execute` does; of
    statements after one that failed nothing was done.
    """
    listed = list(statements)
    return _Trip(cur, listed).all() if listed else []


def leave(cur: Cursor[Any], statement: Statement) -> None:
    """Run a statement that returns nothing with the commit of `leaving`, or at once outside of it."""
    line = _line(cur.connection)
    if line.left is None:
        _Trip(cur, [statement]).end()
    else:
        line.left.append(statement)


Then = Callable[[list[list[Row]]], Iterable[Statement]]
"""What makes of rows that were read what is still to be done before the commit."""


def lastly(
    cur: Cursor[Any], statements: Iterable[Statement], then: Then | None = None
) -> Callable[[], list[list[Row]]]:
    """Send the statements left before, these, and the commit, in one trip; returns a function that waits for the rows.

    The rows come as soon as they are read, so that something can be made of them while PostgreSQL still writes. Nothing
    more can be asked in this transaction, and whether it was committed is known when the block of `leaving` ends.
    With `then`, the commit waits in the same trip for the statements that `then` makes of the rows, and goes with them.
    Outside of such a block, or with no statement, this is `together`.
    """
    listed = list(statements)
    line = _line(cur.connection)
    if line.left is None or not listed:
        found = together(cur, listed)
        return lambda: _left_after(cur, found, then)
    if then is None:
        line.last = _Trip(cur, [*listed, *line.left, _COMMIT], soon=len(listed))
        return line.last.first
    line.last = trip = _Trip(cur, [*listed, *line.left], soon=len(listed), open=True)

    def settled() -> list[list[Row]]:
        rows = trip.first()
        trip.close([*then(rows), _COMMIT])
        return rows

    return settled


def _left_after(cur: Cursor[Any], found: list[list[Row]], then: Then | None) -> list[list[Row]]:
    for statement in then(found) if then else ():
        leave(cur, statement)
    return found


@contextmanager
def leaving(cur: Cursor[Any]) -> Iterator[None]:
    """Commit the cursor's transaction when the block ends, in one trip with what was left in it.

    A transaction that nothing was left in, or whose block raises before `lastly`, is its owner's to end. Raises
    RuntimeError inside another such block: what was left there would be lost.
    """
    line = _line(cur.connection)
    if line.left is not None:
        raise RuntimeError("leaving() within leaving()")
    line.left = []
    try:
        yield
        if line.last:
            line.last.end_closed()
        elif line.left:
            _Trip(cur, [*line.left, _COMMIT]).end()
    except BaseException:
        if line.last:
            line.last.give_up()
        raise
    finally:
        line.left = line.last = None


def _line(connection: Connection[Any]) -> _ConnectionState:
    line = _lines.get(connection)
    if line is None:
        line = _lines[connection] = _ConnectionState()
    return line


class _Trip:
    """Statements on their way, and the results that have come back."""

    __slots__ = ("_adapting", "_begins", "_connection", "_ended", "_line", "_open", "_parts", "_results", "_soon")

    def __init__(
        self, cur: Cursor[Any], statements: Sequence[Statement], *, soon: int = 0, open: bool = False
    ) -> None:
        """Send statements, and ask for the rows of the first `soon` of them before the others are done.

        One that is `open` takes more statements, and ends with `close`.
        """
        self._connection = connection = cur.connection
        self._line = line = _line(connection)
        if line.last:
            raise RuntimeError("the commit is on its way")
        pgconn, self._adapting = connection.pgconn, Transformer.from_context(cur)
        begins = pgconn.transaction_status == TransactionStatus.IDLE and not connection.autocommit
        if begins and (connection.isolation_level, connection.read_only, connection.deferrable) != (None, None, None):
            cur.execute("")  # lets psycopg begin, with what it was told of the transaction
            begins = False
        calls = [_call(self._adapting, each) for each in ([_BEGIN, *statements] if begins else statements)]
        self._begins = begins
        self._parts: list[_Part] = []
        self._results: list[PGresult] = []
        self._soon = 0
        self._open = open
        self._ended = False
        with self._or_nothing():
            pgconn.enter_pipeline_mode()
            for place, each in enumerate(calls, 1 - begins):
                self._parts += _send(pgconn, line, each)
                if place == soon > 0:
                    pgconn.send_flush_request()
                    self._soon = len(self._parts)
            if not open:
                pgconn.pipeline_sync()
            pgconn.flush()

    def close(self, statements: Sequence[Statement]) -> None:
        """Send the last statements of an open trip."""
        calls = [_call(self._adapting, each) for each in statements]
        with self._or_nothing():
            for each in calls:
                self._parts += _send(self._connection.pgconn, self._line, each)
            self._synchronise()

    def _synchronise(self) -> None:
        self._connection.pgconn.pipeline_sync()
        self._connection.pgconn.flush()
        self._open = False

    def first(self) -> list[list[Row]]:
        """Return the rows of the statements that were asked for first; raises as `end`, with nothing done."""
        with self._or_nothing():
            self._connection.wait(_received(self._connection.pgconn, self._results, self._soon))
        if any(result.status == ExecStatus.FATAL_ERROR for result in self._results):
            self.end()
        return self._rows()

    def all(self) -> list[list[Row]]:
        """Return the rows of all statements; raises as `end`."""
        self.end()
        return self._rows()

    def end(self) -> None:
        """Wait until all is done; raises psycopg.Error where a statement failed."""
        pgconn = self._connection.pgconn
        self._ended = True
        with self._or_nothing():
            if self._open:
                self._synchronise()
            self._connection.wait(_received(pgconn, self._results))
            pgconn.exit_pipeline_mode()
        if any(result.status == ExecStatus.FATAL_ERROR for result in self._results):
            raise _failure(self._line, self._parts, self._results, encoding=self._connection.info.encoding)

    def end_closed(self) -> None:
        """End as `end` does; raises RuntimeError where an open trip was not closed, for it has not committed."""
        if self._open:
            raise RuntimeError("nobody waited for the rows the commit waits for")
        self.end()

    def give_up(self) -> None:
        """Take what still comes, whatever it is: the connection is to go on."""
        if not self._ended:
            with suppress(psycopg.Error):
                self.end()

    def _rows(self) -> list[list[Row]]:
        pairs = zip(self._results, self._parts, strict=False)
        found = [_rows(self._adapting, result) for result, part in pairs if part is None]
        return found[1:] if self._begins else found

    @contextmanager
    def _or_nothing(self) -> Iterator[None]:
        with self._connection.lock:
            try:
                yield
            except BaseException:
                self._ended = True
                self._connection.pgconn.finish()  # nobody knows how far the trip came
                raise


def _call(adapting: abc.Transformer, statement: Statement) -> _Call:
    written, values = statement
    text, names, formats = _parsed(written)
    given = adapting.dump_sequence([values[name] for name in names], formats)
    return text, given, adapting.types or (), adapting.formats or ()


def _send(pgconn: PGconn, line: _ConnectionState, call: _Call) -> tuple[_Part, ...]:
    """Send a call, preparing it first where that was not done, and return what each of its results is of."""
    text, given, types, formats = call
    name = line.prepared.get((text, types))
    if name is not None:
        pgconn.send_query_prepared(name, given, formats, Format.BINARY)
        return (None,)
    if len(line.prepared) >= MOST_PREPARED:
        pgconn.send_query_params(text, given, types, formats, Format.BINARY)
        return (None,)
    name = line.prepared[text, types] = b"hutong_%d" % next(_numbers)
    pgconn.send_prepare(name, text, types)
    pgconn.send_query_prepared(name, given, formats, Format.BINARY)
    return (text, types), None


def _failure(
    line: _ConnectionState, parts: Sequence[_Part], results: Sequence[PGresult], *, encoding: str
) -> psycopg.Error:
    """Return what the first failure is to its caller, and forget what was not prepared for it."""
    for part, result in zip(parts, results, strict=False):
        if part is not None and result.status != ExecStatus.COMMAND_OK:
            line.prepared.pop(part, None)
    failed = next(result for result in results if result.status == ExecStatus.FATAL_ERROR)
    failure = error_from_result(failed, encoding=encoding)
    if failure.sqlstate in _UNPREPARED:
        line.prepared.clear()
    return failure


def _received(pgconn: PGconn, results: list[PGresult], enough: int | None = None) -> abc.PQGen[None]:
    """Add results as they arrive to `results`, until there are `enough` or no more come."""
    while pgconn.flush():
        if (yield Wait.RW) & Ready.R:
            pgconn.consume_input()
    while enough is None or len(results) < enough:
        while pgconn.is_busy():
            if (yield Wait.R):
                pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:  # the end of one statement's results
            if pgconn.status == ConnStatus.BAD:
                raise psycopg.OperationalError("the connection is lost")
        elif result.status == ExecStatus.PIPELINE_SYNC:
            return
        else:
            results.append(result)


def _rows(adapting: abc.Transformer, result: PGresult) -> list[Row]:
    if result.status != ExecStatus.TUPLES_OK or not result.ntuples:
        return []
    adapting.set_pgresult(result)
    rows: list[Row] = adapting.load_rows(0, result.ntuples, tuple)
    return rows


@lru_cache(maxsize=1000)
def _parsed(statement: str) -> tuple[bytes, tuple[str, ...], tuple[PyFormat, ...]]:
    """Return the statement with numbered parameters, and their names and formats by number."""
    names: dict[str, PyFormat] = {}

    def numbered(found: re.Match[str]) -> str:
        name, kind = found.groups()
        if name is None:
            return "%"
        names.setdefault(name, _FORMATS[kind])
        return f"${list(names).index(name) + 1}"

    text = _PLACE.sub(numbered, statement)
    return text.encode(), tuple(names), tuple(names.values())
