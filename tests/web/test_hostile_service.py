"""What a wrong, slow or hostile identity service answers lets nobody in, and keeps nobody waiting for long."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
import services
from acting import NOW, County, entries
from desks import at
from django.test import Client
from hostile_service import Hostile, dripping, endless, hostile, leading, send
from signing_on import HOST, keyring

from hutong.control.signon import operations
from hutong.control.signon.models import HandedCode, IdentityService
from hutong.core.errors import Problem
from hutong.plane.keys import Keyring
from hutong.web.signon import asking, provider

__all__ = ["keyring"]


@pytest.fixture
def service():
    with hostile() as opened:
        yield opened


@pytest.fixture(autouse=True)
def march():
    """The platform's clock stands where the county was made; that of the service goes on."""
    with at(NOW):
        yield


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(asking, "MOST_SECONDS", 1.0)


def registered(county: County, service: Hostile, keyring: Keyring) -> IdentityService:
    """Register a service that behaves so far, and bind an officer whom it knows."""
    described = provider.described(service.issuer)
    found = services.in_force(county, keyring, described=described, issuer=service.issuer, client_id="hutong")
    services.bound(county, issuer=service.issuer)
    service.asked.clear()
    return found


def browser() -> Client:
    return Client(HTTP_HOST=HOST, REMOTE_ADDR="10.0.0.1")


