"""Who may change one of the platform's own keys, how far it goes, and what is entered of it."""

import json
from datetime import timedelta

import pytest
from remembering import NOW
from test_key_changes import (
    AUDITOR,
    DAYS,
    OPERATOR,
    OTHER,
    REASON,
    approve,
    ask,
    change,
    files,
    integrate,
    keys_of,
    newest,
    signed_by,
)
from test_signing import heads

from hutong.audit import key_changes

__all__ = ["files", "heads"]


@pytest.mark.clause("SX-11-a")
def test_one_officer_alone_changes_no_key_and_the_try_is_entered(db, files):
    with pytest.raises(key_changes.NotEntitledToKeys):
        ask(db, files, by="three", seats=OTHER)
    assert list(files.numbers) == [1]
    number = ask(db, files)
    with pytest.raises(key_changes.KeyApproverIsRequester):
        approve(db, files, number, by="one", seats=OPERATOR | AUDITOR)
    with pytest.raises(key_changes.NotEntitledToKeys):
        approve(db, files, number, by="three", seats=OTHER)

    with db.transaction() as cur:
        assert key_changes.read(cur, id=number).state == "requested"
        tried = [json.loads(record)["reason"] for (record,) in cur.execute(
            "select record from audit.entry where event = 'audit.key_refused' order by id"
        )]  # fmt: skip
    assert tried == ["NOT_ENTITLED_TO_KEYS", "KEY_APPROVER_IS_REQUESTER", "NOT_ENTITLED_TO_KEYS"]


def test_one_change_at_a_time(db, files, heads):
    number = ask(db, files)
    with pytest.raises(key_changes.KeyChangeUnderWay):
        ask(db, files)
    approve(db, files, number)
    with pytest.raises(key_changes.KeyChangeMovedOn):
        approve(db, files, number)
    with pytest.raises(key_changes.KeyChangeUnderWay):
        ask(db, files, now=NOW + DAYS - timedelta(seconds=1))
    integrate(db, files, heads)
    assert ask(db, files, now=NOW + DAYS) == number + 1


def test_what_is_dropped_never_signs(db, files, heads):
    number = ask(db, files)
    with pytest.raises(key_changes.KeyChangeWithoutReason):
        key_changes.drop(db, id=number, files=files, reason=" ", by="one", seats=OPERATOR, now=NOW)
    key_changes.drop(db, id=number, files=files, reason="改期", by="one", seats=OPERATOR, now=NOW)

    assert files.seed(2).read_bytes() == b""
    with pytest.raises(key_changes.KeyChangeMovedOn):
        approve(db, files, number)
    with pytest.raises(key_changes.NoSuchKeyChange):
        approve(db, files, 99)
    integrate(db, files, heads)
    assert signed_by(newest(db).note, *keys_of(files)) == [True, False]
    change(db, files)
    integrate(db, files, heads)
    assert signed_by(newest(db).note, *keys_of(files)) == [True, False, True]


@pytest.mark.parametrize(("days", "reason", "refusal"), [
    (0, REASON, key_changes.OverlapUnfit), (366, REASON, key_changes.OverlapUnfit),
    (30, " ", key_changes.KeyChangeWithoutReason),
])  # fmt: skip
def test_a_change_has_a_reason_and_an_overlap_within_bounds(db, files, days, reason, refusal):
    with pytest.raises(refusal):
        ask(db, files, days=days, reason=reason)
    assert list(files.numbers) == [1]


def test_a_key_that_was_lost_before_it_signed_cannot_be_approved(db, files, heads):
    number = ask(db, files)
    files.seed(2).unlink()
    with pytest.raises(key_changes.NewKeyMissing):
        approve(db, files, number)
    integrate(db, files, heads)


def test_a_change_whose_entry_cannot_be_written_has_not_happened(db, files):
    number = ask(db, files)
    with db.transaction() as cur:
        cur.execute("alter table audit.entry add constraint full_disk check (id < 0) not valid")
    with pytest.raises(Exception, match="full_disk"):
        approve(db, files, number)
    with db.transaction() as cur:
        assert key_changes.read(cur, id=number).state == "requested"


def test_what_is_entered_names_who_decided_and_the_public_entry_names_nobody(db, files):
    done = change(db, files)
    with db.transaction() as cur:
        told = dict(cur.execute("select event, record from audit.entry where event like 'audit.%%key%%'").fetchall())
    said = {event: json.loads(record) for event, record in told.items()}
    assert (said["audit.key_approved"]["requested_by"], said["audit.key_approved"]["by"]) == ("one", "two")
    public = said["audit.log_key_changed"]
    assert [public["old_key"], public["new_key"]] == files.vkeys
    assert not {"one", "two"} & {*public.values()}
    assert done.until_at == NOW + DAYS
    assert done.last_day.isoformat() == "2026-12-23"
