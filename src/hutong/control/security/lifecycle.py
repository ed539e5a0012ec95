"""What an emergency plan and a restore drill can be, and every step of them with its actor, clause, condition and limit.

A region has one plan in force; each next version replaces the one before. A drill is planned, goes back to a backup set
that is verified, and is reported as passed or failed (W24). What is not in these tables cannot happen.
"""

from hutong.core.lifecycle import STUCK, TIME, Apart, Clock, Counting, Lifecycle, Move, State, Tone

PREPARED = ("DRAFT", "SUBMITTED", "RETURNED")
"""States in which a version of the plan is still to be decided."""
IN_FORCE = ("IN_FORCE", "REHEARSAL_DUE")
"""States in which a plan holds."""
_NO_PLAN = "本级没有现行有效的应急预案，应当另行编制并报批。"
_NOT_ADOPTED = "未予批准；可以另行编制。"
_NOT_REPORTED = "没有形成演练报告；应当另行安排演练。"

PLAN = Lifecycle(
    name="security.plan",
    title="应急预案",
    start="DRAFT",
    states={
        "DRAFT": State("编制中", Tone.QUIET, no_limit="编制没有期限，何时提交由平台运维单位决定。"),
        "SUBMITTED": State("已提交，待批准"),
        "RETURNED": State("退回修改", Tone.WARN),
        "IN_FORCE": State("现行有效", Tone.GOOD),
        "REHEARSAL_DUE": State("现行有效，应当演练", Tone.WARN),
        "REPLACED": State("已由新版本替代", Tone.QUIET),
        "RESCINDED": State("已废止", Tone.BAD),
        "DROPPED": State("已放弃", Tone.QUIET),
    },
    conditions={
        "rehearsal_near": "下次演练日期临近",
        "succeeded": "新版本已经批准",
        STUCK: "已逾期，或者没有可以办理的人员",
    },
    apart=(
        # who prepares a plan does not adopt it
        Apart(frozenset({"draft", "submit"}), frozenset({"adopt", "return", "stop"})),
    ),
    writing=frozenset({"draft"}),
    editable=frozenset({"DRAFT", "RETURNED"}),
    moves=(
        # the operator prepares it, the authority adopts it
        Move("submit", "提交审批", "DRAFT", "SUBMITTED", "operator", "SX-11-c"),
        Move("submit", "修改后重新提交", "RETURNED", "SUBMITTED", "operator", "SX-11-c"),
        Move("take_back", "撤回修改", "SUBMITTED", "DRAFT", "operator", "SX-11-c", optional=True),
        Move("adopt", "批准施行", "SUBMITTED", "IN_FORCE", "authority", "SX-11-c", grave=True),
        Move("return", "退回修改", "SUBMITTED", "RETURNED", "authority", "SX-11-c", reason=True),
        *(Move("drop", "放弃编制", state, "DROPPED", "operator", "SX-11-c", optional=True, grave=True,
               aftermath=_NOT_ADOPTED)
          for state in PREPARED),
        # it is rehearsed by its day, over and over
        Move("come_near", "演练日期临近", "IN_FORCE", "REHEARSAL_DUE", TIME, "SX-11-c", when=("rehearsal_near",)),
        Move("rehearse", "登记已经演练", "IN_FORCE", "IN_FORCE", "operator", "SX-11-c", reason=True, optional=True),
        Move("rehearse", "登记已经演练", "REHEARSAL_DUE", "IN_FORCE", "operator", "SX-11-c", reason=True),
        # its next version takes its place, or the authority rescinds it
        *(Move("replace", "由新版本替代", state, "REPLACED", "authority", "SX-11-c", when=("succeeded",), optional=True,
               grave=True)
          for state in IN_FORCE),
        *(Move("rescind", "废止", state, "RESCINDED", "authority", "SX-11-c", reason=True, optional=True, grave=True,
               aftermath=_NO_PLAN)
          for state in IN_FORCE),
        # what is stuck: late, or nobody is left who may act
        *(Move("stop", "终止办理", state, "DROPPED", "authority", "SX-04-a", when=(STUCK,), reason=True, optional=True,
               grave=True, aftermath=_NOT_ADOPTED)
          for state in PREPARED),
    ),
    clocks=(
        Clock("adoption", "提交审批", Counting.WORKING_DAYS, "plan.adoption_days", ("SUBMITTED",), "SX-11-c"),
        Clock("revision", "退回修改", Counting.WORKING_DAYS, "plan.revision_days", ("RETURNED",), "SX-11-c"),
        Clock("rehearsal", "预案写明的下次演练日期", Counting.ORDER, "", ("REHEARSAL_DUE",), "SX-11-c",
              date="rehearsal"),
    ),
)

CARRIED_OUT = ("PLANNED", "BACKED_UP", "VERIFIED")
"""States in which a drill is still to be carried out."""

DRILL = Lifecycle(
    name="security.drill",
    title="恢复演练",
    start="PLANNED",
    states={
        "PLANNED": State("已安排，待选定备份"),
        "BACKED_UP": State("已有备份，待校验"),
        "VERIFIED": State("备份已校验，待演练"),
        "RESTORE_DRILLED": State("已演练，待报告"),
        "REPORTED": State("已报告，待阅知"),
        "NOTED": State("已阅知", Tone.QUIET),
        "CANCELLED": State("已取消", Tone.QUIET),
        "ENDED": State("已终止办理", Tone.QUIET),
    },
    conditions={STUCK: "已逾期，或者没有可以办理的人员"},
    apart=(
        # who carries a drill out takes no note of it for the authority
        Apart(frozenset({"plan", "back_up", "verify", "drill", "fail", "report"}), frozenset({"note", "stop"})),
    ),
    writing=frozenset({"plan"}),
    moves=(
        Move("back_up", "登记备份集", "PLANNED", "BACKED_UP", "operator", "SX-11-a"),
        Move("verify", "登记备份已校验", "BACKED_UP", "VERIFIED", "operator", "SX-11-a"),
        Move("drill", "登记演练结果", "VERIFIED", "RESTORE_DRILLED", "operator", "SX-11-c"),
        *(Move("fail", "登记演练未能完成", state, "RESTORE_DRILLED", "operator", "SX-11-c", reason=True, optional=True)
          for state in CARRIED_OUT),
        Move("report", "形成记录并报告", "RESTORE_DRILLED", "REPORTED", "operator", "SX-11-c"),
        Move("note", "阅知", "REPORTED", "NOTED", "authority", "SX-11-c"),
        Move("cancel", "取消演练", "PLANNED", "CANCELLED", "operator", "SX-11-c", reason=True, optional=True, grave=True,
             aftermath=_NOT_REPORTED),
        *(Move("stop", "终止办理", state, "ENDED", "authority", "SX-04-a", when=(STUCK,), reason=True, optional=True,
               grave=True, aftermath=_NOT_REPORTED)
          for state in (*CARRIED_OUT, "RESTORE_DRILLED")),
    ),
    clocks=(
        Clock("planned", "安排的演练日期", Counting.ORDER, "", CARRIED_OUT, "SX-11-c", date="planned"),
        Clock("report", "演练结束", Counting.WORKING_DAYS, "drill.report_days", ("RESTORE_DRILLED",), "SX-11-c"),
        Clock("note", "报告演练结果", Counting.WORKING_DAYS, "drill.note_days", ("REPORTED",), "SX-11-c"),
    ),
)
