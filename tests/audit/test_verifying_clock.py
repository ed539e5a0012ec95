"""A platform whose clock was ahead, as it enters and signs itself, is verified: what the result says of it."""

from contextlib import closing
from datetime import timedelta

import pytest
from remembering import NOW, usage
from test_moments_over_epochs import second_epoch
from test_signing import heads
from test_verifying_epochs import AUTHORITY, exported, faults, key_of, keys, sign
from typer.testing import CliRunner

from hutong import cli
from hutong.audit import clock, log, retention, verify
from hutong.audit.events import RecordClass
from hutong.db.database import Database

__all__ = ["exported", "heads", "keys"]

MINUTE, HOUR, YEAR = timedelta(minutes=1), timedelta(hours=1), timedelta(days=366)


def live(db, keys, *, since, minutes, ahead=timedelta()):
    """Let a platform go on: each minute it looks at its clock, enters a use and signs."""
    for minute in range(minutes):
        now = since + minute * MINUTE + ahead
        clock.watch(db, now=now)
        with db.transaction() as cur:
            log.append(cur, [usage(at=now)])
        sign(db, keys, now=now)


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("ahead", [5 * MINUTE, HOUR, 3 * HOUR, 20 * timedelta(days=1)])
def test_an_honest_platform_whose_clock_was_ahead_and_was_set_right_verifies_with_a_word(db, keys, exported, ahead):
    live(db, keys, since=NOW, minutes=10)
    live(db, keys, since=NOW + 10 * MINUTE, minutes=5, ahead=ahead)
    live(db, keys, since=NOW + 15 * MINUTE, minutes=5)
    end = NOW + 20 * MINUTE
    folder = exported(now=end)
    for tree_only in (True, False):
        report = verify.verify(folder, now=end, vkey=key_of(keys, 1), tree_only=tree_only)
        assert (report.faults, [(each.covers, each.back) for each in report.clock_corrections]) == ((), [
            (True, ahead - MINUTE)
        ])  # fmt: skip


@pytest.mark.clause("SX-10-b")
def test_what_the_platform_dates_back_after_it_entered_a_step_that_was_none_is_a_fault(db, keys, exported):
    live(db, keys, since=NOW, minutes=200)
    back = NOW + 30 * MINUTE
    clock.watch(db, now=back)
    with db.transaction() as cur:
        log.append(cur, [usage(at=back + MINUTE)])
    sign(db, keys, now=back + MINUTE)
    out = "is of a moment that does not lie between its checkpoints"
    folder = exported(now=NOW + 9 * HOUR)
    assert [what for _, what in faults(folder, keys, epoch=1, now=NOW + 9 * HOUR)] == [out, out]
    told = CliRunner().invoke(cli.app, ["audit", "verify", str(folder)], env={"LANG": "en_US.UTF-8"})
    said = "! Entry 200 of epoch 1 says that the clock was set back by about 2 h 49 min, to 2026-11-23 11:30:00, but"
    assert (told.exit_code, said in " ".join(told.output.split())) == (1, True)


@pytest.fixture
def all_of_it(db, keys, exported):
    """A log of two epochs, with a purge and clocks that were ahead in both, as it was exported."""
    with db.transaction() as cur:
        log.append(cur, [usage(number, at=NOW - 7 * YEAR) for number in range(4)])
    sign(db, keys, now=NOW - 7 * YEAR)
    live(db, keys, since=NOW, minutes=3)
    live(db, keys, since=NOW + 3 * MINUTE, minutes=3, ahead=HOUR)
    live(db, keys, since=NOW + 6 * MINUTE, minutes=70)
    then = NOW + 80 * MINUTE
    with closing(Database(db.url, role="retention", size=1)) as own:
        given = {"record_class": RecordClass.USAGE, "before": NOW - 6 * YEAR, "seats": AUTHORITY}
        number = retention.request(own, by="甲", now=then, **given)
        retention.approve(own, purge=number, by="乙", seats=AUTHORITY, now=then)
        assert retention.purge(own, purge=number, by="乙", seats=AUTHORITY, now=then)
    sign(db, keys, now=then)
    second_epoch(db, keys, at=then + MINUTE)
    live(db, keys, since=then + 2 * MINUTE, minutes=3, ahead=5 * HOUR)
    live(db, keys, since=then + 5 * MINUTE, minutes=3)
    sign(db, keys, now=then + 9 * MINUTE)
    return exported(now=then + 9 * MINUTE)


@pytest.mark.clause("SX-10-b")
def test_the_result_tells_epochs_steps_and_purges_together_in_both_languages(all_of_it, keys):
    told = {
        language: CliRunner().invoke(
            cli.app, ["audit", "verify", str(all_of_it), "--key", key_of(keys)], env={"LANG": f"{language}.UTF-8"}
        )
        for language in ("zh_CN", "en_US")
    }
    assert [each.exit_code for each in told.values()] == [0, 0]
    zh, en = (" ".join(each.output.split()) for each in told.values())
    assert "! 第 2 期于 2026-11-23 12:21 另起" in zh and "! Epoch 2 began at 2026-11-23 12:21" in en
    first, second = "2026-11-23 11:06:00", "2026-11-23 12:25:00"
    assert f"! 第 1 期第 10 条载明：平台时钟曾快约 0 小时 59 分钟，于 {first} 拨回；日志中可见此前确曾跳快。" in zh
    assert f"! 第 2 期第 5 条载明：平台时钟曾快约 4 小时 59 分钟，于 {second} 拨回；日志中可见此前确曾跳快。" in zh
    assert "! Entry 5 of epoch 2 says that the clock, which had been ahead by about 4 h 59 min, was set back" in en
    assert "记录 80 份，依规清除 4 份；未发现差错。" in zh and "80 records, 4 purged by rule; no fault." in en
