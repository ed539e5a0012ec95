"""Purging and keeping on pages: asked for by one, agreed to by another; the page says who carries it out (SX-10-c)."""

import pytest
from acting import NOW, entries
from desks import at, entered, seen, words

HERE = "/zh/desk/retention/"
ASKED = {"class": "usage", "before": "2020-01-01"}


def asked(county, *, by: str = "operator", **changes: str):
    with at(NOW):
        return entered(by).post(f"{HERE}new/", {**ASKED, **changes}, follow=True)


def posted(by: str, path: str, **form: str):
    with at(NOW):
        return entered(by).post(f"{HERE}{path}", form, follow=True)


@pytest.mark.clause("SX-10-c")
def test_one_asks_on_a_page_another_agrees_on_a_page_and_the_page_says_who_carries_it_out(county):
    assert "批准之前一条记录也不会删除" in words(asked(county))
    own = seen("operator", f"{HERE}1/")
    assert "批准后由平台运维单位在服务器上执行" not in own and "另一人" in own
    told = words(posted("authority", "1/", act="approve"))
    assert "已批准，待销毁" in told and "hutong audit purge approve 1" in told
    assert entries(county.url, "audit.purge_approved") == 1


@pytest.mark.clause("SX-10-c")
def test_who_asked_does_not_agree(county):
    asked(county)
    assert "须由另一人批准" in words(posted("operator", "1/", act="approve")) or entries(
        county.url, "audit.purge_approved") == 0  # fmt: skip
    assert "已提出，待另一人批准" in seen("authority", f"{HERE}1/")


@pytest.mark.clause("SX-10-c")
def test_what_is_not_old_enough_is_refused_with_the_day_from_which_it_may_go(county):
    answer = asked(county, before="2025-01-01")
    said = words(answer)
    assert answer.status_code in (403, 422) and "2021-03-02" in said
    assert "2025-01-01" in answer.content.decode(), "what was typed stays"


def test_an_empty_form_is_told_all_it_lacks(county):
    with at(NOW):
        answer = entered("operator").post(f"{HERE}new/", {"class": "", "before": ""}, follow=True)
    assert answer.status_code == 422 and answer.content.decode().count('aria-invalid="true"') == 2


def test_a_request_is_dropped_for_a_reason_by_who_asked(county):
    asked(county)
    assert posted("operator", "1/", act="drop", reason="").status_code == 422
    assert "申请已取消" in words(posted("operator", "1/", act="drop", reason="提错了"))


def test_records_are_kept_and_let_go_again_on_pages(county):
    said = words(posted("authority", "holds/new/", **{"class": "all", "reason": "审计", "until": ""}))
    assert "留存中" in said and "全部记录" in said and "至解除为止" in said
    assert "1" in seen("operator", f"{HERE}holds/")
    assert asked(county).status_code == 403
    assert "已解除" in words(posted("operator", "holds/1/", reason="审计已结束"))


@pytest.mark.parametrize("path", ["", "new/", "holds/", "holds/new/"])
def test_others_are_refused_and_have_no_line_in_the_menu(county, path):
    assert entered("consumer").get(f"{HERE}{path}").status_code == 403
    assert "记录销毁与留存" not in entered("consumer").get("/zh/desk/").content.decode()
    assert "记录销毁与留存" in entered("authority").get("/zh/desk/").content.decode()
