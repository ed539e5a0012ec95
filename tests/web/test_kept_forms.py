"""What was typed survives: a refused form has an address of its own, one sent after its login waits for its officer."""

import html
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from acting import NOW, PASSWORD
from browsing import Open
from desks import at, entered, words
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.test import Client
from test_forms_refused import GOOD

from hutong.control.sharing.models import Application
from hutong.control.units import operations as members
from hutong.control.units import sessions
from hutong.control.units.models import EndedSession, KeptForm
from hutong.core import defaults
from hutong.web.login import ended, kept_forms

LATER = NOW + timedelta(minutes=45)
"""After the login has ended for want of use."""
REASON = "社会救助暂行办法第十一条"
TYPED = {**GOOD, "legal_basis": REASON, "purpose": ""}
HOSTILE = '"><script>alert(1)</script>{{ 7|add:1 }}{% csrf_token %}&lt;'


def form_of(county) -> str:
    return f"/zh/desk/applications/new/{county.code}/"


def sent(client: Client, path: str, data: dict, **how):  # type: ignore[no-untyped-def]
    """Send a form and follow nothing."""
    return client.generic(
        "POST", path, urlencode(data, doseq=True), content_type="application/x-www-form-urlencoded", **how
    )


def came_in(client: Client, answer, username: str = "consumer", password: str = PASSWORD):  # type: ignore[no-untyped-def]
    """Log in where an answer leads, as the form there does, and return the page that follows."""
    wanted = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    led_to = sent(client, "/zh/login/", {"username": username, "password": password, "next": wanted})
    assert led_to.status_code == 302
    return client.get(led_to["Location"])


def text_of(answer) -> str:  # type: ignore[no-untyped-def]
    return html.unescape(answer.content.decode())


def kept_for(client: Client, county, data: dict = GOOD):  # type: ignore[no-untyped-def]
    """Send a form whose login ended for want of use; returns what leads to the login."""
    with at(LATER):
        return sent(client, form_of(county), {**data, "legal_basis": REASON})


@pytest.fixture
def out(county):
    """Return a browser in which a clerk's login has ended, though a form of it is open still."""
    with at(NOW):
        return entered("consumer")


def test_a_refused_form_has_an_address_that_shows_what_was_typed_and_every_fault(county):
    client = entered("consumer")
    refused = sent(client, form_of(county), {**TYPED, "matters": ""})
    assert (refused.status_code, refused["Location"].startswith(f"{form_of(county)}?kept=")) == (303, True)
    for reader in (client, client, entered("consumer")):
        page = reader.get(refused["Location"])
        told = text_of(page)
        assert (page.status_code, REASON in told, "有 2 处需要更正" in told) == (422, True, True)
    english = text_of(client.get(refused["Location"].replace("/zh/", "/en/")))
    assert ("2 things" in english, REASON in english) == (True, True)
    assert not Application.objects.exists()


def test_a_form_that_was_mended_is_forgotten_and_its_address_says_so(county):
    client = entered("consumer")
    address = sent(client, form_of(county), TYPED)["Location"]
    assert sent(client, address, GOOD).status_code == 302
    again = client.get(address)
    assert (again.status_code, "不再显示" in text_of(again), REASON in text_of(again)) == (200, True, False)
    assert not KeptForm.objects.exists()


def test_a_refusal_is_entered_once_however_often_its_page_is_read(county):
    def entries() -> int:
        with connection.cursor() as cur:
            cur.execute("select count(*) from audit.entry where event = 'desk.refused'")
            return cur.fetchone()[0]

    client, before = entered("consumer"), entries()
    refused = sent(client, form_of(county), {**TYPED, "matters": ""})
    assert entries() == before + 1
    for _ in range(3):
        client.get(refused["Location"])
    assert entries() == before + 1


@pytest.mark.parametrize("who", ["editor", "authority"])
def test_nobody_else_sees_a_kept_form(county, who):
    address = sent(entered("consumer"), form_of(county), TYPED)["Location"]
    assert REASON not in text_of(entered(who).get(address))


