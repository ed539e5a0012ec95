"""The statements a delivery is written with, built from the definition of the version it is written to."""

from collections.abc import Sequence

from psycopg.sql import SQL, Composable, Composed, Identifier

from hutong.plane.definition import Definition
from hutong.plane.tables import Store, columns, condition_column, filter_column, is_column, limiting, was_column


def marks(store: Store) -> Composed:
    """Return the statement that reads record key and mark of every row, one behind the other, in some 256 pieces."""
    return SQL(
        "select string_agg(h.k || case when substr(h.delivered, 1, 8) = int8send(h.change) then substr(h.delivered, 9)"
        " else decode(repeat('00', 16), 'hex') end, ''::bytea) from {} h group by get_byte(h.k, 0)"
    ).format(store.table)


def arriving(store: Store) -> Composed:
    """Return the statement that makes the temporary table a delivery is copied into."""
    listed = SQL(", ").join(SQL("{} {}").format(Identifier(c), SQL(t)) for c, t in columns(store.definition))
    return SQL("create temp table arriving (k bytea, op text, delivered bytea, {}) on commit drop").format(listed)


def copy_arriving(store: Store) -> Composed:
    """Return the statement that copies rows of k, op, mark and item columns into it."""
    return SQL("copy arriving (k, op, delivered, {}) from stdin (format binary)").format(_names(store.definition))


def copy_all(store: Store) -> Composed:
    """Return the statement that copies rows of k, change, delivered and item columns into an empty store."""
    return SQL("copy {} (k, change, delivered, {}) from stdin (format binary)").format(
        store.table, _names(store.definition)
    )


def changed(store: Store, *, snapshot: bool, former: Store | None, known: bool) -> Composed:
    """Return the statement that lists in table `changed`, numbered after `%(last)s`, what a delivery changes.

    A snapshot deletes what is neither in it nor in `spared`; where the loader knows what is held, that is found
    among `missing`. `former` is the version answered from until now, if this is the first full load of another:
    its records that are gone are told as deleted.
    """
    table, filters = (store if former is None else former).table, limiting(store.definition)
    there = SQL("missing h") if known else SQL("{} h").format(table)
    if known and filters:
        there = SQL("missing m join {} h on h.k = m.k").format(table)
    # Nobody follows with a filter from one version into another, so what was of the former one is not told.
    was = [SQL("null::bytea") if former else Identifier("h", filter_column(code)) for code in filters]
    gone = SQL(
        "select h.k, 'd', false{} from {} where not exists (select from arriving a where a.k = h.k){}"
        if snapshot
        else "select h.k, 'd', false{} from {} join arriving a on a.k = h.k where a.op = 'd'{}"
    ).format(
        _no_more(was),
        there,
        SQL(" and not exists (select from spared s where s.k = h.k)" if snapshot and former is None else ""),
    )
    return _numbered(store, was=was, gone=gone)


def unplaced(store: Store) -> Composed:
    """Return the statement that counts the rejected rows whose record is unknown or not held, none of them repeated."""
    return SQL(
        "select count(distinct r.number) as rows from rejected r where not r.warn and r.rule <> 'key'"
        " and not exists (select from {} h where h.k = r.key_digest)"
    ).format(store.table)


def changed_former(former: Store, *, newest: Store, snapshot: bool) -> Composed:
    """Return the statement that lists in table `changed` what a delivery to `newest`, merged, changes in `former`.

    A snapshot deletes what `newest` does not hold and is not in `spared`.
    """
    was = [Identifier("h", filter_column(code)) for code in limiting(former.definition)]
    left = SQL(
        "select h.k, 'd', false{} from {} h where not exists (select from {} n where n.k = h.k)"
        " and not exists (select from spared s where s.k = h.k)"
    ).format(_no_more(was), former.table, newest.table)
    said = SQL("select h.k, 'd', false{} from {} h join arriving a on a.k = h.k where a.op = 'd'").format(
        _no_more(was), former.table
    )
    return _numbered(former, was=was, gone=left if snapshot else said)


def delete_changed(store: Store) -> Composed:
    """Return the statement that deletes what `changed` says is gone."""
    return SQL("delete from {} h using changed c where h.k = c.k and c.op = 'd'").format(store.table)


