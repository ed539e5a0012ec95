import psycopg
import pytest
from psycopg import sql

from hutong.db import rights
from hutong.db.database import Database, conninfo_as

PRIVILEGES = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
SCHEMAS = ["audit", "plane", "store", "feed", "public"]


def tables(cur):
    cur.execute(
        "select schemaname || '.' || tablename from pg_tables where schemaname = any (%s)"
        " and not exists (select from pg_class c where c.oid = (schemaname || '.' || tablename)::regclass"
        "                 and c.relispartition)",
        [SCHEMAS],
    )
    return [name for (name,) in cur.fetchall()]


def as_table_says(role, table):
    """Return the privileges on the whole table, and the columns that may be updated where not all may."""
    said = rights.privileges_on(table, role=role) or ""
    whole, _, columns = said.partition("update (")
    columns = {column.strip() for column in columns.rstrip(")").split(",") if column.strip()}
    return {privilege.strip() for privilege in whole.split(",") if privilege.strip()}, columns


@pytest.fixture
def with_store(cur):
    cur.execute("create table store.r1_v1 (k bytea primary key)")
    cur.execute("create table feed.r1_v1 (change bigint primary key)")
    return cur


@pytest.mark.parametrize("role", rights.RIGHTS)
def test_postgresql_grants_what_the_table_says_and_no_more(with_store, role):
    cur = with_store
    found, wanted = {}, {}
    for table in tables(cur):
        cur.execute(
            "select p, has_table_privilege(%s, %s, p) from unnest(%s::text[]) p",
            [f"hutong_{role}", table, list(PRIVILEGES)],
        )
        found[table] = {privilege for privilege, has in cur.fetchall() if has}
        cur.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
            " and not attisdropped and has_column_privilege(%s, attrelid, attnum, 'update')",
            [table, f"hutong_{role}"],
        )
        columns = {name for (name,) in cur.fetchall()}
        wanted[table], some = as_table_says(role, table)
        if "update" not in wanted[table]:
            assert columns == some, table

    assert found == wanted


def test_nobody_but_the_owner_may_change_or_delete_what_is_remembered(db):
    with db.transaction() as cur:
        cur.execute(
            "insert into audit.entry (at, event, class, salt, record) values (now(), 'e', 'usage', '', '{}')"
        )
    for role in rights.RIGHTS:
        acting = Database(db.url, role=role, size=1)
        for table in ("audit.entry", "audit.leaf"):
            column = "event" if table == "audit.entry" else "hash"
            for statement in (
                f"update {table} set {column} = {column}",
                f"delete from {table}",
                f"truncate {table}",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), acting.transaction() as cur:
                    cur.execute(statement)
        acting.close()
    with db.transaction() as cur:
        cur.execute("select count(*) from audit.entry")
        assert cur.fetchone() == (1,)


def test_partitions_cannot_be_gone_round_by(db):
    for role in rights.RIGHTS:
        acting = Database(db.url, role=role, size=1)
        for verb in ("delete from", "truncate"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), acting.transaction() as cur:
                cur.execute(f"{verb} audit.entry_default")
        acting.close()


def test_a_store_made_later_is_open_to_the_plane_alone(db):
    with db.transaction() as cur:
        cur.execute("create table store.r9_v1 (k bytea primary key)")
    allowed = []
    for role in rights.RIGHTS:
        acting = Database(db.url, role=role, size=1)
        try:
            with acting.transaction() as cur:
                cur.execute("insert into store.r9_v1 values ('x')")
                cur.execute("delete from store.r9_v1")
            allowed.append(role)
        except psycopg.errors.InsufficientPrivilege:
            pass
        acting.close()

    assert allowed == ["plane"]


def test_only_plane_makes_temporary_tables(db):
    allowed = []
    for role in rights.RIGHTS:
        with psycopg.connect(conninfo_as(db.url, role=role)) as connection:
            try:
                connection.execute("create temp table t (a int)")
                allowed.append(role)
            except psycopg.errors.InsufficientPrivilege:
                pass

    assert allowed == ["plane"]


def test_a_right_given_by_hand_is_taken_back(database_url):
    with psycopg.connect(database_url) as connection, connection.cursor() as cur:
        cur.execute("grant delete on audit.entry to hutong_plane")
        rights.apply(cur)
        cur.execute("select has_table_privilege('hutong_plane', 'audit.entry', 'delete')")

        assert cur.fetchone() == (False,)


def test_every_pattern_and_name_means_a_table_that_is_there(with_store):
    there = tables(with_store)
    named = {table for role in rights.RIGHTS.values() for table in role if not table.endswith("*")}

    assert named - set(there) == set()


def test_a_login_without_rights_is_told_which_role_is_missing(server, database_url):
    login = "stranger_" + database_url.split("@/")[1].split("?")[0]
    with psycopg.connect(server.superuser_url(), autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} login password 'x'").format(sql.Identifier(login)))
        try:
            url = database_url.replace(database_url.split("//")[1].split("@")[0], f"{login}:x")
            with pytest.raises(rights.DatabaseRolesMissing) as caught, psycopg.connect(url) as stranger:
                rights.prepare(stranger.cursor())
            assert caught.value.facts == {"role": "hutong_owner", "login": login}
        finally:
            connection.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))