def begun(client: Client, service: Hostile) -> dict[str, str]:
    """Begin a login, and return what the service was told of it; its next token is for that login."""
    answer = client.post("/zh/login/with/county/", {"next": ""})
    assert answer.status_code == 302, answer.content.decode()
    told = {name: value for name, (value,) in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    service.claims.setdefault("nonce", told["nonce"])
    return told


def come_back(client: Client, **said: str):
    return client.get("/login/back/county/", {"code": "given", **said})


def in_by(client: Client) -> bool:
    return client.get("/zh/desk/").status_code == 200


def test_who_is_bound_comes_in_and_the_service_is_shown_secret_and_verifier(county, service, keyring):
    registered(county, service, keyring)
    client = browser()
    told = begun(client, service)
    assert (told["response_type"], told["code_challenge_method"], told["client_id"]) == ("code", "S256", "hutong")
    assert come_back(client, state=told["state"], iss=service.issuer).headers["Location"] == "/zh/desk/"
    assert in_by(client)
    ((path, form, authorization),) = service.asked
    assert (path, form["code"], form["redirect_uri"]) == ("/token", ["given"], [f"http://{HOST}/login/back/county/"])
    assert authorization.startswith("Basic ") and len(form["code_verifier"][0]) >= 43


NOW_SECONDS = int(time.time())
WRONG = {
    "for another": {"aud": "other"}, "for another, by us": {"aud": "other", "azp": "hutong"},
    "for another, too": {"aud": ["hutong", "other"]},
    "of another party": {"azp": "other"}, "by another issuer": {"iss": "https://evil.example"},
    "of another login": {"nonce": "other"}, "of no login": {"nonce": None}, "over": {"exp": NOW_SECONDS - 120},
    "without an end": {"exp": None}, "made long ago": {"iat": NOW_SECONDS - 3600, "exp": NOW_SECONDS + 3600},
    "not yet": {"nbf": NOW_SECONDS + 3600}, "of tomorrow": {"iat": NOW_SECONDS + 86400, "exp": NOW_SECONDS + 90000},
    "of nobody": {"sub": None}, "of nothing": {"sub": ""}, "of a number": {"sub": 7001},
    "of a list": {"sub": ["7001"]}, "of too much": {"sub": "7" * 300}, "of another's access": {"at_hash": "AAAA"},
    "made at words": {"iat": "today"},
}  # fmt: skip


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_that_says_anything_else_lets_nobody_in(county, service, keyring, wrong):
    registered(county, service, keyring)
    client = browser()
    service.claims = dict(WRONG[wrong])
    told = begun(client, service)
    answer = come_back(client, state=told["state"])
    assert (answer.status_code, in_by(client)) == (401, False)
    assert not HandedCode.objects.exists()
    assert entries(county.url, "auth.failed") == 1


def unsigned(service):
    service.header, service.signed = {"alg": "none"}, lambda data: b""


def shared(service):
    service.header, service.signed = {"alg": "HS256", "kid": "one"}, service.by_what_is_public


def anothers(service):
    service.signed = service.by_another


def own_key(service):
    service.signed = service.by_another
    public = service.others.public_key().public_numbers()
    from hostile_service import number  # beside its use: a header brings its own key

    service.header = {"alg": "RS256", "jwk": {"kty": "RSA", "n": number(public.n), "e": number(public.e)}}


def altered(service):
    service.signed = lambda data: service.by_its_key(data + b"x")


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("sign", [unsigned, shared, anothers, own_key, altered], ids=lambda each: each.__name__)
def test_a_token_that_the_service_did_not_sign_lets_nobody_in(county, service, keyring, sign):
    registered(county, service, keyring)
    client = browser()
    sign(service)
    told = begun(client, service)
    answer = come_back(client, state=told["state"])
    assert (answer.status_code, in_by(client)) == (401, False)


ANSWERS = {
    "endless": endless, "dripping": dripping, "leading elsewhere": leading("http://169.254.169.254/latest/"),
    "failing": lambda asked: send(asked, b"broken", status=500), "no words": lambda asked: send(asked, b"\xff\xfe"),
    "a list": lambda asked: send(asked, b"[1]"), "deep": lambda asked: send(asked, b"[" * 100_000),
    "no token": lambda asked: send(asked, b'{"access_token": "a"}'),
    "a number": lambda asked: send(asked, b'{"id_token": 7}'),
    "no answer": lambda asked: asked.wfile.write(b"SSH-2.0\r\n"),
    "a refusal": lambda asked: send(asked, b'{"error": "invalid_grant"}', status=400),
}  # fmt: skip


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("answer", ANSWERS)
def test_whatever_the_service_answers_instead_of_a_token_lets_nobody_in_and_is_over_soon(
    county, service, keyring, quick, answer
):
    registered(county, service, keyring)
    client = browser()
    told = begun(client, service)
    service.pages["/token"] = ANSWERS[answer]
    began = time.monotonic()
    found = come_back(client, state=told["state"])
    assert time.monotonic() - began < 8
    assert (found.status_code in (401, 503), in_by(client)) == (True, False)
    assert [path for path, _, _ in service.asked] == ["/token"]


@pytest.mark.parametrize(
    ("described", "fault"),
    [
        ({"issuer": "https://evil.example"}, "ISSUER_OTHER"),
        *(
            (places, "ADDRESS_ELSEWHERE")
            for places in (
                {"token_endpoint": "http://10.0.0.1/token"}, {"jwks_uri": "http://127.0.0.1:1/keys"},
                {"jwks_uri": "file:///etc/passwd"}, {"authorization_endpoint": "javascript:alert(1)"},
                {"token_endpoint": None}, {"end_session_endpoint": "https://evil.example/"},
            )
        ),
        ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, "NO_ALGORITHM"),
        ({"response_types_supported": ["token"]}, "NO_CODE_FLOW"),
        ({"code_challenge_methods_supported": ["plain"]}, "NO_PKCE"),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, "NO_AUTHENTICATION"),
    ],
)  # fmt: skip
def test_a_service_that_says_anything_else_of_itself_is_not_registered(service, described, fault):
    service.described = described
    with pytest.raises(Problem) as refused:
        provider.described(service.issuer)
    assert refused.value.facts["service_fault"] == fault


