"""What went wrong, where, by which clause, and what to do: on every page that refuses something."""

import csv
import html
import re
from pathlib import Path

import pytest
from acting import PASSWORD
from django.test import Client
from django.utils import translation

import hutong
from hutong.control.procedures.procedure import installed
from hutong.control.procedures.rules import NotYourRole
from hutong.control.registration import rules_of_use
from hutong.control.sharing import rules
from hutong.control.sharing.rules import ApplicationIncomplete
from hutong.core import clauses, defaults
from hutong.core.errors import Problem
from hutong.core.labels import subject_of
from hutong.web.wording import telling

REGISTER = Path(hutong.__file__).parents[2] / "docs" / "clauses.tsv"
FULL_WIDTH = str.maketrans({",": "\uff0c", "\uff1b": ";"})


def entered(username: str, **asked) -> Client:
    client = Client(HTTP_HOST="localhost", **asked)
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def read(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode())))


@pytest.mark.clause("SX-07-e")
def test_a_refused_step_says_what_why_and_what_to_do(county):
    no = county.draft_without_need()
    answer = entered("consumer").post(f"/zh/desk/applications/{no}/", {"action": "lodge"})
    page = read(answer)
    assert answer.status_code == 403
    assert "所述需求通过数据比对即可满足，住址 不予开通 数据查询 方式。" in page
    assert "怎么办：请改用数据比对方式申请" in page
    told = clauses.words("SX-07-e", language="zh")
    assert told == "最小化授权原则，能比对的数据不提供查询服务，能查询的数据不提供订阅服务"
    assert f"依据：《公共信息平台管理办法》第七条“{told}” SX-07-e" in page
    assert "错误代码：COMPARE_SUFFICES" in page


def test_the_same_in_english(county):
    no = county.draft_without_need()
    page = read(entered("consumer").post(f"/en/desk/applications/{no}/", {"action": "lodge"}))
    assert "A comparison serves the stated need for 住址; what can be compared is not opened for Query." in page
    assert "By County Platform Measures, article 7 \u201cLeast authorisation ladder" in page


def test_codes_of_roles_steps_and_fields_are_told_by_name():
    with translation.override("zh"):
        assert "提供方审核人" in telling.said(NotYourRole(role="provider_approver", officer="赵磊"))["message"]
        told = telling.said(ApplicationIncomplete(fields="purpose, until_at"))["message"]
        assert told == "申请缺少：用途、结束日期。"
    with translation.override("en"):
        told = telling.said(ApplicationIncomplete(fields="purpose, until_at"))["message"]
        assert told == "The application lacks Purpose, Last day (excluded)."


def test_a_field_that_cannot_be_read_is_named_as_on_the_form(county):
    form = {"mode": "compare", "purpose": "relief", "from_at": "2026-03-02", "until_at": "2027-03-02", "quota": "many"}
    page = read(entered("consumer").post(f"/zh/desk/applications/new/{county.code}/", form))
    assert "“每日最多次数”填写的内容无法识别：many" in page


def test_a_page_that_is_not_there_says_where_and_leads_back(county):
    client = entered("editor")
    answer = client.get("/zh/desk/applications/GX1/", headers={"Referer": "http://localhost/zh/desk/"})
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "NO_SUCH_APPLICATION" in page
    assert "/zh/desk/applications/GX1/" in page
    assert '<a class="button" href="http://localhost/zh/desk/">返回上一页</a>' in page
    elsewhere = client.get("/zh/desk/applications/GX1/", headers={"Referer": "http://evil.example/zh/desk/"})
    assert "evil.example" not in elsewhere.content.decode()
    assert "回到我的工作台" in client.get("/zh/nothing/").content.decode()
    assert "回到我的工作台" not in Client(HTTP_HOST="localhost").get("/zh/nothing/").content.decode()


def test_an_expired_form_is_told_in_words(county):
    answer = Client(HTTP_HOST="localhost", enforce_csrf_checks=True).post("/zh/login/", {"username": "consumer"})
    assert answer.status_code == 403
    assert "这个表单已经失效，您刚才的操作没有生效。" in answer.content.decode()
    assert "FORM_EXPIRED" in answer.content.decode()


def test_every_clause_a_page_can_name_has_the_words_of_the_register():
    lives = [procedure.life for procedure in installed().values()]
    named = {each.clause for life in lives for each in (*life.moves, *life.clocks, *life.apart)}
    named |= {kind.clause for kind in problems(Problem) if kind.clause}
    named |= {limit.source for limit in defaults.LIMITS.values()} | {clause for clause, _ in rules_of_use.RULES}
    named |= set(rules.SUSPENDED_BY)
    for language in ("zh", "en"):
        assert [clause for clause in named if clauses.cited(clause, language=language) in ("", clause)] == []
    said = subject_of("clauses")
    assert {clause for clause in named if clause not in said} == set()
    with REGISTER.open(encoding="utf-8") as file:
        rows = {row[0]: row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    for clause, words in said.items():
        if rows[clause][1] not in ("D", "S"):
            zh = re.sub(r"\[([区县])\]", r"\1", words.zh)
            assert zh == rows[clause][2].replace("**", "").replace("XX县", "县").translate(FULL_WIDTH)
            assert words.en == re.sub(r" ?\[[^\]]*\]", "", rows[clause][3])
        else:
            assert words.zh == rows[clause][2]


def problems(kind: type[Problem]) -> set[type[Problem]]:
    return {kind}.union(*map(problems, kind.__subclasses__()))
