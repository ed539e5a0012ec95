from dataclasses import replace

import psycopg
import pytest
from delivering import NOW, PROVIDER, definition

from hutong.core import text
from hutong.db.database import Cur, Database
from hutong.plane import soundness, tables
from hutong.plane.definition import Item, Mode, Type


def shape(cur: Cur, relation: str) -> list[tuple[str, str]]:
    return cur.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = 'store' and table_name = %s order by ordinal_position",
        [relation],
    ).fetchall()


def test_a_store_has_the_columns_its_items_ask_for(cur: Cur) -> None:
    relation = tables.publish(cur, definition=definition(), now=NOW)
    assert shape(cur, relation) == [
        ("k", "bytea"), ("change", "bigint"), ("delivered", "bytea"), ("i_id", "bytea"), ("b_id", "bytea"),
        ("i_name", "bytea"), ("i_phone", "bytea"), ("b_phone", "bytea"), ("i_born", "date"), ("i_amount", "numeric"),
        ("i_remark", "text"),
    ]  # fmt: skip
    assert tables.version(cur, code="307001/000001").definition == definition()
    assert tables.opened_on(cur, codes=["307001/000001"]) == {}


def test_conditions_are_found_by_b_tree_except_text_of_any_length(cur: Cur) -> None:
    items = [Item("id", "键"), Item("short", "短", length=600, offered=Mode.QUERY, condition=True),
             Item("long", "长", offered=Mode.QUERY, condition=True),
             Item("day", "日", Type.DATE, offered=Mode.QUERY, condition=True),
             Item("closed", "密", sensitive=True, offered=Mode.QUERY, condition=True)]  # fmt: skip
    relation = tables.publish(cur, definition=definition(items=tuple(items)), now=NOW)
    found = cur.execute(
        "select indexdef from pg_indexes where schemaname = 'store' and tablename = %s order by 1", [relation]
    ).fetchall()
    assert [text.partition(" USING ")[2] for (text,) in found] == [
        "btree (b_closed)", "btree (i_day)", "hash (i_long)", "btree (i_short)", "btree (k)",
    ]  # fmt: skip
    longest = "".join(chr(0x20000 + n * 37 % 0xA000) for n in range(600))
    cur.execute(f"insert into store.{relation} (k, change, i_short) values ('a', 1, %s)", [longest])


def test_the_indexes_made_after_filling_are_those_made_at_publishing(cur: Cur) -> None:
    items = [Item("id", "键"), Item("short", "短", length=600, offered=Mode.QUERY, condition=True),
             Item("long", "长", offered=Mode.QUERY, condition=True),
             Item("day", "日", Type.DATE, offered=Mode.QUERY, condition=True),
             Item("closed", "密", sensitive=True, offered=Mode.QUERY, condition=True)]  # fmt: skip
    tables.publish(cur, definition=definition(items=tuple(items)), now=NOW)
    store = tables.version(cur, code="307001/000001")

    def indexes() -> list[str]:
        listed = "select indexdef from pg_indexes where schemaname in ('store', 'feed') and tablename = %s order by 1"
        return [text.partition(" USING ")[2] for (text,) in cur.execute(listed, [store.relation]).fetchall()]

    before = indexes()
    tables.drop_indexes(cur, store)
    assert indexes() == []
    tables.make_indexes(cur, store)
    assert indexes() == before
    cur.execute(f"insert into feed.{store.relation} (change, op, k, at) values (1, 'd', 'a', %s)", [NOW])
    tables.drop_indexes(cur, store)
    assert indexes() == ["btree (change)"]  # of a feed that tells something already
    tables.make_indexes(cur, store)
    assert indexes() == before


def test_only_an_empty_store_does_without_indexes(cur: Cur) -> None:
    relation = tables.publish(cur, definition=definition(), now=NOW)
    store = tables.version(cur, code="307001/000001")
    cur.execute(f"insert into store.{relation} (k, change) values ('a', 1)")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState), cur.connection.transaction():
        tables.drop_indexes(cur, store)
    for name in ("pg_class", "r1_v1; drop table x", "../r1_v1", "r1_v1\n", ""):
        with pytest.raises(psycopg.errors.InvalidName), cur.connection.transaction():
            tables.drop_indexes(cur, replace(store, relation=name))
        with pytest.raises(psycopg.errors.InvalidName), cur.connection.transaction():
            tables.make_indexes(cur, replace(store, relation=name))


