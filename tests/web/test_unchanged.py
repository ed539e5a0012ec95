"""What was sent back and is handed in again as it was: its page says so and asks for a yes or a reason (N1)."""

import re

import pytest
import registering
import securing
from acting import NOW
from desks import at, entered, hire, words
from stating import AS_SENT, state_of

from hutong.control.catalog.models import Change
from hutong.control.procedures.models import Step
from hutong.control.registration.models import Registration
from hutong.control.security.models import EmergencyPlan
from hutong.control.sharing import operations as sharing
from hutong.control.sharing.models import Application


@pytest.fixture(autouse=True)
def march():
    with at(NOW):
        yield


WHY = "请写明所依据的条款。"
TOLD = "退回以来没有修改"


def application(county):
    said = {"purpose": "social-assistance", "matters": ["DB-002"], "from_at": NOW.replace(hour=16, day=1)}
    no = county.draft(**said, until_at=NOW.replace(hour=16, year=2027))
    county.take(no, "lodge", by="consumer")
    county.take(no, "return", by="competent", reason=WHY)
    return Application, no, f"/zh/desk/applications/{no}/", "consumer", "lodge", "legal_basis"


def system(county):
    registering.administrator(county)
    no = registering.applied(county, "system")
    registering.take(county, no, "accept_rules", by="unit_admin")
    registering.take(county, no, "return", reason=WHY)
    return Registration, no, f"/zh/desk/registrations/{no}/", "unit_admin", "accept_rules", "purpose"


def plan(county):
    no = securing.drafted(county)
    securing.attached(county, no)
    securing.take(county, no, "submit", by="operator")
    securing.take(county, no, "return", by="authority", reason=WHY)
    return EmergencyPlan, no, f"/zh/desk/security/plans/{no}/", "operator", "submit", "summary"


def change(county):
    no = county.begin_change()
    county.take_change(no, "submit", by="editor")
    county.take_change(no, "return", by="approver", reason=WHY)
    return Change, no, f"/zh/desk/entries/changes/{no}/", "editor", "submit", "abstract"


EVERY = [application, system, plan, change]


def form(page: str, field: str) -> dict[str, list[str]]:
    """Return what the form with a field on a page would send as it stands."""
    body = next(each for each in re.findall("<form.*?</form>", page, re.DOTALL) if f'name="{field}"' in each)
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", body):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        ticked = given.get("type") not in ("checkbox", "radio") or re.search(r"\schecked\b", tag)
        if "name" in given and ticked:
            found.setdefault(given["name"], []).append(given.get("value", "on"))
    for name, said in re.findall(r'<textarea[^>]*?name="([^"]+)"[^>]*>([^<]*)</textarea>', body, re.DOTALL):
        found[name] = [said]
    for name, options in re.findall(r'<select[^>]*?name="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)"[^>]*\sselected', options)
        found[name] = chosen or re.findall(r'<option value="([^"]*)"', options)[:1]
    return {name: values for name, values in found.items() if name != "csrfmiddlewaretoken"}


def handed_in(client, address: str, action: str, **more: str):
    data = {"act": "step", "action": action, "at": state_of(address), **more, AS_SENT: "1"}
    return client.post(address, data)


@pytest.mark.parametrize("make", EVERY)
def test_what_is_handed_in_as_it_was_sent_back_is_asked_about_once_and_goes_with_a_yes_or_a_reason(county, make):
    model, no, address, who, action, _ = make(county)
    client = entered(who)
    before = model.objects.get(no=no).state
    page = words(client.get(address))
    assert (TOLD in page, f"退回的理由：{WHY}" in page) == (True, True)
    refused = handed_in(client, address, action)
    assert (refused.status_code, "UNCHANGED_SINCE_RETURN" in words(refused)) == (422, True)
    assert (WHY in words(refused), model.objects.get(no=no).state) == (True, before)
    answered = handed_in(client, address, action, reason="条款已在原件写明。")
    assert (answered.status_code, model.objects.get(no=no).state == before) == (302, False)
    assert "退回后没有修改，按原内容提交。" in words(client.get(address))
    assert Step.objects.filter(case=no).latest("pk").reason == "条款已在原件写明。"


@pytest.mark.parametrize("make", EVERY)
def test_a_tick_is_enough(county, make):
    model, no, address, who, action, _ = make(county)
    before = model.objects.get(no=no).state
    assert handed_in(entered(who), address, action, unchanged="on").status_code == 302
    assert model.objects.get(no=no).state != before


@pytest.mark.parametrize("make", EVERY)
def test_a_form_that_was_saved_with_the_very_same_words_changed_nothing(county, make):
    _, _, address, who, action, field = make(county)
    client = entered(who)
    edit = f"{address}edit/"
    sent = form(client.get(edit).content.decode(), field)
    assert client.post(edit, {**sent, AS_SENT: "1"}).status_code == 302
    assert TOLD in words(client.get(address))
    sent = form(client.get(edit).content.decode(), field)
    assert client.post(edit, {**sent, field: [f"{sent[field][0]}（第十一条）"], AS_SENT: "1"}).status_code == 302
    assert TOLD not in words(client.get(address))
    assert handed_in(client, address, action).status_code == 302
    assert "按原内容提交" not in words(client.get(address))


def test_a_case_that_was_never_sent_back_is_not_asked_about(county):
    no = county.draft()
    address = f"/zh/desk/applications/{no}/"
    assert TOLD not in words(entered("consumer").get(address))
    assert handed_in(entered("consumer"), address, "lodge").status_code == 302


def test_who_may_not_hand_it_in_is_told_that_and_is_not_asked(county):
    _, _, address, *_ = application(county)
    hire(county, "other", "周敏", unit=county.civil, roles=("unit_admin",))
    refused = handed_in(entered("other"), address, "lodge")
    assert ("NOT_YOUR_ROLE" in words(refused), TOLD in words(refused)) == (True, False)


def test_what_no_page_asked_for_is_taken_as_it_is(county):
    _, no, *_ = application(county)
    assert county.take(no, "lodge", by="consumer") == "LODGED"


def test_several_that_are_ticked_together_are_each_asked_about_on_their_own_page(county):
    numbers = [application(county)[1] for _ in range(2)]
    client, here = entered("consumer"), "/zh/desk/together/"
    shown = client.post(here, {"case": [f"sharing.application|{no}|lodge" for no in numbers]}).content.decode()
    boxes = re.findall(r'name="case" value="([^"]+)"', shown)
    done = client.post(here, {"case": boxes, "confirmed": "yes"})
    assert words(done).count("UNCHANGED_SINCE_RETURN") == 2
    assert set(Application.objects.values_list("state", flat=True)) == {"RETURNED"}


def test_a_change_made_below_the_pages_counts_as_well(county):
    _, no, address, *_ = application(county)
    changes = {"legal_basis": "《社会救助暂行办法》第十一条、第十二条"}
    sharing.amend(no, changes=changes, actor=county.actor("consumer"), now=NOW)
    assert TOLD not in words(entered("consumer").get(address))
