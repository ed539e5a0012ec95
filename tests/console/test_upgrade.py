"""`hutong upgrade`: told first, done, noted and entered; nothing else migrates what is there."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from acting import NOW, PASSWORD
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from typer.testing import CliRunner

import next_version
from databases import remove
from hutong import cli, settings
from hutong.control.units import operations as members
from hutong.core import canonical, versions
from hutong.db import logins, postmaster
from hutong.db.embedded import Server
from hutong.installation import opening, schema, upgrading
from next_version import NextVersion
from ports import free_port

PLANTED = "audit/0990_planted.sql", "create table audit.planted ()"
GIVEN, CHOSEN = "made-by-another-one", "another one of 密码"
OWN = versions.own()
NEXT = next_version.VERSION
NEWEST = postmaster.version(postmaster.find_binaries())
OLDER = max(number for number in postmaster.programs() if number < NEWEST)


@pytest.fixture
def data(county, tmp_path, monkeypatch) -> Path:
    """The data folder of a county's platform, made by this version."""
    folder = tmp_path / "data"
    ports = {"PORT": str(free_port()), "GATEWAY_PORT": str(free_port())}  # the usual ones may be somebody else's
    for name, value in {"DATABASE_URL": county.url, "WEB_SECRET": "", "DATA": str(folder), **ports}.items():
        monkeypatch.setenv(f"HUTONG_{name}", value)
    with opening.opened(settings.read()):
        return folder


@pytest.fixture
def following(tmp_path) -> NextVersion:
    """The next version, with a migration of SQL and one of Django's."""
    found = next_version.made(tmp_path)
    found.plant(*PLANTED)
    found.plant_django()
    return found


def rows(url: str, statement: str) -> list[dict]:
    with psycopg.connect(url, row_factory=dict_row, options="-c role=hutong_owner") as opened:
        return opened.execute(statement).fetchall()


def noted(url: str) -> list[dict]:
    return rows(url, "select from_version, to_version, by, migrations from audit.upgrade order by number")


def entered(url: str) -> list[dict]:
    found = rows(url, "select record from audit.entry where event = 'platform.upgraded' order by id")
    return [canonical.loads(each["record"]) for each in found]


def test_a_platform_that_is_made_is_of_this_version_and_nothing_is_entered_of_that(data, county):
    (made,) = noted(county.url)

    assert (made["from_version"], made["to_version"], made["by"]) == (None, OWN, None)
    assert "audit/0090_upgrade.sql" in made["migrations"]
    assert "units/0001_initial" in made["migrations"]
    assert entered(county.url) == []


def test_the_next_version_tells_what_it_will_do_does_it_once_and_enters_who(data, county, following):
    told = following.hutong("upgrade", "--dry-run")
    assert (told.returncode, entered(county.url), len(noted(county.url))) == (0, [], 1)
    assert f"from version {OWN} to version {NEXT}" in told.stdout
    assert f"migration {PLANTED[0]}" in told.stdout
    assert rows(county.url, "select to_regclass('audit.planted') as made") == [{"made": None}]

    done = following.hutong("upgrade", "--officer", "operator", "--password", PASSWORD)
    assert (done.returncode, done.stderr) == (0, "")
    (record,) = entered(county.url)
    assert record == {
        "from_version": OWN, "to_version": NEXT, "migrations": [PLANTED[0], "units/0990_planted"], "by": "operator",
        "from_postgres": record["to_postgres"], "to_postgres": record["from_postgres"], "backup_set": None,
    }  # fmt: skip
    last = noted(county.url)[-1]
    assert (last["from_version"], last["to_version"], last["by"]) == (OWN, NEXT, "operator")
    assert last["migrations"] == record["migrations"]

    again = following.hutong("upgrade")
    assert (again.returncode, len(entered(county.url))) == (0, 1)
    assert "nothing to do" in again.stdout


