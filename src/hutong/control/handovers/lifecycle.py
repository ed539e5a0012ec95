"""What a hand-over (工作交接) can be, and every step of it.

A unit's administrator, or the officer who goes, says to whom what is open goes and from which day; nobody approves it. On
that day it is handed over, part by part: what cannot be handed over stays, and the hand-over says why. What is not in
this table cannot happen.
"""

from hutong.core.lifecycle import STUCK, TIME, Lifecycle, Move, State, Tone

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

TRANSFER = Lifecycle(
    name="handovers.transfer",
    title="人员调动",
    start="ASKED",
    states={
        "ASKED": State("待调入单位接收", no_limit="由调出、调入单位商定，未规定期限。"),
        "MOVED": State("已调入", Tone.GOOD),
        "REFUSED": State("调入单位不接收", Tone.QUIET),
        "ENDED": State("已终止办理", Tone.QUIET),
    },
    conditions={STUCK: "已逾期，或者没有可以办理的人员"},
    homes={"unit_admin": "unit"},
    writing=frozenset({"ask"}),
    moves=(
        Move("accept", "接收调入人员", "ASKED", "MOVED", "unit_admin", "SX-11-a",
             aftermath="在原单位的角色已终止，领办的事项退回原单位；账号和办理记录保留。"),
        Move("refuse", "不接收", "ASKED", "REFUSED", "unit_admin", "SX-11-a", reason=True, grave=True,
             aftermath="该人员仍在原单位，角色不变。"),
        Move("stop", "终止办理", "ASKED", "ENDED", "authority", "SX-04-a", when=(STUCK,), reason=True, basis=True,
             optional=True, grave=True, aftermath="该人员仍在原单位，角色不变。"),
    ),
)
"""An officer goes to another unit: the administrator of the one asks, that of the other accepts, neither alone."""
