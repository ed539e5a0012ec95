"""What is no case is acted on as it was shown: a second click does nothing again, an old form is told who did what."""

import re
from datetime import date, timedelta

import pytest
from acting import NOW, UNITS
from desks import entered, hire, words
from registering import FACTS, administrator
from stating import AS_SENT
from test_forms import ENTRY

from hutong.control.catalog.models import Change
from hutong.control.procedures import models
from hutong.control.registration.models import Registration
from hutong.control.rulebook.models import Version
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.control.units.models import Deputy, Office, RoleAssignment
from hutong.db.database import Database
from hutong.plane.answer import alarms

HOUR = timedelta(hours=1)


def states(page: str, **told: str) -> list[str]:
    """Return the states that the forms of a page carry whose hidden fields say this."""
    found = []
    for form in re.findall(r'<form method="post".*?</form>', page, re.DOTALL):
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        if "at" in hidden and all(hidden.get(name) == value for name, value in told.items()):
            found.append(hidden["at"])
    return found


def state(client, path: str, **told: str) -> str:
    (first, *_) = states(client.get(path).content.decode(), **told)
    return first


@pytest.fixture
def administered(county):
    hire(county, "accounts", "吴芳", unit=UNITS[0], roles=("system_admin",))
    hire(county, "secrecy", "郑洁", unit=UNITS[0], roles=("security_admin",))
    hire(county, "secrecy2", "周敏", unit=UNITS[0], roles=("security_admin",))
    return county


OFFICER = "/zh/desk/officers/of/editor/"


def test_a_role_is_given_once_by_two_clicks_and_an_old_form_is_told_who_gave_what(administered):
    first, second = entered("secrecy"), entered("secrecy2")
    old = state(second, OFFICER, act="give")
    form = {"act": "give", "role": "unit_admin", "at": state(first, OFFICER, act="give")}
    both = [first.post(OFFICER, form) for _ in range(2)]
    assert [each["Location"] for each in both] == [OFFICER, f"{OFFICER}?done=again"]
    assert "没有重复办理" in words(first.get(both[1]["Location"]))
    given = RoleAssignment.objects.filter(officer__user__username="editor", role="unit_admin")
    assert given.count() == 1
    until = {"until_date": "2026-12-31"}
    refused = second.post(OFFICER, {**form, **until, "at": old})
    assert (refused.status_code, "DONE_MEANWHILE" in words(refused)) == (409, True)
    assert re.search(r"editor 有变化：郑洁已于 \S+ \S+ 办理“授予角色”", words(refused))
    assert given.get().until_date is None
    (again,) = states(refused.content.decode(), act="give")
    assert second.post(OFFICER, {**form, **until, "at": again}).status_code == 302
    assert given.get().until_date == date(2026, 12, 31)


def test_an_account_is_stopped_once_and_a_password_asked_for_twice_is_shown(administered):
    client = entered("accounts")
    form = {"act": "password", "at": state(client, OFFICER, act="password")}
    passwords = [re.search(r"密码 ?： ?(\S+)", words(client.post(OFFICER, form)))[1] for _ in range(2)]
    assert len(set(passwords)) == 2
    form = {"act": "stop", "at": state(client, OFFICER, act="stop")}
    both = [client.post(OFFICER, form)["Location"] for _ in range(2)]
    assert both == [OFFICER, f"{OFFICER}?done=again"]


def test_an_officer_who_is_added_by_two_clicks_is_added_once_and_led_to(administered):
    client = entered("accounts")
    path = "/zh/desk/officers/add/"
    form = {"username": "newcomer", "name": "新来", "unit": UNITS[0], "at": state(client, path)}
    added = client.post(path, form)
    assert (added.status_code, "本人登录后须先修改密码，才能办理其他事项" in words(added)) == (200, True)
    assert client.post(path, form)["Location"] == "/zh/desk/officers/of/newcomer/?done=again"
    taken = client.post(path, {**form, "name": "另一人"})
    assert (taken.status_code, "USERNAME_TAKEN" in words(taken)) == (409, True)


