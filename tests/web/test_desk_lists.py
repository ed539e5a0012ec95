"""The lists of the desk: each page leads on, what waits is on the first, and names are told whatever happened since."""

import re
from datetime import timedelta
from itertools import pairwise

import psycopg
import pytest
from acting import NOW, County
from desks import at, entered, handed_out, seen
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from hutong.audit.events import USAGE
from hutong.control.catalog import deliveries
from hutong.control.procedures.models import Handling
from hutong.control.procedures.queries import PAGE
from hutong.control.recording import record

OWNER = "-c role=hutong_owner"


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands an hour after the county was made."""
    with at(NOW + timedelta(hours=1)):
        yield


def pages(username: str, address: str) -> list[str]:
    """Return every page of a list, each reached from the one before."""
    client, found = entered(username), []
    while address:
        body = client.get(address).content.decode()
        found.append(body)
        onward = re.search(r'rel="next" href="([^"]+)"', body)
        address = f"{address.partition('?')[0]}{onward[1]}".replace("&amp;", "&") if onward else ""
        assert len(found) < 20
    return found


@pytest.fixture
def delivered(county: County) -> County:
    """The county with more deliveries than a page holds, the oldest of which waits for its word."""
    with psycopg.connect(county.url, options=OWNER) as opened:
        for number in range(deliveries.PAGE + 7):
            state = "waiting" if number == 0 else "received"
            opened.execute(
                "insert into plane.delivery"
                " (code, key, version, kind, digest, state, reason, delivered_by, received_at)"
                " values (%s, %s, 1, 'snapshot', '\\x00', %s, %s, 'other', %s)",
                [county.code, f"k-{number:03}", state, "SNAPSHOT_DELETES_MUCH" if state == "waiting" else None,
                 NOW + timedelta(minutes=number // 3)],
            )  # fmt: skip
        opened.execute("update plane.delivery set stored_rows = 30, removed_rows = 25 where state = 'waiting'")
    return county


def test_every_delivery_is_on_one_page_and_what_waits_is_on_the_first(delivered):
    found = pages("editor", "/zh/desk/deliveries/")
    keys = [key for page in found for key in re.findall(r'/delivered/[^"]*">(k-\d+)</a>', page)]
    assert sorted(keys) == [f"k-{number:03}" for number in range(deliveries.PAGE + 7)]
    assert [page.count("确认删除并入库") for page in found] == [1, 0]


def test_the_faults_of_a_delivery_come_a_page_at_a_time_those_of_a_row_together(delivered):
    rows = deliveries.REJECTED_PAGE // 2 + 3
    with psycopg.connect(delivered.url, options=OWNER) as opened:
        opened.execute(
            "insert into plane.rejected_row (code, key, number, item, rule, reason, shown)"
            " select %s, 'k-001', number, item, 'required', 'VALUE_MISSING', null"
            " from generate_series(2, %s) number, unnest('{name,street}'::text[]) item",
            [delivered.code, rows + 1],
        )
        opened.execute(
            "update plane.delivery set sent = 900, accepted = 897 - %s, rejected = %s + 3 where key = 'k-001'",
            [rows, rows],
        )
    found = pages("editor", f"/zh/desk/deliveries/{delivered.code}/rejected/k-001/")
    numbers = [re.findall(r'<th scope="row" class="num still">\s*(\d+)\s*<', page) for page in found]
    assert [each for page in numbers for each in page] == [str(n) for n in range(2, rows + 2) for _ in range(2)]
    assert all(one[-1] != other[0] for one, other in pairwise(numbers))
    assert f"报送 900 行，退回 {rows + 3} 行" in found[0]
    assert "回到第一页" in found[-1]


def test_a_warning_stands_beside_what_was_rejected_as_one_whose_row_was_taken(delivered):
    with psycopg.connect(delivered.url, options=OWNER) as opened:
        opened.execute(
            "update plane.delivery set state = 'loaded', sent = 5, accepted = 4, rejected = 1, warned = 1"
            " where key = 'k-001'"
        )
        opened.cursor().executemany(
            "insert into plane.rejected_row (code, key, number, item, rule, reason, shown, warn)"
            " values (%s, 'k-001', %s, 'name', %s, %s, '文文0', %s)",
            [
                (delivered.code, 2, "required", "VALUE_MISSING", False),
                (delivered.code, 3, "max", "VALUE_TOO_LARGE", True),
            ],
        )
    path = f"/zh/desk/deliveries/{delivered.code}/rejected/k-001/"
    page = seen("editor", path)
    assert "报送 5 行，退回 1 行 · 提示 1 处" in page
    assert page.count("提示，已收") == 2, "the row, and what the list can be narrowed to"
    assert "提示 1 处" in "".join(pages("editor", "/zh/desk/deliveries/"))
    masked = "（已遮盖，3 位：数字 1、汉字等文字 2）"
    assert [(line[0], line[1], line[6]) for line in handed_out("editor", path)["退回的行"]] == [
        ("文件第几行", "是否收下", "值"), (2, "退回", masked), (3, "提示，已收", masked),
    ]  # fmt: skip
    assert [line[0] for line in handed_out("editor", f"{path}?kind=warned")["退回的行"]] == ["文件第几行", 3]
    assert entered("consumer").get(f"{path}?file=1").status_code == 404


def used(county: County, *, unit: str, user: str, system: str = "civil-app") -> None:
    """Enter a use that was refused."""
    facts = dict.fromkeys(USAGE) | {
        "unit": unit, "user": user, "device": "pc-1", "system": system, "resource": county.code,
        "purpose": "social-assistance", "matter": "DB-002", "items": ["name"], "result": "GRANT_EXPIRED",
        "grant": "G-1",
    }  # fmt: skip
    with transaction.atomic():
        record("plane.refused", facts, now=NOW, unit=unit, counterpart=county.police)


def test_records_of_many_units_take_no_more_statements_than_those_of_one(county):
    client, counted = entered("editor"), []
    client.get("/zh/desk/")  # what is asked once a login
    for unit in (county.civil, county.actor("operator").unit, county.actor("competent").unit):
        used(county, unit=unit, user="zhang")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/zh/desk/records/").status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1] == counted[2]


def test_a_record_tells_who_it_was_though_stopped_since_and_never_another_units_person(county):
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute("update plane.user set state = 'stopped' where id = 'zhang'")
    used(county, unit=county.civil, user="zhang")
    assert "张伟 zhang" in seen("editor", "/zh/desk/records/")
    used(county, unit=county.actor("competent").unit, user="zhang")
    assert seen("editor", "/zh/desk/records/").count("张伟 zhang") == 1


def test_the_list_of_applications_says_how_many_there_are_and_is_narrowed(county):
    lodged, draft = county.draft(), county.draft()
    county.take(lodged, "lodge", by="consumer")
    page = seen("consumer", "/zh/desk/applications/")
    assert ("共有申请 2 件" in page, lodged in page, draft in page) == (True, True, True)
    page = seen("consumer", "/zh/desk/applications/?state=DRAFT&q=人口")
    assert ("共有申请 1 件" in page, lodged in page, draft in page) == (True, False, True)
    assert "没有符合条件的申请" in seen("consumer", "/zh/desk/applications/?q=婚姻")
    assert "共有申请 2 件" in seen("consumer", "/zh/desk/applications/?state=nonsense&after=nonsense&order=nonsense")


def test_a_grant_leads_to_its_application_and_the_application_to_its_grant(county):
    no = county.draft()
    county.walk(no, to="FILED")
    assert f'/zh/desk/grants/?q=G-{no}"' in entered("consumer").get(f"/zh/desk/applications/{no}/").content.decode()
    body = entered("consumer").get(f"/zh/desk/grants/?q=G-{no}").content.decode()
    assert f'href="/zh/desk/applications/{no}/"' in body
    assert "共有使用权限 1 项" in body


def test_what_was_typed_for_a_grant_stays_after_a_refusal_and_only_there(county):
    no = county.draft()
    county.walk(no, to="FILED")
    client = entered("operator")
    form = {"no": f"G-{no}", "action": "suspend", "whom": "system civil-app", "clause": "SX-16-(二)"}
    form["reason"] = "擅改配置"
    assert client.post("/zh/desk/grants/", form).status_code == 302
    blank = client.post("/zh/desk/grants/", {**form, "clause": ""})
    body = blank.content.decode()
    assert blank.status_code == 422
    assert ('value="system civil-app" selected' in body, ">擅改配置</textarea>" in body) == (True, True)
    other = client.get(f"/zh/desk/grants/G-{no}/revoke/")
    assert (other.status_code, ">擅改配置</textarea>" in other.content.decode()) == (200, False)


def test_more_consultations_than_a_page_holds_lead_on(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    Handling.objects.bulk_create(
        Handling(lifecycle="sharing.application", case=no, kind="consult", at=NOW, by="competent", by_name="孙丽",
                 by_unit_name="社会事业局", to_unit=county.police, words=f"第{number:03}问")
        for number in range(PAGE + 1)
    )  # fmt: skip
    body = entered("editor").get("/zh/desk/").content.decode()
    assert ("第050问" in body, "第000问" in body) == (True, False)
    assert 'href="/zh/desk/consultations/"' in body
    found = pages("editor", "/zh/desk/consultations/")
    assert [each for page in found for each in re.findall(r"第(\d{3})问", page)] == [
        f"{number:03}" for number in range(PAGE, -1, -1)
    ]