@pytest.mark.full
def test_no_other_command_of_the_next_version_migrates_and_each_says_what_to_do(data, county, following):
    before = noted(county.url)
    for command in ("runs", "up", "init"):
        refused = following.hutong(command)
        assert refused.returncode == 1, command
        assert f"The database is of version {OWN}, the software of version {NEXT}" in refused.stderr, command
        assert "hutong upgrade" in refused.stderr, command
    door = following.hutong("gateway")
    assert (door.returncode, f"of version {OWN}" in door.stderr) == (1, True)
    assert noted(county.url) == before
    assert rows(county.url, "select to_regclass('audit.planted') as made") == [{"made": None}]


def test_this_version_leaves_the_database_of_a_newer_one_alone_but_its_doors_may_go_on(data, county, following):
    assert following.hutong("upgrade").returncode == 0
    for command in ("upgrade", "runs"):
        refused = CliRunner().invoke(cli.app, [command]).exception
        assert isinstance(refused, schema.DatabaseNewer), command
        assert refused.facts == {"found": NEXT, "version": OWN}
    assert len(noted(county.url)) == 2
    assert opening.told(settings.read(), role="plane").database_url == county.url


@pytest.mark.parametrize(
    "officer,password,why",
    [
        ("operator", "wrong password", "password is wrong"), ("editor", PASSWORD, "holds none of these roles"),
        pytest.param("nobody", PASSWORD, "password is wrong", marks=pytest.mark.full),
        pytest.param("operator", "", "No terminal is there", marks=pytest.mark.full),
        pytest.param("consumer", PASSWORD, "holds none of these roles", marks=pytest.mark.full),
        pytest.param("authority", PASSWORD, "holds none of these roles", marks=pytest.mark.full),
    ],
)  # fmt: skip
def test_whoever_is_refused_upgrades_nothing(data, county, following, officer, password, why):
    done = following.hutong("upgrade", "--officer", officer, "--password", password)
    assert (done.returncode, why in done.stderr) == (1, True), done.stderr
    assert (entered(county.url), len(noted(county.url))) == ([], 1)
    assert rows(county.url, "select to_regclass('audit.planted') as made") == [{"made": None}]


@pytest.mark.full
@pytest.mark.clause("SX-11-a")
def test_a_password_that_was_given_out_upgrades_nothing_until_its_officer_has_changed_it(data, county, following):
    members.set_password(username="operator", password=GIVEN, now=NOW, by="system")
    refused = following.hutong("upgrade", "--officer", "operator", "--password", GIVEN)
    assert (refused.returncode, "made by another and given out" in refused.stderr) == (1, True), refused.stderr
    assert "without --officer" in refused.stderr
    assert (entered(county.url), len(noted(county.url))) == ([], 1)
    assert rows(county.url, "select to_regclass('audit.planted') as made") == [{"made": None}]
    members.choose_password(username="operator", password=CHOSEN, now=NOW)
    done = following.hutong("upgrade", "--officer", "operator", "--password", CHOSEN)
    assert (done.returncode, [each["by"] for each in entered(county.url)]) == (0, ["operator"]), done.stderr


@pytest.mark.full
def test_on_tables_that_this_version_cannot_ask_officers_on_it_says_so_and_changes_nothing(data, county, following):
    file = following.package / "console" / "officer.py"
    asks = "    now, factor_roles = installation.clock()"
    text = file.read_text()
    assert asks in text
    file.write_text(text.replace(asks, f"    connection.cursor().execute('select planted from units_officer')\n{asks}"))
    done = following.hutong("upgrade", "--officer", "operator", "--password", PASSWORD)
    assert (done.returncode, "cannot ask officers" in done.stderr) == (1, True), done.stderr
    assert (entered(county.url), len(noted(county.url))) == ([], 1)
    assert following.hutong("upgrade").returncode == 0
    assert [each["by"] for each in entered(county.url)] == [None]


@pytest.mark.full
def test_of_two_upgrades_at_once_one_is_refused_and_one_is_entered(data, county, following):
    with upgrading.alone(data):
        done = following.hutong("upgrade")
        assert (done.returncode, "Another process upgrades" in done.stderr) == (1, True), done.stderr
        assert following.hutong("upgrade", "--dry-run").returncode == 0  # which changes nothing
    assert (entered(county.url), len(noted(county.url))) == ([], 1)
    assert [following.hutong("upgrade").returncode for _ in range(2)] == [0, 0]
    assert len(entered(county.url)) == 1


