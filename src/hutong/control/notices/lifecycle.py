"""W8, W10, W11: what a change of a unit's contact, a notice of maintenance and a fault can be, and every step of them.

A unit tells of a change, and nobody approves it: on its day the new contact is the contact. It tells of maintenance, and
nobody approves that: it tells when the work begins and when it is done. Whether it was told as many working days ahead as
the regulation asks is what a clock says; too short a notice is taken all the same (P-10). A fault that was noticed is
told promptly, restored as soon as can be, and looked at afterwards by the operator. What is not in these tables cannot
happen.
"""

from hutong.core.lifecycle import STUCK, TIME, Clock, Counting, Lifecycle, Move, State, Tone

LEAD_DAYS = "contact.lead_days"
"""Name in the rulebook of how many working days ahead a change is told."""

CONTACT_CHANGE = Lifecycle(
    name="notices.contact_change",
    title="联系人变更通知",
    start="NOTICED",
    states={
        "NOTICED": State("已通知，未到生效日", no_limit="到生效日自行生效，不须核准。"),
        "EFFECTIVE": State("已生效，按期通知", Tone.GOOD),
        "LATE": State("已生效，未按期通知", Tone.WARN),
        "TAKEN_BACK": State("已撤回", Tone.QUIET),
    },
    conditions={
        "replaces": "此前已有联系人",
        "day_came": "生效日已到",
        "in_time": "已提前规定的工作日通知，或者此前没有联系人",
        "too_late": "通知未提前规定的工作日",
    },
    homes={"unit_admin": "unit"},
    writing=frozenset({"notify"}),
    moves=(
        Move("take_effect", "按期生效", "NOTICED", "EFFECTIVE", TIME, "SX-12-a", when=("day_came", "in_time")),
        Move("take_effect", "未按期通知，仍生效", "NOTICED", "LATE", TIME, "SX-12-b", when=("day_came", "too_late")),
        Move("take_back", "撤回通知", "NOTICED", "TAKEN_BACK", "unit_admin", "SX-12-b", reason=True, optional=True,
             grave=True, aftermath="联系人没有变更；可以另行通知。"),
    ),
    clocks=(
        # the first contact of a unit changes nobody: nothing had to be told ahead
        Clock("lead", "通知联系人变更", Counting.LEAD, LEAD_DAYS, ("NOTICED",), "SX-12-b", when=("replaces",),
              date="effective"),
    ),
)

MAINTENANCE_LEAD_DAYS = "maintenance.lead_days"
"""Name in the rulebook of how many working days ahead maintenance is told."""

MAINTENANCE = Lifecycle(
    name="notices.maintenance",
    title="维护告知",
    start="NOTIFIED",
    states={
        "NOTIFIED": State("已告知，未实施"),
        "IN_PROGRESS": State("实施中", Tone.WARN),
        "DONE": State("已实施完毕", Tone.GOOD),
        "CHANGED": State("已改期，另行告知", Tone.QUIET),
        "CANCELLED": State("已取消", Tone.QUIET),
        "ENDED": State("已终止办理", Tone.QUIET),
    },
    conditions={
        "told_anew": "已就同一项维护另行告知",
        STUCK: "已逾期，或者没有可以办理的人员",
    },
    homes={"unit_admin": "unit"},
    writing=frozenset({"notify"}),
    moves=(
        # nobody approves it: the unit tells when it begins, and when it is done
        Move("begin", "登记开始实施", "NOTIFIED", "IN_PROGRESS", "unit_admin", "SX-15-a"),
        Move("complete", "登记实施完毕", "IN_PROGRESS", "DONE", "unit_admin", "SX-15-a"),
        # another time is another notice, and asks for its days ahead anew
        Move("change", "改期，另行告知", "NOTIFIED", "CHANGED", "unit_admin", "SX-15-a", when=("told_anew",),
             optional=True),
        Move("cancel", "取消维护", "NOTIFIED", "CANCELLED", "unit_admin", "SX-15-a", reason=True, optional=True,
             grave=True, aftermath="不再实施；仍需实施的，另行告知。"),
        # what is stuck: late, or nobody is left who may act
        *(Move("stop", "终止办理", state, "ENDED", "authority", "SX-04-a", when=(STUCK,), reason=True, optional=True,
               grave=True, aftermath="没有登记实施完毕，停机时间不予扣除；仍需实施的，另行告知。")
          for state in ("NOTIFIED", "IN_PROGRESS")),
    ),
    clocks=(
        Clock("lead", "告知维护", Counting.LEAD, MAINTENANCE_LEAD_DAYS, ("NOTIFIED",), "SX-15-a", date="first"),
        Clock("window", "告知的结束时间", Counting.ORDER, "", ("NOTIFIED", "IN_PROGRESS"), "SX-15-a", date="last"),
    ),
)

OUT_OF_ORDER = ("DETECTED", "REPORTED", "RECOVERING")
"""States in which a fault lasts."""

FAULT = Lifecycle(
    name="notices.fault",
    title="故障",
    start="DETECTED",
    states={
        "DETECTED": State("已发现，待告知情况", Tone.BAD),
        "REPORTED": State("已告知情况，待处置", Tone.WARN, no_limit="应当采取措施尽快恢复，没有规定期限。"),
        "RECOVERING": State("处置中", Tone.WARN, no_limit="应当采取措施尽快恢复，没有规定期限。"),
        "RESTORED": State("已恢复，待复核", Tone.GOOD),
        "REVIEWED": State("已复核", Tone.QUIET),
        "DISMISSED": State("经核实不是故障", Tone.QUIET),
        "ENDED": State("已终止办理", Tone.QUIET),
    },
    conditions={STUCK: "已逾期，或者没有可以办理的人员"},
    homes={"unit_admin": "unit"},
    writing=frozenset({"detect"}),
    moves=(
        # the unit tells what is the matter, what it does about it, and when it works again
        Move("report", "告知故障情况", "DETECTED", "REPORTED", "unit_admin", "SX-15-b"),
        Move("recover", "告知处理措施", "REPORTED", "RECOVERING", "unit_admin", "SX-15-b"),
        Move("restore", "登记恢复", "REPORTED", "RESTORED", "unit_admin", "SX-15-b", optional=True),
        Move("restore", "登记恢复", "RECOVERING", "RESTORED", "unit_admin", "SX-15-b"),
        # the operator looks at it afterwards, and at what was taken for a fault
        Move("review", "复核", "RESTORED", "REVIEWED", "operator", "SX-15-b", reason=True),
        *(Move("dismiss", "不是故障", state, "DISMISSED", "operator", "SX-15-b", reason=True, optional=True, grave=True,
               aftermath="不作为故障；以后发生故障的，另行告知。")
          for state in OUT_OF_ORDER),
        # what is stuck: late, or nobody is left who may act
        *(Move("stop", "终止办理", state, "ENDED", "authority", "SX-04-a", when=(STUCK,), reason=True, optional=True,
               grave=True, aftermath="没有登记恢复；仍有故障的，另行告知。")
          for state in (*OUT_OF_ORDER, "RESTORED")),
    ),
    clocks=(
        Clock("report", "发现故障", Counting.HOURS, "fault.report_hours", ("DETECTED",), "SX-15-b"),
        Clock("review", "登记恢复", Counting.WORKING_DAYS, "fault.review_days", ("RESTORED",), "SX-15-b"),
    ),
)
