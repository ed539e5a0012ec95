"""The article on managing a sharing platform: identity, permission by need, sensitivity, encryption, audit, alarms."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
from acting import NOW, PASSWORD, entries
from answering import CONSUMER, KEYRING, PEOPLE, PROVIDER, a_grant, establish, opened, person, records, supply
from answering import NOW as ASKED
from comparing import ID1, answer, question, told
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from gateway_county import Door
from outcomes import DONE, came_of, result_of

from hutong.audit import reading
from hutong.control.enrolment import file as enrolment
from hutong.control.orgs import factors, logins
from hutong.control.orgs import operations as orgs
from hutong.control.sharing import operations as sharing
from hutong.core.errors import Problem
from hutong.gateway import refusals
from hutong.plane import sealing, tables
from hutong.plane.definition import Holding, Item, Mode
from hutong.plane.keys import Keyring

# IS-2.2: whoever registers


@pytest.mark.clause("IS-2.2-a", "PS-09-1")
@pytest.mark.parametrize(
    ("section", "fields"),
    [
        ("units", {"credit_code": "1", "name": "2"}),
        ("officers", {"username": "1", "name": "2", "org": "3", "roles": "4"}),
        ("persons", {"id": "1", "org": "2", "name": "3"}),
        ("devices", {"id": "1", "org": "2", "name": "3"}),
    ],
)
def test_whoever_is_registered_is_registered_by_name_and_unit(tmp_path, section, fields):
    file = tmp_path / "county.toml"
    file.write_text(f"[[{section}]]\n")
    _, faults = enrolment.read(file)
    missing = {fault.place.field for fault in faults if fault.problem.code == "FIELD_MISSING"}
    assert missing == set(fields)


@pytest.mark.clause("PS-09-1")
@pytest.mark.parametrize("weak", ["1234567890", "password", "短", "editor"])
def test_a_password_that_is_easily_guessed_is_not_taken(county, weak):
    assert came_of(orgs.set_password, username="editor", password=weak, now=NOW, by="x") == "PASSWORD_WEAK"
    given = {"username": "new", "name": "周敏", "org": county.civil, "roles": ["consumer"], "now": NOW, "by": "x"}
    assert came_of(orgs.add_officer, password=weak, **given) == "PASSWORD_WEAK"
    assert came_of(orgs.add_officer, password=PASSWORD, **given) == DONE


@pytest.mark.clause("IS-2.2-c")
def test_neither_a_password_nor_a_second_factor_can_be_read_in_the_database(county, tmp_path):
    keyring, secret = Keyring.create(tmp_path / "keyring.json"), b"12345678901234567890"
    code = TOTP(secret, 6, SHA1(), 30).generate(int(NOW.timestamp())).decode()
    shown = factors.Shown("editor", code, "10.0.0.1", keyring, NOW, NOW)
    codes = factors.put(shown, present=PASSWORD, secret=secret)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened_:
        kept = opened_.execute(
            "select (select string_agg(u::text, '') from auth_user u)"
            " || (select string_agg(f::text, '') from orgs_secondfactor f)"
            " || (select string_agg(e.record, '') from audit.entry e)"
        ).fetchone()[0]
    readable = (PASSWORD, secret.hex(), *codes, *(each.replace("-", "") for each in codes))
    assert [hidden for hidden in readable if hidden in kept] == []


@pytest.mark.clause("IS-2.2-c")
def test_what_somebody_used_is_read_by_its_parties_and_nobody_else(platform):
    opened(platform, a_grant())
    answer(platform, question())
    with platform.transaction() as cur:
        (entry,) = cur.execute("select id from audit.entry where event = 'plane.compared'").fetchone()
        came = {
            org: came_of(reading.read, cur, entry_id=entry, reader=reading.Reader("x", org), now=ASKED)
            for org in (CONSUMER, PROVIDER, "another", None)
        }
    assert came == {CONSUMER: DONE, PROVIDER: DONE, "another": "NO_SUCH_RECORD", None: "NO_SUCH_RECORD"}


# IS-3.1: permission by identity and need


@pytest.mark.clause("IS-3.1")
def test_who_holds_a_role_may_what_belongs_to_it_and_no_more(county):
    no = county.draft()
    county.walk(no, to="FILED")

    def suspend(name: str) -> str:
        return came_of(sharing.move_grant, f"G-{no}", "suspend", reason="x", actor=county.actor(name), now=NOW)

    assert [suspend(name) for name in ("editor", "consumer", "authority")] == ["NOT_YOUR_ROLE"] * 3
    orgs.give_role(username="editor", role="operator", now=NOW, by="x")
    assert county.actor("editor").holds("operator")
    orgs.take_role(username="editor", role="operator", reason="调岗", now=NOW, by="x")
    assert county.actor("editor").roles == {"provider_editor"}
    assert suspend("editor") == "NOT_YOUR_ROLE"
    assert suspend("operator") == DONE


@pytest.mark.clause("IS-3.1")
def test_a_system_may_what_its_grant_names_and_no_more(platform):
    opened(platform, a_grant(items=("name",), users=("wang",), matters=("m1",)))
    got = answer(
        platform, question(), question(values={"street": "x"}), question(user="li"), question(matter="m2"),
        question(purpose="other"), question(device="pc2"), question(grant="g2"),
    )  # fmt: skip
    assert told(got) == [
        [{"name": "match"}], "ITEM_NOT_GRANTED", "USER_NOT_REGISTERED", "MATTER_NOT_GRANTED", "PURPOSE_NOT_GRANTED",
        "DEVICE_NOT_REGISTERED", "GRANT_UNKNOWN",
    ]  # fmt: skip


# IS-3.2: access by sensitivity


@pytest.mark.clause("IS-3.2")
@pytest.mark.parametrize(
    ("offered", "sensitive", "holding"),
    [
        (Mode.COMPARE, False, Holding.SEALED),
        (Mode.COMPARE, True, Holding.SEALED),
        (Mode.QUERY, True, Holding.PROTECTED),
        (Mode.SUBSCRIBE, True, Holding.PROTECTED),
        (Mode.QUERY, False, Holding.PLAIN),
        (Mode.SUBSCRIBE, False, Holding.PLAIN),
    ],
)
def test_what_is_only_compared_is_kept_as_a_digest_and_what_is_sensitive_encrypted(offered, sensitive, holding):
    assert Item("x", "项", offered=offered, sensitive=sensitive).holding is holding


@pytest.mark.clause("IS-3.2", "IS-4.1-a")
def test_nothing_sealed_or_protected_can_be_read_in_the_database(platform):
    supply(platform, [person(7, income="98765.43", name="欧阳娜娜")])
    with platform.transaction() as cur:
        held = tables.version(cur, code="people")
        kept = "".join(str(row) for row in cur.execute(f"select h::text from holding.{held.relation} h").fetchall())
    shown = {value: value in kept for value in ("文一路", "98765.43", "欧阳娜娜", person(7)["id"])}
    assert shown == {"文一路": True, "98765.43": False, "欧阳娜娜": False, person(7)["id"]: False}


# IS-4.1: encryption, and that it can be changed


@pytest.mark.clause("IS-4.1-a")
def test_what_is_protected_opens_in_its_place_alone_and_what_is_sealed_does_not_show_what_is_equal():
    keys = KEYRING.resource("people")
    kept = sealing.protect(keys, "name", b"r" * 32, "张三")
    assert "张三".encode() not in kept
    assert result_of(sealing.unprotect, keys, "name", b"r" * 32, kept) == "张三"
    for place in ((keys, "street", b"r" * 32), (keys, "name", b"s" * 32), (KEYRING.resource("x"), "name", b"r" * 32)):
        assert came_of(sealing.unprotect, *place, kept) == "CIPHER_REJECTED"
    seals = {sealing.seal(keys, item, record * 32, "1") for item in ("a", "b") for record in (b"r", b"s")}
    assert len(seals) == 4


@pytest.mark.clause("IS-4.1-b")
def test_the_algorithms_belong_to_the_definition_and_can_be_the_national_ones(db):
    establish(db, definition=replace(PEOPLE, suite="national"))
    supply(db, [person(1)], definition=replace(PEOPLE, suite="national"))
    opened(db, a_grant())
    assert told(answer(db, question(ID1), question(ID1, values={"income": "7"}))) == [
        [{"name": "match"}], [{"income": "mismatch"}],
    ]  # fmt: skip
    one, other = (KEYRING.resource("people", suite=suite) for suite in ("international", "national"))
    assert one.suite.mac(bytes(32), b"x") != other.suite.mac(bytes(32), b"x")


@pytest.mark.clause("IS-4.1-b")
def test_the_key_can_be_renewed_and_what_was_encrypted_before_still_opens(tmp_path):
    before = Keyring.create(tmp_path / "keyring.json")
    kept = before.lock(b"secret", use="x", place="y")
    after = before.renew(tmp_path / "keyring.json")
    assert after.current != before.current
    assert Keyring.load(tmp_path / "keyring.json").current == after.current
    assert came_of(after.unlock, kept, use="x", place="y") == DONE
    assert came_of(after.resource, "people", key_id=before.current) == DONE
    assert after.lock(b"secret", use="x", place="y")[:16] == after.current.encode()


# IS-4.2: authentication, authorisation, audit; alarms


@pytest.mark.clause("IS-4.2-a")
def test_who_asks_is_identified_asked_for_permission_and_entered(gate: Door):
    body = b'{"grant":"g1","claims":[{"key":["330100200001010001"],"values":{"name":"x"}}]}'
    signed = gate.signed("POST", "/v1/compare", body)
    replies = [
        gate.post("/v1/compare", body, headers={"x-nothing": ""}),
        gate.post("/v1/compare", body, headers={**signed, "hutong-purpose": "other"}),
        gate.post("/v1/compare", body, purpose="other"),
        gate.post("/v1/compare", body, headers=signed),
        gate.post("/v1/compare", body, headers=signed),
    ]
    codes = [(reply.status_code, reply.json().get("code")) for reply in replies]
    assert codes == [
        (401, "NOT_SIGNED"), (401, "SIGNATURE_INVALID"), (403, "PURPOSE_NOT_GRANTED"), (200, None), (409, "REPLAYED"),
    ]  # fmt: skip
    assert gate.county.entries() == 3


@pytest.mark.clause("IS-4.2-a", "PS-05-1d")
def test_an_officer_comes_in_by_account_and_password_and_each_try_is_entered(county):
    def enter(username: str, password: str) -> str:
        return came_of(logins.enter, username=username, password=password, source="10.0.0.1", now=NOW)

    assert enter("editor", PASSWORD) == DONE
    assert enter("editor", "wrong") == enter("nobody", PASSWORD) == "LOGIN_REFUSED"
    orgs.set_active(username="editor", active=False, now=NOW, by="x")
    assert enter("editor", PASSWORD) in ("LOGIN_REFUSED", "NO_SUCH_OFFICER")
    assert [entries(county.url, event) for event in ("auth.login", "auth.failed")] == [1, 3]


@pytest.mark.clause("IS-4.2-b")
def test_refusals_of_strangers_are_counted_and_entered_by_source_and_minute(db):
    counted = refusals.Refusals()
    for second, source, code in ((0, "a", "NOT_SIGNED"), (59, "a", "NOT_SIGNED"), (59, "a", "X"), (60, "a", "X"),
                                 (5, "b", "X")):  # fmt: skip
        counted.count(source=source, code=code, at=datetime(2026, 3, 2, 1, second // 60, second % 60, tzinfo=UTC))
    refusals.write(db, counts=counted.take(before=None), now=ASKED)
    told_of = [(each["source"], each["minute"][14:16], Counter(each["codes"])) for each in
               records(db, "plane.unknown_refused")]  # fmt: skip
    assert told_of == [
        ("a", "00", Counter(NOT_SIGNED=2, X=1)), ("a", "01", Counter(X=1)), ("b", "00", Counter(X=1)),
    ]  # fmt: skip


@pytest.mark.clause("IS-4.2-b")
def test_guessing_a_value_is_stopped_and_each_refusal_is_entered(platform):
    opened(platform, a_grant(guesses=2))
    got = answer(platform, *(question(values={"children": str(number)}) for number in range(4)))
    assert [each.code if isinstance(each, Problem) else "" for each in got] == ["", "", *["GUESSES_SPENT"] * 2]
    assert [record["result"] for record in records(platform, "plane.refused")] == ["GUESSES_SPENT"] * 2
