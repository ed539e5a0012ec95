"""Emergency plans and restore drills for programs."""

from hutong.web.api.offered import ProgramKind
from hutong.web.desk.security import form as forms
from hutong.web.desk.security.kind import DRILL_KIND, PLAN_KIND
from hutong.web.desk.security.lists import DRILLS, PLANS

OF_PLAN = ("region", "title", "unit", "owner", "summary", "rehearsal_date", "draft", "at")
OF_DRILL = ("region", "planned_date", "scope", "at")

OFFERED = (
    ProgramKind(PLAN_KIND, forms.drafted, forms.amended, OF_PLAN, PLANS, ("version", "unit_id")),
    ProgramKind(DRILL_KIND, forms.planned, None, OF_DRILL, DRILLS, ("unit_id", "passed", "failed_with")),
)
