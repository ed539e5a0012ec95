"""A log that came back from a backup: nobody signs it before two officers have begun its next epoch."""

import pytest
from remembering import NOW
from test_epochs import begin, entered, integrate, keys
from test_signing import enter, heads

from hutong.audit import hashes, signing, tree, waiting
from hutong.audit.heads import RestoredLog

__all__ = ["heads", "keys"]


@pytest.mark.clause("SX-11-a", "SX-11-c")
def test_a_log_from_a_backup_is_signed_by_nobody_before_two_officers_begin_its_next_epoch(db, keys, tmp_path):
    enter(db, 300)
    integrate(db, keys)
    keys.heads.note_restored(RestoredLog(epoch=1, ahead=1, until="2026-11-23 11:00:00", lost=7))
    enter(db, 2)  # answers go on

    with db.transaction() as cur:
        found = tree.stopped(cur, signer=keys.signer, heads=keys.heads)
        assert found is not None and found.code == "LOG_RESTORED"
    with pytest.raises(signing.LogRestored) as raised:
        integrate(db, keys)
    with pytest.raises(signing.LogRestored):
        signing.sign(db, now=NOW, signer=keys.signer, heads=keys.heads)
    assert raised.value.facts == {"until": "2026-11-23 11:00:00", "lost": 7}
    waiting.note(db, state=waiting.STOPPED, fault=raised.value, now=NOW)
    with db.transaction() as cur:
        assert [each.code for each in waiting.read(cur, now=NOW).problems] == ["LOG_RESTORED"]
        assert hashes.size(cur) == 300

    assert begin(db, keys).number == 2
    (record,) = entered(db, "audit.epoch_begun")
    assert (record["code"], record["old_size"], record["stored_size"], record["lost"]) == ("LOG_RESTORED", 300, 300, 0)
    assert keys.heads.restored() is None
    with db.transaction() as cur:
        assert tree.stopped(cur, signer=keys.signer, heads=keys.heads) is None
    assert integrate(db, keys) == 3


@pytest.mark.clause("SX-11-c")
def test_what_is_restored_a_second_time_goes_on_under_another_number(db, keys):
    enter(db, 300)
    integrate(db, keys)
    keys.heads.note_restored(RestoredLog(epoch=1, ahead=2, until="?", lost=0))
    epoch = begin(db, keys)
    assert (epoch.number, epoch.origin("l")) == (3, "l/3")
    integrate(db, keys)


def test_a_mark_that_cannot_be_read_stops_the_log_and_one_of_the_epochs_before_says_nothing(db, keys):
    enter(db, 3)
    integrate(db, keys)
    mark = keys.heads.folder / "restored.json"
    mark.write_text("{")
    enter(db, 1)
    with pytest.raises(signing.HeadUnreadable):
        integrate(db, keys)
    begin(db, keys)
    assert not mark.exists()
    keys.heads.note_restored(RestoredLog(epoch=1, ahead=1, until="?", lost=0))  # whoever began it was killed
    assert integrate(db, keys) == 2
