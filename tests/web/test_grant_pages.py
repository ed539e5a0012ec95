"""The page of grants: a step is offered to whom the grant's table gives it, from the states it leads from."""

import re
from itertools import product

import pytest
from acting import County
from desks import entered, seen

from hutong.control.orgs import offices
from hutong.control.sharing import operations, rules
from hutong.plane.lifecycle import GRANT


@pytest.fixture
def granted(county: County) -> County:
    """A county with one grant in force."""
    county.walk(county.draft(), to="FILED")
    return county


def offered(username: str) -> list[str]:
    page = entered(username).get("/zh/desk/grants/").content.decode()
    return re.findall(r'name="action" value="(\w+)"', page)


def test_an_officer_decides_what_the_table_gives_the_role_from_each_state(county):
    parties = offices.now_held().parties("330523")
    for username, state in product(("operator", "authority", "consumer", "approver", "editor"), sorted(GRANT.states)):
        actor = county.actor(username)
        found = [move.action for move in rules.grant_steps(state, actor=actor, offices=parties)]
        given = [m.action for m in GRANT.moves if m.before == state and actor.holds(m.role) and not m.when]
        assert (username, state, found) == (username, state, given)


def test_what_an_officer_may_decide_the_plane_can_do():
    declared = {move.action for move in GRANT.moves if not move.when}

    assert declared == operations.GRANT_MOVES.keys()


def test_the_operator_is_offered_what_may_be_done_with_a_grant_and_nobody_else_is(granted):
    assert offered("operator") == ["suspend", "revoke"]
    assert [offered(name) for name in ("authority", "consumer", "approver")] == [[], [], []]

    page = entered("operator").get("/zh/desk/grants/").content.decode()
    (number,) = set(re.findall(r'name="no" value="([^"]+)"', page))
    asked = {"no": number, "action": "suspend", "reason": "未按期整改"}
    assert entered("operator").post("/zh/desk/grants/", asked).status_code == 302
    assert offered("operator") == ["resume", "revoke"]
    assert "不再答复" in seen("operator", "/zh/desk/grants/")


def test_what_happens_by_itself_nobody_posts(granted):
    authority, actions = entered("authority"), ("expire", "withdraw", "suspend_with_unit", "")
    told = [authority.post("/zh/desk/grants/", {"no": "G", "action": action}).status_code for action in actions]
    assert told == [422] * len(actions)
