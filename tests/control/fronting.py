"""Front-end servers as a small county registers them: the civil affairs bureau's, its administrator, its changes."""

from datetime import date, datetime, timedelta

import registering
from acting import NOW, County

from hutong.control.nodes import changing, drifting, operations, passes
from hutong.control.nodes.models import FrontEndServer, ServerChange
from hutong.control.procedures.operations import Grounds
from hutong.control.units.models import Officer
from hutong.core import beijing
from hutong.db.database import Database
from hutong.plane import front_ends

FACTS: dict[str, object] = {
    "name": "民政前置机", "code": "QZJ-01", "managed": "SELF", "host": "10.20.30.40", "port": 5432,
    "network": "政务外网", "database_kind": "PostgreSQL 16", "database_name": "minzheng",
    "accounts": "share_in\nshare_out", "password_date": date(2026, 1, 5),
    "tables": "relief: id, name, address\nmarriage：number、name", "contact": "何静 0572-2000001",
    "system": "",
}  # fmt: skip
"""What a server says of itself, as it is typed."""
FORM = {name: str(value) for name, value in FACTS.items()}
"""The same as its form sends it."""
IN_TIME = beijing.midnight(date(2026, 3, 9)) + timedelta(hours=20)
"""In the evening of the fifth working day after NOW."""
HOURS = timedelta(hours=2)
DONE: dict[str, object] = {"executed_by": "何静", "done": "改了监听端口，重新连接成功"}


def administrator(county: County) -> None:
    """Give the civil affairs bureau its administrator, where it has none."""
    if not Officer.objects.filter(user__username="unit_admin").exists():
        registering.administrator(county)


def drafted(county: County, **changes: object) -> str:
    """Return the number of a server that the bureau wrote down."""
    administrator(county)
    return operations.draft({**FACTS, **changes}, actor=county.actor("unit_admin"), now=NOW)


def registered(county: County, **changes: object) -> str:
    """Return the number of a server that the operator registered."""
    no = drafted(county, **changes)
    move(county, no, "submit", by="unit_admin")
    assert move(county, no, "approve", by="operator") == "ACTIVE"
    return no


def move(county: County, no: str, action: str, *, by: str, now: datetime = NOW, **grounds: str) -> str:
    """Take a step of a server and return the state it has come into."""
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    return operations.take(no, action, **given, grounds=Grounds(**grounds))


def change(county: County, server: str, *, now: datetime = NOW, **changes: object) -> str:
    """Return the number of a change of a server's port, in its window in time, as the bureau wrote it down."""
    facts = FrontEndServer.objects.get(no=server).facts
    kept = {name: "\n".join(value) if isinstance(value, list) else value for name, value in facts.items()}
    told = {
        **kept, "port": 6432, "reason": "安全加固", "urgent": False, "window_from_at": IN_TIME,
        "window_until_at": IN_TIME + HOURS, **changes,
    }  # fmt: skip
    return changing.draft(server, told, actor=county.actor("unit_admin", now=now), now=now)


def submitted(county: County, server: str, *, now: datetime = NOW, **changes: object) -> str:
    """Return the number of a change of a server that was handed in."""
    no = change(county, server, now=now, **changes)
    take(county, no, "submit", by="unit_admin", now=now)
    return no


def take(
    county: County, no: str, action: str, *, by: str, now: datetime = NOW, executed_at: datetime | None = None,
    **grounds: str,
) -> str:  # fmt: skip
    """Take a step of a change and return the state it has come into; what is carried out was so at `now`, or before."""
    executed = {**DONE, "executed_at": executed_at or now} if action == "execute" else None
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    return changing.take(no, action, **given, grounds=Grounds(**grounds), executed=executed)


def state(no: str) -> str:
    """Return the state of a change."""
    return ServerChange.objects.get(no=no).state


def heard(county: County, *, now: datetime = NOW, **told: str) -> None:
    """Let the server that signs as the bureau's system be heard, as the gateway does."""
    plane = Database(county.url, role="plane", size=1)
    with plane.transaction() as cur:
        front_ends.hear(cur, system="civil-app", unit=county.civil, now=now, **told)
    plane.close()


def drifted(county: County, *, digest: str = "d" * 64, **changes: object) -> str:
    """Return the number of a drift that was found of the bureau's server."""
    registered(county, system="civil-app", **changes)
    heard(county, digest=digest)
    (no,) = passes.find_drifts(now=NOW, calendar=county.calendar)
    return no


def take_drift(county: County, no: str, action: str, *, by: str, now: datetime = NOW, **grounds: str) -> str:
    """Take a step of a drift and return the state it has come into."""
    given = {"actor": county.actor(by, now=now), "now": now, "calendar": county.calendar}
    return drifting.take(no, action, **given, grounds=Grounds(**grounds))
