"""`hutong drill --officer`, whole: the loss of a platform that trains is rehearsed, and its record is a case of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from databases import remove
from hutong.core import canonical
from hutong.installation import opening
from hutong.settings import read
from test_cli import hutong

TESTS = Path(__file__).parents[1]
STARTS = "2026-03-02T09:00:00+08:00"
FOUNDING = """
import sys
from pathlib import Path
import acting
import lost_county
import psycopg
from hutong.backup import place, taking
from hutong.installation import opening
from hutong.settings import read
data, root = map(Path, sys.argv[1:])
with opening.opened(read({"HUTONG_LOG_NAME": lost_county.LOG, "HUTONG_NOW": "%s"}, data=data), training=True) as found:
    url = found.server.superuser_url("hutong")
    acting.point_django_at(url, role="control")
    acting.people(url)
    acting.connection.close()
    lost_county.enter(found, 5)
    at = place.begin(root, lost_county.owner(found), now=lost_county.real())
    given = {"hutong": "0.1.0", "lock": data / "backup.lock", "clock": lost_county.real}
    taken = taking.take(at, lost_county.source_of(found), head=None, **given)
    known = (str(at.folder), taken.number, taken.began_at, taken.ended_at)
    with psycopg.connect(url) as one:
        one.execute("insert into audit.backup_set (folder, number, began_at, ended_at, bytes, log_size, postgres) "
                    "values (%%s, %%s, %%s, %%s, 7, 0, 18)", known)
    lost_county.keep(found, at)
"""
"""A small county on a training clock, whose operator is the one of `acting`, with a backup set and wrapped keys."""


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Path]:
    """The data folder of a platform; its backup place lies beside it."""
    data, root = tmp_path / "data", tmp_path / "second"
    root.mkdir()
    ways = [TESTS, TESTS / "control", TESTS / "backup", TESTS / "plane", TESTS / "audit"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUTONG_")}
    environ |= {"PYTHONPATH": os.pathsep.join([*map(str, ways), *sys.path]), "HUTONG_WEB_SECRET": "only-for-tests" * 5}
    made = subprocess.run(
        [sys.executable, "-c", FOUNDING % STARTS, data, root], env=environ, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    yield data
    remove(data / "postgres")


def asked(data: Path, statement: str) -> list[dict[str, Any]]:
    with opening.opened(read({}, data=data)) as found:
        assert found.server is not None
        with psycopg.connect(found.server.superuser_url("hutong"), row_factory=dict_row) as one:
            return one.execute(statement).fetchall()


@pytest.mark.clause("SX-11-c")
@pytest.mark.full
def test_a_drill_files_its_record_as_a_case_of_the_platform_that_trains(platform: Path, tmp_path: Path) -> None:
    began, report = datetime.now(UTC), tmp_path / "report.json"
    where = ("--from", str(tmp_path / "second"), "--in", str(tmp_path / "drill"), "--report", str(report))
    spoken = {"HUTONG_PASSPHRASE_1": "correct horse battery", "HUTONG_PASSPHRASE_2": "主席台上有一盏绿灯一直亮着"}
    officer = {"HUTONG_OFFICER": "operator", "HUTONG_OFFICER_PASSWORD": "correct horse 互通"}
    status, told = hutong("drill", *where, "--data", str(platform), **spoken, **officer)
    assert status == 0, told
    found = json.loads(report.read_text())
    assert [each["name"] for each in found["steps"] if not each["ok"]] == []
    assert began <= datetime.fromisoformat(found["fault_at"]) <= datetime.now(UTC)  # the machine's clock
    assert not (tmp_path / "drill").exists()

    (case,) = asked(platform, "select * from security_drill")
    assert case["no"] in told
    assert (case["state"], case["passed"], case["failed_with"]) == ("REPORTED", True, "")
    assert (case["set_number"], case["rpo_seconds"]) == (1, found["rpo_seconds"])
    assert case["rto_seconds"] >= found["rto_seconds"] > 0
    measures = json.loads(case["measures"]) if isinstance(case["measures"], str) else case["measures"]
    assert (measures["verified"], measures["checkpoint_size"]) == (True, found["checkpoint_size"])
    assert timedelta() <= case["reported_at"] - datetime.fromisoformat(STARTS) < timedelta(hours=2)  # the county's
    assert case["set_ended_at"] <= case["read_back_at"] <= case["drilled_at"] <= case["reported_at"]
    papers = asked(platform, f"select name, added_by from procedures_attachment where \"case\" = '{case['no']}'")
    assert sorted((each["name"].rpartition(".")[2], each["added_by"]) for each in papers) == [
        ("csv", "operator"), ("xlsx", "operator"),
    ]  # fmt: skip
    entered = asked(platform, "select event, record from audit.entry where event like 'security.drill%' order by id")
    assert [each["event"] for each in entered] == ["security.drill_planned"] + ["security.drill_moved"] * 4
    assert {canonical.loads(each["record"])["by"] for each in entered} == {"operator"}
