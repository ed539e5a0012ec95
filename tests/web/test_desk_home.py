"""The desk: all that waits, late first, page by page, narrowed as asked for; and overdue wherever a case stands."""

import re
from datetime import date, timedelta

import pytest
from acting import NOW
from desks import at, entered, hire, seen, words
from django.conf import settings as settings
from django.db import connection
from django.template.base import Template
from django.test.utils import CaptureQueriesContext, instrumented_test_render

from hutong.audit import backups, machines, signing, waiting
from hutong.backup.place import PlaceAway
from hutong.control.procedures import handling, models, queries
from hutong.control.procedures.queries import CaseFilters
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import operations as members
from hutong.core.lifecycle import Seat
from hutong.installation.watching import ClockUnkept, Watched
from hutong.plane import rulebook
from hutong.web import clock


def lodged(county, **changes) -> str:
    no = county.draft(**changes)
    county.take(no, "lodge", by="consumer", now=changes.get("now", NOW))
    return no


@pytest.fixture
def late_at(county):
    """Two applications, of which the older is late from a moment on."""
    no = lodged(county)
    county.take(no, "endorse", by="competent")
    return no, county.due(no).late_at


@pytest.mark.clause("SX-08-b", "SX-08-f")
def test_overdue_is_shown_on_desk_list_and_page_from_the_first_moment_of_the_day_after_and_not_before(county, late_at):
    no, moment = late_at
    pages = ("/zh/desk/", "/zh/desk/applications/", f"/zh/desk/applications/{no}/")
    for now, shown in ((moment - timedelta(seconds=1), False), (moment, True)):
        with at(now):
            for path in pages:
                assert ("已逾期" in seen("authority", path)) == shown, (path, now)
                assert ("Overdue" in seen("authority", path.replace("/zh/", "/en/"))) == shown, (path, now)
            assert ("有 1 件已逾期" in seen("authority", "/zh/desk/")) == shown


def test_overdue_is_shown_of_an_entry_on_desk_list_and_page(county):
    no = county.begin_change()
    moment = queries.deadlines("catalog.change", [no])[no].late_at
    for now, shown in ((moment - timedelta(seconds=1), False), (moment, True)):
        with at(now):
            for path in ("/zh/desk/", "/zh/desk/entries/", f"/zh/desk/entries/changes/{no}/"):
                assert ("已逾期" in seen("editor", path)) == shown, path


def test_late_stands_first_and_the_list_can_be_narrowed_to_it(county):
    later = NOW + timedelta(days=20)
    old = lodged(county)
    new = lodged(county, now=later)
    with at(later + timedelta(hours=1)):
        page = seen("competent", "/zh/desk/")
        assert page.index(old) < page.index(new)
        assert "共 2 件，其中逾期 1 件" in page
        narrowed = seen("competent", "/zh/desk/?late=on")
        assert (old in narrowed, new in narrowed) == (True, False)
        assert "共 1 件，其中逾期 1 件" in narrowed


def test_the_list_shows_what_one_has_taken_or_nobody_has_or_one_procedure(county):
    mine, free = lodged(county), lodged(county)
    handling.take_over(APPLICATIONS, mine, actor=county.actor("competent"), now=NOW)
    for asked, there in (("whose=mine", (True, False)), ("whose=nobody", (False, True)), ("", (True, True))):
        page = seen("competent", f"/zh/desk/?{asked}")
        assert (mine in page, free in page) == there, asked
    assert "由 孙丽 办理中" in seen("competent", "/zh/desk/?whose=mine")
    page = seen("competent", "/zh/desk/?procedure=catalog.change")
    assert (mine in page, "没有符合条件的事项" in page) == (False, True)
    assert mine in seen("competent", "/zh/desk/?procedure=no.such&whose=me&after=x,y")


