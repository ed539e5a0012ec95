"""An officer sets a second factor, is asked for it at the login, and loses nothing with a lost telephone."""

import base64
import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from acting import NOW, PASSWORD, entries
from browsing import follow
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.test import Client

from hutong.control.units import factors, operations, queries
from hutong.core import defaults
from hutong.plane.keys import Keyring
from hutong.web import clock, plane
from hutong.web.login import sessions

CODES = defaults.number("login.codes")
PAGE = "/zh/account/second-factor/"
LOGIN = "/zh/login/"
CODE = "/zh/login/code/"


@pytest.fixture(autouse=True)
def _keys(tmp_path, monkeypatch):
    ring = Keyring.create(tmp_path / "keyring.json")
    monkeypatch.setattr(plane, "keyring", lambda: ring)


@pytest.fixture
def later(monkeypatch) -> Callable[[float], None]:
    """Let the telephones' clock, and the platform's with it, go on by so many seconds."""
    gone = [0.0]
    for name in ("real", "now"):
        told = getattr(clock, name)
        monkeypatch.setattr(clock, name, lambda told=told: told() + timedelta(seconds=gone[0]))

    def go_on(seconds: float) -> None:
        gone[0] += seconds

    return go_on


def password(client: Client, given: str = PASSWORD, *, wanted: str = "/zh/desk/grants/"):
    return client.post(LOGIN, {"username": "editor", "password": given, "next": wanted})


def come_in() -> Client:
    client = Client(HTTP_HOST="localhost", REMOTE_ADDR="10.0.0.1")
    assert password(client, wanted="").headers.get("location", "") == "/zh/desk/"
    return client


class Telephone:
    """An authenticator app that has read the key from a page."""

    def __init__(self, page: str) -> None:
        written = re.search(r"<dd><code>([A-Z2-7 ]+)</code></dd>", page)
        offer = re.search(r'name="offer" value="([^"]+)"', page)
        assert written and offer
        self.offer = html.unescape(offer[1])
        self.secret = base64.b32decode(written[1].replace(" ", ""))

    def code(self) -> str:
        return self.code_in(0)

    def code_in(self, seconds: float) -> str:
        return TOTP(self.secret, 6, SHA1(), 30).generate(int(clock.real().timestamp() + seconds)).decode()

    def form(self, **changes) -> dict[str, str]:
        return {"action": "put", "offer": self.offer, "present": PASSWORD, "code": self.code(), **changes}


def put(client: Client) -> tuple[Telephone, list[str]]:
    telephone = Telephone(client.get(PAGE).content.decode())
    told = client.post(PAGE, telephone.form())
    assert told.status_code == 200
    return telephone, re.findall(r"\b\w{5}-\w{5}-\w{5}\b", told.content.decode())


@pytest.mark.clause("SX-11-a")
def test_who_set_one_comes_in_with_password_and_code_only(county, later):
    telephone, codes = put(come_in())
    later(60)
    client = Client(HTTP_HOST="localhost", REMOTE_ADDR="10.0.0.1")
    before = entries(county.url, "auth.login")

    assert password(client).headers.get("location", "") == f"{CODE}?next=%2Fzh%2Fdesk%2Fgrants%2F"
    assert client.get("/zh/desk/").headers.get("location", "").startswith(LOGIN)
    assert entries(county.url, "auth.login") == before
    told = client.post(CODE, {"code": telephone.code(), "next": "/zh/desk/grants/"})
    assert (told.status_code, told.headers.get("location", "")) == (302, "/zh/desk/grants/")
    assert client.get("/zh/desk/").status_code == 200
    assert entries(county.url, "auth.login") == before + 1
    assert len(codes) == 10


def test_a_recovery_code_stands_in_for_a_lost_telephone(county):
    _, codes = put(come_in())
    client = Client(HTTP_HOST="localhost")
    password(client)

    assert client.post(CODE, {"code": codes[3]}).status_code == 302
    assert "剩余恢复码：9" in client.get("/zh/account/").content.decode()


