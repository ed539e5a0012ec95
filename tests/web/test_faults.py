"""What nobody expected: typed values that nothing keeps are refused in words, and a fault is logged with its number."""

import html
import re

import pytest
from acting import PASSWORD
from django.http import HttpResponse
from django.test import Client, RequestFactory
from test_forms import APPLICATION, ENTRY

from hutong.control.sharing import queries
from hutong.control.units.models import Officer
from hutong.web.front import middleware

LONG = "9" * 20_001


def entered(username: str, **asked) -> Client:
    client = Client(HTTP_HOST="localhost", **asked)
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def read(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode())))


TYPED = {
    "application": ("consumer", "/zh/desk/applications/new/{code}/", APPLICATION, 422),
    "entry": ("editor", "/zh/desk/entries/new/", ENTRY, 422),
    "deputy": (
        "authority", "/zh/desk/deputies/",
        {"role": "competent", "unit": "", "officer": "consumer", "until_date": "2030-01-01", "reason": "值班"}, 422,
    ),
    "end of a deputy": ("authority", "/zh/desk/deputies/", {"end": "1"}, 422),
    "grant": (
        "operator", "/zh/desk/grants/",
        {"no": "1", "action": "suspend", "whom": "grant 1", "clause": "SX-16-a", "reason": "x"}, 422,
    ),
    "suspension": ("operator", "/zh/desk/grants/", {"id": "1", "action": "lift", "verified": "x"}, 422),
    "answer": (
        "consumer", "/zh/desk/applications/{no}/", {"act": "answer", "about": "1", "words": "x"}, 422,
    ),
}  # fmt: skip
"""Form → who fills it in, where, and with what; then how a text is refused that is too long for any field."""


@pytest.mark.parametrize("form", TYPED)
def test_no_field_of_a_form_takes_more_than_is_kept_and_what_was_typed_stays(county, form):
    who, where, typed, refused = TYPED[form]
    client, path = entered(who), where.format(code=county.code, no=county.draft())
    client.raise_request_exception = False
    for field in typed:
        answer = client.post(path, {**typed, field: LONG})
        assert (field, answer.status_code) == (field, refused)
        assert "VALUE_UNUSABLE" not in answer.content.decode(), "no form had refused it"


@pytest.mark.parametrize(
    ("form", "field", "length"), [("application", "system", 101), ("entry", "name", 201), ("entry", "item-1-name", 201)]
)
def test_a_text_longer_than_its_column_is_refused_at_its_field(county, form, field, length):
    who, where, typed, _ = TYPED[form]
    answer = entered(who).post(where.format(code=county.code), {**typed, field: "宽" * length})
    assert answer.status_code == 422
    assert f"填写了 {length} 个字符，最多 {length - 1} 个" in read(answer)


@pytest.mark.parametrize("rule", ['格式 "\\ud800"', '格式 "\\u0000"', '取值范围 "a|\\udfff"'])
def test_a_rule_with_half_a_character_or_a_nul_is_refused_at_its_item(county, rule):
    client = entered("editor", raise_request_exception=False)
    answer = client.post("/zh/desk/entries/new/", {**ENTRY, "item-1-rules": rule})
    assert (answer.status_code, "RULE_VALUE_UNUSABLE" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("fault", [ValueError("张三丰"), OverflowError("张三丰")])
def test_what_no_form_refused_is_refused_at_the_door_and_logged_without_its_values(county, monkeypatch, capsys, fault):
    def fails(*given, **named):
        raise fault

    monkeypatch.setattr(queries, "grants", fails)
    answer = entered("operator").post("/zh/desk/grants/?state=x", {"no": "1", "action": "x"})
    assert answer.status_code == 422
    (number,) = re.findall(r"故障编号 ([0-9a-f]{8})", read(answer))
    said = capsys.readouterr().err
    assert number in said
    assert "张三丰" not in said


def test_a_fault_of_ours_is_logged_with_its_place_and_the_number_the_page_shows(county, monkeypatch, capsys):
    def fails(*given, **named):
        raise ValueError("张三丰")

    monkeypatch.setattr(queries, "grants", fails)
    client = entered("operator")
    client.raise_request_exception = False
    answer = client.get("/zh/desk/grants/")
    assert answer.status_code == 500
    (number,) = re.findall(r"故障编号：([0-9a-f]{8})", read(answer))
    said = capsys.readouterr().err
    for told in (number, "/zh/desk/grants/", "ValueError", "web/desk/grants/views.py"):
        assert told in said
    assert "张三丰" not in said


def test_an_address_for_forms_alone_leads_back_when_it_is_opened(county):
    answer = entered("consumer").get("/zh/desk/cases/sharing.application/1/attachments/")
    posted = Client(HTTP_HOST="localhost").get("/zh/logout/")
    assert {answer.status_code, posted.status_code} <= {404, 405}
    assert (posted.status_code, posted.headers["Allow"]) == (405, "POST")
    assert "返回首页" in posted.content.decode()
    no = county.draft()
    case = entered("consumer").get(f"/zh/desk/cases/sharing.application/{no}/attachments/")
    assert (case.status_code, "回到我的工作台" in case.content.decode()) == (405, True)


def test_who_was_stopped_is_logged_out_and_told_so(county):
    client = entered("consumer")
    Officer.objects.filter(user__username="consumer").update(active=False)
    answer = client.get("/zh/desk/applications/", follow=True)
    assert answer.redirect_chain[0][0].startswith("/zh/login/?stopped=1&next=%2Fzh%2Fdesk%2Fapplications%2F")
    assert "您的账号或者所在单位已停用，您已退出登录。" in read(answer)
    assert client.get("/zh/desk/").headers["Location"].startswith("/zh/login/?next=")


def test_a_file_that_is_handed_out_is_shut_in_a_sandbox_and_a_page_is_not():
    def handed_out(request):
        return HttpResponse(headers={"Content-Disposition": 'attachment; filename="a.txt"'})

    asked = RequestFactory().get("/")
    answer, page = (middleware.headers(view)(asked) for view in (handed_out, lambda request: HttpResponse()))
    assert answer.headers["Content-Security-Policy"] == middleware.SANDBOX
    assert page.headers["Content-Security-Policy"] == middleware.POLICY
