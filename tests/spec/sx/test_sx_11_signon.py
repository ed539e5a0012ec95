"""Article 11, unified authentication: an officer comes in by an identity service, as issuer and subject say."""

from urllib.parse import parse_qs, urlsplit

import pytest
import services
from acting import NOW, PASSWORD, County, entries
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from desks import entered
from django.test import Client
from hostile_service import Hostile, hostile
from outcomes import came_of, result_of
from services import ISSUER, bound, handed, in_force, proposed, staff
from signing_on import Browser, code_of, confirmed, hidden, issuer, keyring, staffed

from hutong.control.signon import letting_in, operations, queries, sealing
from hutong.control.signon.letting_in import Vouched
from hutong.control.signon.models import Binding
from hutong.control.units import factors
from hutong.control.units import operations as members
from hutong.plane.keys import Keyring
from hutong.web import clock
from hutong.web.signon import provider

__all__ = ["issuer", "keyring", "staffed"]


@pytest.fixture
def service():
    with hostile() as opened:
        yield opened


def came(client: Client, service: Hostile, **claims: object) -> bool:
    """Begin a login at a service that says this in its token, come back, and return whether that let somebody in."""
    begun = client.post("/zh/login/with/county/", {"next": ""})
    if begun.status_code != 302:
        return False
    told = parse_qs(urlsplit(begun.headers["Location"]).query)
    service.claims = {"nonce": told["nonce"][0], **claims}
    client.get("/login/back/county/", {"code": "given", "state": told["state"][0]})
    return client.get("/zh/desk/").status_code == 200


@pytest.fixture
def behaving(county: County, service: Hostile, keyring: Keyring) -> Hostile:
    """A service in force, whose person 7001 is the editor."""
    described = provider.described(service.issuer)
    in_force(county, keyring, described=described, issuer=service.issuer, client_id="hutong")
    bound(county, issuer=service.issuer)
    return service


def browser() -> Client:
    return Client(HTTP_HOST="localhost", REMOTE_ADDR="10.0.0.1")


# SX-11-a: unified authentication; IS-2.2-a: whoever comes in is a person who was registered


@pytest.mark.clause("SX-11-a", "IS-2.2-a")
def test_who_is_bound_by_the_units_administrator_comes_in_by_a_service_of_another_make(staffed, issuer, keyring):
    confirmed(issuer, keyring=keyring)
    at_the_service = Browser("zhaolei", issuer=issuer)
    code = code_of(at_the_service.log_in())
    chief = entered("chief")
    page = chief.get("/zh/desk/signon/new/").content.decode()
    posted = {"officer": "editor", "code": code, "at": hidden(page, "at")}
    assert chief.post("/zh/desk/signon/new/", posted).status_code == 302
    assert at_the_service.log_in(wanted="/zh/desk/grants/").headers["Location"] == "/zh/desk/grants/"
    assert "赵磊" in at_the_service.ours.get("/zh/desk/").content.decode()
    somebody_else = Browser("editor", issuer=issuer)  # whom the service calls as the account is called
    code_of(somebody_else.log_in())
    assert somebody_else.ours.get("/zh/desk/").status_code == 302


