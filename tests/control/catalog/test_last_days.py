"""P-6 behind the desk: which last days publishing sets, and who is told of those that have not moved."""

import json
from datetime import timedelta

import psycopg
import pytest
from acting import CODE, NOW, County

from hutong.control.catalog import operations, serving
from hutong.core import beijing

pytestmark = pytest.mark.clause("P-6")
TODAY = beijing.day(NOW)


def statement(text: str, county: County) -> None:
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute(text)


def publish_next(county: County, abstract: str) -> None:
    no = county.begin_change()
    operations.edit(no, changes={"abstract": abstract}, actor=county.actor("editor"), now=NOW)
    county.bring_change(no, to="PUBLISHED")


def records(county: County, event: str) -> list[dict]:
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        found = opened.execute("select record from audit.entry where event = %s order by id", [event]).fetchall()
    return [json.loads(record) for (record,) in found]


def days_set(county: County) -> list[tuple[int, str, str]]:
    return [(one["version"], one["until"], one["by"]) for one in records(county, "plane.version_end_set")]


def test_publishing_leaves_the_last_day_that_the_authority_set(county):
    county.supply()
    statement("update plane.holding set key_id = 'k1'", county)
    publish_next(county, "新的摘要，用于核验身份的基本信息。")
    day = TODAY + timedelta(days=1)
    serving.end(CODE, version=1, until=day, actor=county.actor("authority"), now=NOW)
    before = days_set(county)
    assert before[-1] == (1, day.isoformat(), "authority")
    publish_next(county, "又一摘要，用于核验身份的基本信息。")
    assert [one for one in days_set(county) if one[0] == 1] == before
