"""The forms of the desk: what is typed is kept, what cannot be used later is refused at once."""

import html
import re
from datetime import date, timedelta

import filling
import psycopg
import pytest
from acting import NOW, PASSWORD
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hutong.control.catalog import queries as catalog
from hutong.control.catalog.queries import Search
from hutong.control.sharing.models import Application
from hutong.control.units import deputies
from hutong.plane.definition import Mode
from hutong.web import clock, plane

TODAY = clock.today()
NEXT_YEAR = TODAY + timedelta(days=365)
"""Days as the machine's clock has them: what is applied for may not be over."""
APPLICATION = {
    "mode": "compare", "items": ["name"], "purpose": "social-assistance", "legal_basis": "办法第八条",
    "matters": "DB-001、DB-002；DB-003", "system": "civil-app", "users": ["zhang"], "devices": ["pc-1"],
    "from_at": f"{TODAY}", "until_at": f"{NEXT_YEAR}", "quota": "100", "guesses": "5",
}  # fmt: skip

ENTRY = {
    "code": "307002/000001", "name": "婚姻登记信息", "abstract": "本县婚姻登记的基本情况。", "format": "3",
    "method": "1", "sharing_type": "2", "update_cycle": "2", "personal": "on",
    "item-1-code": "number", "item-1-name": "登记字号", "item-1-type": "C", "item-1-offered": "compare",
    "item-1-key": "on", "item-1-required": "on",
    "item-2-code": "registered_on", "item-2-name": "登记日期", "item-2-type": "D", "item-2-offered": "query",
    "item-3-code": "", "item-3-name": "",
}  # fmt: skip


def entered(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def values(page: str) -> dict[str, str]:
    """Return what the fields of a form hold."""
    fields = re.findall(r'<(?:input|textarea)[^>]*name="([^"]+)"[^>]*?(?:value="([^"]*)"|>([^<]*))', page)
    return {name: html.unescape(value or text) for name, value, text in fields}


def test_codes_are_separated_by_whatever_officers_write_between_them(county):
    answer = entered("consumer").post(f"/zh/desk/applications/new/{county.code}/", APPLICATION)
    assert answer.status_code == 302
    assert Application.objects.get().matters == ["DB-001", "DB-002", "DB-003"]


def test_how_many_distinct_records_a_year_a_query_discloses_is_declared_and_a_hundred_without_a_word(county):
    client = entered("consumer")
    for said in ({}, {"yearly_records": ""}, {"yearly_records": "250"}):
        client.post(f"/zh/desk/applications/new/{county.code}/", {**APPLICATION, **said, "twice": "on"})
    assert sorted(Application.objects.values_list("yearly_records", flat=True)) == [100, 100, 250]
    no = county.draft(mode=Mode.QUERY, items=["address"], need=["value_not_at_hand"], yearly_records=250)
    page = client.get(f"/zh/desk/applications/{no}/").content.decode()
    assert re.search(r"每年最多不同记录数.{0,200}250", page, re.S)
    assert values(client.get(f"/zh/desk/applications/{no}/edit/").content.decode())["yearly_records"] == "250"


@pytest.mark.parametrize(("field", "label"), [("purpose", "用途"), ("matters", "办理事项")])
def test_a_purpose_or_matter_no_system_could_sign_with_is_refused(county, field, label):
    client = entered("consumer")
    answer = client.post(f"/zh/desk/applications/new/{county.code}/", {**APPLICATION, field: "核验身份"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"“{label}”要填写代码，不能识别：核验身份" in html.unescape(page)
    assert values(page)[field] == "核验身份"
    assert values(page)["legal_basis"] == "办法第八条"


def test_an_application_returned_is_edited_with_what_was_typed_before(county):
    client = entered("consumer")
    client.post(f"/zh/desk/applications/new/{county.code}/", APPLICATION)
    no = Application.objects.get().no
    page = client.get(f"/zh/desk/applications/{no}/edit/").content.decode()
    assert {k: values(page)[k] for k in ("purpose", "matters", "quota", "until_at")} == {
        "purpose": "social-assistance", "matters": "DB-001 DB-002 DB-003", "quota": "100", "until_at": f"{NEXT_YEAR}",
    }  # fmt: skip
    assert client.post(f"/zh/desk/applications/{no}/edit/", {**APPLICATION, "quota": "7"}).status_code == 302
    assert Application.objects.get().quota == 7


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "信息项“登记字号”的字段名 1st 不合规范，须以字母开头"),
        ("en", "the code 1st of the item 登记字号 is not a letter"),
    ],
)
def test_a_definition_no_table_can_be_made_of_is_refused_by_item_in_the_readers_language(county, language, said):
    answer = entered("editor").post(f"/{language}/desk/entries/new/", {**ENTRY, "item-1-code": "1st"})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert said in page
    assert "ITEM_CODE_MISSHAPED" in page