def test_a_kept_form_is_of_its_page_and_of_its_token_alone(county):
    client = entered("consumer")
    address = sent(client, form_of(county), TYPED)["Location"]
    no = county.draft()
    token = address.partition("kept=")[2]
    form = form_of(county)
    for other in (
        f"/zh/desk/applications/{no}/edit/?kept={token}", f"{form}?kept={token[:-1]}", f"{form}?kept=",
        f"{form}?kept={'A' * 5000}", f"{form}?kept=%F0%9F%98%80",
    ):  # fmt: skip
        page = client.get(other)
        assert (page.status_code, REASON in text_of(page)) == (200, False)


def test_what_is_kept_cannot_be_read_or_changed_without_the_key_of_the_pages(county):
    client = entered("consumer")
    address = sent(client, form_of(county), TYPED)["Location"]
    kept = KeptForm.objects.get()
    assert REASON.encode() not in bytes(kept.sealed)
    assert b"legal_basis" not in bytes(kept.sealed)
    token = address.partition("kept=")[2]
    assert token not in (kept.pk, kept.pk[: len(token)])
    forged = bytearray(kept.sealed)
    forged[-1] ^= 1
    KeptForm.objects.update(sealed=bytes(forged))
    assert REASON not in text_of(client.get(address))
    KeptForm.objects.update(sealed=bytes(kept.sealed))
    assert REASON in text_of(client.get(address))
    secret = settings.SECRET_KEY
    settings.SECRET_KEY = "x" * 64
    try:
        assert REASON not in text_of(entered("consumer").get(address))
    finally:
        settings.SECRET_KEY = secret


def test_hostile_text_comes_back_as_text(county):
    page = entered("consumer").post(form_of(county), {**TYPED, "legal_basis": HOSTILE})
    raw = page.content.decode()
    assert (page.status_code, HOSTILE in text_of(page), "<script>alert" in raw, "csrfmiddlewaretoken" in raw) == (
        422, True, False, True,
    )  # fmt: skip


@pytest.mark.parametrize("between", [0, pytest.param(10_000, marks=[pytest.mark.full, pytest.mark.timeout(3600)])])
def test_of_many_forms_an_officer_has_a_few_kept_the_newest(county, between):
    """Those at both ends are sent to the page; those between are kept as it keeps them."""
    client, room = entered("consumer"), defaults.number("login.forms")

    def sent_with(number: int) -> str:
        return sent(client, form_of(county), {**TYPED, "quota": f"{number}"})["Location"]

    first = sent_with(1)
    assert re.search(r'name="quota"[^>]*value="1"', text_of(client.get(first)))
    for number in range(between):
        now = settings.CLOCK()
        typed = kept_forms.ShownAgain(kept_forms.REFUSED, QueryDict(f"quota={number}"), (), now)
        kept_forms.keep(typed, page=form_of(county), officer="consumer", until_at=now + timedelta(hours=1))
    addresses = [sent_with(number) for number in range(2, room + 2)]
    assert KeptForm.objects.count() == room
    assert re.search(r'name="quota"[^>]*value="1"', text_of(client.get(first))) is None
    for number in (2, room + 1):  # the oldest that is kept, and the newest
        assert re.search(rf'name="quota"[^>]*value="{number}"', text_of(client.get(addresses[number - 2])))


def test_a_form_too_large_to_be_kept_is_shown_at_once(county):
    large = {**TYPED, "items": [f"{n:090}" for n in range(2500)], "legal_basis": REASON}
    page = sent(entered("consumer"), form_of(county), large)
    assert (page.status_code, REASON in text_of(page), KeptForm.objects.exists()) == (422, True, False)


