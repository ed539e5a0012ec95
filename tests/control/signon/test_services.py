"""Identity services: registered by one administrator, confirmed by another, and changed by nobody afterwards."""

import psycopg
import pytest
import services
from acting import NOW, entries
from django.db import connection, transaction
from outcomes import DONE, came_of
from psycopg.errors import InsufficientPrivilege
from services import FACTS, ISSUER, in_force, proposed, staff

from hutong.control.signon import operations, queries, rules, sealing
from hutong.control.signon.models import IdentityService, ServiceKeys
from hutong.core.errors import Faults, Judging, Problem
from hutong.db import database
from hutong.plane.keys import Keyring


@pytest.fixture
def keyring(tmp_path):
    return Keyring.create(tmp_path / "keyring.json")


def take(county, number, act, *, by, keyring, reason="为试验"):
    actor = staff(county, by)
    return came_of(operations.take, number, act, reason=reason, keyring=keyring, actor=actor, now=NOW)


def state(number):
    return IdentityService.objects.get(pk=number).state


def test_a_registration_is_confirmed_by_the_security_administrator_alone_and_each_step_is_entered(county, keyring):
    number = proposed(county, keyring)
    assert (state(number), queries.offered()) == ("PROPOSED", [])
    for other in ("accounts", "chief"):
        assert take(county, number, "confirm", by=other, keyring=keyring) == "NOT_YOUR_ROLE"
    assert take(county, number, "confirm", by="guard", keyring=keyring) == DONE
    assert [each.code for each in queries.offered()] == ["county"]
    assert take(county, number, "confirm", by="second", keyring=keyring) == "REGISTRATION_ELSEWHERE"
    assert take(county, number, "switch_off", by="accounts", keyring=keyring, reason=" ") == "REASON_MISSING"
    assert take(county, number, "switch_off", by="accounts", keyring=keyring) == DONE
    assert (state(number), queries.offered(), came_of(queries.in_force, "county")) == ("OFF", [], "SERVICE_OFF")
    assert take(county, number, "switch_on", by="accounts", keyring=keyring) == "NOT_YOUR_ROLE"
    assert take(county, number, "switch_on", by="guard", keyring=keyring) == DONE
    assert take(county, number, "end", by="guard", keyring=keyring) == DONE
    assert take(county, number, "switch_on", by="guard", keyring=keyring) == "REGISTRATION_ELSEWHERE"
    assert [entries(county.url, f"signon.service_{event}") for event in ("proposed", "moved")] == [1, 4]


def test_who_registered_a_service_confirms_it_not_even_in_another_role(county, keyring):
    number = proposed(county, keyring)
    accounts = staff(county, "accounts")
    other = type(accounts)(**{name: getattr(accounts, name) for name in accounts.__slots__} | {
        "roles": frozenset({"security_admin"})
    })  # fmt: skip
    given = {"reason": "", "keyring": keyring, "actor": other, "now": NOW}
    assert came_of(operations.take, number, "confirm", **given) == "OWN_PROPOSAL"


def test_nobody_but_the_system_administrator_registers_and_one_registration_of_an_issuer_waits(county, keyring):
    given = {"keyring": keyring, "now": NOW}
    for other in ("guard", "chief"):
        actor = staff(county, other)
        assert came_of(operations.propose, FACTS, services.DESCRIBED, actor=actor, **given) == "NOT_YOUR_ROLE"
    proposed(county, keyring)
    actor = staff(county, "accounts")
    assert came_of(operations.propose, FACTS, services.DESCRIBED, actor=actor, **given) == "SERVICE_TAKEN"
    in_force(county, keyring, issuer="https://other.example", code="other")
    third = {**FACTS, "issuer": "https://third.example", "code": "other"}
    assert came_of(operations.propose, third, services.DESCRIBED, actor=actor, **given) == "SERVICE_TAKEN"


def test_another_registration_of_an_issuer_takes_the_place_of_the_first_and_bindings_stay(county, keyring):
    first = in_force(county, keyring)
    services.bound(county)
    second = in_force(county, keyring, secret="another")
    assert (state(first.pk), state(second.pk)) == ("ENDED", "IN_FORCE")
    assert queries.bound(ISSUER, "7001") == "editor"
    assert sealing.secret(second, keyring=keyring) == "another"


