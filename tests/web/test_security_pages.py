"""Emergency plans and restore drills on pages: each from its form to its end, with lists, files and menu."""

import re

import pytest
import securing
from acting import NOW, UNITS
from desks import at, entered, handed_out, seen, words
from django.core.files.uploadedfile import SimpleUploadedFile

from hutong.control.security.models import Drill, EmergencyPlan
from hutong.plane.keys import Keyring
from hutong.web import plane

HOME = "/zh/desk/security/"


@pytest.fixture
def keys(tmp_path, monkeypatch):
    """Keys that pages seal what is attached under."""
    ring = Keyring.create(tmp_path / "keyring.json")
    monkeypatch.setattr(plane, "keyring", lambda: ring)


def told(by: str, page: str, action: str, **grounds: str) -> str:
    """Post a step on the page of a case and return what is read there afterwards."""
    with at(NOW):
        return words(entered(by).post(page, {"act": "step", "action": action, **grounds}, follow=True))


def begun(client, path: str) -> dict[str, str]:
    """Return what a form begins with."""
    body = client.get(path).content.decode()
    fields = re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', body, re.DOTALL)
    texts = re.findall(r'<textarea[^>]*?name="(\w+)"[^>]*>([^<]*)<', body, re.DOTALL)
    chosen = re.findall(r'<select[^>]*?name="(\w+)".*?<option value="([^"]*)" selected', body, re.DOTALL)
    skipped = ("csrfmiddlewaretoken", "at")
    return {name: value for name, value in (*fields, *texts, *chosen) if name not in skipped}


@pytest.mark.clause("SX-11-c")
def test_a_plan_goes_its_way_on_pages_from_its_form_to_being_in_force(county, keys):
    operator = entered("operator")
    with at(NOW):
        usual = begun(operator, f"{HOME}plans/new/")
        assert usual["unit"] == UNITS[1] and usual["owner"] == "李强" and usual["rehearsal_date"] == "2027-03-02"
        assert usual["title"] == "公共信息平台网络安全事件应急预案"
        refused = operator.post(f"{HOME}plans/new/", {**usual, "owner": "　"})
        assert refused.status_code == 422 and "应急预案缺少：责任人" in words(refused)
        page = operator.post(f"{HOME}plans/new/", usual).headers["Location"].partition("?")[0]
        assert "没有上传正文" in words(operator.post(page, {"act": "step", "action": "submit"}))
        file = SimpleUploadedFile("应急预案.txt", securing.TEXT)
        no = EmergencyPlan.objects.get().no
        sent = operator.post(f"/zh/desk/cases/security.plan/{no}/attachments/", {"attachment": file}, follow=True)
        assert "应急预案.txt" in words(sent)
    told("operator", page, "submit")
    assert "待批准" in seen("authority", page)
    assert "退回修改" in told("authority", page, "return", reason="联系人不全")
    with at(NOW):
        operator.post(f"{page}edit/", {**usual, "owner": "李强、周明"})
    told("operator", page, "submit")
    told("authority", page, "adopt")
    assert "现行有效" in seen("authority", page) and "李强、周明" in seen("authority", page)
    assert "没有现行有效的应急预案" not in seen("operator", "/zh/desk/")
    assert "还没有演练过" in seen("operator", page)


def test_who_adopts_a_next_version_reads_which_one_it_replaces(county, keys):
    def asked(no: str) -> str:
        securing.attached(county, no)
        securing.take(county, no, "submit", by="operator")
        with at(NOW):
            return seen("authority", f"/zh/desk/cases/security.plan/{no}/steps/adopt/")

    first = securing.drafted(county)
    assert "随即由本版替代" not in asked(first)
    securing.take(county, first, "adopt", by="authority")
    second = securing.drafted(county)
    assert f"现行有效的第 1 版（{first}）随即由本版替代。" in asked(second)


