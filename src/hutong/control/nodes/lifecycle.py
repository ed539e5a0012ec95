"""What a front-end server and a change of its configuration (W9) can be, and every step of them.

A change is applied for with its reason and its window, approved, carried out and checked by the other side: what the unit
carried out the operator checks, what the operator carried out on an entrusted server the unit checks. What was carried out
without approval or outside its window is taken down like any other and bears that as a fact; whether anybody may be blamed
for it people decide (SX-16-(二)). What is not in these tables cannot happen.
"""

from hutong.core.lifecycle import STUCK, TIME, Apart, Clock, Counting, Lifecycle, Move, State, Tone

LEAD_DAYS = "node.change_lead_days"
"""Name in the rulebook of how many working days ahead a change is applied for."""
_DECIDING = frozenset({"approve", "reject", "stop"})
_NOT_REGISTERED = "未予登记；可以另行申请。"
UNUSED = ("REJECTED", "DROPPED", "ENDED")
"""Ends in which a server was never registered: its code may be used again."""

SERVER = Lifecycle(
    name="nodes.server",
    title="前置机登记",
    start="DRAFT",
    states={
        "DRAFT": State("填写中", Tone.QUIET, no_limit="填写没有期限，何时提交由本单位决定。"),
        "SUBMITTED": State("已提交，待核验"),
        "ACTIVE": State("已登记，运行中", Tone.GOOD),
        "RETIRED": State("已停用", Tone.QUIET),
        "REJECTED": State("不予登记", Tone.BAD),
        "DROPPED": State("已放弃登记", Tone.QUIET),
        "ENDED": State("已终止办理", Tone.QUIET),
    },
    conditions={STUCK: "已逾期，或者没有可以办理的人员"},
    homes={"unit_admin": "unit"},
    apart=(
        # who writes for the unit decides nothing about it
        Apart(frozenset({"draft", "submit"}), _DECIDING),
    ),
    writing=frozenset({"draft"}),
    editable=frozenset({"DRAFT"}),
    moves=(
        Move("submit", "提交登记", "DRAFT", "SUBMITTED", "unit_admin", "SX-13-a"),
        Move("take_back", "撤回修改", "SUBMITTED", "DRAFT", "unit_admin", "SX-13-a", optional=True),
        Move("approve", "核验无误，予以登记", "SUBMITTED", "ACTIVE", "operator", "SX-13-a", grave=True),
        Move("reject", "不予登记", "SUBMITTED", "REJECTED", "operator", "SX-13-a", reason=True, grave=True),
        Move("drop", "放弃登记", "DRAFT", "DROPPED", "unit_admin", "SX-13-a", optional=True, grave=True,
             aftermath=_NOT_REGISTERED),
        Move("retire", "停用", "ACTIVE", "RETIRED", "unit_admin", "SX-13-a", reason=True, optional=True, grave=True,
             aftermath="不再作为前置机使用；登记的情况和以往的变更继续可以查阅。"),
        *(Move("stop", "终止办理", state, "ENDED", "authority", "SX-04-a", when=(STUCK,), reason=True, optional=True,
               grave=True, aftermath=_NOT_REGISTERED)
          for state in ("DRAFT", "SUBMITTED")),
    ),
    clocks=(
        Clock("review", "提交登记", Counting.WORKING_DAYS, "node.review_days", ("SUBMITTED",), "SX-13-a"),
    ),
)

_NOT_CHANGED = "登记的配置不作变更；需要变更的，另行申请。"
_BEFORE = ("SUBMITTED", "APPROVED")
"""States in which its window has not begun, or nobody has answered."""

