"""W3: the states of an application and every allowed move, with its actor, clause and working-day limit.

`limit` is how many working days the state entered may last; where no data are held yet `limit_unsupplied` counts.
What is not in this table cannot happen.
"""

from dataclasses import dataclass

STATES: dict[str, str] = {
    "DRAFT": "草稿",
    "LODGED": "已提出，待主管部门审核",
    "DEPT_ENDORSED": "主管部门已同意",
    "COMPLIANCE_CHECK": "合规性审查中",
    "PROVIDER_REPLY": "待提供方答复",
    "CONFIRMED": "已确认",
    "PROVIDER_SUPPLYING": "提供方供数中",
    "SUPPLIED": "数据已到位",
    "PURPOSE_VERIFYING": "用途核实中",
    "FILED": "已备案，权限已开通",
    "CLOSED": "已办结",
    "RETURNED": "退回补正",
    "REFUSED": "不予同意",
    "NEGOTIATING": "双方协商中",
    "COORDINATING": "主管部门协调中",
    "WITHDRAWN": "已撤回",
}

AGREED = "PROVIDER_AGREED"
STANDINGS: dict[str, str] = {**STATES, AGREED: "提供方已同意，待确认"}
"""What an application is told to be: its state, and within PROVIDER_REPLY whether the provider has agreed."""


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed step."""

    action: str
    label: str
    before: str
    after: str
    role: str
    clause: str
    limit: int | None = None
    limit_unsupplied: int | None = None
    reason: bool = False
    basis: bool = False


UNDER_WAY = (
    "LODGED", "DEPT_ENDORSED", "COMPLIANCE_CHECK", "PROVIDER_REPLY", "CONFIRMED", "PROVIDER_SUPPLYING", "SUPPLIED",
    "PURPOSE_VERIFYING", "NEGOTIATING", "COORDINATING",
)  # fmt: skip
"""States in which something is still to be decided or done by another than the consumer."""

MOVES: tuple[Move, ...] = (
    # the consumer, and the department it is under
    Move("lodge", "提出申请", "DRAFT", "LODGED", "consumer", "SX-08-e"),
    Move("lodge", "补正后重新提出", "RETURNED", "LODGED", "consumer", "SX-08-e"),
    Move("endorse", "同意并提交", "LODGED", "DEPT_ENDORSED", "competent", "SX-08-a", limit=2),
    Move("return", "退回补正", "LODGED", "RETURNED", "competent", "SX-08-a", reason=True),
    Move("refuse", "不予同意", "LODGED", "REFUSED", "competent", "SX-08-a", reason=True, basis=True),
    # the e-government authority
    Move("accept", "受理", "DEPT_ENDORSED", "COMPLIANCE_CHECK", "authority", "SX-08-b", limit=2),
    Move("pass_on", "审查通过，转提供方", "COMPLIANCE_CHECK", "PROVIDER_REPLY", "authority", "SX-08-b",
         limit=5, limit_unsupplied=10),
    Move("confirm", "确认", "COMPLIANCE_CHECK", "CONFIRMED", "authority", "SX-08-b"),
    Move("return", "退回补正", "COMPLIANCE_CHECK", "RETURNED", "authority", "SX-08-b", reason=True),
    Move("refuse", "不予同意", "COMPLIANCE_CHECK", "REFUSED", "authority", "SX-08-b", reason=True, basis=True),
    # the provider answers, the authority confirms
    Move("agree", "同意提供", "PROVIDER_REPLY", "PROVIDER_REPLY", "provider_approver", "SX-08-c", limit=2),
    Move("confirm", "确认", "PROVIDER_REPLY", "CONFIRMED", "authority", "SX-08-b"),
    Move("return", "退回补正", "PROVIDER_REPLY", "RETURNED", "provider_approver", "SX-08-c", reason=True),
    Move("refuse", "不予同意", "PROVIDER_REPLY", "REFUSED", "provider_approver", "SX-08-c", reason=True, basis=True),
    # the provider supplies
    Move("begin_supply", "开始供数", "CONFIRMED", "PROVIDER_SUPPLYING", "provider_editor", "SX-08-c"),
    Move("supplied", "报告数据到位", "PROVIDER_SUPPLYING", "SUPPLIED", "provider_editor", "SX-08-c"),
    # the operator verifies, files and opens
    Move("verify", "开始用途核实", "SUPPLIED", "PURPOSE_VERIFYING", "operator", "SX-08-f", limit=5),
    Move("file", "完成备案，开通权限", "PURPOSE_VERIFYING", "FILED", "operator", "SX-08-f"),
    Move("return", "退回补正", "PURPOSE_VERIFYING", "RETURNED", "operator", "SX-08-f", reason=True),
    Move("refuse", "不予备案", "PURPOSE_VERIFYING", "REFUSED", "operator", "SX-08-f", reason=True, basis=True),
    Move("close", "办结", "FILED", "CLOSED", "operator", "SX-08-f"),
    # after a refusal
    Move("negotiate", "提请协商", "REFUSED", "NEGOTIATING", "consumer", "B.1.6", reason=True),
    Move("coordinate", "提请主管部门协调", "NEGOTIATING", "COORDINATING", "consumer", "B.1.6", reason=True),
    Move("reopen", "协调一致，恢复审查", "COORDINATING", "COMPLIANCE_CHECK", "authority", "B.1.6", limit=2, reason=True),
    Move("refuse", "维持不予同意", "COORDINATING", "REFUSED", "authority", "B.1.6", reason=True, basis=True),
    # the resource was withdrawn from the catalogue: nothing else is left, besides the consumer's taking it back
    *(Move("end", "资源已撤销，终止办理", state, "REFUSED", "authority", "SX-06-a", reason=True, basis=True)
      for state in UNDER_WAY),
    # the consumer takes it back
    Move("withdraw", "撤回", "DRAFT", "WITHDRAWN", "consumer", "SX-08-e"),
    Move("withdraw", "撤回", "LODGED", "WITHDRAWN", "consumer", "SX-08-e"),
    Move("withdraw", "撤回", "DEPT_ENDORSED", "WITHDRAWN", "consumer", "SX-08-e"),
    Move("withdraw", "撤回", "COMPLIANCE_CHECK", "WITHDRAWN", "consumer", "SX-08-e"),
    Move("withdraw", "撤回", "PROVIDER_REPLY", "WITHDRAWN", "consumer", "SX-08-e"),
    Move("withdraw", "撤回", "RETURNED", "WITHDRAWN", "consumer", "SX-08-e"),
    Move("withdraw", "撤回", "REFUSED", "WITHDRAWN", "consumer", "SX-08-e"),
    Move("withdraw", "撤回", "NEGOTIATING", "WITHDRAWN", "consumer", "SX-08-e"),
)  # fmt: skip

EDITABLE = ("DRAFT", "RETURNED")
OPTIONAL = ("withdraw", "close")
"""What may be done but waits for nobody."""
ENDED = ("CLOSED", "WITHDRAWN")
SENT_BACK = ("RETURNED", "REFUSED")
"""Where the applicant first needs to know who said no, and why."""

NO_LIMIT: dict[str, str] = {
    "CONFIRMED": "《管理办法》第八条没有规定提供方供数的期限。用途核实和备案的5个工作日，自开始用途核实起算。",
    "PROVIDER_SUPPLYING": "《管理办法》第八条没有规定提供方供数的期限。用途核实和备案的5个工作日，自开始用途核实起算。",
    "SUPPLIED": "《管理办法》第八条规定的5个工作日，自开始用途核实起算；何时开始没有规定期限。",
}
"""State whose limit one would look for → why there is none (SX-08-c, SX-08-f)."""
NO_LIMIT_ELSEWHERE = "《管理办法》没有规定本步的期限。"


def standing(state: str, *, agreed: bool) -> str:
    """Return what an application in `state` is told to be, a key of STANDINGS."""
    return AGREED if state == "PROVIDER_REPLY" and agreed else state


def unlimited(state: str) -> str:
    """Return why the step that waits in `state` has no deadline; nothing where no step waits for anybody."""
    waits = any(move.before == state and move.action not in OPTIONAL for move in MOVES)
    return NO_LIMIT.get(state, NO_LIMIT_ELSEWHERE) if waits else ""


def find(state: str, action: str) -> Move | None:
    """Return the declared move, or None where the table has none."""
    return next((move for move in MOVES if (move.before, move.action) == (state, action)), None)
