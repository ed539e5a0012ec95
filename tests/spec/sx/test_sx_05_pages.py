"""Articles 4 and 5 on the pages: where a unit compiles its catalogue, and what everybody finds of it."""

import pytest
from acting import CODE, NOW, County
from applying import registered_police
from browsing import _key_of_the_log
from cataloguing import CIVIL_CODE, change_of, civil_officers, draft, entry_step, walk_entry
from django.conf import settings
from django.test import Client
from outcomes import DONE, came_of
from paging import entered, read

from hutong.control.catalog import queries
from hutong.control.catalog.models import Entry
from hutong.control.units import operations as members

__all__ = ["_key_of_the_log"]

FORM = {
    "code": CIVIL_CODE, "name": "婚姻登记", "abstract": "本县婚姻登记的基本信息。", "format": "2", "method": "2",
    "sharing_type": "1", "update_cycle": "2", "personal": "on",
    "item-1-code": "number", "item-1-name": "登记字号", "item-1-type": "C", "item-1-offered": "compare",
    "item-1-length": "18", "item-1-key": "on", "item-1-required": "on", "item-1-sensitive": "on",
    "item-2-code": "day", "item-2-name": "登记日期", "item-2-type": "D", "item-2-offered": "subscribe",
    "item-2-condition": "on", "item-2-rules": "最小 1950-01-01",
    "item-3-code": "scan", "item-3-name": "证书扫描件", "item-3-type": "G", "item-3-offered": "query",
    "item-3-rules": "文件种类 pdf|jpeg；文件上限 20",
}  # fmt: skip
SAID = {
    "name": "婚姻登记", "abstract": "本县婚姻登记的基本信息。", "format": 2, "method": 2, "sharing_type": 1,
    "update_cycle": 2, "personal": True, "key": ["number"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _march(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)


def portal(path: str) -> tuple[int, str]:
    """Return status and text of a public page."""
    answer = Client(HTTP_HOST="localhost").get(path)
    return answer.status_code, answer.content.decode()


@pytest.mark.clause("SX-04-e", "SX-05-a", "HN-02-b", "IS-3.2")
def test_what_the_unit_fills_in_on_the_page_is_what_its_entry_says(county: County):
    civil_officers(county)
    page = entered("civil-editor")
    assert page.post("/zh/desk/entries/new/", FORM).status_code == 302
    change = queries.change(change_of(CIVIL_CODE))
    assert {name: getattr(change, name) for name in SAID} == SAID
    number, day, scan = change.items
    assert {name: number[name] for name in ("length", "required", "sensitive", "condition", "offered")} == {
        "length": 18, "required": True, "sensitive": True, "condition": False, "offered": "compare",
    }  # fmt: skip
    assert {name: day[name] for name in ("type", "required", "sensitive", "condition", "offered")} == {
        "type": "D", "required": False, "sensitive": False, "condition": True, "offered": "subscribe",
    }  # fmt: skip
    assert [(rule["rule"], rule["argument"], rule["warn"]) for rule in day["rules"]] == [
        ("minimum", "1950-01-01", False)
    ]
    assert (scan["type"], [(rule["rule"], rule["argument"]) for rule in scan["rules"]]) == (
        "G", [("kinds", "pdf|jpeg"), ("megabytes", "20")],
    )  # fmt: skip
    changed = {**FORM, "abstract": "改过的摘要。", "format": "5", "method": "3"}
    changed |= {"service": "marriages", "time_out": "5"}
    changed |= {"item-2-offered": "query", "item-3-type": "C", "item-3-rules": ""}
    assert page.post(f"/zh/desk/entries/changes/{change.no}/edit/", changed).status_code == 302
    change = queries.change(change.no)
    assert (change.abstract, change.format, change.method) == ("改过的摘要。", 5, 3)
    assert (change.service, change.time_out) == ("marriages", 5)


@pytest.mark.clause("SX-04-e", "SX-05-a", "SX-02-a")
def test_on_the_page_another_unit_changes_nothing_and_the_way_is_the_same(county: County):
    civil_officers(county)
    draft(county)
    changed, address = {**FORM, "abstract": "别人改的摘要。"}, f"/zh/desk/entries/changes/{change_of(CIVIL_CODE)}/"
    for name in ("editor", "civil-approver", "authority"):
        assert entered(name).post(f"{address}edit/", changed).status_code in (403, 404)
    assert queries.change(change_of(CIVIL_CODE)).abstract == "本县婚姻登记的基本信息。"
    tried = [
        entered(name).post(address, {"action": action}).status_code
        for action, name in (("submit", "civil-approver"), ("submit", "civil-editor"), ("publish", "authority"),
                             ("register", "civil-editor"), ("register", "civil-approver"), ("publish", "authority"))
    ]  # fmt: skip
    assert [status == 302 for status in tried] == [False, True, False, False, True, True]
    assert Entry.objects.get(code=CIVIL_CODE).state == "PUBLISHED"


@pytest.mark.clause("SX-04-e")
def test_a_units_list_is_its_own_catalogue(county: County):
    civil_officers(county)
    draft(county)
    lists = {name: read(name, "/zh/desk/entries/") for name in ("civil-editor", "editor")}
    assert {name: ("婚姻登记" in page, "人口基本信息" in page) for name, page in lists.items()} == {
        "civil-editor": (True, False), "editor": (False, True),
    }  # fmt: skip


@pytest.mark.clause("SX-05-a", "HN-07", "SX-02-c", "SX-06-a")
def test_the_public_catalogue_has_what_is_published_and_nothing_else(county: County):
    civil_officers(county)
    walk_entry(county, to="REGISTERED")
    members.give_role(username="editor", role="consumer", now=NOW, by="x")
    given = {"code": CIVIL_CODE, "items": ["name"], "actor": county.actor("editor"), **registered_police(county)}

    def seen() -> tuple[int, bool, str]:
        listed = "婚姻登记" in portal("/zh/catalog/")[1]
        return portal(f"/zh/catalog/{CIVIL_CODE}/")[0], listed, came_of(county.draft, **given)

    found = [seen()]
    entry_step(county, CIVIL_CODE, "publish", by="authority")
    found.append(seen())
    entry_step(county, CIVIL_CODE, "withdraw", by="authority", reason="依据已废止")
    found.append(seen())
    assert found == [(404, False, "NO_SUCH_ENTRY"), (200, True, DONE), (404, False, "RESOURCE_WITHDRAWN")]
    assert "人口基本信息" in portal("/zh/catalog/")[1]
    assert [version.entry.code for version in queries.search()] == [CODE]
