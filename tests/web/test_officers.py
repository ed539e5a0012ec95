"""Officers are administered at the desk: each act by whom it is for, read back and entered."""

import json
import re
from datetime import timedelta

import psycopg
import pytest
from acting import NOW, PASSWORD, UNITS, entries
from desks import at, entered, handed_out, hire, seen, words
from django.contrib import auth
from django.utils import translation

from hutong.control.procedures.queries import PAGE
from hutong.control.units import logins, queries
from hutong.web.desk.officers import shown

HERE = "/zh/desk/officers/"
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands an hour after the county was made."""
    with at(LATER):
        yield


@pytest.fixture
def administered(county):
    """The county with its administrators."""
    for username, role, unit in (
        ("accounts", "system_admin", UNITS[0]), ("secrecy", "security_admin", UNITS[0]),
        ("audit", "auditor", UNITS[0]), ("bureau", "unit_admin", county.police),
    ):  # fmt: skip
        hire(county, username, f"管理{username}", unit=unit, roles=(role,))
    return county


def of(username: str) -> str:
    return f"{HERE}of/{username}/"


def post(by: str, username: str, **form) -> int:
    return entered(by).post(of(username), form).status_code


def last(county, event: str) -> dict:
    """Return the newest record of an event."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        row = opened.execute(
            "select record from audit.entry where event = %s order by id desc limit 1", [event]
        ).fetchone()
    assert row
    return json.loads(row[0])


def test_only_administrators_and_the_auditor_come_in_and_a_unit_sees_its_own(administered):
    for username in ("editor", "authority", "operator"):
        answer = entered(username).get(HERE)
        assert (answer.status_code, "人员管理</a>" in answer.content.decode()) == (403, False)
        assert entered(username).get(of("consumer")).status_code == 403
    for username in ("accounts", "secrecy", "audit"):
        page = seen(username, HERE)
        assert ("赵磊" in page, "张伟" in page, "共有人员 10 名" in page) == (True, True, True)
    page = seen("bureau", HERE)
    assert ("赵磊" in page, "张伟" in page, "共有人员 3 名" in page) == (True, False, True)
    assert entered("bureau").get(of("consumer")).status_code == 404
    assert "新增人员" not in seen("secrecy", HERE)
    assert re.findall(r'name="act" value="(\w+)"', entered("audit").get(of("editor")).content.decode()) == []


@pytest.mark.clause("SX-11-a")
def test_a_unit_adds_an_officer_gives_a_role_with_days_and_takes_it(administered):
    form = {"username": "new.one", "name": "周敏", "unit": administered.police}
    answer = entered("bureau").post(f"{HERE}add/", form)
    made = re.search(r"密码 ?： ?(\S+)", words(answer))[1]
    assert auth.authenticate(username="new.one", password=made) is not None
    assert last(administered, "units.officer_added")["by"] == "bureau"
    assert post("bureau", "new.one", act="give", role="consumer", from_date="", until_date="2026-06-30") == 302
    assert post("bureau", "new.one", act="give", role="provider_editor", from_date="2026-04-01") == 302
    page = seen("audit", of("new.one"))
    assert "使用方经办人 示范县公安局 2026-03-02 2026-06-30 在任 管理bureau" in page
    assert "提供方经办人 示范县公安局 2026-04-01 不限 未到任期 管理bureau" in page
    assert queries.actor("new.one", now=NOW).roles == {"consumer"}
    told = last(administered, "units.role_given")
    assert (told["role"], told["from_date"], told["until_date"]) == ("provider_editor", "2026-04-01", None)
    assert post("bureau", "new.one", act="take", role="consumer", reason="转岗") == 302
    assert "已终止 管理bureau" in seen("audit", of("new.one"))
    assert queries.actor("new.one", now=NOW).roles == set()
    assert last(administered, "units.role_taken")["reason"] == "转岗"


def test_on_the_page_with_the_new_password_a_role_is_given_at_once(administered):
    form = {"username": "new.one", "name": "周敏", "unit": administered.police}
    page = entered("bureau").post(f"{HERE}add/", form).content.decode()
    found = re.findall(r'<form method="post" action="([^"]+)" class="fields">.*?name="act" value="(\w+)"', page, re.S)
    led = {act: address for address, act in found}
    assert led["give"] == of("new.one")
    assert post("bureau", "new.one", act="give", role="consumer") == 302


def test_the_system_administrator_renames_moves_stops_and_lets_in_again(administered):
    assert post("accounts", "editor", act="rename", name="赵大磊", reason="更名") == 302
    assert last(administered, "units.officer_changed")["after"] == {"name": "赵大磊"}
    assert post("accounts", "editor", act="move", unit=administered.civil, reason="〔2026〕7号") == 302
    page = seen("accounts", of("editor"))
    assert "赵大磊" in page
    assert "示范县民政局 2026-03-02 至今 〔2026〕7号" in page
    assert "示范县公安局 2026-03-02 2026-03-02 —" in page
    assert queries.actor("editor", now=NOW).unit == administered.civil
    for act, state in (("stop", "已停用"), ("start", "在用")):
        assert post("accounts", "editor", act=act) == 302
        assert f"赵大磊 {state}" in seen("accounts", of("editor"))
    assert last(administered, "auth.changed")["by"] == "accounts"


