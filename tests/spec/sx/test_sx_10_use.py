"""Article 10: the consumer's use can be traced, is logged for five years, by who is registered, for its purpose."""

from datetime import datetime, timedelta

import psycopg
import pytest
from acting import CODE, credit_code
from acting import NOW as ACTED
from answering import CONSUMER, KEYRING, NOW, PROVIDER, STRANGER, a_grant, as_it_is, asked, opened, records
from browsing import _key_of_the_log
from comparing import ID1, ID2, answer, question, told
from django.conf import settings
from outcomes import DONE, came_of
from paging import read
from remembering import usage

from hutong.audit import holds, log, reading, retention, searching, tree
from hutong.audit.events import RecordClass
from hutong.audit.searching import RecordFilters
from hutong.audit.years import KEPT_YEARS, cut_off, kept_until
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing import usage as uses
from hutong.control.units import operations as members
from hutong.core import beijing
from hutong.core.beijing import BEIJING
from hutong.core.lifecycle import Seat
from hutong.core.signed_note import LogSigner
from hutong.db import rights
from hutong.db.database import Database
from hutong.plane import registers
from hutong.plane.answer import query, subscribe
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.subscribe import ChangesQuestion, SnapshotQuestion
from hutong.plane.definition import Mode

__all__ = ["_key_of_the_log"]

OFFICE = {Seat("authority")}
WHO = {"unit": CONSUMER, "user": "wang", "device": "pc1", "system": "sys-a", "purpose": "aid", "matter": "m1"}


def ask(db, door, asking) -> None:
    door.answer(db, questions=[asking], keyring=KEYRING, now=NOW, make=as_it_is)


# SX-10-a: a unit manages the security of its use


@pytest.mark.clause("SX-10-a")
def test_a_unit_sees_its_own_uses_and_refusals_and_those_of_its_data_and_no_others(platform):
    opened(platform, a_grant())
    answer(platform, question(), question(purpose="marketing"))
    with platform.transaction() as cur:
        log.append(cur, [usage()])
        readers = [reading.Reader("x", unit) for unit in (CONSUMER, PROVIDER, STRANGER)]
        pages = {each.unit: searching.page(cur, RecordFilters(), reader=each, now=NOW) for each in readers}
        seen = {unit: [each.event for each in page.records] for unit, page in pages.items()}
    assert seen == {CONSUMER: ["plane.refused", "plane.compared"], PROVIDER: ["plane.refused", "plane.compared"],
                    STRANGER: []}  # fmt: skip


# SX-10-b: each use can be traced


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(
    ("mode", "use", "event"),
    [
        (Mode.COMPARE, lambda db: answer(db, question(values={"street": "x"})), "plane.compared"),
        (Mode.QUERY, lambda db: ask(db, query, QueryQuestion(asked(), (Condition("id", ID1),))), "plane.queried"),
        (Mode.SUBSCRIBE, lambda db: ask(db, subscribe, SnapshotQuestion(asked())), "plane.snapshot_read"),
        (Mode.SUBSCRIBE, lambda db: ask(db, subscribe, ChangesQuestion(asked(), 0)), "plane.changes_followed"),
    ],
)
def test_a_use_is_entered_with_person_system_device_purpose_and_data(platform, mode, use, event):
    opened(platform, a_grant(mode=mode, items=("street",)))
    use(platform)
    (record,) = records(platform, event)
    data = {"grant": "g1", "mode": str(mode), "resource": "people", "version": 1, "items": ["street"], "result": "OK"}
    who = {**WHO, "department": "救助科"}
    assert {name: record[name] for name in (*who, *data)} == {**who, **data}
    with platform.transaction() as cur:
        parties = cur.execute("select unit, counterpart, at from audit.entry where event = %s", (event,)).fetchall()
    assert parties == [(CONSUMER, PROVIDER, NOW)]


