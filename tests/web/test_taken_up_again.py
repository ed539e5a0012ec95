"""What was taken back is taken up again: a new draft begins with what it said, offered to its writer alone."""

import html
import re

import pytest
import securing
from acting import NOW
from desks import at, entered, words
from registering import FACTS, administrator, applied, take
from test_forms import ENTRY

from hutong.control.catalog.models import Change
from hutong.control.procedures.operations import Grounds
from hutong.control.security import operations as security
from hutong.core import beijing

AGAIN = "以原来的内容重新起草"


def values(page: str) -> dict[str, str]:
    """Return what stands in the fields of a form."""
    fields = re.findall(r'<input[^>]*?name="([\w-]+)"[^>]*?value="([^"]*)"', page, re.DOTALL)
    texts = re.findall(r'<textarea[^>]*?name="([\w-]+)"[^>]*>([^<]*)<', page, re.DOTALL)
    return {name: html.unescape(value) for name, value in (*fields, *texts)}


def led_to(client, page: str) -> str:
    """Return the form to which the page of a case leads for drafting it again."""
    body = client.get(page).content.decode()
    found = re.search(rf'<a class="button" href="([^"]+)">{AGAIN}</a>', body)
    assert found, words(client.get(page))
    return html.unescape(found[1])


def test_an_application_that_was_taken_back(county):
    no = county.draft(legal_basis="《临时救助办法》第三条")
    county.take(no, "lodge", by="consumer")
    page = f"/zh/desk/applications/{no}/"
    assert AGAIN not in words(entered("consumer").get(page))
    assert "再次申请" in words(entered("consumer").get(page))
    county.take(no, "take_back", by="consumer")
    assert "再次申请" not in words(entered("consumer").get(page)), "one button does it, not two of different words"
    form = values(entered("consumer").get(led_to(entered("consumer"), page)).content.decode())
    assert form["legal_basis"] == "《临时救助办法》第三条"
    assert AGAIN not in words(entered("operator").get(page))


@pytest.mark.parametrize("kind", ["system", "device"])
def test_a_registration_that_was_taken_back(county, kind):
    administrator(county)
    no = applied(county, kind)
    page, client = f"/zh/desk/registrations/{no}/", entered("unit_admin")
    assert AGAIN not in words(client.get(page))
    take(county, no, "take_back", by="unit_admin")
    address = led_to(client, page)
    form = values(client.get(address).content.decode())
    assert (form["name"], form["code"]) == (FACTS[kind]["name"], FACTS[kind]["code"])
    assert client.post(address, {**{name: str(value) for name, value in FACTS[kind].items()}}).status_code == 302
    assert AGAIN not in words(entered("operator").get(page))
    assert client.get(f"/zh/desk/registrations/new/user/?again={no}").status_code == 404


def test_a_new_entry_that_was_dropped(county):
    client = entered("editor")
    client.post("/zh/desk/entries/new/", {**ENTRY, "abstract": "本县婚姻登记的情况。"})
    no = Change.objects.order_by("-no")[0].no
    page = f"/zh/desk/entries/changes/{no}/"
    assert AGAIN not in words(client.get(page))
    county.take_change(no, "drop", by="editor")
    address = led_to(client, page)
    form = values(client.get(address).content.decode())
    assert (form["code"], form["abstract"], form["item-1-code"]) == (ENTRY["code"], "本县婚姻登记的情况。", "number")
    assert client.post(address, ENTRY).status_code == 302
    assert AGAIN not in words(client.get(page)), "another is under way"


def test_a_change_of_a_published_entry_that_was_dropped(county):
    client, no = entered("editor"), county.begin_change()
    edit = f"/zh/desk/entries/changes/{no}/edit/"
    form = values(client.get(edit).content.decode())
    form.pop("at")
    assert client.post(edit, {**form, "abstract": "拟改成的摘要。", "format": "3", "method": "1", "sharing_type": "2",
                              "update_cycle": "4"}).status_code in (302, 422)  # fmt: skip
    said = Change.objects.get(no=no).abstract
    county.take_change(no, "drop", by="editor")
    page = client.get(f"/zh/desk/entries/changes/{no}/").content.decode()
    begin = re.search(rf'<form method="post" action="([^"]+begin[^"]+)">(.*?){AGAIN}', page, re.DOTALL)
    assert begin
    begun = client.post(begin[1], dict(re.findall(r'name="(at|again)" value="([^"]+)"', begin[2])))
    assert begun["Location"].endswith(f"/edit/?again={no}")
    assert values(client.get(begun["Location"]).content.decode())["abstract"] == said


def test_a_plan_that_was_dropped(county):
    no, client = securing.drafted(county, owner="周敏、李强"), entered("operator")
    page = f"/zh/desk/security/plans/{no}/"
    with at(NOW):
        assert AGAIN not in words(client.get(page))
        securing.take(county, no, "drop", by="operator")
        form = values(client.get(led_to(client, page)).content.decode())
        assert (form["owner"], form["rehearsal_date"]) == ("周敏、李强", f"{securing.REHEARSAL}")
        assert AGAIN not in words(entered("authority").get(page))


def test_a_drill_that_was_cancelled(county):
    given = {"actor": county.actor("operator"), "now": NOW, "calendar": county.calendar}
    day = beijing.day(NOW).replace(day=20)
    no = security.plan_drill(planned_date=day, scope="恢复日志与目录", region="", **given)
    client, page = entered("operator"), f"/zh/desk/security/drills/{no}/"
    with at(NOW):
        assert AGAIN not in words(client.get(page))
        security.take_of_drill(no, "cancel", grounds=Grounds(reason="机房检修"), **given)
        form = values(client.get(led_to(client, page)).content.decode())
        assert (form["scope"], form["planned_date"]) == ("恢复日志与目录", f"{day}")


@pytest.mark.parametrize("kind", ["system", "user", "device"])
def test_the_form_of_a_registration_says_that_an_identifier_is_no_resident_number(county, kind):
    administrator(county)
    assert "不用身份号码" in words(entered("unit_admin").get(f"/zh/desk/registrations/new/{kind}/"))
