"""An export reads the log in many statements, none of which takes long; one that would leaves nothing behind."""

import json
from contextlib import closing

import psycopg
import pytest
from remembering import NOW

from hutong.audit import export
from hutong.console import failures
from hutong.core import text
from hutong.core.lifecycle import Seat
from hutong.db.database import Database

AUDITS = frozenset({Seat("auditor", "unit")})
COLUMNS = (
    "salt, record, subjects, event, class, unit, counterpart, result, department, system, grant_no, resource, mode,"
    " latency_us"
)


def written(db: Database, folder, signer) -> tuple[list[str], list[dict]]:
    """Return the checkpoints and the records of an export."""
    export.export(db, folder, now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    said, records = ((folder / name).read_text().splitlines() for name in ("checkpoints.jsonl", "records.jsonl"))
    return said, [json.loads(line) for line in records]


@pytest.mark.parametrize("many", [1, 2, 3])
def test_what_is_read_in_parts_is_what_is_read_at_once(db, fill, signer, tmp_path, monkeypatch, many):
    for _ in range(4):
        fill(2)
    with db.transaction() as cur:  # written by hand, under numbers of others, at other moments
        cur.execute(
            f"insert into audit.entry (id, at, {COLUMNS}) select id, at - interval '1 day', {COLUMNS} from audit.entry"
            " where id % 2 = 0"
        )
        cur.execute(
            f"insert into audit.entry (id, at, {COLUMNS}) select -5, at, {COLUMNS} from audit.entry order by id limit 1"
        )
    whole = written(db, tmp_path / "whole", signer)
    monkeypatch.setattr(export, "_BATCH", many)
    parts = written(db, tmp_path / "parts", signer)
    assert [len(each) for each in whole] == [4, 8 + 4 + 1]
    assert parts[0] == whole[0]
    assert parts[1] == whole[1]


@pytest.mark.clause("SX-10-b")
def test_a_statement_that_takes_too_long_is_given_up_and_nothing_is_left(db, database_url, fill, signer, tmp_path):
    fill(3)
    with psycopg.connect(database_url) as other, closing(
        Database(database_url, role="auditor", size=1, statement_seconds=0.5)
    ) as auditor:
        other.execute("set role hutong_owner")
        other.execute("lock table audit.leaf in access exclusive mode")
        with pytest.raises(psycopg.errors.QueryCanceled) as given_up:
            written(auditor, tmp_path / "log", signer)
        problem = failures.known(given_up.value)
        other.rollback()
        assert list(tmp_path.iterdir()) == []
        assert len(written(auditor, tmp_path / "log", signer)[1]) == 3
    said = text.say(problem, language="zh")
    assert (problem.code, "缩小范围" in said.advice) == ("TAKES_TOO_LONG", True)
