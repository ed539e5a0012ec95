"""An old form never overwrites what a colleague saved, and one that is sent twice is told what the first did."""

import html
import re
from datetime import date

import pytest
import securing
from desks import entered, hire, words
from registering import FACTS, administrator, applied
from test_forms import APPLICATION, ENTRY

from hutong.control.catalog.models import Change
from hutong.control.procedures import queries
from hutong.control.registration.models import Registration
from hutong.control.security.models import EmergencyPlan
from hutong.control.sharing.models import Application


def at(page: str) -> str:
    """Return the state that a form was made for."""
    found = re.search(r'name="at" value="([^"]+)"', page)
    assert found, "the form carries no state"
    return found[1]


def application(county):
    hire(county, "second", "周敏", unit=county.actor("consumer").unit, roles=("consumer",))
    no = county.draft()
    return f"/zh/desk/applications/{no}/", "consumer", "second", "legal_basis", APPLICATION, no


def entry(county):
    hire(county, "second", "周敏", unit=county.actor("editor").unit, roles=("provider_editor",))
    entered("editor").post("/zh/desk/entries/new/", ENTRY)
    no = Change.objects.order_by("-no")[0].no
    return f"/zh/desk/entries/changes/{no}/", "editor", "second", "abstract", ENTRY, no


def registration(county):
    administrator(county)
    hire(county, "second", "周敏", unit=county.actor("unit_admin").unit, roles=("unit_admin",))
    no = applied(county, "system", papers=False)
    form = {name: str(value) for name, value in FACTS["system"].items()}
    return f"/zh/desk/registrations/{no}/", "unit_admin", "second", "name", form, no


def plan(county):
    hire(county, "second", "周敏", unit=county.actor("operator").unit, roles=("operator",))
    no = securing.drafted(county, rehearsal_date=date(2027, 9, 1))
    return f"/zh/desk/security/plans/{no}/", "operator", "second", "summary", None, no


SAID = {
    "application": lambda no: Application.objects.get(no=no).legal_basis,
    "entry": lambda no: Change.objects.get(no=no).abstract,
    "registration": lambda no: Registration.objects.get(no=no).name,
    "plan": lambda no: EmergencyPlan.objects.get(no=no).summary,
}
LIFE = {
    "application": "sharing.application", "entry": "catalog.change", "registration": "registration.registration",
    "plan": "security.plan",
}  # fmt: skip


def typed(page: str) -> dict[str, str]:
    """Return what the fields of a form hold, as a browser would send them."""
    fields = re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', page, re.DOTALL)
    texts = re.findall(r'<textarea[^>]*?name="(\w+)"[^>]*>([^<]*)<', page, re.DOTALL)
    chosen = re.findall(r'<select[^>]*?name="(\w+)".*?<option value="([^"]*)" selected', page, re.DOTALL)
    skipped = ("csrfmiddlewaretoken", "at")
    return {name: html.unescape(value) for name, value in (*fields, *texts, *chosen) if name not in skipped}


@pytest.mark.parametrize("kind", [application, entry, registration, plan], ids=lambda kind: kind.__name__)
def test_an_old_form_overwrites_nothing_and_is_told_who_edited_and_when(county, kind):
    page, who, other, field, form, no = kind(county)
    first, second = entered(who), entered(other)
    opened = first.get(f"{page}edit/").content.decode()
    old, form = at(opened), form or typed(opened)
    saved = second.post(f"{page}edit/", {**form, field: "同事改过的内容"})
    assert saved.status_code == 302, words(saved)
    assert SAID[kind.__name__](no) == "同事改过的内容"
    refused = first.post(f"{page}edit/", {**form, field: "本人填写的内容", "at": old})
    told = refused.content.decode()
    assert (refused.status_code, "EDITED_MEANWHILE" in told) == (409, True)
    assert re.search(r"的内容已由周敏于 2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d 修改", words(refused))
    assert "本人填写的内容" in told
    assert SAID[kind.__name__](no) == "同事改过的内容"
    assert first.post(f"{page}edit/", {**form, field: "本人填写的内容", "at": at(told)}).status_code == 302
    assert SAID[kind.__name__](no) == "本人填写的内容"


@pytest.mark.parametrize("kind", [application, entry, registration, plan], ids=lambda kind: kind.__name__)
def test_an_edit_that_is_sent_twice_is_saved_once_and_leads_to_the_case(county, kind):
    page, who, _, field, form, no = kind(county)
    client = entered(who)
    opened = client.get(f"{page}edit/").content.decode()
    form = {**(form or typed(opened)), field: "改过的内容", "at": at(opened)}
    both = [client.post(f"{page}edit/", form)["Location"] for _ in range(2)]
    assert both == [f"{page}?done=saved", f"{page}?done=again"]
    assert [row.kind for row in queries.handlings(LIFE[kind.__name__], no)] == ["edit"]
    assert "“修改内容”已由您于" in words(client.get(both[1]))


def test_a_draft_that_was_submitted_meanwhile_is_not_edited_and_told_by_whom(county):
    page, who, other, field, form, no = application(county)
    old = at(entered(who).get(f"{page}edit/").content.decode())
    county.take(no, "lodge", by=other)
    refused = entered(who).post(f"{page}edit/", {**form, field: "本人填写的内容", "at": old})
    assert (refused.status_code, "周敏已于" in words(refused)) == (409, True)
    assert "办理“提出申请”" in words(refused)


def test_who_submits_what_a_colleague_edited_meanwhile_is_told(county):
    page, who, other, field, form, no = application(county)
    old = at(entered(who).get(page).content.decode())
    entered(other).post(f"{page}edit/", {**form, field: "同事改过的内容"})
    refused = entered(who).post(page, {"action": "lodge", "at": old})
    assert (refused.status_code, "已由周敏于" in words(refused)) == (409, True)
    assert Application.objects.get(no=no).state == "DRAFT"


@pytest.mark.parametrize("kind", [application, entry, registration, plan], ids=lambda kind: kind.__name__)
def test_an_edit_that_says_no_state_saves_nothing(county, kind):
    page, who, _, field, form, no = kind(county)
    form, before = form or typed(entered(who).get(f"{page}edit/").content.decode()), SAID[kind.__name__](no)
    refused = entered(who).post(f"{page}edit/", {**form, field: "改过的内容", "at": ""})
    assert (refused.status_code, "STATE_MISSING" in refused.content.decode()) == (422, True)
    assert SAID[kind.__name__](no) == before