@pytest.mark.clause("SX-10-b")
def test_it_can_be_told_of_a_use_about_whom_it_was_and_how_much_was_asked_and_came(platform):
    opened(platform, a_grant(), a_grant("g2", mode=Mode.QUERY, conditions=("street",)))
    one, other = (Claim((key,), {"name": "张1"}) for key in (ID1, ID2))
    answer(platform, question(), CompareQuestion(asked(), (one, other, one)), question(), question(ID2))
    where = (Condition("street", "文一路"),)
    ask(platform, query, QueryQuestion(asked("g2"), where))
    ask(platform, query, QueryQuestion(asked("g2"), (Condition("id", "1"),)))
    compared, queried = records(platform, "plane.compared"), records(platform, "plane.queried")
    assert [record["asked"] for record in compared] == [1, 3, 1, 1]
    about = [record["condition_digest"] for record in compared]
    assert (about[0] == about[2], len(set(about))) == (True, 3)  # the same person each time is the same digest
    assert sorted(record["returned"] for record in queried) == [0, 1]
    assert len({record["condition_digest"] for record in queried}) == 2


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("changes", [{"user": "li"}, {"device": "pc2"}, {"purpose": "marketing"}, {"grant": "none"}])
def test_a_use_that_was_refused_is_entered_as_it_was_asked(platform, changes):
    opened(platform, a_grant())
    (refused,) = answer(platform, question(**changes))
    (record,) = records(platform, "plane.refused")
    asked_as = {**WHO, "grant": "g1", **changes, "result": refused.code}
    assert {name: record[name] for name in asked_as} == asked_as


@pytest.mark.clause("SX-10-b")
def test_there_is_no_answer_without_its_entry(platform):
    opened(platform, a_grant())
    with platform.transaction() as cur:
        cur.execute("alter table audit.entry add constraint disk_full check (event <> 'plane.compared') not valid")
    assert told(answer(platform, question())) == ["QUESTION_FAILED"]
    assert [record["result"] for record in records(platform, "plane.refused")] == ["QUESTION_FAILED"]


@pytest.mark.clause("SX-10-b")
def test_its_parties_and_the_auditor_read_a_use_and_that_is_entered_too(platform):
    opened(platform, a_grant())
    answer(platform, question())
    with platform.transaction() as cur:
        (entry,) = cur.execute("select id from audit.entry where event = 'plane.compared'").fetchone()
    readers = {
        "consumer": reading.Reader("consumer", CONSUMER),
        "provider": reading.Reader("provider", PROVIDER),
        "auditor": reading.Reader("auditor", STRANGER, auditor=True),
        "stranger": reading.Reader("stranger", STRANGER),
    }
    for name, reader in readers.items():
        with platform.transaction() as cur:
            came = came_of(reading.read, cur, entry_id=entry, reader=reader, now=NOW)
            assert came == ("NO_SUCH_RECORD" if name == "stranger" else DONE)
    read = records(platform, "audit.record_read")
    assert [(each["by"], each["entries"]) for each in read] == [(n, [entry]) for n in readers if n != "stranger"]


# SX-10-c: not less than five years


@pytest.mark.clause("SX-10-c")
def test_usage_is_kept_five_years_to_the_hour_and_no_record_is_kept_less():
    at = datetime(2026, 3, 2, 9, tzinfo=BEIJING)
    assert kept_until(at, RecordClass.USAGE) == datetime(2031, 3, 2, 9, tzinfo=BEIJING)
    for years in (None, 4, 5):
        assert cut_off(datetime(2031, 3, 2, 9, tzinfo=BEIJING), RecordClass.USAGE, years=years) == at
    assert KEPT_YEARS == {
        RecordClass.USAGE: 5, RecordClass.OPERATION: 5, RecordClass.ADMINISTRATION: 10, RecordClass.SECURITY: 5,
    }  # fmt: skip


def _asks_to_purge(db, *, before: datetime, now: datetime) -> int:
    return retention.request(db, record_class=RecordClass.USAGE, before=before, by="沈丽", seats=OFFICE, now=now)


@pytest.mark.clause("SX-10-c")
def test_nobody_deletes_a_use_before_five_years_are_over(db):
    now = datetime(2031, 3, 2, 9, tzinfo=BEIJING)
    a_second_late = datetime(2026, 3, 2, 9, 0, 1, tzinfo=BEIJING)
    assert came_of(_asks_to_purge, db, before=a_second_late, now=now) == "KEPT_LONGER"
    assert came_of(_asks_to_purge, db, before=datetime(2026, 3, 2, 9, tzinfo=BEIJING), now=now) == DONE
    refusals = records(db, "audit.purge_refused")
    assert [(each["reason"], each["clause"], each["by"]) for each in refusals] == [("KEPT_LONGER", "SX-10-c", "沈丽")]


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize("role", rights.RIGHTS)
@pytest.mark.parametrize(
    "statement",
    [
        "delete from audit.entry", "update audit.entry set record = '{}'", "truncate audit.entry",
        "delete from audit.leaf", "update audit.leaf set data = ''", "delete from audit.checkpoint",
    ],
)
def test_no_login_that_works_can_change_or_delete_an_entry(db, database_url, role, statement):
    with db.transaction() as cur:
        log.append(cur, [usage()])
    working = Database(database_url, role=role)

    def change() -> None:
        with working.transaction() as cur:
            cur.execute(statement)

    assert came_of(change) == "InsufficientPrivilege"
    working.close()


