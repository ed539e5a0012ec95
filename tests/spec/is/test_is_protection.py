"""The articles on protecting a sharing platform: sensitivity, encryption, authentication, audit, alarms."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import psycopg
import pytest
from acting import NOW, PASSWORD, entries
from answering import CONSUMER, KEYRING, PEOPLE, a_grant, establish, opened, person, records, supply
from answering import NOW as ASKED
from comparing import ID1, answer, question, told
from delivering import row
from gateway_county import Door, claim
from outcomes import DONE, came_of, result_of

from hutong.control.units import logins
from hutong.control.units import operations as members
from hutong.core import canonical
from hutong.core.errors import Problem
from hutong.gateway import refusals
from hutong.plane import registers, sealing, tables
from hutong.plane.definition import Holding, Item, Mode
from hutong.plane.keys import Keyring

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
        store = tables.version(cur, code="people")
        kept = "".join(str(row) for row in cur.execute(f"select h::text from store.{store.relation} h").fetchall())
    shown = {value: value in kept for value in ("文一路", "98765.43", "欧阳娜娜", person(7)["id"])}
    assert shown == {"文一路": True, "98765.43": False, "欧阳娜娜": False, person(7)["id"]: False}


@pytest.mark.clause("IS-3.2", "IS-4.1-a")
def test_a_rejected_value_of_what_is_sensitive_is_kept_by_its_shape_alone(provider):
    provider.send([row("1" * 19, name="欧阳娜娜" * 20, born="昨天"), row("A1")])
    with provider.db.transaction() as cur:
        shown = dict(cur.execute("select item, shown from plane.rejected_row").fetchall())
    assert shown == {"id": "0" * 19, "name": "文" * 80, "born": "昨天"}


@pytest.mark.clause("IS-4.1-a")
def test_the_secret_of_a_system_is_kept_encrypted_and_opens_for_that_system_alone(db, tmp_path):
    keyring, secret = Keyring.create(tmp_path / "keyring.json"), b"0123456789abcdef"
    given = {"unit": CONSUMER, "name": "系统", "mlps_level": 2, "mlps_until": date(2027, 1, 1), "keyring": keyring,
             "now": ASKED, "by": "x", "profiles": ("gjgxjhpt",)}  # fmt: skip
    with db.transaction() as cur:
        registers.register_system(cur, id="s", secret=secret, **given)
        first = registers.system(cur, id="s").secret
        registers.change_system(cur, id="s", secret=b"f" * 16, keyring=keyring, now=ASKED, by="x")
        second = registers.system(cur, id="s").secret
    kept = [bytes(each) for each in (first, second)]
    assert [secret in kept[0], b"f" * 16 in kept[1]] == [False, False]
    assert [result_of(registers.open_secret, keyring, system="s", secret=each) for each in kept] == [secret, b"f" * 16]
    assert came_of(registers.open_secret, keyring, system="t", secret=kept[0]) == "CIPHER_REJECTED"


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


@pytest.mark.clause("IS-4.1-b")
def test_with_a_new_key_what_is_held_is_delivered_into_and_answered_as_before(provider):
    provider.send([row("A1", remark="1"), row("A2", remark="2")])
    provider.keyring = provider.keyring.renew(provider.folder / "keyring.json")
    receipt = result_of(provider.send, [row("A1", remark="1"), row("A2", remark="3"), row("A3", remark="4")])
    counts = [getattr(receipt, name, receipt) for name in ("inserted", "updated", "deleted")]
    assert (counts, provider.held()) == ([1, 1, 0], ["1", "3", "4"])


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


@pytest.mark.clause("IS-4.2-a")
def test_what_is_asked_is_what_was_signed_by_this_system_for_this_platform_and_now(gate: Door):
    body, other = claim(), claim("李四")
    for_another = gate.signed("POST", "/v1/compare", body, authority="other.example")
    replies = {
        "another body": gate.post("/v1/compare", other, headers=gate.signed("POST", "/v1/compare", body)),
        "another place": gate.post("/v1/query", body, headers=gate.signed("POST", "/v1/compare", body)),
        "another platform": gate.post("/v1/compare", body, headers={**for_another, "host": "other.example"}),
        "long ago": gate.compare(age=400),
        "not yet": gate.compare(age=-120),
        "for long": gate.compare(life=301),
        "in time": gate.compare(age=30),
    }
    assert {what: reply.json().get("code") for what, reply in replies.items()} == {
        "another body": "DIGEST_MISMATCH", "another place": "SIGNATURE_INVALID",
        "another platform": "AUTHORITY_NOT_OURS", "long ago": "SIGNATURE_EXPIRED", "not yet": "SIGNATURE_FROM_FUTURE",
        "for long": "SIGNATURE_LIVES_TOO_LONG", "in time": None,
    }  # fmt: skip


@pytest.mark.clause("IS-4.2-a")
@pytest.mark.parametrize("field", ["user", "device", "purpose", "matter"])
def test_who_asks_for_what_is_signed_word_by_word(gate: Door, field):
    body = claim()
    signed = gate.signed("POST", "/v1/compare", body)
    reply = gate.post("/v1/compare", body, headers={**signed, f"hutong-{field}": "other"})
    assert (reply.status_code, reply.json()["code"]) == (401, "SIGNATURE_INVALID")


@pytest.mark.clause("IS-4.2-a", "PS-05-1d", "SX-11-a")
def test_an_officer_comes_in_by_account_and_password_and_each_try_is_entered(county):
    def enter(username: str, password: str) -> str:
        return came_of(logins.enter, username=username, password=password, source="10.0.0.1", now=NOW)

    assert enter("editor", PASSWORD) == DONE
    assert enter("editor", "wrong") == enter("nobody", PASSWORD) == "LOGIN_REFUSED"
    members.set_active(username="editor", active=False, now=NOW, by="x")
    assert enter("editor", PASSWORD) in ("LOGIN_REFUSED", "NO_SUCH_OFFICER")
    assert [entries(county.url, event) for event in ("auth.login", "auth.failed")] == [1, 3]
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened_:
        rows = opened_.execute("select record from audit.entry where event like 'auth.%' order by id").fetchall()
    come_in, *failed = (canonical.loads(record) for (record,) in rows)
    assert come_in == {"officer": "editor", "unit": county.police, "source": "10.0.0.1", "method": "password"}
    tried = [(each["officer"], each["source"], each["method"]) for each in failed if "reason" in each]
    assert tried == [(name, "10.0.0.1", "password") for name in ("editor", None, "editor")]


@pytest.mark.clause("IS-4.2-b")
def test_refusals_of_strangers_are_counted_and_entered_by_source_and_minute(db):
    counted = refusals.Refusals()
    for second, source, code in ((0, "a", "NOT_SIGNED"), (59, "a", "NOT_SIGNED"), (59, "a", "X"), (60, "a", "X"),
                                 (5, "b", "X")):  # fmt: skip
        counted.count(source=source, code=code, at=datetime(2026, 3, 2, 1, second // 60, second % 60, tzinfo=UTC))
    refusals.write(db, counts=counted.take(), now=ASKED)
    told_of = [(each["source"], each["minute_at"][14:16], Counter(each["codes"])) for each in
               records(db, "plane.unknown_refused")]  # fmt: skip
    assert told_of == [
        ("a", "00", Counter(NOT_SIGNED=2, X=1)), ("a", "01", Counter(X=1)), ("b", "00", Counter(X=1)),
    ]  # fmt: skip
    assert [each["count"] for each in records(db, "plane.unknown_refused")] == [3, 1, 1]


@pytest.mark.clause("IS-4.2-b")
def test_each_kind_of_stranger_is_counted_at_the_gateway(own: Door):
    body = claim()
    signed = own.signed("POST", "/v1/compare", body)
    unknown = {**signed, "signature-input": signed["signature-input"].replace('"sys-a"', '"nobody"')}
    for headers in ({"x-nothing": ""}, {"x-nothing": ""}, unknown, {**signed, "hutong-user": "li"}):
        assert own.post("/v1/compare", body, headers=headers).status_code == 401
    own.process.terminate()
    own.process.wait(30)
    counted: Counter[str] = Counter()
    for record in records(own.county.db, "plane.unknown_refused"):
        counted.update(record["codes"])
    assert counted == Counter(NOT_SIGNED=2, CALLER_UNKNOWN=1, SIGNATURE_INVALID=1)


@pytest.mark.clause("IS-4.2-b")
def test_guessing_a_value_is_stopped_and_each_refusal_is_entered(platform):
    opened(platform, a_grant(guesses=2))
    got = answer(platform, *(question(values={"children": str(number)}) for number in range(4)))
    assert [each.code if isinstance(each, Problem) else "" for each in got] == ["", "", *["GUESSES_SPENT"] * 2]
    assert [record["result"] for record in records(platform, "plane.refused")] == ["GUESSES_SPENT"] * 2
