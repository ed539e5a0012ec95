"""Commands that are begun at once, and what one needs while another changes tables or gives rights."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from conftest import debian_binaries
from hutong.core.errors import Problem
from hutong.db import locks, migrate
from hutong.db.embedded import Server
from hutong.db.logins import LOGINS
from hutong.installation import opening
from hutong.settings import read
from test_cli import begin, finished

LOOKS = (("runs",), ("calendar", "show"), ("key", "list"), ("audit", "witness", "list"), ("status",))
"""Commands that look at a platform and change nothing."""


@contextmanager
def owned(folder: Path, *, whose: str) -> Iterator[tuple[dict[str, str], Server]]:
    """Yield what an operator's shell says of a platform's database, embedded or of Debian's, and its server."""
    folder.chmod(0o755)
    environ = {"HUTONG_DATA": str(folder / "data"), "HUTONG_LOG_NAME": "log.qinghe.example/hutong"}
    if whose == "debian":
        if (binaries := debian_binaries()) is None:
            pytest.skip("Debian's PostgreSQL is not installed")
        server = Server(folder / "elsewhere", binaries=binaries, durable=False)
        server.start()
        environ["HUTONG_DATABASE_URL"] = server.url()
    else:
        server = opening.own_server(read({"HUTONG_DATA": environ["HUTONG_DATA"]}))
    try:
        yield environ, server
    finally:
        server.stop()


def at_once(*commands: tuple[str, ...], environ: dict[str, str]) -> list[tuple[int | None, str]]:
    """Begin all of these commands before any of them has ended; return what came of each."""
    begun = [begin(*words, **environ) for words in commands]
    return [finished(process) for process in begun]


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("whose", ["embedded", "debian"])
def test_of_many_commands_begun_at_once_none_fails_for_another(tmp_path: Path, whose: str) -> None:
    with owned(tmp_path, whose=whose) as (environ, _):
        made = at_once(*[("init",)] * 3, environ=environ)
        assert [status for status, _ in made] == [0, 0, 0], made
        assert len({told.partition("key")[2] for _, told in made}) == 1  # one log's key, whoever made it
        told = at_once(("init",), ("upgrade",), *LOOKS * 2, environ=environ)
        assert [status for status, _ in told] == [0] * len(told), told


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("whose", ["embedded", "debian"])
def test_who_looks_waits_for_nobody_who_migrates_or_gives_rights(tmp_path: Path, whose: str) -> None:
    with owned(tmp_path, whose=whose) as (environ, server):
        assert at_once(("init",), environ=environ)[0][0] == 0
        server.start()
        with psycopg.connect(server.superuser_url("hutong")) as busy, busy.cursor() as cur:
            cur.execute(migrate.statements.begin_alone)
            locks.take(cur, "hutong.rights")
            cur.execute("lock table public.hutong_migration, public.django_migrations in exclusive mode")
            told = at_once(*LOOKS, environ=environ)  # they would wait until this transaction ends
        assert [status for status, _ in told] == [0] * len(told), told


def test_what_was_never_made_to_its_end_is_told_and_no_command_but_those_that_make_it_makes_it(
    empty_url: str, database_url: str, tmp_path: Path
) -> None:
    for state, url in (("empty", empty_url), ("broken off at its end", database_url)):
        given = read({"HUTONG_DATA": str(tmp_path / state), "HUTONG_DATABASE_URL": url})
        with pytest.raises(Problem) as refused, opening.opened(given, begins=False):
            pass
        assert refused.value.code == "PLATFORM_MISSING", state
    with opening.opened(given):
        pass
    with opening.opened(given, begins=False) as installation:
        assert installation.identity is not None
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("select to_regnamespace('plane')").fetchone() == (None,)


def test_logins_that_are_there_are_given_nothing_again_and_others_are(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    server = Server(tmp_path / "own", durable=False)
    server.start()
    try:
        with psycopg.connect(server.superuser_url(), autocommit=True) as connection:
            made = {who: f"password of {who}" for who in LOGINS}
            asked = "select oid, xmin, rolpassword from pg_authid where rolname like 'hutong_%_login' order by oid"
            server.admit(made)
            before = connection.execute(asked).fetchall()
            server.admit(made)
            assert connection.execute(asked).fetchall() == before != []
            server.admit(made | {"web": "another password"})
            assert connection.execute(asked).fetchall() != before
    finally:
        server.stop()
