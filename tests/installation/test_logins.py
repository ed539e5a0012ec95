"""Each door logs in as itself: every role, table, function and database is tried from each, not a sample."""

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql

from databases import a_name, fresh_database, superuser
from hutong.audit import beginning, checkpoint, epochs, log, tree
from hutong.audit.beginning import Keys
from hutong.audit.heads import Heads
from hutong.core.lifecycle import Seat
from hutong.core.signed_note import Checkpoint, LogSigner
from hutong.db import logins, rights
from hutong.db.database import Database, conninfo_as
from hutong.db.embedded import Server
from hutong.installation import schema

DOORS = [who for who in logins.LOGINS if who != logins.OWNER]
PRIVILEGES = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
OF_THE_OWNER = "c.relowner = 'hutong_owner'::regrole and c.relkind = any ('{r,p,v,m}')"


@contextlib.contextmanager
def separated(server: Server) -> Iterator[dict[str, str]]:
    """Yield the addresses of a platform's logins on a server that others use too; the logins go with the database."""
    name = a_name()
    with fresh_database(server, name=name) as url:
        with psycopg.connect(url) as one, one.cursor() as cur:
            rights.prepare(cur)  # as the tests' one login makes them, which acts as each of them
        given = logins.passwords()
        connection = superuser(server)
        for statement in logins.on_the_server(given, database=name):
            connection.execute(statement)
        with psycopg.connect(server.superuser_url(name), autocommit=True) as inside:
            inside.execute(logins.in_the_database())
        bare = url.replace(url.partition("//")[2].partition("@")[0] + "@", "")
        assert logins.names_nobody(bare)
        yield logins.addresses(bare, given)
    for who in logins.LOGINS:
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(logins.name(who, database=name))))


@pytest.fixture(scope="module")
def addresses(server: Server) -> Iterator[dict[str, str]]:
    """A platform's whole schema, made by the owner's own login."""
    with separated(server) as given:
        schema.migrate(given[logins.OWNER])
        yield given


@contextlib.contextmanager
def connected(url: str, *, role: str | None = None) -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo_as(url, role=role), autocommit=True) as connection:
        yield connection


def listed(url: str, query: str) -> list[str]:
    with connected(url) as connection:
        return [name for (name,) in connection.execute(query).fetchall()]


@pytest.mark.parametrize("who", DOORS)
def test_no_door_takes_a_role_that_is_not_its_own(addresses, who):
    url = addresses[who]
    roles = listed(url, "select rolname from pg_roles")
    assert {"hutong_owner", "postgres", "pg_write_all_data", *(f"hutong_{role}" for role in rights.ROLES)} <= set(roles)
    with connected(url) as connection:
        me = connection.info.user
        taken = []
        for role in roles:
            for verb in ("role", "session authorization"):
                with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                    connection.execute(sql.SQL("set {} {}").format(sql.SQL(verb), sql.Identifier(role)))
                    taken.append(role)
                connection.execute("reset session authorization")
                connection.execute("reset role")
    assert sorted(set(taken) - {me}) == sorted(f"hutong_{role}" for role in logins.LOGINS[who])


@pytest.mark.parametrize("who", DOORS)
def test_what_a_door_may_do_with_each_table_is_what_its_roles_may_and_by_itself_it_may_nothing(addresses, who):
    tables = f"select oid::regclass::text from pg_class c where {OF_THE_OWNER}"
    assert len(listed(addresses[who], tables)) > 60
    asked = (
        "select n.nspname || '.' || c.relname, p from pg_class c join pg_namespace n on n.oid = c.relnamespace,"
        f" unnest(%s::text[]) p where {OF_THE_OWNER} and has_table_privilege(%s, c.oid, p) and not c.relispartition"
    )
    beyond = (
        "select h.inhrelid, p from pg_inherits h, unnest(%s::text[]) p"
        " where has_table_privilege(%s, h.inhrelid, p) and not has_table_privilege(%s, h.inhparent, p)"
    )
    with connected(addresses[who]) as connection:
        assert connection.execute(asked, [list(PRIVILEGES), connection.info.user]).fetchall() == []
        for role in logins.LOGINS[who]:
            found = set(connection.execute(asked, [list(PRIVILEGES), f"hutong_{role}"]).fetchall())
            said = {
                (table, privilege.strip())
                for (table,) in connection.execute(
                    "select n.nspname || '.' || c.relname from pg_class c"
                    f" join pg_namespace n on n.oid = c.relnamespace where {OF_THE_OWNER} and not c.relispartition"
                )
                for privilege in (rights.privileges_on(table, role=role) or "").partition("update (")[0].split(",")
                if privilege.strip()
            }
            assert found == said
            # A partition opens no way round its table.
            role_twice = [list(PRIVILEGES), f"hutong_{role}", f"hutong_{role}"]
            assert connection.execute(beyond, role_twice).fetchall() == []


