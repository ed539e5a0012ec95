"""A draft that is saved by two clicks is one, however little was typed, and so is what is sent again by going back."""

import re

import pytest
from desks import entered
from registering import administrator
from test_forms_refused import GOOD

from hutong.control.catalog.models import Change
from hutong.control.registration.models import Registration
from hutong.control.security.models import EmergencyPlan
from hutong.control.sharing.models import Application

LITTLE = {
    ("consumer", "/zh/desk/applications/new/307001/000001/", Application): {"legal_basis": "办法第八条"},
    ("editor", "/zh/desk/entries/new/", Change): {"code": "308001/000077", "abstract": "暂缺"},
    **{
        ("unit_admin", f"/zh/desk/registrations/new/{kind}/", Registration): {"name": "新"}
        for kind in ("system", "department", "user", "device")
    },
    ("operator", "/zh/desk/security/plans/new/", EmergencyPlan): {"title": "预案", "rehearsal_date": "明年"},
}  # fmt: skip
"""Officer, form and what it drafts → the little that was typed."""


@pytest.mark.parametrize("key", LITTLE, ids=lambda key: f"{key[1].strip('/').rpartition('/')[2]}")
def test_an_incomplete_draft_that_is_saved_by_two_clicks_is_one_and_another_form_makes_another(county, key):
    who, path, model = key
    if who == "unit_admin":
        administrator(county)
    client, before = entered(who), model.objects.count()

    def form() -> dict[str, str]:
        page = client.get(path).content.decode()
        found = re.search(r'name="(at|form_id)" value="([^"]+)"', page)
        assert found
        return {**LITTLE[key], "draft": "1", found[1]: found[2]}

    first = form()
    led_to = {client.post(path, first)["Location"].partition("?")[0] for _ in range(2)}
    assert (len(led_to), model.objects.count()) == (1, before + 1)
    if model in (Application, Registration):
        assert client.post(path, form())["Location"].partition("?")[0] not in led_to
        assert model.objects.count() == before + 2


@pytest.mark.parametrize("key", LITTLE, ids=lambda key: f"{key[1].strip('/').rpartition('/')[2]}")
def test_an_incomplete_draft_that_is_saved_again_by_two_clicks_is_no_fault(county, key):
    who, path, _ = key
    if who == "unit_admin":
        administrator(county)
    client = entered(who)
    page = client.post(path, {**LITTLE[key], "draft": "1"})["Location"].partition("?")[0]
    found = re.search(r'name="at" value="([^"]+)"', client.get(f"{page}edit/").content.decode())
    assert found
    form = {**LITTLE[key], "name": "新的", "title": "新的", "purpose": "x", "draft": "1", "at": found[1]}
    both = [client.post(f"{page}edit/", form) for _ in range(2)]
    assert [each.status_code for each in both] == [302, 302]
    assert both[1]["Location"] == f"{page}?done=again"


@pytest.mark.parametrize("more", [{"quota": "9", "draft": "1"}, {"quota": "90"}])
def test_going_back_and_sending_the_form_of_an_application_with_other_words_says_them_in_the_same_draft(county, more):
    path, client = f"/zh/desk/applications/new/{county.code}/", entered("consumer")
    found = re.search(r'name="form_id" value="([^"]+)"', client.get(path).content.decode())
    assert found
    little = {"legal_basis": "办法第八条", "draft": "1", "form_id": found[1]}
    again = little | more if "draft" in more else {**GOOD, "form_id": found[1], **more}
    assert len({client.post(path, form)["Location"].partition("?")[0] for form in (little, again)}) == 1
    told = Application.objects.get()
    assert (told.unfinished or {"quota": [str(told.quota)]})["quota"] == [more["quota"]]
    assert (told.unfinished is None) == ("draft" not in more)


def test_a_draft_that_was_changed_since_is_not_overwritten_by_going_back(county):
    path, client = f"/zh/desk/applications/new/{county.code}/", entered("consumer")
    found = re.search(r'name="form_id" value="([^"]+)"', client.get(path).content.decode())
    assert found
    whole = {**GOOD, "form_id": found[1]}
    page = client.post(path, whole)["Location"].partition("?")[0]
    assert client.post(f"{page}edit/", {**GOOD, "quota": "77"}).status_code == 302
    refused = client.post(path, {**whole, "quota": "9"})
    assert (refused.status_code, "EDITED_MEANWHILE" in refused.content.decode()) == (409, True)
    assert Application.objects.get().quota == 77