@pytest.mark.clause("SX-10-c")
def test_after_five_years_two_people_let_records_go_and_a_hold_stops_even_them(db):
    old, border = datetime(2020, 12, 31, tzinfo=BEIJING), datetime(2021, 1, 1, tzinfo=BEIJING)
    decided = log.LogEntry("units.unit_started", old, {"unit": CONSUMER, "by": "x"}, CONSUMER)  # of another class
    with db.transaction() as cur:
        log.append(cur, [usage(at=old), usage(at=border), usage(at=NOW), decided])
    tree.integrate(db, now=NOW, signer=LogSigner.from_seed("log.county.example", bytes(32)))
    number = _asks_to_purge(db, before=datetime(2021, 1, 1, tzinfo=BEIJING), now=NOW)
    others = {Seat(role, "某单位") for role in ("consumer", "competent", "provider_approver", "system_admin")}
    assert came_of(retention.approve, db, purge=number, by="孙涛", seats=others, now=NOW) == "NOT_ENTITLED_TO_PURGE"
    assert came_of(retention.purge, db, purge=number, by="operator", seats=OFFICE, now=NOW) == "PURGE_NOT_APPROVED"
    assert came_of(retention.approve, db, purge=number, by="沈丽", seats=OFFICE, now=NOW) == "APPROVER_IS_REQUESTER"
    assert came_of(retention.approve, db, purge=number, by="周强", seats=OFFICE, now=NOW) == DONE
    hold = holds.place(db, record_class=RecordClass.USAGE, reason="案件 12 号", by="吴敏", seats=OFFICE, now=NOW)
    assert came_of(retention.purge, db, purge=number, by="operator", seats=OFFICE, now=NOW) == "UNDER_HOLD"
    holds.lift(db, hold=hold, reason="结案", by="吴敏", seats=OFFICE, now=NOW)
    done = retention.purge(db, purge=number, by="operator", seats=OFFICE, now=NOW)
    assert (done.removed, done.requested_by, done.approved_by) == (1, "沈丽", "周强")
    with db.transaction() as cur:
        left = cur.execute("select class from audit.entry where at < %s", (NOW,)).fetchall()
    assert sorted(left) == [("administration",), ("usage",)]


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize("record_class", [RecordClass.USAGE, None])
def test_a_hold_stands_until_who_is_entitled_lifts_it(db, record_class):
    with db.transaction() as cur:
        log.append(cur, [usage(at=datetime(2020, 12, 31, tzinfo=BEIJING))])
    given = {"now": NOW, "seats": OFFICE}
    hold = holds.place(db, record_class=record_class, reason="案件", by="吴敏", **given)
    asking = {"before": datetime(2021, 1, 1, tzinfo=BEIJING), "now": NOW}
    strangers = {Seat(role, "某单位") for role in ("consumer", "competent", "provider_approver", "system_admin")}
    lifting = {"hold": hold, "reason": "结案", "now": NOW}
    assert came_of(_asks_to_purge, db, **asking) == "UNDER_HOLD"
    assert came_of(holds.lift, db, **lifting, by="甲", seats=strangers) == "NOT_ENTITLED_TO_HOLD"
    assert came_of(_asks_to_purge, db, **asking) == "UNDER_HOLD"
    assert came_of(holds.lift, db, **lifting, by="吴敏", seats=OFFICE) == DONE
    assert came_of(_asks_to_purge, db, **asking) == DONE


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize(("record_class", "least"), [("usage", 5), ("operation", 5), ("security", 5),
                                                    ("administration", 10)])  # fmt: skip
def test_nobody_may_have_records_kept_for_a_shorter_time_and_the_authority_may_for_longer(county, record_class, least):
    given = {"from_date": beijing.day(ACTED), "reason": "〔2026〕1号", "actor": county.actor("authority"), "now": ACTED}

    def set_to(years: int) -> None:
        rulebook.change({f"audit.{record_class}_years": years}, **given)

    assert [came_of(set_to, years) for years in (least - 1, 1, least + 1)] == [
        "LIMIT_OUT_OF_BOUNDS", "LIMIT_OUT_OF_BOUNDS", DONE,
    ]  # fmt: skip