def test_an_entry_is_drafted_edited_and_published_by_its_pages(county):
    editor = entered("editor")
    assert editor.post("/zh/desk/entries/new/", ENTRY).status_code == 302
    change = catalog.under_way("307002/000001")
    assert (change.key, [item["code"] for item in change.items]) == (["number"], ["number", "registered_on"])
    form, address = {**ENTRY, "abstract": "改过的摘要。"}, f"/zh/desk/entries/changes/{change.no}/"
    assert editor.post(f"{address}edit/", form).status_code == 302
    assert editor.post(address, {"action": "submit"}).status_code == 302
    assert "婚姻登记信息" in entered("approver").get("/zh/desk/").content.decode()
    assert entered("approver").post(address, {"action": "register"}).status_code == 302
    assert entered("authority").post(address, {"action": "publish"}).status_code == 302
    assert "改过的摘要。" in Client(HTTP_HOST="localhost").get("/zh/catalog/307002/000001/").content.decode()


def test_a_change_of_a_published_entry_is_seen_by_those_who_review_it_and_by_nobody_else(county):
    editor, form = entered("editor"), {**ENTRY, "abstract": "改过的摘要。"}
    for username in ("approver", "authority"):
        assert entered(username).post(f"/zh/desk/entries/begin/{county.code}/").status_code == 403
    begun = editor.post(f"/zh/desk/entries/begin/{county.code}/")
    address = f"/zh/desk/entries/changes/{catalog.under_way(county.code).no}/"
    assert (begun.status_code, begun.url) == (302, f"{address}edit/")
    assert editor.post(f"{address}edit/", form).status_code == 302
    assert editor.post(address, {"action": "submit"}).status_code == 302
    for username in ("editor", "approver", "authority"):
        page = entered(username).get(address).content.decode()
        assert "改过的摘要。" in page
        assert "仍按已发布的第 1 版" in page
    portal = Client(HTTP_HOST="localhost").get(f"/zh/catalog/{county.code}/").content.decode()
    assert ("改过的摘要。" in portal, "人口基本信息" in portal, "登记字号" in portal) == (False, True, False)
    assert entered("approver").post(address, {"action": "register"}).status_code == 302
    assert entered("authority").post(address, {"action": "publish"}).status_code == 302
    assert "改过的摘要。" in Client(HTTP_HOST="localhost").get(f"/zh/catalog/{county.code}/").content.decode()
    assert "仍按已发布的" not in entered("editor").get(address).content.decode()


def test_rows_are_added_to_the_items_and_what_was_typed_stays(county):
    editor, form = entered("editor"), {**ENTRY, "abstract": "", "item-12-code": "", "more": "1"}
    page = editor.post("/zh/desk/entries/new/", form)
    assert page.status_code == 200
    typed = values(page.content.decode())
    assert (typed["name"], typed["item-2-name"], typed["item-8-code"]) == ("婚姻登记信息", "登记日期", "")
    assert "item-9-code" not in typed
    assert catalog.found(Search("婚姻")) == 0
    assert catalog.under_way(ENTRY["code"]) is None
    no = county.begin_change()
    kept = values(editor.get(f"/zh/desk/entries/changes/{no}/edit/").content.decode())
    more = values(editor.post(f"/zh/desk/entries/changes/{no}/edit/", {**kept, "more": "1"}).content.decode())
    assert {name: more[name] for name in kept if name.startswith("item-4")} == {
        name: value for name, value in kept.items() if name.startswith("item-4")
    }
    assert len([name for name in more if name.endswith("-code")]) == 4 + 4 + 4


