"""W1: what a catalogue entry can be, what a change of it can be, and every step of both.

An entry is in the catalogue or not; what is prepared, registered and published is a change of it, the first one too.
What is not in these tables cannot happen. Limits are names in the rulebook (期限与参数表).
"""

from hutong.core.lifecycle import STUCK, Apart, Clock, Counting, Hand, Lifecycle, Move, State, Tone

UNDER_WAY = ("DRAFT", "SUBMITTED", "REGISTERED", "RETURNED")
"""States of a change that is still to be decided: an entry has at most one such change."""
_HANDS = (Hand.DRAFT, Hand.REVIEW, Hand.SIGN)
_SENT_BACK = "退回补正期间不计入办理期限"
_TAKEN_BACK = "撤回修改期间不计入办理期限"
_ANEW = "补正后重新登记期间不计入本步期限"
_IN_REVIEW = "登记审核期间不计入变更期限"
_UNUSED = "从未发布，名称和代码可另行使用。"
_UNTOUCHED = "已发布的版本不受影响。"

ENTRY = Lifecycle(
    name="catalog.entry",
    title="目录",
    start="UNPUBLISHED",
    states={
        "UNPUBLISHED": State("未发布", Tone.QUIET),
        "PUBLISHED": State("已发布", Tone.GOOD),
        "WITHDRAWN": State("已撤销", Tone.QUIET),
    },
    conditions={"version_made": "该目录的变更已经发布"},
    moves=(
        # it comes with the publishing of the first change
        Move("publish", "发布", "UNPUBLISHED", "PUBLISHED", "authority", "SX-04-a", when=("version_made",), optional=True,
             grave=True),
        Move("withdraw", "撤销", "PUBLISHED", "WITHDRAWN", "authority", "SX-04-a", reason=True, optional=True, grave=True,
             hands=_HANDS, aftermath="已发布的版本随之撤销，其使用权限全部终止；正在办理的变更随之终止。"),
    ),
)

CHANGE = Lifecycle(
    name="catalog.change",
    title="目录变更",
    start="DRAFT",
    states={
        "DRAFT": State("编制中", Tone.QUIET, no_limit="编制没有期限；新建业务的目录应在数据共享之前发布。"),
        "SUBMITTED": State("待登记审核"),
        "REGISTERED": State("已登记，待发布审核"),
        "RETURNED": State("退回补正", Tone.WARN),
        "PUBLISHED": State("已发布", Tone.GOOD),
        "DROPPED": State("未发布即终止", Tone.QUIET),
    },
    conditions={
        "alters": "该目录已发布，这是对它的变更",
        "withdrawn": "该目录已撤销",
        STUCK: "已逾期，或者没有可以办理的人员",
    },
    homes={"provider_editor": "provider", "provider_approver": "provider"},
    apart=(
        # who writes or submits decides nothing, and who decides for the unit does not for the authority
        Apart(frozenset({"draft", "submit"}), frozenset({"register", "return", "publish", "stop"})),
        Apart(frozenset({"register", "return by provider_approver"}), frozenset({"publish", "return by authority"})),
    ),
    writing=frozenset({"draft"}),
    editable=frozenset({"DRAFT", "RETURNED"}),
    moves=(
        Move("submit", "提交登记", "DRAFT", "SUBMITTED", "provider_editor", "SX-05-a"),
        Move("submit", "重新提交登记", "RETURNED", "SUBMITTED", "provider_editor", "SX-05-a"),
        Move("register", "登记", "SUBMITTED", "REGISTERED", "provider_approver", "SX-04-e"),
        Move("return", "退回补正", "SUBMITTED", "RETURNED", "provider_approver", "SX-04-e", reason=True),
        Move("publish", "发布", "REGISTERED", "PUBLISHED", "authority", "SX-04-a", grave=True, hands=_HANDS),
        Move("return", "退回补正", "REGISTERED", "RETURNED", "authority", "SX-04-a", reason=True),
        Move("take_back", "撤回修改", "SUBMITTED", "DRAFT", "provider_editor", "SX-05-b", optional=True),
        *(Move("drop", "放弃变更", state, "DROPPED", "provider_editor", "SX-05-b", optional=True, grave=True,
               aftermath=_UNUSED, otherwise=("alters", _UNTOUCHED))
          for state in ("DRAFT", "RETURNED", "SUBMITTED")),
        # what is stuck: late, or nobody is left who may act
        *(Move("stop", "终止办理", state, "DROPPED", "authority", "SX-04-a", when=(STUCK,), reason=True, optional=True,
               grave=True, hands=_HANDS, aftermath=_UNUSED, otherwise=("alters", _UNTOUCHED))
          for state in UNDER_WAY),
        # it comes with the withdrawing of the entry, whoever has the change in hand
        *(Move("end", "随目录撤销终止", state, "DROPPED", "authority", "SX-04-a", when=("withdrawn",), reason=True,
               optional=True, grave=True)
          for state in UNDER_WAY),
    ),
    clocks=(
        Clock("registration", "提交登记", Counting.WORKING_DAYS, "catalog.registration_days", ("SUBMITTED",), "SX-04-e",
              pauses={"RETURNED": _SENT_BACK, "DRAFT": _TAKEN_BACK}),
        Clock("publication", "单位登记", Counting.WORKING_DAYS, "catalog.publication_days", ("REGISTERED",), "SX-04-a",
              pauses={"RETURNED": _SENT_BACK, "DRAFT": _TAKEN_BACK, "SUBMITTED": _ANEW}),
        Clock("supplement", "退回补正", Counting.WORKING_DAYS, "catalog.supplement_days", ("RETURNED",), "SX-05-a"),
        Clock("change", "变更目录", Counting.WORKING_DAYS, "catalog.change_days", ("DRAFT",), "SX-05-b", when=("alters",),
              pauses={"SUBMITTED": _IN_REVIEW}),
    ),
)
