"""Steps of applications as a chapter takes them, and as everybody else tries to."""

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


def at(county, state: str) -> str:
    """Return an application that has come to a state."""
    no = county.draft()
    county.walk(no, to=state)
    return no