@pytest.mark.clause("SX-11-a")
def test_a_wrong_code_is_told_entered_and_after_some_none_is_taken(county, later):
    telephone, _ = put(come_in())
    later(60)
    client = Client(HTTP_HOST="localhost")
    password(client)
    for _ in range(CODES):
        told = client.post(CODE, {"code": "000000"})
        assert (told.status_code, "恢复码不正确" in told.content.decode()) == (401, True)

    assert entries(county.url, "auth.failed") == CODES
    later(121)
    answer = client.post(CODE, {"code": telephone.code()})
    page = answer.content.decode()
    assert (answer.status_code, "CODES_BLOCKED" in page, "13分钟内不再核对" in page) == (429, True, True)
    assert 12 * 60 < int(answer.headers["retry-after"]) <= 13 * 60
    assert "手机不在身边的，输入一个没有用过的恢复码" in page
    assert client.get("/zh/desk/").status_code == 302


def test_the_code_is_asked_only_of_who_gave_the_password_a_short_while_ago(county, later):
    telephone, _ = put(come_in())
    client = Client(HTTP_HOST="localhost")
    assert client.get(CODE).headers.get("location", "").startswith(LOGIN)
    password(client)
    assert client.get(CODE).status_code == 200
    later(sessions.HALFWAY_SECONDS + 1)

    assert client.post(CODE, {"code": telephone.code()}).headers.get("location", "").startswith(LOGIN)
    assert client.get("/zh/desk/").status_code == 302


def test_a_session_from_before_the_password_is_not_asked_for_a_code(county):
    put(come_in())
    client = Client(HTTP_HOST="localhost")
    password(client)
    before = client.cookies["sessionid"].value
    password(client)
    assert client.cookies["sessionid"].value != before

    stale = Client(HTTP_HOST="localhost")
    stale.cookies["sessionid"] = before
    assert stale.get(CODE).headers.get("location", "").startswith(LOGIN)


def test_a_password_changed_in_between_is_asked_for_again(county, later):
    telephone, _ = put(come_in())
    later(60)
    client = Client(HTTP_HOST="localhost")
    password(client)
    operations.set_password(username="editor", password="another horse 互通", now=NOW, by="operator")

    assert client.post(CODE, {"code": telephone.code()}).headers.get("location", "").startswith(LOGIN)


def test_an_officer_stopped_in_between_stays_outside(county, later):
    telephone, _ = put(come_in())
    later(60)
    client = Client(HTTP_HOST="localhost")
    password(client)
    operations.set_active(username="editor", active=False, now=NOW, by="operator")

    assert client.post(CODE, {"code": telephone.code()}).status_code == 404
    assert client.get("/zh/desk/").status_code == 302


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_after_the_code(county, later, wanted):
    telephone, _ = put(come_in())
    later(60)
    client = Client(HTTP_HOST="localhost")
    assert password(client, wanted=wanted).headers.get("location", "").startswith(f"{CODE}?next=")

    assert client.post(CODE, {"code": telephone.code(), "next": wanted}).headers.get("location", "") == "/zh/desk/"


@pytest.mark.clause("SX-11-a", "IS-4.2-a")
def test_setting_one_ends_the_other_logins_and_so_does_removing_it(county, later):
    here, elsewhere = come_in(), come_in()
    telephone, _ = put(here)

    assert here.get("/zh/desk/").status_code == 200
    assert ["赵磊" in client.get("/zh/").content.decode() for client in (here, elsewhere)] == [True, False]
    assert elsewhere.get("/zh/desk/").headers.get("location", "") == "/zh/login/?next=/zh/desk/&why=over"
    later(60)
    told = here.post(PAGE, {"action": "remove", "code": telephone.code()})
    assert (told.status_code, told.headers.get("location", "")) == (302, PAGE)
    assert here.get("/zh/desk/").status_code == 200
    assert password(Client(HTTP_HOST="localhost"), wanted="").headers.get("location", "") == "/zh/desk/"


@pytest.mark.clause("SX-11-a", "IS-4.2-a")
def test_one_taken_away_by_the_operator_ends_the_logins_under_it(county):
    client = come_in()
    put(client)
    factors.reset(username="editor", now=NOW, by="operator")

    assert client.get("/zh/desk/").headers.get("location", "").startswith(LOGIN)


