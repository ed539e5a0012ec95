"""A resource of each form at the desk: compiled, published, read back, found in its entry, and told for what it is."""

import html
import re

import pytest
from acting import NOW, County
from cataloguing import CIVIL_CODE, change_of, civil_officers
from django.conf import settings
from django.db import connection, transaction
from paging import entered, read
from test_forms import APPLICATION

from hutong.control.catalog import queries
from hutong.control.units import operations as members
from hutong.core import canonical
from hutong.db.database import joined
from hutong.plane import tables
from hutong.plane.definition import Form

BASE = {
    "code": CIVIL_CODE, "name": "婚姻登记", "abstract": "本县婚姻登记的基本信息。", "sharing_type": "1",
    "update_cycle": "2", "personal": "on",
    "item-1-code": "number", "item-1-name": "登记字号", "item-1-type": "C", "item-1-offered": "query",
    "item-1-key": "on", "item-1-required": "on",
}  # fmt: skip
FILE = {
    "item-2-code": "scan", "item-2-name": "证书扫描件", "item-2-type": "G", "item-2-offered": "query",
    "item-2-rules": "文件种类 pdf|jpeg；文件上限 20",
}  # fmt: skip
COMPILED = {
    Form.TABLE: {"format": "3", "method": "1"},
    Form.FILE: {"format": "4", "method": "2", **FILE},
    Form.INTERFACE: {"format": "7", "method": "3", "service": "marriage.check", "time_out": "5"},
}
NAMES = {Form.TABLE: "库表", Form.FILE: "文件", Form.INTERFACE: "接口"}


@pytest.fixture(autouse=True)
def _march(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)


def published(county: County, form: Form) -> None:
    """Compile an entry of a form on the page of the unit, and let those whose turn it is publish it on theirs."""
    civil_officers(county)
    assert entered("civil-editor").post("/zh/desk/entries/new/", {**BASE, **COMPILED[form]}).status_code == 302
    for action, by in (("submit", "civil-editor"), ("register", "civil-approver"), ("publish", "authority")):
        address = f"/zh/desk/entries/changes/{change_of(CIVIL_CODE)}/"
        assert entered(by).post(address, {"action": action}).status_code == 302


def public(path: str) -> str:
    page = re.sub(r"<[^>]+>", " ", entered("consumer").get(path).content.decode())
    return re.sub(r"\s+", " ", html.unescape(page))


@pytest.mark.clause("P-3", "SX-05-a")
@pytest.mark.parametrize("form", list(Form))
def test_an_entry_of_each_form_is_compiled_published_read_back_and_found_in_its_entry(county: County, form: Form):
    published(county, form)
    version = queries.published(CIVIL_CODE)
    with connection.cursor() as cursor:
        cursor.execute("select record from audit.entry where event = 'catalog.version_published' order by id desc")
        record = canonical.loads(cursor.fetchone()[0])
    assert (record["resource"], record["digest"]) == (CIVIL_CODE, version.digest)
    said = canonical.loads(queries.body(version))
    assert [str(said[name]) for name in ("format", "method")] == [COMPILED[form][n] for n in ("format", "method")]
    with transaction.atomic(), joined(connection) as cur:
        definition = tables.definition(cur, code=CIVIL_CODE)
    assert (definition.form, definition.service, definition.time_out) == (
        form, said["service"], 5 if form is Form.INTERFACE else 0,
    )  # fmt: skip
    assert definition.files == ({"scan"} if form is Form.FILE else set())
    at_the_desk = read("civil-editor", f"/zh/desk/entries/versions/1/{CIVIL_CODE}/")
    for page in (at_the_desk, public(f"/zh/catalog/{CIVIL_CODE}/")):
        assert f"资源形态 {NAMES[form]}：" in page
    shown = read("civil-editor", f"/zh/desk/entries/{CIVIL_CODE}/")
    assert ("marriage.check" in shown) is (form is Form.INTERFACE)
    assert ("文件上限 20" in shown) is (form is Form.FILE)
    assert f"{CIVIL_CODE} 示范县民政局 {NAMES[form]}" in read("civil-editor", "/zh/desk/entries/")
    listed = {each: "婚姻登记" in public(f"/zh/catalog/?form={each}") for each in Form}
    assert listed == {each: each is form for each in Form}


@pytest.mark.clause("P-3", "SX-08-d")
def test_an_interface_is_neither_applied_for_nor_delivered_and_the_pages_say_what_to_do(county: County):
    published(county, Form.INTERFACE)
    page = public(f"/zh/catalog/{CIVIL_CODE}/")
    assert "接口不留存数据" in page and "申请使用" not in page
    members.give_role(username="editor", role="consumer", now=NOW, by="init")  # nobody applies for what is the own
    tried = entered("editor").post(
        f"/zh/desk/applications/new/{CIVIL_CODE}/", {**APPLICATION, "items": ["number"]}
    )
    assert tried.status_code == 422
    assert "平台目前还不能调用接口" in tried.content.decode()
    assert "请提供方另行编制以“数据库”方式共享的目录" in html.unescape(tried.content.decode())
    assert CIVIL_CODE not in entered("civil-editor").get("/zh/desk/deliveries/").content.decode()
    tried = entered("civil-editor").post("/zh/desk/deliveries/", {"code": CIVIL_CODE, "kind": "snapshot"})
    assert "不接收交付" in tried.content.decode()


@pytest.mark.clause("P-3", "SX-05-b")
def test_what_is_held_does_not_become_an_interface_and_a_table_may_become_files(county: County):
    published(county, Form.TABLE)
    page = entered("civil-editor")
    page.post(f"/zh/desk/entries/begin/{CIVIL_CODE}/")
    address = f"/zh/desk/entries/changes/{change_of(CIVIL_CODE)}/edit/"
    tried = page.post(address, {**BASE, **COMPILED[Form.INTERFACE]})
    assert (tried.status_code, "已以库表的形态发布，不能改为接口" in tried.content.decode()) == (409, True)
    assert queries.change(change_of(CIVIL_CODE)).method == 1
    assert page.post(address, {**BASE, **COMPILED[Form.FILE]}).status_code == 302
    assert queries.change(change_of(CIVIL_CODE)).method == 2
