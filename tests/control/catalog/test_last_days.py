"""P-6 behind the desk: which last days publishing sets, and who is told of those that have not moved."""

import json
from datetime import date, timedelta

import psycopg
import pytest
from acting import CODE, NOW, UNITS, County

from hutong.control.catalog import last_days, operations, passes, reminding
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
    return [(one["version"], one["last_day"], one["by"]) for one in records(county, "plane.last_day_set")]


def test_publishing_leaves_the_last_day_that_the_authority_set(county):
    county.supply()
    statement("update plane.store set key_id = 'k1'", county)
    publish_next(county, "新的摘要，用于核验身份的基本信息。")
    day = TODAY + timedelta(days=1)
    last_days.end(CODE, version=1, until=day, actor=county.actor("authority"), now=NOW, calendar=county.calendar)
    before = days_set(county)
    assert before[-1] == (1, day.isoformat(), "authority")
    publish_next(county, "又一摘要，用于核验身份的基本信息。")
    assert [one for one in days_set(county) if one[0] == 1] == before


def let_end(county: County, until: date, *, grants: dict[str, int]) -> None:
    """Let a version end on a day that so many grants of each unit name, copied of the one in force."""
    statement(f"update plane.store set succeeded_at = now(), last_day = '{until}' where version = 1", county)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        ((body,),) = opened.execute("select to_jsonb(g) from plane.access_grant g").fetchall()
        numbers = [(unit, f"{unit}-{n:03}") for unit, many in grants.items() for n in range(many)]
        copies = [{**body, "no": no, "consumer": unit} for unit, no in numbers]
        opened.execute("delete from plane.access_grant")
        opened.execute(
            "insert into plane.access_grant select * from jsonb_populate_recordset(null::plane.access_grant, %s)",
            [json.dumps(copies)],
        )


def told(county: County) -> list[tuple[set[str], dict]]:
    """Return who may read each entry of those that have not moved, and what it says."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        found = opened.execute(
            "select array_remove(array[unit, counterpart] || array(select unit from audit.party where entry_id = e.id),"
            " null), e.record from audit.entry e where e.event = 'catalog.switch_reminded' order by e.id"
        ).fetchall()
    return [(set(parties), json.loads(record)) for parties, record in found]


def test_each_consumer_reads_of_its_own_grants_alone_and_the_provider_of_all(county):
    county.walk(county.draft(), to="FILED")
    many = reminding.MOST_NAMED
    let_end(county, TODAY + timedelta(days=2), grants={UNITS[1]: 2, UNITS[2]: 2 * many})
    assert passes.remind_to_switch(now=NOW, calendar=county.calendar) == 1
    read = [(parties, said["count"], said["units"], said["grants"]) for parties, said in told(county)]
    first, second = [f"{UNITS[1]}-{n:03}" for n in range(2)], [f"{UNITS[2]}-{n:03}" for n in range(2 * many)]
    assert read == [
        ({county.police}, 2 + 2 * many, UNITS[1:3], [*first, *second][:many]),
        ({UNITS[1]}, 2, [UNITS[1]], first),
        ({UNITS[2]}, 2 * many, [UNITS[2]], second[:many]),
    ]
