"""Cases that nobody can act on, and the deputies the authority names for them (D-24)."""

import re
from datetime import date, timedelta
from urllib.parse import quote, urlencode

import pytest
from acting import NOW
from desks import at, entered, hire, seen, words

from hutong.control.units import deputies as operations
from hutong.control.units import deputyships, naming, passing_on, queries
from hutong.control.units import operations as members
from hutong.control.units.deputyships import DeputyFilters

HERE = "/zh/desk/deputies/"


@pytest.fixture
def stuck(county):
    """An application that waits for a department without an officer."""
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    members.set_active(username="competent", active=False, now=NOW, by="init")
    return no


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands an hour after the county was made."""
    with at(NOW + timedelta(hours=1)):
        yield


def form(county, **changes) -> dict[str, str]:
    unit = next(each.credit_code for each in queries.units() if each.name == "示范县社会事业局")
    given = {
        "seat": f"competent {unit}", "officer": "approver", "until_date": "2026-03-31", "reason": "人员调动",
    }  # fmt: skip
    return {**given, **changes}


def test_the_page_lists_what_nobody_can_act_on_and_leads_to_naming_a_deputy_for_it(county, stuck):
    answer = entered("authority").get(HERE)
    page = words(answer)
    assert stuck in page
    assert "该处没有在岗人员" in page
    given = form(county)
    link = f"?seat={quote(given['seat'])}#name"
    assert f'href="{link}"' in answer.content.decode()
    filled = entered("authority").get(f"{HERE}{link}").content.decode()
    assert f'<option value="{given["seat"]}" selected>' in filled


def test_with_a_deputy_named_the_case_goes_to_the_deputys_desk_and_back_when_that_ends(county, stuck):
    naming_one = entered("authority")
    assert naming_one.post(HERE, form(county)).status_code == 302
    page = words(naming_one.get(HERE))
    assert "“指定代理”：示范县社会事业局 · 县直主管部门审核人 由 钱芳 代理，至 2026-03-31 止。" in page
    assert ("每件待办的事项都有人可以办理" in page, "钱芳 · 示范县公安局" in page) == (True, True)
    assert "至 2026-03-31（含当日）" in page
    assert stuck in seen("approver", "/zh/desk/")
    assert entered("approver").get(f"/zh/desk/applications/{stuck}/").status_code == 200
    assert entered("approver").post(f"/zh/desk/applications/{stuck}/", {"action": "endorse"}).status_code == 302
    assert "代理" in seen("authority", f"/zh/desk/applications/{stuck}/")
    number = deputyships.listed(DeputyFilters(now=True))[0].id
    assert naming_one.post(HERE, {"end": number}).status_code == 302
    assert "已办理“终止代理”：钱芳 代理的 示范县社会事业局 · 县直主管部门审核人。" in words(naming_one.get(HERE))
    assert deputyships.listed(DeputyFilters(now=True)) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"until_date": "2026-03-01"}, "代理的截止日期须在今天或以后"),
        ({"until_date": "soon"}, "“截止日期（含当日）”填写的内容无法识别：soon"),
        ({"reason": "  "}, "没有填写“理由”"),
        ({"officer": "authority"}, "不能指定本人为代理人"),
        ({"officer": "nobody"}, "没有对应的在岗人员"),
        ({"seat": "king 113305230000000353"}, "“代理哪个单位的哪个角色”填写的内容无法识别：king 113305230000000353"),
    ],
)
def test_a_deputy_that_cannot_be_named_is_refused_in_words_and_what_was_typed_stays(county, stuck, changes, told):
    answer = entered("authority").post(HERE, form(county, **changes))
    assert told in words(answer)
    assert answer.status_code >= 400
    assert re.search(r'<option value="competent \w+" selected>', answer.content.decode()) or "seat" in changes
    assert deputyships.listed(DeputyFilters(now=True)) == []


@pytest.mark.clause("IS-3.1", "SX-11-a")
def test_nobody_but_the_authority_sees_the_page_or_names_anybody(county, stuck):
    for username in ("consumer", "operator", "approver"):
        assert entered(username).get(HERE).status_code == 403
        assert entered(username).post(HERE, form(county, officer="editor")).status_code == 403
    assert deputyships.listed(DeputyFilters(now=True)) == []


@pytest.fixture
def regional(county):
    """The authority of a region in which one unit is, and a deputy in that unit and in another one."""
    social = county.actor("competent").unit
    known = queries.registered(county.civil)
    members.change(
        county.civil, name=known.name, kind=known.kind, region_code="330523", competent=known.competent, now=NOW,
        by="init",
    )  # fmt: skip
    passing_on.give(role="authority", region="330523", unit=social, reason="试点", now=NOW, by="init")
    for unit, role in ((county.civil, "consumer"), (county.police, "provider_approver")):
        operations.name(
            role=role, unit=unit, username="competent", until_date=date(2026, 6, 30), reason="空缺",
            actor=county.actor("authority"), now=NOW,
        )  # fmt: skip
    return hire(county, "regional", "沈洁", unit=social, roles=("authority",))


def offered(page: str, name: str) -> set[str]:
    """Return what a field of the page offers to choose."""
    field = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.S)
    return set(re.findall(r'<option value="(.+?)"', field[0])) if field else set()


def test_an_authority_is_offered_what_naming_a_deputy_would_take_from_it_and_nothing_else(county, regional):
    hire(county, "auditor", "陈静", unit=county.civil, roles=("auditor",))
    for username in ("authority", regional):
        desk = naming.desk(county.actor(username), now=NOW, newest=0)
        page = entered(username).get(HERE).content.decode()
        assert offered(page, "seat") == {f"{seat.role} {seat.unit}" for seat in desk.seats}
        assert offered(page, "officer") & {username, "auditor"} == set()
        assert "editor" in offered(page, "officer")
    units = {seat.partition(" ")[2] for seat in offered(page, "seat")}
    assert units == {county.civil, county.actor(regional).unit}


def test_an_authority_is_offered_to_end_the_deputies_it_may_end(county, regional):
    for username, ends in (("authority", {"consumer"}), (regional, {"consumer"})):
        found = entered(username).get(HERE).content.decode().partition("在任的代理人")[2]
        offers = {int(number) for number in re.findall(r'name="end" value="(\d+)"', found)}
        every = {each.id: each.role for each in deputyships.listed(DeputyFilters(now=True))}
        assert {every[number] for number in offers} == (set(every.values()) if username == "authority" else ends)
        assert found.count("由该单位所在地区的电子政务主管部门终止。") == len(every) - len(offers)


def test_a_case_of_another_region_waits_without_an_offer_to_name_a_deputy_for_it(county, regional):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    members.set_active(username="competent", active=False, now=NOW, by="init")
    seat = f"competent {county.actor(regional).unit}"
    links = {f"?seat={quote(seat)}#name", f"?{urlencode({'seat': seat})}#name"}
    page = entered(regional).get(HERE).content.decode()
    assert (no in page, "由该单位所在地区的电子政务主管部门指定代理人。" in page) == (True, True)
    assert not any(link in page for link in links)
    for username, stands in ((regional, False), ("authority", True)):
        case = entered(username).get(f"/zh/desk/applications/{no}/").content.decode()
        assert ("该处没有在岗人员" in case, any(link in case for link in links)) == (True, stands)


def test_the_authority_of_a_region_without_units_is_offered_its_own_office_alone(county):
    passing_on.give(role="authority", region="990000", unit=county.police, reason="试点", now=NOW, by="init")
    hire(county, "other", "吴敏", unit=county.police, roles=("authority",))
    page = entered("other").get(HERE).content.decode()
    assert offered(page, "seat") == {f"authority {county.police}"}


@pytest.mark.parametrize("address", [HERE, f"{HERE}?file=1", f"{HERE}all/", f"{HERE}all/?file=1"])
def test_no_list_of_the_page_and_no_file_is_handed_to_anybody_else(county, address):
    assert entered("consumer").get(address).status_code == 403
    assert entered("authority").get(address).status_code == 200


@pytest.mark.full
def test_the_page_of_a_regional_authority_fits_the_screen(county, regional, window):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    members.set_active(username="competent", active=False, now=NOW, by="init")
    opened = window().enter(regional)
    assert no in opened.go(HERE).content()
    for width in (390, 1440):
        opened.page.set_viewport_size({"width": width, "height": 900})
        opened.keep(f"deputies-regional-{width}")
        assert opened.overflow() <= 0
