"""A form that is sent twice, by two clicks or by two tabs at once, makes one case."""

import re

import pytest
from at_once import Doing
from desks import entered
from test_forms import APPLICATION, ENTRY

from hutong.control.catalog.models import Change
from hutong.control.sharing.models import Application


def form_id(page: str) -> str:
    found = re.search(r'name="form_id" value="([0-9a-f-]{36})"', page)
    assert found
    return found[1]


def test_an_application_that_is_sent_twice_at_once_is_drafted_once_and_both_lead_to_it(county):
    client, path = entered("consumer"), f"/zh/desk/applications/new/{county.code}/"
    form = {**APPLICATION, "form_id": form_id(client.get(path).content.decode())}
    both = [Doing(lambda: client.post(path, form).headers["Location"]) for _ in range(2)]
    led_to = {each.done() for each in both}
    numbers = Application.objects.values_list("no", flat=True)
    assert led_to == {f"/zh/desk/applications/{no}/?done=saved" for no in numbers}
    assert len(led_to) == 1
    other = {**form, "twice": "on", "form_id": form_id(client.get(path).content.decode())}
    assert client.post(path, other).status_code == 302
    assert Application.objects.count() == 2


def test_a_refused_application_keeps_its_form_and_one_without_a_form_is_drafted_each_time(county):
    client, path = entered("consumer"), f"/zh/desk/applications/new/{county.code}/"
    first = form_id(client.get(path).content.decode())
    refused = client.post(path, {**APPLICATION, "form_id": first, "purpose": ""})
    assert (refused.status_code, form_id(refused.content.decode())) == (422, first)
    for said in ("", "x", "0" * 400):
        assert client.post(path, {**APPLICATION, "twice": "on", "form_id": said}).status_code == 302
    assert Application.objects.count() == 3


@pytest.mark.parametrize("wait", [False, True])
def test_an_entry_that_is_sent_twice_is_drafted_once_and_both_lead_to_it(county, wait):
    client, path = entered("editor"), "/zh/desk/entries/new/"
    form = {**ENTRY, "at": re.search(r'name="at" value="([^"]+)"', client.get(path).content.decode())[1]}

    def post() -> str:
        return client.post(path, form).headers["Location"]

    first = Doing(post)
    if wait:
        first.done()
    second = Doing(post)
    assert first.done() == second.done()
    assert Change.objects.filter(entry__code=ENTRY["code"]).count() == 1