DEPUTIES = "/zh/desk/deputies/"


def test_a_deputy_is_named_once_and_ended_once_and_the_second_is_told_who_did(county):
    hire(county, "second", "周敏", unit=county.actor("authority").unit, roles=("authority",))
    unit = county.actor("competent").unit
    form = {"seat": f"competent {unit}", "officer": "approver", "reason": "人员调动",
            "until_date": f"{date.today() + timedelta(days=9)}"}  # fmt: skip
    client, other = entered("authority"), entered("second")
    form["at"] = state(client, DEPUTIES)
    assert [client.post(DEPUTIES, form)["Location"] for _ in range(2)] == [DEPUTIES, f"{DEPUTIES}?done=again"]
    deputy = Deputy.objects.get()
    old = state(other, DEPUTIES, end=f"{deputy.pk}")
    ending = {"end": f"{deputy.pk}", "at": state(client, DEPUTIES, end=f"{deputy.pk}")}
    assert [client.post(DEPUTIES, ending)["Location"] for _ in range(2)] == [DEPUTIES, f"{DEPUTIES}?done=again"]
    refused = other.post(DEPUTIES, {**ending, "at": old})
    assert (refused.status_code, "DONE_MEANWHILE" in words(refused)) == (409, True)
    assert county.actor("authority").name in words(refused)


OFFICES = "/zh/desk/offices/"


def test_an_office_is_passed_on_once_as_it_was_asked_and_an_old_question_is_told(county):
    hire(county, "second", "周敏", unit=county.actor("authority").unit, roles=("authority",))
    form = {"role": "operator", "region": "", "unit": UNITS[4], "reason": "县委编办〔2026〕3号"}
    client, other = entered("authority"), entered("second")
    asked = {who: states(who.post(OFFICES, form).content.decode(), confirmed="yes")[0] for who in (client, other)}
    sure = {**form, "confirmed": "yes"}
    assert [client.post(OFFICES, {**sure, "at": asked[client]})["Location"] for _ in range(2)] == [
        OFFICES, f"{OFFICES}?done=again",
    ]  # fmt: skip
    refused = other.post(OFFICES, {**sure, "unit": UNITS[1], "at": asked[other]})
    assert (refused.status_code, "DONE_MEANWHILE" in words(refused)) == (409, True)
    assert Office.objects.get(role="operator", region="", until_at=None).unit_id == UNITS[4]


RULEBOOK = "/zh/desk/rulebook/change/"


def test_a_change_of_the_rulebook_is_made_once_and_overwrites_no_colleagues(county):
    hire(county, "second", "周敏", unit=county.actor("authority").unit, roles=("authority",))
    form = {"seen": "0", "region": "", "from_date": f"{date.today()}", "reason": "县数局〔2026〕2号",
            "sharing.provider_days": "3"}  # fmt: skip
    client, other = entered("authority"), entered("second")
    both = [client.post(RULEBOOK, form)["Location"] for _ in range(2)]
    assert both == ["/zh/desk/rulebook/versions/1/"] * 2
    refused = other.post(RULEBOOK, {**form, "sharing.provider_days": "4"})
    told = refused.content.decode()
    assert (refused.status_code, "RULEBOOK_CHANGED" in told) == (409, True)
    assert 'name="seen" value="1"' in told and 'value="4"' in told
    assert Version.objects.count() == 1
    assert other.post(RULEBOOK, {**form, "sharing.provider_days": "4", "seen": "1"}).status_code == 302


def test_what_another_changed_elsewhere_in_the_rulebook_is_in_nobodys_way(county):
    hire(county, "second", "周敏", unit=county.actor("authority").unit, roles=("authority",))
    form = {"seen": "0", "region": "", "from_date": f"{date.today()}", "reason": "县数局〔2026〕2号"}
    assert entered("authority").post(RULEBOOK, {**form, "sharing.provider_days": "3"}).status_code == 302
    assert entered("second").post(RULEBOOK, {**form, "sharing.filing_days": "3"}).status_code == 302


