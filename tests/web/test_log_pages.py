"""The auditor reads all four classes of the log on pages, units their uses; what is read or taken along is entered."""

import re

import psycopg
import pytest
from acting import NOW, County
from desks import at, entered, handed_out, hire, seen
from django.db import transaction

from hutong.audit.events import USAGE
from hutong.control.recording import record
from hutong.control.units import operations as members
from hutong.core import canonical

CLASSES = ("operation", "administration", "security")


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands where the county was made."""
    with at(NOW):
        yield


@pytest.fixture
def audited(county: County) -> County:
    """The county with an auditor, and one use."""
    hire(county, "auditor", "陈静", unit=county.actor("authority").unit, roles=("auditor",))
    used(county, result="OK")
    return county


def used(county: County, **facts: object) -> None:
    known = dict.fromkeys(USAGE) | {"unit": county.civil, "user": "zhang", "mode": "compare"}
    known |= {"resource": county.code, "items": ["name"], **facts}
    with transaction.atomic():
        record("plane.compared", known, now=NOW, unit=county.civil, counterpart=county.police)


def read_of(county: County) -> list[list[int]]:
    """Return the entries that each reading of the log named."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select record from audit.entry where event = 'audit.record_read' order by id").fetchall()
    return [canonical.loads(row[0])["entries"] for row in rows]


def exported(username: str, path: str) -> list[tuple]:
    """Return the lines of the file that a list of records offers."""
    lines, _ = handed_out(username, path).values()
    return lines


@pytest.mark.clause("SX-10-a", "SX-11-a")
def test_the_auditor_reads_every_class_and_each_reading_is_entered(audited):
    for name, told in {"administration": "授予角色", "security": "登录", "operation": "没有符合条件的记录"}.items():
        before = len(read_of(audited))
        page = seen("auditor", f"/zh/desk/records/class/{name}/")
        assert told in page
        assert len(read_of(audited)) - before == ("没有" not in told)
    assert all(name in page for name in ("使用日志", "运行日志", "管理日志", "安全日志"))
    assert "示范县民政局" in seen("auditor", "/zh/desk/records/")


@pytest.mark.parametrize(
    ("record_class", "zh", "en"),
    [("usage", "使用", "Usage"), ("operation", "运行", "Operation"), ("administration", "管理", "Administration"),
     ("security", "安全", "Security")],
)  # fmt: skip
def test_the_records_of_each_class_are_counted_by_its_own_name(audited, record_class, zh, en):
    assert f"{zh}日志共 " in seen("auditor", f"/zh/desk/records/class/{record_class}/")
    assert f"{en} records: " in seen("auditor", f"/en/desk/records/class/{record_class}/")


def test_as_many_records_are_counted_as_are_listed_though_reading_them_is_one_more(audited):
    seen("auditor", "/zh/desk/records/class/security/")
    for _ in range(2):
        page = seen("auditor", "/zh/desk/records/class/security/")
        counted = int(re.search(r"安全日志共 (\d+) 条", page)[1])
        assert page.count("待入日志") == counted < 50


@pytest.mark.clause("SX-11-a")
def test_nobody_else_reads_or_takes_along_another_class_than_the_uses(audited):
    for name in CLASSES:
        for path in (f"class/{name}/", f"class/{name}/?file=1"):
            assert entered("operator").get(f"/zh/desk/records/{path}").status_code == 403
    assert entered("operator").get("/zh/desk/records/class/gossip/").status_code == 404
    assert "管理日志" not in seen("operator", "/zh/desk/records/")
    assert read_of(audited) == []


