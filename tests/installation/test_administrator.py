"""What is printed for a foreign administrator: psql carries it out, and the platform lives there by its own logins."""

import subprocess
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from databases import a_name, drop, superuser
from hutong import settings
from hutong.db import logins, postmaster, rights
from hutong.db.embedded import Server
from hutong.installation import administrator, keys, opening


def psql(server: Server, script: str, *, user: str = "") -> None:
    url = server.superuser_url() if not user else psycopg.conninfo.make_conninfo(server.superuser_url(), user=user)
    command = [postmaster.find_binaries() / "psql", "-X", "-q", url]
    done = subprocess.run(command, input=script, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("database", [pytest.param("plain", marks=pytest.mark.full), "With Capitals"])
def test_the_platform_lives_in_a_database_whose_administrator_carried_out_what_was_printed(server, tmp_path, database):
    _the_one_login_makes_the_roles(server)
    name = f"{database} {a_name()}"
    given = replace(
        settings.read({}),
        data=tmp_path,
        database_url=psycopg.conninfo.make_conninfo(dbname=name, host=str(server.socket_folder)),
    )
    connection = superuser(server)
    try:
        psql(server, administrator.script(given))
        psql(server, administrator.script(given))  # a second time does no harm
        with opening.opened(given) as installation:
            assert installation.separate
            assert set(installation.addresses) == set(logins.LOGINS)
            for who, url in installation.addresses.items():
                with psycopg.connect(url) as door:
                    assert door.execute("select current_user").fetchone() == (logins.name(who, database=name),)
                    if who != logins.OWNER:
                        with pytest.raises(psycopg.errors.InsufficientPrivilege):
                            door.execute("set role hutong_owner")
    finally:
        drop(connection, name=name)
        for who in logins.LOGINS:
            connection.execute(sql.SQL("drop role {}").format(sql.Identifier(logins.name(who, database=name))))


def test_what_is_printed_holds_no_password_and_what_was_kept_before_stays(tmp_path):
    given = replace(settings.read({}), data=tmp_path, database_url="postgresql:///county?host=/nowhere")
    printed = administrator.script(given)
    passwords = keys.logins(given)
    assert set(passwords) == set(logins.LOGINS)
    assert not any(password in printed for password in passwords.values())
    assert (given.keys / keys.LOGINS).stat().st_mode & 0o777 == 0o600
    administrator.script(given)
    assert keys.logins(given) == passwords


@pytest.mark.parametrize("url", [None, "postgresql://db.county/"])
def test_where_no_database_is_named_none_is_printed_for(tmp_path, url):
    with pytest.raises(administrator.NoDatabaseNamed):
        administrator.script(replace(settings.read({}), data=tmp_path, database_url=url))


def test_a_database_whose_logins_would_be_one_is_refused(tmp_path):
    with pytest.raises(logins.DatabaseNameTooLong):
        administrator.script(replace(settings.read({}), data=tmp_path, database_url=f"postgresql:///{'x' * 60}"))


@pytest.mark.full
def test_an_address_that_names_a_login_is_that_of_all_doors(database_url, tmp_path, server):
    given = replace(settings.read({}), data=tmp_path, database_url=database_url)
    with opening.opened(given) as installation:
        assert not installation.separate
        assert {installation.address(who) for who in logins.LOGINS} == {database_url}
    assert not Path(given.keys / keys.LOGINS).exists()


def _the_one_login_makes_the_roles(server: Server) -> None:
    with psycopg.connect(server.url()) as one, one.cursor() as cur:
        rights.prepare(cur)
