"""Article 10: departments are registered, and nobody uses whose department does not stand."""

import pytest
from answering import CONSUMER, NOW, STRANGER, a_grant, opened, records
from comparing import answer, question, told

from hutong.plane import departments, registers

pytestmark = pytest.mark.clause("SX-10-d")


def test_nobody_uses_whose_department_is_not_registered_or_is_stopped_and_it_is_answered_anew_once_it_stands(platform):
    opened(platform, a_grant(users=("wang", "new"), devices=("pc1",)))
    with platform.transaction() as cur:
        departments.register(cur, id="信息科", unit=STRANGER, now=NOW, by="x")
        registers.register_user(cur, id="new", unit=CONSUMER, name="周敏", department="信息科", now=NOW, by="x")
        departments.register(cur, id="救助科", unit=CONSUMER, now=NOW, by="x")
    seen = [told(answer(platform, question(user="new"), question()))]
    with platform.transaction() as cur:
        departments.register(cur, id="信息科", unit=CONSUMER, now=NOW, by="x")
    seen.append(told(answer(platform, question(user="new"), question())))
    for state in ("stopped", "active"):
        with platform.transaction() as cur:
            departments.set_state(cur, id="救助科", unit=CONSUMER, state=state, now=NOW, by="x")
        seen.append(told(answer(platform, question(user="new"), question())))
    with platform.transaction() as cur:
        registers.set_department(cur, id="wang", unit=CONSUMER, department="无此科", now=NOW, by="x")
    seen.append(told(answer(platform, question(user="new"), question())))
    match, refused = [{"name": "match"}], "DEPARTMENT_NOT_REGISTERED"
    assert seen == [[refused, match], [match, match], [match, refused], [match, match], [match, refused]]
    assert [each["department"] for each in records(platform, "plane.department_registered")] == [
        "信息科", "救助科", "信息科",
    ]  # fmt: skip