def test_a_form_whose_login_had_ended_waits_for_its_officer_and_is_sent_by_a_click_alone(county, out):
    refused = kept_for(out, county)
    login = text_of(out.get(refused["Location"]))
    assert (refused.status_code, "已加密保存，最长 12 小时" in login, REASON in login) == (302, True, False)
    with at(LATER):
        page = came_in(out, refused)
    told = text_of(page)
    assert (page.status_code, REASON in told, "请核对后自行提交" in told) == (200, True, True)
    assert re.search(r'value="name"\s+checked', told)
    assert not Application.objects.exists()
    address = f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}"
    with at(LATER):
        made = sent(out, address, {**GOOD, "legal_basis": REASON})
    assert (made.status_code, Application.objects.get().legal_basis) == (302, REASON)
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize("how", ["cookie", "left", "idle"])
def test_however_a_login_ended_by_itself_the_form_is_kept(county, out, how):
    with at(NOW + timedelta(minutes=10)):
        if how == "left":
            out.post("/zh/logout/")
        if how == "cookie":
            del out.cookies["sessionid"]
    with at(LATER if how == "idle" else NOW + timedelta(minutes=11)):
        refused = sent(out, form_of(county), {**GOOD, "legal_basis": REASON})
        assert "why=kept" in refused["Location"]
        assert REASON in text_of(came_in(out, refused))


def test_another_officer_who_logs_in_on_that_browser_never_sees_it_and_its_own_does_afterwards(county, out):
    refused = kept_for(out, county)
    with at(LATER):
        other = came_in(out, refused, "editor")
        assert (REASON in text_of(other), "请核对后自行提交" in text_of(other)) == (False, False)
        out.post("/zh/logout/")
        assert REASON in text_of(came_in(out, refused))


def test_on_another_device_the_same_officer_does_not_see_it(county, out):
    refused = kept_for(out, county)
    with at(LATER):
        assert REASON not in text_of(came_in(Client(HTTP_HOST="localhost"), refused))


@pytest.mark.parametrize(("hours", "stays"), [(11.9, True), (12.1, False)])
def test_it_is_kept_for_twelve_hours_from_the_end_of_the_login(county, out, hours, stays):
    refused, idle = kept_for(out, county), NOW + timedelta(minutes=30)
    with at(idle + timedelta(hours=hours)):
        assert (REASON in text_of(came_in(out, refused))) is stays


def test_a_form_of_a_login_that_ended_long_ago_is_not_kept(county, out):
    with at(LATER):
        out.get("/zh/desk/")
    with at(NOW + timedelta(hours=13)):
        refused = sent(out, form_of(county), GOOD)
        assert ("why=lost" in refused["Location"], KeptForm.objects.exists()) == (True, False)
        assert "也没有保存下来" in text_of(out.get(refused["Location"]))
        sessions.forget_past(now=NOW + timedelta(hours=13))
    assert not EndedSession.objects.exists()


def test_of_who_was_stopped_nothing_is_kept_and_what_was_kept_is_forgotten(county, out):
    kept_for(out, county)
    assert KeptForm.objects.count() == 1
    with at(LATER):
        members.set_active(username="consumer", active=False, now=LATER, by="init")
        assert not KeptForm.objects.exists()
        assert "why=lost" in sent(out, form_of(county), GOOD)["Location"]
    assert not KeptForm.objects.exists()


def test_from_a_login_that_somebody_ended_nothing_is_kept_as_after_a_change_of_password(county):
    thief, own = entered("consumer"), entered("consumer")
    new = "another-long-password-1"
    assert sent(own, "/zh/account/", {"present": PASSWORD, "password": new, "again": new}).status_code == 302
    left = sent(thief, form_of(county), {**GOOD, "legal_basis": REASON})
    assert ("why=lost" in left["Location"], KeptForm.objects.exists()) == (True, False)


def test_what_was_kept_before_a_new_password_is_shown_after_it_on_the_same_device(county, out):
    refused, new = kept_for(out, county), "another-long-password-1"
    members.set_password(username="consumer", password=new, now=LATER, by="init")
    with at(LATER):
        asked = came_in(out, refused, password=new)
        wanted = parse_qs(urlsplit(asked["Location"]).query)["next"][0]
        own = {"password": "one-of-my-own-2", "again": "one-of-my-own-2", "next": wanted}
        assert REASON in text_of(out.get(sent(out, asked["Location"], own)["Location"]))


