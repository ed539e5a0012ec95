"""A file is added, taken away, handed in or let through as its page showed things; a second click does no more."""

import re
from datetime import timedelta

import psycopg
import pytest
from acting import NOW, entries
from desks import at, entered, hire, words
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from handing_files_in import HERE, approving, rows, sent, stated, waiting
from stating import AS_SENT, state_of

from hutong.control.procedures import queries
from hutong.control.sharing.models import Application

LIFE = "sharing.application"


@pytest.fixture(autouse=True)
def _march():
    with at(NOW):
        yield


def address(no: str) -> str:
    return f"/zh/desk/cases/{LIFE}/{no}/attachments/"


def page(no: str) -> str:
    return f"/zh/desk/applications/{no}/"


def added(client: Client, no: str, name: str, **form: str):
    file = SimpleUploadedFile(name, f"{name}\n".encode(), "text/plain")
    return client.post(address(no), {"attachment": file, **form})


def listed(no: str) -> list[str]:
    return [row.kind for row in queries.handlings(LIFE, no)]


def test_a_file_is_taken_away_once_and_a_second_click_is_led_to_that(supplied):
    no = supplied.draft()
    client = entered("consumer")
    assert added(client, no, "甲.txt").status_code == 302
    body = client.get(page(no)).content.decode()
    file = re.search(r'name="remove" value="([^"]+)"', body)[1]
    form = {"remove": file, "at": state_of(page(no))}
    both = [client.post(address(no), form)["Location"] for _ in range(2)]
    assert both == [f"{page(no)}#attachments", f"{page(no)}?done=again"]
    assert "“移除附件”已由您于" in words(client.get(both[1]))
    assert listed(no) == ["attach", "detach"]


def test_files_that_are_added_one_after_the_other_from_two_pages_are_in_nobodys_way(supplied):
    no, client = supplied.draft(), entered("consumer")
    at_ = state_of(page(no))
    assert [added(client, no, name, at=at_).status_code for name in ("甲.txt", "乙.txt")] == [302, 302]
    assert added(client, no, "乙.txt", at=at_)["Location"] == f"{page(no)}?done=again"
    assert listed(no) == ["attach", "attach"]


def test_a_case_that_went_on_meanwhile_is_told_and_keeps_and_takes_no_file(supplied):
    hire(supplied, "second", "周敏", unit=supplied.actor("consumer").unit, roles=("consumer",))
    no, client = supplied.draft(), entered("consumer")
    assert added(client, no, "甲.txt").status_code == 302
    file = re.search(r'name="remove" value="([^"]+)"', client.get(page(no)).content.decode())[1]
    old = state_of(page(no))
    supplied.take(no, "lodge", by="second")
    supplied.take(no, "return", by="competent", reason="请补正")
    for refused in (client.post(address(no), {"remove": file, "at": old}), added(client, no, "乙.txt", at=old)):
        assert (refused.status_code, "STATE_CHANGED" in refused.content.decode()) == (409, True)
        assert re.search(r"周敏已于 \S+ \S+ 办理“提出申请”", words(refused))
    assert listed(no) == ["attach"]


def test_a_file_that_was_to_go_with_a_case_lodged_meanwhile_stays_and_it_is_told_who_lodged_it(supplied):
    hire(supplied, "second", "周敏", unit=supplied.actor("consumer").unit, roles=("consumer",))
    no, client = supplied.draft(), entered("consumer")
    assert added(client, no, "甲.txt").status_code == 302
    file = re.search(r'name="remove" value="([^"]+)"', client.get(page(no)).content.decode())[1]
    old = state_of(page(no))
    supplied.take(no, "lodge", by="second")
    refused = client.post(address(no), {"remove": file, "at": old})
    assert (refused.status_code, "周敏已于" in words(refused)) == (409, True)
    assert Application.objects.get(no=no).state == "LODGED"


def test_a_form_for_a_file_that_says_no_state_does_nothing(supplied):
    no = supplied.draft()
    refused = added(entered("consumer"), no, "甲.txt", at="", **{AS_SENT: "1"})
    assert (refused.status_code, "STATE_MISSING" in refused.content.decode()) == (422, True)
    assert listed(no) == []


def counted(county) -> list[str]:
    asked = "select key from plane.delivery where loaded_at is not null order by 1"
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        return [key for (key,) in opened.execute(asked)]


def test_what_would_come_of_a_file_is_confirmed_for_the_data_it_was_counted_against(supplied):
    hire(supplied, "second", "周敏", unit=supplied.actor("editor").unit, roles=("provider_editor",))
    first, other = entered("editor"), entered("second")
    mine = sent(first, supplied, rows(supplied, 3), key="mine")
    theirs = sent(other, supplied, rows(supplied, 5), key="theirs")
    form = {**stated(first, mine), "confirm": "on"}
    assert "新增 3 条" in words(first.get(mine))
    assert other.post(theirs, {**stated(other, theirs), "confirm": "on"}).status_code == 302
    refused = first.post(mine, form)
    told = words(refused)
    assert (refused.status_code, "DONE_MEANWHILE" in told) == (409, True)
    assert re.search(r"周敏已于 \S+ \S+ 办理", told)
    assert ("新增 3 条" in told, "确认交付" in told, counted(supplied)) == (False, True, ["theirs"])
    again = {**stated(first, mine), "confirm": "on"}
    both = [first.post(mine, again)["Location"] for _ in range(2)]
    assert both[0] == both[1] and counted(supplied) != ["theirs"]


def test_a_delivery_is_let_through_once_and_as_it_was_shown(supplied):
    hire(supplied, "second", "周敏", unit=supplied.actor("editor").unit, roles=("provider_editor",))
    hire(supplied, "third", "孙洁", unit=supplied.actor("editor").unit, roles=("provider_editor",))
    content = waiting(supplied)
    client, other = entered("second"), entered("third")
    form, old = approving(client), approving(other)

    def post(who: Client, said: dict[str, str]):
        return who.post(HERE, {**said, "file": SimpleUploadedFile("甲.csv", content)})

    assert [post(client, form)["Location"] for _ in range(2)] == [HERE, f"{HERE}?done=again"]
    assert "没有重复办理" in words(client.get(f"{HERE}?done=again"))
    assert entries(supplied.url, "catalog.delivery_approved") == 1
    refused = post(other, old)
    assert (refused.status_code, "DONE_MEANWHILE" in words(refused), "周敏已于" in words(refused)) == (409, True, True)


def test_a_delivery_that_other_data_overtook_is_not_let_through_by_an_old_page(supplied):
    hire(supplied, "second", "周敏", unit=supplied.actor("editor").unit, roles=("provider_editor",))
    content = waiting(supplied)
    old, editor = approving(entered("second")), entered("editor")
    with at(NOW + timedelta(minutes=9)):
        more = sent(editor, supplied, rows(supplied, 41, name="李"), key="more")
        assert editor.post(more, {**stated(editor, more), "confirm": "on"}).status_code == 302
        refused = entered("second").post(HERE, {**old, "file": SimpleUploadedFile("甲.csv", content)})
    assert (refused.status_code, "DONE_MEANWHILE" in words(refused)) == (409, True)
    assert entries(supplied.url, "catalog.delivery_approved") == 0
