"""An officer makes a token on a page, reads it once and ends it; administrators find and end those of officers."""

import html
import re

import bearing
import pytest
from acting import NOW, PASSWORD
from bearing import Program
from desks import at, entered, words
from django.test import Client
from registering import administrator

from hutong.control.units.models import PersonalToken
from hutong.plane.keys import Keyring
from hutong.web import plane

NEW, HOME = "/zh/desk/tokens/new/", "/zh/desk/tokens/"


@pytest.fixture(autouse=True)
def ring(tmp_path, monkeypatch) -> Keyring:
    made = Keyring.create(tmp_path / "keys.json")
    monkeypatch.setattr(plane, "keyring", lambda: made)
    return made


def come_in(username: str, ring: Keyring) -> Client:
    """Return the browser of an officer who has a second factor."""
    bearing.with_factor(username, ring)
    client = Client(HTTP_HOST="localhost")
    client.post("/zh/login/", {"username": username, "password": PASSWORD})
    client.post("/zh/login/code/", {"code": bearing.shown(username, ring, after=1).code})
    return client


def sent(ring: Keyring, monkeypatch, **changes: str) -> dict[str, str]:
    """Return what the form of a new token is sent with, at a moment when the telephone shows its next code."""
    shown = bearing.shown("consumer", ring, after=2)
    monkeypatch.setattr("hutong.web.clock.real", lambda: shown.at)
    told = {"name": "每日待办汇总", "days": "30", "scope-applications": "read", "present": PASSWORD, "code": shown.code}
    return {**told, **changes}


@pytest.mark.clause("SX-11-a")
def test_an_officer_makes_a_token_reads_it_once_and_ends_it(county, ring, monkeypatch):
    county.draft()
    client = come_in("consumer", ring)
    made = client.post(NEW, sent(ring, monkeypatch)).content.decode()
    (token,) = re.findall(r"hutong_pat_[\w-]+", made)
    program = Program(token)
    assert program.get("turns").status_code == 200
    listed = client.get(HOME).content.decode()
    assert token not in listed and "每日待办汇总" in listed
    page = f"{HOME}{PersonalToken.objects.get().pk}/"
    assert "共享申请（只读）" in words(client.get(page))
    assert "已办理“终止个人令牌”" in words(client.post(page, {"reason": ""}, follow=True))
    assert program.get("turns").json()["code"] == "TOKEN_ENDED"
    assert "已终止" in words(client.get(page))


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"present": "wrong"}, "当前密码不正确"), ({"code": "000000"}, "动态口令或恢复码不正确"),
        ({"scope-applications": ""}, "没有选择令牌的适用范围"), ({"days": "9999"}, "有效天数须在1至"),
        ({"name": "", "days": "x"}, "有 2 处需要更正"),
    ],
    ids=["password", "code", "scope", "days", "two"],
)  # fmt: skip
def test_what_is_wrong_is_told_beside_its_field_and_what_was_typed_stays(county, ring, monkeypatch, changes, told):
    answer = come_in("consumer", ring).post(NEW, sent(ring, monkeypatch, **changes))
    body = html.unescape(answer.content.decode())
    assert answer.status_code in (401, 403, 422) and told in body
    assert PASSWORD not in body and not PersonalToken.objects.exists()
    assert ('value="每日待办汇总"' in body) == ("name" not in changes)


def test_who_has_no_second_factor_is_led_to_where_it_is_set(county):
    page = entered("consumer").get(NEW).content.decode()
    assert "请先启用双因素认证" in page and 'name="present"' not in page


@pytest.mark.clause("SX-11-a")
def test_an_administrator_finds_a_token_by_its_words_and_ends_it_with_a_reason(county, ring):
    administrator(county)
    with at(NOW):
        program = Program(bearing.made("consumer", ring))
        admin = entered("unit_admin")
        assert "每日汇总" in words(admin.get(HOME, {"q": "汇总", "state": "stands"}))
        assert "没有符合条件的个人令牌" in words(admin.get(HOME, {"state": "ended"}))
        page = f"{HOME}{PersonalToken.objects.get().pk}/"
        admin.post(page, {"reason": "程序已下线"})
        assert "程序已下线" in words(admin.get(page))
        assert program.get("turns").status_code == 401
        assert entered("editor").get(page).status_code == 404


def test_the_description_of_the_api_has_every_address_and_is_read_by_anybody(county):
    told = Client(HTTP_HOST="localhost").get("/api/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert {"/api/turns", "/api/cases/{lifecycle}/{number}/acts"} <= told["paths"].keys()


@pytest.mark.parametrize(("language", "said"), [("zh", "没有这个页面"), ("en", "no such page")])
def test_where_no_address_is_a_program_reads_a_problem_in_its_language(county, language, said):
    answer = Program("x", language).get("nowhere")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert said in answer.json()["detail"]


def test_another_method_is_told_with_those_that_are_taken(county, ring):
    with at(NOW):
        answer = Program(bearing.made("consumer", ring)).send("turns", {})
    assert (answer.status_code, answer.headers["Allow"], answer.json()["status"]) == (405, "GET", 405)


@pytest.mark.parametrize("body", ["", "[]", "{", '{"a": {}}', '{"a": [[]]}', "[" * 5000])
def test_what_is_no_object_of_texts_is_refused(county, ring, body):
    number = county.draft()
    with at(NOW):
        answer = Program(bearing.made("consumer", ring)).send(f"cases/sharing.application/{number}/acts", body)
    assert (answer.status_code, answer.json()["code"]) in ((400, "BODY_NOT_JSON"), (422, "STATE_MISSING"))


def test_a_field_that_nobody_reads_is_refused(county, ring):
    number = county.draft()
    with at(NOW):
        program = Program(bearing.made("consumer", ring))
        answer = program.act("sharing.application", number, "lodge", resaon="x")
    assert (answer.status_code, answer.json()["code"]) == (422, "NO_SUCH_FIELD")
    assert answer.json()["errors"][0]["fields"] == ["resaon"]


def test_a_cookie_alone_opens_nothing_at_the_api(county):
    assert entered("consumer").get("/api/turns").status_code == 401
