"""The articles on managing a sharing platform: who is registered, and who may do what."""


import psycopg
import pytest
from acting import NOW, PASSWORD, UNITS
from answering import CONSUMER, PROVIDER, a_grant, opened
from answering import NOW as ASKED
from comparing import answer, question, told
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from outcomes import DONE, came_of

from hutong.audit import reading
from hutong.control.enrolment import file as enrolment
from hutong.control.sharing import queries as shown
from hutong.control.sharing import service
from hutong.control.units import factors, logins, passing_on, queries
from hutong.control.units import operations as members
from hutong.core import canonical
from hutong.db.database import Database
from hutong.plane import registers
from hutong.plane.keys import Keyring
from hutong.plane.suspensions import Suspendable

# IS-2.2: whoever registers


@pytest.mark.clause("IS-2.2-a", "PS-09-1")
@pytest.mark.parametrize(
    ("section", "fields"),
    [
        ("units", {"credit_code": "1", "name": "2"}),
        ("officers", {"username": "1", "name": "2", "unit": "3"}),
        ("users", {"id": "1", "unit": "2", "name": "3"}),
        ("devices", {"id": "1", "unit": "2", "name": "3"}),
    ],
)
def test_whoever_is_registered_is_registered_by_name_and_unit(tmp_path, section, fields):
    file = tmp_path / "county.toml"
    file.write_text(f"[[{section}]]\n")
    _, faults = enrolment.read(file)
    missing = {fault.place.field for fault in faults if fault.problem.code == "FIELD_MISSING"}
    assert missing == set(fields)


@pytest.mark.clause("IS-2.2-a", "PS-09-1")
@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ('name = "张敏"', None),
        ('name = " \u3000"', "FIELD_MISSING"),  # blanks are no name
        ('name = 7', "FIELD_MISSHAPED"),
        ('name = "张敏"\nstate = "away"', "FIELD_MISSHAPED"),
        ('name = "张敏"\nalias = "敏"', "FIELD_UNKNOWN"),
        ('name = "张敏"\n[[users]]\nid = "zhang"\nunit = "公安局"\nname = "张明"', "ENTRY_TWICE"),
        ('name = "张敏"\n[[units]]\ncredit_code = "1"\nname = "某局"\nregion_code = "湖州市德清县"', "FIELD_MISSHAPED"),
    ],
)
def test_what_is_registered_is_complete_and_can_be_read(tmp_path, line, refusal):
    file = tmp_path / "county.toml"
    file.write_text(f'[[users]]\nid = "zhang"\nunit = "公安局"\n{line}\n')
    _, faults = enrolment.read(file)
    assert [fault.problem.code for fault in faults] == ([refusal] if refusal else [])


@pytest.mark.clause("IS-2.2-a")
def test_persons_and_officers_are_known_by_their_names(county):
    db = Database(county.url, role="control", size=1)
    with db.transaction() as cur:
        registers.register_user(cur, id="new", unit=county.civil, name="周敏", now=NOW, by="x")
        registers.register_device(cur, id="new", unit=county.civil, name="二号窗口", now=NOW, by="x")
        known = tuple(read(cur, id="new", unit=county.civil).name for read in (registers.user, registers.device))
    db.close()
    given = {"username": "new", "password": PASSWORD, "unit": county.civil, "roles": ["consumer"]}
    given |= {"now": NOW, "by": "x"}
    members.add_officer(name="郑华", **given)
    assert (*known, queries.actor("new", now=NOW).name) == ("周敏", "二号窗口", "郑华")


@pytest.mark.clause("PS-09-1")
@pytest.mark.parametrize("weak", ["1234567890", "password", "短", "editor"])
def test_a_password_that_is_easily_guessed_is_not_taken(county, weak):
    refused = "PASSWORD_IS_NAME" if weak == "editor" else "PASSWORD_WEAK"
    assert came_of(members.set_password, username="editor", password=weak, now=NOW, by="x") == refused
    given = {"username": "new", "name": "周敏", "unit": county.civil, "roles": ["consumer"], "now": NOW, "by": "x"}
    assert came_of(members.add_officer, password=weak, **given) == "PASSWORD_WEAK"
    assert came_of(members.add_officer, password=PASSWORD, **given) == DONE


@pytest.mark.clause("IS-2.2-c")
def test_neither_a_password_nor_a_second_factor_can_be_read_in_the_database(county, tmp_path):
    keyring, secret = Keyring.create(tmp_path / "keyring.json"), b"12345678901234567890"
    code = TOTP(secret, 6, SHA1(), 30).generate(int(NOW.timestamp())).decode()
    shown = factors.ShownCode("editor", code, "10.0.0.1", keyring, NOW, NOW)
    codes = factors.put(shown, present=PASSWORD, secret=secret)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened_:
        kept = opened_.execute(
            "select (select string_agg(u::text, '') from auth_user u)"
            " || (select string_agg(f::text, '') from units_secondfactor f)"
            " || (select string_agg(e.record, '') from audit.entry e)"
        ).fetchone()[0]
    readable = (PASSWORD, secret.hex(), *codes, *(each.replace("-", "") for each in codes))
    assert [hidden for hidden in readable if hidden in kept] == []


