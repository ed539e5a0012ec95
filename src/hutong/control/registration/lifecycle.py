"""W19: what a registration can be, and every step of it with its actor, clause, condition and limit.

A system is reviewed by the operator before it is registered. A department, a user or a device its unit registers itself,
at once; of all the operator may lock each, with a reason. The evidence of a system's protection level is renewed as a
case of its own (SX-09). What is not in these tables cannot happen.
"""

from hutong.core.lifecycle import STUCK, Apart, Clock, Counting, Hand, Lifecycle, Move, State, Tone

_REVIEW = ("RULES_ACCEPTED", "CHECKED")
UNDER_WAY = ("APPLIED", *_REVIEW, "RETURNED")
"""States in which it is still to be decided."""
REGISTERED = ("ACTIVE", "LOCKED", "CANCELLED")
"""States in which the plane has it in its registers."""
UNUSED = ("REJECTED", "TAKEN_BACK", "ENDED")
"""Ends in which it was never registered: what it applied for may be applied for again."""
_DECIDING = frozenset({"check", "approve", "return", "reject", "stop"})
_SENT_BACK = "退回补正期间不计入办理期限"
_NOT_REGISTERED = "未予登记，不能使用；可以另行申请。"

REGISTRATION = Lifecycle(
    name="registration.registration",
    title="登记",
    start="APPLIED",
    states={
        "APPLIED": State("已填写，待接受使用规则", Tone.QUIET, no_limit="填写没有期限，何时提交由申请单位决定。"),
        "RULES_ACCEPTED": State("已提交，待核验"),
        "CHECKED": State("已核验，待审批"),
        "RETURNED": State("退回补正", Tone.WARN),
        "ACTIVE": State("已登记，可以使用", Tone.GOOD),
        "LOCKED": State("已锁定，停止使用", Tone.BAD),
        "CANCELLED": State("已注销", Tone.QUIET),
        "REJECTED": State("不予登记", Tone.BAD),
        "TAKEN_BACK": State("已撤回", Tone.QUIET),
        "ENDED": State("已终止办理", Tone.QUIET),
    },
    conditions={
        "reviewed": "应用系统，须经审核",
        "own": "本单位的部门、人员或者设备，由单位自行登记",
        "enrolled": "平台运维单位的登记文件列明",
        STUCK: "已逾期，或者没有可以办理的人员",
    },
    homes={"unit_admin": "unit"},
    apart=(
        # who acts for the unit decides nothing about it
        Apart(frozenset({"apply", "accept_rules"}), _DECIDING),
    ),
    writing=frozenset({"apply"}),
    editable=frozenset({"APPLIED", "RETURNED"}),
    moves=(
        # the unit accepts the rules of use; a system then goes to the operator, a user or a device is registered
        Move("accept_rules", "接受使用规则并提交", "APPLIED", "RULES_ACCEPTED", "unit_admin", "IS-2.2-b",
             when=("reviewed",)),
        Move("accept_rules", "接受使用规则并登记", "APPLIED", "ACTIVE", "unit_admin", "SX-10-d", when=("own",),
             grave=True),
        Move("accept_rules", "补正后重新提交", "RETURNED", "RULES_ACCEPTED", "unit_admin", "IS-2.2-b",
             when=("reviewed",)),
        # the operator checks who they are, and approves
        Move("check", "核验无误", "RULES_ACCEPTED", "CHECKED", "operator", "PS-09-2"),
        Move("approve", "批准登记", "CHECKED", "ACTIVE", "operator", "SX-09", grave=True),
        *(Move("return", "退回补正", state, "RETURNED", "operator", "PS-09-2", reason=True) for state in _REVIEW),
        *(Move("reject", "不予登记", state, "REJECTED", "operator", "PS-09-2", reason=True, basis=True, grave=True,
               hands=(Hand.DRAFT, Hand.REVIEW, Hand.SIGN))
          for state in _REVIEW),
        # what the operator's own file lists was checked on paper
        Move("enrol", "按登记文件登记", "APPLIED", "ACTIVE", "operator", "SX-10-d", when=("enrolled",), optional=True,
             grave=True),
        # once registered
        Move("lock", "锁定", "ACTIVE", "LOCKED", "operator", "SX-11-a", reason=True, optional=True, grave=True),
        Move("unlock", "解除锁定", "LOCKED", "ACTIVE", "operator", "SX-11-a", reason=True, optional=True, grave=True),
        *(Move("cancel", "注销", state, "CANCELLED", "unit_admin", "SX-10-d", reason=True, optional=True, grave=True,
               aftermath="不能再用，标识也不再另行登记；以往的记录留在使用日志中。")
          for state in ("ACTIVE", "LOCKED")),
        # what is stuck: late, or nobody is left who may act
        *(Move("stop", "终止办理", state, "ENDED", "authority", "SX-04-a", when=(STUCK,), reason=True, basis=True,
               optional=True, grave=True, aftermath=_NOT_REGISTERED)
          for state in UNDER_WAY),
        *(Move("take_back", "撤回", state, "TAKEN_BACK", "unit_admin", "SX-10-d", optional=True, grave=True,
               aftermath=_NOT_REGISTERED)
          for state in UNDER_WAY),
    ),
    clocks=(
        Clock("review", "申请单位提交", Counting.WORKING_DAYS, "registration.review_days", _REVIEW, "PS-09-2",
              pauses={"RETURNED": _SENT_BACK}),
        Clock("supplement", "退回补正", Counting.WORKING_DAYS, "registration.supplement_days", ("RETURNED",), "PS-09-2"),
    ),
)