@pytest.mark.clause("SX-11-a")
def test_the_security_administrator_reads_the_security_records_and_no_others_that_are_not_the_units(audited):
    hire(audited, "secrecy", "林峰", unit=audited.actor("operator").unit, roles=("security_admin",))
    members.set_active(username="editor", active=False, now=NOW, by="operator")
    client = entered("secrecy")
    body = client.get("/zh/desk/records/class/security/").content.decode()
    assert "账号变更" in body
    with psycopg.connect(audited.url, options="-c role=hutong_owner") as opened:
        last = dict(opened.execute("select event, max(id) from audit.entry group by event").fetchall())
    status = {
        event: client.get(f"/zh/desk/records/entry/{last[event]}/").status_code
        for event in ("auth.changed", "plane.compared", "units.unit_registered")
    }
    assert status == {"auth.changed": 200, "plane.compared": 404, "units.unit_registered": 404}
    for name in ("administration", "operation"):
        assert client.get(f"/zh/desk/records/class/{name}/").status_code == 403


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("reader", ["editor", "approver", "consumer", "authority", "operator"])
def test_a_record_of_another_class_is_not_read_by_its_number_either_though_the_own_unit_is_a_party(audited, reader):
    audited.walk(audited.draft(), to="FILED")
    client, unit = entered(reader), audited.actor(reader).unit
    with psycopg.connect(audited.url, options="-c role=hutong_owner") as opened:
        found = opened.execute(
            "select id, class from audit.entry e where class <> 'usage' and (%(unit)s in (unit, counterpart)"
            " or exists (select from audit.party p where p.entry_id = e.id and p.unit = %(unit)s))", {"unit": unit},
        ).fetchall()  # fmt: skip
    assert {"administration", "security"} <= {record_class for _, record_class in found}
    before = len(read_of(audited))
    assert {client.get(f"/zh/desk/records/entry/{number}/").status_code for number, _ in found} == {404}
    assert len(read_of(audited)) == before


def test_a_list_is_narrowed_by_event_unit_person_and_day_and_says_how_many_there_are(audited):
    members.set_active(username="editor", active=False, now=NOW, by="operator")

    def count(query: str) -> int:
        return int(re.search(r"..日志共 (\d+) 条", seen("auditor", f"/zh/desk/records/class/{query}"))[1])

    assert count("administration/?event=units.role_given&officer=init") == 7
    assert count(f"administration/?event=units.role_given&unit={audited.police}") == 2
    assert count("administration/?officer=nobody") == 0
    assert count("security/?event=auth.changed&officer=operator") == 1
    assert count("security/?event=auth.changed&until=2026-03-01") == 0
    assert count("security/?event=auth.changed&from=2026-03-02&until=2026-03-02") == 1
    # what cannot be read narrows nothing
    assert count("security/?event=auth.changed&from=soon&until=9999-12-31") == 1
    page = seen("auditor", f"/zh/desk/records/?unit={audited.civil}")
    assert "使用日志共 1 条" in page
    assert "使用日志共 0 条" in seen("auditor", "/zh/desk/records/?from=2026-03-03")


@pytest.mark.clause("SX-10-a")
def test_a_unit_finds_its_use_by_the_entrys_number_and_sees_what_proves_it(audited):
    found = entered("editor").get("/zh/desk/records/").content.decode()
    number = re.search(r"/desk/records/entry/(\d+)/", found)[1]
    assert f"entry/{number}/" in entered("consumer").get(f"/zh/desk/records/?receipt={number}").content.decode()
    assert f" {number} 待入日志" in seen("consumer", f"/zh/desk/records/?receipt={number}"), "as the list shows it"
    assert "这不是编号，也不是叶子哈希。" in seen("consumer", "/zh/desk/records/?receipt=abc")
    assert "这不是编号" not in seen("consumer", f"/zh/desk/records/?receipt={'a' * 64}")
    page = seen("editor", f"/zh/desk/records/entry/{number}/")
    proof = ("待入日志", "叶子哈希", '"commitment"', '"user":"zhang"')
    for told in (number, "数据比对", "plane.compared", "示范县公安局", *proof):
        assert told in page, told
    unit = audited.actor("consumer").unit_name
    for told in ("信息项 姓名 ", "使用方式 数据比对 ", f"单位 {unit} ", "使用人员 zhang "):
        assert told in page, "facts, items and units by their names"
    assert entered("operator").get(f"/zh/desk/records/entry/{number}/").status_code == 404
    assert entered("editor").get(f"/zh/desk/records/entry/{'9' * 30}/").status_code == 404