def test_what_one_has_taken_at_the_later_of_two_desks_is_found_and_stands_once(county):
    no = lodged(county)
    row = models.Turn.objects.get(case=no, action="endorse")
    both = (Seat(row.role, row.unit), county.seat("operator"))
    row.pk, row.handler, (row.role, row.unit) = None, "sun", county.at("operator")
    row.of_role, row.of_unit = row.role, row.unit
    row.save()
    assert [each.handler for each in queries.waiting(both)] == [""]
    assert [each.handler for each in queries.waiting(both, filters=CaseFilters(handler="sun"))] == ["sun"]


def test_links_lead_through_all_that_waits_and_each_stands_once(county):
    numbers = [lodged(county) for _ in range(queries.PAGE + 3)]
    client = entered("competent")
    path, found = "/zh/desk/?whose=nobody", []
    while path:
        body = client.get(path).content.decode()
        found += re.findall(r"<code>(GX[\d-]+)</code>", body)
        onward = re.search(r'rel="next" href="([^"]*)"', body)
        path = "/zh/desk/" + onward[1].replace("&amp;", "&") if onward else ""
    assert sorted(found) == numbers
    assert f"共 {len(numbers)} 件" in words(client.get("/zh/desk/"))
    listed, path = [], "/zh/desk/applications/"
    while path:
        body = client.get(path).content.decode()
        listed += re.findall(r">(GX[\d-]+)</a>", body)
        onward = re.search(r'rel="next" href="([^"]*)"', body)
        path = "/zh/desk/applications/" + onward[1].replace("&amp;", "&") if onward else ""
    assert sorted(listed) == numbers


@pytest.mark.parametrize(("username", "path"), [
    ("competent", "/zh/desk/"), pytest.param("consumer", "/zh/desk/applications/", marks=pytest.mark.full),
])  # fmt: skip
def test_a_long_page_takes_no_more_statements_and_templates_than_a_short_one(county, monkeypatch, username, path):
    monkeypatch.setattr(Template, "_render", instrumented_test_render)
    client, taken = entered(username), []
    client.get(path)  # what is asked once a login
    for more in (3, 20):
        numbers = [lodged(county) for _ in range(more)]
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
        assert all(number in answer.content.decode() for number in numbers)
        taken.append((len(asked), [each.name for each in answer.templates]))
    assert taken[0] == taken[1]


def test_what_nobody_can_act_on_waits_with_the_authority_and_says_whose_it_is_and_why(county):
    no = lodged(county)
    members.set_active(username="competent", active=False, now=NOW, by="init")
    page = seen("authority", "/zh/desk/")
    assert no in page
    whose = "“同意并提交”应由 示范县社会事业局 · 县直主管部门审核人 办理"
    assert f"{whose}；该处没有在岗人员，转到电子政务主管部门处置。" in page
    case = seen("authority", f"/zh/desk/applications/{no}/")
    assert "该处没有在岗人员" in case
    assert ("轮到您办理" in case, "指定代理人" in case, "终止办理" in case) == (False, True, True)
    assert "指定代理人" not in seen("consumer", f"/zh/desk/applications/{no}/")
    english = seen("authority", "/en/desk/")
    assert ("there is no active officer" in english, "Application: 示范县民政局" in english) == (True, True)


def test_a_consultation_waits_on_the_desk_of_the_unit_that_was_asked_until_it_is_answered(county):
    no = lodged(county)
    police = county.actor("editor")
    asked = handling.consult(
        APPLICATIONS, no, unit=police.unit, actor=county.actor("competent"), now=NOW, words="住址是否准确？"
    )
    assert "住址是否准确？" in seen("editor", "/zh/desk/")
    page = entered("editor").post(
        f"/zh/desk/applications/{no}/", {"act": "answer", "about": asked, "words": "以户籍登记为准。"}
    )
    assert page.status_code == 302
    assert "住址是否准确？" not in seen("editor", "/zh/desk/")
    assert "以户籍登记为准。" in seen("competent", f"/zh/desk/applications/{no}/")


