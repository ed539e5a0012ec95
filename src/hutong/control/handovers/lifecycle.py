"""What a hand-over (工作交接) can be, and every step of it.

A unit's administrator, or the officer who goes, says to whom what is open goes and from which day; nobody approves it. On
that day it is handed over, part by part: what cannot be handed over stays, and the hand-over says why. What is not in
this table cannot happen.
"""

from hutong.core.lifecycle import TIME, Lifecycle, Move, State, Tone

HANDOVER = Lifecycle(
    name="handovers.handover",
    title="工作交接",
    start="PLANNED",
    states={
        "PLANNED": State("已确定，未到交接日", no_limit="到交接日自行移交，不须核准。"),
        "DONE": State("已全部移交", Tone.GOOD),
        "PARTLY": State("已移交，部分事项未能移交", Tone.WARN),
        "TAKEN_BACK": State("已撤回", Tone.QUIET),
    },
    conditions={
        "day_came": "交接日已到",
        "all_passed": "各事项都有人承接",
        "some_left": "有事项未能移交",
    },
    homes={"unit_admin": "unit"},
    writing=frozenset({"arrange"}),
    moves=(
        Move("take_effect", "全部移交", "PLANNED", "DONE", TIME, "SX-11-a", when=("day_came", "all_passed")),
        Move("take_effect", "部分事项未能移交", "PLANNED", "PARTLY", TIME, "SX-11-a", when=("day_came", "some_left")),
        Move("take_back", "撤回交接", "PLANNED", "TAKEN_BACK", "unit_admin", "SX-11-a", reason=True, optional=True,
             grave=True, aftermath="各事项仍由原承办人办理；可以另行交接。"),
    ),
)
