"""The rulebook on pages: everyone reads it, the authority alone changes it, and every version stays readable."""

import html
import re

import pytest
from acting import NOW, PASSWORD
from django.conf import settings
from django.test import Client
from django.utils import translation

from hutong.control.calendars import operations as calendars
from hutong.control.rulebook import operations, queries
from hutong.control.units import operations as members
from hutong.core import beijing, defaults
from hutong.core.workdays import Calendar
from hutong.web.wording import limits

TODAY = beijing.day(NOW)
REPLY, FILING = "sharing.provider_days", "sharing.filing_days"
PAGES = ("rulebook/", "rulebook/change/", "rulebook/versions/1/")


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)


def entered(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def read(client: Client, page: str, language: str = "zh") -> str:
    answer = client.get(f"/{language}/desk/{page}")
    assert answer.status_code == 200, page
    return html.unescape(answer.content.decode())


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def change(county, values=None, **given):
    given = {"from_date": TODAY, "reason": "县数局〔2026〕1号", "now": NOW, **given}
    return operations.change(values or {REPLY: 3}, actor=county.actor("authority"), **given)


def post(client: Client, **form):
    given = {"seen": "0", "region": "", "from_date": f"{TODAY}", "reason": "县数局〔2026〕2号"}
    return client.post("/zh/desk/rulebook/change/", {**given, **form})


@pytest.mark.clause("SX-17", "D-8")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_reads_every_value_with_its_source_and_whether_it_is_proposed(county, language):
    page = words(read(entered("consumer"), "rulebook/", language))
    with translation.override(language):
        for limit in defaults.LIMITS.values():
            shown = (limits.about(limit), limit.name, limits.value(limit, limit.value))
            for told in (*shown, limits.source(limit), limit.source):
                assert told in page, (limit.name, told)
    assert page.count("建议值" if language == "zh" else "proposed") == sum(
        limit.proposed for limit in defaults.LIMITS.values()
    )


def test_every_limit_stands_under_a_heading_once(county):
    found = [limit.name for _, those in limits.grouped(list(defaults.LIMITS.values())) for limit in those]
    assert sorted(found) == sorted(defaults.LIMITS)


@pytest.mark.clause("SX-08-b", "SX-17")
def test_how_a_resource_is_applied_for_is_told_with_the_days_in_force_where_the_reader_is(county):
    change(county, {REPLY: 4, FILING: 3})
    change(county, {REPLY: 2}, region="330523")
    name, kind = county.actor("consumer").unit_name, "organ"
    members.change(county.civil, name=name, kind=kind, region_code="330523", competent=None, now=NOW, by="init")
    told = "有条件共享：提供方答复（{} 个工作日；数据未到平台的 10 个工作日），电子政务主管部门确认。"
    for client, days in ((Client(HTTP_HOST="localhost"), 4), (entered("consumer"), 2)):
        page = words(client.get(f"/zh/catalog/{county.code}/").content.decode())
        assert told.format(days) in page
        assert "核实用途并备案（3 个工作日），开通权限。" in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_source_is_told_in_words(language):
    with translation.override(language):
        assert [limit.name for limit in defaults.LIMITS.values() if not limits.source(limit)] == []


@pytest.mark.parametrize("seen", ["7", "9" * 20, "soon", ""])
def test_a_form_that_was_shown_no_version_there_is_changes_nothing(county, seen):
    answer = post(entered("authority"), seen=seen, **{REPLY: "3"})
    assert (answer.status_code, queries.versions() == []) in ((404, True), (422, True))


@pytest.mark.parametrize("number", [0, 7, 10**9, 10**30])
def test_an_address_of_no_version_is_told_so(county, number):
    assert entered("consumer").get(f"/zh/desk/rulebook/versions/{number}/").status_code == 404


@pytest.mark.parametrize("limit", defaults.LIMITS.values(), ids=lambda limit: limit.name)
def test_a_value_is_read_as_it_is_typed(limit):
    for value in (limit.value, limit.least if type(limit.value) is int else limit.value):
        assert limits.read(limit, limits.typed(limit, value)) == value


@pytest.mark.clause("SX-17")
def test_the_authority_makes_a_version_of_what_it_typed_otherwise_and_of_nothing_else(county):
    client = entered("authority")
    assert "调整" in read(client, "rulebook/")
    shown = {name: limits.typed(limit, limit.value) for name, limit in defaults.LIMITS.items()}
    answer = post(client, **{**shown, REPLY: "3", "attachments.file_bytes": "30"})

    assert (answer.status_code, answer["Location"]) == (302, "/zh/desk/rulebook/versions/1/")
    assert queries.version(1).changed == {REPLY: 3, "attachments.file_bytes": 30 << 20}
    page = words(read(client, "rulebook/versions/1/"))
    for told in ("第 1 版", "县数局〔2026〕2号", "王敏", "5 个工作日", "3 个工作日", "20 MB", "30 MB", f"{TODAY}"):
        assert told in page
    assert queries.version(1).digest in page


def test_a_change_to_come_is_not_undone_by_a_form_that_shows_what_holds_today(county):
    later = TODAY.replace(year=2027)
    change(county, {REPLY: 7}, from_date=later)
    shown = {name: limits.typed(limit, limit.value) for name, limit in defaults.LIMITS.items()}
    assert post(entered("authority"), **{**shown, FILING: "4"}, from_date=f"{later}").status_code == 302

    book = queries.in_force(later)
    assert (book.number(REPLY), book.number(FILING)) == (7, 4)
    assert "待施行" in read(entered("consumer"), "rulebook/")


@pytest.mark.clause("SX-17")
@pytest.mark.parametrize("username", ["consumer", "operator", "approver"])
def test_nobody_else_is_shown_the_form_or_heard(county, username):
    client = entered(username)
    assert "rulebook/change" not in read(client, "rulebook/")
    for answer in (client.get("/zh/desk/rulebook/change/"), post(client, **{REPLY: "3"})):
        assert answer.status_code == 403
        assert "name=\"reason\"" not in answer.content.decode()
    assert queries.versions() == []


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({FILING: "6"}, FILING, "备案的期限”不能设为 6 个工作日，须在 1 个工作日 至 5 个工作日 之间。"),
        ({FILING: "soon"}, FILING, "“运维单位核实用途并备案的期限”不能设为 soon，单位应为 整数。"),
        ({REPLY: "3", "reason": " "}, "reason", "须说明理由"),
        ({REPLY: "3", "from_date": "2026-03-01"}, "from_date", "最早从今天起施行"),
        ({REPLY: "3", "from_date": "soon"}, "from_date", "施行日期"),
    ],
)
def test_what_is_refused_is_marked_at_its_field_and_what_was_typed_stays(county, form, field, said):
    answer = post(entered("authority"), **{"sharing.supply_days": "13", **form})
    page = html.unescape(answer.content.decode())

    assert answer.status_code == 422
    assert said in page
    (marked,) = re.findall(r'<(?:input|textarea)\s+id="([^"]+)"[^>]*aria-invalid="true"', page)
    assert marked == field
    assert f'id="{field}-wrong"' in page
    assert 'value="13"' in page
    assert queries.versions() == []