def test_the_same_definition_again_changes_nothing(cur: Cur) -> None:
    assert tables.publish(cur, definition=definition(), now=NOW) == tables.publish(
        cur, definition=definition(), now=NOW
    )


def test_a_change_is_a_new_version(cur: Cur) -> None:
    first = tables.publish(cur, definition=definition(), now=NOW)
    with pytest.raises(tables.VersionTaken):
        tables.publish(cur, definition=definition(update_cycle=2), now=NOW)
    assert tables.publish(cur, definition=definition(3), now=NOW) != first
    with pytest.raises(tables.VersionNotNewer):
        tables.publish(cur, definition=definition(2), now=NOW)


def test_a_resource_never_changes_hands(cur: Cur) -> None:
    tables.publish(cur, definition=definition(), now=NOW)
    with pytest.raises(tables.ProviderDiffers):
        tables.publish(cur, definition=definition(2, provider="other"), now=NOW)
    assert tables.version(cur, code="307001/000001").definition.provider == PROVIDER


def test_a_definition_that_is_not_sound_makes_no_table(cur: Cur) -> None:
    sly = 'x"; drop table plane.resource; --'
    with pytest.raises(soundness.ItemCodeMisshaped):
        tables.publish(cur, definition=definition(items=(Item(sly, "坏"),), key=(sly,)), now=NOW)
    with pytest.raises(tables.ResourceUnknown):
        tables.version(cur, code="307001/000001")


@pytest.mark.parametrize(
    ("columns", "types"),
    [
        (["x"], ["text"]),
        (["i_a b"], ["text"]),
        (["i_a"], ["text; drop table plane.resource"]),
        (["i_a"], ["regclass"]),
        (["b_a"], ["text"]),
        ([None], ["text"]),
        (["i_a"], [None]),
        (["i_a", "i_b"], ["text"]),
        ([], []),
    ],
)
def test_the_function_that_makes_tables_trusts_no_one(columns: list, types: list, cur: Cur) -> None:
    tables.publish(cur, definition=definition(), now=NOW)
    with pytest.raises(psycopg.Error) as refused:
        cur.execute("select plane.make_store('307001/000001', 1, %s::text[], %s::text[])", [columns, types])
    assert refused.value.sqlstate in ("42602", "22023")


def test_control_publishes_and_plane_may_write_but_not_make_tables(db: Database, database_url: str) -> None:
    for role in ("control", "plane"):
        database = Database(database_url, role=role)
        with database.transaction() as cur:
            if role == "control":
                relation = tables.publish(cur, definition=definition(), now=NOW)
            else:
                cur.execute(f"insert into store.{relation} (k, change) values ('a', 1)")
        if role == "plane":
            with pytest.raises(psycopg.errors.InsufficientPrivilege), database.transaction() as cur:
                cur.execute("create table store.own (k int)")
        database.close()


def test_every_type_has_a_column_type() -> None:
    found = {tables.column_type(Item("a", "甲", type, offered=Mode.QUERY)) for type in Type}
    assert found == {"text", "numeric", "date"}


def test_says_whether_the_resource_or_only_its_version_is_unknown(cur: Cur) -> None:
    tables.publish(cur, definition=definition(), now=NOW)
    with pytest.raises(tables.ResourceUnknown, match=r"^There is no published resource 1/1\.$") as refused:
        tables.version(cur, code="1/1")
    assert text.say(refused.value, language="zh").message == "没有已发布的资源 1/1\u3002"
    with pytest.raises(tables.VersionUnknown) as other:
        tables.version(cur, code="307001/000001", version=9)
    assert text.say(other.value, language="zh").message == "没有已发布的资源 307001/000001 第 9 版\u3002"
