"""Several statements in one trip to PostgreSQL, each prepared once a connection (libpq's pipeline mode).

An answer is a handful of statements, and under load a trip costs more than what it asks for: two processes are woken
for it. So statements that do not wait for each other's rows travel together, and what nobody waits for travels with
the commit. Written on psycopg's own `pq`: its pipeline() costs as much processor time as the trips it saves.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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

_Step = tuple[bytes, tuple[int, ...]] | None
"""What a result is of: text and types of a statement that was prepared, or None for one that was run."""

_UNPREPARED = ("26000", "0A000")
"""A prepared statement is there no more, or its columns have changed: all are prepared anew."""

_BEGIN: Statement = ("begin", {})
_COMMIT: Statement = ("commit", {})
_PLACE = re.compile(r"%\((\w+)\)([sbt])|%%")
_FORMATS = {"s": PyFormat.AUTO, "b": PyFormat.BINARY, "t": PyFormat.TEXT}


@dataclass(slots=True)
class _Line:
    """What is kept of one connection."""

    prepared: dict[tuple[bytes, tuple[int, ...]], bytes] = field(default_factory=dict)
    left: list[Statement] | None = None
    """What goes with the commit; None where the commit is somebody else's."""


_lines: "WeakKeyDictionary[Connection[Any], _Line]" = WeakKeyDictionary()
_numbers = itertools.count()


def together(cur: Cursor[Any], statements: Iterable[Statement]) -> list[list[Row]]:
    """Run statements in order, in one trip and in the cursor's transaction; returns the rows of each.

    Each statement sees what those before it did, and waits where they wait. Raises psycopg.Error as `execute` does; of
    statements after one that failed nothing was done.
    """
    listed = list(statements)
    return _run(cur, listed) if listed else []


def leave(cur: Cursor[Any], statement: Statement) -> None:
    """Run a statement that returns nothing with the commit of `leaving`, or at once outside of it."""
    line = _line(cur.connection)
    if line.left is None:
        _run(cur, [statement])
    else:
        line.left.append(statement)


@contextmanager
def leaving(cur: Cursor[Any]) -> Iterator[None]:
    """Commit the cursor's transaction when the block ends, in one trip with what was left in it.

    A transaction that nothing was left in, or whose block raises, is its owner's to end. Raises RuntimeError inside
    another such block: what was left there would be lost.
    """
    line = _line(cur.connection)
    if line.left is not None:
        raise RuntimeError("leaving() within leaving()")
    line.left = []
    try:
        yield
        if line.left:
            _run(cur, [*line.left, _COMMIT])
    finally:
        line.left = None


def _line(connection: Connection[Any]) -> _Line:
    line = _lines.get(connection)
    if line is None:
        line = _lines[connection] = _Line()
    return line


def _run(cur: Cursor[Any], statements: list[Statement]) -> list[list[Row]]:
    connection = cur.connection
    pgconn, line, adapting = connection.pgconn, _line(connection), Transformer.from_context(cur)
    begins = pgconn.transaction_status == TransactionStatus.IDLE and not connection.autocommit
    if begins and not (connection.isolation_level is connection.read_only is connection.deferrable is None):
        cur.execute("")  # psycopg begins as it was told to
        begins = False
    calls = [_call(adapting, each) for each in ([_BEGIN, *statements] if begins else statements)]
    with connection.lock:
        try:
            pgconn.enter_pipeline_mode()
            steps = [step for each in calls for step in _send(pgconn, line, each)]
            pgconn.pipeline_sync()
            results = connection.wait(_received(pgconn))
            pgconn.exit_pipeline_mode()
        except BaseException:
            pgconn.finish()  # nobody knows how far it came
            raise
    if any(result.status == ExecStatus.FATAL_ERROR for result in results):
        raise _failure(line, steps, results, encoding=connection.info.encoding)
    found = [_rows(adapting, result) for result, step in zip(results, steps, strict=True) if step is None]
    return found[1:] if begins else found


def _call(adapting: abc.Transformer, statement: Statement) -> _Call:
    written, values = statement
    text, names, formats = _parsed(written)
    given = adapting.dump_sequence([values[name] for name in names], formats)
    return text, given, adapting.types or (), adapting.formats or ()


def _send(pgconn: PGconn, line: _Line, call: _Call) -> tuple[_Step, ...]:
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
    line: _Line, steps: Sequence[_Step], results: Sequence[PGresult], *, encoding: str
) -> psycopg.Error:
    """Return what the first failure is to its caller, and forget what was not prepared for it."""
    for step, result in zip(steps, results, strict=False):
        if step is not None and result.status != ExecStatus.COMMAND_OK:
            line.prepared.pop(step, None)
    failed = next(result for result in results if result.status == ExecStatus.FATAL_ERROR)
    failure = error_from_result(failed, encoding=encoding)
    if failure.sqlstate in _UNPREPARED:
        line.prepared.clear()
    return failure


def _received(pgconn: PGconn) -> abc.PQGen[list[PGresult]]:
    while pgconn.flush():
        if (yield Wait.RW) & Ready.R:
            pgconn.consume_input()
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            if (yield Wait.R):
                pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:  # the end of one statement's results
            if pgconn.status == ConnStatus.BAD:
                raise psycopg.OperationalError("the connection is lost")
        elif result.status == ExecStatus.PIPELINE_SYNC:
            return results
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
