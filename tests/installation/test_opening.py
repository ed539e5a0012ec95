"""An installation that was just opened: what has to be there before the first entry is."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hutong import settings
from hutong.audit import log
from hutong.db.database import Database
from hutong.installation import opening

FAILED = {"officer": "one", "source": "192.0.2.1", "method": "password", "reason": "PASSWORD_WRONG"}


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize("now", [None, datetime(2031, 1, 31, 23, 59, tzinfo=UTC)])
def test_the_first_entry_of_a_fresh_installation_lies_in_a_month_of_its_own(database_url, tmp_path, now):
    given = replace(settings.read({}), data=tmp_path, database_url=database_url, now=now)
    with opening.opened(given, training=now is not None) as installation:
        with closing(Database(installation.database_url, role="plane", size=1)) as db, db.transaction() as cur:
            began = installation.clock()
            log.append(cur, [log.LogEntry("auth.failed", began, FAILED)])
        with closing(Database(database_url, role="owner", size=1)) as db, db.transaction() as cur:
            lie = cur.execute("select tableoid::regclass::text from audit.entry").fetchall()
            assert lie == [(f"audit.entry_{began.astimezone(UTC):%Y_%m}",)]
            assert cur.execute("select count(*) from audit.entry_default").fetchone() == (0,)