def test_a_drill_is_planned_and_recorded_on_pages_and_reported_with_its_papers(county, keys):
    securing.in_force(county)
    operator = entered("operator")
    with at(NOW):
        usual = begun(operator, f"{HOME}drills/new/")
        assert usual["planned_date"] == "2026-03-02"
        page = operator.post(f"{HOME}drills/new/", usual).headers["Location"].partition("?")[0]
        assert f"{page}record/" in operator.get(page).content.decode()
        form = {"action": "back_up", "set_number": "12", "set_ended_at": "2026-03-02T02:00"}
        ahead = operator.post(f"{page}record/", {**form, "set_ended_at": "2026-03-02T23:00"})
        assert ahead.status_code == 422 and "尚未到来" in words(ahead)
        assert 'value="12"' in ahead.content.decode()
        operator.post(f"{page}record/", form)
        operator.post(f"{page}record/", {"action": "verify", "read_back_at": "2026-03-02T07:00"})
        measured = {
            "action": "drill", "result": "passed", "fault_at": "2026-03-02T07:30", "log_until": "2026-03-02T07:29",
            "restore_minutes": "12", "rto_minutes": "20", "verified": "on", "compare_entry": "77",
            "postgres": "PostgreSQL 15.10", "machine": "备用服务器",
        }  # fmt: skip
        failing = operator.post(f"{page}record/", {**measured, "result": "failed"})
        assert failing.status_code == 422 and "未通过的原因" in words(failing)
        incomplete = operator.post(f"{page}record/", {**measured, "rto_minutes": ""})
        assert incomplete.status_code == 422 and "恢复服务用时（RTO）" in words(incomplete)
        operator.post(f"{page}record/", measured)
    body = told("operator", page, "report")
    assert "已办理“形成记录并报告”" in body and "已办理“上传附件”" not in body
    for said in ("已报告，待阅知", "通过", "1 分 0 秒", "20 分 0 秒", "第 77 号日志", "恢复演练记录"):
        assert said in body
    assert "已阅知" in told("authority", page, "note")
    drill = Drill.objects.get()
    assert (drill.passed, drill.rpo_seconds, drill.rto_seconds) == (True, 60, 1200)
    assert entered("operator").get(f"{page}record/").status_code == 404


def test_a_drill_whose_log_was_not_verified_is_recorded_as_failed_as_its_form_says(county, keys):
    no = securing.planned(county)
    securing.record(county, no, "back_up")
    securing.record(county, no, "verify")
    page, operator = f"{HOME}drills/{no}/", entered("operator")
    with at(NOW):
        assert "没有勾选日志校验的，按未通过登记" in words(operator.get(f"{page}record/"))
        measured = {
            "action": "drill", "result": "passed", "fault_at": "2026-03-02T07:30", "log_until": "2026-03-02T07:29",
            "restore_minutes": "12", "rto_minutes": "20",
        }  # fmt: skip
        operator.post(f"{page}record/", measured)
        assert "未能校验到最后一个检查点" in words(operator.get(page))
    assert Drill.objects.get(no=no).passed is False


def test_a_drill_that_could_not_be_held_says_why_and_is_shown_as_failed(county, keys):
    page = f"{HOME}drills/{securing.planned(county)}/"
    assert "备份存放处不可用" in told("operator", page, "fail", reason="备份存放处不可用")
    assert "未通过" in told("operator", page, "report")
    assert "备份存放处不可用" in seen("authority", f"{HOME}drills/?result=failed")
    assert "没有符合条件" in seen("authority", f"{HOME}drills/?result=passed")


def test_the_lists_are_handed_out_with_what_was_measured(county):
    plan, drill = securing.in_force(county), securing.filed(county)
    _, line = handed_out("authority", HOME)["应急预案"]
    assert line[:3] == (plan, "数据共享交换平台网络安全事件应急预案", "第 1 版")
    head, line = handed_out("authority", f"{HOME}drills/")["恢复演练"]
    row = dict(zip(head, line, strict=True))
    assert (row["编号"], row["结论"], row["备份集"], row["RPO（秒）"], row["RTO（秒）"]) == (drill, "通过", 12, 42, 426)


def test_the_room_stands_in_the_menu_of_who_looks_after_it_and_forms_are_the_operators(county):
    menus = {who: entered(who).get("/zh/desk/").content.decode() for who in ("operator", "authority", "consumer")}
    assert [who for who, body in menus.items() if ">应急与演练</a>" in body] == ["operator", "authority"]
    for path in ("plans/new/", "drills/new/"):
        assert "您在该单位没有这一角色" in seen("authority", f"{HOME}{path}")
        assert 'class="fields card"' not in entered("authority").get(f"{HOME}{path}").content.decode()
    assert "编制预案新版本" in seen("operator", HOME) and "编制预案新版本" not in seen("authority", HOME)
    no = securing.in_force(county)
    assert entered("consumer").get(f"{HOME}plans/{no}/").status_code == 404
    assert [entered("consumer").get(f"{HOME}{path}").status_code for path in ("", "drills/")] == [403, 403]
    late = entered("operator").post(f"{HOME}plans/{no}/edit/", {})
    assert late.status_code == 409


def test_pages_are_read_in_english_too(county):
    plan, drill = securing.in_force(county), securing.filed(county)
    body = seen("authority", f"/en/desk/security/drills/{drill}/")
    assert "Passed" in body and "7 min 6 s" in body and "Restored up to" in body
    assert "In force" in seen("authority", f"/en/desk/security/plans/{plan}/")
