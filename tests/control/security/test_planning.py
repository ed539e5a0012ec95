"""A plan says by itself what it lacks."""

from datetime import date

from acting import NOW

from hutong.control.security import planning
from hutong.core.errors import Faults, Judging

WHOLE = {"title": "预案", "summary": "", "owner": "张敏", "rehearsal_date": date(2026, 9, 1)}


def test_what_a_plan_lacks_is_told_field_by_field_and_of_a_whole_one_nothing(county):
    unit = county.actor("operator").unit
    assert planning.judged({**WHOLE, "unit": unit}, now=NOW, judging=Judging()) is None
    lacking = planning.judged({**WHOLE, "title": "", "owner": " ", "unit": "nowhere"}, now=NOW, judging=Judging())
    assert isinstance(lacking, Faults)
    assert {field for each in lacking.problems for field in each.fields} == {"title", "owner", "unit"}
    assert planning.columns({"title": "预案", "unit": unit})["unit_id"] == unit