@pytest.mark.parametrize("cookie", ["", "x", "forged"])
def test_whose_login_it_was_is_believed_of_our_cookie_alone(county, out, cookie):
    value = out.cookies[ended.COOKIE].value
    out.cookies[ended.COOKIE] = cookie if cookie != "forged" else value[:-2] + ("AA" if value[-2:] != "AA" else "BB")
    assert ("why=lost" in kept_for(out, county)["Location"], KeptForm.objects.exists()) == (True, False)


def test_no_password_and_no_subject_that_is_looked_up_is_ever_kept(county, out):
    with at(LATER):
        given = {"present": PASSWORD, "password": "secret-of-mine-1", "again": "secret-of-mine-1"}
        refused = sent(out, "/zh/account/", given)
        page = came_in(out, refused)
    assert "secret-of-mine-1" not in text_of(page)
    assert sent(out, "/zh/account/second-factor/", {"present": "x", "code": "1"}).status_code in (302, 403, 422)
    client = entered("consumer")
    wrong = sent(client, "/zh/account/", {**given, "present": "wrong"})
    assert (wrong.status_code, "secret-of-mine-1" in text_of(client.get(wrong["Location"]))) == (303, False)


def test_files_are_not_kept_and_named_to_be_chosen_again(county):
    with at(NOW):
        client = entered("editor")
    with at(LATER):
        file = SimpleUploadedFile("六月户籍.csv", b"code,name\n1,x\n")
        refused = client.post("/zh/desk/deliveries/", {"code": county.code, "key": "k-7", "file": file})
        assert "why=kept" in refused["Location"]
        told = text_of(came_in(client, refused, "editor"))
    assert ("请重新选择：六月户籍.csv" in told, 'value="k-7"' in told) == (True, True)


def test_a_form_of_the_first_tab_survives_a_login_in_the_second(county):
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)

    def token(path: str) -> str:
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(path).content.decode())[1]

    def log_in(username: str) -> None:
        path = "/zh/login/"
        form = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token(path)}
        assert sent(client, path, form).status_code == 302

    log_in("consumer")
    old = token(form_of(county))
    log_in("consumer")
    form = {**GOOD, "legal_basis": REASON, "csrfmiddlewaretoken": old}
    shown = sent(client, form_of(county), form)
    assert (shown.status_code, Application.objects.exists()) == (303, False)
    page = client.get(shown["Location"])
    assert (page.status_code, REASON in text_of(page)) == (200, True)
    forged = sent(client, form_of(county), {**form, "csrfmiddlewaretoken": "a" * 64})
    assert (forged.status_code, KeptForm.objects.count()) == (403, 1)
    elsewhere = sent(client, form_of(county), form, HTTP_ORIGIN="http://evil.example")
    assert (elsewhere.status_code, KeptForm.objects.count()) == (403, 1)
    log_in("editor")
    other = sent(client, form_of(county), form)
    assert (other.status_code, KeptForm.objects.count()) == (403, 1)


def test_the_reason_for_a_step_that_a_colleague_was_before_in_is_shown_to_be_copied(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    client, page = entered("competent"), f"/zh/desk/applications/{no}/"
    at_ = re.search(r'name="at" value="([^"]+)"', client.get(page).content.decode())[1]
    county.take(no, "endorse", by="competent")
    hire_reason = "材料不齐，请补充会议纪要"
    refused = sent(client, page, {"action": "return", "reason": hire_reason, "at": at_})
    told = words(client.get(refused["Location"]))
    assert (refused.status_code, hire_reason in told, "可以复制后另用" in told) == (303, True, True)


@pytest.mark.full
def test_back_and_reload_show_the_refused_form_in_a_browser(window: Open, county):
    opened = window().enter("consumer")
    page = opened.go(form_of(county))
    for name, said in {"legal_basis": REASON, "purpose": "two words", "matters": "DB-002"}.items():
        page.fill(f"[name={name}]", said)
    page.locator("form.long button").first.click()
    page.wait_for_url("**kept=*")
    opened.go("/zh/desk/")
    page.go_back()
    assert page.input_value("[name=legal_basis]") == REASON
    page.reload()
    assert page.input_value("[name=legal_basis]") == REASON
