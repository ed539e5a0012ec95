"""W3: what an application can be, and every step of it with its actor, clause, condition and limit.

What is not in this table cannot happen. Limits are names in the rulebook (期限与参数表).
"""

from hutong.core.lifecycle import STUCK, Apart, Clock, Counting, Hand, Lifecycle, Move, State, Tone

_CHECKED = ("LODGED", "DEPARTMENT_ENDORSED", "COMPLIANCE_CHECK", "PROVIDER_REPLY", "PROVIDER_AGREED")
_SUPPLIED = ("CONFIRMED", "PROVIDER_SUPPLYING")
_VERIFIED = ("SUPPLIED", "PURPOSE_VERIFYING")
_DISPUTED = ("NEGOTIATING", "COORDINATING")
UNDER_WAY = (*_CHECKED, *_SUPPLIED, *_VERIFIED, *_DISPUTED)
"""States in which something is still to be decided or done by another than the consumer."""

_DECIDING = frozenset({
    "endorse", "accept", "pass_on", "confirm", "agree", "settle", "return", "refuse", "reopen", "verify", "file",
    "end", "stop",
})  # fmt: skip
_DEPARTMENT = frozenset({"endorse", "return by competent", "refuse by competent"})
_PROVIDER = frozenset(
    {"agree", "settle", "return by provider_approver", "refuse by provider_approver", "begin_supply", "report_supply"}
)
_AUTHORITY = frozenset({"accept", "pass_on", "confirm", "return by authority", "refuse by authority", "reopen"})
_OPERATOR = frozenset({"verify", "file", "return by operator", "refuse by operator"})

_SENT_BACK = "退回补正期间不计入办理期限"
_ANEW = "补正后重新审查期间不计入本步期限"
_NOTHING_OPENED = "未开通使用权限；提供方不再负有供数义务。"

