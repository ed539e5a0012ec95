"""W1: what a catalogue entry can be, and every step of it. Registration by the unit first, publication second.

What is not in this table cannot happen. Limits are names in the rulebook (期限与参数表).
"""

from hutong.core.lifecycle import STUCK, Apart, Clock, Counting, Hand, Lifecycle, Move, State, Tone

_UNPUBLISHED = ("DRAFT", "SUBMITTED", "REGISTERED", "RETURNED", "CHANGING")
_SENT_BACK = "退回补正期间不计入办理期限"
_ANEW = "补正后重新登记期间不计入本步期限"
_ENDED = "已发布的版本随之撤销，其使用权限全部收回；未发布的内容不再发布。"

ENTRY = Lifecycle(
    name="catalog.entry",
    title="目录",
    start="DRAFT",
    states={
        "DRAFT": State("编制中", Tone.QUIET, no_limit="编制没有期限；新建业务的目录应在数据共享之前发布。"),
        "SUBMITTED": State("待登记审核"),
        "REGISTERED": State("已登记，待发布审核"),
        "PUBLISHED": State("已发布", Tone.GOOD),
        "RETURNED": State("退回补正", Tone.WARN),
        "CHANGING": State("变更编制中"),
        "WITHDRAWN": State("已撤销", Tone.QUIET),
    },
    conditions={STUCK: "已逾期，或者没有可以办理的人员"},
    homes={"provider_editor": "provider", "provider_approver": "provider"},
    apart=(
        # who submits decides nothing, and who decides for the unit does not for the authority
        Apart(frozenset({"submit"}), frozenset({"register", "return", "publish", "stop"})),
        Apart(frozenset({"register", "return by provider_approver"}), frozenset({"publish", "return by authority"})),
    ),
    editable=frozenset({"DRAFT", "RETURNED", "CHANGING"}),
    moves=(
        Move("submit", "提交登记", "DRAFT", "SUBMITTED", "provider_editor", "SX-05-a"),
        Move("submit", "重新提交登记", "RETURNED", "SUBMITTED", "provider_editor", "SX-05-a"),
        Move("submit", "提交变更", "CHANGING", "SUBMITTED", "provider_editor", "SX-05-b"),
        Move("register", "登记", "SUBMITTED", "REGISTERED", "provider_approver", "SX-04-e"),
        Move("return", "退回补正", "SUBMITTED", "RETURNED", "provider_approver", "SX-04-e", reason=True),
        Move("publish", "发布", "REGISTERED", "PUBLISHED", "authority", "SX-04-a", grave=True,
             hands=(Hand.DRAFT, Hand.REVIEW, Hand.SIGN)),
        Move("return", "退回补正", "REGISTERED", "RETURNED", "authority", "SX-04-a", reason=True),
        Move("revise", "变更目录", "PUBLISHED", "CHANGING", "provider_editor", "SX-05-b", optional=True),
        Move("withdraw", "撤销", "PUBLISHED", "WITHDRAWN", "authority", "SX-04-a", reason=True, optional=True, grave=True,
             hands=(Hand.DRAFT, Hand.REVIEW, Hand.SIGN), aftermath=_ENDED),
        # what is stuck: late, or nobody is left who may act
        *(Move("stop", "终止办理", state, "WITHDRAWN", "authority", "SX-04-a", when=(STUCK,), reason=True, optional=True,
               grave=True, aftermath=_ENDED)
          for state in _UNPUBLISHED),
    ),
    clocks=(
        Clock("registration", "提交登记", Counting.WORKING_DAYS, "catalog.registration_days", ("SUBMITTED",), "SX-04-e",
              pauses={"RETURNED": _SENT_BACK}),
        Clock("publication", "单位登记", Counting.WORKING_DAYS, "catalog.publication_days", ("REGISTERED",), "SX-04-a",
              pauses={"RETURNED": _SENT_BACK, "SUBMITTED": _ANEW}),
        Clock("supplement", "退回补正", Counting.WORKING_DAYS, "catalog.supplement_days", ("RETURNED",), "SX-05-a"),
        Clock("change", "变更目录", Counting.WORKING_DAYS, "catalog.change_days", ("CHANGING",), "SX-05-b"),
    ),
)
