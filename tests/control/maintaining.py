"""Notices of maintenance as a small county gives them: a bureau tells, and another may use its data."""

from datetime import datetime, timedelta

import registering
from acting import NOW, PASSWORD, County

from hutong.control.notices import maintenance
from hutong.control.notices.models import MaintenanceNotice
from hutong.control.procedures.operations import Grounds
from hutong.control.units import operations as members
from hutong.core import beijing
from hutong.core.errors import Judging

HOUR = timedelta(hours=1)
BEGINS = datetime(2026, 3, 4, 22, tzinfo=beijing.BEIJING)
"""On the second working day after NOW, a Monday: what is told now is in time."""
ENDS = BEGINS + 4 * HOUR


def told(county: County, *, by: str = "unit_admin", now: datetime = NOW, changes: str = "", **facts: object) -> str:
    """Tell of work on the bureau's front-end server, and return the notice's number."""
    said = {
        "kind": "node", "content": "前置机操作系统升级", "affected": "婚姻登记查询接口停用", "from_at": BEGINS,
        "until_at": ENDS, "reason": "", **facts,
    }  # fmt: skip
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    return maintenance.notify(said, **given, changes=changes)


def take(
    county: County, no: str, action: str, *, by: str = "unit_admin", now: datetime = ENDS + HOUR,
    happened_at: datetime | None = None, **grounds: str,
) -> str:  # fmt: skip
    """Take a step of a notice and return the state it has come into."""
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    return maintenance.take(
        no, action, **given, grounds=Grounds(**grounds), happened_at=happened_at, judging=Judging()
    )


def carried_out(county: County, no: str, begun_at: datetime = BEGINS, ended_at: datetime = ENDS) -> None:
    """Let the work of a notice begin and end, as its unit tells a little later."""
    later = ended_at + HOUR
    take(county, no, "begin", now=later, happened_at=begun_at)
    take(county, no, "complete", now=later, happened_at=ended_at)


def staffed(county: County) -> None:
    """Give the bureau its administrator."""
    registering.administrator(county)


def notice(no: str) -> MaintenanceNotice:
    """Return a notice."""
    return MaintenanceNotice.objects.get(no=no)


def granted(county: County) -> None:
    """Let the civil affairs bureau use a resource of the police bureau, and give that one its administrator."""
    county.walk(county.draft(), to="FILED")
    given = {"unit": county.police, "roles": ["unit_admin"], "password": PASSWORD, "now": NOW, "by": "init"}
    members.add_officer(username="police_admin", name="高远", **given)