@pytest.mark.parametrize("page", ["endless", "dripping", "leading elsewhere", "failing", "no words", "a list", "deep"])
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
def test_a_description_is_bounded_in_size_time_and_detours(service, quick, page, path):
    service.pages[path] = ANSWERS[page]
    began = time.monotonic()
    with pytest.raises(Problem):
        provider.described(service.issuer)
    assert time.monotonic() - began < 8


@pytest.mark.parametrize(
    "keys",
    [b'{"keys": []}', b'{"keys": 7}', b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', b'{"keys": [{"kty": "RSA"}]}'],
)
def test_keys_that_verify_nothing_are_not_registered(service, keys):
    service.pages["/keys"] = lambda asked: send(asked, keys)
    with pytest.raises(Problem):
        provider.described(service.issuer)


@pytest.mark.clause("SX-11-a")
def test_who_comes_back_without_having_begun_here_is_not_let_in(county, service, keyring):
    registered(county, service, keyring)
    begins, other = browser(), browser()
    told = begun(begins, service)
    for client, said in (
        (other, {"state": told["state"]}), (begins, {"state": "other"}), (begins, {}),
        (begins, {"state": told["state"], "iss": "https://evil.example"}),
    ):  # fmt: skip
        kept = dict(begins.cookies)
        assert come_back(client, **said).status_code == 410
        begins.cookies.update(kept)
    assert service.asked == []
    assert come_back(begins, state=told["state"]).status_code == 302


def test_a_service_that_changed_its_keys_is_asked_for_them_once(county, service, keyring):
    registered(county, service, keyring)
    client = browser()
    service.header = {"alg": "RS256", "kid": "two"}
    told = begun(client, service)
    assert come_back(client, state=told["state"]).status_code == 401
    assert [path for path, _, _ in service.asked] == ["/token"]  # they were read just now
    service.kid = "two"
    with at(NOW + 2 * operations.KEYS_PAUSE):
        for answer in ("/zh/desk/", "/zh/desk/"):
            client = browser()
            service.claims.clear()
            told = begun(client, service)
            assert come_back(client, state=told["state"]).headers["Location"] == answer
    assert [path for path, _, _ in service.asked] == ["/token", "/token", "/keys", "/token"]


@pytest.mark.clause("SX-11-a")
def test_who_tries_codes_again_and_again_waits_and_floods_are_folded(county, service, keyring):
    registered(county, service, keyring)
    service.pages["/token"] = ANSWERS["a refusal"]
    client, found = browser(), []
    for _ in range(9):
        told = begun(client, service)
        found.append(come_back(client, state=told["state"]).status_code)
    assert found == [401] * 8 + [429]
    assert len(service.asked) == 8
    assert entries(county.url, "auth.blocked") == 1


@pytest.mark.clause("SX-11-a")
def test_a_way_back_that_was_gone_once_is_not_gone_again(county, service, keyring):
    registered(county, service, keyring)
    client, other = browser(), browser()
    told = begun(client, service)
    assert come_back(client, state=told["state"]).headers["Location"] == "/zh/desk/"
    asked = list(service.asked)
    for again in (client, other):
        assert come_back(again, state=told["state"]).status_code == 410
    assert service.asked == asked


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil"]
)
def test_a_login_by_a_service_leads_on_to_this_host_alone(county, service, keyring, wanted):
    registered(county, service, keyring)
    client = browser()
    told = parse_qs(urlsplit(client.post("/zh/login/with/county/", {"next": wanted}).headers["Location"]).query)
    service.claims["nonce"] = told["nonce"][0]
    assert come_back(client, state=told["state"][0]).headers["Location"] == "/zh/desk/"


@pytest.mark.parametrize("state", ["", "\x00", "é", "\ud7ff" * 500, "a" * 5000])
def test_whatever_stands_in_the_way_back_is_refused(county, service, keyring, state):
    registered(county, service, keyring)
    client = browser()
    begun(client, service)
    assert come_back(client, state=state).status_code in (400, 410)
    assert client.get("/login/back/other/", {"code": "given", "state": state}).status_code in (400, 410)
    assert service.asked == []