LIMITS = "/zh/desk/limits/"


def test_a_limit_is_raised_once_and_an_alarm_closed_once(county):
    plane = Database(county.url, role="plane", size=1)
    with plane.transaction() as cur:
        unit = county.actor("consumer").unit
        alarms.open_alarm(cur, limit="compare.share_percent", consumer=unit, seen=34, most=20, now=NOW)
    plane.close()
    client = entered("authority")
    page = client.get(LIMITS).content.decode()
    number = re.search(r'name="id" value="(\d+)"', page)[1]
    closing = {"action": "close", "id": number, "finding": "已核查", "at": states(page, id=number)[0]}
    assert [client.post(LIMITS, closing)["Location"] for _ in range(2)] == [LIMITS, f"{LIMITS}?done=again"]
    form = {
        "action": "raise", "limit": "compare.share_percent", "unit": county.actor("consumer").unit, "resource": "",
        "value": "45", "until_date": f"{date.today() + timedelta(days=30)}", "reason": "县数局〔2026〕9号",
        "at": state(client, LIMITS, action="raise"),
    }  # fmt: skip
    assert [client.post(LIMITS, form)["Location"] for _ in range(2)] == [LIMITS, f"{LIMITS}?done=again"]


def test_what_is_made_by_two_clicks_is_made_once(county):
    administrator(county)
    made = {
        ("editor", "/zh/desk/entries/new/", Change): ENTRY,
        ("unit_admin", "/zh/desk/registrations/new/device/", Registration): FACTS["device"],
        ("operator", "/zh/desk/security/plans/new/", EmergencyPlan): {
            "title": "应急预案", "unit": UNITS[1], "owner": "李强", "summary": "首次编制。", "region": "",
            "rehearsal_date": f"{date.today() + timedelta(days=100)}",
        },
        ("operator", "/zh/desk/security/drills/new/", Drill): {
            "planned_date": f"{date.today() + timedelta(days=10)}", "scope": "全库恢复", "region": "",
        },
    }  # fmt: skip
    for (who, path, model), form in made.items():
        client, before = entered(who), model.objects.count()
        given = {**{name: str(value) for name, value in form.items()}, "at": state(client, path)}
        both = [client.post(path, given) for _ in range(2)]
        assert [each.status_code for each in both] == [302, 302], (path, words(both[1]))
        assert both[0]["Location"] == both[1]["Location"]
        assert model.objects.count() == before + 1, path
        missing = client.post(path, {**given, "at": "", AS_SENT: "1"})
        assert (missing.status_code, "SHOWN_STATE_MISSING" in words(missing)) == (422, True), path


def test_a_change_that_is_begun_by_two_clicks_is_begun_once(county):
    client, entry = entered("editor"), f"/zh/desk/entries/{county.code}/"
    at_ = re.search(r'begin/.*?name="at" value="([^"]+)"', client.get(entry).content.decode(), re.DOTALL)[1]
    both = [client.post(f"/zh/desk/entries/begin/{county.code}/", {"at": at_})["Location"] for _ in range(2)]
    assert both[0] == both[1]
    assert Change.objects.filter(entry__code=county.code, kind="change").count() == 1


def test_cases_are_given_out_as_they_were_shown(county):
    unit = county.actor("competent").unit
    hire(county, "head", "何平", unit=unit, roles=("unit_head",))
    hire(county, "second", "周敏", unit=unit, roles=("competent",))
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    head = entered("head")
    box = re.search(r'name="case" value="([^"]+)"', head.get("/zh/desk/giving/").content.decode())[1]
    assert box.startswith(f"sharing.application|{no}|endorse|")
    form = {"case": [box], "to": "second", "words": "请办理"}
    assert "已交给 周敏" in words(head.post("/zh/desk/giving/", form))
    assert "没有重复办理" in words(head.post("/zh/desk/giving/", form))
    assert models.Handling.objects.filter(case=no, kind="give").count() == 1