@pytest.mark.clause("SX-10-c")
def test_a_purge_that_was_approved_too_soon_is_not_done(db):
    with db.transaction() as cur:
        log.append(cur, [usage(at=datetime(2023, 12, 31, tzinfo=BEIJING))])
    tree.integrate(db, now=NOW, signer=LogSigner.from_seed("log.county.example", bytes(32)))
    number = _asks_to_purge(db, before=datetime(2021, 1, 1, tzinfo=BEIJING), now=NOW)
    retention.approve(db, purge=number, by="周强", seats=OFFICE, now=NOW)
    given = {"purge": number, "by": "operator", "seats": OFFICE, "now": NOW}
    assert came_of(retention.purge, db, **given, years=9) == "KEPT_LONGER"
    with db.transaction() as cur:
        cur.execute("update audit.purge set before_at = %s", (datetime(2024, 1, 1, tzinfo=BEIJING),))
    assert came_of(retention.purge, db, **given) == "KEPT_LONGER"
    with db.transaction() as cur:
        assert cur.execute("select count(*) from audit.entry where class = 'usage'").fetchone() == (1,)


# SX-10-d: systems, persons and devices are registered, and only who is registered uses


@pytest.mark.clause("SX-10-d", "IS-4.2-a", "IS-3.1")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"user": "nobody"}, "USER_NOT_REGISTERED"),  # named by the grant, registered nowhere
        ({"user": "xu"}, "USER_NOT_REGISTERED"),  # registered for another unit
        ({"user": "li"}, "USER_NOT_REGISTERED"),  # registered, not named by the grant
        ({"device": "nothing"}, "DEVICE_NOT_REGISTERED"),
        ({"device": "pc9"}, "DEVICE_NOT_REGISTERED"),
        ({"device": "pc2"}, "DEVICE_NOT_REGISTERED"),
        ({"system": "sys-b"}, "SYSTEM_NOT_GRANTED"),
        ({"system": "gone"}, "SYSTEM_CHANGED"),
        ({"revision": 2}, "SYSTEM_CHANGED"),  # signed with a key that is another by now
        ({"profile": "gjgxjhpt"}, "SYSTEM_CHANGED"),  # a way to sign that was not switched on
        ({"unit": STRANGER}, "SYSTEM_CHANGED"),
        ({"nonce_until": NOW - timedelta(seconds=1)}, "REQUEST_STALE"),  # it waited too long
    ],
)
def test_who_or_what_is_not_registered_for_the_unit_and_named_by_the_grant_is_refused(platform, changes, refusal):
    with platform.transaction() as cur:
        registers.register_device(cur, id="pc9", unit=STRANGER, name="x", now=NOW, by="x")
    opened(platform, a_grant(users=("wang", "nobody", "xu"), devices=("pc1", "nothing", "pc9")))
    assert told(answer(platform, question(), question(**changes))) == [[{"name": "match"}], refusal]


@pytest.mark.clause("SX-10-d")
def test_registrations_are_entered_and_what_is_stopped_is_used_no_more(platform):
    opened(platform, a_grant(users=("new",), devices=("pc-new",)))
    asking = {"user": "new", "device": "pc-new"}
    with platform.transaction() as cur:
        registers.register_user(cur, id="new", unit=CONSUMER, name="周敏", now=NOW, by="x")
        registers.register_device(cur, id="pc-new", unit=CONSUMER, name="电脑", now=NOW, by="x")
    assert told(answer(platform, question(**asking))) == [[{"name": "match"}]]
    for state, set_state, refusal in (
        ("user", registers.set_user_state, "USER_NOT_REGISTERED"),
        ("device", registers.set_device_state, "DEVICE_NOT_REGISTERED"),
    ):
        name = asking["user" if state == "user" else "device"]
        with platform.transaction() as cur:
            set_state(cur, id=name, unit=CONSUMER, state="stopped", now=NOW, by="x")
        assert told(answer(platform, question(**asking))) == [refusal]
        with platform.transaction() as cur:
            set_state(cur, id=name, unit=CONSUMER, state="active", now=NOW, by="x")
    with platform.transaction() as cur:
        registers.change_system(cur, id="sys-a", state="stopped", public_key=bytes(32), now=NOW, by="x")
    assert told(answer(platform, question(**asking))) == ["SYSTEM_STOPPED"]
    events = ("plane.user_registered", "plane.device_registered", "plane.user_changed", "plane.device_changed",
              "plane.system_changed")  # fmt: skip
    assert [len(records(platform, event)) for event in events] == [1, 1, 2, 2, 1]
    registered = [records(platform, event)[0] for event in events[:2]]
    by = {"unit": CONSUMER, "by": "x"}
    assert registered == [{"user": "new", "department": None, **by}, {"device": "pc-new", **by}]