@pytest.mark.parametrize("who", DOORS)
def test_a_door_calls_the_functions_of_its_roles_and_no_other_of_the_owners(addresses, who):
    asked = (
        "select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where p.proowner = 'hutong_owner'::regrole and has_function_privilege(%s, p.oid, 'execute')"
    )
    with connected(addresses[who]) as connection:
        assert connection.execute(asked, [connection.info.user]).fetchall() == []
        for role in logins.LOGINS[who]:
            found = {name for (name,) in connection.execute(asked, [f"hutong_{role}"]).fetchall()}
            assert found == set(rights.FUNCTIONS.get(role, ()))


def test_every_function_that_acts_as_the_owner_has_a_path_of_its_own(addresses):
    found = listed(
        addresses[logins.WEB],
        "select oid::regprocedure::text from pg_proc where prosecdef and proowner = 'hutong_owner'::regrole"
        " and not coalesce(proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']",
    )
    assert found == []


@pytest.mark.parametrize("who", DOORS)
def test_a_door_makes_nothing_and_changes_nothing_that_is_the_owners(addresses, who):
    database = str(psycopg.conninfo.conninfo_to_dict(addresses[who])["dbname"])
    refused = [
        "create schema own", "create table public.own (a int)", "create function public.own() returns int return 1",
        "create extension hstore", "create role own", f"alter database {database} owner to current_user",
        f"drop database {database}", "alter role hutong_owner login", f"grant hutong_owner to {database}_{who}_login",
        f"alter role {database}_owner_login password 'x'", "select pg_read_file('/etc/passwd')",
        "copy (select 1) to '/tmp/own'",
        "select rolpassword from pg_authid", "alter table audit.entry owner to current_user",
        "alter table audit.entry disable trigger all", "set session_replication_role = replica",
        "create trigger own before insert on audit.entry execute function plane.expect_unchanged()",
        "alter default privileges for role hutong_owner grant all on tables to public", "reindex table audit.entry",
        "alter system set fsync = off",
    ]  # fmt: skip
    for role in (None, *logins.LOGINS[who]):
        with connected(addresses[who], role=role) as connection:
            for statement in refused:
                with pytest.raises(psycopg.Error):
                    connection.execute(statement)


def test_nobody_gets_into_the_database_of_another_platform_on_the_server(server, addresses):
    with separated(server) as others:
        for who, url in others.items():
            database = str(psycopg.conninfo.conninfo_to_dict(addresses[who])["dbname"])
            there = psycopg.conninfo.make_conninfo(url, dbname=database)
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"), connected(there):
                pass
            with connected(url):
                pass


@pytest.mark.parametrize("who", DOORS)
def test_no_door_sees_what_another_asks_or_ends_it(addresses, who):
    other = next(name for name in DOORS if name != who)
    with connected(addresses[other]) as beside, connected(addresses[who]) as connection:
        seen = connection.execute(
            "select query from pg_stat_activity where usename = %s", [beside.info.user]
        ).fetchall()
        assert {query for (query,) in seen} == {"<insufficient privilege>"}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select pg_terminate_backend(%s)", [beside.info.backend_pid])


def test_the_owner_that_finds_a_role_missing_says_who_makes_it(addresses, monkeypatch):
    monkeypatch.setattr(rights, "ROLES", (*rights.ROLES, "later"))
    with pytest.raises(rights.DatabaseRolesMissing) as told, psycopg.connect(addresses[logins.OWNER]) as connection:
        rights.prepare(connection.cursor())
    assert told.value.facts["role"] == "hutong_later"


