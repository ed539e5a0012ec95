"""Whoever wrote a case is told when another sends it back, refuses it or ends it: in every lifecycle, by every role."""

from contextlib import closing
from datetime import timedelta

import pytest
import ways
from acting import NOW
from expected import PROCEDURES

from hutong.control.procedures import messages
from hutong.control.procedures.procedure import installed
from hutong.control.registration.lifecycle import REGISTERED
from hutong.control.units import queries
from hutong.control.units.rules import Actor
from hutong.core.lifecycle import TIME

LATER = NOW + timedelta(days=1)
WRITTEN = ("sharing.application", "catalog.change", "registration.registration", "security.plan", "security.drill")
"""Lifecycles whose cases somebody writes and another decides."""
OF = {"sharing.application": "consumer", "catalog.change": "provider_editor", "registration.registration": "unit_admin",
      "security.plan": "operator", "security.drill": "operator"}  # fmt: skip
"""Lifecycle → the role of who writes its cases."""
STEPS = {
    (name, step.action, step.role): step
    for name in WRITTEN
    for step in PROCEDURES[name]
    if "reason" in step.needs and step.role not in (OF[name], TIME) and step.before not in REGISTERED
}


def steps(writer: Actor) -> list[tuple[str, str, str]]:
    """Return action, case and reason of what messages tell somebody of."""
    found = messages.page(writer, now=LATER, limit=1000)
    assert messages.unseen(writer, now=LATER) == len(found)
    return [(each.action, each.case, each.reason) for each in found]


@pytest.mark.parametrize("which", STEPS, ids=" ".join)
def test_who_wrote_a_case_is_told_of_a_step_by_which_another_disagrees(county, which):
    name, step = which[0], STEPS[which]
    with closing(ways.WAYS[name](county, name, step)) as way:
        (case,) = installed()[name].cases([way.number])
        writer = queries.actor(case.written_by[0], now=NOW)
        assert way.taker != writer.officer
        before = steps(writer)
        way.take()
        (reason,) = [
            reason for action, case, reason in steps(writer)
            if (action, case, reason) not in before and (action, case) == (step.action, way.number)
        ]  # fmt: skip
        assert way.needs["reason"] in reason