@pytest.mark.clause("SX-11-a", "IS-2.2-a")
def test_an_account_is_whom_it_is_bound_to_and_a_name_or_another_issuer_lets_nobody_in(county, keyring):
    first = in_force(county, keyring)
    other = in_force(county, keyring, issuer="https://other.example", code="other")
    bound(county)

    def whose(service, subject: str, called: str = "") -> object:
        given = {"source": "10.0.0.1", "device": "", "now": NOW}
        found = result_of(letting_in.enter, service, Vouched(subject, "", called), **given)
        return found if isinstance(found, str) else found.actor.officer

    assert whose(first, "7001") == "editor"
    assert [whose(first, "editor", "editor"), whose(first, "7002", "赵磊"), whose(other, "7001")] == ["NOT_BOUND"] * 3
    members.set_active(username="editor", active=False, now=NOW, by="init")
    assert whose(first, "7001") == "LOGIN_REFUSED"
    members.set_active(username="editor", active=True, now=NOW, by="init")
    number = Binding.objects.get().pk
    operations.unbind(number, reason="离岗", actor=staff(county, "chief"), now=NOW)
    assert whose(first, "7001") == "NOT_BOUND"
    told = [entries(county.url, event) for event in ("auth.login", "auth.failed", "signon.bound", "signon.unbound")]
    assert told == [1, 5, 1, 1]


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other", "azp": "hutong"}, {"iss": "https://evil.example"}, {"nonce": "other"}, {"nonce": None},
        {"exp": 1}, {"iat": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_for_another_by_another_or_of_another_login_or_time_lets_nobody_in(county, behaving, claims):
    assert came(browser(), behaving)
    assert not came(browser(), behaving, **claims)


@pytest.mark.clause("SX-11-a")
def test_a_token_that_the_service_did_not_sign_lets_nobody_in(county, behaving):
    for header, signed in (
        ({"alg": "none"}, lambda data: b""), ({"alg": "RS256", "kid": "one"}, behaving.by_another),
        ({"alg": "HS256", "kid": "one"}, behaving.by_what_is_public),
    ):  # fmt: skip
        behaving.header, behaving.signed = header, signed
        assert not came(browser(), behaving)


@pytest.mark.clause("SX-11-a")
def test_a_login_comes_back_to_the_browser_in_which_it_began_and_to_no_other(county, behaving):
    begins, other = browser(), browser()
    told = parse_qs(urlsplit(begins.post("/zh/login/with/county/").headers["Location"]).query)
    behaving.claims = {"nonce": told["nonce"][0]}
    back = {"code": "given", "state": told["state"][0]}
    assert other.get("/login/back/county/", back).status_code == 410
    kept = begins.cookies["signon"].value
    assert begins.get("/login/back/county/", {**back, "state": "other"}).status_code == 410
    begins.cookies["signon"] = kept
    assert begins.get("/login/back/county/", back).status_code == 302


@pytest.mark.clause("SX-11-a")
def test_our_second_factor_is_asked_for_unless_the_services_acr_is_listed(county, behaving, keyring):
    secret = b"0" * 20
    shown = factors.ShownCode(
        username="editor", code=TOTP(secret, 6, SHA1(), 30).generate(clock.real().timestamp()).decode(),
        source="10.0.0.1", keyring=keyring, at=clock.real(), now=NOW,
    )  # fmt: skip
    factors.put(shown, present=PASSWORD, secret=secret)
    assert came(browser(), behaving, acr="gold")
    assert not came(browser(), behaving, acr="bronze")
    assert not came(browser(), behaving)


@pytest.mark.clause("SX-11-a")
def test_a_service_that_one_registers_another_confirms_and_before_that_it_lets_nobody_in(county, keyring):
    number = proposed(county, keyring)
    assert browser().post("/zh/login/with/county/").status_code == 403
    given = {"reason": "", "keyring": keyring, "now": NOW}
    for name in ("accounts", "chief"):
        assert came_of(operations.take, number, "confirm", actor=staff(county, name), **given) == "NOT_YOUR_ROLE"
    operations.take(number, "confirm", actor=staff(county, "guard"), **given)
    assert [each.code for each in queries.offered()] == ["county"]
    told = [entries(county.url, f"signon.service_{event}") for event in ("proposed", "moved")]
    assert told == [1, 1]


@pytest.mark.clause("SX-11-a")
def test_a_secret_is_sent_where_it_was_registered_for_and_nowhere_else(county, keyring):
    service = in_force(county, keyring)
    assert sealing.secret(service, keyring=keyring) == services.FACTS["secret"]
    service.token_address = "https://evil.example/token"
    assert came_of(sealing.secret, service, keyring=keyring) == "REGISTRATION_ALTERED"
    assert (service.issuer, bool(handed())) == (ISSUER, True)
