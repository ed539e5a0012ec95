"""What a grant can be once it is opened, and every way its service stops, goes on and ends (SX-16-a, SX-06-a)."""

from hutong.core.lifecycle import TIME, Lifecycle, Move, State, Tone

_OPEN = ("active", "suspended")
_ENDED = "不再答复；此前的答复及其存证不受影响。仍需使用的，另行申请。"

GRANT = Lifecycle(
    name="plane.grant",
    title="授权",
    start="active",
    states={
        "active": State("有效", Tone.GOOD),
        "suspended": State("已暂停", Tone.WARN),
        "revoked": State("已撤销", Tone.BAD),
        "expired": State("已到期", Tone.QUIET),
    },
    conditions={
        "unit_stopped": "使用单位已停用",
        "withdrawn": "信息资源已从目录撤销",
        "over": "授权期限已届满",
    },
    moves=(
        # the operator decides: it may stop the service (SX-16-a), take it up again, and end it
        Move("suspend", "暂停", "active", "suspended", "operator", "SX-16-a", reason=True, optional=True, grave=True),
        Move("resume", "恢复", "suspended", "active", "operator", "SX-16-a", reason=True, optional=True, grave=True),
        *(Move("revoke", "撤销", state, "revoked", "operator", "SX-16-a", reason=True, optional=True, grave=True,
               aftermath=_ENDED)
          for state in _OPEN),
        # with a decision on what the grant stands on, in the same transaction
        Move("suspend_with_unit", "随使用单位停用而暂停", "active", "suspended", "operator", "SX-03",
             when=("unit_stopped",), reason=True, optional=True, grave=True),
        *(Move("withdraw", "随信息资源撤销而撤销", state, "revoked", "authority", "SX-06-a", when=("withdrawn",),
               reason=True, optional=True, grave=True, aftermath=_ENDED)
          for state in _OPEN),
        # by itself
        *(Move("expire", "到期", state, "expired", TIME, "SX-08-d", when=("over",), aftermath=_ENDED)
          for state in _OPEN),
    ),
)  # fmt: skip
