"""Who raises a limit for a unit: the authority of its region, with a reason, and not without an entry."""

from datetime import date, timedelta

import psycopg
import pytest
from acting import NOW
from django.db import connection, transaction

from hutong.control.procedures.rules import GroundsMissing, NotYourRole
from hutong.control.sharing import raised
from hutong.control.units import deputies
from hutong.core import beijing
from hutong.db import database
from hutong.db.database import Database
from hutong.plane.answer import alarms
from hutong.plane.raising import Raised
from hutong.plane.tables import ResourceUnknown


def decision(county, **changes):
    given = {
        "name": "compare.value_records", "consumer": county.actor("consumer").unit, "value": 20,
        "until_date": beijing.day(NOW) + timedelta(days=20), "reason": "县数局〔2026〕9号", "code": county.code,
    }  # fmt: skip
    return Raised(**given | changes)


def decided(county):
    return raised.listed(county.actor("authority"), kind="raised", limit=9, now=NOW)


@pytest.mark.clause("D-25")
def test_the_authority_raises_a_limit_and_nobody_else(county):
    for username in ("consumer", "operator", "editor", "competent"):
        with pytest.raises(NotYourRole):
            raised.raise_limit(decision(county), actor=county.actor(username), now=NOW)
    raised.raise_limit(decision(county), actor=county.actor("authority"), now=NOW)
    (found,) = decided(county)
    assert (found.most, found.code, found.by, found.stands, found.closes) == (20, county.code, "authority", True, False)


def test_not_without_a_reason_and_not_of_a_resource_there_is_not(county):
    for changes, refused in (({"reason": " "}, GroundsMissing), ({"code": "9/9"}, ResourceUnknown)):
        with pytest.raises(refused):
            raised.raise_limit(decision(county, **changes), actor=county.actor("authority"), now=NOW)
    assert decided(county) == []


def test_without_its_entry_nothing_is_raised(county):
    with pytest.raises(psycopg.Error), transaction.atomic():
        with database.joined(connection) as cur:
            cur.execute("set local role hutong_owner")
            cur.execute("alter table audit.entry add constraint refuse_all check (false) not valid")
            cur.execute("set local role hutong_control")
        raised.raise_limit(decision(county), actor=county.actor("authority"), now=NOW)
    assert decided(county) == []


def deputy(county, *, role, unit, username):
    deputies.name(
        role=role, unit=unit, username=username, until_date=date(2026, 6, 30), reason="空缺",
        actor=county.actor("authority"), now=NOW,
    )  # fmt: skip


@pytest.mark.clause("SX-11-a", "D-25")
def test_about_its_own_unit_the_authority_decides_nothing_and_a_deputy_from_another_does(county):
    own = county.seat("authority").unit
    mine = decision(county, consumer=own)
    plane = Database(county.url, role="plane", size=1)
    with plane.transaction() as cur:
        alarms.open_alarm(cur, limit="compare.share_percent", consumer=own, seen=30, most=20, now=NOW)
    plane.close()
    (alarm,) = raised.listed(county.actor("authority"), kind="alarm", limit=9, now=NOW)
    assert not alarm.closes
    with pytest.raises(raised.OwnUnitDecided):
        raised.raise_limit(mine, actor=county.actor("authority"), now=NOW)
    with pytest.raises(raised.OwnUnitDecided):
        raised.close_alarm(alarm.id, finding="无误", actor=county.actor("authority"), now=NOW)
    deputy(county, role="authority", unit=own, username="consumer")
    raised.raise_limit(mine, actor=county.actor("consumer"), now=NOW)
    raised.close_alarm(alarm.id, finding="无误", actor=county.actor("consumer"), now=NOW)
    with pytest.raises(raised.OwnUnitDecided):
        raised.raise_limit(decision(county), actor=county.actor("consumer"), now=NOW)
    assert [each.by for each in decided(county)] == ["consumer"]
