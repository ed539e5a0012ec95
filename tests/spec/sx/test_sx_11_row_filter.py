"""Article 11 on the pages: a grant limited to some of the records, asked for, read back and entered (P-5)."""

import json
from dataclasses import replace

import psycopg
import pytest
from acting import COMPILING, NOW, PASSWORD, County
from browsing import _key_of_the_log
from cataloguing import change_of
from django.conf import settings
from outcomes import came_of
from paging import entered, read

from hutong.control.catalog import operations as catalog
from hutong.control.catalog import queries as catalogue
from hutong.control.sharing.models import Application
from hutong.control.units import operations as members

__all__ = ["_key_of_the_log"]

pytestmark = pytest.mark.clause("SX-11-b")
CODE = "307001/000002"
ENTRY = {
    "code": CODE, "name": "常住居民", "abstract": "本县常住居民的基本信息。", "format": "3", "method": "1",
    "sharing_type": "2", "update_cycle": "4", "personal": "on",
    "item-1-code": "number", "item-1-name": "居民编号", "item-1-type": "C", "item-1-offered": "compare",
    "item-1-length": "18", "item-1-key": "on", "item-1-required": "on",
    "item-2-code": "town", "item-2-name": "乡镇", "item-2-type": "C", "item-2-offered": "compare",
    "item-2-length": "20", "item-2-filter": "on",
    "item-3-code": "name", "item-3-name": "姓名", "item-3-type": "C", "item-3-offered": "query",
    "item-3-length": "20",
}  # fmt: skip
FORM = {
    "mode": "compare", "items": ["name"], "purpose": "social-assistance", "legal_basis": "办法第八条",
    "matters": "DB-001", "system": "civil-app", "users": ["zhang"], "devices": ["pc-1"], "from_at": "2026-03-02",
    "until_at": "2027-03-02", "quota": "100", "guesses": "5", "inside-town": " 城关镇\r\n\r\nＡ 区\r\n城关镇 ",
}  # fmt: skip
APPLY = f"/zh/desk/applications/new/{CODE}/"


@pytest.fixture
def residents(county: County, monkeypatch) -> County:
    """The county with a resource whose provider declared on the page what grants may be limited by."""
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)
    assert entered("editor").post("/zh/desk/entries/new/", ENTRY).status_code == 302
    for action, who in COMPILING.values():
        given = {"actor": county.actor(who), "now": NOW, "calendar": county.calendar}
        catalog.take(change_of(CODE), action, **given)
    return replace(county, code=CODE)


def lodged(form: dict) -> str:
    answer = entered("consumer").post(APPLY, form)
    assert answer.status_code == 302
    no: str = answer["Location"].split("/")[-2]
    assert entered("consumer").post(f"/zh/desk/applications/{no}/", {"action": "lodge"}).status_code == 302
    return no


def opened(url: str) -> tuple[int, dict]:
    """Return the entry of the one grant that was opened, by its number and its record."""
    with psycopg.connect(url, options="-c role=hutong_owner") as connection:
        rows = connection.execute("select id, record from audit.entry where event = 'plane.grant_opened'").fetchall()
    ((number, record),) = rows
    return number, json.loads(record)


def test_who_applies_says_which_records_and_everybody_reads_them_back_to_the_entry_of_the_grant(residents):
    page = entered("consumer").get(APPLY).content.decode()
    assert page.count('name="inside-') == 1
    assert "可限定记录范围" in entered("consumer").get(f"/zh/catalog/{CODE}/").content.decode()
    no = lodged(FORM)
    assert Application.objects.get(no=no).row_filter == {"town": ["a区", "城关镇"]}
    for name in ("consumer", "competent", "authority"):
        assert "记录范围 乡镇：a区、城关镇" in read(name, f"/zh/desk/applications/{no}/")
    residents.walk(no, to="FILED")
    number, record = opened(residents.url)
    assert record["row_filter"] == {"town": ["a区", "城关镇"]}
    unit = residents.actor("authority").unit
    members.add_officer(
        username="auditor", password=PASSWORD, name="陈静", unit=unit, roles=["auditor"], now=NOW, by="init"
    )
    assert "记录范围 乡镇：a区、城关镇" in read("auditor", f"/zh/desk/records/entry/{number}/")
    for name in ("consumer", "approver", "operator"):
        assert "记录范围 乡镇：a区、城关镇" in read(name, "/zh/desk/grants/")
    assert "Records 乡镇: a区, 城关镇" in read("consumer", "/en/desk/grants/")


def test_it_is_changed_as_long_as_the_application_is_and_left_empty_limits_nothing(residents):
    client = entered("consumer")
    no = client.post(APPLY, FORM)["Location"].split("/")[-2]
    edit = f"/zh/desk/applications/{no}/edit/"
    assert "a区\n城关镇</textarea>" in client.get(edit).content.decode()
    assert client.post(edit, {**FORM, "inside-town": "东街"}).status_code == 302
    assert Application.objects.get(no=no).row_filter == {"town": ["东街"]}
    assert client.post(edit, {**FORM, "inside-town": " \r\n"}).status_code == 302
    assert Application.objects.get(no=no).row_filter == {}
    assert "记录范围" not in read("consumer", f"/zh/desk/applications/{no}/")


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ({"inside-name": "张三"}, "FILTER_NOT_DECLARED", "不能按 姓名 限定"),
        ({"mode": "query", "need": "value_not_at_hand"}, "ITEM_NOT_OFFERED", "开放到"),
        ({"inside-town": "镇" * 101}, "FILTER_UNREADABLE", "不是信息项 乡镇 可以限定的值"),
        ({"inside-town": "\n".join(map(str, range(201)))}, "FILTER_TOO_LONG", "最多列 200 个值"),
    ],
)
def test_what_could_not_be_opened_is_refused_with_what_was_typed(residents, typed, code, said):
    answer = entered("consumer").post(APPLY, {**FORM, **typed})
    page = answer.content.decode()
    assert answer.status_code in (400, 403, 422)
    assert code in page
    assert said in page
    assert typed.get("inside-town", "城关镇") in page
    assert Application.objects.count() == 0


def test_what_the_catalogue_does_not_limit_by_any_more_is_not_confirmed(residents):
    no = lodged(FORM)
    residents.walk(no, to="PROVIDER_AGREED")
    change = residents.begin_change()
    items = [{**item, "filter": False} for item in catalogue.change(change).items]
    catalog.edit(change, changes={"items": items}, actor=residents.actor("editor"), now=NOW)
    residents.bring_change(change, to="PUBLISHED")
    assert came_of(residents.take, no, "confirm", by="authority") == "FILTER_NOT_DECLARED"
    assert Application.objects.get(no=no).state == "PROVIDER_AGREED"


def test_applications_for_other_records_are_not_decided_together(residents):
    nos = [lodged(FORM), lodged({**FORM, "inside-town": "东街"})]
    form = {"case": [f"sharing.application|{no}|endorse" for no in nos]}
    page = entered("competent").post("/zh/desk/together/", form)
    assert page.status_code == 409
    assert "CASES_NOT_ALIKE" in page.content.decode()
    assert "记录范围" in page.content.decode()