@pytest.mark.clause("IS-2.2-c")
def test_what_was_typed_for_an_account_that_is_not_there_is_not_told_when_the_door_is_shut(county):
    for _ in range(9):
        came_of(logins.claim_attempt, username="my password", source="10.0.0.1", now=NOW)
        came_of(logins.claim_attempt, username="editor", source="10.0.0.2", now=NOW)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened_:
        rows = opened_.execute("select record from audit.entry where event = 'auth.blocked' order by id").fetchall()
    assert [canonical.loads(record)["officer"] for (record,) in rows] == [None, "editor"]


@pytest.mark.clause("IS-2.2-c")
def test_what_somebody_used_is_read_by_its_parties_and_nobody_else(platform):
    opened(platform, a_grant())
    answer(platform, question())
    with platform.transaction() as cur:
        (entry,) = cur.execute("select id from audit.entry where event = 'plane.compared'").fetchone()
        came = {
            unit: came_of(reading.read, cur, entry_id=entry, reader=reading.Reader("x", unit), now=ASKED)
            for unit in (CONSUMER, PROVIDER, "another", None)
        }
    assert came == {CONSUMER: DONE, PROVIDER: DONE, "another": "NO_SUCH_RECORD", None: "NO_SUCH_RECORD"}


# IS-3.1: permission by identity and need


@pytest.mark.clause("IS-3.1")
def test_who_holds_a_role_may_what_belongs_to_it_and_no_more(county):
    no = county.draft()
    county.walk(no, to="FILED")

    def suspend(name: str) -> str:
        given = {"reason": "x", "clause": "SX-16-a", "actor": county.actor(name), "now": NOW}
        return came_of(service.suspend, Suspendable.GRANT, f"G-{no}", **given)

    assert [suspend(name) for name in ("editor", "consumer", "authority")] == ["NOT_YOUR_ROLE"] * 3
    members.give_role(username="editor", role="operator", now=NOW, by="x")
    assert not county.actor("editor").has_role("operator")  # as long as the office is another unit's
    passing_on.give(role="operator", region="", unit=county.police, reason="x", now=NOW, by="x")
    assert county.actor("editor").has_role("operator")
    passing_on.give(role="operator", region="", unit=county.seat("operator").unit, reason="x", now=NOW, by="x")
    members.take_role(username="editor", role="operator", reason="调岗", now=NOW, by="x")
    assert county.actor("editor").roles == {"provider_editor"}
    assert suspend("editor") == "NOT_YOUR_ROLE"
    assert suspend("operator") == DONE


@pytest.mark.clause("IS-3.1")
def test_an_officer_sees_the_applications_and_grants_of_the_own_unit_and_the_offices_see_all(county):
    no = county.draft()
    county.walk(no, to="FILED")
    members.add_officer(username="stranger", password=PASSWORD, name="吴敏", unit=UNITS[0],
                        roles=["consumer", "competent"], now=NOW, by="x")  # fmt: skip
    members.add_officer(username="auditor", password=PASSWORD, name="郑华", unit=UNITS[0], roles=["auditor"], now=NOW,
                     by="x")  # fmt: skip
    seen = {
        name: (
            came_of(shown.application, no, actor=county.actor(name)) == DONE,
            [each.no for each in shown.visible(county.actor(name))] == [no],
            [each.no for each in shown.grants(county.actor(name))] == [f"G-{no}"],
        )
        for name in ("consumer", "competent", "editor", "approver", "authority", "operator", "auditor", "stranger")
    }
    expected = dict.fromkeys(seen, (True, True, True))
    assert seen == {**expected, "competent": (True, True, False), "stranger": (False, False, False)}


@pytest.mark.clause("IS-3.1", "IS-4.2-a")
@pytest.mark.parametrize("role", ["plane", "logkeeper", "auditor"])
@pytest.mark.parametrize(
    "statement",
    [
        "update plane.access_grant set quota = 10000000",
        "update plane.system set state = 'active'",
        "insert into plane.user (id, unit, name) values ('x', 'x', 'x')",
        "update plane.device set state = 'active'",
        "update plane.definition set body = '{}'",
    ],
)
def test_what_answers_or_keeps_the_log_decides_nothing(platform, database_url, role, statement):
    working = Database(database_url, role=role)

    def decide() -> None:
        with working.transaction() as cur:
            cur.execute(statement)

    assert came_of(decide) == "InsufficientPrivilege"
    working.close()


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
