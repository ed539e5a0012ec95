"""What is said to an identity service and what it may say: OpenID Connect Core 1.0 by authlib, bounded by us.

authlib and what it stands on are loaded once a service is asked: who uses none needs neither (decision 0127).
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from hutong.control.signon import rules
from hutong.control.signon.letting_in import Vouched
from hutong.control.signon.models import LONGEST_SUBJECT, IdentityService
from hutong.control.signon.rules import Described, NotLetIn, ServiceUnfit, TokenUnfit
from hutong.web.signon.asking import ask

SCOPE = "openid profile"
SKEW = timedelta(seconds=60)
"""So far the clocks of the service and ours may be apart."""
OLDEST = timedelta(minutes=10)
"""So long ago a token may have been made."""
WELL_KNOWN = "/.well-known/openid-configuration"
PLACES = {"login_address": "authorization_endpoint", "token_address": "token_endpoint", "keys_address": "jwks_uri"}
"""What we call an address of a service → what it does."""
LEAVING = "end_session_endpoint"
METHODS = ("client_secret_basic", "client_secret_post")
LONGEST_TOKEN = 32 * 1024


def described(issuer: str) -> Described:
    """Ask a service what it says of itself and its keys; raises ServiceAway and ServiceUnfit."""
    from authlib.oidc.discovery import OpenIDProviderMetadata  # who uses no identity service loads none of it

    told = _json(ask("GET", issuer.rstrip("/") + WELL_KNOWN, of=issuer), fault="DISCOVERY_UNREADABLE")
    if told.get("issuer") != issuer:
        raise ServiceUnfit(service_fault="ISSUER_OTHER")
    if "code" not in _words(told.get("response_types_supported")):
        raise ServiceUnfit(service_fault="NO_CODE_FLOW")
    challenges = told.get("code_challenge_methods_supported")
    if challenges is not None and "S256" not in _words(challenges):
        raise ServiceUnfit(service_fault="NO_PKCE")
    if rules.origin(issuer).startswith("https:"):
        try:
            OpenIDProviderMetadata(told).validate()
        except (ValueError, TypeError, AttributeError):
            raise ServiceUnfit(service_fault="DISCOVERY_UNFIT") from None
    signing = _words(told.get("id_token_signing_alg_values_supported"))
    algorithms = [each for each in rules.ALGORITHMS if each in signing]
    if not algorithms:
        raise ServiceUnfit(service_fault="NO_ALGORITHM")
    offered = _words(told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]))
    authentication = next((each for each in METHODS if each in offered), None)
    if authentication is None:
        raise ServiceUnfit(service_fault="NO_AUTHENTICATION")
    places = {name: _place(told, said, issuer) for name, said in PLACES.items()}
    leaving = _place(told, LEAVING, issuer) if told.get(LEAVING) else ""
    found = keys(places["keys_address"], issuer=issuer)
    return Described(
        **places, leaving_address=leaving, authentication=authentication, algorithms=tuple(algorithms), keys=found
    )


def keys(address: str, *, issuer: str) -> str:
    """Return the keys of a service as it has them now; raises ServiceAway and ServiceUnfit."""
    found = ask("GET", address, of=issuer)
    told = _json(found, fault="KEYS_UNREADABLE")
    _key_set(told)
    return json.dumps(told)


def authorization_address(service: IdentityService, *, back: str, state: str, nonce: str, verifier: str) -> str:
    """Return the address at the service to which a browser is led; `back` is where it leads back to."""
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # who uses no identity service loads none of it
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    address = prepare_grant_uri(
        service.login_address, client_id=service.client_id, response_type="code", redirect_uri=back,
        scope=SCOPE, state=state, nonce=nonce, code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256", **({"acr_values": " ".join(service.acr)} if service.acr else {}),
    )  # fmt: skip
    return str(address)


def exchanged(service: IdentityService, *, secret: str, code: str, back: str, verifier: str) -> tuple[str, str]:
    """Exchange a code for an ID token, and return it with the access token beside it.

    Raises ServiceAway, and NotLetIn where the service takes the code or us for wrong.
    """
    from authlib.oauth2.auth import ClientAuth  # who uses no identity service loads none of it
    from authlib.oauth2.rfc6749.parameters import prepare_token_request

    body = prepare_token_request("authorization_code", code=code, redirect_uri=back, code_verifier=verifier)
    basic = service.authentication == "client_secret_basic"
    who = [quote(each, safe="") if basic else each for each in (service.client_id, secret)]  # RFC 6749, 2.3.1
    address, headers, body = ClientAuth(*who, service.authentication).prepare(
        "POST", service.token_address, {}, body
    )
    answered = ask("POST", address, of=service.issuer, headers=headers, body=body)
    if answered.status != 200:
        raise NotLetIn(service_fault="CODE_REFUSED")
    told = _json(answered, fault="ANSWER_UNREADABLE", kind=NotLetIn)
    token, access = told.get("id_token"), told.get("access_token")
    if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN:
        raise TokenUnfit(service_fault="NO_TOKEN")
    return token, access if isinstance(access, str) else ""


def knows_key(token: str, found: str) -> bool:
    """Whether the key that a token says it is signed by is among those of a service."""
    from joserfc import jws  # who uses no identity service loads none of it
    from joserfc.errors import JoseError

    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, TypeError):
        raise TokenUnfit(service_fault="UNREADABLE") from None
    have = [each.get("kid") for each in json.loads(found or '{"keys": []}')["keys"]]
    return kid in have or (kid is None and len(have) > 0)


def read(
    token: str, *, service: IdentityService, found: str, nonce: str, access: str, now: datetime
) -> Vouched:
    """Return whom a token says has logged in, after everything about it was judged; `found` are the service's keys.

    Signed by a key of the service, in one of the ways it was registered with; made by this issuer for us, for this very
    login, just now, and not over. Raises TokenUnfit.
    """
    from authlib.oidc.core import CodeIDToken  # who uses no identity service loads none of it
    from joserfc import jwt
    from joserfc.errors import JoseError

    try:
        made = jwt.decode(token, _key_set(json.loads(found)), algorithms=list(service.algorithms))
    except (JoseError, ValueError, TypeError, KeyError):
        raise TokenUnfit(service_fault="SIGNATURE") from None
    expected = {"iss": service.issuer, "aud": service.client_id}
    asked = {name: {"essential": True, "value": value} for name, value in expected.items()}
    params = {"nonce": nonce, "client_id": service.client_id, "access_token": access}
    claims = CodeIDToken(made.claims, made.header, options=asked, params=params)
    try:
        claims.validate(now=int(now.timestamp()), leeway=int(SKEW.total_seconds()))
    except (JoseError, ValueError, TypeError, KeyError) as fault:
        raise TokenUnfit(service_fault=FAULTS.get(str(getattr(fault, "claim", "")), "CLAIMS")) from None
    made_at = claims.get("iat")
    if not isinstance(made_at, int | float) or made_at < (now - OLDEST).timestamp():
        raise TokenUnfit(service_fault="TIME")
    return _known(claims)


FAULTS: Mapping[str, str] = {
    "iss": "ISSUER", "aud": "AUDIENCE", "azp": "AUDIENCE", "nonce": "NONCE", "exp": "TIME", "nbf": "TIME",
    "iat": "TIME", "at_hash": "SIGNATURE", "sub": "SUBJECT",
}  # fmt: skip
"""Claim that is wrong → what is wrong, in the words of `TokenUnfit`."""


def ending_address(service: IdentityService) -> str:
    """Return the address at which a browser leaves the service, too (RP-Initiated Logout 1.0); empty where none is."""
    if not service.leaving_address:
        return ""
    joint = "&" if "?" in service.leaving_address else "?"
    return f"{service.leaving_address}{joint}{urlencode({'client_id': service.client_id})}"


def _known(claims: Mapping[str, Any]) -> Vouched:
    subject, acr = claims.get("sub"), claims.get("acr")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise TokenUnfit(service_fault="SUBJECT")
    called = next((claims[name] for name in ("name", "preferred_username") if isinstance(claims.get(name), str)), "")
    shown = "".join(filter(str.isprintable, called))[:100]
    return Vouched(subject, acr if isinstance(acr, str) else "", shown)


def _key_set(told: Mapping[str, Any]) -> Any:
    """Return the keys that verify, of those a service has: of pairs, which are no secrets shared with us."""
    from joserfc.errors import JoseError  # who uses no identity service loads none of it
    from joserfc.jwk import KeySet

    listed = told.get("keys")
    pairs = [
        each for each in listed if isinstance(each, dict) and each.get("kty") in ("RSA", "EC", "OKP")
        and each.get("use", "sig") == "sig"
    ] if isinstance(listed, list) and len(listed) <= 100 else []  # fmt: skip
    try:
        return KeySet.import_key_set({"keys": pairs})
    except (JoseError, ValueError, TypeError, KeyError):
        raise ServiceUnfit(service_fault="KEYS_UNREADABLE") from None


def _json(answered: Any, *, fault: str, kind: type[ServiceUnfit] | type[NotLetIn] = ServiceUnfit) -> dict[str, Any]:
    if answered.status != 200:
        raise kind(service_fault=fault)
    try:
        told = json.loads(answered.body)
    except (ValueError, RecursionError):
        raise kind(service_fault=fault) from None
    if not isinstance(told, dict):
        raise kind(service_fault=fault)
    return told


def _place(told: Mapping[str, Any], name: str, issuer: str) -> str:
    found = told.get(name)
    if not isinstance(found, str) or len(found) > 1000 or "#" in found or rules.origin(found) != rules.origin(issuer):
        raise ServiceUnfit(service_fault="ADDRESS_ELSEWHERE")
    return found


def _words(told: object) -> tuple[str, ...]:
    return tuple(each for each in told if isinstance(each, str)) if isinstance(told, list) else ()