def test_an_entry_form_that_is_refused_keeps_every_row(county):
    answer = entered("editor").post("/zh/desk/entries/new/", {**ENTRY, "abstract": "", "method": "2"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "目录缺少：摘要。" in page
    assert values(page)["item-2-name"] == "登记日期"
    assert re.search(r'name="item-1-key"\s[^>]*checked', page)
    assert not catalog.found(Search("婚姻"))


def test_an_item_without_a_name_is_told_by_its_field_and_clause(county):
    page = entered("editor").post("/zh/desk/entries/new/", {**ENTRY, "item-2-name": " "}).content.decode()
    assert "信息项 registered_on 没有名称。" in page
    assert "B.1.1" in page
    assert values(page)["item-2-code"] == "registered_on"
    assert re.findall(r'id="(item-\d+-\w+-wrong)"', page) == ["item-2-name-wrong"]
    assert not catalog.found(Search("婚姻"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "信息项表第 {} 行没有字段名。"),
        ("en", "The row {} of the items has no field."),
    ],
)
def test_an_item_without_a_field_is_refused_and_told_at_its_row(county, language, said):
    rows = {"item-3-name": "登记机关", "item-4-code": "", "item-5-code": "", "item-5-required": "on"}
    answer = entered("editor").post(f"/{language}/desk/entries/new/", {**ENTRY, **rows})
    page = html.unescape(answer.content.decode())
    assert (answer.status_code, "ITEM_CODE_MISSING" in page) == (422, True)
    assert re.findall(r'id="(item-\d+-code-wrong)">([^<]+)<', page) == [
        ("item-3-code-wrong", said.format(3)), ("item-4-code-wrong", said.format(4)),
    ]  # fmt: skip
    assert re.findall(r'name="(item-\d+-code)"[^>]*aria-describedby="\1-wrong"\s+aria-invalid="true"', page) == [
        "item-3-code", "item-4-code",
    ]  # fmt: skip
    assert values(page)["item-3-name"] == "登记机关"
    assert not catalog.found(Search("婚姻"))


@pytest.mark.parametrize(
    ("field", "code", "label"),
    [("system", "police-app", "应用系统"), ("users", "wang", "使用人员"), ("devices", "pc-9", "使用设备")],
)
def test_what_is_not_registered_for_the_unit_or_was_stopped_is_not_applied_for(county, field, code, label):
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute("insert into plane.system (id, unit, name, public_key, mlps_level, mlps_until)"
                       " values ('police-app', %s, '警务', %s, 2, '2027-12-31')", [county.police, bytes(32)])
        opened.execute("insert into plane.user (id, unit, name) values ('wang', %s, '王')", [county.police])
        opened.execute("insert into plane.device (id, unit, name, state) values ('pc-9', %s, '旧', 'stopped')",
                       [county.civil])  # fmt: skip
    posted = {**APPLICATION, field: code}
    answer = entered("consumer").post(f"/zh/desk/applications/new/{county.code}/", posted)
    assert (answer.status_code, f"“{label}”中的 {code} 未在申请单位登记" in answer.content.decode()) == (422, True)
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("quota", "9" * 5000, "“每日最多次数”填写的内容无法识别：" + "9" * 40 + "…"),
        ("from_at", "0001-01-01", "开始日期：0001-01-01 不在 2000 年至 2199 年之间。"),
        ("purpose", "social-assistance census", "“用途”填写的内容无法识别：social-assistance census"),
        ("until_at", "", "没有填写“结束日期”"),
    ],
)
def test_what_no_column_keeps_or_means_two_things_is_refused_politely(county, field, value, told):
    address = f"/zh/desk/applications/new/{county.code}/"
    answer = entered("consumer").post(address, {**APPLICATION, field: value})
    assert (answer.status_code, told in answer.content.decode()) == (422, True)


