"""An officer logs in with an upper-level identity service of another make, bound to issuer and subject alone."""

import html
import re
from datetime import timedelta

import psycopg
import pytest
from acting import NOW, PASSWORD, entries
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from desks import entered
from django.test import Client
from foreign_provider import SECRET
from signing_on import Browser, code_of, confirmed, fields, hidden, issuer, keyring, registered, staffed

from hutong.control.signon import operations
from hutong.control.signon.models import Binding, HandedCode
from hutong.control.units import factors, queries
from hutong.core import canonical, totp
from hutong.web import clock

__all__ = ["issuer", "keyring", "staffed"]


@pytest.mark.clause("SX-11-a")
def test_an_officer_is_bound_by_the_units_administrator_and_comes_in_by_the_service(staffed, issuer, keyring):
    confirmed(issuer, keyring=keyring)
    browser = Browser(issuer=issuer)
    unknown = browser.log_in()
    code = code_of(unknown)
    assert "赵磊" in unknown.content.decode() and "editor" not in unknown.content.decode()
    chief = entered("chief")
    page = chief.get("/zh/desk/signon/new/").content.decode()
    at = re.search(r'name="at" value="([^"]*)"', page)[1]
    bound = chief.post("/zh/desk/signon/new/", {"officer": "editor", "code": code.upper(), "at": at})
    assert bound.status_code == 302, bound.content.decode()
    (binding,) = Binding.objects.all()
    assert (binding.officer.user.username, binding.issuer, binding.subject) == ("editor", issuer, browser.subject)
    assert not HandedCode.objects.exists()
    came = browser.log_in(wanted="/zh/desk/grants/")
    assert (came.status_code, came.headers["Location"]) == (302, "/zh/desk/grants/")
    assert "赵磊" in browser.ours.get("/zh/desk/").content.decode()
    assert entries(staffed.url, "auth.login") >= 1
    assert [entries(staffed.url, f"signon.{event}") for event in ("service_proposed", "service_moved", "bound")] == [
        1, 1, 1,
    ]  # fmt: skip


@pytest.mark.clause("SX-11-a")
def test_an_officer_binds_the_own_account_by_the_code_and_the_password_and_unbinds_it(staffed, issuer, keyring):
    confirmed(issuer, keyring=keyring)
    browser = Browser("own", issuer=issuer)
    code = code_of(browser.log_in())
    address = "/zh/desk/signon/own/"
    client = entered("consumer")
    at = hidden(client.get(address).content.decode(), "at")
    wrong = client.post(address, {"code": code, "present": "wrong", "at": at}, follow=True)
    assert not Binding.objects.exists() and code not in wrong.content.decode()
    done = client.post(address, {"code": code, "present": PASSWORD, "at": at})
    assert done.status_code == 302
    page = client.get(address).content.decode()
    assert browser.subject in page
    again = client.post(address, {"code": code, "present": PASSWORD, "at": at})
    assert (again.status_code, Binding.objects.count()) == (302, 1)  # the second of two clicks
    assert browser.log_in().headers["Location"] == "/zh/desk/"
    ended = {"binding": Binding.objects.get().pk, "reason": "改用密码", "at": hidden(page, "at")}
    assert client.post(address, ended).status_code == 302
    assert Binding.objects.get().ended_by == "consumer"
    code_of(Browser("own", issuer=issuer).log_in())


