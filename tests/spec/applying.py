"""Steps of applications as a chapter takes them, and as everybody else tries to."""

import psycopg
from outcomes import result_of

EVERYBODY = ("consumer", "competent", "authority", "approver", "editor", "operator")
GROUNDS = {"reason": "与职责无关", "basis": "《管理办法》第八条"}


def step(county, no: str, action: str, *, by: str, **more: object) -> object:
    """Take a step; returns the state the application is in then, or the code of the refusal."""
    return result_of(county.take, no, action, by=by, **more)


def others(county, no: str, action: str, *, than: str, **more: object) -> list[object]:
    """Return what comes of a step when everybody else tries it."""
    return [step(county, no, action, by=name, **more) for name in EVERYBODY if name != than]


NOT_THEIRS = ["NOT_YOUR_ROLE"] * (len(EVERYBODY) - 1)


def registered_police(county) -> dict[str, object]:
    """Register a system, a person and a device of the police, and return them as an application names them."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute(
            "insert into plane.system (id, unit, name, public_key, mlps_level, mlps_until)"
            " values ('police-app', %s, '警务系统', %s, 2, '2027-12-31')",
            [county.police, bytes(32)],
        )
        opened.execute("insert into plane.user (id, unit, name) values ('wang', %s, '王军')", [county.police])
        opened.execute("insert into plane.device (id, unit, name) values ('pc-2', %s, '二号电脑')", [county.police])
    return {"system": "police-app", "users": ["wang"], "devices": ["pc-2"]}


def at(county, state: str) -> str:
    """Return an application that has come to a state."""
    no = county.draft()
    county.walk(no, to=state)
    return no