def test_logins_are_made_again_without_harm_and_a_stray_membership_goes(server):
    with separated(server) as given:
        name = str(psycopg.conninfo.conninfo_to_dict(given[logins.WEB])["dbname"])
        connection = superuser(server)
        connection.execute(sql.SQL("grant hutong_owner to {}").format(sql.Identifier(f"{name}_web_login")))
        again = logins.passwords()
        for statement in logins.on_the_server(again, database=name):
            connection.execute(statement)
        with pytest.raises(psycopg.OperationalError, match="password authentication"), connected(given[logins.WEB]):
            pass
        with (
            connected(logins.addresses(given[logins.WEB], again)[logins.WEB]) as inside,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            inside.execute("set role hutong_owner")


NOW = datetime(2026, 11, 29, tzinfo=UTC)
TAKE_ENTRY = (
    "delete from audit.entry where id = {entry}", "delete from audit.entry_default where id = {entry}",
    "with waits as (delete from audit.pending_leaf where entry_id = {entry} returning entry_id)"
    " delete from audit.entry e using waits w where e.id = w.entry_id",
    "update audit.entry set id = -id where id = {entry}",
    "update audit.entry set record = '{{}}' where id = {entry}",
    "merge into audit.entry e using (select {entry}::bigint as id) g on e.id = g.id when matched then delete",
    "truncate audit.entry", "truncate audit.entry_default", "drop table audit.entry_default",
    "alter table audit.entry detach partition audit.entry_default",
    "select audit.remove_entries(1, now())", "select audit.remove_entries(1, now() + interval '40 years')",
    "select audit.make_month('2026-11-01', now())",  # the one way in which an entry is moved: it stays one
)  # fmt: skip
TAKE_WAITING = (
    "delete from audit.pending_leaf where entry_id = {entry}", "truncate audit.pending_leaf",
    "update audit.pending_leaf set leaf = 'other' where entry_id = {entry}",
    "update audit.pending_leaf set entry_id = -entry_id where entry_id = {entry}",
)  # fmt: skip


def entered(url: str) -> log.Receipt:
    """Enter a failed login as the pages do, and leave it waiting; returns the receipt."""
    failed = {"officer": "one", "source": "192.0.2.1", "method": "password", "reason": "PASSWORD_WRONG"}
    with contextlib.closing(Database(url, role="control", size=1)) as db, db.transaction() as cur:
        (receipt,) = log.append(cur, [log.LogEntry("auth.failed", NOW, failed)])
    return receipt


def left(url: str, receipt: log.Receipt) -> tuple[int, int]:
    """Return how many entries there are as it was written, and how many of its leaf wait."""
    with connected(url, role="owner") as connection:
        whole = "select count(*) from audit.entry where id = %s and record like '%%PASSWORD_WRONG%%'"
        (entries,) = connection.execute(whole, [receipt.entry_id]).fetchone()
        waits = "select count(*) from audit.pending_leaf where entry_id = %s and sha256('\\x00'::bytea || leaf) = %s"
        (waiting,) = connection.execute(waits, [receipt.entry_id, receipt.leaf_hash]).fetchone()
    return entries, waiting


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("who", DOORS)
def test_no_login_takes_an_entry_away_before_it_is_placed_and_the_signer_alone_its_leaf(addresses, who):
    receipt = entered(addresses[logins.WEB])
    entries, waiting = {}, {}
    for role in (None, *logins.LOGINS[who]):
        for statement in (*TAKE_ENTRY, *TAKE_WAITING):
            before = left(addresses[logins.OWNER], receipt)
            with psycopg.connect(conninfo_as(addresses[who], role=role)) as connection:
                with contextlib.suppress(psycopg.Error):
                    connection.execute(statement.format(entry=receipt.entry_id))
                connection.commit()
            after = left(addresses[logins.OWNER], receipt)
            if after[0] != before[0]:
                entries[role, statement] = after
            if after[1] != before[1]:
                waiting[role, statement] = after
                receipt = entered(addresses[logins.WEB])
    assert entries == {}
    assert {*waiting} == ({("logkeeper", TAKE_WAITING[0])} if who == logins.WORKER else set())


def test_the_login_of_commands_begins_the_next_epoch_of_the_log(addresses, tmp_path):
    signer, heads = LogSigner.from_seed("log.county.example", bytes(32)), Heads(tmp_path)
    heads.keep(1, signer.sign(Checkpoint(signer.name, 40, bytes(32)).text()))  # the database is older
    given = {"keys": Keys(signer, heads), "now": datetime(2026, 11, 29, tzinfo=UTC)}
    with contextlib.closing(Database(addresses[logins.COMMAND], role="retention", size=1)) as db:
        number = beginning.request(db, reason="机房火灾", by="one", seats={Seat("operator")}, **given)
        begun = beginning.approve(db, request=number, by="two", seats={Seat("auditor")}, **given)
        with db.transaction() as cur:
            assert epochs.current(cur) == begun
    with contextlib.closing(Database(addresses[logins.WORKER], role="logkeeper", size=1)) as db:
        assert tree.integrate(db, now=given["now"], signer=signer, heads=heads) > 0
        with db.transaction() as cur:
            assert checkpoint.latest(cur, epoch=begun.number).note.startswith("log.county.example/2\n")


def test_nothing_but_migrating_acts_as_the_owner():
    """Neither a door nor a command: who is the owner may do away with the log."""
    found = {
        (file.relative_to(schema.PACKAGE).as_posix(), line.strip())
        for file in schema.PACKAGE.glob("**/*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search(r"role=.?owner|ROLE.: .owner|logins\.OWNER|\bOWNER\]|hutong_owner", line)
    }
    assert {file for file, _ in found} == {
        "db/logins.py", "db/migrate.py", "db/rights.py", "installation/belonging.py", "installation/copies.py",
        "installation/opening.py", "installation/schema.py", "installation/upgrading.py",
    }  # fmt: skip