# SX-10-e: not for another purpose


@pytest.mark.clause("SX-10-e")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"purpose": "marketing"}, "PURPOSE_NOT_GRANTED"),
        ({"purpose": "ai"}, "PURPOSE_NOT_GRANTED"),  # the granted one is "aid"
        ({"matter": "m3"}, "MATTER_NOT_GRANTED"),
        ({"matter": "m"}, "MATTER_NOT_GRANTED"),
    ],
)
def test_what_was_applied_for_is_put_to_no_other_use_and_who_tries_is_entered(platform, changes, refusal):
    opened(platform, a_grant())
    assert told(answer(platform, question(matter="m2"), question(**changes))) == [[{"name": "match"}], refusal]
    (record,) = records(platform, "plane.refused")
    assert {name: record[name] for name in (*changes, "result")} == {**changes, "result": refusal}


def used(county, *entries: log.LogEntry) -> None:
    """Let the civil affairs bureau have used the police's data."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened_:
        log.append(opened_.cursor(), list(entries))


@pytest.mark.clause("SX-10-a", "SX-10-b")
def test_however_many_uses_there_were_the_oldest_is_read_too(county):
    used(
        county,
        *(log.LogEntry("plane.compared", ACTED, usage(n).record, county.civil, county.police) for n in range(53)),
    )
    users, before = [], None
    for _ in range(2):
        page, before = uses.page(actor=county.actor("consumer"), now=ACTED + timedelta(hours=1), before=before)
        users += [use.record["user"] for use in page]
    assert (users, before) == ([f"p-{number}" for number in reversed(range(53))], None)


@pytest.mark.clause("SX-10-a", "SX-10-b")
def test_the_page_says_who_used_what_for_what_and_what_was_refused_and_why(county, monkeypatch):
    monkeypatch.setattr(settings, "CLOCK", lambda: ACTED + timedelta(hours=1))
    said = {**usage().record, "user": "zhang", "device": "pc-1", "system": "civil-app", "grant": "G-1",
            "purpose": "social-assistance", "matter": "DB-002", "resource": CODE, "items": ["name"],
            "mode": "compare"}  # fmt: skip
    used(
        county,
        log.LogEntry("plane.compared", ACTED, said, county.civil, county.police),
        log.LogEntry("plane.refused", ACTED, {**said, "result": "PURPOSE_NOT_GRANTED"}, county.civil, county.police),
    )
    page = read("editor", "/zh/desk/records/")
    who = ("示范县民政局", "张伟", "一号窗口电脑", "社会救助系统")
    what = ("人口基本信息", "姓名", "核验社会救助对象", "临时救助")
    assert [words for words in (*who, *what) if page.count(words) < 2] == []
    rows = page.partition("用途与事项")[2]  # the form above the table names what was refused, too
    assert (rows.count("未予提供"), "授权 G-1 的用途不包括" in rows) == (1, True)


@pytest.mark.clause("SX-10-a", "SX-10-b", "IS-3.1", "IS-2.2-c")
def test_an_officer_reads_on_a_page_what_the_unit_used(county):
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened_:
        for unit, counterpart in ((county.civil, county.police), (credit_code(8), credit_code(9))):
            entry = log.LogEntry("plane.compared", ACTED, usage().record, unit, counterpart)
            log.append(opened_.cursor(), [entry])
    seen = {
        name: len(uses.page(actor=county.actor(name), now=ACTED + timedelta(hours=1))[0])
        for name in ("consumer", "editor", "competent", "authority", "operator")
    }
    assert seen == {"consumer": 1, "editor": 1, "competent": 0, "authority": 0, "operator": 0}
    members.take_role(username="competent", role="competent", reason="转岗", now=ACTED, by="x")
    members.give_role(username="competent", role="auditor", now=ACTED, by="x")
    assert len(uses.page(actor=county.actor("competent"), now=ACTED + timedelta(hours=1))[0]) == 2
