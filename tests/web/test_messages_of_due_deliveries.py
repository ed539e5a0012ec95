"""A delivery that is due is told to its provider ahead and once it is late, and to who uses the resource once it is."""

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import psycopg
import pytest
from acting import NOW
from desks import at, entered, handed_out, words
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hutong.control.catalog.rules import UPDATE_CYCLES
from hutong.control.procedures import messages
from hutong.control.procedures.messages import MessageFilters
from hutong.core import beijing
from hutong.plane import tables

HERE, WEEK = "/zh/desk/messages/", "/zh/desk/messages/week/"
CYCLES = {2: (0, 1), 3: (0, 7), 4: (1, 0), 5: (3, 0), 6: (6, 0), 7: (12, 0)}
"""Update cycle → the months and days of it; the others have no day (P-9)."""


def due(last: date, cycle: int) -> date | None:
    """Return until when what was delivered on a day is delivered anew: the same day of the month, or its last."""
    if cycle not in CYCLES:
        return None
    months, days = CYCLES[cycle]
    first = beijing.month(last, ahead=months)
    length = (beijing.month(first, ahead=1) - first).days
    return first.replace(day=min(last.day, length)) + timedelta(days=days)


def set_up(county, *, cycle: int, loaded_at: datetime | None, code: str = "") -> None:
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute(
            "update plane.store set update_cycle = %s, loaded_at = %s, confirmed_at = null where code = %s",
            [cycle, loaded_at, code or county.code],
        )


def told(county, name: str, *, now: datetime) -> dict[str, datetime]:
    """Return which messages of what is due an officer has, by event, with their moments."""
    found = messages.page(county.actor(name), now=now, filters=MessageFilters("deliveries"), limit=1000)
    return {each.event: each.at for each in found if each.event.startswith("delivery.")}


@pytest.fixture
def used(county):
    """A county in which a resource is used under a grant."""
    county.walk(county.draft(), to="FILED")
    return county


@settings(
    max_examples=40, deadline=None, report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    cycle=st.sampled_from(sorted(UPDATE_CYCLES)),
    back=st.timedeltas(timedelta(hours=1), timedelta(days=500)),
)
@pytest.mark.clause("SX-06-a")
def test_each_cycle_is_told_at_the_moments_its_day_names(used, cycle, back):
    """Whatever the cycle and the last delivery: near two days ahead, late from the midnight after its day."""
    now = NOW + timedelta(days=30)
    loaded_at = now - back
    set_up(used, cycle=cycle, loaded_at=loaded_at)
    day = due(beijing.day(loaded_at), cycle)
    expected: dict[str, datetime] = {}
    if day is not None:
        over, kept = beijing.over(day), now - timedelta(days=92)
        near = over - timedelta(days=2)
        expected |= {"delivery.near": near} if loaded_at < near and kept < near <= now else {}
        expected |= {"delivery.overdue": over} if kept < over <= now else {}
    assert told(used, "approver", now=now) == expected
    late = expected.get("delivery.overdue")
    assert told(used, "consumer", now=now) == ({"delivery.missed": late} if late else {})
    assert told(used, "competent", now=now) == {}
    for name in ("approver", "consumer", "competent"):
        mine = [each for each in messages.page(used.actor(name), now=now, limit=1000) if each.new]
        assert messages.unseen(used.actor(name), now=now) == min(len(mine), 100)


def test_a_resource_never_delivered_is_due_twenty_working_days_after_it_was_published(used):
    """P-9: a first delivery has a day whatever the cycle."""
    with psycopg.connect(used.url, options="-c role=hutong_owner") as opened:
        (first,) = opened.execute("select first_due_date from plane.store where code = %s", [used.code]).fetchone()
        for cycle in UPDATE_CYCLES:
            set_up(used, cycle=cycle, loaded_at=None)
            assert set(told(used, "approver", now=beijing.over(first))) == {"delivery.near", "delivery.overdue"}
    assert first == date(2026, 3, 30)


def test_what_was_delivered_in_time_the_same_again_or_left_the_catalogue_is_not_late(used):
    late = NOW + timedelta(days=60)
    set_up(used, cycle=4, loaded_at=NOW)
    assert set(told(used, "approver", now=late)) == {"delivery.near", "delivery.overdue"}
    with psycopg.connect(used.url, options="-c role=hutong_owner") as opened:
        opened.execute("update plane.store set confirmed_at = %s", [late - timedelta(days=3)])
    assert told(used, "approver", now=late) == told(used, "consumer", now=late) == {}
    with psycopg.connect(used.url, options="-c role=hutong_owner") as opened:
        opened.execute("update plane.store set confirmed_at = null")
        opened.execute("update plane.resource set withdrawn_at = %s", [late])
    assert told(used, "approver", now=late) == told(used, "consumer", now=late) == {}


def test_who_has_no_grant_any_more_is_told_nothing_of_it(used):
    set_up(used, cycle=2, loaded_at=NOW)
    late = NOW + timedelta(days=9)
    assert set(told(used, "consumer", now=late)) == {"delivery.missed"}
    with psycopg.connect(used.url, options="-c role=hutong_owner") as opened:
        opened.execute("update plane.access_grant set state = 'revoked'")
    assert told(used, "consumer", now=late) == {}


