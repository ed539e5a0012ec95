import threading

import psycopg
import pytest

from databases import FOLDERS, fresh_database
from hutong.db import migrate
from hutong.db.migrate import Migration
from hutong.installation import schema as whole

IN_OURS = " where {}::regnamespace::text = any (%s)"
SCHEMA = {
    "columns": "select table_schema, table_name, column_name, ordinal_position, data_type, is_nullable,"
    " column_default, is_identity from information_schema.columns where table_schema = any (%s)",
    "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
    + IN_OURS.format("connamespace"),
    "indexes": "select schemaname, indexname, indexdef from pg_indexes where schemaname = any (%s)",
    "functions": "select proname, pg_get_functiondef(oid) from pg_proc" + IN_OURS.format("pronamespace"),
    "owners": "select relname, relowner::regrole::text from pg_class" + IN_OURS.format("relnamespace"),
}


def schema(url):
    with psycopg.connect(url) as connection:
        return {
            what: sorted(
                connection.execute(query, [["audit", "plane", "store", "feed", "public"]]).fetchall()
            )
            for what, query in SCHEMA.items()
        }


@pytest.mark.slow_on_debian
def test_every_earlier_state_grows_into_the_same_schema(server):
    steps = migrate.read(FOLDERS)
    with fresh_database(server) as url:
        migrate.apply(url, steps)
        wanted = schema(url)
    assert {owner for _, owner in wanted["owners"]} == {"hutong_owner"}
    for state in migrate.states(steps):
        with fresh_database(server) as url:
            migrate.apply(url, state)
            assert migrate.apply(url, steps) == [step.name for step in steps[len(state) :]]
            assert schema(url) == wanted


def test_a_second_run_applies_nothing(database_url):
    assert migrate.migrate(database_url, folders=FOLDERS) == []


def test_two_at_once_apply_each_file_once(empty_url):
    applied = []
    threads = [
        threading.Thread(target=lambda: applied.append(migrate.migrate(empty_url, folders=FOLDERS)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(applied) == [[], [], [step.name for step in migrate.read(FOLDERS)]]


def test_a_failing_file_leaves_nothing_and_those_before_it_stay(empty_url):
    good, bad = (
        Migration("a/1.sql", "create table one ()"),
        Migration("a/2.sql", "create table two (); select 1/0"),
    )

    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate.apply(empty_url, [good, bad])

    with psycopg.connect(empty_url) as connection:
        assert connection.execute(
            "select to_regclass('one') is null, to_regclass('two') is null"
        ).fetchone() == (
            False,
            True,
        )
        assert connection.execute("select name from hutong_migration").fetchall() == [("a/1.sql",)]


def test_refuses_a_file_changed_after_it_was_applied(empty_url):
    migrate.apply(empty_url, [Migration("a/1.sql", "create table one ()")])

    with pytest.raises(migrate.MigrationChanged) as caught:
        migrate.apply(empty_url, [Migration("a/1.sql", "create table other ()")])

    assert caught.value.facts == {"name": "a/1.sql"}


def test_refuses_a_database_newer_than_the_software(empty_url):
    migrate.apply(empty_url, [Migration("a/1.sql", "select 1"), Migration("a/2.sql", "select 1")])

    with pytest.raises(migrate.MigrationUnknown):
        migrate.apply(empty_url, [Migration("a/1.sql", "select 1")])


def test_reads_folder_by_folder_in_order_of_number():
    names = [step.name for step in migrate.read(FOLDERS)]

    assert names == sorted(names)
    assert names[0] == "audit/0001_entries.sql"


FORGOTTEN = (
    "create table kept as select * from django_migrations where app = 'sharing';"
    "delete from django_migrations where app = 'sharing'",
    "insert into django_migrations overriding system value select * from kept",
)
"""Lets Django believe that a room's tables were never made, and takes that back."""


def done(url: str, statements: str) -> None:
    """Carry out some statements in a database."""
    with psycopg.connect(url) as opened:
        opened.execute(statements)


@pytest.mark.full
@pytest.mark.slow_on_debian
def test_a_whole_schema_is_made_once_and_made_again_where_a_migration_of_django_is_new(server):
    with fresh_database(server) as url:
        whole.migrate(url)
        forget, remember = FORGOTTEN
        done(url, forget)  # whoever asked Django again would now have it make tables that are there
        whole.migrate(url)

        done(url, "comment on table django_migrations is 'of another release'")
        with pytest.raises(RuntimeError, match="already exists"):
            whole.migrate(url)
        assert whole.noted_schema(url) == "of another release"

        done(url, remember)
        whole.migrate(url)
        assert whole.noted_schema(url) == whole.django_schema()


@pytest.mark.full
@pytest.mark.slow_on_debian
def test_commands_begun_at_once_all_find_their_schema(server):
    failed = []

    def opens(url):
        try:
            for _ in range(3):
                whole.migrate(url)
        except Exception as fault:
            failed.append(fault)

    with fresh_database(server) as url:
        threads = [threading.Thread(target=opens, args=[url]) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert whole.noted_schema(url) == whole.django_schema()


@pytest.mark.full
@pytest.mark.slow_on_debian
def test_a_schema_of_django_that_was_not_finished_is_taken_up_again(server):
    with fresh_database(server) as url:
        done(url, "create table sharing_application (id integer)")  # where one of Django's tables is to be made
        with pytest.raises(RuntimeError, match="already exists"):
            whole.migrate(url)
        assert whole.noted_schema(url) is None
        done(url, "drop table sharing_application")
        whole.migrate(url)
        assert whole.noted_schema(url) == whole.django_schema()


def test_a_migration_behind_a_long_question_holds_up_no_question_for_long_and_is_applied_in_the_end(
    empty_url, monkeypatch
):
    """Whoever asks for a lock after a migration waits behind it: it lets go, waits, and asks for it again."""
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.2)
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.1)
    migrate.apply(empty_url, [ASKED])
    changes = Migration("x/1.sql", "alter table asked add column b int")
    applied: list[list[str]] = []
    with psycopg.connect(empty_url) as asking:  # a question that takes long
        asking.execute("select * from asked")
        migrating = threading.Thread(target=lambda: applied.append(migrate.apply(empty_url, [ASKED, changes])))
        migrating.start()
        with psycopg.connect(empty_url, autocommit=True, options="-c statement_timeout=60s") as others:
            behind = 0
            while behind < 3 and migrating.is_alive():  # so many questions came while the migration stood before them
                behind += others.execute(WAITS).fetchone() == (True,)
                others.execute("select * from asked")
        assert (behind, applied) == (3, [])
        asking.rollback()
        migrating.join()
    assert applied == [[changes.name]]


def test_a_migration_that_never_has_its_lock_is_given_up_and_changes_nothing(empty_url, monkeypatch):
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.05)
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(migrate, "PATIENCE_SECONDS", 0.2)
    first, changes = Migration("x/1.sql", "select 1"), Migration("x/2.sql", "alter table asked add column b int")
    migrate.apply(empty_url, [ASKED])
    with psycopg.connect(empty_url) as asking:
        asking.execute("select * from asked")
        with pytest.raises(migrate.SchemaBusy) as busy:
            migrate.apply(empty_url, [ASKED, first, changes])
        assert busy.value.facts["name"] == changes.name
    assert migrate.apply(empty_url, [ASKED, first, changes]) == [changes.name]


ASKED = Migration("x/0.sql", "create table asked (a int); grant select on asked to public")
WAITS = "select exists (select from pg_locks where not granted and mode = 'AccessExclusiveLock' and database <> 0)"
