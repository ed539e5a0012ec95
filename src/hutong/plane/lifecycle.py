"""What a grant can be once it is opened, and a suspension: every way a service stops, goes on and ends (SX-16-a)."""

from hutong.core.lifecycle import TIME, Lifecycle, Move, State, Tone, taken_from

_ENDED = "不再答复；此前的答复及其存证不受影响。仍需使用的，另行申请。"
_UNANSWERED = "自此刻起不再答复，至恢复服务为止；停止不止一次的，逐一恢复后方才答复。"
_ANSWERED = "没有其他停止服务的，自此刻起恢复答复。"

GRANT = Lifecycle(
    name="plane.grant",
    title="授权",
    start="active",
    states={
        "active": State("有效", Tone.GOOD),
        "revoked": State("使用权限已终止", Tone.BAD),
        "relinquished": State("使用单位已交回", Tone.QUIET),
        "expired": State("已到期", Tone.QUIET),
    },
    conditions={"withdrawn": "信息资源已从目录撤销", "over": "授权期限已届满"},
    homes={"consumer": "consumer"},
    moves=(
        Move("revoke", "终止使用权限", "active", "revoked", "operator", "SX-16-a", reason=True, optional=True, grave=True,
             aftermath=_ENDED),
        # with a decision on what the grant stands on, in the same transaction
        Move("withdraw", "随信息资源撤销而终止", "active", "revoked", "authority", "SX-06-a", when=("withdrawn",),
             reason=True, optional=True, grave=True, aftermath=_ENDED),
        # the consumer gives back what its duties need no longer (decision 0118)
        Move("relinquish", "交回使用权限", "active", "relinquished", "consumer", "SX-08-a", reason=True, optional=True,
             grave=True, aftermath=_ENDED),
        # by itself
        Move("expire", "到期", "active", "expired", TIME, "SX-08-d", when=("over",), aftermath=_ENDED),
    ),
)  # fmt: skip

SUSPENSION = Lifecycle(
    name="plane.suspension",
    title="停止服务",
    start="unsuspended",
    states={
        "unsuspended": State("尚未停止服务", Tone.QUIET),
        "standing": State("停止服务中", Tone.WARN),
        "standing_with_unit": State("随单位停用而停止服务", Tone.WARN),
        "lifted": State("已恢复服务", Tone.QUIET),
    },
    conditions={"unit_stopped": "使用单位已停用", "unit_started": "使用单位已重新启用"},
    moves=(
        # the operator may stop the service of a unit, a system or a grant, and takes it up once what was wrong is right
        Move("suspend", "停止服务", "unsuspended", "standing", "operator", "SX-16-a", reason=True, optional=True,
             grave=True, aftermath=_UNANSWERED),
        Move("lift", "恢复服务", "standing", "lifted", "operator", "SX-16-a", reason=True, optional=True, grave=True,
             aftermath=_ANSWERED),
        # with a decision on the unit, in the same transaction
        Move("suspend_with_unit", "随单位停用而停止服务", "unsuspended", "standing_with_unit", "operator", "SX-03",
             when=("unit_stopped",), reason=True, optional=True, grave=True, aftermath=_UNANSWERED),
        Move("lift_with_unit", "随单位启用而恢复服务", "standing_with_unit", "lifted", "operator", "SX-03",
             when=("unit_started",), optional=True, grave=True, aftermath=_ANSWERED),
    ),
)  # fmt: skip


def in_force() -> list[str]:
    """Return the states in which a grant is answered until its period is over, while nothing suspends it."""
    return taken_from(GRANT, "revoke")
