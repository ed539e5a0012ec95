"""A form is shown to who may use it; everybody else reads in one sentence whose it is."""

import re

import pytest
from acting import PASSWORD
from django.test import Client


def entered(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def read(client: Client, path: str) -> tuple[bool, str]:
    """Return whether the body of a page has a form to post, and what is read in it."""
    page = client.get(path).content.decode().partition("<main")[2]
    return 'method="post"' in page, re.sub(r"<[^>]+>", "", page)


FORMS = (
    ("/zh/desk/applications/new/{code}/", "consumer", "申请使用由{unit}的 使用方经办人 办理，您在该单位没有这一角色。"),
    ("/zh/desk/entries/new/", "editor", "编制目录由{unit}的 提供方经办人 办理，您在该单位没有这一角色。"),
    ("/zh/desk/deliveries/", "editor", "交付一个文件由{unit}的 提供方经办人 办理，您在该单位没有这一角色。"),
)


@pytest.mark.parametrize(("path", "whose", "words"), FORMS)
def test_a_form_is_shown_to_who_may_use_it_and_to_nobody_else(county, path, whose, words):
    path = path.format(code=county.code)
    for username in ("consumer", "editor", "approver", "authority", "operator"):
        form, told = read(entered(username), path)
        sentence = words.format(unit=county.actor(username).unit_name)
        assert (form, sentence in told) == (username == whose, username != whose), username
        english = re.sub(r"\s+", " ", read(entered(username), path.replace("/zh/", "/en/"))[1])
        assert ("and you do not have that role there" in english) == (username != whose)


def test_an_application_and_an_entry_are_changed_by_their_own_unit_alone(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "return", by="competent", reason="请补充依据。")
    path = f"/zh/desk/applications/{no}/edit/"
    assert read(entered("consumer"), path)[0]
    form, told = read(entered("competent"), path)
    assert (form, "申请使用由示范县民政局的 使用方经办人 办理" in told) == (False, True)
    form, told = read(entered("authority"), f"/zh/desk/entries/changes/{county.begin_change()}/edit/")
    assert (form, "编制目录由示范县公安局的 提供方经办人 办理" in told) == (False, True)


def test_what_cannot_be_changed_now_is_told_instead_of_a_form_that_would_be_refused(county):
    no = county.draft()
    assert read(entered("consumer"), f"/zh/desk/applications/{no}/edit/")[0]
    county.take(no, "lodge", by="consumer")
    change = county.begin_change()
    county.bring_change(change, to="SUBMITTED")
    for username, path, words in (
        ("consumer", f"/zh/desk/applications/{no}/edit/", "当前为“已提出，待县直主管部门审核”，不能修改。"),
        ("editor", f"/zh/desk/entries/changes/{change}/edit/", "当前为“待登记审核”，不能修改。"),
    ):
        answer = entered(username).get(path)
        form, told = read(entered(username), path)
        assert (answer.status_code, form, words in told) == (409, False, True), path
        assert f'href="{path.replace("/edit/", "/")}"' in answer.content.decode()


def test_what_was_typed_stays_though_the_application_went_on_meanwhile(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    form = {"legal_basis": "写了很久的依据", "from_at": "2026-03-02", "until_at": "2027-03-02"}
    answer = entered("consumer").post(f"/zh/desk/applications/{no}/edit/", form)
    assert answer.status_code == 409
    assert "写了很久的依据" in answer.content.decode()
    told = entered("consumer").post(f"/en/desk/applications/{no}/edit/", form).content.decode()
    assert f"Application {no} is in state Lodged" in told


def test_the_catalogue_offers_to_apply_to_who_may_or_may_still_log_in(county):
    path = f"/zh/catalog/{county.code}/"
    link = f"/zh/desk/applications/new/{county.code}/"
    assert link in Client(HTTP_HOST="localhost").get(path).content.decode()
    assert link in entered("consumer").get(path).content.decode()
    page = entered("editor").get(path).content.decode()
    assert (link in page, "申请使用由示范县公安局的 <b>使用方经办人</b> 办理" in page) == (False, True)