def test_new_recovery_codes_are_shown_once(county, later):
    client = come_in()
    telephone, old = put(client)
    later(60)
    told = client.post(PAGE, {"action": "renew", "code": telephone.code()}).content.decode()
    new = re.findall(r"\b\w{5}-\w{5}-\w{5}\b", told)

    assert (len(new), set(new) & set(old)) == (10, set())
    assert new[0] not in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("changes", "status", "told"),
    [
        ({"present": "wrong"}, 403, "当前密码不正确"),
        ({"code": "000000"}, 401, "恢复码不正确"),
        ({"offer": "forged"}, 410, "密钥已过期"),
    ],
)
def test_a_refusal_says_why_and_keeps_the_key_the_telephone_has_read(county, changes, status, told):
    client = come_in()
    telephone = Telephone(client.get(PAGE).content.decode())
    answer = client.post(PAGE, telephone.form(**changes))
    page = answer.content.decode()

    assert (answer.status_code, told in page) == (status, True)
    assert (Telephone(page).secret == telephone.secret) == ("offer" not in changes)
    assert queries.factor("editor") is None


def test_a_key_offered_to_another_officer_is_none_of_ours(county):
    client = Client(HTTP_HOST="localhost")
    client.post(LOGIN, {"username": "approver", "password": PASSWORD})
    theirs = Telephone(client.get(PAGE).content.decode())

    assert come_in().post(PAGE, theirs.form()).status_code == 410


@pytest.mark.clause("SX-11-a")
def test_who_must_have_one_does_nothing_before_it_is_set(county, monkeypatch):
    monkeypatch.setattr(settings, "FACTOR_ROLES", frozenset({"provider_editor"}))
    client = come_in()

    for page in ("/zh/desk/", "/zh/account/", "/zh/desk/deliveries/"):
        assert client.get(page).headers.get("location", "") == PAGE
    assert "您的角色须启用双因素认证" in client.get(PAGE).content.decode()
    put(client)
    assert client.get("/zh/desk/").status_code == 200
    other = Client(HTTP_HOST="localhost")
    other.post(LOGIN, {"username": "consumer", "password": PASSWORD})
    assert other.get("/zh/desk/").status_code == 200


def test_pages_in_both_languages_hold_no_script_but_the_one_of_every_page_and_are_not_kept(county):
    client = come_in()
    for language, told in (("zh", "双因素认证"), ("en", "Two-factor login")):
        answer = client.get(f"/{language}/account/second-factor/")
        page = answer.content.decode()
        assert told in page
        assert re.findall("<script[^>]*>[^<]*", page) == ['<script src="/static/js/hutong.js" defer>']
        assert not re.search(r"\son[a-z]+=|javascript:", page)
        assert " style=" not in page
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_picture_is_an_image_of_the_key(county):
    page = come_in().get(PAGE).content.decode()
    drawn = re.search(r'src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"', page)

    assert drawn is not None
    assert base64.b64decode(drawn[1]).lstrip().startswith((b"<?xml", b"<svg"))


@pytest.mark.full
def test_a_person_sets_one_and_logs_in_with_it_on_screens_of_any_width(county, window):
    opened = window().enter("editor")
    wide = []

    def look(name: str) -> None:
        for width in (1440, 390):
            opened.page.set_viewport_size({"width": width, "height": 900})
            opened.keep(f"{width}-second-factor-{name}")
            wide.extend([(name, width)] if opened.overflow() > 0 else [])

    page = opened.go("/en/account/second-factor/")
    look("offer-en")
    page = opened.go(PAGE)
    telephone = Telephone(page.content())
    page.fill("[name=present]", PASSWORD)
    page.fill("[name=code]", telephone.code())
    look("offer")
    follow(page.locator("main form button").first)
    look("codes")
    follow(page.locator("main a.button").first)
    opened.go(PAGE)
    look("set")
    opened.go("/zh/account/")
    look("account")
    follow(page.locator("header form button").first)
    opened.go(LOGIN)
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", PASSWORD)
    follow(page.locator("main button").first)
    page.fill("[name=code]", "000000")
    follow(page.locator("main button").first)
    look("login")
    page.fill("[name=code]", telephone.code_in(30))
    follow(page.locator("main button").first)

    assert page.url.endswith("/zh/desk/")
    assert wide == []