def test_it_stands_on_the_list_by_its_kind_on_the_week_s_list_and_in_the_file(used):
    set_up(used, cycle=3, loaded_at=NOW)
    with at(NOW + timedelta(days=9)):
        said = words(entered("approver").get(f"{HERE}?kind=deliveries"))
        assert "最迟应于 2026-03-09 交付，已逾期，请立即交付" in said
        assert "最迟应于 2026-03-09 交付，请按时交付" in said
        assert "已逾期，请立即交付" in words(entered("approver").get(WEEK))
        assert "已逾期，请立即交付" not in words(entered("approver").get(f"{HERE}?kind=grants"))
        assert "提供方尚未交付，数据可能已不是最新" in words(entered("consumer").get(WEEK))
        (sheet, *_) = handed_out("consumer", f"{HERE}?kind=deliveries").values()
        assert [row[1] for row in sheet if "提供方尚未交付" in str(row[2])] == ["数据交付"]
        english = re.sub("<[^>]+>", " ", entered("approver").get("/en/desk/messages/").content.decode())
        assert "was to be delivered by 2026-03-09 and is late" in english


def test_days_of_grace_put_off_what_is_late_and_not_what_is_near(used):
    set_up(used, cycle=3, loaded_at=NOW)
    with psycopg.connect(used.url, options="-c role=hutong_owner") as opened:
        opened.execute(
            "insert into plane.changed_limit (name, version, value, from_date)"
            " values ('delivery.grace_days', 2, '5', '2026-01-01')"
        )
    over = beijing.over(date(2026, 3, 9))
    assert set(told(used, "approver", now=over + timedelta(days=5, seconds=-1))) == {"delivery.near"}
    assert told(used, "approver", now=over + timedelta(days=5))["delivery.overdue"] == over + timedelta(days=5)


def test_a_newer_version_s_cycle_counts_from_the_last_delivery_and_no_first_one_is_due_of_it(used):
    set_up(used, cycle=7, loaded_at=NOW)
    late = NOW + timedelta(days=9)
    assert told(used, "approver", now=late) == {}
    with psycopg.connect(used.url, options="-c role=hutong_control") as opened, opened.cursor() as cur:
        newer = replace(tables.definition(cur, code=used.code), version=2, update_cycle=3)
        tables.publish(cur, definition=newer, now=NOW, first_due_date=beijing.day(NOW))
    over = beijing.over(date(2026, 3, 9))
    assert told(used, "approver", now=late) == {
        "delivery.near": over - timedelta(days=2), "delivery.overdue": over,
    }  # fmt: skip


def test_the_navigation_still_asks_once(used):
    set_up(used, cycle=2, loaded_at=NOW)
    provider = used.actor("approver")
    with CaptureQueriesContext(connection) as asked:
        messages.unseen(provider, now=NOW + timedelta(days=9))
    assert len(asked) == 1


def test_the_page_of_deliveries_lists_what_is_near_or_late_with_its_day_and_cycle(used):
    set_up(used, cycle=3, loaded_at=NOW)
    address = "/zh/desk/deliveries/"
    with at(NOW + timedelta(days=4)):
        assert "应交付的信息资源" not in words(entered("editor").get(address))
    with at(NOW + timedelta(days=6)):
        near = words(entered("editor").get(address))
    assert ("每周 2026-03-02 2026-03-09" in near, "已逾期" in near) == (True, False)
    with at(NOW + timedelta(days=8)):
        assert "2026-03-09 已逾期" in words(entered("editor").get(address))
        assert "应交付的信息资源" not in words(entered("consumer").get(address))


def scans(node: dict) -> list[tuple[str, float]]:
    """Return the tables a plan reads, each with how many rows it read there."""
    own = [(node["Relation Name"], node["Actual Rows"] * node["Actual Loops"])] if "Relation Name" in node else []
    return own + [each for below in node.get("Plans", []) for each in scans(below)]


def test_of_hundreds_that_are_due_the_navigation_reads_no_more_than_it_counts(county):
    copied = {"code": "'9' || lpad(n::text, 5, '0') || '/000001'", "relation": "'r' || n || '_v9'"}
    late = NOW + timedelta(days=60)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        for table in ("resource", "definition", "store"):
            columns = opened.execute(
                "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
                " and not attisdropped and attgenerated = '' and attidentity = ''", [f"plane.{table}"],
            ).fetchall()  # fmt: skip
            named = [name for (name,) in columns]
            taken = ", ".join(copied.get(name, f"t.{name}") for name in named)
            opened.execute(
                f"insert into plane.{table} ({', '.join(named)})"
                f" select {taken} from plane.{table} t, generate_series(1, 400) n where t.code = %s", [county.code],
            )  # fmt: skip
        opened.execute("update plane.store set update_cycle = 4, loaded_at = %s", [NOW])
        opened.execute("analyze plane.store, plane.resource")
    provider = county.actor("approver")
    assert messages.unseen(provider, now=late) == messages.COUNTED_UNSEEN
    asked = {**messages._asked(provider, now=late), "most": messages.COUNTED_UNSEEN}
    with connection.cursor() as cur:
        cur.execute(f"explain (analyze, format json) {messages.statements.unseen}", asked)
        ((plan,),) = cur.fetchall()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    read = [rows for table, rows in scans(plan[0]["Plan"]) if table == "store"]
    assert (len(read) >= 2, max(read) <= messages.COUNTED_UNSEEN) == (True, True)
