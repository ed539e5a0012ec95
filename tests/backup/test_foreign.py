"""Of a database that is not ours it is told whether its log is archived, as far as a login like ours may see."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from elsewhere import FAILS, WORKS, archive, archiving, until_tried

from hutong.backup import foreign
from hutong.core.errors import Problem
from hutong.db.embedded import Server


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Server]:
    with archiving(tmp_path / "elsewhere") as running:
        yield running


def wanting(server: Server) -> list[Problem]:
    """Return what the platform's login sees, which is no superuser."""
    with psycopg.connect(server.url()) as connection, connection.cursor() as cur:
        return foreign.wanting(cur)


def told(*codes: str, server: Server) -> None:
    """Wait until exactly this is told."""
    until_tried(server, lambda _: [each.code for each in wanting(server)] == [*codes])


@pytest.mark.clause("SX-11-a")
def test_an_archive_that_fails_is_told_with_since_when_and_no_more_once_it_works(other: Server) -> None:
    assert [each.code for each in wanting(other)] == ["FOREIGN_NOT_ARCHIVED"]  # it may archive, and no command is set
    archive(other, by=FAILS)
    told("FOREIGN_ARCHIVE_FAILS", server=other)
    (never,) = wanting(other)
    assert never.facts["last"] == "-"
    archive(other, by=WORKS)
    told(server=other)
    archive(other, by=FAILS)
    told("FOREIGN_ARCHIVE_FAILS", server=other)
    (again,) = wanting(other)
    assert never.facts["since"] <= again.facts["last"] <= again.facts["since"]
    archive(other, by="")
    told("FOREIGN_NOT_ARCHIVED", server=other)
