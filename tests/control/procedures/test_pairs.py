"""Two steps by one click: each by its own clause, with its own entry and its own limits, both or neither."""

from functools import partial

import psycopg
import pytest
from acting import NOW, County, entries

from hutong.control.procedures import operations, pairs, queries, since
from hutong.control.procedures.rules import NotYourRole
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.core import canonical

LIFE = "sharing.application"
MOVED = "sharing.application_moved"


def taken(county: County, no: str, then: str = "pass_on", *, by: str = "authority", at: str | None = None) -> None:
    def one(action: str, meant_for: str) -> None:
        county.take(no, action, by=by, meant_for=meant_for)

    pairs.take(APPLICATIONS, no, "accept", then, one=one, meant_for=at or shown(no))


def shown(no: str) -> str:
    return str(since.point(LIFE, no, Application.objects.get(no=no)))


def offered(county: County, no: str, *, by: str = "authority") -> dict[str, list[str]]:
    case, actor = Application.objects.get(no=no), county.actor(by)
    open_to = operations.open_to(APPLICATIONS, case, actor=actor, now=NOW)
    found = partial(pairs.offered, APPLICATIONS, case, actor=actor)
    return {move.action: [then.action for then in found(move)] for move in open_to}


@pytest.fixture
def endorsed(county):
    no = county.draft()
    county.walk(no, to="DEPARTMENT_ENDORSED")
    return no


def test_both_steps_are_taken_each_with_its_clause_its_entry_and_its_limits(county, endorsed):
    before = entries(county.url, MOVED)
    taken(county, endorsed)
    assert Application.objects.get(no=endorsed).state == "PROVIDER_REPLY"
    steps = [(row.action, row.from_state, row.by, row.clause) for row in queries.steps(LIFE, endorsed)][-2:]
    assert steps == [
        ("accept", "DEPARTMENT_ENDORSED", "authority", "SX-08-b"),
        ("pass_on", "COMPLIANCE_CHECK", "authority", "SX-08-b"),
    ]
    assert entries(county.url, MOVED) == before + 2
    with psycopg.connect(county.url, options="-c role=hutong_owner") as owner:
        rows = owner.execute("select record from audit.entry where event = %s order by id desc limit 2", [MOVED])
        told = [(record["action"], record["to_state"]) for (raw,) in rows for record in [canonical.loads(raw)]]
    assert told == [("pass_on", "PROVIDER_REPLY"), ("accept", "COMPLIANCE_CHECK")]


def test_the_limits_are_those_of_two_clicks_at_the_same_moment(county, endorsed):
    other = county.draft(purpose="social-assistance")
    county.walk(other, to="PROVIDER_REPLY")
    taken(county, endorsed)

    def limits(no: str) -> list[tuple]:
        found = queries.models.Clock.objects.filter(lifecycle=LIFE, case=no).order_by("id")
        return [(each.name, each.from_at, each.late_at, each.ended_at, each.result) for each in found]

    assert limits(endorsed) == limits(other)


def test_neither_is_taken_where_the_second_may_not_be(county, endorsed):
    before = entries(county.url, MOVED)
    for refused, asked in ((operations.rules.ConditionNotMet, "confirm"), (pairs.NotPaired, "refuse")):
        with pytest.raises(refused):
            taken(county, endorsed, asked)
    with pytest.raises(NotYourRole):
        taken(county, endorsed, by="competent")
    assert (Application.objects.get(no=endorsed).state, entries(county.url, MOVED)) == ("DEPARTMENT_ENDORSED", before)


def test_neither_is_taken_without_its_entry(county, endorsed, log_down):
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        taken(county, endorsed)
    assert Application.objects.get(no=endorsed).state == "DEPARTMENT_ENDORSED"


def test_asked_for_twice_it_is_told_as_done(county, endorsed):
    at = shown(endorsed)
    taken(county, endorsed, at=at)
    with pytest.raises(since.AlreadyDone):
        taken(county, endorsed, at=at)
    assert [row.action for row in queries.steps(LIFE, endorsed)][-2:] == ["accept", "pass_on"]


def test_what_is_offered_is_what_would_be_open_next_to_who_may_take_both(county, endorsed):
    assert offered(county, endorsed) == {"accept": ["pass_on"]}
    assert offered(county, endorsed, by="competent") == {}
    county.say(sharing_type=1)
    assert offered(county, endorsed) == {"accept": ["confirm"]}
    lodged = county.draft(purpose="social-assistance")
    county.take(lodged, "lodge", by="consumer")
    assert set(map(tuple, offered(county, lodged, by="competent").values())) == {()}