@pytest.mark.parametrize(
    "kind",
    [
        "table strange (n int)",
        *(pytest.param(kind, marks=pytest.mark.full) for kind in ("sequence strange", "view strange as select 1 as n")),
    ],
)
def test_what_is_somebody_elses_in_the_schema_public_is_left_as_it_is(server, data, county, following, kind):
    name = conninfo_to_dict(county.url)["dbname"]
    with psycopg.connect(server.superuser_url(name), autocommit=True) as one:
        one.execute(f"create {kind}")
        one.execute("create function public.strange_too() returns int language sql as 'select 1'")
        done = following.hutong("upgrade")
        assert (done.returncode, done.stderr) == (0, "")
        asked = "select count(*) from pg_class where relname = 'strange' and relowner = 'postgres'::regrole"
        assert one.execute(asked).fetchone() == (1,)
    assert len(entered(county.url)) == 1


@pytest.mark.full
def test_an_upgrade_that_was_broken_off_before_its_entry_is_entered_by_the_next(data, county, following):
    following.plant("audit/0991_fails.sql", "select 1/0")
    assert following.hutong("upgrade").returncode != 0
    assert (entered(county.url), len(noted(county.url))) == ([], 1)
    assert following.hutong("runs").returncode == 1, "half of it is there"
    following.plant("audit/0991_fails.sql", "select 1")
    assert following.hutong("upgrade").returncode == 0
    (record,) = entered(county.url)
    assert record["migrations"] == [PLANTED[0], "audit/0991_fails.sql", "units/0990_planted"]


@pytest.mark.full
def test_without_its_entry_nothing_is_noted(data, county, following):
    following.plant("audit/0991_no_log.sql", "drop function audit.append cascade")
    assert following.hutong("upgrade").returncode != 0
    assert len(noted(county.url)) == 1


@pytest.mark.full
def test_a_database_that_was_not_made_to_its_end_is_made_whole_by_whatever_opens_it(data, county):
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute("delete from audit.upgrade")
        opened.execute("comment on table public.django_migrations is null")
    with opening.opened(replace(settings.read())):
        assert [each["to_version"] for each in noted(county.url)] == [OWN]


@pytest.mark.full
def test_the_embedded_database_moves_to_the_newest_postgresql_and_that_is_entered(tmp_path):
    tmp_path.chmod(0o755)
    given = replace(settings.read({}), data=tmp_path / "data")
    server = opening.own_server(given)
    before = Server(server.folder, group=server._group, binaries=postmaster.programs()[OLDER])
    before.start()
    before.stop()
    (tmp_path / "second").mkdir()
    environ = {"HUTONG_DATA": str(given.data), "HUTONG_DATABASE_URL": "", "LANG": "en_US.UTF-8"}
    environ["HUTONG_BACKUP"] = str(tmp_path / "second")

    def hutong(*arguments: str) -> str:
        command = [sys.executable, "-m", "hutong.cli", *arguments]
        done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    hutong("init")
    assert f"moves from PostgreSQL {OLDER} to {NEWEST}" in hutong("upgrade", "--dry-run")
    assert postmaster.major(server.cluster) == OLDER
    told = hutong("upgrade")
    assert f"PostgreSQL {OLDER} to {NEWEST}: copying" in told
    assert "was removed" in told
    assert postmaster.major(server.cluster) == NEWEST
    assert not (server.folder / "data").exists()
    with opening.opened(given) as installation:
        (record,) = entered(installation.address(logins.OWNER))
    assert (record["from_postgres"], record["to_postgres"], record["migrations"]) == (OLDER, NEWEST, [])
    assert record["backup_set"] == 1, "one was taken before"
    with opening.opened(given) as installation:
        url = installation.address(logins.OWNER)
        (known,) = rows(url, "select number from audit.backup_set where dropped_at is null")
        assert known["number"] == 1, "and it is one of those that are counted"
    assert "nothing to do" in hutong("upgrade")
    remove(server.folder)
