"""A draft is kept however little is filled in, says what is missing, is taken up and given up, and submits nothing."""

import html
import re

import psycopg
import pytest
from desks import entered, seen, words
from registering import administrator
from test_forms import ENTRY
from test_forms_refused import GOOD

from hutong.control.catalog.models import Change
from hutong.control.procedures.unfinished import DraftUnfinished
from hutong.control.registration.models import Registration
from hutong.control.security.models import EmergencyPlan
from hutong.control.sharing.models import Application
from hutong.core import canonical

DRAFT = {"draft": "1"}
REASON = "社会救助暂行办法第十一条"


def text_of(answer) -> str:  # type: ignore[no-untyped-def]
    return html.unescape(answer.content.decode())


def new(county) -> str:
    return f"/zh/desk/applications/new/{county.code}/"


@pytest.mark.parametrize(
    "typed",
    [
        {}, {"legal_basis": REASON}, {"from_at": "明天", "until_at": "", "quota": "许多", "purpose": "两个 代码"},
        {"mode": "query", "items": ["nothing", "name"], "users": ["nobody"], "from_at": "2026-9-1", "until_at": "x"},
    ],
)  # fmt: skip
def test_an_application_is_kept_with_whatever_was_typed_and_says_what_is_missing(county, typed):
    client = entered("consumer")
    kept = client.post(new(county), {**typed, **DRAFT})
    assert kept.status_code == 302
    found = Application.objects.get()
    assert (found.state, found.unfinished, kept["Location"].partition("?")[0]) == (
        "DRAFT", {name: [value] if isinstance(value, str) else value for name, value in typed.items()},
        f"/zh/desk/applications/{found.no}/",
    )  # fmt: skip
    told = text_of(client.get(kept["Location"]))
    assert REASON in told or typed.get("legal_basis") != REASON
    assert ("草稿尚未填完" in told, f'href="/zh/desk/applications/{found.no}/edit/#matters"' in told) == (True, True)
    form = text_of(client.get(f"/zh/desk/applications/{found.no}/edit/"))
    for value in typed.values():
        assert isinstance(value, list) or not value or value in form


def test_nothing_is_submitted_of_an_unfinished_draft_until_it_is_complete(county):
    client = entered("consumer")
    client.post(new(county), {"legal_basis": REASON, **DRAFT})
    no = Application.objects.get().no
    page = f"/zh/desk/applications/{no}/"
    refused = client.post(page, {"action": "lodge"})
    assert (refused.status_code, "DRAFT_UNFINISHED" in text_of(refused)) == (422, True)
    with pytest.raises(DraftUnfinished):
        county.take(no, "lodge", by="consumer")
    half = client.post(f"{page}edit/", {**GOOD, "purpose": "", **DRAFT})
    assert (half.status_code, Application.objects.get().unfinished["matters"]) == (302, ["DB-002"])
    assert client.post(f"{page}edit/", {**GOOD, "purpose": ""}).status_code == 422
    assert client.post(f"{page}edit/", GOOD).status_code == 302
    found = Application.objects.get()
    assert (found.unfinished, found.purpose, found.items) == (None, "social-assistance", ["name"])
    assert "草稿尚未填完" not in text_of(client.get(page))
    with psycopg.connect(county.url, options="-c role=hutong_owner") as owner:
        drafted = "select record from audit.entry where event = 'sharing.application_drafted' order by id"
        entries = [canonical.loads(row)["legal_basis"] for (row,) in owner.execute(drafted)]
    assert entries == ["", GOOD["legal_basis"]]
    assert client.post(page, {"action": "lodge"}).status_code == 302
    assert Application.objects.get().state == "LODGED"


def test_it_is_found_again_among_what_waits_and_in_the_list_and_is_given_up_by_its_unit(county):
    client = entered("consumer")
    client.post(new(county), {"legal_basis": REASON, **DRAFT})
    no = Application.objects.get().no
    assert no in seen("consumer", "/zh/desk/")
    assert no in seen("consumer", "/zh/desk/applications/?state=DRAFT")
    assert entered("editor").get(f"/zh/desk/applications/{no}/").status_code == 404
    assert client.post(f"/zh/desk/applications/{no}/", {"action": "take_back"}).status_code == 302
    assert Application.objects.get().state == "TAKEN_BACK"
    assert no not in words(client.get("/zh/desk/applications/?state=DRAFT"))


def test_a_complete_form_that_is_saved_as_a_draft_is_a_draft_as_any(county):
    assert entered("consumer").post(new(county), {**GOOD, **DRAFT}).status_code == 302
    found = Application.objects.get()
    assert (found.unfinished, found.state, found.purpose) == (None, "DRAFT", "social-assistance")