RENEWING = ("DRAFT", "HANDED_IN", "RETURNED")
"""States in which a renewal is still to be decided."""
_NOT_RENEWED = "等级保护证明没有延续；可以另行提交。"

RENEWAL = Lifecycle(
    name="registration.renewal",
    title="等级保护证明延续",
    start="DRAFT",
    states={
        "DRAFT": State("已填写，待提交", Tone.QUIET, no_limit="填写没有期限，何时提交由单位决定；证明到期的后果不因此推迟。"),
        "HANDED_IN": State("已提交，待核验"),
        "RETURNED": State("退回补正", Tone.WARN),
        "ACCEPTED": State("已核验，证明已延续", Tone.GOOD),
        "TAKEN_BACK": State("已撤回", Tone.QUIET),
        "ENDED": State("已终止办理", Tone.QUIET),
    },
    conditions={STUCK: "已逾期，或者没有可以办理的人员"},
    homes={"unit_admin": "unit"},
    apart=(
        # who acts for the unit decides nothing about it
        Apart(frozenset({"hand_in", "submit"}), frozenset({"accept", "return", "stop"})),
    ),
    writing=frozenset({"hand_in"}),
    moves=(
        Move("submit", "提交核验", "DRAFT", "HANDED_IN", "unit_admin", "SX-09"),
        Move("submit", "补正后重新提交", "RETURNED", "HANDED_IN", "unit_admin", "SX-09"),
        Move("accept", "核验无误，予以延续", "HANDED_IN", "ACCEPTED", "operator", "SX-09", grave=True),
        Move("return", "退回补正", "HANDED_IN", "RETURNED", "operator", "PS-09-2", reason=True),
        *(Move("take_back", "撤回", state, "TAKEN_BACK", "unit_admin", "SX-09", optional=True, grave=True,
               aftermath=_NOT_RENEWED)
          for state in RENEWING),
        *(Move("stop", "终止办理", state, "ENDED", "authority", "SX-04-a", when=(STUCK,), reason=True, basis=True,
               optional=True, grave=True, aftermath=_NOT_RENEWED)
          for state in RENEWING),
    ),
    clocks=(
        Clock("review", "单位提交", Counting.WORKING_DAYS, "registration.review_days", ("HANDED_IN",), "PS-09-2",
              pauses={"RETURNED": _SENT_BACK}),
        Clock("supplement", "退回补正", Counting.WORKING_DAYS, "registration.supplement_days", ("RETURNED",), "PS-09-2"),
    ),
)