@pytest.mark.clause("SX-11-a")
def test_a_lost_password_is_renewed_and_a_door_that_is_shut_opened_by_the_system_administrator(administered):
    for _ in range(8):
        logins.claim_attempt(username="editor", source="127.0.0.1", now=LATER)
    answer = entered("accounts").post(of("editor"), {"act": "password"})
    made = re.search(r"密码 ?： ?(\S+)", words(answer))[1]
    assert auth.authenticate(username="editor", password=PASSWORD) is None
    assert post("accounts", "editor", act="unlock") == 302
    logins.enter(username="editor", password=made, source="127.0.0.1", now=LATER)
    assert post("accounts", "editor", act="second_factor") == 404
    for by, status in (("secrecy", 403), ("audit", 403), ("bureau", 200)):
        assert post(by, "editor", act="password") == status
    assert entries(administered.url, "auth.changed") == 3


@pytest.mark.clause("SX-11-a")
def test_nobody_is_offered_or_let_do_anything_about_the_own_account(administered):
    for by in ("accounts", "secrecy", "bureau"):
        page = entered(by).get(of(by)).content.decode()
        assert re.findall(r'name="act" value="(\w+)"', page) == []
    answer = entered("secrecy").post(of("secrecy"), {"act": "give", "role": "authority"})
    assert (answer.status_code, "不能管理本人的账号" in words(answer)) == (403, True)
    assert queries.actor("secrecy", now=NOW).roles == {"security_admin"}


@pytest.mark.parametrize(
    ("by", "form", "told"),
    [
        ("bureau", {"act": "give", "role": "", "from_date": "2026-04-01"}, "没有填写“角色”"),
        ("bureau", {"act": "give", "role": "consumer", "until_date": "soon"}, "“末日（含当日）”填写的内容无法识别"),
        ("bureau", {"act": "give", "role": "consumer", "until_date": "2026-03-01"}, "角色的任期须止于今天或以后"),
        ("bureau", {"act": "give", "role": "authority"}, "安全保密管理员"),
        ("secrecy", {"act": "give", "role": "system_admin"}, "不能兼任系统管理员与提供方经办人"),
        ("bureau", {"act": "take", "role": "provider_editor", "reason": " "}, "没有填写“理由”"),
        ("accounts", {"act": "rename", "name": " "}, "没有填写“姓名”"),
        ("accounts", {"act": "move", "unit": "nowhere", "reason": "调动"}, "没有登记代码为nowhere的单位"),
        ("accounts", {"act": "crown"}, "crown"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words_and_what_was_typed_stays(administered, by, form, told):
    answer = entered(by).post(of("editor"), form)
    assert told in words(answer)
    assert answer.status_code >= 400
    page = answer.content.decode()
    assert form.get("from_date", "") in page
    assert ("<details open>" in page) == (form["act"] != "crown")
    assert queries.account("editor", now=NOW).given.keys() == {"provider_editor"}


def test_the_list_is_narrowed_and_every_officer_is_on_one_of_its_pages(administered):
    for number in range(PAGE):
        hire(administered, f"clerk{number:02}", f"办事员{number:02}", unit=administered.civil, roles=("consumer",))
    client, found, address = entered("accounts"), [], HERE
    while address:
        body = client.get(address).content.decode()
        found += re.findall(r'href="/zh/desk/officers/of/([\w.]+)/"', body)
        onward = re.search(r'rel="next" href="([^"]+)"', body)
        address = f"{HERE}{onward[1]}".replace("&amp;", "&") if onward else ""
        assert len(found) <= PAGE + 10
    assert len(found) == len(set(found)) == PAGE + 10
    for query, many in (
        ("q=办事员07", 1), ("q=民政 clerk", PAGE), ("role=provider_editor", 1), ("role=king", PAGE + 10),
        (f"unit={UNITS[2]}", 3), ("state=stopped", 0), ("q=%25", 0),
    ):  # fmt: skip
        assert f"共有人员 {many} 名" in words(client.get(f"{HERE}?{query}")), query


def test_what_the_list_is_narrowed_to_is_handed_out_whole(administered):
    for number in range(PAGE):
        hire(administered, f"clerk{number:02}", f"=办事员{number:02}", unit=administered.civil, roles=("consumer",))

    def handed(by: str, query: str = "", language: str = "zh") -> list[tuple]:
        found, _ = handed_out(by, f"/{language}/desk/officers/{query}").values()
        return found

    found = handed("accounts", "?q=办事员")
    assert (found[0], len(found)) == (("姓名", "账号", "单位代码", "单位", "角色", "状态"), PAGE + 1)
    assert found[1] == ("=办事员00", "clerk00", administered.civil, "示范县民政局", "使用方经办人", "在用")
    assert [line[1] for line in handed("bureau")[1:]] == ["approver", "bureau", "editor"]
    assert handed("accounts", "?q=editor", "en")[0] == ("Name", "Account", "Unit's code", "Unit", "Roles", "State")
    assert entered("editor").get(f"{HERE}?file=1").status_code == 403


def test_every_word_of_the_forms_has_its_english():
    said = {word for told in shown.TITLES.values() for word in told if word}
    said |= {name for name, _ in shown.STATES.values()}
    with translation.override("en"):
        assert {word for word in said if translation.gettext(word) == word} == set()
