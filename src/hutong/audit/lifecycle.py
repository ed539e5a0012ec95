"""What a purge of records, a hold on them, a new epoch of the log and a change of a key can be, and who may take which step of them."""

from hutong.core.lifecycle import TIME, Apart, Lifecycle, Move, State, Tone

_ENTITLED = ("operator", "authority", "auditor")
_NOTHING_PURGED = "记录一条未删；仍需销毁的，另行提出。"
_KEPT_BY_RULE = "记录仍按保存期保存；满保存期的，须另行提出、批准，方可销毁。"
_PROOFS_STAY = "记录及其盐值不可恢复；公开的叶子、存证树与签名检查点均保留，原有证明继续有效，并出具销毁证明。"
_EPOCH_BEGUN = "原日志不再续写，已有的检查点和证明照旧公布；新一期的首个条目载明原日志头和所缺的条目，使用单位须改用新一期的公钥。"
_KEY_FOLLOWS = "新密钥随即与原密钥并用；并用期满，原密钥不再签名并予销毁。使用单位凭原密钥即可验证并接续新密钥。"
_KEY_STAYS = "原密钥照常使用，新密钥未曾使用即予销毁。"
_EPOCH_NOT_BEGUN = "日志仍停止签名，条目等待入树。"

PURGE = Lifecycle(
    name="audit.purge",
    title="记录销毁",
    start="unrequested",
    states={
        "unrequested": State("尚未提出", Tone.QUIET, no_limit="记录满保存期以后何时销毁，没有期限。"),
        "requested": State("已提出，待另一人批准", no_limit="是否批准由另一人决定；不批准的，可以取消申请。"),
        "approved": State("已批准，待销毁", Tone.WARN, no_limit="批准后随即销毁；有留存的，待其期满或解除。"),
        "done": State("已销毁", Tone.GOOD),
        "dropped": State("申请已取消", Tone.QUIET),
    },
    conditions={"years_over": "记录已满保存期", "no_hold": "记录未被留存"},
    apart=(Apart(frozenset({"request"}), frozenset({"approve"}), clause="SX-10-c"),),
    moves=(
        *(Move("request", "提出销毁", "unrequested", "requested", role, "SX-10-c", when=("years_over", "no_hold"))
          for role in _ENTITLED),
        *(Move("approve", "批准销毁", "requested", "approved", role, "SX-10-c", grave=True)
          for role in _ENTITLED),
        *(Move("purge", "销毁", "approved", "done", role, "SX-10-c", when=("years_over", "no_hold"), grave=True,
               aftermath=_PROOFS_STAY)
          for role in _ENTITLED),
        # whatever is not done can be ended, by whoever requested it too: nothing goes by it
        *(Move("drop", "取消申请", state, "dropped", role, "SX-10-c", reason=True, optional=True, grave=True,
               aftermath=_NOTHING_PURGED)
          for state in ("requested", "approved") for role in _ENTITLED),
    ),
)  # fmt: skip

HOLD = Lifecycle(
    name="audit.hold",
    title="记录留存",
    start="unplaced",
    states={
        "unplaced": State("尚未留存", Tone.QUIET, no_limit="是否留存视投诉、案件或审计的需要，没有期限。"),
        "placed": State("留存中", Tone.WARN, no_limit="留存至载明的日期；未载明的，至事毕解除为止。"),
        "lifted": State("已解除", Tone.QUIET),
        "ended": State("已期满", Tone.QUIET),
    },
    conditions={"over": "载明的日期已过"},
    moves=(
        *(Move("place", "留存", "unplaced", "placed", role, "SX-10-c", reason=True) for role in _ENTITLED),
        *(Move("lift", "解除留存", "placed", "lifted", role, "SX-10-c", reason=True, optional=True, grave=True,
               aftermath=_KEPT_BY_RULE)
          for role in _ENTITLED),
        Move("end", "期满", "placed", "ended", TIME, "SX-10-c", when=("over",),
             aftermath=_KEPT_BY_RULE),
    ),
)  # fmt: skip

WITNESS = Lifecycle(
    name="audit.witness",
    title="日志见证方",
    start="unregistered",
    states={
        "unregistered": State("尚未登记", Tone.QUIET, no_limit="由谁见证由电子政务主管部门决定，没有期限。"),
        "registered": State("见证中", Tone.GOOD, no_limit="登记后持续见证，至终止为止。"),
        "ended": State("已终止", Tone.QUIET),
    },
    moves=(
        Move("register", "登记见证方", "unregistered", "registered", "authority", "SX-10-b", grave=True),
        Move("end", "终止见证", "registered", "ended", "authority", "SX-10-b", reason=True, optional=True, grave=True,
             aftermath="其已有的联署仍然有效；此后的联署不再收取。"),
    ),
)  # fmt: skip

KEY = Lifecycle(
    name="audit.key",
    title="平台密钥更换",
    start="unrequested",
    states={
        "unrequested": State("尚未提出", Tone.QUIET, no_limit="何时更换由平台运维单位和电子政务主管部门按密码管理要求安排。"),
        "requested": State("已提出，待另一人批准", no_limit="是否批准由另一人决定；不批准的，可以取消申请。"),
        "approved": State("已批准更换", Tone.GOOD),
        "dropped": State("申请已取消", Tone.QUIET),
    },
    apart=(Apart(frozenset({"request"}), other=frozenset({"approve"}), clause="SX-11-a"),),
    moves=(
        *(Move("request", "提出更换密钥", "unrequested", "requested", role, "SX-11-a", reason=True)
          for role in _ENTITLED),
        *(Move("approve", "批准更换密钥", "requested", "approved", role, "SX-11-a", grave=True, aftermath=_KEY_FOLLOWS)
          for role in _ENTITLED),
        *(Move("drop", "取消申请", "requested", "dropped", role, "SX-11-a", reason=True, optional=True, grave=True,
               aftermath=_KEY_STAYS)
          for role in _ENTITLED),
    ),
)  # fmt: skip

EPOCH = Lifecycle(
    name="audit.epoch",
    title="存证日志另起一期",
    start="unrequested",
    states={
        "unrequested": State("尚未提出", Tone.QUIET, no_limit="日志停止签名后能否恢复最新的数据库，须先查明，没有期限。"),
        "requested": State("已提出，待另一人批准", no_limit="是否批准由另一人决定；不批准的，可以取消申请。"),
        "begun": State("已另起一期", Tone.GOOD),
        "dropped": State("申请已取消", Tone.QUIET),
    },
    conditions={"stopped": "日志已停止签名"},
    apart=(Apart(frozenset({"request"}), frozenset({"approve"}), clause="SX-11-a"),),
    moves=(
        *(Move("request", "提出另起一期", "unrequested", "requested", role, "SX-11-a", reason=True, when=("stopped",))
          for role in _ENTITLED),
        *(Move("approve", "批准另起一期", "requested", "begun", role, "SX-11-a", when=("stopped",), grave=True,
               aftermath=_EPOCH_BEGUN)
          for role in _ENTITLED),
        *(Move("drop", "取消申请", "requested", "dropped", role, "SX-11-a", reason=True, optional=True, grave=True,
               aftermath=_EPOCH_NOT_BEGUN)
          for role in _ENTITLED),
    ),
)  # fmt: skip
