"""Records go by the owner's hand alone, who sees for himself that two officers agreed and that it is time (SX-10-c)."""

from datetime import datetime, timedelta

import pytest
from answering import NOW
from outcomes import DONE, came_of
from remembering import usage

from hutong.audit import holds, log, tree
from hutong.core.beijing import BEIJING
from hutong.core.lifecycle import Seat
from hutong.core.signed_note import LogSigner
from hutong.db.database import Database

OFFICE = {Seat("authority")}


@pytest.mark.clause("SX-10-c")
def test_who_may_write_purges_down_removes_nothing_alone_before_its_time_or_under_a_hold(db, database_url):
    """Whoever has the password with which purges are written down has no more than that: the owner's function looks."""
    old = datetime(2019, 1, 1, tzinfo=BEIJING)
    this_year = datetime.now(BEIJING) - timedelta(days=30)
    with db.transaction() as cur:
        cur.execute("truncate audit.training_clock")  # its clock is the real one
        log.append(cur, [usage(at=old), usage(at=this_year)])
    tree.integrate(db, now=NOW, signer=LogSigner.from_seed("log.county.example", bytes(32)))
    retaining = Database(database_url, role="retention")

    def removes(*, before: datetime, now: datetime, entered: bool) -> str:
        with db.transaction() as cur:
            ((number,),) = cur.execute(
                "insert into audit.purge"
                " (state, class, before_at, requested_by, requested_at, approved_by, approved_at)"
                " values ('approved', 'usage', %s, '甲', %s, '乙', %s) returning id", [before, now, now]
            )  # fmt: skip
            told = {"purge": number, "record_class": "usage", "before_at": before.isoformat()}
            asked = log.LogEntry("audit.purge_requested", now, {**told, "by": "甲"})
            agreed = log.LogEntry("audit.purge_approved", now, {**told, "requested_by": "甲", "by": "乙"})
            log.append(cur, [asked, agreed] if entered else [asked])

        def remove() -> None:
            with retaining.transaction() as cur:
                cur.execute("select audit.remove_entries(%s, %s)", [number, now])

        return came_of(remove)

    now = datetime.now(BEIJING)
    far = now.replace(year=now.year + 20, day=1)
    due = datetime(2020, 1, 1, tzinfo=BEIJING)
    assert removes(before=due, now=now, entered=False) != DONE
    assert removes(before=now, now=far, entered=True) != DONE
    hold = holds.place(db, record_class=None, reason="案件", by="吴敏", seats=OFFICE, now=now)
    assert removes(before=due, now=now, entered=True) != DONE
    holds.lift(db, hold=hold, reason="结案", by="吴敏", seats=OFFICE, now=now)
    assert removes(before=due, now=now, entered=True) == DONE
    with db.transaction() as cur:
        left = cur.execute("select at from audit.entry where class = 'usage'").fetchall()
    retaining.close()
    assert left == [(this_year,)]