def test_what_is_applied_for_already_is_kept_as_a_draft_and_asked_about_once_it_is_completed(county):
    client = entered("consumer")
    client.post(new(county), GOOD)
    assert client.post(new(county), {**GOOD, **DRAFT}).status_code == 302
    no = Application.objects.get(unfinished__isnull=False).no
    again = client.post(f"/zh/desk/applications/{no}/edit/", GOOD)
    assert (again.status_code, 'name="twice"' in text_of(again)) == (409, True)
    assert client.post(f"/zh/desk/applications/{no}/edit/", {**GOOD, "twice": "on"}).status_code == 302
    assert Application.objects.get(no=no).unfinished is None


def test_what_cannot_be_kept_is_refused_as_a_draft_too(county):
    client = entered("consumer")
    refused = client.post(new(county), {"legal_basis": "长" * 100_000, **DRAFT})
    assert (refused.status_code, Application.objects.exists()) == (422, False)
    assert entered("editor").post(new(county), {**GOOD, **DRAFT}).status_code in (403, 409)
    assert not Application.objects.exists()


def test_a_new_entry_is_kept_under_its_code_whatever_else_is_missing(county):
    client = entered("editor")
    form = {"code": "308001/000077", "abstract": "暂缺", "item-1-code": "", "item-1-name": "没有字段名", **DRAFT}
    kept = client.post("/zh/desk/entries/new/", form)
    assert kept.status_code == 302
    change = Change.objects.get(entry__code="308001/000077")
    assert (change.state, change.unfinished["abstract"]) == ("DRAFT", ["暂缺"])
    page = text_of(client.get(kept["Location"]))
    assert ("草稿尚未填完" in page, "暂缺" in page) == (True, True)
    edit = f"/zh/desk/entries/changes/{change.no}/edit/"
    assert "没有字段名" in text_of(client.get(edit))
    refused = client.post(f"/zh/desk/entries/changes/{change.no}/", {"action": "submit"})
    assert (refused.status_code, "DRAFT_UNFINISHED" in text_of(refused)) == (422, True)
    assert client.post(edit, {**ENTRY, **DRAFT}).status_code == 302
    change.refresh_from_db()
    assert (change.unfinished, change.name) == (None, ENTRY["name"])
    for code in ("", "not a code", county.code):
        assert client.post("/zh/desk/entries/new/", {**form, "code": code}).status_code in (409, 422)


@pytest.mark.parametrize("kind", ["system", "user", "device"])  # a department with its name lacks nothing
def test_a_registration_is_kept_unfinished_and_completed_later(county, kind):
    administrator(county)
    client, address = entered("unit_admin"), f"/zh/desk/registrations/new/{kind}/"
    kept = [client.post(address, {**typed, **DRAFT}) for typed in ({}, {"name": "新"})]
    assert [each.status_code for each in kept] == [302, 302]
    found = Registration.objects.filter(unfinished__isnull=False)
    assert (found.count(), {each.state for each in found}) == (2, {"APPLIED"})
    page = text_of(client.get(kept[1]["Location"]))
    assert "草稿尚未填完" in page
    no = re.search(r"DJ[0-9-]+", kept[1]["Location"])[0]
    assert 'value="新"' in text_of(client.get(f"/zh/desk/registrations/{no}/edit/"))
    refused = client.post(f"/zh/desk/registrations/{no}/", {"action": "accept_rules"})
    assert (refused.status_code, "DRAFT_UNFINISHED" in text_of(refused)) == (422, True)


def test_a_plan_is_kept_unfinished_and_completed_later(county):
    client = entered("operator")
    kept = client.post("/zh/desk/security/plans/new/", {"title": "预案", "rehearsal_date": "明年", **DRAFT})
    assert kept.status_code == 302
    plan = EmergencyPlan.objects.get()
    assert (plan.state, plan.unfinished["rehearsal_date"]) == ("DRAFT", ["明年"])
    page = text_of(client.get(kept["Location"]))
    assert ("草稿尚未填完" in page, "明年" in page) == (True, True)
    no = plan.no
    edit = f"/zh/desk/security/plans/{no}/edit/"
    assert 'value="预案"' in text_of(client.get(edit))
    whole = {"title": "预案", "unit": plan.unit_id, "owner": "张敏", "rehearsal_date": "2027-09-01"}
    assert client.post(edit, whole).status_code == 302
    assert EmergencyPlan.objects.get().unfinished is None