def update_changed(store: Store) -> Composed:
    """Return the statement that rewrites the rows that differ."""
    pairs = SQL(", ").join(
        SQL("{} = {}").format(Identifier(c), Identifier("a", c)) for c, _ in columns(store.definition)
    )
    return SQL(
        "update {} h set change = c.change, delivered = int8send(c.change) || a.delivered, {}"
        " from changed c join arriving a on a.k = c.k"
        " where h.k = c.k and c.op = 'u' and not c.fresh"
    ).format(store.table, pairs)


def insert_changed(store: Store) -> Composed:
    """Return the statement that inserts the new rows."""
    listed = [c for c, _ in columns(store.definition)]
    return SQL(
        "insert into {} (k, change, delivered, {}) select a.k, c.change, int8send(c.change) || a.delivered, {}"
        " from changed c join arriving a on a.k = c.k where c.fresh order by a.k"
    ).format(store.table, _names(store.definition), _of("a", listed))


def remark(store: Store) -> Composed:
    """Return the statement that notes the marks of rows that say the same in other words; no change comes of it."""
    return SQL(
        "update {} h set delivered = int8send(h.change) || a.delivered from arriving a"
        " where a.k = h.k and a.op = 'u' and h.delivered is distinct from int8send(h.change) || a.delivered"
        " and a.delivered is not null"
    ).format(store.table)


def feed_changed(store: Store) -> Composed:
    """Return the statement that writes `changed` to the feed."""
    told = [column(code) for code in limiting(store.definition) for column in (was_column, is_column)]
    names = SQL("").join(SQL(", {}").format(Identifier(name)) for name in told)
    return SQL(
        "insert into {} (change, op, k, at{}) select change, op, k, %(now)s{} from changed order by change"
    ).format(store.feed, names, names)


def feed_all(store: Store) -> Composed:
    """Return the statement that writes every row to the feed as they lie, which after a copy is mostly by change."""
    filters = limiting(store.definition)
    names = SQL("").join(SQL(", {}").format(Identifier(is_column(code))) for code in filters)
    values = SQL("").join(SQL(", {}").format(Identifier(filter_column(code))) for code in filters)
    return SQL("insert into {} (change, op, k, at{}) select change, 'u', k, %(now)s{} from {}").format(
        store.feed, names, values, store.table
    )


def _numbered(store: Store, *, was: Sequence[Composable], gone: Composed) -> Composed:
    """Return the statement that makes table `changed`: what arrived and is new or differs, and what is `gone`.

    `was` says what limited grants before the change, of each item that does.
    """
    # In another normal form the digest of a plain value that limits grants may differ, and the value itself not.
    limits = map(filter_column, limiting(store.definition))
    compared = list(dict.fromkeys([*(condition_column(item) for item in store.definition.items), *limits]))
    differs = SQL("({}) is distinct from ({})").format(_of("a", compared), _of("h", compared))
    return SQL(
        "create temp table changed on commit drop as"
        " select row_number() over () + %(last)s::bigint as change, found.* from ("
        " select a.k, 'u' as op, h.k is null as fresh{} from arriving a left join {} h on h.k = a.k"
        " where a.op = 'u' and (h.k is null or {})"
        " union all {}) found"
    ).format(_put(store, was), store.table, differs, gone)


def _put(store: Store, was: Sequence[Composable]) -> Composed:
    """Return the was_ and is_ columns of a record that is put."""
    return SQL("").join(
        SQL(", {} as {}, {} as {}").format(
            each, Identifier(was_column(code)), Identifier("a", filter_column(code)), Identifier(is_column(code))
        )
        for each, code in zip(was, limiting(store.definition), strict=True)
    )


def _no_more(was: Sequence[Composable]) -> Composed:
    """Return the was_ and is_ columns of a record that is deleted."""
    return SQL("").join(SQL(", {}, null::bytea").format(each) for each in was)


def _names(definition: Definition) -> Composed:
    return SQL(", ").join(Identifier(c) for c, _ in columns(definition))


def _of(table: str, listed: Sequence[str]) -> Composed:
    return SQL(", ").join(Identifier(table, c) for c in listed)
