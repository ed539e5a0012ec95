"""Purging: not before the years are over, never by one person, and the proofs stay."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest
from remembering import NOW, usage

from hutong.audit import checkpoint, holds, log, proofs, purges, retention
from hutong.audit.events import RecordClass
from hutong.audit.years import cut_off
from hutong.core import canonical, merkle
from hutong.core.beijing import BEIJING
from hutong.core.lifecycle import Seat
from hutong.db.database import Database

OLD = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
DUE = datetime(2021, 6, 1, tzinfo=UTC)
SEATS = {Seat("authority")}


def _request(db, *, before=DUE, by="沈丽", seats=SEATS, now=NOW):
    return retention.request(db, record_class=RecordClass.USAGE, before=before, by=by, seats=seats, now=now)


def _events(db):
    with db.transaction() as cur:
        rows = cur.execute("select event, record from audit.entry where event <> 'plane.compared' order by id")
        return [(event, canonical.loads(record)) for event, record in rows]


def _uses(db):
    with db.transaction() as cur:
        return [at for (at,) in cur.execute("select at from audit.entry where class = 'usage' order by at")]


@pytest.mark.clause("SX-10-c")
def test_a_purge_younger_than_five_years_is_refused_and_the_refusal_is_entered(db, fill):
    fill(2, at=OLD)
    before = cut_off(NOW, RecordClass.USAGE) + timedelta(seconds=1)
    with pytest.raises(retention.KeptLonger) as refused:
        _request(db, before=before)
    assert refused.value.clause == "SX-10-c"
    assert len(_uses(db)) == 2
    ((event, record),) = _events(db)
    assert event == "audit.purge_refused"
    assert (record["by"], record["reason"], record["clause"]) == ("沈丽", "KEPT_LONGER", "SX-10-c")


@pytest.mark.clause("SX-10-c")
def test_what_the_rulebook_has_kept_longer_goes_later_and_never_sooner_than_the_least(db, fill):
    fill(2, at=OLD)
    with pytest.raises(retention.KeptLonger, match="kept 8 years"):
        retention.request(db, record_class=RecordClass.USAGE, before=DUE, by="沈丽", seats=SEATS, now=NOW, years=8)
    with pytest.raises(retention.KeptLonger, match="kept 5 years"):
        retention.request(db, record_class=RecordClass.USAGE, before=NOW, by="沈丽", seats=SEATS, now=NOW, years=1)

    number = _request(db)
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    with pytest.raises(retention.KeptLonger, match="kept 8 years"):
        retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW, years=8)
    done = retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW, years=4)
    assert done.removed == 2
    assert done.certificate is not None
    assert "kept 5 年" in done.certificate


@pytest.mark.clause("SX-10-c")
def test_a_leap_day_is_purged_from_the_first_of_march_on(db):
    before = datetime(2024, 3, 1, tzinfo=BEIJING)
    for now in (datetime(2029, 2, 28, 23, tzinfo=BEIJING), datetime(2029, 3, 1, 23, tzinfo=BEIJING)):
        with pytest.raises(retention.KeptLonger):
            _request(db, before=before, now=now)
    assert _request(db, before=before, now=datetime(2029, 3, 2, tzinfo=BEIJING)) == 1


@pytest.mark.clause("SX-10-c")
def test_two_people_purge_what_is_old_and_leave_a_certificate(db, fill):
    fill(3, at=OLD)
    fill(2, at=NOW)
    number = _request(db)
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    done = retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW)
    assert (done.removed, done.done_at, done.approved_by) == (3, NOW, "周强")
    assert _uses(db) == [NOW, NOW + timedelta(microseconds=1)]
    assert done.certificate is not None
    for told in ("沈丽", "周强", "使用日志", "2021-06-01 08:00:00+08:00", "：3\n"):
        assert told in done.certificate
    assert [event for event, _ in _events(db)] == [
        "audit.purge_requested",
        "audit.purge_approved",
        "audit.purge_done",
    ]
    assert _events(db)[-1][1]["certificate"] == sha256(done.certificate.encode()).hexdigest()


@pytest.mark.clause("SX-10-c")
def test_purging_leaves_leaves_tree_and_proofs_whole(db, fill):
    fill(300, at=OLD)
    with db.transaction() as cur:
        head = checkpoint.latest(cur)
        leaves = cur.execute("select seq, data, hash from audit.leaf order by seq").fetchall()
    number = _request(db)
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    assert retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW).removed == 300
    with db.transaction() as cur:
        assert cur.execute("select seq, data, hash from audit.leaf order by seq").fetchall() == leaves
        assert checkpoint.latest(cur) == head
        proof = proofs.inclusion(cur, leaf_hash=leaves[77][2], size=300)
    merkle.verify_inclusion(leaf=leaves[77][2], index=77, size=300, proof=proof.hashes, expected_root=head.root)


@pytest.mark.clause("SX-10-c")
def test_what_is_kept_as_long_as_the_records_goes_with_them_or_nothing_goes(db, fill):
    fill(2, at=OLD)
    number, asked = _request(db), []
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    purging = {"purge": number, "by": "operator", "seats": SEATS, "now": NOW}

    def fails(cur, purge, now):
        raise RuntimeError("the papers stay")

    def also(cur, purge, now):
        asked.append((purge.record_class, purge.before_at))
        return 7

    with pytest.raises(RuntimeError):
        retention.purge(db, also=fails, **purging)
    assert len(_uses(db)) == 2
    done = retention.purge(db, also=also, **purging)
    assert asked == [(RecordClass.USAGE, DUE)]
    assert done.certificate is not None
    assert "附件 Attachments removed：7\n" in done.certificate
    assert _events(db)[-1][1]["attachments"] == 7


@pytest.mark.clause("SX-10-c")
def test_who_requested_may_not_approve(db, fill):
    fill(1, at=OLD)
    number = _request(db)
    with pytest.raises(retention.ApproverIsRequester):
        retention.approve(db, purge=number, by="沈丽", seats=SEATS, now=NOW)
    assert _events(db)[-1][1]["reason"] == "APPROVER_IS_REQUESTER"
    with pytest.raises(retention.PurgeNotApproved):
        retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW)
    with pytest.raises(psycopg.errors.CheckViolation, match="purge_needs_two_people"), db.transaction() as cur:
        cur.execute("update audit.purge set approved_by = requested_by, approved_at = requested_at")
    assert len(_uses(db)) == 1


def test_a_purge_is_approved_and_done_once(db, fill):
    fill(1, at=OLD)
    number = _request(db)
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    with pytest.raises(retention.PurgeMovedOn):
        retention.approve(db, purge=number, by="吴敏", seats=SEATS, now=NOW)
    retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW)
    with pytest.raises(retention.PurgeMovedOn):
        retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW)
    with pytest.raises(purges.NoSuchPurge):
        retention.approve(db, purge=number + 1, by="周强", seats=SEATS, now=NOW)


@pytest.mark.parametrize("approved", [False, True])
@pytest.mark.parametrize("by", ["沈丽", "吴敏"])
def test_a_purge_that_is_not_done_is_dropped_with_its_entry_and_never_goes_on(db, fill, approved, by):
    fill(1, at=OLD)
    number = _request(db)
    if approved:
        retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    retention.drop(db, purge=number, reason="另案处理", by=by, seats=SEATS, now=NOW)

    with db.transaction() as cur:
        asked = purges.read(cur, purge=number)
    assert (asked.state, asked.dropped_by, asked.dropped_at, asked.drop_reason) == ("dropped", by, NOW, "另案处理")
    event, record = _events(db)[-1]
    assert event == "audit.purge_dropped"
    assert (record["purge"], record["requested_by"], record["reason"], record["by"]) == (number, "沈丽", "另案处理", by)
    again = {"purge": number, "by": "周强", "seats": SEATS, "now": NOW}
    for step in (retention.approve, retention.purge):
        with pytest.raises(retention.PurgeMovedOn):
            step(db, **again)
    with pytest.raises(retention.PurgeMovedOn):
        retention.drop(db, reason="另案处理", **again)
    assert len(_uses(db)) == 1


def test_what_is_done_is_not_dropped_and_nothing_is_without_a_reason(db, fill):
    fill(1, at=OLD)
    number = _request(db)
    dropping = {"purge": number, "by": "吴敏", "seats": SEATS, "now": NOW}
    with pytest.raises(retention.DropWithoutReason):
        retention.drop(db, reason=" ", **dropping)
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW)
    with pytest.raises(retention.PurgeMovedOn):
        retention.drop(db, reason="另案处理", **dropping)
    with pytest.raises(purges.NoSuchPurge):
        retention.drop(db, reason="另案处理", **{**dropping, "purge": number + 1})


@pytest.mark.clause("SX-10-c")
def test_who_holds_no_role_for_it_takes_no_step_and_the_refusal_is_entered(db, fill):
    fill(1, at=OLD)
    others = {"seats": {Seat("consumer"), Seat("system_admin")}, "now": NOW, "by": "孙涛"}
    with pytest.raises(retention.NotEntitledToPurge):
        retention.request(db, record_class=RecordClass.USAGE, before=DUE, **others)
    number = _request(db)
    with pytest.raises(retention.NotEntitledToPurge):
        retention.approve(db, purge=number, **others)
    with pytest.raises(retention.NotEntitledToPurge):
        retention.drop(db, purge=number, reason="另案处理", **others)
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    with pytest.raises(retention.NotEntitledToPurge):
        retention.purge(db, purge=number, **others)
    refused = [record for event, record in _events(db) if event == "audit.purge_refused"]
    assert [(record["reason"], record["by"]) for record in refused] == [("NOT_ENTITLED_TO_PURGE", "孙涛")] * 4
    with pytest.raises(holds.NotEntitledToHold):
        holds.place(db, record_class=None, reason="审计", **others)
    hold = holds.place(db, record_class=None, reason="审计", by="吴敏", seats=SEATS, now=NOW)
    with pytest.raises(holds.NotEntitledToHold):
        holds.lift(db, hold=hold, reason="审计", **others)
    assert len(_uses(db)) == 1


@pytest.mark.parametrize("step", ["request", "approve", "drop", "purge", "place", "lift"])
def test_a_step_whose_entry_cannot_be_written_has_not_happened(db, fill, step):
    fill(1, at=OLD)
    number, acting = _request(db), {"seats": SEATS, "now": NOW}
    if step == "purge":
        retention.approve(db, purge=number, by="周强", **acting)
    hold = holds.place(db, record_class=RecordClass.SECURITY, reason="审计", by="吴敏", **acting)
    steps = {
        "request": lambda: _request(db),
        "approve": lambda: retention.approve(db, purge=number, by="周强", **acting),
        "drop": lambda: retention.drop(db, purge=number, reason="另案处理", by="周强", **acting),
        "purge": lambda: retention.purge(db, purge=number, by="周强", **acting),
        "place": lambda: holds.place(db, record_class=None, reason="审计", by="周强", **acting),
        "lift": lambda: holds.lift(db, hold=hold, reason="审计", by="周强", **acting),
    }
    before = _written(db)
    with db.transaction() as cur:
        cur.execute("alter table audit.pending_leaf add constraint full_disk check (entry_id < 0) not valid")
    with pytest.raises(psycopg.errors.CheckViolation, match="full_disk"):
        steps[step]()
    assert _written(db) == before


def _written(db):
    with db.transaction() as cur:
        tables = ("audit.purge", "audit.hold", "audit.entry")
        return [
            cur.execute(f"select count(*), array_agg(t::text order by t::text) from {name} t").fetchone()
            for name in tables
        ]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("state = 'done'", "purge_state"),
        ("state = 'done', done_at = requested_at", "purge_done_after_approval"),
        ("state = 'approved', approved_by = '周强'", "purge_approval_named"),
        ("state = 'dropped', dropped_by = '周强', dropped_at = requested_at", "purge_drop_told"),
        (
            "state = 'done', dropped_by = '周强', dropped_at = requested_at, drop_reason = '', done_at = requested_at,"
            " approved_by = '周强', approved_at = requested_at",
            "purge_ends_once",
        ),
    ],
)
def test_a_purge_is_written_down_only_as_it_can_be(db, change, named):
    _request(db)
    with pytest.raises(psycopg.errors.CheckViolation, match=f'"{named}"'), db.transaction() as cur:
        cur.execute(f"update audit.purge set {change}")


def test_what_is_not_placed_yet_is_not_purged(db, fill):
    fill(1, at=OLD)
    with db.transaction() as cur:
        log.append(cur, [usage(at=OLD)])
    number = _request(db)
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    assert retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW).removed == 1
    assert _uses(db) == [OLD]


def test_a_hold_stops_a_purge_until_it_is_lifted(db, fill):
    fill(1, at=OLD)
    number = _request(db)
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    hold = holds.place(db, record_class=None, reason="案件 12 号", by="吴敏", seats=SEATS, now=NOW)
    with pytest.raises(retention.UnderHold, match="案件 12 号"):
        retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW)
    assert len(_uses(db)) == 1
    holds.lift(db, hold=hold, reason="结案", by="吴敏", seats=SEATS, now=NOW)
    with pytest.raises(holds.NoSuchHold):
        holds.lift(db, hold=hold, reason="结案", by="吴敏", seats=SEATS, now=NOW)
    assert retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW).removed == 1


@pytest.mark.clause("SX-10-c")
def test_only_the_owner_can_delete(db, database_url, fill):
    fill(1, at=OLD)
    number = _request(db)
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    control = Database(database_url, role="control")
    try:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            retention.purge(control, purge=number, by="operator", seats=SEATS, now=NOW)
    finally:
        control.close()
    assert len(_uses(db)) == 1


def test_if_the_entry_cannot_be_written_nothing_is_purged(db, fill):
    fill(2, at=OLD)
    number = _request(db)
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    with db.transaction() as cur:
        cur.execute("alter table audit.pending_leaf add constraint full_disk check (entry_id < 0) not valid")
    with pytest.raises(psycopg.errors.CheckViolation, match="full_disk"):
        retention.purge(db, purge=number, by="operator", seats=SEATS, now=NOW)
    assert len(_uses(db)) == 2


@pytest.mark.clause("SX-10-c")
def test_a_hold_with_an_end_stops_purges_until_then(db, fill):
    fill(1, at=OLD)
    number = _request(db)
    retention.approve(db, purge=number, by="周强", seats=SEATS, now=NOW)
    end = NOW + timedelta(days=3)
    holds.place(db, record_class=None, reason="审计", until_at=end, by="吴敏", seats=SEATS, now=NOW)
    with pytest.raises(retention.UnderHold):
        retention.purge(db, purge=number, by="operator", seats=SEATS, now=end - timedelta(seconds=1))
    assert retention.purge(db, purge=number, by="operator", seats=SEATS, now=end).removed == 1


def test_a_hold_that_is_over_is_not_lifted(db):
    end = NOW + timedelta(days=3)
    hold = holds.place(db, record_class=None, reason="审计", until_at=end, by="吴敏", seats=SEATS, now=NOW)
    with pytest.raises(holds.NoSuchHold):
        holds.lift(db, hold=hold, reason="审计结束", by="吴敏", seats=SEATS, now=end)
    holds.lift(db, hold=hold, reason="审计结束", by="吴敏", seats=SEATS, now=end - timedelta(seconds=1))


def test_a_hold_needs_a_reason_and_an_end_that_is_to_come(db):
    placing = {"record_class": None, "by": "吴敏", "seats": SEATS, "now": NOW}
    with pytest.raises(holds.HoldWithoutReason):
        holds.place(db, reason=" ", **placing)
    with pytest.raises(holds.HoldEndsTooSoon):
        holds.place(db, reason="审计", until_at=NOW, **placing)
    hold = holds.place(db, reason="审计", **placing)
    with pytest.raises(holds.HoldWithoutReason):
        holds.lift(db, hold=hold, reason="", by="吴敏", seats=SEATS, now=NOW)
    with db.transaction() as cur:
        (kept,) = holds.every(cur)
    assert (kept.id, kept.reason, kept.lifted_at, kept.stands(NOW)) == (hold, "审计", None, True)