def test_a_form_handed_in_unchanged_is_told_so(county):
    answer = post(entered("authority"))
    assert answer.status_code == 409
    assert "没有调整" in answer.content.decode()


def test_a_region_is_shown_and_changed_by_itself(county):
    client = entered("authority")
    form = read(client, "rulebook/change/?region=330523")
    assert 'name="sharing.provider_days"' in form
    assert 'name="login.attempts"' not in form
    assert post(client, region="330523", **{REPLY: "4"}).status_code == 302

    assert "4 个工作日" in words(read(client, "rulebook/?region=330523"))
    assert "?region=330523" in read(client, "rulebook/")
    assert (queries.in_force(TODAY).number(REPLY), queries.in_force(TODAY, "330523").number(REPLY)) == (5, 4)


def test_the_years_of_the_calendar_stand_beside_it_with_where_they_come_from(county):
    content = "date,until,kind,name\n2027-01-01,2027-01-03,holiday,元旦\n".encode()
    calendars.load(
        content, source="国办发明电〔2026〕9号", known=Calendar.official(), actor=county.actor("operator"), now=NOW,
        also=lambda _: 0,
    )  # fmt: skip
    page = words(read(entered("consumer"), "rulebook/"))
    assert "2027 3 0 国办发明电〔2026〕9号" in page
    assert "程序自带" in page


def test_a_version_that_is_not_there_is_told_so(county):
    answer = entered("consumer").get("/zh/desk/rulebook/versions/7/")
    assert answer.status_code == 404
    assert "没有第 7 版" in answer.content.decode()


@pytest.mark.full
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_fit_the_screen(county, window, language):
    change(county, {REPLY: 3, "delivery.deleted_percent": 30})
    change(county, {REPLY: 4}, region="330523", reason="A" * 150)
    change(county, {FILING: 4}, from_date=TODAY.replace(year=2027), reason="核验低保申请人身份" * 12)
    opened = window().enter("authority", language=language)
    for page in (*PAGES, "rulebook/versions/2/", "rulebook/?region=330523", "rulebook/change/?region=330523"):
        opened.go(f"/{language}/desk/{page}")
        for width in (390, 1440):
            opened.page.set_viewport_size({"width": width, "height": 900})
            opened.keep(f"{width}-{language}-{re.sub('[^a-z0-9]', '-', page)}")
            assert opened.overflow() <= 0, (page, width)


def test_a_value_that_is_taken_from_another_place_names_the_place(county):
    taken = [limit for limit in defaults.LIMITS.values() if limit.source == "B.1.6"]
    assert len(taken) == 5
    places = {"zh": ("山西省高平市", "高平市人民政府网站"), "en": ("Gaoping (Shanxi)", "the city's site")}
    for language, told in places.items():
        page = words(read(entered("consumer"), "rulebook/", language))
        with translation.override(language):
            assert {page.count(part) >= len(taken) for part in told} == {True}
            assert all(part in limits.source(limit) for limit in taken for part in told)