@pytest.mark.clause("SX-10-a")
def test_the_page_of_a_record_tells_its_codes_in_words(audited):
    audited.walk(audited.draft(), to="FILED")
    with psycopg.connect(audited.url, options="-c role=hutong_owner") as opened:
        last = dict(opened.execute("select event, max(id) from audit.entry group by event").fetchall())
    for event, told in {
        "sharing.application_moved": ("步骤 完成备案，开通权限 ", "现状态 已备案，权限已开通 ", "第八条“应在5个工作日"),
        "plane.grant_opened": ("提供方 示范县公安局 ", "使用方 示范县民政局 ", "信息项 姓名 ", "使用方式 数据比对 "),
        "catalog.change_moved": ("步骤 发布", "原状态 已登记，待发布审核 ", "现状态 已发布 "),
        "units.unit_registered": ("类别 党政机关",),
    }.items():
        page = seen("auditor", f"/zh/desk/records/entry/{last[event]}/")
        facts = page.partition("记录内容")[2].partition("存证依据")[0]
        assert [each for each in told if each not in facts] == [], facts


@pytest.mark.clause("SX-10-a", "SX-11-a")
def test_what_is_narrowed_is_taken_along_whole_and_entered(audited):
    for number in range(3):
        used(audited, user=f"p-{number}", matter='=cmd|"/c calc"!A1')
    head, *rows = exported("editor", "/zh/desk/records/")
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    assert head[:3] == ("存证编号", "叶子序号", "时间（北京时间）") and head[-1] == "记录全文"
    assert [line["人员代码"] for line in lines] == ["p-2", "p-1", "p-0", "zhang"]
    assert {line["使用方代码"] for line in lines} == {audited.civil}
    told = {"使用方": "示范县民政局", "信息资源": "人口基本信息", "信息项": "姓名", "结果": "已提供"}
    assert {name: lines[-1][name] for name in told} == told
    assert [len(entries) for entries in read_of(audited)] == [4, 4], "by the page, and by the file"
    assert len(exported("auditor", "/zh/desk/records/class/administration/?event=units.role_given")) == 8
    assert "您没有这些角色，所以这里不列出内容，并非没有记录" in seen("operator", "/zh/desk/records/")


def test_a_line_of_the_log_says_what_was_done_to_what(audited):
    no = audited.draft()
    audited.walk(no, to="DEPARTMENT_ENDORSED")
    page = seen("auditor", "/zh/desk/records/class/administration/")
    for said in (f"{no} 提出申请", f"{no} 同意并提交", "auditor 安全审计员"):
        assert said in page
    assert f"{no} Lodge" in seen("auditor", "/en/desk/records/class/administration/")
    assert f"{no} 提出申请" in {line[5] for line in exported("auditor", "/zh/desk/records/class/administration/")}


@pytest.mark.parametrize(
    ("reader", "language", "told"),
    [("auditor", "zh", "日志"), ("keeper", "zh", "日志"), ("auditor", "en", "Logs"), ("consumer", "zh", "使用日志"),
     ("consumer", "en", "Usage log")],
)  # fmt: skip
def test_the_menu_calls_the_log_what_its_reader_finds_there(audited, reader, language, told):
    hire(audited, "keeper", "郑洁", unit=audited.civil, roles=("security_admin",))
    pages = {"auditor": ["", *(f"class/{name}/" for name in CLASSES), "subject/"], "keeper": ["", "class/security/"]}
    for page in pages.get(reader, [""]):
        body = entered(reader).get(f"/{language}/desk/records/{page}").content.decode()
        (here,) = re.findall(r'<a href="/\w+/desk/records/" aria-current="page">(.+?)</a>', body.partition("</nav>")[2])
        assert here == told