@pytest.mark.clause("SX-11-a")
def test_the_second_factor_is_asked_for_after_the_service_unless_its_acr_is_listed(staffed, issuer, keyring):
    confirmed(issuer, keyring=keyring, acr="gold")
    secret = totp.new_secret()

    def shown(moment):
        code = TOTP(secret, 6, SHA1(), 30).generate(moment.timestamp()).decode()
        given = {"username": "editor", "code": code, "source": "10.0.0.1", "keyring": keyring}
        return factors.ShownCode(**given, at=moment, now=clock.now())

    factors.put(shown(clock.real() - timedelta(minutes=2)), present=PASSWORD, secret=secret)
    for who, asked in (("plain", True), ("second-gold", False), ("third-bronze", True)):
        browser = Browser(who, issuer=issuer)
        code = code_of(browser.log_in())
        chief = queries.actor("chief", now=NOW)
        operations.bind(code, username="editor", actor=chief, now=clock.now())
        answer = browser.log_in()
        if asked:
            assert answer.headers["Location"].startswith("/zh/login/code/"), who
            assert browser.ours.get("/zh/desk/").status_code == 302
        else:
            assert browser.ours.get("/zh/desk/").status_code == 200
        number = Binding.objects.get(ended_at__isnull=True).pk
        operations.unbind(number, reason="试验", actor=chief, now=clock.now())
    browser = Browser("plain", issuer=issuer)
    operations.bind(code_of(browser.log_in()), username="editor", actor=chief, now=clock.now())
    browser.log_in()
    at_last = browser.ours.post("/zh/login/code/", {"code": shown(clock.real()).code, "next": ""})
    assert at_last.headers["Location"] == "/zh/desk/"
    assert last_method(staffed.url) == "oidc:county+totp"


def last_method(url: str) -> str:
    with psycopg.connect(url, options="-c role=hutong_owner") as owner:
        (record,) = owner.execute(
            "select record from audit.entry where event = 'auth.login' order by id desc limit 1"
        ).fetchone()
    return canonical.loads(record)["method"]


def test_a_form_leads_on_to_the_service_where_one_is_in_force_and_nowhere_else(staffed, issuer, keyring):
    def allowed(client, address="/zh/login/"):
        return re.search(r"form-action ([^;]*);", client.get(address).headers["Content-Security-Policy"])[1]

    assert allowed(Client(HTTP_HOST="localhost")) == "'self'"
    confirmed(issuer, keyring=keyring)
    host = issuer.removesuffix("/o")
    assert allowed(Client(HTTP_HOST="localhost")) == f"'self' {host}"
    assert allowed(Client(HTTP_HOST="localhost"), "/zh/help/") == "'self'"
    browser = Browser(issuer=issuer)
    chief = queries.actor("chief", now=NOW)
    operations.bind(code_of(browser.log_in()), username="editor", actor=chief, now=clock.now())
    browser.log_in()
    assert allowed(browser.ours, "/zh/desk/") == f"'self' {host}"
    assert allowed(entered("consumer"), "/zh/desk/") == "'self'"
    left = browser.ours.post("/zh/logout/")
    assert left.headers["Location"].startswith(f"{issuer}/logout/?client_id=")
    assert browser.ours.get("/zh/desk/").status_code == 302


def test_a_service_that_is_switched_off_lets_nobody_in_who_is_on_the_way(staffed, issuer, keyring):
    service = confirmed(issuer, keyring=keyring)
    browser = Browser(issuer=issuer)
    back = browser.there(browser.begin())
    guard = queries.actor("guard", now=NOW)
    operations.take(service.pk, "switch_off", reason="试验", keyring=keyring, actor=guard, now=NOW)
    assert browser.come_back(back).status_code == 403
    assert browser.begin().status_code == 403


def test_a_registration_is_asked_of_the_service_and_its_secret_is_on_no_page(staffed, issuer, keyring):
    number = registered(issuer, acr="gold")
    for who in ("accounts", "guard"):
        page = entered(who).get(f"/zh/desk/signon/services/{number}/").content.decode()
        assert issuer in page and "gold" in page and SECRET not in html.unescape(page)
    refused = entered("accounts").post(
        "/zh/desk/signon/services/new/", {**fields("http://127.0.0.1:1/o"), "at": "1-"}, follow=True
    )
    assert "没有给出可用的答复" in refused.content.decode()
    assert entered("consumer").get("/zh/desk/signon/services/").status_code == 403
    assert entered("consumer").get("/zh/desk/signon/").status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_who_comes_back_speaks_the_language_in_which_the_login_began(staffed, issuer, keyring, language):
    confirmed(issuer, keyring=keyring)
    browser = Browser("stranger", issuer=issuer)
    begun = browser.ours.post(f"/{language}/login/with/county/", {"next": f"/{language}/desk/"})
    page = browser.come_back(browser.there(begun)).content.decode()
    assert ("尚未绑定账号" in page, "Bound to no account yet" in page) == (language == "zh", language == "en")