def test_who_fills_in_for_the_applicants_chooses_from_their_registers_and_not_the_own_ones(county):
    no = county.draft()
    deputies.name(
        role="consumer", unit=county.civil, username="operator", until_date=date(2026, 12, 31), reason="空缺",
        actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    page = entered("operator").get(f"/zh/desk/applications/{no}/edit/").content.decode()
    assert re.findall(r'<option value="([^"]+)" selected>', page) == ["civil-app"]
    answer = entered("operator").post(f"/zh/desk/applications/{no}/edit/", APPLICATION)
    assert answer.status_code == 302
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        found = opened.execute("select unit from audit.entry where event = 'sharing.application_changed'").fetchall()
    assert found == [(county.civil,)]


def test_a_taken_name_is_refused_by_name(county):
    answer = entered("editor").post("/zh/desk/entries/new/", {**ENTRY, "name": "人口基本信息"})
    assert answer.status_code == 409
    assert "人口基本信息" in answer.content.decode()


def test_only_the_unit_itself_sees_its_deliveries_and_their_rejected_rows(county):
    filling.deliveries(county, 1)
    assert entered("editor").get(f"/zh/desk/deliveries/{county.code}/rejected/k/").status_code == 200
    assert entered("consumer").get(f"/zh/desk/deliveries/{county.code}/rejected/k/").status_code == 404
    assert entered("editor").get(f"/zh/desk/deliveries/{county.code}/rejected/none/").status_code == 404
    assert entered("editor").get(f"/zh/desk/deliveries/{county.code}/delivered/k/").status_code == 200
    assert entered("consumer").get(f"/zh/desk/deliveries/{county.code}/delivered/k/").status_code == 404
    assert entered("editor").get(f"/zh/desk/deliveries/{county.code}/delivered/none/").status_code == 404


def test_nothing_is_confirmed_that_does_not_wait(county, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "SPOOL", tmp_path)
    form = {"code": county.code, "key": "2026-03-02", "kind": "snapshot", "approve": "on"}
    for language, said in (("zh", "批次 2026-03-02 没有在等待确认"), ("en", "does not wait to be confirmed")):
        file = SimpleUploadedFile("rows.csv", b"resident_number,name,address,street\n")
        answer = entered("editor").post(f"/{language}/desk/deliveries/", {**form, "file": file})
        assert (answer.status_code, said in answer.content.decode()) == (409, True)


def test_only_an_editor_of_the_provider_hands_in_a_file(county):
    for username in ("consumer", "approver", "operator"):
        client = entered(username)
        assert "读取并核对" not in client.get("/zh/desk/deliveries/").content.decode()
        answer = client.post("/zh/desk/deliveries/", {"code": county.code})
        assert answer.status_code == 403
        assert "提供方经办人" in answer.content.decode()


def test_handing_in_nothing_is_told(county):
    answer = entered("editor").post("/zh/desk/deliveries/", {"code": county.code})
    assert answer.status_code == 422
    assert "没有选择文件。" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("婚姻登记 2026.csv", "文件 婚姻登记 2026.csv"),
        ("../../" + "长" * 300 + ".txt", f"文件 {'长' * 60}.txt"),
        ("没有后缀", "文件 没有后缀"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_by_its_own_name(county, tmp_path, monkeypatch, name, told):
    monkeypatch.setattr(settings, "SPOOL", tmp_path)
    monkeypatch.setattr(settings, "DATABASE_URL", county.url)
    plane.database.cache_clear()
    file = SimpleUploadedFile(name, "甲,乙\n1,2\n".encode())
    answer = entered("editor").post("/zh/desk/deliveries/", {"code": county.code, "file": file})
    assert answer.status_code == 400
    assert told in answer.content.decode()
    plane.database().close()
    plane.database.cache_clear()


def test_names_stand_beside_codes(county):
    no = county.draft(purpose="social-assistance", matters=["DB-001", "DB-002"])
    county.walk(no, to="FILED", now=NOW)
    page = entered("authority").get(f"/zh/desk/applications/{no}/").content.decode()
    for name, code in (("社会救助系统", "civil-app"), ("张伟", "zhang"), ("一号窗口电脑", "pc-1"),
                       ("核验社会救助对象", "social-assistance"), ("临时救助", "DB-002"),
                       ("示范县公安局", county.police)):  # fmt: skip
        assert re.search(rf"{name}\s+<code>{code}</code>", page), name
    grants = entered("authority").get("/zh/desk/grants/").content.decode()
    assert "数据比对：姓名" in grants
    assert re.search(r"核验社会救助对象\s+<code>social-assistance</code>", grants)


@pytest.mark.clause("SX-06-a")
def test_a_consumer_reads_why_what_it_had_was_taken_back_and_the_authority_what_to_do_with_the_rest(county):
    county.walk(county.draft(), to="FILED")
    waiting = county.draft()
    county.walk(waiting, to="SUPPLIED")
    grave = f"/zh/desk/cases/catalog.entry/{county.code}/steps/withdraw/"
    assert "已开通的使用权限全部终止" in entered("authority").get(grave).content.decode()
    entered("authority").post(f"/zh/desk/entries/{county.code}/", {"action": "withdraw", "reason": "《某办法》已废止"})
    assert "信息资源已从目录撤销：《某办法》已废止" in entered("consumer").get("/zh/desk/grants/").content.decode()
    page = entered("authority").get(f"/zh/desk/applications/{waiting}/").content.decode()
    assert "该信息资源已从目录撤销" in page
    assert "资源已撤销，终止办理" in page
    assert f"/zh/catalog/{county.code}/" not in page


def rows_sent(county) -> SimpleUploadedFile:
    rows = "resident_number;name;address;street\n330523199001010003;张三;示范路3号;东华门街道\n合计;;;1\n"
    return SimpleUploadedFile("人口.csv", rows.encode("gb18030"))


def came(county) -> int:
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        return int(opened.execute("select count(*) from plane.delivery").fetchone()[0])


def test_what_was_read_is_shown_before_it_counts_and_confirmed_once(supplied, tmp_path):
    editor = entered("editor")
    answer = editor.post("/zh/desk/deliveries/", {"code": supplied.code, "key": "march", "file": rows_sent(supplied)})
    assert (answer.status_code, came(supplied)) == (302, 0)
    page = editor.get(answer["Location"]).content.decode()
    assert "GB18030（GBK）编码，列之间以分号分隔" in page
    assert "接收 1 行，退回 1 行。" in page and "新增 1 条，更新 0 条，删除 0 条。" in page
    (kept,) = (tmp_path / "uploads").iterdir()
    for text in ("330523", "张三", "示范路"):
        assert text.encode("gb18030") not in kept.read_bytes() and text.encode() not in kept.read_bytes()
    assert entered("approver").get(answer["Location"]).status_code == 410
    given = {"confirm": "on", "code": supplied.code, "key": "march"}
    for _ in range(2):  # clicked twice, it is told twice and loaded once
        done = editor.post(answer["Location"], given)
        assert (done.status_code, done["Location"]) == (302, f"/zh/desk/deliveries/{supplied.code}/delivered/march/")
    assert (came(supplied), list((tmp_path / "uploads").iterdir())) == (1, [])
    assert "GB18030（GBK）编码" in editor.get(done["Location"]).content.decode()
    again = editor.post("/zh/desk/deliveries/", {"code": supplied.code, "key": "march", "file": rows_sent(supplied)})
    assert "不会重复入库" in editor.get(again["Location"]).content.decode()


def test_what_was_read_and_not_confirmed_is_forgotten_and_said_to_be_gone(supplied, tmp_path):
    editor = entered("editor")
    answer = editor.post("/zh/desk/deliveries/", {"code": supplied.code, "key": "march", "file": rows_sent(supplied)})
    assert editor.post(answer["Location"], {"cancel": "on"}).status_code == 302
    assert (came(supplied), list((tmp_path / "uploads").iterdir())) == (0, [])
    gone = editor.post(answer["Location"], {"confirm": "on", "code": supplied.code, "key": "march"})
    assert (gone.status_code, "请重新选择文件交付" in gone.content.decode(), came(supplied)) == (410, True, 0)