@pytest.mark.parametrize(
    "change",
    [
        "secret = ''", "token_address = 'https://evil.example/token'", "issuer = 'https://evil.example'",
        "acr = '{bronze}'", "client_id = 'x'", "keys_address = 'https://evil.example/keys'", "algorithms = '{none}'",
    ],
)  # fmt: skip
def test_the_login_of_the_pages_changes_nothing_that_a_registration_says(county, keyring, change):
    in_force(county, keyring)
    with pytest.raises(Exception) as refused, transaction.atomic(), database.joined(connection) as cur:
        cur.execute(f"update signon_identityservice set {change}")
    assert isinstance(refused.value.__cause__ or refused.value, InsufficientPrivilege)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from signon_identityservice", "delete from signon_binding", "update signon_binding set subject = 'me'",
        "update signon_binding set officer_id = officer_id", "update signon_binding set issuer = 'x'",
        "delete from signon_servicekeys",
    ],
)  # fmt: skip
def test_the_login_of_the_pages_binds_nobody_anew_and_forgets_nothing(county, keyring, statement):
    in_force(county, keyring)
    services.bound(county)
    with pytest.raises(Exception) as refused, transaction.atomic(), database.joined(connection) as cur:
        cur.execute(statement)
    assert isinstance(refused.value.__cause__ or refused.value, InsufficientPrivilege)


@pytest.mark.parametrize(
    "change",
    [
        "token_address = 'https://evil.example/token'", "acr = '{bronze}'", "issuer = 'https://evil.example'",
        "proposed_by = 'guard2'",
    ],
)  # fmt: skip
def test_what_the_owner_altered_opens_no_secret_and_no_keys(county, keyring, change):
    number = in_force(county, keyring).pk
    with psycopg.connect(county.url, options="-c role=hutong_owner") as owner:
        owner.execute(f"update signon_identityservice set {change}")
    altered = IdentityService.objects.get(pk=number)
    assert came_of(sealing.secret, altered, keyring=keyring) == "REGISTRATION_ALTERED"
    assert came_of(queries.kept_keys, altered, keyring=keyring) == "REGISTRATION_ALTERED"


def test_a_secret_stands_nowhere_in_the_database_or_the_log(county, keyring):
    in_force(county, keyring)
    kept = ServiceKeys.objects.get()
    assert b"keys" not in bytes(kept.sealed) and b"very-secret" not in bytes(IdentityService.objects.get().secret)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as owner:
        told = owner.execute("select string_agg(record::text, ' ') from audit.entry").fetchone()[0]
    assert "very-secret" not in str(told)


def judged(**facts: str) -> set[str]:
    judging = Judging()
    rules.check({**FACTS, **facts}, judging=judging)
    try:
        judging.end()
    except Faults as faults:
        return {each.code for each in faults.problems}
    except Problem as problem:
        return {problem.code}
    return set()


@pytest.mark.parametrize(
    ("issuer", "taken"),
    [
        ("https://id.example", True), ("https://id.example:8443/realms/county", True), ("https://10.1.2.3/o", True),
        ("http://127.0.0.1:8000/o", True), ("http://localhost/o", True), ("http://id.example", False),
        ("http://10.1.2.3/o", False), ("https://id.example?x=1", False), ("https://id.example#x", False),
        ("https://a:b@id.example", False), ("https://", False), ("file:///etc/passwd", False), ("id.example", False),
        ("https://id.example/ a", False), ("https://身份.example", False), ("https://id.example:99999", False),
        ("https://[::1", False), ("https://id.example/" + "a" * 500, False),
    ],
)  # fmt: skip
def test_an_issuer_is_an_address_by_tls_or_on_this_machine(issuer, taken):
    assert judged(issuer=issuer) == (set() if taken else {"ISSUER_UNFIT"})


def test_all_that_is_wrong_with_a_registration_is_told_at_once():
    told = judged(name=" ", code="County", issuer="x", client_id="a b", secret="密", acr="a b")
    assert told == {"SERVICE_FIELD_EMPTY", "SERVICE_CODE_UNFIT", "ISSUER_UNFIT", "NOT_PRINTABLE", "ACR_UNFIT"}
    assert judged(acr="\n".join(f"a{number}" for number in range(11))) == {"ACR_UNFIT"}
    assert judged(acr="") == set()