def test_the_menu_has_what_belongs_to_the_readers_roles(county):
    hire(county, "head", "何平", unit=county.actor("competent").unit, roles=("unit_head",))
    for username, lines in (("authority", (False, True)), ("head", (True, False)), ("consumer", (False, False))):
        body = entered(username).get("/zh/desk/").content.decode().partition('<nav class="side"')[2]
        menu = body.partition("</nav>")[0]
        assert ("分办" in menu, "无人可办" in menu) == lines, username


@pytest.mark.parametrize("username", ["operator", "authority"])
def test_those_who_look_after_the_log_read_that_it_is_stopped_and_what_to_do(county, db, username):
    assert "HEAD_NOT_CONTINUED" not in seen(username, "/zh/desk/")
    waiting.note(db, state="stopped", fault=signing.HeadNotContinued(signed=350, stored=300), now=NOW)

    page, english = seen(username, "/zh/desk/"), seen(username, "/en/desk/")

    assert "密钥已签名至 350 项，而数据库中现有的 300 项与之不相衔接，不再入树，也不再签名。" in page
    assert "两名有权人员用 hutong audit epoch 另起新的日志" in page
    assert "two officers begin a new log with `hutong audit epoch`" in english
    assert "HEAD_NOT_CONTINUED" not in seen("consumer", "/zh/desk/")


def test_those_who_look_after_the_platform_read_what_is_wanting_of_its_machine(county, db, monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "WATCHED", Watched({"data": tmp_path}))
    with db.transaction() as cur:
        machines.note(cur, [ClockUnkept(machine="m2")], machine="m2", looked_for=(ClockUnkept,), now=clock.now())
        rulebook.keep(cur, {"watch.disk_percent": 0, "watch.disk_bytes": 0}, version=1, from_date=date(2020, 1, 1))
    assert "磁盘" not in seen("operator", "/zh/desk/").partition("<main")[2]
    with db.transaction() as cur:
        rulebook.keep(cur, {"watch.disk_percent": 100}, version=2, from_date=date(2020, 1, 1))
    for username in ("operator", "authority"):
        page = seen(username, "/zh/desk/")
        assert "数据文件夹所在磁盘剩余" in page and "计算机 m2 的时钟无人校准" in page, username
        for remedy in ("df -h", "HUTONG_TIME_SERVERS"):  # is for who mends it
            assert (remedy in page) == (username == "operator"), username
    assert "由平台运维单位（示范县信息中心）处理，您不必操作" in seen("authority", "/zh/desk/")
    assert "On the disk of the data folder" in seen("operator", "/en/desk/")
    assert "所在磁盘剩余" not in seen("consumer", "/zh/desk/")


@pytest.mark.clause("IS-4.3")
def test_those_who_look_after_the_platform_read_what_is_wanting_of_its_backups(county, db):
    assert "备份存放处" not in seen("operator", "/zh/desk/").partition("<main")[2]
    with db.transaction() as cur:
        backups.note_archiving(
            cur, folder="/mnt/second", embedded=True, received_at=clock.real(), waiting=0,
            wanting=[PlaceAway(folder="/mnt/second")], seen_at=clock.real(),
        )  # fmt: skip
    for username in ("operator", "authority"):
        page = seen(username, "/zh/desk/")
        assert "备份存放处 /mnt/second 不在" in page and "还没有完好的备份集" in page, username
    assert "The backup place /mnt/second is not there" in seen("operator", "/en/desk/")
    assert "/mnt/second" not in seen("consumer", "/zh/desk/")


@pytest.mark.parametrize(("code", "said"), [("ONE_LOGIN", "同一个登录名"), ("ONE_SYSTEM_USER", "同一个系统用户")])
def test_those_who_look_after_the_log_read_what_is_wanting_of_its_protection(county, monkeypatch, code, said):
    monkeypatch.setattr(settings, "UNPROTECTED", ())
    assert said not in seen("operator", "/zh/desk/")
    monkeypatch.setattr(settings, "UNPROTECTED", (code,))
    for username in ("operator", "authority"):
        assert said in seen(username, "/zh/desk/"), username
    assert said not in seen("consumer", "/zh/desk/")
