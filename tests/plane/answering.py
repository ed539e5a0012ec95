"""A small county for tests of answers: one provider, one consumer, what is held and who may ask."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hutong.core import normalise
from hutong.db.database import Database
from hutong.plane import grants, sealing, subjects, tables
from hutong.plane.answer.asking import Caller, Context, SignedQuestion
from hutong.plane.definition import Definition, Holding, Item, Mode, Type
from hutong.plane.grants import Grant
from hutong.plane.keys import Keyring, ResourceKeys

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PROVIDER, CONSUMER, STRANGER = "11330100000000001X", "11330100000000002X", "11330100000000003X"
KEYRING = Keyring({"k1": bytes(range(32))}, current="k1")

PEOPLE = Definition(
    code="people",
    version=1,
    name="人口基本信息",
    provider=PROVIDER,
    key=("id",),
    personal=False,
    items=(
        Item("id", "身份证号", required=True, sensitive=True, offered=Mode.SUBSCRIBE),
        Item("name", "姓名", sensitive=True, offered=Mode.SUBSCRIBE, condition=True),
        Item("income", "收入", Type.CURRENCY, sensitive=True, offered=Mode.COMPARE),
        Item("street", "街道", offered=Mode.SUBSCRIBE, condition=True, ranged=True),
        Item("born", "出生日期", Type.DATE, offered=Mode.SUBSCRIBE, condition=True, ranged=True),
        Item("children", "子女数", Type.INTEGER, offered=Mode.QUERY, condition=True, ranged=True),
    ),
)
"""A sealed item, a protected, and plain ones; not said to be about people, so that tests see who is absent."""

NEED = {
    Mode.COMPARE: (),
    Mode.QUERY: ("value_not_at_hand",),
    Mode.SUBSCRIBE: ("value_not_at_hand", "change_to_be_followed"),
}
_nonces = itertools.count(1)


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def __call__(self) -> float:
        return self._seconds

    def goes_on(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._seconds += seconds


def as_it_is(_question, answer):
    """Make nothing of an answer."""
    return answer


def person(number: int, **values: str | None) -> dict[str, str | None]:
    """Return the record of one invented person."""
    return {
        "id": f"33010020000101{number:04}",
        "name": f"张{number}",
        "income": f"{1000 + number}.50",
        "street": "文一路" if number % 2 else "文二路",
        "born": f"2000-01-{number % 28 + 1:02}",
        "children": str(number % 3),
        **values,
    }


def establish(db: Database, *, definition: Definition = PEOPLE) -> None:
    """Publish the resource and register systems, persons and devices."""
    with db.transaction() as cur:
        tables.publish(cur, definition=definition, now=NOW)
        for system, unit in (("sys-a", CONSUMER), ("sys-b", CONSUMER), ("sys-x", STRANGER)):
            cur.execute(
                "insert into plane.system (id, unit, name, mlps_level, mlps_until) values (%s, %s, %s, 2, %s)",
                (system, unit, system, date(2027, 1, 1)),
            )
        for table, name, unit in (
            ("user", "wang", CONSUMER),
            ("user", "li", CONSUMER),
            ("user", "xu", STRANGER),
            ("device", "pc1", CONSUMER),
            ("device", "pc2", CONSUMER),
        ):
            cur.execute(f"insert into plane.{table} (id, unit, name) values (%s, %s, %s)", (name, unit, name))
        cur.execute("update plane.user set department = case id when 'wang' then '救助科' else '低保科' end")


def supply(
    db: Database,
    rows: Sequence[Mapping[str, str | None]],
    *,
    definition: Definition = PEOPLE,
    deleted: Sequence[str] = (),
) -> None:
    """Hold `rows`, as a load would, and delete the records whose one key value is in `deleted`."""
    keys = KEYRING.resource(definition.code, suite=definition.suite)
    with db.transaction() as cur:
        store = tables.version(cur, code=definition.code, version=definition.version)
        change = store.last_change
        columns = ["k", "change", *(name for name, _ in tables.columns(definition))]
        ks = [record_key(keys, definition, row) for row in rows]
        lines, feed = [], []
        for k, row in zip(ks, rows, strict=True):
            change += 1
            lines.append((k, change, *_kept(keys, definition, k, row)))
            feed.append((change, "u", k, NOW))
        cur.execute(f"create temp table fresh (like store.{store.relation}) on commit drop")
        with cur.copy(f"copy fresh ({', '.join(columns)}) from stdin") as copy:
            for line in lines:
                copy.write_row(line)
        cur.execute(f"delete from store.{store.relation} h using fresh f where f.k = h.k")
        cur.execute(f"insert into store.{store.relation} select * from fresh")
        for value in deleted:
            change += 1
            k = record_key(keys, definition, {definition.key[0]: value})
            cur.execute(f"delete from store.{store.relation} where k = %s", (k,))
            feed.append((change, "d", k, NOW))
        with cur.copy(f"copy feed.{store.relation} (change, op, k, at) from stdin") as copy:
            for line in feed:
                copy.write_row(line)
        cur.execute(
            "update plane.resource set version = %s where code = %s", (definition.version, definition.code)
        )
        cur.execute(
            "update plane.store set key_id = 'k1', suite = %s, last_change = %s where code = %s and version = %s",
            (definition.suite, change, definition.code, definition.version),
        )


def record_key(keys: ResourceKeys, definition: Definition, row: Mapping[str, str | None]) -> bytes:
    """Return the record key of `row`."""
    values = [normalise.normalise(str(row[c]), type=definition.item(c).type) for c in definition.key]
    return sealing.record_key(keys, values)


def _kept(keys: ResourceKeys, definition: Definition, k: bytes, row: Mapping[str, str | None]) -> list[object]:
    kept: list[object] = []
    for item in definition.items:
        value = row.get(item.code)
        normal = None if value is None else normalise.normalise(value, type=item.type)
        if item.holding is Holding.SEALED:
            kept.append(None if normal is None else sealing.seal(keys, item.code, k, normal))
        elif item.holding is Holding.PROTECTED:
            kept.append(None if value is None else sealing.protect(keys, item.code, k, value))
            kept.append(None if normal is None else sealing.blind(keys, item.code, normal))
        else:
            kept.append(value)
    if subjects.kept(definition):
        parts = [[normalise.normalise(str(row[c]), type=definition.item(c).type).encode()] for c in definition.key]
        kept += subjects.of_rows(definition, keys, [k], parts)
    return kept


def a_grant(no: str = "g1", *, mode: Mode = Mode.COMPARE, **changes: object) -> Grant:
    """Return a grant that would open; `changes` are fields."""
    items = tuple(i.code for i in PEOPLE.items if i.code != "id" and (mode is Mode.COMPARE or i.code != "income"))
    if mode is Mode.SUBSCRIBE:
        items = ("name", "street", "born")
    grant = Grant(
        no=no,
        code="people",
        provider=PROVIDER,
        consumer=CONSUMER,
        system="sys-a",
        mode=mode,
        items=items,
        conditions=(),
        need=NEED[mode],
        purpose="aid",
        matters=("m1", "m2"),
        users=("wang",),
        devices=("pc1",),
        fold_absent=False,
        quota=1000,
        guesses=1000,
        from_at=NOW - timedelta(days=1),
        until_at=NOW + timedelta(days=30),
        filing_no="F1",
    )
    return replace(grant, **changes)  # type: ignore[arg-type]


def opened(db: Database, *listed: Grant) -> None:
    """Open grants."""
    with db.transaction() as cur:
        for grant in listed:
            grants.open_grant(cur, grant=grant, now=NOW, by="clerk")


def asked(grant: str = "g1", *, nonce: bytes | None = None, **changes: object) -> SignedQuestion:
    """Return who asks, with a fresh nonce; `changes` are fields of caller and context."""
    caller = Caller(
        "sys-a",
        CONSUMER,
        "rfc9421",
        1,
        nonce or next(_nonces).to_bytes(16, "big"),
        NOW + timedelta(minutes=5),
    )
    context = Context("wang", "pc1", "aid", "m1")
    for name, value in changes.items():
        if hasattr(caller, name):
            caller = caller._replace(**{name: value})
        else:
            context = context._replace(**{name: value})
    return SignedQuestion(caller, context, grant, NOW)


def records(db: Database, event: str) -> list[dict[str, object]]:
    """Return the records of one event, in order."""
    from hutong.core import canonical

    with db.transaction() as cur:
        found = cur.execute("select record from audit.entry where event = %s order by id", (event,)).fetchall()
    return [canonical.loads(record) for (record,) in found]


__all__ = [name for name in dir() if not name.startswith("_") and name != "os"]