APPLICATION = Lifecycle(
    name="sharing.application",
    title="共享申请",
    start="DRAFT",
    states={
        "DRAFT": State("草稿", Tone.QUIET, no_limit="起草没有期限，何时提出由使用方决定。"),
        "LODGED": State("已提出，待县直主管部门审核"),
        "DEPARTMENT_ENDORSED": State("县直主管部门已同意"),
        "COMPLIANCE_CHECK": State("合规性审查中"),
        "PROVIDER_REPLY": State("待提供方答复"),
        "PROVIDER_AGREED": State("提供方已同意，待确认"),
        "CONFIRMED": State("已确认", Tone.GOOD),
        "PROVIDER_SUPPLYING": State("提供方供数中"),
        "SUPPLIED": State("数据已到位"),
        "PURPOSE_VERIFYING": State("用途核实中"),
        "FILED": State("已备案，权限已开通", Tone.GOOD),
        "CLOSED": State("已办结", Tone.GOOD),
        "RETURNED": State("退回补正", Tone.WARN),
        "REFUSED": State("不予同意", Tone.BAD, no_limit="是否提请协商由使用方决定，没有期限。"),
        "NEGOTIATING": State("双方协商中"),
        "COORDINATING": State("电子政务主管部门协调中"),
        "TAKEN_BACK": State("已撤回", Tone.QUIET),
        "ENDED": State("已终止办理", Tone.QUIET),
    },
    conditions={
        "listed": "信息资源在目录中且予以共享",
        "withdrawn": "信息资源已从目录撤销或者改为不予共享",
        "conditional": "信息资源属有条件共享，须先由提供方答复",
        "unconditional": "信息资源属无条件共享，无须提供方答复",
        "supplied": "平台已有该信息资源的数据",
        "not_supplied": "平台尚无该信息资源的数据",
        STUCK: "已逾期，或者没有可以办理的人员",
    },
    homes={
        "consumer": "consumer",
        "competent": "competent",
        "provider_editor": "provider",
        "provider_approver": "provider",
    },
    instead={"competent": "authority"},
    apart=(
        # who acts for the applicant decides nothing, neither for nor against, and supplies nothing
        Apart(frozenset({"draft", "lodge", "negotiate", "coordinate"}), _DECIDING | _PROVIDER),
        # the department, the provider, the authority and the operator each act by other persons than the others
        Apart(_DEPARTMENT, _PROVIDER | _AUTHORITY | _OPERATOR),
        Apart(_PROVIDER, _AUTHORITY | _OPERATOR),
        Apart(_AUTHORITY, _OPERATOR),
    ),
    paired=(("accept", "pass_on"), ("accept", "confirm")),
    writing=frozenset({"draft"}),
    editable=frozenset({"DRAFT", "RETURNED"}),
    moves=(
        # the consumer, and the department it is under (SX-08-a: where there is none, the authority)
        Move("lodge", "提出申请", "DRAFT", "LODGED", "consumer", "SX-08-e", when=("listed",)),
        Move("lodge", "补正后重新提出", "RETURNED", "LODGED", "consumer", "SX-08-e", when=("listed",)),
        Move("endorse", "同意并提交", "LODGED", "DEPARTMENT_ENDORSED", "competent", "SX-08-a", when=("listed",)),
        Move("return", "退回补正", "LODGED", "RETURNED", "competent", "SX-08-a", when=("listed",), reason=True),
        Move("refuse", "不予同意", "LODGED", "REFUSED", "competent", "SX-08-a", when=("listed",), reason=True, basis=True,
             grave=True, hands=(Hand.DRAFT, Hand.REVIEW, Hand.SIGN)),
        # the e-government authority
        Move("accept", "受理", "DEPARTMENT_ENDORSED", "COMPLIANCE_CHECK", "authority", "SX-08-b", when=("listed",)),
        Move("pass_on", "审查通过，转提供方", "COMPLIANCE_CHECK", "PROVIDER_REPLY", "authority", "SX-08-b",
             when=("listed", "conditional")),
        Move("confirm", "确认", "COMPLIANCE_CHECK", "SUPPLIED", "authority", "SX-08-b",
             when=("listed", "unconditional", "supplied")),
        Move("confirm", "确认", "COMPLIANCE_CHECK", "CONFIRMED", "authority", "SX-08-b",
             when=("listed", "unconditional", "not_supplied")),
        Move("return", "退回补正", "COMPLIANCE_CHECK", "RETURNED", "authority", "SX-08-b", when=("listed",), reason=True),
        Move("refuse", "不予同意", "COMPLIANCE_CHECK", "REFUSED", "authority", "SX-08-b", when=("listed",), reason=True,
             basis=True, grave=True, hands=(Hand.DRAFT, Hand.REVIEW, Hand.SIGN)),
        # the provider answers, the authority confirms
        Move("agree", "同意提供", "PROVIDER_REPLY", "PROVIDER_AGREED", "provider_approver", "SX-08-c", when=("listed",)),
        Move("return", "退回补正", "PROVIDER_REPLY", "RETURNED", "provider_approver", "SX-08-c", when=("listed",),
             reason=True),
        Move("refuse", "不予同意", "PROVIDER_REPLY", "REFUSED", "provider_approver", "SX-08-c", when=("listed",),
             reason=True, basis=True, grave=True, hands=(Hand.DRAFT, Hand.REVIEW, Hand.SIGN)),
        Move("confirm", "确认", "PROVIDER_AGREED", "SUPPLIED", "authority", "SX-08-b", when=("listed", "supplied")),
        Move("confirm", "确认", "PROVIDER_AGREED", "CONFIRMED", "authority", "SX-08-b", when=("listed", "not_supplied")),
        Move("return", "退回补正", "PROVIDER_AGREED", "RETURNED", "provider_approver", "SX-08-c", when=("listed",),
             reason=True, optional=True),
        Move("refuse", "不予同意", "PROVIDER_AGREED", "REFUSED", "provider_approver", "SX-08-c", when=("listed",),
             reason=True, basis=True, optional=True, grave=True, hands=(Hand.DRAFT, Hand.REVIEW, Hand.SIGN)),
        # the provider supplies, where no data are supplied yet
        Move("begin_supply", "开始供数", "CONFIRMED", "PROVIDER_SUPPLYING", "provider_editor", "SX-08-c",
             when=("listed",)),
        Move("report_supply", "报告数据到位", "PROVIDER_SUPPLYING", "SUPPLIED", "provider_editor", "SX-08-c",
             when=("listed",)),
        # the operator verifies, files and opens
        Move("verify", "开始用途核实", "SUPPLIED", "PURPOSE_VERIFYING", "operator", "SX-08-f", when=("listed",)),
        Move("file", "完成备案，开通权限", "PURPOSE_VERIFYING", "FILED", "operator", "SX-08-f", when=("listed",),
             grave=True),
        Move("return", "退回补正", "PURPOSE_VERIFYING", "RETURNED", "operator", "SX-08-f", when=("listed",), reason=True),
        Move("refuse", "不予备案", "PURPOSE_VERIFYING", "REFUSED", "operator", "SX-08-f", when=("listed",), reason=True,
             basis=True, grave=True, hands=(Hand.DRAFT, Hand.REVIEW, Hand.SIGN)),
        Move("close", "办结", "FILED", "CLOSED", "operator", "SX-08-f", optional=True,
             aftermath="开通的授权不受影响，到期或者被终止为止。"),
        # after a refusal
        Move("negotiate", "提请协商", "REFUSED", "NEGOTIATING", "consumer", "SX-08-b", when=("listed",), reason=True),
        Move("settle", "协商一致，恢复审查", "NEGOTIATING", "COMPLIANCE_CHECK", "provider_approver", "SX-08-b",
             when=("listed",), reason=True),
        Move("coordinate", "提请电子政务主管部门协调", "NEGOTIATING", "COORDINATING", "consumer", "SX-08-b", when=("listed",),
             reason=True),
        Move("reopen", "协调一致，恢复审查", "COORDINATING", "COMPLIANCE_CHECK", "authority", "SX-08-b",
             when=("listed",), reason=True),
        Move("refuse", "维持不予同意", "COORDINATING", "REFUSED", "authority", "SX-08-b", when=("listed",), reason=True,
             basis=True, grave=True, hands=(Hand.DRAFT, Hand.REVIEW, Hand.SIGN)),
        # the resource was withdrawn from the catalogue: nothing else is left
        *(Move("end", "资源已撤销，终止办理", state, "ENDED", "authority", "SX-06-a", when=("withdrawn",), reason=True,
               basis=True, grave=True, aftermath=_NOTHING_OPENED)
          for state in (*UNDER_WAY, "RETURNED", "REFUSED")),
        Move("end", "资源已撤销，终止办理", "DRAFT", "ENDED", "authority", "SX-06-a", when=("withdrawn",), reason=True,
             basis=True, optional=True, grave=True, aftermath=_NOTHING_OPENED),
        # what is stuck: late, or nobody is left who may act
        *(Move("stop", "终止办理", state, "ENDED", "authority", "SX-04-a", when=(STUCK,), reason=True, basis=True,
               optional=True, grave=True, aftermath=_NOTHING_OPENED)
          for state in (*UNDER_WAY, "DRAFT", "RETURNED", "REFUSED")),
        # the consumer takes it back, as long as nothing is opened
        *(Move("take_back", "撤回", state, "TAKEN_BACK", "consumer", "SX-08-e", optional=True, grave=True,
               aftermath=_NOTHING_OPENED)
          for state in ("DRAFT", *UNDER_WAY, "RETURNED", "REFUSED")),
    ),
    clocks=(
        Clock("endorse", "使用方提出申请", Counting.WORKING_DAYS, "sharing.endorse_days", ("LODGED",), "SX-08-a",
              pauses={"RETURNED": _SENT_BACK}),
        Clock("compliance", "县直主管部门同意并提交", Counting.WORKING_DAYS, "sharing.compliance_days",
              ("DEPARTMENT_ENDORSED", "COMPLIANCE_CHECK"), "SX-08-b", pauses={"RETURNED": _SENT_BACK, "LODGED": _ANEW}),
        Clock("conditional", "县直主管部门同意并提交，至有条件共享作出答复", Counting.WORKING_DAYS,
              "sharing.conditional_days", ("DEPARTMENT_ENDORSED", "COMPLIANCE_CHECK", "PROVIDER_REPLY", "PROVIDER_AGREED"),
              "SX-08-b", when=("conditional",), pauses={"RETURNED": _SENT_BACK, "LODGED": _ANEW}),
        Clock("provider", "转提供方答复", Counting.WORKING_DAYS, "sharing.provider_days", ("PROVIDER_REPLY",), "SX-08-c",
              when=("supplied",), pauses={"RETURNED": _SENT_BACK, "LODGED": _ANEW, "DEPARTMENT_ENDORSED": _ANEW,
                                      "COMPLIANCE_CHECK": _ANEW}),
        Clock("provider_unsupplied", "转提供方答复（平台尚无数据）", Counting.WORKING_DAYS,
              "sharing.provider_unsupplied_days", ("PROVIDER_REPLY",), "SX-08-c", when=("not_supplied",),
              pauses={"RETURNED": _SENT_BACK, "LODGED": _ANEW, "DEPARTMENT_ENDORSED": _ANEW, "COMPLIANCE_CHECK": _ANEW}),
        Clock("confirm", "提供方同意提供", Counting.WORKING_DAYS, "sharing.confirm_days", ("PROVIDER_AGREED",),
              "SX-08-b"),
        Clock("supply", "确认", Counting.WORKING_DAYS, "sharing.supply_days", _SUPPLIED, "SX-08-c"),
        # D-4: from the moment the case reaches the operator, never at the operator's own click
        Clock("filing", "到达平台运维单位", Counting.WORKING_DAYS, "sharing.filing_days", _VERIFIED, "SX-08-f",
              pauses={"RETURNED": _SENT_BACK, **dict.fromkeys((*_CHECKED, *_SUPPLIED), _ANEW)}),
        Clock("supplement", "退回补正", Counting.WORKING_DAYS, "sharing.supplement_days", ("RETURNED",), "SX-08-e"),
        Clock("negotiate", "提请协商", Counting.WORKING_DAYS, "sharing.negotiate_days", ("NEGOTIATING",), "SX-08-b"),
        Clock("coordinate", "提请电子政务主管部门协调", Counting.WORKING_DAYS, "sharing.coordinate_days", ("COORDINATING",),
              "SX-08-b"),
    ),
)

SENT_BACK = ("RETURNED", "REFUSED", "ENDED")
"""Where the applicant first needs to know who said no, and why."""