CHANGE = Lifecycle(
    name="nodes.change",
    title="前置机配置变更",
    start="DRAFT",
    states={
        "DRAFT": State("填写中", Tone.QUIET, no_limit="填写没有期限；何时提交由本单位决定，提前的天数自提交之日计算。"),
        "SUBMITTED": State("已提交，待核准"),
        "APPROVED": State("已核准，未到变更时间", no_limit="到核准的变更时间实施，实施后登记。"),
        "IN_WINDOW": State("变更时间内，待实施", no_limit="紧急变更，即时实施。"),
        "OUT_OF_WINDOW": State("变更时间已过，待登记是否实施", Tone.WARN,
                               no_limit="变更时间已过；已经实施的应当登记，没有实施的取消。"),
        "EXECUTED": State("已实施，待核验"),
        "VERIFIED": State("已核验，配置已更新", Tone.GOOD),
        "REJECTED": State("不予核准", Tone.BAD),
        "NOT_VERIFIED": State("核验不符", Tone.BAD),
        "CANCELLED": State("已取消", Tone.QUIET),
        "ENDED": State("已终止办理", Tone.QUIET),
    },
    conditions={
        "planned": "不是紧急变更",
        "urgent": "紧急变更，不能等待",
        "self_managed": "前置机由本单位自行管理",
        "entrusted": "前置机委托平台运维单位管理",
        "window_began": "变更时间已到",
        "window_over": "变更时间已过",
        STUCK: "已逾期，或者没有可以办理的人员",
    },
    homes={"unit_admin": "unit"},
    apart=(
        # who applies approves nothing, and who carried it out does not check it
        Apart(frozenset({"draft", "submit"}), _DECIDING),
        Apart(frozenset({"execute", "submit"}), frozenset({"verify by operator", "deny by operator"})),
    ),
    writing=frozenset({"draft"}),
    editable=frozenset({"DRAFT"}),
    moves=(
        # applied for in writing, with reason and window; what cannot wait is done at once and told at once (P-10)
        Move("submit", "提交变更申请", "DRAFT", "SUBMITTED", "unit_admin", "SX-14-b", when=("planned",)),
        Move("submit", "告知紧急变更（已经实施）", "DRAFT", "EXECUTED", "unit_admin", "P-10",
             when=("urgent", "self_managed")),
        Move("submit", "告知紧急变更（请即时实施）", "DRAFT", "IN_WINDOW", "unit_admin", "P-10",
             when=("urgent", "entrusted")),
        # the operator answers
        Move("approve", "核准", "SUBMITTED", "APPROVED", "operator", "SX-14-a"),
        Move("reject", "不予核准", "SUBMITTED", "REJECTED", "operator", "SX-14-a", reason=True, grave=True),
        # its window comes and goes
        Move("begin_window", "变更时间已到", "APPROVED", "IN_WINDOW", TIME, "SX-14-c", when=("window_began",)),
        Move("end_window", "变更时间已过", "IN_WINDOW", "OUT_OF_WINDOW", TIME, "SX-14-c",
             when=("planned", "window_over")),
        # carried out: by the unit, on an entrusted server by the operator; too early, too late and unapproved all the same
        *(Move("execute", "登记实施情况", state, "EXECUTED", role, "SX-14-c", when=(whose,), optional=state in _BEFORE)
          for state in (*_BEFORE, "IN_WINDOW", "OUT_OF_WINDOW")
          for role, whose in (("unit_admin", "self_managed"), ("operator", "entrusted"))),
        # checked by the other side
        *(move
          for role, whose in (("operator", "self_managed"), ("unit_admin", "entrusted"))
          for move in (
              Move("verify", "核验相符", "EXECUTED", "VERIFIED", role, "SX-14-c", when=(whose,)),
              Move("deny", "核验不符", "EXECUTED", "NOT_VERIFIED", role, "SX-14-c", when=(whose,), reason=True,
                   grave=True, aftermath="登记的配置没有更新；应当查明情况，另行申请。"),
          )),
        # not carried out
        *(Move("cancel", "取消变更", state, "CANCELLED", "unit_admin", "SX-14-b", reason=True, optional=True, grave=True,
               aftermath=_NOT_CHANGED)
          for state in ("DRAFT", *_BEFORE, "IN_WINDOW", "OUT_OF_WINDOW")),
        # what is stuck: late, or nobody is left who may act
        *(Move("stop", "终止办理", state, "ENDED", "authority", "SX-04-a", when=(STUCK,), reason=True, optional=True,
               grave=True, aftermath=_NOT_CHANGED)
          for state in ("DRAFT", "SUBMITTED", "IN_WINDOW", "OUT_OF_WINDOW", "EXECUTED")),
    ),
    clocks=(
        Clock("lead", "提交变更申请", Counting.LEAD, LEAD_DAYS, ("SUBMITTED",), "SX-14-b", date="from"),
        # silence is neither consent nor the unit's fault
        Clock("answer", "提交变更申请", Counting.WORKING_DAYS, "node.answer_days", ("SUBMITTED",), "P-10"),
        Clock("window", "核准的变更时间", Counting.ORDER, "", ("IN_WINDOW",), "SX-14-c", when=("planned",),
              date="until"),
        Clock("check", "登记实施情况", Counting.WORKING_DAYS, "node.verify_days", ("EXECUTED",), "SX-14-c"),
    ),
)

_JUDGED_BY = (("operator", "self_managed"), ("authority", "entrusted"))
_EXPLAINED_BY = (("unit_admin", "self_managed"), ("operator", "entrusted"))

DRIFT = Lifecycle(
    name="nodes.drift",
    title="前置机配置变动",
    start="FOUND",
    states={
        "FOUND": State("配置变动（待核实），待说明", Tone.WARN),
        "EXPLAINED": State("已说明，待核实"),
        "CLEARED": State("已核实，不列为线索", Tone.QUIET),
        "REFERRED": State("已核实，列为违规线索", Tone.BAD),
        "ENDED": State("已终止办理", Tone.QUIET),
    },
    conditions={
        "self_managed": "前置机由本单位自行管理",
        "entrusted": "前置机委托平台运维单位管理",
        STUCK: "已逾期，或者没有可以办理的人员",
    },
    homes={"unit_admin": "unit"},
    apart=(
        # who explains does not judge
        Apart(frozenset({"explain"}), frozenset({"clear", "refer", "stop"})),
    ),
    moves=(
        # who manages the server says what happened; the other side looks, and a machine judges nothing
        *(Move("explain", "说明情况", "FOUND", "EXPLAINED", role, "SX-14-a", when=(whose,), reason=True)
          for role, whose in _EXPLAINED_BY),
        *(move
          for role, whose in _JUDGED_BY
          for move in (
              Move("clear", "核实，不列为线索", "EXPLAINED", "CLEARED", role, "SX-14-a", when=(whose,), reason=True),
              Move("refer", "列为违规线索", "EXPLAINED", "REFERRED", role, "SX-14-a", when=(whose,), reason=True,
                   grave=True, aftermath="只是线索；是否属于擅自变更，另行受理、认定。"),
          )),
        *(Move("stop", "终止办理", state, "ENDED", "authority", "SX-04-a", when=(STUCK,), reason=True, optional=True,
               grave=True, aftermath="没有核实；报送的情况留存备查。")
          for state in ("FOUND", "EXPLAINED")),
    ),
    clocks=(
        Clock("explain", "发现配置变动", Counting.WORKING_DAYS, "node.explain_days", ("FOUND",), "SX-14-a"),
        Clock("judge", "说明情况", Counting.WORKING_DAYS, "node.judge_days", ("EXPLAINED",), "SX-14-a"),
    ),
)
